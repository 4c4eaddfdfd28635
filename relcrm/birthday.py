"""A birthday: solar or lunar, full, without year, or month only; what is accepted, when it is kept. Cells are in birthday_cells."""

from calendar import isleap, monthrange
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from relcrm import lunar, lunar_words
from relcrm.errors import BadValue
from relcrm.i18n import _l

SOLAR, LUNAR = "solar", "lunar"
MARCH_FIRST = "march_first"
OLDEST = 120
_POLICIES = {SOLAR: (lunar.LEAP_IF_PRESENT, MARCH_FIRST), LUNAR: (lunar.LEAP_IF_PRESENT, lunar.REGULAR)}
_LEAP_YEAR = 2024
MONTHS_EN = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
_MONTHS = (
    _l("January"), _l("February"), _l("March"), _l("April"), _l("May"), _l("June"),
    _l("July"), _l("August"), _l("September"), _l("October"), _l("November"), _l("December"),
)  # fmt: skip


@dataclass(frozen=True)
class Birthday:
    """`month` is always known once parsed. A lunar `year` is the lunar year. `leap_policy` also holds march_first for 29 February."""

    calendar: str
    year: int | None
    month: int | None
    day: int | None
    leap: bool = False
    leap_policy: str = lunar.LEAP_IF_PRESENT

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Birthday":
        """What as_dict gave; trusted, not checked again."""
        return cls(**{name: stored[name] for name in cls.__dataclass_fields__ if name in stored})


def parse(calendar: str, year: str, month: str, day: str, leap: bool, today: date, *, leap_policy: str = lunar.LEAP_IF_PRESENT) -> Birthday:
    """From the five inputs of a form; an empty string is unknown. BadValue names calendar, year, month, day, leap or leap_policy."""
    if calendar not in (SOLAR, LUNAR):
        raise BadValue(_l("Choose the solar or the lunar calendar."), code="bad_calendar", field="calendar")
    if leap_policy not in _POLICIES[calendar]:
        raise BadValue(_l("Choose one of the offered ways to keep this birthday."), code="bad_policy", field="leap_policy")
    if calendar == SOLAR and lunar_words.LUNAR_ONLY.search(lunar_words.plain(month + day)):
        raise BadValue(_l("This is how lunar days are written. Choose the lunar calendar."), code="lunar_words", field="calendar")
    number, in_leap, rest = _month(month)
    born = Birthday(calendar, _year(year), number, _day(day or rest), calendar == LUNAR and (leap or in_leap), leap_policy)
    return checked(born, today)


def _year(text: str) -> int | None:
    text = lunar_words.plain(text).removesuffix("年")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise BadValue(_l("Write the year with four digits, for example 1985."), code="bad_year", field="year")
    return int(text)


def _month(text: str) -> tuple[int | None, bool, str]:
    if not text.strip():
        return None, False, ""
    read = lunar_words.read_month(text)
    if read is None or not 1 <= read[0] <= 12:
        raise BadValue(_l("Write the month as a number from 1 to 12."), code="bad_month", field="month")
    return read


def _day(text: str) -> int | None:
    if not text.strip():
        return None
    day = lunar_words.read_day(text)
    if day is None or not 1 <= day <= 31:
        raise BadValue(_l("Write the day as a number from 1 to 31."), code="bad_day", field="day")
    return day


def checked(b: Birthday, today: date) -> Birthday:
    """The same birthday if somebody alive can have it; BadValue otherwise."""
    if b.month is None:
        raise BadValue(
            _l("A year alone is not a birthday. Add the month, or leave all of it empty.")
            if b.day is None
            else _l("Add the month that belongs to this day."),
            code="incomplete",
            field="month",
        )
    if b.year is not None:
        _check_year(b.year, today)
    (_check_lunar if b.calendar == LUNAR else _check_solar)(b, b.month)
    if b.year is not None:
        _check_life(b, today)
    return b


def _check_year(year: int, today: date) -> None:
    if year > today.year:
        raise _future()
    if year < today.year - OLDEST - 2:
        raise _too_old()


def _check_life(b: Birthday, today: date) -> None:
    if _born_on(b, first=True) > today:
        raise _future()
    if _years_between(_born_on(b), today) > OLDEST:
        raise _too_old()


def _future() -> BadValue:
    return BadValue(_l("This birthday is in the future. Check the year."), code="future", field="year")


def _too_old() -> BadValue:
    return BadValue(_l("This is more than %(years)d years ago. Check the year.", years=OLDEST), code="too_old", field="year")


def _check_solar(b: Birthday, month: int) -> None:
    name, day = _MONTHS[month - 1], b.day or 1
    if day > monthrange(_LEAP_YEAR, month)[1]:
        raise BadValue(_l("%(month)s has no day %(day)d.", month=name, day=day), code="no_such_day", field="day")
    if b.year is not None and day > monthrange(b.year, month)[1]:
        raise BadValue(
            _l("February had only 28 days in %(year)d. Check the day or the year.", year=b.year), code="no_such_day", field="day"
        )


def _check_lunar(b: Birthday, month: int) -> None:
    length = lunar.longest_month(month, b.leap) if b.year is None else lunar.month_length(b.year, month, b.leap)
    if length == 0:
        raise BadValue(_no_leap_month(b), code="no_leap_month", field="leap")
    if (b.day or 1) > 30:
        raise BadValue(_l("A lunar month never has more than 30 days."), code="no_such_day", field="day")
    if (b.day or 1) > length:
        raise BadValue(_short_month(b), code="no_such_day", field="day")


def _no_leap_month(b: Birthday) -> object:
    if b.year is None:
        return _l("There is no leap month %(month)d in any year now living people were born in.", month=b.month)
    return _l("The lunar year %(year)d has no leap month %(month)d.", year=b.year, month=b.month)


def _short_month(b: Birthday) -> object:
    if b.year is None:
        return _l("This leap month never has 30 days.")
    return _l("This month had only 29 days in the lunar year %(year)d.", year=b.year)


def _born_on(b: Birthday, first: bool = False) -> date:
    """The latest day she can have been born on (the first possible one if asked); the year must be known."""
    assert b.year is not None
    assert b.month is not None
    if b.calendar == LUNAR:
        return lunar.to_solar(b.year, b.month, b.day or (1 if first else lunar.month_length(b.year, b.month, b.leap)), b.leap)
    return date(b.year, b.month, b.day or (1 if first else monthrange(b.year, b.month)[1]))


def _years_between(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_on(b: Birthday, today: date) -> int | None:
    """Age in law: full Gregorian years, also for a lunar birthday; 29 February counts from 1 March. None without year or day."""
    if b.year is None or b.day is None:
        return None
    return _years_between(_born_on(b), today)


def is_under(b: Birthday, years: int, today: date) -> bool:
    """Whether she may still be younger than that; an unknown day counts as the last of the month, an unknown year as False."""
    return b.year is not None and _years_between(_born_on(b), today) < years


def next_on(b: Birthday, today: date) -> date | None:
    """The next day, today included, on which it is kept, lunar ones by lunar year (handbook 4.6); None without a day."""
    if b.month is None or b.day is None:
        return None
    this_year = lunar.from_solar(today).year if b.calendar == LUNAR else today.year
    return next(day for day in (_kept_on(b, this_year), _kept_on(b, this_year + 1)) if day >= today)


def _kept_on(b: Birthday, year: int) -> date:
    assert b.month is not None
    assert b.day is not None
    if b.calendar == LUNAR:
        return lunar.anniversary(year, b.month, b.day, b.leap, b.leap_policy)
    if (b.month, b.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1) if b.leap_policy == MARCH_FIRST else date(year, 2, 28)
    return date(year, b.month, b.day)


def show(b: Birthday, lang: str, with_year: bool = True) -> str:
    """For a reader of `lang`: 1985年11月3日, 农历八月十五; 3 Nov 1985, 3 November, 15th of the 8th lunar month (leap), 1985."""
    if b.month is None:
        return ""
    shown = b if with_year else replace(b, year=None)
    if lang.startswith("zh"):
        return _lunar_zh(shown, b.month) if b.calendar == LUNAR else _solar_zh(shown, b.month)
    return _lunar_en(shown, b.month) if b.calendar == LUNAR else _solar_en(shown, b.month)


def _solar_zh(b: Birthday, month: int) -> str:
    return (f"{b.year}年" if b.year else "") + f"{month}月" + (f"{b.day}日" if b.day else "")


def _lunar_zh(b: Birthday, month: int) -> str:
    day = lunar_words.day_words(b.day) if b.day else ""
    return (f"{b.year}年" if b.year else "") + "农历" + lunar_words.month_words(month, b.leap) + day


def _solar_en(b: Birthday, month: int) -> str:
    name = MONTHS_EN[month - 1]
    return (f"{b.day} " if b.day else "") + (f"{name[:3]} {b.year}" if b.year else name)


def _lunar_en(b: Birthday, month: int) -> str:
    day = f"{_ordinal(b.day)} of the " if b.day else ""
    return f"{day}{_ordinal(month)} lunar month" + " (leap)" * b.leap + (f", {b.year}" if b.year else "")


def _ordinal(n: int) -> str:
    return f"{n}{'th' if n in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
