"""Which fields a customer's file may have: the catalogue of fields.json (DOMAIN 1.3). Values are read in values."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from relcrm.consent.purposes import SPECIAL, purposes
from relcrm.errors import NotFound, SetupError
from relcrm.i18n import _l

LANGUAGES = ("zh", "en")
VIEWERS = ("OA", "ST", "SM", "CM")
SIGHTS = frozenset({"full", "masked", "day_month", "open_task", "tier", "reason"})
RETENTION = frozenset({"RT-A", "RT-B", "RT-C", "RT-S", "RT-T", "RT-E"})
CHOSEN = frozenset({"enum", "enum_text", "multi", "multi_avoid", "multi_text", "band", "ordered", "list", "address"})
WRITTEN = frozenset({"text", "enum_text", "multi_text", "need", "dates_item", "list"})
KINDS = CHOSEN | WRITTEN | {"birthday", "region", "spec", "times", "date", "customer_ref", "staff_ref", "derived"}
STORED = frozenset({"customer", "contact", "fact", "family", "note", "derived"})
SLOTS = frozenset({"", "category", "item"})
CHAPTERS = ("service", "sizes", "person", "family", "home", "taste", "contact", "dates", "background")
CONDITIONS = frozenset({
    "marketing_per_channel", "use_ticked", "channel_consent", "only_festivals_or_diet",
    "profiling_for_scoring", "special_choice", "from_guardian", "view_of_ledger",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a closed list. `key` is stored and never changes; the words may."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a file may hold. `basis` is the purpose whose standing consent lets it be stored and read.

    `stage` 0 is never asked. `sight` says how much each reader of `visible` sees by this catalogue; the rights table
    may show less. `max` counts characters, of one word where a kind holds several. `blocked_choices` may be chosen and
    are never stored; `exclusive_choices` stand alone; `sensitive_choices` need the consent `sensitive_basis` instead.
    """

    key: str
    zh: str
    en: str
    kind: str
    stage: int
    chapter: str
    stored: str
    slot: str
    searchable: bool
    off_by_default: bool
    class_: str
    basis: str
    purposes: tuple[str, ...]
    conditions: tuple[str, ...]
    visible: tuple[str, ...]
    sight: Mapping[str, str] = member(hash=False)
    retention: str
    ask: Mapping[str, str] | None = member(hash=False)
    choices: tuple[Choice, ...]
    max: int = 0
    ask_unnamed: Mapping[str, str] | None = member(default=None, hash=False)
    blocked_choices: tuple[str, ...] = ()
    exclusive_choices: tuple[str, ...] = ()
    sensitive_choices: tuple[str, ...] = ()
    sensitive_basis: str = ""


@cache
def _file() -> dict[str, list[dict[str, Any]]]:
    loaded: dict[str, list[dict[str, Any]]] = json.loads(Path(__file__).with_name("fields.json").read_text("utf-8"))
    return loaded


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType(value)
    return tuple(value) if isinstance(value, list) else value


def _field(row: Mapping[str, Any]) -> Field:
    named = {("class_" if name == "class" else name): _frozen(value) for name, value in row.items()}
    return Field(**{**named, "choices": tuple(Choice(**choice) for choice in row["choices"])})


@cache
def fields() -> Mapping[str, Field]:
    """Every field by key, in the order of the handbook."""
    return MappingProxyType({row["key"]: _field(row) for row in _file()["fields"]})


@cache
def categories() -> Mapping[str, Choice]:
    """The kinds of goods a shop starts with, for fields that are kept per category."""
    return MappingProxyType({row["key"]: Choice(**row) for row in _file()["categories"]})


@cache
def words() -> Mapping[str, Choice]:
    """The few words that values are shown with. Here and not in gettext: they follow her language, not the reader's."""
    return MappingProxyType({row["key"]: Choice(**row) for row in _file()["words"]})


def field(key: str) -> Field:
    """Raises NotFound for a key that is none of ours."""
    if key not in fields():
        raise NotFound(_l("There is no such field."), code="unknown_field")
    return fields()[key]


def label(of: Field | Choice, lang: str) -> str:
    """The name of a field, choice, category or word in "zh" or "en"."""
    return of.zh if lang == "zh" else of.en


def question(of: Field, lang: str, surname: str = "") -> str:
    """A natural way to come to speak of it; "" for what is never asked."""
    words_of = of.ask if surname else of.ask_unnamed or of.ask
    asked = words_of[lang] if words_of else ""
    return asked.replace("{姓}", surname).replace("{surname}", surname)


def _bilingual(choices: Iterable[Choice]) -> bool:
    return all(c.key and c.zh.strip() and c.en.strip() for c in choices)


def _own_choices(f: Field) -> bool:
    return {*f.blocked_choices, *f.exclusive_choices, *f.sensitive_choices} <= {c.key for c in f.choices}


def _known_bases(f: Field) -> bool:
    bases = [f.basis, *([f.sensitive_basis] if f.sensitive_choices else [])]
    return all(isinstance(basis, str) and basis in purposes() for basis in bases)


def _kept_apart(f: Field) -> bool:
    """Sensitive data: own consent, short keeping, off until the owner's assessment, never a search key."""
    held = str(f.basis).startswith(SPECIAL) and f.retention == "RT-S" and f.off_by_default and not f.searchable
    return held if f.class_ == "S" else not str(f.basis).startswith(SPECIAL)


_CHECKS: tuple[tuple[str, Callable[[Field], bool]], ...] = (
    ("basis", _known_bases),
    ("purposes", lambda f: bool(f.purposes) and set(f.purposes) <= set(purposes())),
    ("class", lambda f: f.class_ in ("O", "R", "S") and _kept_apart(f)),
    ("conditions", lambda f: CONDITIONS.issuperset(f.conditions)),
    ("stage", lambda f: f.stage in (0, 1, 2, 3)),
    ("kind", lambda f: f.kind in KINDS),
    ("max", lambda f: f.max > 0 if f.kind in WRITTEN else f.max == 0),
    ("visible", lambda f: bool(f.visible) and set(f.visible) <= set(VIEWERS)),
    ("sight", lambda f: set(f.sight) == set(f.visible) and SIGHTS.issuperset(f.sight.values())),
    ("retention", lambda f: f.retention in RETENTION),
    ("stored", lambda f: f.stored in STORED),
    ("slot", lambda f: f.slot in SLOTS),
    ("chapter", lambda f: f.chapter in CHAPTERS),
    ("label", lambda f: bool(f.zh.strip() and f.en.strip())),
    ("ask", lambda f: all(a is None or all(a.get(lang) for lang in LANGUAGES) for a in (f.ask, f.ask_unnamed))),
    ("choices", lambda f: bool(f.choices) or f.kind not in CHOSEN),
    ("choice key", lambda f: len({c.key for c in f.choices}) == len(f.choices) and _own_choices(f)),
    ("choice label", lambda f: _bilingual(f.choices)),
)


def check(catalogue: Mapping[str, Field]) -> None:
    """For the start-up. Raises SetupError naming the first field and part that is not as it must be."""
    for key, each in catalogue.items():
        for part, holds in _CHECKS:
            if not holds(each):
                sentence = _l("fields.json: the field %(key)s has a wrong or missing %(part)s. Correct it there.", key=key, part=part)
                raise SetupError(sentence, code="catalogue", field=f"{key}.{part}")
