"""Reading Excel workbooks as text, and guarding against those that would eat the memory. No column meanings here."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from relcrm.customers import compound, old_records
from relcrm.customers.file_kind import locked, unreadable, without_rows
from relcrm.customers.table import Row, Source
from relcrm.errors import BadValue
from relcrm.i18n import _l

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook, SheetMetadata

UNPACKED_LIMIT = 200 * 1024 * 1024
AREA_LIMIT = 2_500_000
EXACT_DIGITS = 10**15
TOP = 20
LONGEST_MERGE = 200
CHUNK = 1 << 20
TAG = re.compile(rb"""<(?:\w+:)?(row|c)(?=[\s/>])((?:[^>"']|"[^"]*"|'[^']*')*)>""")
ADDRESS = re.compile(rb"""\sr=["']([A-Z]{0,3})(\d{1,7})["']""")
Result = TypeVar("Result")


def open_workbook(path: Path, filename: str, kind: str, sheet: str = "", promise: Callable[[list[Row]], Any] = len) -> Source:
    """The named sheet, or of the visible ones that hold anything the one whose first rows promise most; a hidden one only failing these.

    Raises BadValue file_too_large, file_unreadable, file_protected, file_empty or file_sheet.
    """
    if _declared_area(path, filename, kind) > AREA_LIMIT:
        raise _too_large(filename)
    workbook = _guarded(filename, lambda: _load(path))
    names = _sheet_names(workbook)
    if sheet and sheet not in names:
        raise BadValue(_l("%(name)s has no sheet named %(sheet)s.", name=filename, sheet=sheet), code="file_sheet", field="sheet")
    chosen = _guarded(filename, lambda: _choose(workbook, [sheet] if sheet else names, promise))
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
    """The visible ones first."""
    from python_calamine import SheetTypeEnum

    tables = [found for found in workbook.sheets_metadata if found.typ == SheetTypeEnum.WorkSheet]
    return [found.name for found in sorted(tables, key=lambda found: not _is_visible(found))]


def _is_visible(found: "SheetMetadata") -> bool:
    from python_calamine import SheetVisibleEnum

    return found.visible == SheetVisibleEnum.Visible


def _choose(workbook: "CalamineWorkbook", names: list[str], promise: Callable[[list[Row]], Any]) -> "CalamineSheet | None":
    """One sheet is held at a time beside the best so far: a large workbook is never in the memory as a whole."""
    best: CalamineSheet | None = None
    most: Any = None
    hidden = {found.name for found in workbook.sheets_metadata if not _is_visible(found)}
    for name in names:
        if best is not None and name in hidden:
            break
        sheet = workbook.get_sheet_by_name(name)
        top = list(islice((row for row in _rows(sheet) if not row.is_blank), TOP))
        if top and (best is None or promise(top) > most):
            best, most = sheet, promise(top)
    return best


def _rows(sheet: "CalamineSheet") -> Iterator[Row]:
    """A cell merged over several rows counts in each of them that holds something else, as whoever reads the sheet would say."""
    below = _merged_below(sheet)
    held: dict[int, str] = {}
    for number, cells in enumerate(sheet.iter_rows(), 1):
        row = Row(number, tuple(as_text(cell) for cell in cells))
        full = row._replace(cells=tuple(held.get(index, text) for index, text in enumerate(row.cells))) if held else row
        yield row if row.is_blank else full
        held = {column: full.cells[column] for column in below.get(number + 1, ()) if column < len(full.cells)}


def _merged_below(sheet: "CalamineSheet") -> dict[int, list[int]]:
    """For each row, from 1, the columns where it continues the cell above."""
    found: dict[int, list[int]] = {}
    left = sheet.start[1] if sheet.start else 0
    for (first, column), (last, _last_column) in sheet.merged_cell_ranges or ():
        for number in range(first + 2, min(last, first + LONGEST_MERGE) + 2):
            found.setdefault(number, []).append(column - left)
    return found


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
        return _old_area(path, filename)
    try:
        with zipfile.ZipFile(path) as archive:
            return _packed_area(archive, filename)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, zlib.error) as error:
        raise unreadable(filename) from error


def _old_area(path: Path, filename: str) -> int:
    try:
        return old_records.area(compound.stream(path.read_bytes(), ("Workbook", "Book")))
    except ValueError as error:
        raise unreadable(filename) from error


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
