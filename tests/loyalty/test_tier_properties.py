"""What holds of tiers for every history: never below the qualifying tier, no order of events, no day of asking makes a difference."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from relcrm.loyalty.tier_spans import Frozen, Manual, Opening, Return, Rules, Sale, Tier, qualifies
from relcrm.loyalty.tiering import _Walk, replay
from tests.loyalty.tier_rules import TIERS

START = date(2026, 1, 1)
SPAN = 1200
offsets = st.integers(0, SPAN)
days = offsets.map(lambda n: START + timedelta(days=n))
FIRST = Rules(date(2025, 6, 1), TIERS)
SECOND = Rules(date(2027, 3, 1), (TIERS[0], Tier("pearl", {"CNY": 100_000, "GBP": 50_000}, 2), *TIERS[1:3]), window=300, grace=20, number=2)


@st.composite
def histories(draw):
    """Sales with returns of up to what each cost, on or after its day, and now and then what else there is."""
    events = []
    for ref in range(draw(st.integers(0, 12))):
        on, minor = draw(days), draw(st.sampled_from([0, 50_000, 150_000, 600_000, 1_900_000]))
        events.append(Sale(on, ref, minor, draw(st.sampled_from(["CNY", "CNY", "CNY", "GBP"])), draw(st.integers(1, 2))))
        if draw(st.booleans()):
            first = draw(st.integers(0, minor))
            events.append(Return(on + timedelta(days=draw(st.integers(0, 60))), ref, first))
            events.append(Return(on + timedelta(days=draw(st.integers(0, 60))), ref, minor - first))
    if draw(st.booleans()):
        on = draw(days)
        events.append(Manual(on, draw(st.sampled_from(["silver", "gold"])), on + timedelta(days=draw(st.integers(1, 180)))))
    if draw(st.booleans()):
        on = draw(days)
        events.append(Opening(on, draw(st.sampled_from(["silver", "diamond"])), on + timedelta(days=draw(st.integers(-20, 400)))))
    if draw(st.booleans()):
        on = draw(days)
        events.append(Frozen(on, draw(st.one_of(st.none(), st.integers(1, 90).map(lambda n: on + timedelta(days=n))))))
    return events


rule_sets = st.sampled_from([(FIRST,), (FIRST, SECOND), (SECOND, FIRST)])


@given(histories(), rule_sets)
@settings(max_examples=150)
def test_nobody_is_ever_below_the_tier_she_qualifies_for(events, rules):
    """On every single day, also those on which nothing happens."""
    found = _Walk(events, rules)
    for n in range(-300, SPAN + 800):
        day = START + timedelta(days=n)
        while (due := found.next_day()) is not None and due <= day:
            found.step(due)
        if found.rules is not None:
            state = found.state()
            place = found.rules.place(state.tier)
            assert place >= qualifies(found.book, found.rules, day)
            assert place >= found.rules.place(state.earned)
            assert (state.valid_until is None) == (place == 0)


@given(histories(), rule_sets, st.randoms())
def test_the_order_in_which_events_are_told_makes_no_difference(events, rules, random):
    mixed = list(events)
    random.shuffle(mixed)
    today = START + timedelta(days=SPAN)
    one, other = replay(events, rules, today), replay(mixed, rules, today)
    assert (one.state, one.log) == (other.state, other.log)


@given(histories(), rule_sets, offsets, offsets)
def test_looking_early_changes_nothing_and_the_next_look_is_never_late(events, rules, one, other):
    early, late = sorted((START + timedelta(days=one), START + timedelta(days=other)))
    first, then = replay(events, rules, early), replay(events, rules, late)
    assert then.log[: len(first.log)] == first.log
    assert all(step.on <= early for step in first.log)
    due = first.state.next_on if first.state else None
    if first.state is not None and (due is None or late < due):
        assert (then.state, then.log) == (first.state, first.log)


@given(histories(), rule_sets, st.lists(offsets, max_size=6))
def test_a_walk_with_stops_ends_where_one_without_ends(events, rules, stops):
    today = START + timedelta(days=SPAN)
    walk = _Walk(events, rules)
    for stop in sorted(stops):
        while (day := walk.next_day()) is not None and day <= START + timedelta(days=stop):
            walk.step(day)
        walk.state()
    while (day := walk.next_day()) is not None and day <= today:
        walk.step(day)
    straight = replay(events, rules, today)
    assert (walk.state(), tuple(walk.log)) == (straight.state, straight.log)


@given(histories(), rule_sets)
def test_every_line_of_the_log_goes_on_where_the_one_before_ended(events, rules):
    """Lines by hand aside: they lie over what she earned."""
    log = [step for step in replay(events, rules, START + timedelta(days=SPAN + 900)).log if step.kind not in ("manual", "manual_end")]
    assert [step.on for step in log] == sorted(step.on for step in log)
    assert all(one.after == other.before for one, other in pairwise(log))
