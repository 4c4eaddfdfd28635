"""Whether 03/04/1985 in a file is March or April: told by the other days of the same column, never by one cell. Reading days is cells.py."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from relcrm.customers.table import Row

WRITTEN = re.compile(r"(0?[1-9]|[1-9]\d)([-/.])(0?[1-9]|[1-9]\d)\2(\d{4}|\d{2})((?:[ T].*)?)", re.DOTALL)
LONGEST = 40
MONTH_FIRST, DAY_FIRST = "month first", "day first"


@dataclass
class _Column:
    """The largest first and second number, and the largest year, of those days of a column that can be read both ways."""

    first: int = 0
    second: int = 0
    short_year: int = -1

    def add(self, found: re.Match[str]) -> None:
        self.first, self.second = max(self.first, int(found[1])), max(self.second, int(found[3]))
        if len(found[4]) == 2:
            self.short_year = max(self.short_year, int(found[4]))

    def order(self, this_year: int) -> str:
        """Only a number above 12 tells. Of a year in two figures the century is known where none would lie in the future."""
        if self.short_year > this_year % 100 or (self.short_year >= 0 and self.second <= 12):
            return ""
        if self.first <= 12 < self.second <= 31:
            return MONTH_FIRST
        return DAY_FIRST if self.second <= 12 < self.first <= 31 else ""


def settled(every_row: Callable[[], Iterator[Row]], this_year: int) -> Callable[[], Iterator[Row]]:
    """The same rows, with the days of each column that gives its order away written as 1985-04-03. Walks all rows once."""
    orders = _orders(every_row(), this_year)
    if not orders:
        return every_row
    return lambda: (_written_plainly(row, orders) for row in every_row())


def _orders(rows: Iterable[Row], this_year: int) -> dict[int, str]:
    columns: dict[int, _Column] = {}
    for row in rows:
        for index, cell in enumerate(row.cells):
            if found := _day(cell):
                columns.setdefault(index, _Column()).add(found)
    return {index: order for index, column in columns.items() if (order := column.order(this_year))}


def _day(cell: str) -> re.Match[str] | None:
    return WRITTEN.fullmatch(cell.strip()) if 6 <= len(cell) <= LONGEST and ("/" in cell or "." in cell or "-" in cell) else None


def _written_plainly(row: Row, orders: dict[int, str]) -> Row:
    cells = list(row.cells)
    for index, order in orders.items():
        if index < len(cells) and (found := _day(cells[index])):
            month, day = (found[1], found[3]) if order == MONTH_FIRST else (found[3], found[1])
            year = found[4] if len(found[4]) == 4 else f"20{found[4]}"
            cells[index] = f"{year}-{month:0>2}-{day:0>2}{found[5]}"
    return row._replace(cells=tuple(cells))
