"""Prices as whole numbers of a currency's smallest unit: read from what is typed, written for who reads. No rates, no sums."""

import re
from decimal import Decimal, InvalidOperation

from relcrm.errors import BadValue
from relcrm.i18n import _l

HIGHEST_MINOR = 10**11
_SIGNS = re.compile(r"[\s\u00a0\u202f'’]|[¥￥$€£元]|\b[A-Z]{3}\b|人民币")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3})+,\d{1,2}|\d+,\d{1,2}")


def digits(currency: str) -> int:
    """How many decimals the currency has: 2 for CNY, 0 for JPY."""
    from babel.numbers import get_currency_precision

    return int(get_currency_precision(currency))


def read(text: str, currency: str) -> int | None:
    """The price in minor units; None where nothing is written. Raises BadValue price_odd, price_high."""
    bare = _SIGNS.sub("", text).strip()
    if not bare:
        return None
    try:
        amount = Decimal(_plain(bare)).scaleb(digits(currency))
    except InvalidOperation:
        raise _odd() from None
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        raise _odd()
    if amount > HIGHEST_MINOR:
        raise BadValue(_l("This price is too high to be true. Look at the digits again."), code="price_high", field="price")
    return int(amount)


def _plain(bare: str) -> str:
    if _GROUPED.fullmatch(bare):
        return bare.replace(",", "")
    if _EUROPEAN.fullmatch(bare):
        return bare.replace(".", "").replace(",", ".")
    return bare if re.fullmatch(r"\d+(?:\.\d+)?", bare) else "?"


def _odd() -> BadValue:
    return BadValue(_l("A price is a number such as 1299 or 12.50."), code="price_odd", field="price")


def typed(minor: int | None, currency: str) -> str:
    """The price as somebody types it, without the currency."""
    if minor is None:
        return ""
    places = digits(currency)
    whole = Decimal(minor).scaleb(-places)
    return f"{whole:.{places}f}".removesuffix("." + "0" * places) if places else str(minor)


def shown(minor: int | None, currency: str) -> str:
    """¥1,299 or £12.50; "" without a price. Whole amounts carry no decimals."""
    if minor is None:
        return ""
    from babel.numbers import format_currency

    amount = Decimal(minor).scaleb(-digits(currency))
    is_whole = amount == amount.to_integral_value()
    # Chinese and English write numbers alike; of the two only the Chinese list says ¥ for the yuan.
    return str(format_currency(amount, currency, "¤#,##0" if is_whole else None, locale="zh_CN", currency_digits=not is_whole))
