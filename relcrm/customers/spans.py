"""Which part of what is shown was searched for, to be marked. Deciding what is found is routing.py."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from relcrm.customers import pinyin
from relcrm.customers.folding import bare, fold, has_han, spellings
from relcrm.customers.routing import digit_forms

_HIDDEN = "•"


class _Unit(NamedTuple):
    """One shown character and how it may be typed: in full, or (a Chinese one) by the beginning of its reading."""

    full: tuple[str, ...]
    short: tuple[str, ...] = ()


def spans(shown: str, term_text: str) -> list[tuple[int, int]]:
    """(start, end) of every part of a shown name, address or phone that Term.text means; [] if it is not visible there."""
    if term_text.isdecimal():
        return _digit_spans(shown, term_text)
    if has_han(term_text):
        return _han_spans(shown, term_text)
    return next(filter(None, (_spelled_spans(shown, query) for query in spellings(term_text))), [])


def _han_spans(shown: str, text: str) -> list[tuple[int, int]]:
    pattern = r"[\s·•・]*".join(map(re.escape, bare(text)))
    return [found.span() for found in re.finditer(pattern, shown, re.IGNORECASE)]


def _digit_spans(shown: str, typed: str) -> list[tuple[int, int]]:
    """A hidden digit counts as a sign that nobody can type, so that 138 •••• 3921 is not found by 1383921."""
    places = [place for place, sign in enumerate(shown) if sign.isdecimal() or sign == _HIDDEN]
    signs = "".join(shown[place] for place in places)
    for form in digit_forms(typed):
        found = [(places[at.start()], places[at.end() - 1] + 1) for at in re.finditer(form, signs)]
        if found:
            return found
    return []


def _spelled_spans(shown: str, query: str) -> list[tuple[int, int]]:
    units = [_unit(character) for character in shown]
    found: list[tuple[int, int]] = []
    for start in _starts(shown, units) if query else ():
        end = _end(units, start, query)
        if end and (not found or start >= found[-1][1]):
            found.append((start, _after_marks(shown, end)))
    return found


def _unit(character: str) -> _Unit:
    if not has_han(character):
        return _Unit((fold(character),))
    readings = pinyin.readings(character)
    return _Unit(readings, tuple({reading[: 1 + (reading[1:2] == "h")] for reading in readings} | {reading[0] for reading in readings}))


def _starts(shown: str, units: list[_Unit]) -> Iterator[int]:
    """Every Chinese character and every beginning of a word."""
    inside = False
    for place, unit in enumerate(units):
        if unit.short or (any(unit.full) and not inside):
            yield place
        inside = not unit.short and (any(unit.full) or _is_mark(shown[place]))


def _end(units: list[_Unit], start: int, query: str) -> int:
    """Where the match that begins here ends; 0 if there is none. `read` holds how much of the query may be used up so far."""
    read = {0}
    for place in range(start, len(units)):
        full, short = units[place]
        rests = {used: query[used:] for used in read}
        if any(rest and each.startswith(rest) for rest in rests.values() for each in full):
            return place + 1
        read = {used + len(each) for used, rest in rests.items() for each in (*full, *short) if rest.startswith(each)}
        if not read:
            return 0
    return 0


def _after_marks(shown: str, end: int) -> int:
    while end < len(shown) and _is_mark(shown[end]):
        end += 1
    return end


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")
