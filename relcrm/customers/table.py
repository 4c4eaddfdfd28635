"""A table as it stood in someone's file: numbered rows of text. Reading it is files.py, understanding it columns.py and rows.py."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple


class Row(NamedTuple):
    """`number` is the line of the file (or row of the sheet) as a person counts, from 1; cells are the text as it stood there."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Source:
    """What a reader hands over: every row of the file, as often as asked. Nothing is said about headers yet."""

    kind: str
    every_row: Callable[[], Iterator[Row]]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """`kind` is csv, xlsx, xls or vcard; `header_row` is 0 for vcard, and also 0, with every header "", when the file has no names for its columns."""

    kind: str
    encoding: str
    delimiter: str
    sheet: str
    sheets: tuple[str, ...]
    header: tuple[str, ...]
    header_row: int
    every_row: Callable[[], Iterator[Row]]

    def rows(self) -> Iterator[Row]:
        """The rows below the header without blank ones and repetitions of the header; short rows are filled up, long ones stay so."""
        for row in self.every_row():
            if row.number > self.header_row and not row.is_blank and not self._is_header_again(row):
                yield self._filled(row)

    def sample(self, count: int = 50) -> list[Row]:
        return list(islice(self.rows(), count))

    def _is_header_again(self, row: Row) -> bool:
        """Programs that print by pages repeat it on each."""
        return row.cells[:1] == self.header[:1] and len(row.cells) > 1 and row.cells == self.header

    def _filled(self, row: Row) -> Row:
        missing = len(self.header) - len(row.cells)
        return row._replace(cells=row.cells + ("",) * missing) if missing > 0 else row
