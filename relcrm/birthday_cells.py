"""Birthdays as they stand in other people's spreadsheets. What cannot be read for certain is refused, never guessed."""

import re
from datetime import date

from relcrm import lunar_words
from relcrm.birthday import LUNAR, MONTHS_EN, SOLAR, Birthday, parse
from relcrm.errors import BadValue
from relcrm.i18n import _l

_TIME = re.compile(r"[ t]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?z?$")
_LUNAR_MARK = re.compile(r"农历|阴历|旧历|古历|夏历|\blunar\b(?! month)")
_SOLAR_MARK = re.compile(r"阳历|公历|新历|西历|\bsolar\b")
_MONTH_EN = r"(?P<name>[a-z]{3,9})\.?"
_DAY_EN = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_YEAR_EN = r"(?:,? (?P<y>\d{4}))?"
_ORDINAL = r"(?:st|nd|rd|th)?"

_YEAR_FIRST = (
    re.compile(r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})"),
    re.compile(r"--(?P<m>\d{2})(?:-?(?P<d>\d{2}))?"),
    re.compile(r"(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<m>0\d|1[0-2])(?P<d>\d{2})"),
)
_EITHER_ORDER = (
    re.compile(r"(?P<a>\d{1,2})([-/.])(?P<b>\d{1,2})\2(?P<y>\d{4})"),
    re.compile(r"(?P<a>\d{1,2})/(?P<b>\d{1,2})"),
    re.compile(r"(?P<a>\d{1,2})\.(?P<b>\d{2})"),
)
_ENGLISH = (
    re.compile(rf"{_DAY_EN}(?: of)? {_MONTH_EN}{_YEAR_EN}"),
    re.compile(rf"{_MONTH_EN} {_DAY_EN}{_YEAR_EN}"),
    re.compile(rf"{_MONTH_EN}{_YEAR_EN}"),
)
_ENGLISH_LUNAR = re.compile(rf"(?:(?P<d>\d{{1,2}}){_ORDINAL} of the )?(?P<m>\d{{1,2}}){_ORDINAL} lunar month(?P<leap> \(leap\))?{_YEAR_EN}")
_CHINESE = re.compile(r"(?:(?P<y>\d{4})年)?(?P<m>闰?[^年月日号\d]{1,2}|闰?\d{1,2})月份?(?P<d>[^年月日号]{1,3})?(?P<unit>[日号])?")
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}|\d{2}年.*")
_YEAR_ONLY = re.compile(r"(?:1[3-9]|2\d)\d{2}年?")


def read_text(text: str, today: date) -> Birthday:
    """One cell. BadValue unreadable, ambiguous (day or month first? which calendar?), two_digit_year, or one of birthday.parse."""
    written = _TIME.sub("", lunar_words.plain(text))
    lunar, solar = bool(_LUNAR_MARK.search(written)), bool(_SOLAR_MARK.search(written))
    if lunar and solar:
        raise _which_calendar()
    bare = _SOLAR_MARK.sub("", _LUNAR_MARK.sub("", written)).replace("()", "").strip(" :;,")
    for reader in (_year_first, _either_order, _chinese, _english_lunar, _english):
        if found := reader(bare, today, LUNAR if lunar else SOLAR if solar else ""):
            return found
    raise _refusal(bare)


def _year_first(text: str, today: date, calendar: str) -> Birthday | None:
    found = _first(_YEAR_FIRST, text)
    return parse(calendar or SOLAR, *_ymd(found), False, today) if found else None


def _either_order(text: str, today: date, calendar: str) -> Birthday | None:
    found = _first(_EITHER_ORDER, text)
    if found is None:
        return None
    a, b = int(found["a"]), int(found["b"])
    if calendar != LUNAR and a != b and max(a, b) <= 12:
        raise BadValue(_l("Day or month first? Write it like 1985-11-03."), code="ambiguous", field="birthday")
    month, day = (b, a) if a > 12 and calendar != LUNAR else (a, b)
    return parse(calendar or SOLAR, _group(found, "y"), str(month), str(day), False, today)


def _chinese(text: str, today: date, calendar: str) -> Birthday | None:
    found = _CHINESE.fullmatch(text.replace(" ", ""))
    if found is None:
        return None
    year, month, day = _ymd(found)
    if not calendar and not lunar_words.LUNAR_ONLY.search(month + day) and day and _could_be_either(month + day, found["unit"]):
        raise _which_calendar()
    calendar = calendar or (LUNAR if lunar_words.LUNAR_ONLY.search(month + day) else SOLAR)
    return parse(calendar, year, month, day, False, today)


def _could_be_either(words: str, unit: str | None) -> bool:
    """八月十五 is the Mid-Autumn day to most people and 15 August to some; 八月十五日 and 8月15 are solar."""
    return unit is None and not any(character.isdigit() for character in words)


def _english_lunar(text: str, today: date, calendar: str) -> Birthday | None:
    found = _ENGLISH_LUNAR.fullmatch(text)
    return parse(LUNAR, *_ymd(found), bool(found["leap"]), today) if found and calendar != SOLAR else None


def _english(text: str, today: date, calendar: str) -> Birthday | None:
    found = _first(_ENGLISH, " ".join(re.split(r"[- ]+", text)))
    month = _month_named(found["name"]) if found else 0
    if found is None or not month or calendar == LUNAR:
        return None
    return parse(SOLAR, _group(found, "y"), str(month), _group(found, "d"), False, today)


def _month_named(word: str) -> int:
    return next((n for n, name in enumerate(MONTHS_EN, 1) if name.lower().startswith(word) or (word == "sept" and n == 9)), 0)


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := pattern.fullmatch(text))), None)


def _group(found: re.Match[str], name: str) -> str:
    return found.groupdict().get(name) or ""


def _ymd(found: re.Match[str]) -> tuple[str, str, str]:
    return _group(found, "y"), _group(found, "m"), _group(found, "d")


def _which_calendar() -> BadValue:
    return BadValue(_l("Solar or lunar? Write 农历八月十五 or 8月15日."), code="ambiguous", field="birthday")


def _refusal(text: str) -> BadValue:
    if _YEAR_ONLY.fullmatch(text):
        return BadValue(_l("A year alone is not a birthday. Add the month."), code="incomplete", field="birthday")
    if _TWO_DIGIT_YEAR.fullmatch(text):
        return BadValue(_l("Write the year with four digits, for example 1985-11-03."), code="two_digit_year", field="birthday")
    return BadValue(_l("This cannot be read as a birthday. Write it like 1985-11-03 or 11-03."), code="unreadable", field="birthday")
