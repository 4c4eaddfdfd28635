"""The lunar calendar against an oracle made from astronomy, and the golden birthdays of the handbook."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm import lunar
from relcrm.errors import BadValue

ORACLE = list(csv.DictReader(Path(__file__).with_name("lunar_years_1931_2060.csv").read_text(encoding="utf-8").splitlines()))
# The new moon of 2057-09-28 falls 11 seconds before midnight in Beijing; the Hong Kong Observatory calls the day uncertain.
# The library lets the ninth month begin one day later than astronomy, so that the eighth has 30 days and the ninth 29.
UNCERTAIN = {(2057, 8, False): 30, (2057, 9, False): 29}


def oracle_months(row: dict[str, str]) -> list[tuple[int, bool, int]]:
    numbers, number = [], 0
    for text in row["month_lengths_in_order"].split():
        leap = text.endswith("L")
        number += not leap
        numbers.append((number, leap, int(text.rstrip("L"))))
    return numbers


@pytest.mark.parametrize("row", ORACLE, ids=lambda row: row["lunar_year"])
def test_every_month_agrees_with_astronomy_except_the_uncertain_one(row):
    year, begins = int(row["lunar_year"]), date.fromisoformat(row["new_year_gregorian"])
    assert lunar.leap_month(year) == int(row["leap_month"])
    for month, leap, length in oracle_months(row):
        length = UNCERTAIN.get((year, month, leap), length)
        assert lunar.month_length(year, month, leap) == length
        assert lunar.to_solar(year, month, 1, leap) == begins
        assert lunar.from_solar(begins) == (year, month, 1, leap)
        assert lunar.from_solar(begins + timedelta(days=length - 1)) == (year, month, length, leap)
        begins += timedelta(days=length)


def test_the_uncertain_month_really_differs_from_the_oracle():
    row = next(row for row in ORACLE if row["lunar_year"] == "2057")
    truth = {(2057, month, leap): length for month, leap, length in oracle_months(row)}
    assert {key: truth[key] for key in UNCERTAIN} == {(2057, 8, False): 29, (2057, 9, False): 30}


@pytest.mark.parametrize("leap", [False, True])
@pytest.mark.parametrize("month", range(14))
def test_longest_month_is_the_longest_of_130_years(month, leap):
    lengths = [n for row in ORACLE for m, is_leap, n in oracle_months(row) if (m, is_leap) == (month, leap)]
    assert lunar.longest_month(month, leap) == max(lengths, default=0)


GOLDEN = {
    (12, 30, False): "2025-01-28 2026-02-16 2027-02-05 2028-01-25 2029-02-12 2030-02-02 2031-01-22",
    (8, 15, False): "2024-09-17 2025-10-06 2026-09-25 2027-09-15 2028-10-03 2029-09-22 2030-09-12",
    (6, 15, True): "2024-07-20 2025-08-08 2026-07-28 2027-07-18 2028-08-05 2029-07-25 2030-07-15",
    (6, 30, True): "2024-08-03 2025-08-22 2026-08-12 2027-08-01 2028-08-19 2029-08-09 2030-07-29",
    (11, 28, False): "2024-12-28 2026-01-16 2027-01-05 2027-12-25 2029-01-12 2030-01-01 2030-12-22",
}


@pytest.mark.parametrize(("born", "days"), GOLDEN.items(), ids=str)
def test_golden_birthdays(born, days):
    kept = [lunar.anniversary(year, *born) for year in range(2024, 2031)]
    assert kept == [date.fromisoformat(day) for day in days.split()]


def test_a_plain_month_is_the_first_of_two():
    assert lunar.anniversary(2025, 6, 15) == date(2025, 7, 9)


def test_a_leap_birthday_may_be_kept_in_the_regular_month():
    assert lunar.anniversary(2025, 6, 15, True, lunar.REGULAR) == date(2025, 7, 9)


def test_strict_conversion_refuses_day_30_of_a_short_month():
    with pytest.raises(BadValue) as refused:
        lunar.to_solar(2025, 6, 30, leap=True)
    assert (refused.value.code, refused.value.field) == ("lunar_no_such_day", "day")


@pytest.mark.parametrize("day", [(2024, 6, 1, True), (2024, 13, 1, False), (2024, 0, 1, False), (2024, 1, 0, False), (2024, 1, 31, False)])
def test_strict_conversion_refuses_days_that_do_not_exist(day):
    with pytest.raises(BadValue, match="lunar_no_such_day"):
        lunar.to_solar(*day)


@pytest.mark.parametrize("month", [0, 13])
def test_no_anniversary_in_a_month_that_never_is(month):
    with pytest.raises(BadValue, match="lunar_no_such_day"):
        lunar.anniversary(2026, month, 30)


@pytest.mark.parametrize("year", [1899, 2101])
def test_years_outside_the_table_are_refused(year):
    for ask in (
        lunar.leap_month,
        lambda y: lunar.month_length(y, 1),
        lambda y: lunar.to_solar(y, 1, 1),
        lambda y: lunar.anniversary(y, 1, 1),
    ):
        with pytest.raises(BadValue, match="lunar_year_out_of_range"):
            ask(year)


def test_a_month_that_year_does_not_have_is_zero_days_long():
    assert lunar.month_length(2024, 6, True) == 0
    assert lunar.month_length(2025, 6, True) == 29


FIRST, LAST = date(1900, 1, 31), date(2101, 1, 28)


def test_the_table_ends_on_new_years_eve_of_2100():
    assert lunar.from_solar(FIRST) == (1900, 1, 1, False)
    assert lunar.from_solar(LAST).year == 2100
    for outside in (FIRST - timedelta(days=1), LAST + timedelta(days=1), date(1, 1, 1), date.max):
        with pytest.raises(BadValue, match="lunar_year_out_of_range"):
            lunar.from_solar(outside)


@given(st.dates(FIRST, LAST))
def test_there_and_back_again(day):
    assert lunar.to_solar(*lunar.from_solar(day)) == day
