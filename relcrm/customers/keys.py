"""Search keys made of names, nicknames, numbers and addresses: one letter of kind, then text. Reading a query is routing.py.

Kinds: n Chinese name, p pinyin and Latin name, a nickname, t last four digits, d digits of a phone, h e-mail and handle, c card.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product

from relcrm.customers import pinyin
from relcrm.customers.folding import HAN, bare, fold

LONGEST = 64
MOST_HAN = 16
_MOST_SPELLED = 24
_MOST_WORDS = 20
_MOST_READINGS = 4
_DIGRAPHS = ("zh", "ch", "sh")
_PIECES = re.compile(rf"[{HAN}](?:\s*[{HAN}])*|[^\W_{HAN}]+")
_SPACES = re.compile(r"\s+")


def name_keys(name: str) -> set[str]:
    """At most 40 keys: `n` the suffixes of the first 16 Chinese characters, `p` up to 24 spellings.

    Of a very long name the last spellings are left out; the whole name and the beginnings of its words stay.
    """
    pieces = _pieces(name)
    han = "".join(piece for piece in pieces if _is_han(piece))[:MOST_HAN]
    spelled = islice(dict.fromkeys(_spelled(pieces)), _MOST_SPELLED)
    return {f"n{han[start:]}" for start in range(len(han))} | {f"p{text[:LONGEST]}" for text in spelled}


def alias_keys(nickname: str) -> set[str]:
    """The keys of a name, all of kind `a`: a hit here counts only while the nickname may be read."""
    return {f"a{key[1:]}" for key in name_keys(nickname)}


def phone_keys(e164: str) -> set[str]:
    """`t` last four, `d` the suffixes of 3 to 11 digits and the complete number with its country code."""
    digits = "".join(character for character in e164 if character.isdecimal())
    if len(digits) < 4:
        return set()
    suffixes = {f"d{digits[-length:]}" for length in range(3, min(len(digits), 11) + 1)}
    return suffixes | {f"d{digits}", f"t{digits[-4:]}"}


def email_keys(email: str) -> set[str]:
    """`h` the address without dots and marks, from each part of its local part on: a search by prefix needs no key for less."""
    local, _at, domain = email.rpartition("@")
    return _part_keys(local or domain, f"@{fold(domain)}" if local else "")


def handle_keys(handle: str) -> set[str]:
    """`h` the handle without marks, from each of its parts on: lin_xiao is found by linxiao, lin_x and xiao."""
    return _part_keys(handle, "")


def card_keys(card: str) -> set[str]:
    """`c` the whole number, its digits at the end and its last four characters, all without separators."""
    whole = fold(card)
    digits = re.search(r"[0-9]{3,}\Z", whole)
    texts = {whole, whole[-4:], digits.group() if digits else whole}
    return {f"c{text[:LONGEST]}" for text in texts if text}


def _part_keys(text: str, ending: str) -> set[str]:
    parts = [part for part in map(fold, re.split(r"[\W_]+", bare(text))) if part]
    return {f"h{(''.join(parts[start:]) + ending)[:LONGEST]}" for start in range(min(len(parts), _MOST_WORDS))}


def _pieces(name: str) -> list[str]:
    """Runs of Chinese characters and words of letters; "王 小明" is one run, "J.R. O'Brien" four words."""
    found = (_SPACES.sub("", piece) for piece in _PIECES.findall(bare(name)))
    return [piece for piece in found if not piece.isdecimal()]


def _is_han(piece: str) -> bool:
    return re.match(f"[{HAN}]", piece) is not None


def _spelled(pieces: Sequence[str]) -> Iterator[str]:
    """Best first: each word with all that follow it (so that words are found alone and joined), then the mixed forms."""
    words = ["".join(_first_reading(piece)) if _is_han(piece) else piece for piece in pieces]
    yield from filter(None, ("".join(words[start:]) for start in range(min(len(words), _MOST_WORDS))))
    for piece in filter(_is_han, pieces):
        yield from _han_spelled(piece[:MOST_HAN])


def _first_reading(han: str) -> list[str]:
    return [readings[0] for readings in pinyin.read(han) if readings]


def _han_spelled(han: str) -> Iterator[str]:
    """The whole and the given name in every mixture of syllables and initials, then the rest from each later character on."""
    characters = pinyin.read(han)
    given = sum(map(bool, characters[: pinyin.family_at(han)[1]]))
    for syllables in islice(_sequences([readings for readings in characters if readings]), _MOST_READINGS):
        yield from _mixtures(syllables)
        yield from _mixtures(syllables[given:])
        yield from ("".join(syllables[start:]) for start in range(1, len(syllables)))


def _sequences(characters: Sequence[tuple[str, ...]]) -> Iterator[list[str]]:
    """The likeliest reading of all, then each other reading of one character."""
    likeliest = [readings[0] for readings in characters]
    yield likeliest
    for place, readings in enumerate(characters):
        for other in readings[1:]:
            yield [*likeliest[:place], other, *likeliest[place + 1 :]]


def _mixtures(syllables: Sequence[str]) -> Iterator[str]:
    """Every way to shorten syllables to initials, the last always in full: a search by prefix finds what is shorter.

    Beyond four characters only the first two mix freely; the rest is all initials or all in full.
    """
    if not syllables:
        return
    free = 3 if len(syllables) <= 4 else 2
    head, rest = syllables[:-1][:free], syllables[:-1][free:]
    tails = dict.fromkeys("".join(part) + syllables[-1] for part in (rest, [syllable[0] for syllable in rest]))
    yield from ("".join(start) + tail for tail in tails for start in product(*((each, each[0]) for each in head)))
    yield "".join(each[:2] if each[:2] in _DIGRAPHS else each[0] for each in syllables[:-1]) + syllables[-1]
