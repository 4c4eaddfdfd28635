"""Amounts, pieces and instants as tills write them."""

from datetime import date

import pytest

from relcrm.errors import BadValue
from relcrm.receipts import values
from relcrm.receipts.grouping import spread

TODAY, ZONE = date(2026, 9, 30), "Asia/Shanghai"


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12.5", 1250),
        ("-12.50", -1250),
        ("(3.00)", -300),
        ("¥1,299", 129900),
        ("-¥5", -500),
        ("¥-5", -500),
        ("0", 0),
        ("0.125", 13),
        ("5-", -500),
    ],
)
def test_amounts_keep_their_sign(text, minor):
    assert values.minor(text, "CNY", "line_total") == minor


@pytest.mark.parametrize("text", ["$5", "abc", "1.299"])
def test_what_is_no_amount_of_this_currency_is_refused(text):
    with pytest.raises(BadValue):
        values.minor(text, "CNY", "line_total")


@pytest.mark.parametrize(("text", "pieces"), [("2", 2), ("2.0", 2), ("-1", -1), ("1,000", 1000), ("0.3", 1), ("-0.3", -1)])
def test_pieces(text, pieces):
    assert values.pieces(text) == pieces


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        ("20260903", date(2026, 9, 3), None),
        ("2026-09-03 10:15:00 -0400", date(2026, 9, 3), 22),
        ("2026-09-03T20:15:00Z", date(2026, 9, 4), 4),
        ("8/7/26 12:16 PM", date(2026, 8, 7), 12),
        ("8/7/26 12:16 AM", date(2026, 8, 7), 0),
        ("2026/9/3 9:05", date(2026, 9, 3), 9),
        ("03/09/2026", date(2026, 9, 3), None),
    ],
)
def test_the_day_is_that_of_the_store(text, day, hour):
    on, at = values.instant(text, ZONE, "CN", TODAY)
    assert (on, at.hour if at else None) == (day, hour)


def test_parts_sum_up_to_the_whole():
    assert spread(5029, [1600, 3600]) == [1547, 3482]
    assert sum(spread(1000, [1, 1, 1])) == 1000
    assert spread(500, [0, 0]) == [500, 0]
