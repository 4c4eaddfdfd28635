"""Scores as they are defined: by how many are strictly worse, so that equals are equal; segments by the first rule that holds."""

from bisect import bisect_left
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm.measures import scoring

TODAY = date(2026, 11, 22)


def cuts_of(values):
    ordered = sorted(values)
    higher = lambda value: next((one for one in ordered if one > value), None)  # noqa: E731
    return [scoring.cut(len(ordered), k, ordered.__getitem__, higher) for k in range(1, 5)]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=200))
def test_every_score_is_the_share_of_those_strictly_worse(values):
    cuts, ordered = cuts_of(values), sorted(values)
    for value in values:
        worse = bisect_left(ordered, value)
        assert scoring.score(value, cuts) == 1 + min(4, 5 * worse // len(values))


def test_half_of_all_with_one_visit_leave_the_scores_between_unused():
    values = [1] * 12 + [2] * 4 + [3] * 4 + [5] * 4
    scores = [scoring.score(value, cuts_of(values)) for value in values]
    assert [scores.count(n) for n in range(1, 6)] == [12, 0, 4, 4, 4]


@pytest.mark.parametrize(
    ("r", "f", "m", "days", "name"),
    [
        (4, 4, 4, 400, "champions"), (3, 4, 5, 400, "loyal"), (5, 5, 3, 400, "loyal"), (3, 3, 4, 400, "big_seldom"), (5, 1, 2, 60, "new"),
        (1, 1, 1, 60, "new"), (5, 3, 3, 61, "promising"), (3, 1, 1, 61, "attention"), (2, 4, 1, 400, "slipping"), (1, 1, 4, 400, "slipping"),
        (2, 3, 3, 400, "asleep"),
    ],
)  # fmt: skip
def test_the_first_rule_that_holds_names_the_segment(r, f, m, days, name):
    assert scoring.segment(r, f, m, TODAY - timedelta(days=days), TODAY) == name


def days(*gaps):
    found = [TODAY]
    for gap in gaps:
        found.append(found[-1] + timedelta(days=gap))
    return found


def test_her_own_interval_is_the_median_between_visits():
    assert scoring.interval(days(10)) is None
    assert scoring.interval(days(10, 30)) == 20
    assert scoring.interval(days(10, 30, 300)) == 30


def test_she_is_missed_after_one_and_a_half_of_her_own_interval_and_never_before_90_days():
    assert scoring.lapses_on(days()) == TODAY + timedelta(days=91)
    assert scoring.lapses_on(days(10, 10)) == TODAY + timedelta(days=20 + 91)
    assert scoring.lapses_on(days(100, 100)) == TODAY + timedelta(days=200 + 151)


def test_a_small_file_has_fixed_bands_and_no_score_of_money():
    bands = scoring.bands(TODAY)
    assert [scoring.score(TODAY - timedelta(days=n), bands["r"]) for n in (0, 30, 31, 60, 120, 240, 241)] == [5, 5, 4, 4, 3, 2, 1]
    assert [scoring.score(visits, bands["f"]) for visits in (1, 2, 3, 4, 5, 7, 8)] == [1, 2, 3, 3, 4, 4, 5]
    assert bands["m"] == ()
