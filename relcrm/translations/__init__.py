"""The catalogues: every visible string in Chinese and English. `python -m relcrm.translations update` after a change of words."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from relcrm import schema

HERE = Path(__file__).parent
LOCALES = ("zh", "en")
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "_l": None, "ngettext": (1, 2)}
SOURCES = ((schema.PACKAGE, "python", "**.py"), (schema.beside("templates"), "jinja2", "**.html"))


def template() -> Catalog:
    """Every message of the program and its pages, with where it stands."""
    found = Catalog(charset="utf-8")
    for folder, method, pattern in SOURCES:
        for name, _line, message, _comments, context in extract_from_dir(
            folder, [(pattern, method)], keywords=KEYWORDS, directory_filter=lambda _folder: True
        ):
            found.add(message, None, [(f"{folder.name}/{name}", 0)], context=context)
    return found


def load(locale: str) -> Catalog:
    with po_file(locale).open("rb") as file:
        return read_po(file, locale=locale)


def po_file(locale: str) -> Path:
    return HERE / locale / "LC_MESSAGES" / "messages.po"


def missing(catalog: Catalog, wanted: Catalog) -> Iterator[Message]:
    """Messages that are not said in this language, or whose saying is only a guess."""
    for message in wanted:
        own = catalog.get(message.id, message.context) if message.id else None
        if message.id and (own is None or own.fuzzy or not all(_forms(own))):
            yield message


def _forms(message: Message) -> tuple[str, ...]:
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return tuple(str(form or "") for form in forms)


def update() -> dict[str, int]:
    """Bring the catalogues to the words of the program and compile them; returns how many are missing in each."""
    wanted, left = template(), {}
    for locale in LOCALES:
        path = po_file(locale)
        catalog = load(locale) if path.exists() else Catalog(locale=locale, charset="utf-8")
        catalog.update(wanted, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.header_comment, catalog.project, catalog.version, catalog.fuzzy = "# relcrm", "relcrm", "1", False
        if locale == "en":
            _say_as_written(catalog)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalog))
        path.write_bytes(as_po(load(locale)))  # what reading adds to the header stands in the file, so that it compares
        path.with_suffix(".mo").write_bytes(as_mo(load(locale)))
        left[locale] = len(list(missing(catalog, wanted)))
    return left


def _say_as_written(catalog: Catalog) -> None:
    for message in catalog:
        if message.id and not all(_forms(message)):
            message.string = tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id


def as_po(catalog: Catalog) -> bytes:
    """The catalogue as text, without dates and line numbers, so that it changes only when words do."""
    out = BytesIO()
    write_po(out, catalog, sort_output=True, omit_header=False, no_location=True, width=0)
    lines = out.getvalue().splitlines(keepends=True)
    return b"".join(
        line
        for line in lines
        if not line.startswith((b'"POT-Creation', b'"PO-Revision', b'"Generated-By', b'"Last-Translator', b'"Language-Team'))
    )


def as_mo(catalog: Catalog) -> bytes:
    out = BytesIO()
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # else each reading would write another file
    write_mo(out, catalog)
    return out.getvalue()
