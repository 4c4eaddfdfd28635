"""The Chinese lunar calendar: the one place that knows lunar_python. No birthdays, no festivals, no words here."""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from relcrm.errors import BadValue
from relcrm.i18n import _l

FIRST_YEAR, LAST_YEAR = 1900, 2100
LEAP_IF_PRESENT, REGULAR = "leap_if_present", "regular"
_JULIAN_DAY_OF_ORDINAL_0 = 1721424.5
_LONGEST_LEAP_MONTH = {2: 29, 3: 30, 4: 30, 5: 30, 6: 30, 7: 30, 8: 29, 9: 29, 10: 29, 11: 29}


class LunarDay(NamedTuple):
    year: int
    month: int
    day: int
    leap: bool = False


class _Month(NamedTuple):
    first: date
    length: int


@lru_cache(maxsize=256)
def _months(year: int) -> dict[tuple[int, bool], _Month]:
    """The 12 or 13 months of a lunar year in order, keyed by (number, leap)."""
    _refuse_other_years(year)
    from lunar_python import LunarYear

    months = LunarYear.fromYear(year).getMonthsInYear()
    return {(abs(m.getMonth()), m.getMonth() < 0): _Month(_day_of(m.getFirstJulianDay()), m.getDayCount()) for m in months}


def _day_of(julian_day: float) -> date:
    return date.fromordinal(round(julian_day - _JULIAN_DAY_OF_ORDINAL_0 - 0.5))


def _refuse_other_years(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadValue(
            _l("The lunar calendar here covers the years %(first)d to %(last)d.", first=FIRST_YEAR, last=LAST_YEAR),
            code="lunar_year_out_of_range",
            field="year",
        )


def month_length(year: int, month: int, leap: bool = False) -> int:
    """29 or 30 days; 0 if that year has no such month."""
    found = _months(year).get((month, leap))
    return found.length if found else 0


def longest_month(month: int, leap: bool = False) -> int:
    """The most days this month has in any year from 1931 to 2060; 0 if it never occurs. For birthdays without a year."""
    return _LONGEST_LEAP_MONTH.get(month, 0) if leap else 30 * (1 <= month <= 12)


def leap_month(year: int) -> int:
    """The number of the month that comes twice in that lunar year; 0 if none does."""
    return next((number for number, leap in _months(year) if leap), 0)


def to_solar(year: int, month: int, day: int, leap: bool = False) -> date:
    """The Gregorian day of a lunar day. BadValue lunar_no_such_day if that year has no such day."""
    if not 1 <= day <= month_length(year, month, leap):
        raise BadValue(
            _l("There is no such day in the lunar year %(year)d. Check month, day and leap month.", year=year),
            code="lunar_no_such_day",
            field="day",
        )
    return _months(year)[month, leap].first + timedelta(days=day - 1)


def from_solar(on: date) -> LunarDay:
    """The lunar day of a Gregorian day, for lunar years 1900 to 2100."""
    year = on.year if on.year <= LAST_YEAR and on >= _first_day(on.year) else on.year - 1
    for (month, leap), (first, length) in _months(year).items():
        if 0 <= (on - first).days < length:
            return LunarDay(year, month, (on - first).days + 1, leap)
    raise BadValue(_l("This day is outside the lunar calendar."), code="lunar_year_out_of_range", field="year")


def _first_day(year: int) -> date:
    return _months(year)[1, False].first


@lru_cache(maxsize=4096)
def anniversary(lunar_year: int, month: int, day: int, leap: bool = False, policy: str = LEAP_IF_PRESENT) -> date:
    """The one day of that lunar year on which a lunar birthday is kept.

    A plain month is the first of the two if the year has both; a leap month counts only where it exists and the policy is
    leap_if_present; day 30 of a short month is its day 29. BadValue lunar_no_such_day if no year has such a day.
    """
    use_leap = leap and policy == LEAP_IF_PRESENT and month_length(lunar_year, month, True) > 0
    length = month_length(lunar_year, month, use_leap)
    return to_solar(lunar_year, month, length if day == 30 else day, use_leap)
