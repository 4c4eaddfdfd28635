"""Search keys of products and how a typed text asks for them: one letter of kind, then text. The table itself is search.py.

Kinds: n Chinese characters, p pinyin, initials and Latin words, c article number, b barcode.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from relcrm.customers import keys as names
from relcrm.customers import pinyin
from relcrm.customers.folding import HAN, bare, fold, has_han, spellings
from relcrm.customers.routing import next_key

LONGEST, MOST_TERMS, MOST_READINGS, MOST_HAN = 64, 5, 4, 16
_WORDS = re.compile(rf"[{HAN}]+|[^\s{HAN}]+")
_SIGNS = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True, slots=True)
class Term:
    """One word asked for; `ranges` are half-open (low, high), any of which may meet it."""

    text: str
    ranges: tuple[tuple[str, str], ...]


def keys_of(name: str, code: str, barcodes: Sequence[str] = ()) -> set[str]:
    """Every key of one product: its name from each character and word on, in full and by initials, its number, its barcodes."""
    found = names.name_keys(name)
    for word in _WORDS.findall(name):
        found |= _han_keys(fold(word)) if has_han(fold(word)) else {f"p{text[:LONGEST]}" for text in _parts(word)}
    found |= {f"c{text[:LONGEST]}" for text in _parts(code)}
    return found | {f"b{text}" for barcode in barcodes for text in _barcode_texts(barcode)}


def terms(typed: str) -> tuple[Term, ...]:
    """At most five terms, all of which must be met; never raises, whatever was pasted."""
    found = dict.fromkeys(term for word in _WORDS.findall(typed[:LONGEST]) if (term := _term(word)).ranges)
    return tuple(found)[:MOST_TERMS]


def _term(word: str) -> Term:
    text = fold(word)
    kinds = "n" if has_han(text) else "pcb"
    texts = [text[:MOST_HAN]] if kinds == "n" else spellings(bare(word, keep_umlaut=True))
    return Term(text, tuple((kind + one, next_key(kind + one)) for kind in kinds for one in texts if one))


def _han_keys(han: str) -> set[str]:
    """`dy` and `dayi` find 羊绒大衣: things are remembered by the last part of their name."""
    characters = [found for one in han[:LONGEST] if (found := pinyin.readings(one))]
    spelled = {text for syllables in islice(_sequences(characters), MOST_READINGS) for text in _from_each_on(syllables)}
    return {f"n{han[start : start + MOST_HAN]}" for start in range(len(han))} | {f"p{text[:LONGEST]}" for text in spelled}


def _from_each_on(syllables: Sequence[str]) -> Iterator[str]:
    for start in range(len(syllables)):
        yield "".join(syllables[start:])
        yield "".join(syllable[0] for syllable in syllables[start:])


def _sequences(characters: Sequence[tuple[str, ...]]) -> Iterator[list[str]]:
    """The usual reading of all, then each other reading of one character."""
    usual = [readings[0] for readings in characters]
    yield usual
    for place, readings in enumerate(characters):
        for other in readings[1:]:
            yield [*usual[:place], other, *usual[place + 1 :]]


def _parts(word: str) -> set[str]:
    """A word or number without signs, from each of its parts on: YR-2026-08 is found by yr2026, 2026 and 08."""
    parts = [part for part in map(fold, _SIGNS.split(word)) if part]
    return {"".join(parts[start:]) for start in range(len(parts))}


def _barcode_texts(barcode: str) -> set[str]:
    whole = fold(barcode)
    return {text for text in (whole, whole[-6:], whole[-4:]) if text}
