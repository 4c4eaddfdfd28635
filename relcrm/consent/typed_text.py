"""Cleaning what was typed into a form: words, numbers, dates. What a field makes of them is in reading."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from relcrm.errors import BadValue
from relcrm.i18n import _l

T = TypeVar("T")
Raw = Mapping[str, list[str]]
_KEPT = frozenset("\n\u200c\u200d")  # line breaks, and the joiners that emoji and some scripts are written with
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})  # not private use: rare characters of names stand there
_SEVERAL = re.compile(r"[,，、;；\n]")


def clean(typed: str) -> str:
    """NFC, trimmed, without control and other invisible characters; line breaks stay, other white space is one space."""
    lines = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")).split("\n")
    seen = ("".join(c for c in line if c in _KEPT or unicodedata.category(c) not in _INVISIBLE) for line in lines)
    return "\n".join(" ".join(line.split()) for line in seen).strip()


def every(raw: Raw, name: str) -> list[str]:
    """All that was given for one input, cleaned, without what was left blank."""
    return [given for typed in raw.get(name, ()) if (given := clean(typed))]


def first(raw: Raw, name: str) -> str:
    return next(iter(every(raw, name)), "")


def filled(value: T, name: str) -> T:
    """The value as it is; raises BadValue "empty" where nothing was given."""
    if not value:
        raise BadValue(_l("Nothing is filled in yet."), code="empty", field=name)
    return value


def within(typed: str, most: int, name: str) -> str:
    """Raises BadValue "too_long" with both numbers."""
    if len(typed) > most:
        sentence = _l("This has %(count)s characters; at most %(max)s fit.", count=len(typed), max=most)
        raise BadValue(sentence, code="too_long", field=name)
    return typed


def line(raw: Raw, name: str, most: int) -> str:
    """One input as a single line of at most `most` characters; "" when left blank."""
    return within(" ".join(first(raw, name).split("\n")), most, name)


def separate(raw: Raw, name: str) -> list[str]:
    """The words of an input that takes several, split at commas, semicolons and line breaks, each once."""
    parts = (part.strip() for given in every(raw, name) for part in _SEVERAL.split(given))
    return list(dict.fromkeys(part for part in parts if part))


def number(raw: Raw, name: str, most: int, sentence: object) -> int:
    """A whole number from 1 to `most`; else BadValue "number" with the sentence given."""
    given = first(raw, name)
    found = int(given) if given.isdecimal() and len(given) <= 4 else 0
    if not 1 <= found <= most:
        raise BadValue(sentence, code="number", field=name)
    return found


def coming_day(raw: Raw, name: str, today: date) -> str | None:
    """A day as YYYY-MM-DD, today or later; None when left blank."""
    given = first(raw, name)
    if not given:
        return None
    day = _day(given, name)
    if day < today:
        raise BadValue(_l("This day is over. Choose today or a later day."), code="past_day", field=name)
    return day.isoformat()


def _day(given: str, name: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        sentence = _l("This is not a day of the calendar. Write it like 2026-12-24.")
        raise BadValue(sentence, code="unreadable_day", field=name) from None
