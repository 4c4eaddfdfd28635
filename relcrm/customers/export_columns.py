"""What of a customer may stand in a file that leaves the book, its columns, and how one value is written there.

The names of the columns are those that an import recognises, so that the file can come back."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import Any

from relcrm.birthday import SOLAR, Birthday
from relcrm.birthday import show as show_birthday
from relcrm.consent import catalogue, values
from relcrm.consent.purposes import SPECIAL
from relcrm.customers.columns import TARGETS
from relcrm.customers.sight import Sight
from relcrm.i18n import _l

SERVICE = "service"
BETWEEN = " ::: "
# How many columns each kind of contact fills; the last holds all that are left.
CONTACTS: Mapping[str, int] = {"phone": 3, "email": 2, "wechat": 2, "card": 2}
PLAIN = ("name", "salutation", "preferred_language")
HOUSE = ("home_store", "associate", "registered_on")
DEFAULT = ("name", "salutation", "home_store", "associate", "registered_on", "tags")
ADDRESS = ("province", "city", "district", "line", "postcode")
IN_CARDS = ("name", "phone", "email", "birthday")
_ADDRESS_HEADERS = (_l("Province"), _l("City"), _l("District"), _l("Street"), _l("Postcode"))
# Where the name of a field reads like another column of an import.
_HEADERS: Mapping[str, object] = {"region": _l("Lives in"), "fit_note": _l("Fit and figure")}
MANAGERS = frozenset({"SM", "CM"})


@dataclass(frozen=True)
class Item:
    """One thing that may be chosen. `basis` is the purpose it hangs on; `headers` name its columns."""

    key: str
    label: str
    basis: str
    headers: tuple[str, ...]


@cache
def exportable() -> tuple[str, ...]:
    """All that may be in a file at all: never what is sensitive, never other people, never notes."""
    facts = [key for key, field in catalogue.fields().items() if field.stored == "fact" and field.class_ != "S"]
    facts = [key for key in facts if not catalogue.field(key).basis.startswith(SPECIAL) and catalogue.field(key).kind != "customer_ref"]
    return (*PLAIN, *HOUSE, *CONTACTS, "tags", *facts)


def facts_of(chosen: Sequence[str]) -> list[str]:
    return [key for key in chosen if key in catalogue.fields() and catalogue.field(key).stored == "fact"]


def basis_of(key: str) -> str:
    """The purpose without which a cell of this stays empty."""
    if key == "tags":
        return "profiling"
    return catalogue.field(key).basis if key in catalogue.fields() and key not in CONTACTS else SERVICE


def item(key: str, lang: str) -> Item:
    label = catalogue.label(catalogue.field(key), lang) if key in catalogue.fields() else str(TARGETS[key])
    return Item(key, label, basis_of(key), tuple(_headers(key, label)))


def _headers(key: str, label: str) -> list[str]:
    if key in CONTACTS:
        return [_contact_header(key, place) for place in range(1, CONTACTS[key] + 1)]
    if key == "address":
        return [str(words) for words in _ADDRESS_HEADERS]
    return [str(_HEADERS.get(key, TARGETS.get(key, label)))]


def _contact_header(kind: str, place: int) -> str:
    target = kind if place == 1 else f"{kind}_{place}"
    return str(TARGETS[target]) if target in TARGETS else f"{TARGETS[kind]} {place}"


@cache
def levels(relations: Set[str]) -> Mapping[str, str]:
    """How much of each thing a file of this manager may hold. Whole numbers and addresses are for area managers and owners (DOMAIN §1.7)."""
    sight = Sight(frozenset(relations & MANAGERS))
    found = {key: sight.of(catalogue.field(key)) for key in exportable() if key in catalogue.fields() and key not in CONTACTS}
    found |= dict.fromkeys(HOUSE, "full" if sight.relations else "no")
    found |= dict.fromkeys(CONTACTS, "full" if "CM" in sight.relations else "no")
    found["tags"] = "full" if "SM" in sight.relations else "no"
    return {key: level for key, level in found.items() if level in ("full", "day_month")}


def fact_cells(key: str, kept: Sequence[Any], level: str, lang: str) -> list[str]:
    """The cells of one field from its values, several in one cell where the field may have several."""
    if key == "address":
        return [str(kept[0].get(part) or "") for part in ADDRESS] if kept else []
    if key == "birthday":
        return [_birthday(Birthday.from_dict(kept[0]), level, lang)] if kept else []
    field = catalogue.field(key)
    return [("；" if lang == "zh" else "; ").join(values.show(field, value, lang) for value in kept)]


def _birthday(born: Birthday, level: str, lang: str) -> str:
    """1985-11-03, 11-03 or --11; lunar ones in words. A store manager's file knows no year."""
    year = born.year if level == "full" else None
    if born.calendar != SOLAR:
        return show_birthday(born, lang, with_year=year is not None)
    month, day = f"{born.month:02}", f"-{born.day:02}" if born.day else ""
    if year is not None:
        return f"{year}-{month}{day}"
    return f"{month}{day}" if day else f"--{month}"


def spread(found: Sequence[str], width: int) -> list[str]:
    """One value a column; the last holds all that are left."""
    cells = [*found[: width - 1], BETWEEN.join(found[width - 1 :])]
    return cells + [""] * (width - len(cells))
