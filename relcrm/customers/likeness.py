"""How alike two customers are: signs as codes, and a score made of them. Pure: who is compared with whom is likely.py's."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, product
from typing import Any

from relcrm import lunar
from relcrm.birthday import LUNAR
from relcrm.customers import pinyin
from relcrm.customers.folding import HAN, bare, fold, has_han
from relcrm.errors import BadValue

LIKELY = 60  # of 100; below it a pair is nobody's work
COMMON = 12  # so many namesakes in the chain, and a name says less
_POINTS = {
    "name_same": 35, "name_common": 30, "name_part": 20, "pinyin_same": 25, "pinyin_common": 20, "name_like": 25, "surname_same": 5,
    "birthday_same": 35, "day_same": 25, "address_like": 35, "phone_near": 40, "email_like": 40, "handle_like": 40,
    "birthday_differs": -30, "salutation_differs": -20,
}  # fmt: skip
NAMED = frozenset(("name_same", "name_common", "name_part", "pinyin_same", "pinyin_common", "name_like"))
_COMMONLY = {"name_same": "name_common", "pinyin_same": "pinyin_common"}
SAID = frozenset(_POINTS) - {"birthday_differs", "salutation_differs", "surname_same"}
_TITLES = re.compile("(?:先生|女士|小姐|太太|阿姨|老师|老板|师傅|同学|叔叔|大姐|大哥|[姐哥总嫂叔姨])$")
_BETWEEN_HAN = re.compile(f"(?<=[{HAN}]) (?=[{HAN}])")
_LATIN_TITLES = frozenset(("mr", "mrs", "ms", "miss", "dr", "sir", "madam"))
_LIKE_RATIO, _ADDRESS_RATIO, _NUMBERED_RATIO, _SHORT_LOCAL, _SHORT_ADDRESS = 86, 88, 80, 5, 4
_HERS, _HIS = frozenset(("ms", "miss", "mrs")), frozenset(("mr",))
_EVERYBODYS = frozenset(("info", "admin", "sales", "office", "hello", "contact", "test", "mail", "email", "shop", "noreply", "service"))
_MOST_READINGS = 8


@dataclass(frozen=True)
class Name:
    """A name and what is made of it for comparing, each once."""

    text: str

    @cached_property
    def told(self) -> str:
        """Without titles, so that 王女士 is 王 and Mrs García is Garcia."""
        words = [word for word in re.split(r"[\s.,]+", bare(self.text)) if fold(word) and word not in _LATIN_TITLES]
        return _TITLES.sub("", _BETWEEN_HAN.sub("", " ".join(words))).strip()

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(fold(word) for word in re.split(r"[\s·•-]+", self.told) if fold(word))

    @cached_property
    def is_whole(self) -> bool:
        """Family and given name: 王伟 and Maria Garcia, not 王女士, 小王 or Anna."""
        if not has_han(self.told):
            return sum(len(word) > 1 for word in self.told.split()) > 1
        run = "".join(re.findall(f"[{HAN}]", self.told))
        start, end = pinyin.family_at(run)
        return start == 0 and len(run) > end

    @cached_property
    def sounds(self) -> frozenset[str]:
        return sounds(self.told)


@dataclass(frozen=True)
class Card:
    """What is compared of one customer. `birthday` and `address` are there only while they may be read."""

    id: int
    name: str
    salutation: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()
    birthday: Mapping[str, Any] | None = None
    address: Mapping[str, Any] | None = None
    home: int = 0

    @cached_property
    def called(self) -> Name:
        return Name(self.name)

    @cached_property
    def mail_names(self) -> frozenset[str]:
        return frozenset(local_part(one) for one in self.emails) - {""}

    @cached_property
    def accounts(self) -> frozenset[str]:
        return frozenset(one for one in map(fold, self.handles) if len(one) >= _SHORT_LOCAL)


@dataclass(frozen=True)
class Likeness:
    """`why` holds codes, the weightiest first; `score` is 0 to 100."""

    score: int
    why: tuple[str, ...] = field(default=())

    @property
    def is_likely(self) -> bool:
        return self.score >= LIKELY

    @property
    def said(self) -> tuple[str, ...]:
        """The codes that speak for it, the name first, without those that spoke against."""
        return tuple(sorted((code for code in self.why if code in SAID), key=lambda code: code not in NAMED))


def compare(a: Card, b: Card, *, namesakes: int = 2) -> Likeness:
    """`namesakes` is how many of the chain are called so, by writing or sound. A name alone, or no name at all, is never enough."""
    found = [code for code in (_commonly(_sign(a.called, b.called), namesakes), *_other_signs(a, b)) if code]
    enough = NAMED & set(found) or {"phone_near", "email_like"} <= set(found)
    score = max(0, min(100, sum(_POINTS[code] for code in found))) if enough else 0
    return Likeness(score, tuple(sorted(found, key=lambda code: -_POINTS[code])))


def _commonly(sign: str, namesakes: int) -> str:
    return _COMMONLY.get(sign, sign) if namesakes > COMMON else sign


def _other_signs(a: Card, b: Card) -> Iterator[str]:
    yield _birthday_sign(a.birthday, b.birthday)
    yield "address_like" if _address_like(a.address, b.address) else ""
    yield "phone_near" if any(is_near(one, other) for one in a.phones for other in b.phones) else ""
    yield "email_like" if a.mail_names & b.mail_names else ""
    yield "handle_like" if (a.accounts & (b.accounts | b.mail_names)) | (b.accounts & a.mail_names) else ""
    yield "salutation_differs" if {a.salutation, b.salutation} & _HERS and {a.salutation, b.salutation} & _HIS else ""


def name_sign(a: str, b: str) -> str:
    """name_same, name_part (equal, but only half a name), pinyin_same, name_like, surname_same or ""."""
    return _sign(Name(a), Name(b))


def _sign(a: Name, b: Name) -> str:
    if not a.told or not b.told:
        return ""
    if a.told == b.told or a.words == b.words:
        return "name_same" if a.is_whole and b.is_whole else "name_part"
    if a.is_whole and b.is_whole:
        if a.sounds & b.sounds:
            return "pinyin_same"
        if _is_like(a.told, b.told):
            return "name_like"
    family = fold(pinyin.surname(a.told))
    return "surname_same" if family and family == fold(pinyin.surname(b.told)) else ""


def is_whole(name: str) -> bool:
    return Name(name).is_whole


def sounds(name: str) -> frozenset[str]:
    """Ways a whole name reads, joined: the likely readings of Chinese characters, both orders of Latin words."""
    if not has_han(name):
        words = [fold(word) for word in name.split()]
        return frozenset(("".join(words), "".join(words[1:] + words[:1]), "".join(words[-1:] + words[:-1])))
    characters = [readings for readings in pinyin.read("".join(re.findall(f"[{HAN}]", name))) if readings]
    return frozenset("".join(syllables) for syllables in islice(product(*characters), _MOST_READINGS))


def _is_like(a: str, b: str) -> bool:
    """One character other of three or more with the same surname, or Latin names that differ in a letter or two."""
    from rapidfuzz import fuzz
    from rapidfuzz.distance import DamerauLevenshtein

    if has_han(a) != has_han(b):
        return False
    if has_han(a):
        same_family = pinyin.surname(a) == pinyin.surname(b)
        return same_family and min(len(a), len(b)) >= 3 and DamerauLevenshtein.distance(a, b, score_cutoff=1) <= 1
    return fuzz.token_sort_ratio(a, b, score_cutoff=_LIKE_RATIO) > 0


def is_near(a: str, b: str) -> bool:
    """Numbers (E.164) that differ in one digit, or in two neighbours that changed places."""
    if len(a) != len(b) or a == b:
        return False
    apart = [place for place, (one, other) in enumerate(zip(a, b, strict=True)) if one != other]
    if len(apart) == 1:
        return True
    swapped = len(apart) == 2 and apart[1] == apart[0] + 1
    return swapped and a[apart[0]] == b[apart[1]] and a[apart[1]] == b[apart[0]]


def near_numbers(e164: str) -> list[str]:
    """Every number `is_near` this one, its first three signs (country) left alone: at most 110."""
    found, digits = [], e164[3:]
    for place, digit in enumerate(digits):
        found += [e164[:3] + digits[:place] + other + digits[place + 1 :] for other in "0123456789" if other != digit]
        turned = digits[place : place + 2][::-1]
        if len(turned) == 2 and turned[0] != turned[1]:
            found.append(e164[:3] + digits[:place] + turned + digits[place + 2 :])
    return found


def local_part(email: str) -> str:
    """What stands before the @ without marks and without what follows a plus; "" for an address of a whole office."""
    local = fold(email.rpartition("@")[0].partition("+")[0])
    return "" if len(local) < _SHORT_LOCAL or local in _EVERYBODYS else local


def _birthday_sign(a: Mapping[str, Any] | None, b: Mapping[str, Any] | None) -> str:
    if a is None or b is None or not (a.get("day") and b.get("day")):
        return ""
    if a.get("year") and b.get("year"):
        return "birthday_same" if _solar(a) == _solar(b) else "birthday_differs"
    same = all(a.get(name) == b.get(name) for name in ("calendar", "month", "day", "leap"))
    return "day_same" if same else ""


def _solar(born: Mapping[str, Any]) -> tuple[int, int, int]:
    parts = (int(born["year"]), int(born["month"]), int(born["day"]))
    if born.get("calendar") != LUNAR:
        return parts
    try:
        day = lunar.to_solar(*parts, bool(born.get("leap")))
    except BadValue:  # no such day: the page of clean files names it
        return parts
    return day.year, day.month, day.day


def _address_like(a: Mapping[str, Any] | None, b: Mapping[str, Any] | None) -> bool:
    """The same house however it is written; every number in it must be the same."""
    from rapidfuzz import fuzz

    one, other = sorted((_line(a), _line(b)), key=len)
    numbers = re.findall("[0-9]+", one)
    if len(one) < _SHORT_ADDRESS or numbers != re.findall("[0-9]+", other):
        return False
    return fuzz.ratio(one, other) >= (_NUMBERED_RATIO if len(numbers) > 1 else _ADDRESS_RATIO)


def _line(address: Mapping[str, Any] | None) -> str:
    if address is None:
        return ""
    line = unicodedata.normalize("NFKC", str(address.get("line", ""))).casefold()
    return re.sub(r"\b(street|st|road|rd|avenue|ave)\b|[\W_]", lambda found: found.group()[:1] if found.group(1) else "", line)
