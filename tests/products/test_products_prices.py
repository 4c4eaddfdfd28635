"""Prices are whole numbers of the smallest unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm.errors import BadValue
from relcrm.products import prices


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1299", "CNY", 129900), ("¥1,299.50", "CNY", 129950), ("1299元", "CNY", 129900), ("RMB 88", "CNY", 8800), ("12,5", "EUR", 1250),
        ("1.299,00", "EUR", 129900), ("£12.50", "GBP", 1250), ("5000", "JPY", 5000), ("", "CNY", None), ("  ", "CNY", None), ("0", "CNY", 0),
    ],
)  # fmt: skip
def test_a_price_is_read_as_people_write_it(typed, currency, minor):
    assert prices.read(typed, currency) == minor


@pytest.mark.parametrize("typed", ["dear", "-3", "1299.555", "1,29,9", "12..5", "NaN", "1e5", "∞", "12 or 13"])
def test_what_is_no_price_is_refused(typed):
    with pytest.raises(BadValue) as refused:
        prices.read(typed, "CNY")
    assert (refused.value.code, refused.value.field) == ("price_odd", "price")


def test_a_slip_of_many_digits_is_refused():
    with pytest.raises(BadValue) as refused:
        prices.read("9999999999999", "CNY")
    assert refused.value.code == "price_high"


@given(st.integers(0, prices.HIGHEST_MINOR), st.sampled_from(["CNY", "GBP", "JPY", "KWD"]))
def test_what_is_shown_for_typing_is_read_back_the_same(minor, currency):
    assert prices.read(prices.typed(minor, currency), currency) == minor


def test_prices_are_shown_with_their_sign():
    shown = [
        prices.shown(minor, currency) for minor, currency in ((129900, "CNY"), (129950, "CNY"), (1250, "GBP"), (5000, "JPY"), (None, "CNY"))
    ]
    assert shown == ["¥1,299", "¥1,299.50", "£12.50", "JP¥5,000", ""]
