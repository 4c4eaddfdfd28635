"""Which encoding a text file is written in. Separators and rows are delimited.py."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from relcrm.errors import BadValue
from relcrm.i18n import _l

ENCODINGS = ("utf-8", "gb18030", "cp1252")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK = 1 << 16
NEUTRAL = frozenset("©®™“”‘’—–…·￥€£°§\xa0，。、：；（）！？《》【】\u3000")
WESTERN = frozenset(map(chr, range(0xC0, 0x100))) - {"×", "÷"} | frozenset("ŠšŽžŒœŸ¿¡ºª«»")


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
    """Whether every byte has a meaning and most foreign letters are such as people in that encoding use."""
    at_home = AT_HOME.get(encoding, bool)
    foreign = expected = 0
    try:
        for text in _decoded(path, codecs.getincrementaldecoder(encoding)()):
            found = [letter for letter in text if letter > "\x7f" and letter not in NEUTRAL]
            foreign, expected = foreign + len(found), expected + sum(map(at_home, found))
    except UnicodeError:
        return False
    return expected * 2 >= foreign


def _decoded(path: Path, decoder: codecs.IncrementalDecoder) -> Iterator[str]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _is_common_chinese(letter: str) -> bool:
    """Western accents and Big5 may also decode as GB18030, but into rare characters or none that GB2312 has."""
    try:
        return "\u4e00" <= letter <= "\u9fff" and bool(letter.encode("gb2312"))
    except UnicodeError:
        return False


def _is_western(letter: str) -> bool:
    """Big5 and Shift-JIS also decode as Windows letters, but mostly into signs."""
    return letter in WESTERN


AT_HOME = {"gb18030": _is_common_chinese, "cp1252": _is_western}


def unknown(filename: str) -> BadValue:
    return BadValue(
        _l("The letters in %(name)s cannot be read. Open it in Excel, save it as “CSV UTF-8” and choose that file.", name=filename),
        code="file_encoding",
        field="file",
    )
