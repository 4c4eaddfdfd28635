"""Reading Excel workbooks as text, and guarding against those that would eat the memory. No column meanings here."""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from relcrm.customers.file_kind import locked, unreadable, without_rows
from relcrm.customers.table import Row, Source
from relcrm.errors import BadValue
from relcrm.i18n import _l

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

UNPACKED_LIMIT = 200 * 1024 * 1024
AREA_LIMIT = 4_000_000
EXACT_DIGITS = 10**15
CHUNK = 1 << 20
TAG = re.compile(rb"""<(?:\w+:)?(row|c)(?=[\s/>])((?:[^>"']|"[^"]*"|'[^']*')*)>""")
ADDRESS = re.compile(rb"""\sr=["']([A-Z]{0,3})(\d{1,7})["']""")
OLD_DIMENSIONS = re.compile(rb"\x00\x02\x0e\x00(.{12})\x00\x00", re.DOTALL)
OLD_ROWS, OLD_COLUMNS = 1 << 16, 1 << 8
Result = TypeVar("Result")


def open_workbook(path: Path, filename: str, kind: str, sheet: str = "") -> Source:
    """The named sheet, or the first visible one that holds anything.

    Raises BadValue file_too_large, file_unreadable, file_protected, file_empty or file_sheet.
    """
    if _declared_area(path, filename, kind) > AREA_LIMIT:
        raise _too_large(filename)
    workbook = _guarded(filename, lambda: _load(path))
    names = _sheet_names(workbook)
    if sheet and sheet not in names:
        raise BadValue(_l("%(name)s has no sheet named %(sheet)s.", name=filename, sheet=sheet), code="file_sheet", field="sheet")
    chosen = _guarded(filename, lambda: _choose(workbook, names, sheet))
    if chosen is None:
        raise without_rows(filename)
    return Source(kind, lambda: _rows(chosen), sheet=chosen.name, sheets=tuple(names))


def _load(path: Path) -> "CalamineWorkbook":
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(str(path))


def _guarded(filename: str, read: Callable[[], Result]) -> Result:
    """The reader is native code: on a broken file it may raise its panic, which is no Exception, through to the server."""
    from python_calamine import PasswordError

    try:
        return read()
    except PasswordError as error:
        raise locked(filename) from error
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)):
            raise
        raise unreadable(filename) from error


def _sheet_names(workbook: "CalamineWorkbook") -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    tables = [found for found in workbook.sheets_metadata if found.typ == SheetTypeEnum.WorkSheet]
    return [found.name for found in sorted(tables, key=lambda found: found.visible != SheetVisibleEnum.Visible)]


def _choose(workbook: "CalamineWorkbook", names: list[str], wanted: str) -> "CalamineSheet | None":
    for name in [wanted] if wanted else names:
        sheet = workbook.get_sheet_by_name(name)
        if any(not row.is_blank for row in _rows(sheet)):
            return sheet
    return None


def _rows(sheet: "CalamineSheet") -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield Row(number, tuple(as_text(cell) for cell in cells))


def as_text(cell: object) -> str:
    """A cell as a person would type it: 13800003921.0 is a phone number, a day is ISO, a day at midnight has no clock."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell or "")


def _number(value: float) -> str:
    """Excel keeps 15 digits; a longer number has already lost some, and says so by keeping its exponent."""
    if abs(value) >= EXACT_DIGITS:
        return f"{value:.5E}"
    return str(int(value)) if value == int(value) else repr(value)


def _declared_area(path: Path, filename: str, kind: str) -> int:
    """Two cells in far corners would make the reader claim gigabytes and take the whole process down, so they are looked for first."""
    if kind == "xls":
        return max(map(_old_area, OLD_DIMENSIONS.findall(path.read_bytes())), default=0)
    try:
        with zipfile.ZipFile(path) as archive:
            return _packed_area(archive, filename)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, zlib.error) as error:
        raise unreadable(filename) from error


def _old_area(dimensions: bytes) -> int:
    _first_row, rows, _first_column, columns = struct.unpack("<IIHH", dimensions)
    return rows * columns if rows <= OLD_ROWS and columns <= OLD_COLUMNS else 0


def _packed_area(archive: zipfile.ZipFile, filename: str) -> int:
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise _too_large(filename)
    return max((_area(archive, entry) for entry in entries), default=0)


def _area(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Rows times columns up to the last cell with a value. Reading to the end also proves that the entry is no longer than it says."""
    area = _Area()
    rest = b""
    with archive.open(entry) as file:
        while chunk := file.read(CHUNK):
            text = rest + chunk
            end = text.rfind(b">") + 1
            area.add(text[:end])
            rest = text[end:][-CHUNK:]
    return area.last_row * area.last_column


class _Area:
    """A cell without an address stands behind the one before it, a row below the one before."""

    def __init__(self) -> None:
        self.row = self.column = self.last_row = self.last_column = 0

    def add(self, text: bytes) -> None:
        for tag, attributes in TAG.findall(text):
            address = ADDRESS.search(attributes)
            if tag == b"row":
                self.row, self.column = int(address[2]) if address else self.row + 1, 0
            else:
                self.column = _column(address[1]) if address else self.column + 1
                self.row = int(address[2]) if address else self.row
                self._stretch(is_blank=attributes.endswith(b"/"))

    def _stretch(self, is_blank: bool) -> None:
        if not is_blank:
            self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index


def _too_large(filename: str) -> BadValue:
    return BadValue(
        _l("%(name)s is too large when opened. Copy the customers into a new workbook, or save them as CSV.", name=filename),
        code="file_too_large",
        field="file",
    )
