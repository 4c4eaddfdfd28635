"""Where a customer file lies between upload and result: sealed row by row, readable by nobody else. What it means is elsewhere."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from relcrm import clock, crypt
from relcrm.customers import file_kind, files
from relcrm.customers.table import Row, Table
from relcrm.errors import BadValue
from relcrm.i18n import _l

MOST_ROWS = 200_000
ABANDONED_S = 24 * 3600
_folder = Path()


@dataclass(frozen=True)
class Kept:
    """A table that was read once and lies in the folder under `name`; `kind` is how it was written, such as "csv, gb18030";
    `sha256` is that of the file as it came."""

    name: str
    kind: str
    header: tuple[str, ...]
    row_count: int
    sample: tuple[Row, ...]
    sha256: str


def use_folder(folder: Path) -> None:
    """Where the files of this process lie."""
    global _folder
    _folder = folder


def receive(stream: BinaryIO, filename: str) -> Kept:
    """Read what somebody sends, whatever its ending says. Raises BadValue (file_*) and leaves nothing behind."""
    with _passing() as path:
        with path.open("wb") as target:
            shutil.copyfileobj(stream, target, 1024 * 1024)
        return keep(path, filename)


def keep(path: Path, filename: str) -> Kept:
    """Read a file that lies somewhere else, all of it, and keep its rows sealed. Raises BadValue (file_*)."""
    table = files.open_table(path, filename)
    name = secrets.token_hex(16)
    try:
        return _written(name, table, filename, _sha256(path))
    except BaseException:
        drop(name)
        raise


def rows(name: str) -> Iterator[Row]:
    """Every row below the header. Raises FileNotFoundError when the file is gone."""
    with (_folder / name).open("rb") as file:
        for line in file:
            held = crypt.unseal(line.rstrip(b"\n"))
            if isinstance(held, list):
                yield Row(held[0], tuple(held[1:]))


def drop(name: str) -> None:
    (_folder / name).unlink(missing_ok=True)


def drop_forgotten(needed: set[str]) -> None:
    """Delete what no import needs and nobody has touched for a day: the remains of a kill."""
    if not _folder.is_dir():
        return
    for path in _folder.iterdir():
        if path.name not in needed and clock.now().timestamp() - path.stat().st_mtime > ABANDONED_S:
            path.unlink(missing_ok=True)


def _written(name: str, table: Table, filename: str, sha256: str) -> Kept:
    count, sample = 0, list[Row]()
    with os.fdopen(_new_file(name), "wb") as target:
        for row in table.rows():
            count += 1
            if count > MOST_ROWS:
                raise _too_many(filename)
            if count <= 50:
                sample.append(row)
            target.write(crypt.seal([row.number, *row.cells]) + b"\n")
    if not count:
        raise file_kind.without_rows(filename)
    kind = ", ".join(filter(None, (table.kind, table.encoding, table.sheet if len(table.sheets) > 1 else "")))
    return Kept(name, kind, table.header, count, tuple(sample), sha256)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _new_file(name: str) -> int:
    _folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.open(_folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


@contextmanager
def _passing() -> Iterator[Path]:
    """A file as it came, until it is read."""
    name = secrets.token_hex(16)
    os.close(_new_file(name))
    try:
        yield _folder / name
    finally:
        drop(name)


def _too_many(filename: str) -> BadValue:
    sentence = _l("%(name)s has more than %(most)s rows. Divide it into smaller files.", name=filename, most=MOST_ROWS)
    return BadValue(sentence, code="file_too_many_rows", field="file")
