"""What a file really is, by its bytes and never by its name. Opening it is for delimited.py and workbook.py."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from relcrm.customers import letters
from relcrm.errors import BadValue
from relcrm.i18n import _l

PEEK = 8192
TABLES = {"csv", "xlsx", "xls", "vcard"}
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00")
ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
PROGRAMS = (b"MZ", b"\x7fELF", b"SQLite format 3")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIPPED = {
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "workbook",
    "word/document.xml": "word",
    "ppt/presentation.xml": "slides",
    "Index/Document.iwa": "numbers",
    "Index.zip": "numbers",
}

REFUSALS: dict[str, Callable[[str], object]] = {
    "picture": lambda name: _l(
        "This is a picture, although it is named %(name)s. Choose the customer list itself, as CSV or Excel.", name=name
    ),
    "pdf": lambda name: _l("This is a PDF named %(name)s. Save the customer list as CSV or Excel and choose that file.", name=name),
    "page": lambda name: _l(
        "This is a web page named %(name)s. Open it in Excel, save it as an Excel workbook (.xlsx) and choose that file.", name=name
    ),
    "xml": lambda name: _l("This is an XML file named %(name)s. Open it in Excel, save it as .xlsx and choose that file.", name=name),
    "json": lambda name: _l("This is a JSON file named %(name)s, not a table. Export the customers as CSV or Excel.", name=name),
    "archive": lambda name: _l("This is a packed folder named %(name)s. Unpack it and choose the customer list inside.", name=name),
    "word": lambda name: _l("This is a text document named %(name)s. Copy the table into Excel, save it and choose that file.", name=name),
    "slides": lambda name: _l("This is a presentation named %(name)s, not a table. Choose the customer list as CSV or Excel.", name=name),
    "workbook": lambda name: _l("%(name)s is a workbook of a kind we cannot read. Save it as .xlsx and choose that file.", name=name),
    "numbers": lambda name: _l("This is an Apple Numbers file named %(name)s. Export it from Numbers as CSV or Excel.", name=name),
    "program": lambda name: _l(
        "This is a program or a database named %(name)s, not a table. Export the customers as CSV or Excel.", name=name
    ),
    "unknown": lambda name: _l(
        "%(name)s is not a table we can read. Save the customer list as CSV or Excel and choose that file.", name=name
    ),
}


def require_table(path: Path, filename: str) -> str:
    """csv, xlsx, xls or vcard. Raises BadValue file_empty, file_kind, file_protected, file_unreadable."""
    kind = kind_of(path)
    if kind == "empty":
        raise BadValue(_l("%(name)s is empty. Choose the file with your customers.", name=filename), code="file_empty", field="file")
    if kind == "protected":
        raise locked(filename)
    if kind == "damaged":
        raise unreadable(filename)
    if kind not in TABLES:
        raise BadValue(REFUSALS[kind](filename), code="file_kind", field="file")
    return kind


def unreadable(filename: str) -> BadValue:
    return BadValue(
        _l("%(name)s is damaged and cannot be opened. Save it again in the program it comes from.", name=filename),
        code="file_unreadable",
        field="file",
    )


def without_rows(filename: str) -> BadValue:
    return BadValue(_l("%(name)s has no rows in it. Choose the file with your customers.", name=filename), code="file_empty", field="file")


def locked(filename: str) -> BadValue:
    return BadValue(
        _l("%(name)s has a password. Open it in Excel, save it without a password and choose it again.", name=filename),
        code="file_protected",
        field="file",
    )


def kind_of(path: Path) -> str:
    """csv, xlsx, xls, vcard, or what it is instead: a key of REFUSALS, empty, protected, damaged."""
    with path.open("rb") as file:
        start = file.read(PEEK)
    if not start.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        return "empty" if path.stat().st_size <= PEEK else "unknown"
    if start.startswith(ZIP):
        return _zipped(path)
    if start.startswith(OLE):
        return _compound(path)
    return _binary(start) or _text(start)


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            if any(entry.flag_bits & 1 for entry in archive.infolist()):
                return "protected"
            return _packed(archive)
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError):
        return "damaged"


def _packed(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        kind = archive.read("mimetype").decode("ascii", "replace").strip()
        return "workbook" if kind == "application/vnd.oasis.opendocument.spreadsheet" else "word"
    return next((kind for name, kind in ZIPPED.items() if name in names), "archive")


def _compound(path: Path) -> str:
    """The old Office container names its streams in UTF-16; a locked .xlsx is one as well."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "protected"
    if any(f"{stream}\0".encode("utf-16-le") in content for stream in ("Workbook", "Book")):
        return "xls"
    return "word" if "WordDocument".encode("utf-16-le") in content else "unknown"


def _binary(start: bytes) -> str:
    if start.startswith(PICTURES) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP") or start[4:8] == b"ftyp":
        return "picture" if not start.startswith(b"BM") or b"\0" in start[:30] else ""
    if start.startswith(b"%PDF"):
        return "pdf"
    if start.startswith(ARCHIVES):
        return "archive"
    return "program" if start.startswith(PROGRAMS) and b"\0" in start[:200] else ""


def _text(start: bytes) -> str:
    words = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if words.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<script", b"<style")):
        return "page"
    if words.startswith(b"<?xml"):
        return "page" if b"<html" in words else "xml"
    if words.startswith(b"begin:vcard"):
        return "vcard"
    if re.match(rb'[\[{]\s*["{\[]', words):
        return "json"
    return "csv" if letters.marked(start) or not _has_control_codes(start) else "unknown"


def _has_control_codes(start: bytes) -> bool:
    """A stray NUL is forgiven, some tills leave one behind; a table has no other codes in number."""
    codes = sum(byte < 32 and byte not in b"\0\t\n\v\f\r\x1a\x1b" for byte in start)
    return codes * 50 > len(start)
