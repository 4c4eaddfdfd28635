"""What is never stored in notes and other free text (handbook 1.4), and what to write instead. Word lists: forbidden.json."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from relcrm.consent import card_numbers
from relcrm.consent.normal_text import NormalText, normalise
from relcrm.errors import BadValue
from relcrm.i18n import _l

_PURCHASE = _l("Write only what concerns the purchase.")
ADVICE = {
    "id_number": (_l("identity numbers are never kept"), _l("Look at the document and write only “document seen”.")),
    "bank_card": (_l("bank card numbers are never kept"), _l("Write only “paid by card”.")),
    "passport": (_l("document numbers are never kept"), _l("Write the number on the tax form itself and here only “tax form given”.")),
    "religion": (_l("religion is not noted"), _l("Write the wish only: “no calls on Sunday morning”, “no pork”, or choose her festivals.")),
    "politics": (_l("political views are not noted"), _PURCHASE),
    "intimate": (_l("sexual orientation and private relations are not noted"), _l("Write “came with a companion”.")),
    "health": (
        _l("health, pregnancy and disability are not noted"),
        _l(
            "Write what she needs: “wide fit”, “a chair while waiting”, “no wool”. Allergies belong under Materials to avoid, if she agrees."
        ),
    ),
    "criminal": (_l("offences and police matters are not noted"), _PURCHASE),
    "income": (_l("income figures are not noted"), _l("Choose a budget band instead.")),
    "location": (_l("where somebody is at this moment is not noted"), _l("Write the agreed meeting or delivery address only.")),
    "child": (
        _l("full names, schools and birth dates of children are not noted"),
        _l("With the guardian's consent write an everyday name and an age band: “Duoduo, 7-13”."),
    ),
    "looks": (
        _l("looks, accent and origin are not judged"),
        _l("Write about the clothes: “relaxed fit”, “size XL”, “prefers written messages”."),
    ),
    "marriage": (_l("marriage and separation are not noted"), _l("Write “prefers not to talk about family” or leave it out.")),
}
_MASK = "\0"


@dataclass(frozen=True)
class Finding:
    """`start` and `end` are positions in the text as typed; `why` and `neutral` are sentences in the reader's language."""

    code: str
    start: int
    end: int
    snippet: str
    why: object
    neutral: object


@dataclass(frozen=True)
class _Family:
    code: str
    lower: re.Pattern[str]
    cased: re.Pattern[str] | None
    harmless: re.Pattern[str] | None


@dataclass(frozen=True)
class _Sentences:
    """Composed when it is shown, so that it comes in the reader's language."""

    found: tuple[Finding, ...]

    def __str__(self) -> str:
        return " ".join(
            str(_sentence(code, [f.snippet for f in self.found if f.code == code])) for code in dict.fromkeys(f.code for f in self.found)
        )


def _sentence(code: str, words: list[str]) -> object:
    why, neutral = ADVICE[code]
    quoted = ", ".join(f"“{word}”" for word in dict.fromkeys(words))
    return _l("Please leave out %(words)s: %(why)s. %(neutral)s", words=quoted, why=why, neutral=neutral)


@lru_cache(maxsize=1)
def _families() -> tuple[_Family, ...]:
    lists = json.loads(Path(__file__).with_name("forbidden.json").read_text(encoding="utf-8"))
    return tuple(_family(code, words) for code, words in lists.items())


def _family(code: str, words: dict[str, list[str]]) -> _Family:
    english = rf"(?<![a-z])(?:{'|'.join(words['en'])})(?![a-z])"
    return _Family(code, re.compile("|".join([*words["zh"], english])), _any(words.get("cased")), _any(words["except"]))


def _any(patterns: list[str] | None) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None


def findings(text: str, allow: Collection[str] = ()) -> list[Finding]:
    """Everything in the text that may not be stored, in reading order; codes in `allow` (health in Materials to avoid) pass."""
    seen = normalise(text)
    hits = [*card_numbers.find(seen.lower), *(hit for family in _families() for hit in _words(family, seen))]
    spans = sorted({(*seen.span(start, end), code) for code, start, end in hits if code not in allow}, key=lambda s: (s[0], -s[1], s[2]))
    return [Finding(code, start, end, text[start:end], *ADVICE[code]) for start, end, code in _outermost(spans)]


def _words(family: _Family, seen: NormalText) -> Iterator[tuple[str, int, int]]:
    masked = family.harmless.sub(lambda found: _MASK * len(found[0]), seen.lower) if family.harmless else seen.lower
    yield from ((family.code, *found.span()) for found in family.lower.finditer(masked))
    if family.cased:
        yield from ((family.code, *found.span()) for found in family.cased.finditer(seen.cased))


def _outermost(spans: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    reached: dict[str, int] = {}
    for start, end, code in spans:
        if end > reached.get(code, -1):
            reached[code] = end
            yield start, end, code


def check(text: str, field: str = "text", allow: Collection[str] = ()) -> None:
    """BadValue forbidden, naming the words, why, and what to write instead."""
    found = findings(text, allow)
    if found:
        raise BadValue(_Sentences(tuple(found)), code="forbidden", field=field)
