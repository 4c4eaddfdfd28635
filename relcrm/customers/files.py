"""Opening a customer file that somebody chose: what it is, where its header stands, its rows. What the columns mean is columns.py."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from relcrm import clock
from relcrm.customers import columns, day_order, delimited, file_kind, presets, vcard, workbook
from relcrm.customers.table import Row, Source, Table
from relcrm.errors import BadValue
from relcrm.i18n import _l

__all__ = ["MAX_BYTES", "Row", "Table", "open_table"]

MAX_BYTES = 40 * 1024 * 1024
MAX_COLUMNS = 400
HEADER_SEARCH = 20
HOLDS_DATA = re.compile(r"[^@\s]+@[^@\s]+\.\w+|[+(']?[\d][\d\s().+/:-]*")


@dataclass(frozen=True)
class About:
    """What a list is of: the words that name its columns, how much the first rows of a sheet look like it, and the refusal of a header
    that is another list's."""

    is_known: Callable[[str], bool]
    promise: Callable[[list[Row]], Any]
    refuse: Callable[[Sequence[str], str], None]


def open_table(
    path: Path,
    filename: str,
    *,
    limit: int = MAX_BYTES,
    sheet: str = "",
    encoding: str = "",
    delimiter: str = "",
    about: About | None = None,
) -> Table:
    """The table in a file, `filename` being what the person calls it. `sheet`, `encoding` and `delimiter` overrule what is found.

    Raises BadValue: file_empty, file_too_large, file_kind, file_encoding, file_unreadable, file_no_header, file_protected, file_sheet, file_sales.
    """
    about = about or CUSTOMERS
    _refuse_size(path, filename, limit)
    kind = file_kind.require_table(path, filename)
    if kind == "vcard":
        return vcard.open_cards(path, filename, encoding)
    if kind == "csv":
        source = delimited.open_delimited(path, filename, encoding, delimiter)
    else:
        source = workbook.open_workbook(path, filename, kind, sheet, about.promise)
    return _table(source, filename, about)


def _refuse_size(path: Path, filename: str, limit: int) -> None:
    if path.stat().st_size > limit:
        raise BadValue(
            _l("%(name)s is larger than %(limit)s MB. Divide it into smaller files.", name=filename, limit=max(limit // 1024**2, 1)),
            code="file_too_large",
            field="file",
        )


def _table(source: Source, filename: str, about: About) -> Table:
    top = list(islice((row for row in source.every_row() if not row.is_blank), HEADER_SEARCH))
    if not top:
        raise file_kind.without_rows(filename)
    header = _header(top, filename, about)
    if len(header.cells) > MAX_COLUMNS:
        raise _too_wide(filename)
    names = tuple(" ".join(cell.split()) for cell in header.cells)
    about.refuse(names, filename)
    every_row = day_order.settled(source.every_row, clock.now().year)
    return Table(source.kind, source.encoding, source.delimiter, source.sheet, source.sheets, names, header.number, every_row)


def _refuse_sales(header: Sequence[str], filename: str) -> None:
    if not presets.is_sales(header):
        return
    sentence = _l(
        "%(name)s is a list of sales, not of customers. Export the list of customers or members and choose that file.", name=filename
    )
    raise BadValue(sentence, code="file_sales", field="file")


def _too_wide(filename: str) -> BadValue:
    sentence = _l("%(name)s has too many columns. Keep only those about the customer.", name=filename)
    return BadValue(sentence, code="file_unreadable", field="file")


def _header(top: list[Row], filename: str, about: About) -> Row:
    """The row with the most words a customer list uses for its columns; one word alone counts only in the first row.

    Without any, the header is the first row, unless that already holds data.
    """
    best = max(top, key=lambda row: known_words(row, about.is_known))
    if known_words(best, about.is_known) > (best is not top[0]):
        return best
    if any(HOLDS_DATA.fullmatch(cell.strip()) for cell in top[0].cells):
        return Row(0, ("",) * max(len(row.cells) for row in top))
    if max(len(row.cells) for row in top) == 1:
        raise BadValue(
            _l("No column names were found in %(name)s. Write names such as Name and Phone above the columns.", name=filename),
            code="file_no_header",
            field="file",
        )
    return top[0]


def _promise(top: list[Row]) -> tuple[bool, bool, int]:
    """How much the first rows of a sheet look like a list of customers, to be compared with other sheets."""
    best = max(top, key=lambda row: known_words(row, columns.is_known))
    return not presets.is_sales(best.cells), columns.names_people(best.cells), known_words(best, columns.is_known)


def known_words(row: Row, is_known: Callable[[str], bool]) -> int:
    """How many cells read like names of columns; none where any holds data."""
    if any("@" in cell or HOLDS_DATA.fullmatch(cell.strip()) for cell in row.cells):
        return 0
    return sum(is_known(cell) for cell in row.cells)


CUSTOMERS = About(columns.is_known, _promise, _refuse_sales)
