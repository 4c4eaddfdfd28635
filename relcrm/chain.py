"""Append-only tables whose rows are chained by hash, so that no row can be changed or dropped quietly."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from relcrm.db import Model, PrimaryKey

T = TypeVar("T", bound="Chained")
GENESIS = "0" * 64


class Chained:
    """Mixin: rows of one table, each holding the hash of the row before it. One chain a table."""

    __table__: ClassVar[Any]
    id: Mapped[PrimaryKey]
    prev_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    hash: Mapped[str] = mapped_column(sa.String(64))


class ChainedText(Model):
    """Words that belong to a chained row but must be erasable: the row holds only their HMAC, salt and words stand here."""

    __tablename__ = "chained_text"
    __table_args__ = (sa.PrimaryKeyConstraint("chain", "row_id", "name"),)
    chain: Mapped[str] = mapped_column(sa.String(32))
    row_id: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(32))
    salt: Mapped[bytes]
    words: Mapped[str]


def append(session: Session, row: T, **words: str) -> T:
    """Add `row` at the end of its table's chain; `words` go to the side table and their HMAC into column `<name>_hmac`."""
    table = type(row).__table__
    row.id, row.prev_hash = _end(session, type(row))
    for name, text in words.items():
        salt = secrets.token_bytes(16)
        setattr(row, f"{name}_hmac", seal_words(salt, text))
        session.add(ChainedText(chain=table.name, row_id=row.id, name=name, salt=salt, words=text))
    row.hash = digest(row.prev_hash, {column.key: getattr(row, column.key) for column in table.columns})
    session.add(row)
    session.flush()
    return row


def append_all(session: Session, rows: Sequence[T]) -> None:
    """Add rows of one table, without words, at the end of its chain: the same as `append` for each, with one look at the end.
    The rows given are filled in but stay out of the session."""
    if not rows:
        return
    next_id, before = _end(session, type(rows[0]))
    columns, full = [column.key for column in type(rows[0]).__table__.columns], []
    for offset, row in enumerate(rows):
        row.id, row.prev_hash = next_id + offset, before
        values = {key: getattr(row, key) for key in columns}
        row.hash = before = values["hash"] = digest(before, values)
        full.append(values)
    session.execute(sa.insert(type(rows[0])), full)


def _end(session: Session, model: type[Chained]) -> tuple[int, str]:
    """The id the next row gets, and the hash it follows."""
    table = model.__table__
    session.flush()
    last = session.execute(sa.select(table.c.id, table.c.hash).order_by(table.c.id.desc()).limit(1)).first()
    return (last.id + 1, last.hash) if last else (1, GENESIS)


def digest(prev_hash: str, values: dict[str, Any]) -> str:
    """SHA-256 over the hash before and the canonical row (every column but the two hashes), as 64 hex digits."""
    body = {key: value for key, value in values.items() if key not in ("hash", "prev_hash")}
    return hashlib.sha256((prev_hash + _canonical(body)).encode()).hexdigest()


def seal_words(salt: bytes, text: str) -> str:
    return hmac.new(salt, text.encode(), "sha256").hexdigest()


def broken(session: Session, model: type[Chained]) -> Iterator[int]:
    """Ids of rows that do not follow from the row before them."""
    table, before = model.__table__, GENESIS
    for row in session.execute(sa.select(table).order_by(table.c.id).execution_options(yield_per=1000)).mappings():
        if row["prev_hash"] != before or row["hash"] != digest(before, dict(row)):
            yield row["id"]
        before = row["hash"]


def tables() -> list[tuple[str, type[Chained]]]:
    """Every chained table by name."""
    return sorted((str(mapper.local_table), mapper.class_) for mapper in Model.registry.mappers if issubclass(mapper.class_, Chained))


def guard(table: str) -> list[str]:
    """SQL for SQLite that makes the database itself refuse every change of a chained row (used by the migration)."""
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a chained row")


_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain).encode
