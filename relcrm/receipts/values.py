"""Cells of a list of receipts: an amount with its sign, pieces, an instant, whether it is a return. Other cells are customers.cells."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from relcrm import money
from relcrm.customers import cells
from relcrm.errors import BadValue
from relcrm.i18n import _l

MOST_PIECES = 1_000_000
_PLAIN = re.compile(r"\d{1,9}(?:\.(\d+))?")
_SIGNS = re.compile(r"[-−()（）\s]")
_CLOCK = re.compile(r"(.*?)(?:\s+|T)(\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?")
_SHORT_YEAR = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{2})")
_RETURNS = re.compile(r"refund|return|退货|退款|退")
_CANCELLED = re.compile(r"cancel|void|deleted|expired|作废|取消|关闭|撤销")


@lru_cache(maxsize=8192)
def minor(text: str, currency: str, field: str) -> int:
    """Minor units with their sign: -12.50, ($3.00), ¥1,299. Fractions of the smallest unit are rounded. Raises BadValue money_…"""
    typed = unicodedata.normalize("NFKC", text).strip()
    sign = -1 if typed.endswith("-") or typed.startswith("(") or re.match(r"[^\d.,]*[-−]", typed) else 1
    bare = _SIGNS.sub("", typed)
    plain = _PLAIN.fullmatch(bare)
    if plain and (len(plain[1] or "") != 3 or money.places(currency) == 3 or bare.startswith("0.")):
        scaled = Decimal(bare).scaleb(money.places(currency)).quantize(Decimal(1), ROUND_HALF_UP)
        if scaled > money.MOST_MAJOR * 10 ** money.places(currency):
            raise BadValue(_l("This amount is too high. Look at the digits again."), code="money_high", field=field)
        return sign * int(scaled)
    return sign * money.parse(bare, currency, field)


@lru_cache(maxsize=1024)
def pieces(text: str) -> int:
    """How many, with the sign; part of a piece is one piece. Raises BadValue pieces."""
    try:
        number = Decimal(text.replace(",", "").replace("−", "-").replace(" ", ""))
        whole = int(number.to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        whole, number = MOST_PIECES + 1, Decimal(0)
    if abs(whole) > MOST_PIECES:
        raise BadValue(_l("“%(text)s” is no number of pieces.", text=text), code="pieces", field="quantity")
    return whole if whole or not number else (1 if number > 0 else -1)


@lru_cache(maxsize=8192)
def instant(text: str, zone: str, country: str, today: date) -> tuple[date, datetime | None]:
    """The day at the store, and the instant where a time is told. Raises BadValue day_unreadable, day_in_future."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return cells.day(_whole_year(text.strip(), country), country, today), None
    day_text, clock, half, offset = found.groups()
    written = cells.day(_whole_year(day_text, "US" if half else country), country, today + timedelta(days=1))
    there = datetime.combine(written, _time(clock, half, text), ZoneInfo(zone))
    if offset:
        there = there.replace(tzinfo=datetime.fromisoformat(f"2000-01-01T00:00{_offset(offset)}").tzinfo).astimezone(ZoneInfo(zone))
    return cells.day(there.date().isoformat(), country, today), there


def _offset(text: str) -> str:
    return "+00:00" if text in ("Z", "UTC") else text if ":" in text else f"{text[:3]}:{text[3:]}"


def _time(clock: str, half: str | None, text: str) -> time:
    hour, minute, second = (int(part) for part in f"{clock}:00".split(":")[:3])
    if half:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise BadValue(_l("“%(text)s” is no date we can read. Write it like 2024-03-15.", text=text), code="day_unreadable") from None


def _whole_year(text: str, country: str) -> str:
    """8/17/26 with its century, the month first where a time with AM or PM or an American store says so."""
    short = _SHORT_YEAR.fullmatch(text)
    if short is None:
        return text
    first, second = (short[1], short[3]) if country == "US" and int(short[1]) <= 12 else (short[3], short[1])
    return f"20{short[4]}-{first:0>2}-{second:0>2}"


def is_return(text: str) -> bool:
    return bool(_RETURNS.search(text.lower()))


def is_cancelled(text: str) -> bool:
    return bool(_CANCELLED.search(text.lower()))
