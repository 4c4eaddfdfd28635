"""Where a customer file lies between upload and result: sealed row by row, readable by nobody else. What it means is elsewhere."""

import csv
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from relcrm import clock, crypt
from relcrm.customers import delimited, file_kind, files
from relcrm.customers.table import Row
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
    delimiter: str = ""


def use_folder(folder: Path) -> None:
    """Where the files of this process lie."""
    global _folder
    _folder = folder


def receive(stream: IO[bytes], filename: str, **told: Any) -> Kept:
    """Read what somebody sends, whatever its ending says. Raises BadValue (file_*) and leaves nothing behind."""
    with passing(stream) as path:
        return keep(path, filename, **told)


def keep(path: Path, filename: str, most: int = MOST_ROWS, **told: Any) -> Kept:
    """Read a file that lies somewhere else, all of it, and keep its rows sealed; `told` is for files.open_table. Raises BadValue (file_*)."""
    table = files.open_table(path, filename, **told)
    kind = ", ".join(filter(None, (table.kind, table.encoding, table.sheet if len(table.sheets) > 1 else "")))
    return _written(filename, table.header, table.rows(), most, kind=kind, sha256=_sha256(path), delimiter=table.delimiter)


def split_again(kept: Kept, filename: str, delimiter: str, most: int = MOST_ROWS) -> Kept:
    """The same kept file with its cells separated by another sign. `kept` itself stays; whoever asked drops it. Raises BadValue file_*."""

    def cells(row: Sequence[str]) -> list[str]:
        line = kept.delimiter.join(row)
        return line.split() if delimiter == delimited.BLANKS else next(csv.reader([line], delimiter=delimiter), [])

    header = tuple(cells(kept.header)) or ("",)
    names = header + ("",) * (max((len(cells(row.cells)) for row in kept.sample), default=0) - len(header))
    split = (Row(row.number, tuple(cells(row.cells))) for row in rows(kept.name))
    filled = (row._replace(cells=row.cells + ("",) * (len(names) - len(row.cells))) for row in split)
    return _written(filename, names, filled, most, kind=kept.kind, sha256=kept.sha256, delimiter=delimiter)


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


def _written(filename: str, header: tuple[str, ...], every_row: Iterator[Row], most: int, **told: Any) -> Kept:
    name = secrets.token_hex(16)
    try:
        count, sample = _sealed(name, filename, every_row, most)
    except BaseException:
        drop(name)
        raise
    return Kept(name, header=header, row_count=count, sample=tuple(sample), **told)


def _sealed(name: str, filename: str, every_row: Iterator[Row], most: int) -> tuple[int, list[Row]]:
    count, sample = 0, list[Row]()
    with os.fdopen(_new_file(name), "wb") as target:
        for row in every_row:
            count += 1
            if count > most:
                raise _too_many(filename, most)
            if count <= 50:
                sample.append(row)
            target.write(crypt.seal([row.number, *row.cells]) + b"\n")
    if not count:
        raise file_kind.without_rows(filename)
    return count, sample


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _new_file(name: str) -> int:
    _folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.open(_folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


@contextmanager
def passing(stream: IO[bytes]) -> Iterator[Path]:
    """A file as it came, until it is read."""
    name = secrets.token_hex(16)
    os.close(_new_file(name))
    try:
        with (_folder / name).open("wb") as target:
            shutil.copyfileobj(stream, target, 1024 * 1024)
        yield _folder / name
    finally:
        drop(name)


def _too_many(filename: str, most: int) -> BadValue:
    sentence = _l("%(name)s has more than %(most)s rows. Divide it into smaller files.", name=filename, most=most)
    return BadValue(sentence, code="file_too_many_rows", field="file")
