"""Address cards of phones and mail programs, one person a row, in columns like those of any table. Their lines are vcard_lines.py."""

import re
from collections.abc import Iterator
from pathlib import Path

from relcrm.customers import letters
from relcrm.customers.folding import has_han
from relcrm.customers.table import Row, Table
from relcrm.customers.value_words import SALUTATIONS
from relcrm.customers.vcard_lines import Property, known_charset, properties, split, unescaped
from relcrm.errors import BadValue

HEADER = (
    "Name", "Form of address", "Nickname", "Phone", "Phone 2", "Phone 3", "E-mail", "E-mail 2", "Birthday", "Gender",
    "Street", "City", "State", "Postcode", "Country", "Tags", "Note",
)  # fmt: skip
BETWEEN = " ::: "
NO_VOICE = {"FAX", "PAGER", "MODEM", "BBS", "TEXTPHONE", "X-FAX"}
NO_TAGS = {"mycontacts", "my contacts", "* mycontacts", "starred", "starred in android"}
GENDERS = {"F": "female", "M": "male", "O": "other"}
NO_YEAR = {"1604", "0000"}
DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?")
YEARLESS = re.compile(r"--(\d{2})-?(\d{2})(?:[T ].*)?")
DECLARED = re.compile(rb"CHARSET=\"?([\w-]+)", re.IGNORECASE)


def open_cards(path: Path, filename: str, encoding: str = "") -> Table:
    """A table of kind "vcard"; the number of a row is the place of the card in the file, from 1. Raises BadValue file_encoding."""
    encoding = encoding or _encoding(path, filename)

    def rows() -> Iterator[Row]:
        for number, card in enumerate(_cards(path, encoding), 1):
            yield Row(number, _cells(card))

    try:
        for _row in rows():
            pass
    except UnicodeError as error:
        raise letters.unknown(filename) from error
    return Table("vcard", encoding, "", "", (), HEADER, 0, rows)


def _encoding(path: Path, filename: str) -> str:
    """What the letters tell, else what the cards declare."""
    try:
        return letters.encoding_of(path, filename)
    except BadValue:
        with path.open("rb") as file:
            declared = DECLARED.search(file.read(letters.CHUNK))
        encoding = known_charset(declared[1].decode()) if declared else ""
        if not encoding:
            raise
        return encoding


def _cards(path: Path, encoding: str) -> Iterator[list[Property]]:
    """A card inside a card (somebody's assistant) is left out; one that is cut off at the end of the file still counts."""
    card: list[Property] = []
    depth = 0
    with path.open(encoding=encoding) as file:
        for found in properties(file):
            if found.name in ("BEGIN", "END") and found.text.upper() == "VCARD":
                depth += 1 if found.name == "BEGIN" else -1
                if depth <= 0 and card:
                    yield card
                if (depth <= 1 and found.name == "BEGIN") or depth <= 0:
                    card, depth = [], max(depth, 0)
            elif depth == 1:
                card.append(found)
    if card:
        yield card


def _cells(card: list[Property]) -> tuple[str, ...]:
    prefix, name = _name(card)
    phones, emails = _phones(card), _emails(card)
    street = _address(card)
    tags = [tag for found in _all(card, "CATEGORIES") for tag in map(unescaped, split(found.value, ",")) if tag.lower() not in NO_TAGS]
    note = "\n".join(found.text for found in _all(card, "NOTE"))
    numbers, addresses = _spread(phones, 3), _spread(emails, 2)
    return (name, prefix, _other_name(card), *numbers, *addresses, _birthday(card), _gender(card), *street, BETWEEN.join(tags), note)


def _all(card: list[Property], name: str) -> list[Property]:
    return [found for found in card if found.name == name and found.value.strip()]


def _first(card: list[Property], *names: str) -> Property | None:
    return next((found for name in names for found in _all(card, name)), None)


def _name(card: list[Property]) -> tuple[str, str]:
    """The form of address, and the name as it is written out, else as its parts make it up."""
    shown, divided = _first(card, "FN"), _first(card, "N")
    family, given, more, prefix, suffix = divided.parts(5)[:5] if divided else ("",) * 5
    is_chinese = has_han(family + given)
    made_up = family + given if is_chinese else " ".join(filter(None, (given, more, family, suffix)))
    name = shown.text if shown else made_up
    if prefix and name.startswith(prefix) and made_up:
        name = name[len(prefix) :].strip() or made_up
    return (prefix if prefix.strip(" .").lower() in SALUTATIONS else ""), " ".join(name.split())


def _other_name(card: list[Property]) -> str:
    found = _first(card, "NICKNAME", "ORG")
    return split(found.value, ";")[0].replace("\\", "").strip() if found else ""


def _phones(card: list[Property]) -> list[str]:
    """Mobiles first, then what is preferred; no fax. Of tel:+34-600;ext=12 only the number."""
    found = [one for one in _all(card, "TEL") if not one.types & NO_VOICE]
    found.sort(key=lambda one: (not one.types & {"CELL", "IPHONE", "MOBILE"}, not _is_preferred(one)))
    return list(dict.fromkeys(_number(one.text) for one in found))


def _number(text: str) -> str:
    return text[4:].partition(";")[0] if text.lower().startswith("tel:") else text


def _emails(card: list[Property]) -> list[str]:
    found = sorted(_all(card, "EMAIL"), key=lambda one: not _is_preferred(one))
    return list(dict.fromkeys(one.text.removeprefix("mailto:") for one in found))


def _is_preferred(found: Property) -> bool:
    return "PREF" in found.types or found.parameters.get("PREF") == "1"


def _spread(values: list[str], count: int) -> list[str]:
    """One value a column; the last takes all that are left."""
    filled = [*values[: count - 1], BETWEEN.join(values[count - 1 :])]
    return filled + [""] * (count - len(filled))


def _birthday(card: list[Property]) -> str:
    """1985-02-03, or --02-03 where the year is unknown, which Apple writes as 1604. What is no such day stays as it was written."""
    found = _first(card, "BDAY")
    if found is None:
        return ""
    if yearless := YEARLESS.fullmatch(found.text):
        return f"--{yearless[1]}-{yearless[2]}"
    if day := DAY.fullmatch(found.text):
        is_unknown = day[1] in NO_YEAR or day[1] == found.parameters.get("X-APPLE-OMIT-YEAR")
        return f"--{day[2]}-{day[3]}" if is_unknown else f"{day[1]}-{day[2]}-{day[3]}"
    return found.text


def _gender(card: list[Property]) -> str:
    found = _first(card, "GENDER", "X-GENDER")
    return GENDERS.get(found.text[:1].upper(), "") if found else ""


def _address(card: list[Property]) -> tuple[str, ...]:
    """Street, city, state, postcode, country of the home, else of the first address there is."""
    found = sorted(_all(card, "ADR"), key=lambda one: "HOME" not in one.types)
    box, extended, street, city, state, postcode, country = found[0].parts(7)[:7] if found else ("",) * 7
    line = " ".join(filter(None, (street, extended))) or box
    return tuple(" ".join(part.split()) for part in (line, city, state, postcode, country))
