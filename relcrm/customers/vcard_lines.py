"""The lines of address cards (vCard 2.1, 3.0, 4.0) as properties: unfolded, decoded, unescaped. What they say of a person is vcard.py."""

import codecs
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BINARY = ("PHOTO", "LOGO", "SOUND", "KEY", "X-MS-CARDPICTURE")
ENCODINGS = {"QUOTED-PRINTABLE", "Q", "BASE64", "B", "8BIT", "7BIT"}
QUOTED = re.compile(r"[^:]*[;=]QUOTED-PRINTABLE[;:]", re.IGNORECASE)
CHARSETS = re.compile(
    r"big5(-?hkscs)?|gb(k|2312|18030)|shift[_-]jis|euc[_-](jp|kr|cn)|iso-8859-\d+|windows-\d+|koi8-[ru]|utf-?(8|16)", re.IGNORECASE
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Property:
    """`name` and `types` in capitals; `value` is decoded but still holds its backslashes."""

    name: str
    types: frozenset[str]
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        return unescaped(self.value)

    def parts(self, count: int) -> list[str]:
        """The fields between semicolons, at least so many; several values of one field are joined by spaces."""
        found = [" ".join(unescaped(value) for value in split(field, ",")).strip() for field in split(self.value, ";")]
        return found + [""] * (count - len(found))


def properties(lines: Iterable[str]) -> Iterator[Property]:
    for line in _unfolded(lines):
        if found := _property(line):
            yield found


def split(value: str, mark: str) -> list[str]:
    """At the marks that no backslash stands before."""
    found = [""]
    for piece in re.findall(rf"\\.|{mark}|[^\\{mark}]+|\\", value, re.DOTALL):
        if piece == mark:
            found.append("")
        else:
            found[-1] += piece
    return found


def unescaped(value: str) -> str:
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).replace("\r\n", "\n").strip()


def _unfolded(lines: Iterable[str]) -> Iterator[str]:
    """A line that begins with a space goes on from the one before, as does the one after a "=" at the end of quoted-printable text."""
    whole: list[str] = []
    for raw in lines:
        line = raw.rstrip("\r\n").replace("\0", "")
        if whole and _is_soft(whole):
            whole[-1] = whole[-1][:-1]
            whole.append(line)
        elif whole and line[:1] in (" ", "\t"):
            if not whole[0].upper().startswith(BINARY):
                whole.append(line[1:])
        else:
            yield "".join(whole)
            whole = [line]
    yield "".join(whole)


def _is_soft(whole: list[str]) -> bool:
    return whole[-1].endswith("=") and QUOTED.match(whole[0]) is not None


def _property(line: str) -> Property | None:
    head, colon, value = _divided(line)
    if not colon:
        return None
    name, *written = re.findall(r'(?:"[^"]*"|[^;"]|")+', head) or [""]
    parameters = [_parameter(one) for one in written]
    types = frozenset(word for key, value in parameters if key == "TYPE" for word in value.upper().replace('"', "").split(","))
    given = {key: value.strip('"') for key, value in parameters}
    return Property(name.rpartition(".")[2].strip().upper(), types, given, _decoded(value, given))


def _divided(line: str) -> tuple[str, str, str]:
    """At the first colon outside quotation marks."""
    found = re.match(r'((?:"[^"]*"|[^":])*):', line)
    return (found[1], ":", line[found.end() :]) if found else line.partition(":")


def _parameter(text: str) -> tuple[str, str]:
    """Cards of version 2.1 leave the name out: TEL;CELL, NOTE;QUOTED-PRINTABLE."""
    key, equals, value = text.strip().partition("=")
    if equals:
        return key.strip().upper(), value.strip()
    return ("ENCODING", key) if key.upper() in ENCODINGS else ("TYPE", key)


def known_charset(name: str) -> str:
    """The name as a codec of letters, or "": Python has others, which are no writing at all."""
    try:
        return codecs.lookup(name).name if CHARSETS.fullmatch(name) else ""
    except LookupError:
        return ""


def _decoded(value: str, given: dict[str, str]) -> str:
    if given.get("ENCODING", "").upper() not in ("QUOTED-PRINTABLE", "Q"):
        return value
    content = quopri.decodestring(value.encode("utf-8", "replace"))
    for encoding in filter(None, (known_charset(given.get("CHARSET", "")), "utf-8", "gb18030")):
        try:
            return content.decode(encoding)
        except UnicodeError:
            continue
    return content.decode("latin-1")
