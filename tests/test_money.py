"""Amounts as people type them at a till, in minor units; what could be two amounts is asked again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm import money
from relcrm.errors import BadValue


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("1299", 129_900), ("1,299", 129_900), ("1299.00", 129_900), ("1299元", 129_900), ("¥1,299", 129_900), ("￥1299.5", 129_950), ("１２９９", 129_900),
        ("1，299", 129_900), (" 1 299,50 ", 129_950), ("1.299,50", 129_950), ("RMB 1299", 129_900), ("CNY1299", 129_900), ("1299块", 129_900),
        ("1'299.90", 129_990), (".5", 50), ("0", 0), ("12,5", 1_250), ("1,234,567.89", 123_456_789), ("1299.", 129_900),
    ],
)  # fmt: skip
def test_what_people_type_is_read(typed, minor):
    assert money.parse(typed, "CNY") == minor


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "money_unreadable"), ("abc", "money_unreadable"), ("twelve", "money_unreadable"), ("-5", "money_unreadable"), ("1.299", "money_point"),
        ("$12", "money_currency"), ("GBP 12", "money_currency"), ("12 13 a4", "money_unreadable"), ("1,2,3", "money_unreadable"),
        ("1.2万", "money_unreadable"), ("100000000", "money_high"), ("9" * 40, "money_high"), ("12.999", "money_point"), ("1,23,456", "money_unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_amount_or_could_be_two_is_asked_again(typed, code):
    with pytest.raises(BadValue) as refused:
        money.parse(typed, "CNY", "lines-0-price")
    assert (refused.value.code, refused.value.field) == (code, "lines-0-price")


def test_a_currency_without_decimals_has_none():
    assert money.parse("1,299", "JPY") == money.parse("¥1299", "JPY") == 1299
    assert money.parse("£12.50", "GBP") == 1250


@given(st.integers(0, 99_999_999), st.sampled_from(("CNY", "GBP", "JPY", "EUR", "KWD")))
def test_what_is_shown_for_typing_reads_back(minor, currency):
    assert money.parse(money.typed(minor, currency), currency) == minor


def test_whole_amounts_carry_no_decimals():
    assert [money.show(minor, "CNY", "zh") for minor in (129_900, 129_950, -38_000)] == ["¥1,299", "¥1,299.50", "-¥380"]
    assert money.show(1250, "GBP", "en") == "£12.50"
