"""The rows that could not be taken, handed back as a file that opens right in Excel. Which rows those are is rows.py."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from relcrm.customers.rows import Problem
from relcrm.customers.table import Row
from relcrm.i18n import _

DANGEROUS = re.compile(r"\s*[=+\-@＝＋－＠]")
NUMBER = re.compile(r"[+-]?\(?\d[\d\s().-]*")
SAFE_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,10})(?:\.\d{1,4})?|[1-9](?:[\s().-]*\d){0,10}")


def write_refused(path: Path, header: Sequence[str], refused: Iterable[tuple[Row, str]]) -> int:
    """Writes CSV, UTF-8 with BOM: line number, reason, then the columns as they came. Returns how many rows."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        return _write(file, header, refused)


def as_bytes(header: Sequence[str], refused: Iterable[tuple[Row, str]]) -> bytes:
    """The same file, to be sent to a browser."""
    file = io.StringIO(newline="")
    _write(file, header, refused)
    return file.getvalue().encode("utf-8-sig")


def _write(file: TextIO, header: Sequence[str], refused: Iterable[tuple[Row, str]]) -> int:
    writer, count = csv.writer(file), 0
    writer.writerow([_("Line"), _("What is wrong"), *(harmless(name) for name in header)])
    for row, why in refused:
        writer.writerow([row.number, harmless(why), *(harmless(cell) for cell in row.cells)])
        count += 1
    return count


def reason(problems: Sequence[Problem], header: Sequence[str]) -> str:
    """All problems of a row in one text, each with the name of its column."""
    return " ".join(f"{_column(problem.column, header)}{problem.message}" for problem in problems)


def _column(index: int, header: Sequence[str]) -> str:
    if not 0 <= index < len(header):
        return ""
    name = header[index] or _("Column %(number)s", number=index + 1)
    return f"{name}: "


def harmless(cell: str) -> str:
    """Excel runs what begins with = + - @, so that gets an apostrophe. A number that Excel would round or strip of its
    first zero gets a tab instead, which nobody sees; cells.clean takes either away again."""
    text = cell.replace("\0", "")
    if NUMBER.fullmatch(text):
        return text if SAFE_NUMBER.fullmatch(text) else f"\t{text}"
    return f"'{text}" if DANGEROUS.match(text) else text
