"""Which encoding a text file is written in. Separators and rows are delimited.py."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from relcrm.errors import BadValue
from relcrm.i18n import _l

ENCODINGS = ("utf-8", "gb18030", "cp1252")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK = 1 << 16


def encoding_of(path: Path, filename: str) -> str:
    """utf-8-sig, utf-16, utf-16-le, utf-16-be, utf-8, gb18030 or, when nothing else fits, cp1252. Raises BadValue file_encoding."""
    with path.open("rb") as file:
        start = file.read(CHUNK)
    known = marked(start)
    for encoding in (known,) if known else ENCODINGS:
        if _decodes(path, encoding):
            return encoding
    raise unknown(filename)


def marked(start: bytes) -> str:
    """The encoding that the first bytes give away, by a mark or by their pattern, or ""."""
    return next((name for bom, name in BOMS if start.startswith(bom)), "") or _unmarked_utf16(start)


def _unmarked_utf16(start: bytes) -> str:
    """Commas, digits and line ends of UTF-16 leave every second byte NUL; one stray NUL in a till's export does not."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    few, many = sorted((even, odd))
    if many < 8 or many * 10 < len(start) or few * 20 > many:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    foreign = chinese = 0
    try:
        for text in _decoded(path, decoder):
            if encoding == "gb18030":
                found = [letter for letter in text if letter > "\x7f"]
                foreign, chinese = foreign + len(found), chinese + sum(map(_is_common_chinese, found))
    except UnicodeError:
        return False
    return chinese * 2 >= foreign


def _decoded(path: Path, decoder: codecs.IncrementalDecoder) -> Iterator[str]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _is_common_chinese(letter: str) -> bool:
    """Western accents before a letter also decode as GB18030, but into rare characters that GB2312 does not have."""
    try:
        return bool(letter.encode("gb2312"))
    except UnicodeError:
        return False


def unknown(filename: str) -> BadValue:
    return BadValue(
        _l("The letters in %(name)s cannot be read. Open it in Excel, save it as “CSV UTF-8” and choose that file.", name=filename),
        code="file_encoding",
        field="file",
    )
