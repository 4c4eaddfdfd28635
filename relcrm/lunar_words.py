"""Months and days in Chinese words, lunar (腊月廿三) and plain (十一月三日), to numbers and back. No calendar arithmetic."""

import re
import unicodedata

LUNAR_ONLY = re.compile("[正冬腊闰初廿卅]")
_ONES = " 一二三四五六七八九"
_TENS = {0: ("", "初"), 1: ("十",), 2: ("二十", "廿"), 3: ("三十", "卅")}
_SIMPLER = str.maketrans("閏臘農曆陰陽號", "闰腊农历阴阳号")


def _numerals() -> dict[str, int]:
    words = {prefix + _ONES[n % 10].strip(): n for n in range(1, 32) for prefix in _TENS[n // 10]}
    return words | {"初十": 10}


_DAYS = _numerals()
_MONTHS = {word: n for word, n in _DAYS.items() if n <= 12 and "初" not in word} | {"正": 1, "元": 1, "冬": 11, "腊": 12}
_MONTH_NAMES = (*"正二三四五六七八九十", "十一", "腊")
_MONTH_AND_DAY = re.compile(r"(闰?)([^闰月日号]{1,3}?)(?:月份?([^月日号]{1,3})?[日号]?)?")


def plain(text: str) -> str:
    """Half-width digits, lower case, simplified characters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().translate(_SIMPLER).split())


def number(text: str, words: dict[str, int]) -> int | None:
    if text.isascii() and text.isdigit() and len(text) <= 4:
        return int(text)
    return words.get(text)


def read_month(text: str) -> tuple[int, bool, str] | None:
    """(month, leap, day text that followed) from 8, 八月, 闰六月, 腊月廿三; None if unreadable."""
    found = _MONTH_AND_DAY.fullmatch(plain(text).replace(" ", ""))
    month = number(found[2], _MONTHS) if found else None
    return None if found is None or month is None else (month, bool(found[1]), found[3] or "")


def read_day(text: str) -> int | None:
    return number(plain(text).replace(" ", "").rstrip("日号"), _DAYS)


def month_words(month: int, leap: bool) -> str:
    return f"{'闰' * leap}{_MONTH_NAMES[month - 1]}月"


def day_words(day: int) -> str:
    tens, ones = divmod(day, 10)
    if ones == 0:
        return {1: "初十", 2: "二十", 3: "三十"}[tens]
    return ("初", "十", "廿")[tens] + _ONES[ones]
