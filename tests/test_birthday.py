"""What a birthday may be, when it is kept, and how old that makes her."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm import lunar
from relcrm.birthday import LUNAR, MARCH_FIRST, SOLAR, Birthday, age_on, is_under, next_on, parse, show
from relcrm.errors import BadValue

TODAY = date(2026, 11, 22)


def solar(year="", month="", day="", **more):
    return parse(SOLAR, year, month, day, False, TODAY, **more)


def lunar_one(year="", month="", day="", leap=False, **more):
    return parse(LUNAR, year, month, day, leap, TODAY, **more)


def refusal(calendar, year, month, day, leap=False):
    with pytest.raises(BadValue) as refused:
        parse(calendar, year, month, day, leap, TODAY)
    return refused.value.code, refused.value.field


def test_full_without_year_and_month_only_are_birthdays():
    assert solar("1985", "11", "3") == Birthday(SOLAR, 1985, 11, 3)
    assert solar("", "11", "3") == Birthday(SOLAR, None, 11, 3)
    assert solar("", "11", "") == Birthday(SOLAR, None, 11, None)
    assert lunar_one("1985", "8", "15") == Birthday(LUNAR, 1985, 8, 15)


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        ("八月十五", "", (8, 15, False)),
        ("八月", "十五", (8, 15, False)),
        ("腊月廿三", "", (12, 23, False)),
        ("臘月", "廿三", (12, 23, False)),
        ("正月", "初一", (1, 1, False)),
        ("冬月", "三十", (11, 30, False)),
        ("闰六月", "卅", (6, 30, True)),
        ("閏六月", "二十", (6, 20, True)),
        ("１２", "２９", (12, 29, False)),
        ("12月", "初十", (12, 10, False)),
        ("十一月", "十一日", (11, 11, False)),
    ],
)
def test_lunar_days_are_read_as_people_write_them(month, day, expected):
    born = lunar_one("", month, day)
    assert (born.month, born.day, born.leap) == expected


def test_solar_inputs_take_full_width_digits_and_plain_chinese_numerals():
    assert solar("１９８５年", "１１", "３") == solar("1985", "十一月", "三日") == Birthday(SOLAR, 1985, 11, 3)


def test_the_leap_tick_of_a_solar_birthday_means_nothing():
    assert parse(SOLAR, "", "6", "1", True, TODAY).leap is False


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ((SOLAR, "", "", ""), ("incomplete", "month")),
        ((SOLAR, "1985", "", ""), ("incomplete", "month")),
        ((SOLAR, "", "", "3"), ("incomplete", "month")),
        ((SOLAR, "2026", "11", "23"), ("future", "year")),
        ((SOLAR, "2026", "12", ""), ("future", "year")),
        ((SOLAR, "2027", "1", "1"), ("future", "year")),
        ((LUNAR, "2026", "12", "1"), ("future", "year")),
        ((SOLAR, "1905", "11", "22"), ("too_old", "year")),
        ((SOLAR, "1700", "1", "1"), ("too_old", "year")),
        ((LUNAR, "1899", "1", "1"), ("too_old", "year")),
        ((SOLAR, "", "13", "1"), ("bad_month", "month")),
        ((SOLAR, "", "0", "1"), ("bad_month", "month")),
        ((SOLAR, "", "x", "1"), ("bad_month", "month")),
        ((SOLAR, "", "1", "0"), ("bad_day", "day")),
        ((SOLAR, "", "1", "32"), ("bad_day", "day")),
        ((SOLAR, "", "1", "first"), ("bad_day", "day")),
        ((SOLAR, "", "2", "30"), ("no_such_day", "day")),
        ((SOLAR, "", "11", "31"), ("no_such_day", "day")),
        ((SOLAR, "1987", "2", "29"), ("no_such_day", "day")),
        ((SOLAR, "85", "2", "2"), ("bad_year", "year")),
        ((SOLAR, "²⁰²⁶x", "2", "2"), ("bad_year", "year")),
        ((SOLAR, "", "腊月", "廿三"), ("lunar_words", "calendar")),
        ((SOLAR, "", "8", "初三"), ("lunar_words", "calendar")),
        ((LUNAR, "", "8", "31"), ("no_such_day", "day")),
        ((LUNAR, "2025", "闰六月", "30"), ("no_such_day", "day")),
        ((LUNAR, "", "闰二月", "30"), ("no_such_day", "day")),
        ((LUNAR, "", "闰正月", "1"), ("no_leap_month", "leap")),
        ((LUNAR, "1985", "闰八月", "1"), ("no_leap_month", "leap")),
        (("julian", "", "8", "1"), ("bad_calendar", "calendar")),
    ],
)
def test_impossible_birthdays_are_refused_with_the_input_to_mend(given, answer):
    assert refusal(*given) == answer


def test_the_sentence_names_the_month_without_such_a_day():
    with pytest.raises(BadValue) as refused:
        solar("", "2", "30")
    assert str(refused.value.message) == "February has no day 30."


def test_29_february_is_right_in_a_leap_year_and_without_a_year():
    assert solar("1988", "2", "29").day == solar("", "2", "29").day == 29


def test_day_30_of_a_lunar_month_is_right_if_some_year_has_it():
    assert lunar_one("", "2", "30").day == 30
    assert lunar_one("", "闰六月", "30").day == 30


def test_120_years_are_accepted_and_one_more_is_not():
    assert solar("1905", "11", "23").year == 1905
    assert lunar_one("1906", "1", "1").year == 1906


def test_a_policy_belongs_to_its_calendar():
    assert lunar_one("", "6", "1", True, leap_policy=lunar.REGULAR).leap_policy == lunar.REGULAR
    assert solar("", "2", "29", leap_policy=MARCH_FIRST).leap_policy == MARCH_FIRST
    with pytest.raises(BadValue, match="bad_policy"):
        solar("", "2", "28", leap_policy=lunar.REGULAR)


@pytest.mark.parametrize(
    ("born", "today", "kept"),
    [
        (Birthday(SOLAR, 1985, 11, 22), TODAY, "2026-11-22"),
        (Birthday(SOLAR, None, 11, 21), TODAY, "2027-11-21"),
        (Birthday(SOLAR, 1988, 2, 29), date(2027, 1, 1), "2027-02-28"),
        (Birthday(SOLAR, 1988, 2, 29, leap_policy=MARCH_FIRST), date(2027, 2, 28), "2027-03-01"),
        (Birthday(SOLAR, 1988, 2, 29), date(2028, 2, 28), "2028-02-29"),
        (Birthday(LUNAR, None, 12, 30), date(2027, 2, 5), "2027-02-05"),
        (Birthday(LUNAR, None, 12, 30), date(2027, 2, 6), "2028-01-25"),
        (Birthday(LUNAR, None, 11, 28), date(2027, 1, 6), "2027-12-25"),
        (Birthday(LUNAR, None, 6, 15, True), date(2025, 7, 10), "2025-08-08"),
        (Birthday(LUNAR, None, 6, 15, True, lunar.REGULAR), date(2025, 7, 9), "2025-07-09"),
    ],
)
def test_the_next_day_it_is_kept(born, today, kept):
    assert next_on(born, today) == date.fromisoformat(kept)


def test_a_month_alone_is_kept_on_no_day():
    assert next_on(Birthday(SOLAR, 1985, 11, None), TODAY) is None


@given(st.dates(date(1931, 2, 17), date(2026, 11, 22)), st.booleans(), st.dates(TODAY, date(2060, 1, 1)))
def test_every_birthday_comes_again_within_thirteen_lunar_months(born, by_lunar, today):
    if by_lunar:
        year, month, day, leap = lunar.from_solar(born)
        kept = next_on(parse(LUNAR, str(year), str(month), str(day), leap, TODAY), today)
    else:
        kept = next_on(parse(SOLAR, str(born.year), str(born.month), str(born.day), False, TODAY), today)
    assert kept is not None
    assert 0 <= (kept - today).days <= 385


def test_age_is_in_full_years_and_lunar_births_count_by_their_solar_day():
    assert age_on(Birthday(SOLAR, 1985, 11, 22), TODAY) == 41
    assert age_on(Birthday(SOLAR, 1985, 11, 23), TODAY) == 40
    assert age_on(Birthday(LUNAR, 2008, 10, 25), TODAY) == 18
    assert age_on(Birthday(LUNAR, 2008, 10, 26), TODAY) == 17
    assert age_on(Birthday(SOLAR, None, 11, 22), TODAY) is None
    assert age_on(Birthday(SOLAR, 1985, 11, None), TODAY) is None


def test_an_unknown_day_protects_the_younger_reading():
    assert is_under(Birthday(SOLAR, 2008, 11, None), 18, TODAY)
    assert not is_under(Birthday(SOLAR, 2008, 10, None), 18, TODAY)
    assert is_under(Birthday(LUNAR, 2008, 11, None), 18, TODAY)
    assert not is_under(Birthday(SOLAR, None, 11, 3), 18, TODAY)


@pytest.mark.parametrize(
    ("born", "zh", "en"),
    [
        (Birthday(SOLAR, 1985, 11, 3), "1985年11月3日", "3 Nov 1985"),
        (Birthday(SOLAR, None, 11, 3), "11月3日", "3 November"),
        (Birthday(SOLAR, None, 11, None), "11月", "November"),
        (Birthday(LUNAR, None, 8, 15), "农历八月十五", "15th of the 8th lunar month"),
        (Birthday(LUNAR, 2025, 6, 30, True), "2025年农历闰六月三十", "30th of the 6th lunar month (leap), 2025"),
        (Birthday(LUNAR, None, 12, 23), "农历腊月廿三", "23rd of the 12th lunar month"),
        (Birthday(LUNAR, None, 1, 10), "农历正月初十", "10th of the 1st lunar month"),
        (Birthday(LUNAR, None, 11, 20), "农历十一月二十", "20th of the 11th lunar month"),
        (Birthday(LUNAR, None, 2, None), "农历二月", "2nd lunar month"),
    ],
)
def test_shown_in_the_readers_language(born, zh, en):
    assert (show(born, "zh-CN"), show(born, "en")) == (zh, en)


def test_the_year_is_left_out_for_those_who_may_not_see_it():
    assert show(Birthday(SOLAR, 1985, 11, 3), "en", with_year=False) == "3 November"
    assert show(Birthday(LUNAR, 1985, 8, 15), "zh", with_year=False) == "农历八月十五"


def test_stored_and_read_again_is_the_same():
    born = Birthday(LUNAR, 2025, 6, 15, True, lunar.REGULAR)
    assert Birthday.from_dict(born.as_dict()) == born
    assert Birthday.from_dict({**born.as_dict(), "later_key": 1}) == born
