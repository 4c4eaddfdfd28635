"""Amounts of money as whole numbers of a currency's smallest unit: read as people type them, written as they read them."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from relcrm.errors import BadValue
from relcrm.i18n import _l

MOST_MAJOR = 99_999_999
_SIGNS = {
    "¥": ("CNY", "JPY"), "元": ("CNY",), "元整": ("CNY",), "块": ("CNY",), "块钱": ("CNY",), "圆": ("CNY", "JPY"), "rmb": ("CNY",), "人民币": ("CNY",),
    "yuan": ("CNY",), "cn¥": ("CNY",), "£": ("GBP",), "€": ("EUR",), "us$": ("USD",), "hk$": ("HKD",), "nt$": ("TWD",),
    "$": ("USD", "HKD", "SGD", "AUD", "CAD", "NZD", "TWD", "MOP"),
}  # fmt: skip
_TYPED = re.compile(r"([^\d.,'’\s-]*)\s*([\d.,'’\s]*\d[\d.,'’\s]*)([^\d.,'’-]*)")


@lru_cache(maxsize=32)
def places(currency: str) -> int:
    """How many decimals the currency has: 2 for CNY, 0 for JPY."""
    from babel.numbers import get_currency_precision

    return int(get_currency_precision(currency))


def parse(text: str, currency: str, field: str = "price") -> int:
    """Minor units of what was typed: 1299, 1,299.50, ¥1,299, 1299元, 1 299,50. Raises BadValue money_… naming the field."""
    found = _TYPED.fullmatch(unicodedata.normalize("NFKC", text).replace("−", "-").strip().lower())
    if found is None:
        raise _unreadable(field)
    for sign in (found[1].strip(), found[3].strip()):
        _check_sign(sign, currency, field)
    whole, cents = _parts(re.sub(r"['’\s]", "", found[2]), places(currency), field)
    if len(whole) > 12 or int(whole) > MOST_MAJOR:
        raise BadValue(_l("This amount is too high. Look at the digits again."), code="money_high", field=field)
    return int(whole) * int(10 ** places(currency)) + int(cents.ljust(places(currency), "0") or 0)


def parse_or_none(text: str | None, currency: str, field: str = "price") -> int | None:
    """As `parse`; None where nothing is written."""
    return parse(text, currency, field) if text and text.strip() else None


def _check_sign(sign: str, currency: str, field: str) -> None:
    if not sign or sign == currency.lower() or currency in _SIGNS.get(sign, ()):
        return
    if sign in _SIGNS or re.fullmatch(r"[a-z]{3}", sign):
        raise BadValue(
            _l("This store sells in %(currency)s. Write the amount in that.", currency=currency), code="money_currency", field=field
        )
    raise _unreadable(field)


def _parts(number: str, decimals: int, field: str) -> tuple[str, str]:
    """Whole and decimal digits. A single group of three after a dot could be either, and is asked again."""
    point = max(number.rfind("."), number.rfind(","))
    mark, tail = (number[point], number[point + 1 :]) if point >= 0 else ("", "")
    if mark and number.count(mark) == 1 and len(tail) <= decimals:
        head = number[:point]
    elif mark == "." and number.count(".") == 1:
        raise BadValue(_l("Is this a point or thousands? Write 1299 or 12.99."), code="money_point", field=field)
    else:
        head, tail = number, ""
    return _without_groups(head, field) or "0", tail


def _without_groups(head: str, field: str) -> str:
    marks = {sign for sign in head if not sign.isdigit()}
    if marks and (len(marks) > 1 or not re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", head)):
        raise _unreadable(field)
    return re.sub(r"\D", "", head)


def _unreadable(field: str) -> BadValue:
    return BadValue(_l("This is no price. Write a number such as 1299 or 1,299.50."), code="money_unreadable", field=field)


def amount(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-places(currency))


def typed(minor: int, currency: str) -> str:
    """As somebody types it, without sign: 1299, 12.50."""
    value = amount(minor, currency)
    return str(int(value)) if value == value.to_integral_value() else f"{value:.{places(currency)}f}"


@lru_cache(maxsize=64)
def _sign(currency: str, lang: str) -> str:
    from babel.numbers import get_currency_symbol

    return str(get_currency_symbol(currency, locale="zh_CN" if lang == "zh" else "en_GB"))


def show(minor: int, currency: str, lang: str) -> str:
    """¥1,299, £12.50, -¥380: whole amounts carry no decimals. (babel's own formatting takes 30 times as long, and a list has 50.)"""
    decimals = places(currency)
    whole, cents = divmod(abs(minor), 10**decimals)
    return f"{'-' if minor < 0 else ''}{_sign(currency, lang)}{whole:,}{f'.{cents:0{decimals}d}' if cents else ''}"
