"""The column vocabulary and the two ways to talk to the database: reading (the default) and `write_tx()`."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry

WRITE = "relcrm_write"
# Versions whose write-ahead log can be corrupted by several connections (fixed in 3.51.3, 3.50.7 and 3.44.6).
WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3) or (
    sqlite3.sqlite_version_info[:2] in ((3, 50), (3, 44))
    and (sqlite3.sqlite_version_info >= ((3, 50, 7) if sqlite3.sqlite_version_info[1] == 50 else (3, 44, 6)))
)
JOURNAL_MODE = "WAL" if WAL_IS_SAFE else "TRUNCATE"


class UTCDateTime(sa.TypeDecorator[datetime]):
    """An instant. Naive values are refused, because nobody can tell which zone they meant."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PrimaryKey = Annotated[int, mapped_column(BigInt, primary_key=True)]
PublicId = Annotated[str, mapped_column(sa.String(24), unique=True)]


class Base(DeclarativeBase):
    registry = registry(
        type_annotation_map={int: BigInt, datetime: UTCDateTime(), date: sa.Date(), str: sa.Text(), bytes: sa.LargeBinary()},
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
    )


sql = SQLAlchemy(model_class=Base, disable_autonaming=True)
if TYPE_CHECKING:
    Model = Base
else:
    Model = sql.Model


def foreign(target: str, *, ondelete: str | None = None, index: bool = True) -> Any:
    """A reference column; indexed unless another index already begins with it."""
    return mapped_column(BigInt, sa.ForeignKey(target, ondelete=ondelete), index=index)


def one_of(name: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """States are text with a check, so that both databases and a person read them alike."""
    return sa.CheckConstraint(sa.column(column).in_(values), name=name)


@sa.event.listens_for(sa.Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    for pragma in (
        f"journal_mode={JOURNAL_MODE}",
        "synchronous=FULL",  # with NORMAL a power cut may undo a "sending" mark after the message left
        "busy_timeout=10000",
        "foreign_keys=ON",
        "cache_size=-4000",
        "mmap_size=0",
        "journal_size_limit=33554432",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


@sa.event.listens_for(sa.Engine, "begin")
def _begin(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    writes = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def session() -> Session:
    """The session of this request or job."""
    return sql.session()


def fetch(prepared: sa.Select[Any], **values: object) -> list[Any]:
    """First columns of a statement built once, past the ORM: for hot paths over tables that hold nothing bound to a consent.

    Building and gating a statement anew costs more than running it (0.8 ms against 0.15 ms of a look-up).
    """
    return list(session().connection().execute(prepared, values).scalars())


def in_write_tx() -> bool:
    return bool(session().info.get(WRITE))


@contextmanager
def write_tx() -> Iterator[Session]:
    """Everything inside is written at once or not at all; the lock is taken before the first read.

    What was loaded before is dropped, so that no decision rests on an old snapshot. Nesting is refused.
    """
    current = session()
    if in_write_tx():
        raise RuntimeError("write_tx inside write_tx: let the outermost view or job open it")
    if current.new or current.dirty or current.deleted:
        raise RuntimeError("changed outside write_tx: load and change inside it")
    current.rollback()
    _forget_bound(current)
    current.connection(execution_options={WRITE: True})
    current.info[WRITE] = True
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info.pop(WRITE, None)
        _forget_bound(current)


Left = Callable[[Session], object]


def record(leave: Left) -> None:
    """The one door for what a *look* leaves behind: written with the open `write_tx`, else by `settle()` before the answer leaves."""
    if in_write_tx():
        leave(session())
    else:
        session().info.setdefault("pending", []).append(leave)


def settle() -> None:
    """Write what this look has left, in one transaction; the caller must not answer if it fails."""
    pending: list[Left] = session().info.pop("pending", [])
    if pending:
        with write_tx() as current:
            for leave in pending:
                leave(current)


def forget_pending() -> None:
    """After an error nothing was shown, so nothing was looked at."""
    session().info.pop("pending", None)


def _forget_bound(current: Session) -> None:
    """A reload of a loaded object passes the read gate unfiltered; what is not in the session cannot be reloaded."""
    # Asked of the class: asking an expired row would load it again, past the gate, and begin a reading transaction.
    for row in [row for row in current.identity_map.values() if hasattr(type(row), "readable_until")]:
        current.expunge(row)
