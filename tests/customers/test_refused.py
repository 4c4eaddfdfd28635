"""The file of refused rows: opens in Excel, does no harm, and can be mended and read again."""

import csv
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from relcrm.customers.cells import clean
from relcrm.customers.columns import guess
from relcrm.customers.files import open_table
from relcrm.customers.refused import harmless, reason, write_refused
from relcrm.customers.rows import read_row
from relcrm.customers.table import Row

HEADER = ("姓名", "手机", "备注")


@pytest.fixture(autouse=True)
def words():
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def written(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_rows_come_back_with_their_line_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"
    rows = [(Row(3, ("林晓梅", "1380000392", "")), "手机: too short"), (Row(9, ("", "1", "a\nb")), "no name")]
    assert write_refused(path, HEADER, iter(rows)) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert written(path) == [
        ["Line", "What is wrong", *HEADER],
        ["3", "手机: too short", "林晓梅", "1380000392", ""],
        ["9", "no name", "", "1", "a\nb"],
    ]


def test_without_refused_rows_only_the_header_is_written(tmp_path: Path) -> None:
    assert write_refused(tmp_path / "none.csv", HEADER, []) == 0
    assert len(written(tmp_path / "none.csv")) == 1


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "＝1+1", " =1", "\t=1"])
def test_what_excel_would_run_is_made_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["+8613800003921", "+86 138-0000-3921", "08123456789", "6222020200112233", "(022) 1234567"])
def test_numbers_excel_would_change_stay_readable(cell: str) -> None:
    assert harmless(cell) == f"\t{cell}"


@pytest.mark.parametrize("cell", ["13800003921", "138 0000 3921", "12.50", "-12.50", "林晓梅", "lin@example.com", "1985-03-02", ""])
def test_what_is_harmless_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


@given(st.text(max_size=20))
def test_nothing_written_starts_a_formula(cell: str) -> None:
    start = harmless(cell)
    assert not start.startswith(("=", "@", "＝", "＋", "－", "＠"))
    assert not start.startswith(("+", "-")) or float(start) <= 0


@given(st.from_regex(r"[=+@-][\w +().-]{0,12}\w", fullmatch=True))
def test_reading_the_file_again_takes_the_protection_off(cell: str) -> None:
    assert clean(harmless(cell)) == cell


def test_the_reason_names_the_column_and_tells_every_problem() -> None:
    found = read_row(Row(2, ("", "1.38E+10", "")), ("name", "phone", "skip"), "CN", date(2026, 7, 1))
    told = reason(found.problems, ("姓名", "", "备注"))
    assert told.startswith("姓名: The name is missing. Column 2: Excel shortened this number to 1.38E+10")


def test_a_problem_of_the_whole_row_names_no_column() -> None:
    found = read_row(Row(2, ("林", "13800003921", "", "x")), ("name", "phone", "skip"), "CN", date(2026, 7, 1))
    assert reason(found.problems, HEADER).startswith("This row has more cells")


def test_the_file_can_be_mended_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"
    write_refused(path, HEADER, [(Row(3, ("林晓梅", "+8613800003921", "=亚麻")), "mended since")])
    table = open_table(path, path.name)
    mapping = [found.target for found in guess(table.header, table.sample())]
    assert mapping == ["skip", "skip", "name", "phone", "note"]
    found = read_row(next(table.rows()), mapping, "CN", date(2026, 7, 1))
    assert (found.usable, found.phones, found.note) == (True, ("+8613800003921",), "=亚麻")
