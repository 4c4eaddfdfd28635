"""The records of an .xls workbook, only to see how far its sheets say they reach. Their values are read by the library."""

import struct
from collections.abc import Iterator

END, PLACE, EXTENT, STRINGS = 0x000A, 0x0085, 0x0200, 0x00FC
CELLS = {0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x0207, 0x027E, 0x00BD, 0x00BE, 0x00D6, 0x00FD}
SEVERAL = {0x00BD, 0x00BE}
MOST_SHEETS = 250


def area(stream: bytes) -> int:
    """Rows times columns of the largest sheet, by its cells and by what it declares. Raises ValueError for numbers that cannot be."""
    places = set()
    for kind, record in _records(stream, 0):
        if kind == PLACE and len(record) >= 4:
            places.add(struct.unpack_from("<I", record)[0])
        if kind == STRINGS and len(record) >= 8 and struct.unpack_from("<I", record, 4)[0] > len(stream):
            raise ValueError("more texts than bytes")
    if len(places) > MOST_SHEETS:
        raise ValueError("more sheets than anybody has")
    return max((_sheet(stream, place) for place in places), default=0)


def _sheet(stream: bytes, place: int) -> int:
    declared = last_row = last_column = 0
    for kind, record in _records(stream, place):
        if kind == EXTENT:
            declared = max(declared, _declared(record))
        elif kind in CELLS and len(record) >= 4:
            row, column = struct.unpack_from("<HH", record)
            last = struct.unpack_from("<H", record, len(record) - 2)[0] if kind in SEVERAL else column
            last_row, last_column = max(last_row, row + 1), max(last_column, column + 1, last + 1)
    return max(declared, last_row * last_column)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each, up to the mark that ends the sheet."""
    kind = 0
    while at + 4 <= len(stream) and kind != END:
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _declared(record: bytes) -> int:
    """The reader takes the last for granted to stand behind the first, and makes room for what is between them."""
    if len(record) < 8:
        return 0
    first_row, rows, first_column, columns = struct.unpack_from("<IIHH" if len(record) >= 12 else "<HHHH", record)
    if rows < first_row or columns < first_column:
        raise ValueError("a sheet that ends before it begins")
    return int(rows * columns)
