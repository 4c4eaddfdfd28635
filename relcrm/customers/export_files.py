"""How a file that leaves the book is written: CSV, Excel, address cards. Rows come in pieces, so that memory stays flat."""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, BinaryIO, Protocol

from relcrm.customers.export_columns import Item
from relcrm.customers.exporting import Row
from relcrm.customers.folding import has_han
from relcrm.customers.pinyin import surname
from relcrm.customers.refused import harmless

TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "vcf": "text/vcard; charset=utf-8",
}
WIDTH, FOLD = 18, 75


class Writer(Protocol):
    def write(self, rows: Sequence[Row], ids: Mapping[int, str]) -> None:
        """Add these customers; `ids` are their public ids."""


@contextmanager
def writing(format_: str, file: BinaryIO, items: Sequence[Item]) -> Iterator[Writer]:
    """A writer into `file`, which is complete when the block ends."""
    with {"csv": _csv, "xlsx": _xlsx, "vcf": _cards}[format_](file, [header for item in items for header in item.headers]) as writer:
        yield writer


class _Csv:
    """UTF-8 with a mark at its beginning, by which Excel knows it; nothing in it runs as a formula."""

    def __init__(self, text: io.TextIOWrapper, headers: Sequence[str]) -> None:
        self.lines = csv.writer(text)
        self.lines.writerow([harmless(header) for header in headers])

    def write(self, rows: Sequence[Row], ids: Mapping[int, str]) -> None:
        self.lines.writerows([harmless(cell) for cell in row.flat] for row in rows)


@contextmanager
def _csv(file: BinaryIO, headers: Sequence[str]) -> Iterator[Writer]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        yield _Csv(text, headers)
    finally:
        text.flush()
        text.detach()


class _Xlsx:
    """One sheet, every cell as text, so that no number loses a digit."""

    def __init__(self, book: Any, headers: Sequence[str]) -> None:
        self.text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        self.sheet, self.at = book.add_worksheet(), 0
        self.sheet.set_column(0, max(0, len(headers) - 1), WIDTH, self.text)
        self.sheet.freeze_panes(1, 0)
        self._line(headers, bold)

    def write(self, rows: Sequence[Row], ids: Mapping[int, str]) -> None:
        for row in rows:
            self._line(row.flat, self.text)

    def _line(self, cells: Sequence[str], style: object) -> None:
        for column, cell in enumerate(cells):
            if cell:
                self.sheet.write_string(self.at, column, cell, style)
        self.at += 1


@contextmanager
def _xlsx(file: BinaryIO, headers: Sequence[str]) -> Iterator[Writer]:
    import xlsxwriter

    # Rows wait in a file of the library until the end: in a folder that goes whatever happens.
    with tempfile.TemporaryDirectory(prefix="relcrm-export-") as folder:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        try:
            yield _Xlsx(book, headers)
        finally:
            book.close()


class _Cards:
    """Version 3.0, which phones of every make read: name, numbers, addresses, birthday, and who she is in the book."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def write(self, rows: Sequence[Row], ids: Mapping[int, str]) -> None:
        self.file.write("".join(f"{_folded(line)}\r\n" for row in rows for line in _card(row, ids[row.customer_id])).encode())


@contextmanager
def _cards(file: BinaryIO, headers: Sequence[str]) -> Iterator[Writer]:
    yield _Cards(file)


def _card(row: Row, public_id: str) -> Iterator[str]:
    name = row.cells["name"][0]
    yield from ("BEGIN:VCARD", "VERSION:3.0", f"UID:{public_id}", f"N:{_parts(name)}", f"FN:{_escaped(name)}")
    yield from (f"TEL;TYPE=CELL:{number}" for number in _each(row, "phone"))
    yield from (f"EMAIL;TYPE=INTERNET:{_escaped(address)}" for address in _each(row, "email"))
    born = row.cells.get("birthday", [""])[0]
    if len(born) in (5, 10) and born.replace("-", "").isdigit():
        yield f"BDAY:{born if len(born) == 10 else '--' + born}"
    yield "END:VCARD"


def _each(row: Row, key: str) -> Iterator[str]:
    return chain.from_iterable(cell.split(" ::: ") for cell in row.cells.get(key, ()) if cell)


def _parts(name: str) -> str:
    """Family name; given names."""
    family = surname(name)
    if not family or family == name:
        return f";{_escaped(name)};;;"
    given = name.replace(family, "", 1) if has_han(name) else " ".join(name.rsplit(family, 1)).strip()
    return f"{_escaped(family)};{_escaped(given.strip())};;;"


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """No line longer than 75 bytes; the next begins with a space. No letter is cut in two."""
    pieces, room = [""], FOLD
    for letter in line:
        size = len(letter.encode())
        if size > room:
            pieces.append(" ")
            room = FOLD - 1
        pieces[-1] += letter
        room -= size
    return "\r\n".join(pieces)
