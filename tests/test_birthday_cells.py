"""Cells of other people's spreadsheets: read for certain, or refused with a reason."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm import lunar
from relcrm.birthday import LUNAR, SOLAR, Birthday, show
from relcrm.birthday_cells import read_text
from relcrm.errors import BadValue

TODAY = date(2026, 11, 22)
FULL, NO_YEAR = Birthday(SOLAR, 1985, 11, 3), Birthday(SOLAR, None, 11, 3)
MID_AUTUMN = Birthday(LUNAR, None, 8, 15)


@pytest.mark.parametrize(
    "cell",
    [
        "1985-11-03", "1985/11/3", "1985.11.3", "19851103", "1985年11月3日", " １９８５－１１－０３ ", "1985-11-03 00:00:00",
        "1985-11-03T00:00:00Z", "3 Nov 1985", "3rd of November 1985", "Nov 3, 1985", "November 3 1985", "03-Nov-1985", "公历1985年11月3日",
    ],
)  # fmt: skip
def test_full_days(cell):
    assert read_text(cell, TODAY) == FULL


@pytest.mark.parametrize("cell", ["11-03", "11-3", "1103", "--1103", "--11-03", "11月3日", "11月3号", "十一月三日", "3 November", "Nov. 3"])
def test_days_without_a_year(cell):
    assert read_text(cell, TODAY) == NO_YEAR


@pytest.mark.parametrize("cell", ["11月", "十一月", "November", "--11", "阳历11月"])
def test_months_alone(cell):
    assert read_text(cell, TODAY) == Birthday(SOLAR, None, 11, None)


@pytest.mark.parametrize("cell", ["农历八月十五", "阴历8月15", "八月十五（农历）", "農曆8月15日", "农历 8-15", "农历8/15", "lunar 08-15"])
def test_lunar_days(cell):
    assert read_text(cell, TODAY) == MID_AUTUMN


def test_words_only_the_lunar_calendar_has_need_no_mark():
    assert read_text("腊月廿三", TODAY) == Birthday(LUNAR, None, 12, 23)
    assert read_text("闰六月三十", TODAY) == Birthday(LUNAR, None, 6, 30, True)
    assert read_text("农历1985年八月初一", TODAY) == Birthday(LUNAR, 1985, 8, 1)


@pytest.mark.parametrize(("cell", "day"), [("25/11/1985", 25), ("11/25/1985", 25), ("25.11.1985", 25), ("11/11/1985", 11)])
def test_either_order_is_read_when_only_one_is_possible(cell, day):
    assert read_text(cell, TODAY) == Birthday(SOLAR, 1985, 11, day)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("03/11/1985", "ambiguous"),
        ("03.11.1985", "ambiguous"),
        ("03-11-1985", "ambiguous"),
        ("3/11", "ambiguous"),
        ("八月十五", "ambiguous"),
        ("十月一", "ambiguous"),
        ("农历八月十五(阳历)", "ambiguous"),
        ("1985", "incomplete"),
        ("1985年", "incomplete"),
        ("85-11-03", "two_digit_year"),
        ("3/11/85", "two_digit_year"),
        ("31354", "unreadable"),
        ("1103?", "unreadable"),
        ("1.1", "unreadable"),
        ("32/32", "bad_month"),
        ("", "unreadable"),
        ("unknown", "unreadable"),
        ("3 Foo 1985", "unreadable"),
        ("lunar November 3", "unreadable"),
        ("2月30日", "no_such_day"),
        ("1987-02-29", "no_such_day"),
        ("13月1日", "bad_month"),
        ("2026-12-01", "future"),
        ("1890-01-01", "too_old"),
        ("阳历腊月廿三", "lunar_words"),
    ],
)
def test_what_is_not_certain_is_refused(cell, code):
    with pytest.raises(BadValue) as refused:
        read_text(cell, TODAY)
    assert refused.value.code == code


@given(st.dates(date(1931, 2, 17), TODAY), st.booleans(), st.sampled_from(["zh", "en"]), st.booleans())
def test_what_is_shown_can_be_read_again(born, by_lunar, lang, with_year):
    year, month, day, leap = lunar.from_solar(born) if by_lunar else (born.year, born.month, born.day, False)
    birthday = Birthday(LUNAR if by_lunar else SOLAR, year if with_year else None, month, day, leap)
    assert read_text(show(birthday, lang), TODAY) == birthday


@given(st.text(max_size=30) | st.text("0123456789-/.年月日农历闰腊初 ", max_size=14))
def test_any_text_is_read_or_refused(cell):
    try:
        assert read_text(cell, TODAY).month in range(1, 13)
    except BadValue as refused:
        assert refused.code
        assert str(refused.message)
