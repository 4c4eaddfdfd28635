"""Tie-safe scores of 1 to 5 and the segments they make (DOMAIN §2.2). Pure: knows no database and no customer."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

LEAST_SCORED, LEAST_NAMED = 25, 100
NEW_DAYS, LAPSE_DAYS, LOST_DAYS = 60, 90, 365
TIMES_HER_OWN = 1.5
RECENCY_BANDS, VISIT_BANDS = (240, 120, 60, 30), (2, 3, 5, 8)
CHAMPIONS, LOYAL, BIG, NEW, PROMISING, ATTENTION, SLIPPING, ASLEEP = SEGMENTS = (
    "champions", "loyal", "big_seldom", "new", "promising", "attention", "slipping", "asleep",
)  # fmt: skip
Cuts = Sequence[Any]


def cut(population: int, k: int, nth: Callable[[int], Any], above: Callable[[Any], Any]) -> Any:
    """The smallest value that scores more than `k` (1 to 4): at least k fifths of the population are strictly worse. None: nobody does.

    nth(i): the i-th value in ascending order, from 0; above(v): the smallest value above v, None for none.
    """
    place = -(-k * population // 5)
    if place >= population:
        return None
    value = nth(place)
    return value if nth(place - 1) < value else above(value)


def score(value: Any, cuts: Cuts) -> int:
    """1 to 5: 1 + min(4, floor(5 · strictly worse / population)). Higher values are better; for recency give the day, not the distance."""
    return 1 + sum(1 for at in cuts if at is not None and value >= at)


def bands(today: date) -> dict[str, Cuts]:
    """The fixed bands of a small file (fewer than 25 people), in which money has no score of its own."""
    return {"r": [today - timedelta(days=days) for days in RECENCY_BANDS], "f": VISIT_BANDS, "m": ()}


def segment(r: int, f: int, m: int, first_on: date, today: date) -> str:
    """The first rule that holds."""
    rules = (
        (CHAMPIONS, r >= 4 and f >= 4 and m >= 4), (LOYAL, f >= 4 and r >= 3), (BIG, m >= 4 and f <= 3 and r >= 3),
        (NEW, (today - first_on).days <= NEW_DAYS), (PROMISING, r >= 4 and f <= 3 and m <= 3), (ATTENTION, r == 3),
        (SLIPPING, r <= 2 and (f >= 4 or m >= 4)),
    )  # fmt: skip
    return next((name for name, holds in rules if holds), ASLEEP)


def interval(days: Sequence[date]) -> float | None:
    """Median days between consecutive visit days (ascending, each once); None with fewer than three."""
    if len(days) < 3:
        return None
    gaps = sorted((after - before).days for before, after in pairwise(days))
    middle = len(gaps) // 2
    return float(gaps[middle]) if len(gaps) % 2 else (gaps[middle - 1] + gaps[middle]) / 2


def lapses_on(days: Sequence[date]) -> date:
    """The first day on which she is missed: longer away than one and a half of her own interval, and than 90 days."""
    own = interval(days)
    return days[-1] + timedelta(days=int(max(TIMES_HER_OWN * own if own is not None else 0, LAPSE_DAYS)) + 1)
