"""The container of old Office files, looked through before the reader opens it: one that runs in a circle, or claims to be larger than
it is, would make the reader take all memory and the server with it. The records of a stream are old_records.py."""

import struct
from collections.abc import Sequence

ENTRY = 128
LAST_ID = 0xFFFFFFF9
SMALL, SMALL_BLOCK = 4096, 64
SHIFTS = (9, 12)


def stream(content: bytes, names: Sequence[str]) -> bytes:
    """The first stream of one of these names. Raises ValueError where a chain of blocks does not end or something claims more than there is."""
    try:
        return _stream(content, names)
    except (struct.error, IndexError) as error:
        raise ValueError("the container is not sound") from error


def _stream(content: bytes, names: Sequence[str]) -> bytes:
    shift = struct.unpack_from("<H", content, 30)[0]
    directories, fats, first_directory, _, _, first_mini, minis, first_more, more = struct.unpack_from("<9I", content, 40)
    if shift not in SHIFTS or max(directories, fats, minis, more) > (len(content) >> shift) + 1:
        raise IndexError(shift)
    block = 1 << shift
    fat = _ending(_numbers(content, _fat_blocks(content, block, first_more), block))
    mini = _ending(_numbers(content, _chain(fat, first_mini), block))
    entries = _entries(content, _chain(fat, first_directory), block)
    if not entries or max(size for _name, _start, size in entries) > len(content) + block:
        raise IndexError(len(entries))
    small = _joined(content[block:], _chain(fat, entries[0][1]), block)
    _name, start, size = next(entry for entry in [*entries, ("", LAST_ID + 1, 0)] if entry[0] in (*names, ""))
    if size < SMALL:
        return _joined(small, _chain(mini, start), SMALL_BLOCK)[:size]
    return _joined(content[block:], _chain(fat, start), block)[:size]


def _fat_blocks(content: bytes, block: int, more: int) -> list[int]:
    """The first 109 stand in the header, the others in blocks of their own, each of which ends with the number of the next."""
    found = list(struct.unpack_from("<109I", content, 76))
    seen: set[int] = set()
    while more <= LAST_ID:
        if more in seen:
            raise IndexError(more)
        seen.add(more)
        *numbers, more = _numbers(content, [more], block)
        found += numbers
    return [number for number in found if number <= LAST_ID]


def _numbers(content: bytes, blocks: Sequence[int], block: int) -> list[int]:
    return [number for one in blocks for number in struct.unpack_from(f"<{block // 4}I", content, (one + 1) * block)]


def _chain(fat: Sequence[int], start: int) -> list[int]:
    found = []
    while start <= LAST_ID:
        found.append(start)
        start = fat[start]
    return found


def _joined(content: bytes, blocks: Sequence[int], block: int) -> bytes:
    return b"".join(content[one * block : (one + 1) * block] for one in blocks)


def _ending(following: list[int]) -> list[int]:
    """As it is, unless it runs in a circle."""
    walk = [0] * len(following)
    for start in range(len(following)):
        at = start
        while at < len(following) and not walk[at]:
            walk[at] = start + 1
            at = following[at]
        if at < len(following) and walk[at] == start + 1:
            raise IndexError(at)
    return following


def _entries(content: bytes, blocks: Sequence[int], block: int) -> list[tuple[str, int, int]]:
    """Name, first block and size of each; the root comes first, whose stream holds the small blocks."""
    starts = [at for one in blocks for at in range((one + 1) * block, (one + 2) * block, ENTRY)]
    found = [(content[at : at + 64], *struct.unpack_from("<2I", content, at + 116)) for at in starts]
    return [(name.decode("utf-16-le", "replace").partition("\0")[0] or "-", start, size) for name, start, size in found]
