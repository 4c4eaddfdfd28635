"""What was typed into the search box, read as ranges of search keys. Making the keys is keys.py, asking the table is queries.py."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from relcrm.customers import pinyin
from relcrm.customers.folding import HAN, bare, has_han, spellings
from relcrm.customers.keys import LONGEST, MOST_HAN

_MOST_TERMS = 5
_JOINERS = re.compile(r"['’‘ʼ´`\-‐‑‒–—−._]+")
_NUMBER_PLUS = re.compile(r"\+\s*(?=[0-9])")
_LONE_PLUS = re.compile(r"\+(?![0-9])")
_RUNS = re.compile(rf"[{HAN}]+|[^{HAN}]+")


@dataclass(frozen=True, slots=True)
class Probe:
    """A half-open range of keys of one kind: low <= key < high by code point, which is also SQLite's BINARY order."""

    kind: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for; its probes are alternatives, the likeliest first."""

    text: str
    probes: tuple[Probe, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all be met, in the order typed. too_short: only one or two digits were typed, so nothing is asked yet."""

    terms: tuple[Term, ...] = ()
    too_short: bool = False

    @property
    def single_latin(self) -> bool:
        """One letter alone: slow over all stores, so the caller asks for one more there."""
        return len(self.terms) == 1 and len(self.terms[0].text) == 1 and not has_han(self.terms[0].text)

    def by_selectivity(self) -> tuple[Term, ...]:
        """The terms with the rarest first: it drives the search, the others only filter."""
        return tuple(sorted(self.terms, key=_weight, reverse=True))


class _Run(NamedTuple):
    text: str
    spelled_before: str = ""

    @property
    def is_digits(self) -> bool:
        return self.text.lstrip("+").isdecimal()


def _weight(term: Term) -> int:
    return len(term.text) * (2 if has_han(term.text) else 1)


def next_key(prefix: str) -> str:
    """The first key after all that begin with prefix. Lone surrogates are stepped over: no database stores them."""
    for end in range(len(prefix), 0, -1):
        code = ord(prefix[end - 1]) + 1
        if code <= 0x10FFFF:
            return prefix[: end - 1] + chr(0xE000 if code == 0xD800 else code)
    return prefix + "\U0010ffff"


def covers(keys: Iterable[str], term: Term) -> bool:
    """Whether one of these keys meets the term."""
    return any(probe.low <= key < probe.high for key in keys for probe in term.probes)


def route(text: str) -> Query:
    """Read at most 64 characters and five terms; never raises, whatever was pasted."""
    runs = _joined_numbers(_runs(_plain(text)))
    terms = dict.fromkeys(term for run in runs if (term := _term(run)).probes)
    found = tuple(terms)[:_MOST_TERMS]
    return Query(found, too_short=not found and any(run.is_digits for run in runs))


def digit_forms(typed: str) -> tuple[str, ...]:
    """Digits as they may stand in a number: without +86, 0086, 00 or the trunk 0, and at most 11 of them; none below three."""
    bare_digits = typed.lstrip("+")
    if typed.startswith("+86"):
        forms = [typed[3:]]
    else:
        forms = [bare_digits, bare_digits.removeprefix("0086"), bare_digits.removeprefix("00"), bare_digits.removeprefix("0")]
    return tuple(dict.fromkeys(form for each in forms for form in (each, each[-11:]) if len(form) >= 3))


def _plain(text: str) -> str:
    """Lower case, without accents; ' - . _ close up, other marks become spaces, @ and the + of a number stay."""
    plain = _JOINERS.sub("", bare(_JOINERS.sub("", text[:LONGEST]), keep_umlaut=True))[:LONGEST]
    spaced = "".join(each if each.isalnum() or each in "@+" else " " for each in plain)
    return _LONE_PLUS.sub(" ", _NUMBER_PLUS.sub(" +", spaced))


def _runs(plain: str) -> Iterator[_Run]:
    for word in plain.split():
        wanted = word.strip("@")
        yield from [_Run(wanted)] if "@" in wanted else _split_by_script(wanted)


def _split_by_script(word: str) -> Iterator[_Run]:
    """王xm is 王 and xm; xm carries "wang" along, so that the whole is looked for first."""
    before = ""
    for run in _RUNS.findall(word):
        yield _Run(run, before if not has_han(run) else "")
        before += "".join(readings[0] for readings in pinyin.read(run) if readings) if has_han(run) else run


def _joined_numbers(runs: Iterable[_Run]) -> list[_Run]:
    """ "138 1234 5678" is one number."""
    joined: list[_Run] = []
    for run in runs:
        if joined and run.is_digits and joined[-1].is_digits:
            joined[-1] = _Run(joined[-1].text + run.text.lstrip("+"))
        else:
            joined.append(run)
    return joined


def _term(run: _Run) -> Term:
    if run.is_digits:
        return _digits_term(run.text)
    text = run.text
    if "@" in text:
        return Term(text, _probes("h", text.replace("ü", "u")))
    if has_han(text):
        return Term(text, _probes("nah", text[:MOST_HAN]))
    kinds = "pahc" if text.isalpha() else "chpa"
    whole = _probes("p", *spellings(run.spelled_before + text)) if run.spelled_before else ()
    return Term(text, whole + _probes(kinds, *spellings(text)))


def _digits_term(typed: str) -> Term:
    forms = digit_forms(typed)
    if not forms:
        return Term(typed, ())
    last_four = _probes("t", forms[0]) if len(forms[0]) == 4 else ()
    handle = _probes("h", forms[0]) if len(forms[0]) >= 5 else ()
    return Term(forms[0], last_four + _probes("d", *forms) + _probes("c", forms[0]) + handle)


def _probes(kinds: str, *texts: str) -> tuple[Probe, ...]:
    return tuple(Probe(kind, kind + text, next_key(kind + text)) for kind in kinds for text in texts if text)
