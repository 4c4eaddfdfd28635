"""Days that can be read both ways, settled by their whole column."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm.customers.day_order import settled
from relcrm.customers.files import open_table
from relcrm.customers.rows import read_row
from relcrm.customers.table import Row


def column(*days: str, year: int = 2026) -> list[str]:
    rows = [Row(number, ("Anna", day)) for number, day in enumerate(days, 1)]
    return [row.cells[1] for row in settled(lambda: iter(rows), year)()]


def test_one_day_above_twelve_tells_the_order_of_all() -> None:
    assert column("3/4/1985", "8/17/1990", "") == ["1985-03-04", "1990-08-17", ""]
    assert column("3/4/1985", "17/8/1990") == ["1985-04-03", "1990-08-17"]
    assert column("03.04.1985", "17.08.1990") == ["1985-04-03", "1990-08-17"]


def test_a_column_that_does_not_tell_stays_as_it_is() -> None:
    assert column("3/4/1985", "5/6/1990") == ["3/4/1985", "5/6/1990"]
    assert column("13/4/1985", "4/13/1990") == ["13/4/1985", "4/13/1990"]


def test_what_is_no_day_stays_as_it_is() -> None:
    others = ["1985-03-04", "13/25/1985x", "192.168.1.20", "3/4", "May 3", "0/0/00"]
    assert column("8/17/1990", *others) == ["1990-08-17", *others]


def test_the_clock_behind_the_day_is_kept() -> None:
    assert column("8/17/2026 12:16 PM", "8/7/2026 9:05 AM") == ["2026-08-17 12:16 PM", "2026-08-07 9:05 AM"]


def test_two_figures_are_a_year_of_this_century_only_where_none_would_lie_in_the_future() -> None:
    assert column("8/17/26", "8/7/19") == ["2026-08-17", "2019-08-07"]
    assert column("8/17/26", "8/7/85") == ["8/17/26", "8/7/85"]


def test_two_figures_that_might_be_day_or_year_are_left_alone() -> None:
    assert column("17/8/26", "12/1/20") == ["17/8/26", "12/1/20"]


def test_each_column_tells_for_itself() -> None:
    rows = [Row(1, ("8/17/1990", "17/8/1990")), Row(2, ("1/2/1990", "1/2/1990", "extra"))]
    assert [row.cells for row in settled(lambda: iter(rows), 2026)()] == [
        ("1990-08-17", "1990-08-17"),
        ("1990-01-02", "1990-02-01", "extra"),
    ]


def test_birthdays_of_an_american_file_are_read_although_some_could_be_read_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Name,Phone,Birthday\nAnna Bell,+12025550143,3/4/1985\nBen Cole,+12025550144,12/31/1979\n")
    mapping = ("name", "phone", "birthday")
    found = [read_row(row, mapping, "CN", date(2026, 7, 1)) for row in open_table(path, path.name).rows()]
    assert [(one.birthday.month, one.birthday.day) for one in found if one.birthday] == [(3, 4), (12, 31)]


@given(st.lists(st.dates(date(1900, 1, 1), date(2026, 1, 1)), min_size=1), st.sampled_from(["%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y"]))
def test_no_day_is_ever_read_as_another(days: list[date], pattern: str) -> None:
    written = [day.strftime(pattern) for day in days]
    for before, after, day in zip(written, column(*written), days, strict=True):
        assert after in (before, day.isoformat())


@pytest.mark.parametrize("count", [0, 1])
def test_a_file_without_days_is_passed_on_as_it_is(count: int) -> None:
    rows = [Row(1, ("Anna",))] * count
    assert list(settled(lambda: iter(rows), 2026)()) == rows
