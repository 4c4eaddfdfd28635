"""Reading CSV and its relatives: which separator, row by row. The encoding is found in letters.py."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from relcrm.customers import letters
from relcrm.customers.table import Row, Source
from relcrm.errors import BadValue
from relcrm.i18n import _l

DELIMITERS = (",", ";", "\t", "|")
BLANKS = " "  # any run of them separates two cells; nothing is quoted
BLANKS_FIT, FEWEST_CELLS, FEWEST_NUMBERS = 0.95, 3, 2
NUMBER = re.compile(r"-?\d+(?:[.,/:-]\d+)*")
LONGEST_LINE = 1_000_000
SNIFFED_LINES = 60
LEFT_OVERS = dict.fromkeys(map(ord, "\0\x1a"))


def open_delimited(path: Path, filename: str, encoding: str = "", delimiter: str = "") -> Source:
    """Raises BadValue file_encoding or file_unreadable. The whole file is walked once, so that what opens can also be read to its end."""
    encoding = encoding or letters.encoding_of(path, filename)
    delimiter = delimiter or _delimiter(path, encoding)
    text = _Delimited(path, filename, encoding, delimiter)
    text.check()
    return Source("csv", text.rows, encoding=encoding, delimiter=delimiter)


class _Delimited:
    def __init__(self, path: Path, filename: str, encoding: str, delimiter: str) -> None:
        self.path, self.filename, self.encoding, self.delimiter = path, filename, encoding, delimiter

    def check(self) -> None:
        try:
            for _row in self.rows():
                pass
        except UnicodeError as error:
            raise letters.unknown(self.filename) from error

    def rows(self) -> Iterator[Row]:
        if self.delimiter == BLANKS:
            yield from self._blank_separated()
            return
        raw: list[str] = []
        reader = csv.reader(self._lines(raw), delimiter=self.delimiter)
        number = 1
        try:
            for cells in reader:
                self._refuse_open_quote(raw, number)
                if number > 1 or not _told_delimiter(raw[0]):
                    yield Row(number, tuple(cells))
                number = reader.line_num + 1
                raw.clear()
        except csv.Error as error:
            raise self._unreadable(number) from error

    def _blank_separated(self) -> Iterator[Row]:
        raw: list[str] = []
        try:
            for number, line in enumerate(self._lines(raw), start=1):
                yield Row(number, tuple(line.split()))
                raw.clear()
        except csv.Error as error:
            raise self._unreadable(1) from error

    def _lines(self, raw: list[str]) -> Iterator[str]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            while line := file.readline(LONGEST_LINE + 1):
                if len(line) > LONGEST_LINE:
                    raise csv.Error("line too long")
                raw.append(line.translate(LEFT_OVERS))
                yield raw[-1]

    def _refuse_open_quote(self, raw: list[str], number: int) -> None:
        if len(raw) > 1 and sum(line.count('"') for line in raw) % 2:
            raise self._unreadable(number)

    def _unreadable(self, number: int) -> BadValue:
        return BadValue(
            _l(
                "Line %(line)s of %(name)s cannot be read: a quotation mark may be missing there. Mend the line and choose the file again.",
                line=number,
                name=self.filename,
            ),
            code="file_unreadable",
            field="file",
        )


def _delimiter(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        lines = [line.translate(LEFT_OVERS) for line in islice(iter(lambda: file.readline(LONGEST_LINE), ""), SNIFFED_LINES)]
    told = _told_delimiter(lines[0]) if lines else ""
    best = max(DELIMITERS, key=lambda delimiter: _fit(lines, delimiter))
    return told or (BLANKS if _fit(lines, best)[0] < 0.5 and _in_columns(lines) else best)


def _in_columns(lines: list[str]) -> bool:
    """Nothing but blanks stands between the cells: all lines have as many, and below the first some are numbers throughout."""
    rows = [cells for line in lines if (cells := line.split())]
    width = len(rows[0]) if rows else 0
    agreed = [cells for cells in rows[1:] if len(cells) == width]
    if width < FEWEST_CELLS or not agreed or len(agreed) < BLANKS_FIT * (len(rows) - 1):
        return False
    return sum(all(NUMBER.fullmatch(cells[place]) for cells in agreed) for place in range(width)) >= FEWEST_NUMBERS


def _told_delimiter(line: str) -> str:
    """Excel writes "sep=;" above the header where the separator is not the country's usual one."""
    told = line.lstrip("\ufeff").strip('\r\n "').lower()
    return told[4:] if told.startswith("sep=") and told[4:] in DELIMITERS else ""


def _fit(lines: list[str], delimiter: str) -> tuple[float, int]:
    """How many of the rows agree on a number of cells above one, and on which number."""
    try:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if any(cells)]
    except csv.Error:
        return 0.0, 0
    agreed = Counter(width for width in widths if width > 1).most_common(1)
    return (agreed[0][1] / len(widths), agreed[0][0]) if agreed else (0.0, 0)
