"""The algorithm of DOMAIN §2.3: its golden table to the day, and each of its rules alone."""

from datetime import date, timedelta

import pytest

from relcrm.loyalty.tier_spans import Frozen, Manual, Opening, Rules, Sale, Tier
from relcrm.loyalty.tiering import replay
from tests.loyalty.tier_rules import DEFAULT, GOLDEN, TIERS, back, day, sales


def state(events, on, rules=(DEFAULT,)):
    found = replay(events, rules, day(on)).state
    assert found is not None
    return found


def log(events, on, rules=(DEFAULT,)):
    return [(step.on.isoformat(), step.kind, step.before, step.after) for step in replay(events, rules, day(on)).log]


@pytest.mark.parametrize(
    ("on", "spent", "tier", "valid_until", "grace_until"),
    [
        ("2026-02-01", 1500, "regular", None, None),
        ("2026-05-19", 1500, "regular", None, None),
        ("2026-05-20", 2400, "silver", "2027-05-20", None),
        ("2026-09-09", 2400, "silver", "2027-05-20", None),
        ("2026-09-10", 8600, "gold", "2027-09-10", None),
        ("2027-09-09", 7500, "gold", "2027-09-10", None),
        ("2027-09-10", 1300, "gold", "2027-09-10", "2027-10-10"),
        ("2027-10-09", 1300, "gold", "2027-09-10", "2027-10-10"),
        ("2027-10-10", 1300, "silver", "2028-10-09", None),
        ("2028-10-08", 0, "silver", "2028-10-09", None),
        ("2028-10-09", 0, "silver", "2028-10-09", "2028-11-08"),
        ("2028-11-07", 0, "silver", "2028-10-09", "2028-11-08"),
        ("2028-11-08", 0, "regular", None, None),
        ("2030-01-01", 0, "regular", None, None),
    ],
)
def test_the_golden_table_holds_to_the_day(on, spent, tier, valid_until, grace_until):
    found = replay(sales(*GOLDEN), [DEFAULT], day(on))
    assert found.book.spent(day(on), 365)["CNY"] == spent * 100
    assert (found.state.tier, found.state.valid_until, found.state.grace_until) == (
        tier,
        valid_until and day(valid_until),
        grace_until and day(grace_until),
    )


def test_the_golden_log_has_a_line_for_each_change():
    assert log(sales(*GOLDEN), "2030-01-01") == [
        ("2026-05-20", "up", "regular", "silver"),
        ("2026-09-10", "up", "silver", "gold"),
        ("2027-09-10", "grace", "gold", "gold"),
        ("2027-10-10", "down", "gold", "silver"),
        ("2028-10-09", "grace", "silver", "silver"),
        ("2028-11-08", "down", "silver", "regular"),
    ]


def test_the_next_look_is_on_the_day_something_may_change():
    assert state(sales(*GOLDEN), "2026-09-10").next_on == day("2027-03-15")
    assert state(sales(*GOLDEN), "2027-08-01").next_on == day("2027-09-10")
    assert state(sales(*GOLDEN), "2027-09-10").next_on == day("2027-10-10")
    assert state(sales(*GOLDEN), "2028-11-08").next_on is None


def test_rule_1_an_order_counts_for_365_days_and_what_came_back_never():
    bought = [*sales(("2026-01-01", 1000), ("2026-06-01", 500)), back("2026-06-10", 2, 200)]
    assert replay(bought, [DEFAULT], day("2026-12-31")).book.spent(day("2026-12-31"), 365) == {"CNY": 1300_00}
    assert replay(bought, [DEFAULT], day("2027-01-01")).book.spent(day("2027-01-01"), 365) == {"CNY": 300_00}


def test_rule_2_one_order_may_lead_several_steps_up():
    assert log(sales(("2026-01-01", 21_000)), "2026-01-01") == [("2026-01-01", "up", "regular", "diamond")]
    assert state(sales(("2026-01-01", 21_000)), "2026-01-01").valid_until == day("2027-01-01")


def test_rule_2_exactly_the_threshold_is_enough():
    assert state(sales(("2026-01-01", 2000)), "2026-01-01").tier == "silver"
    assert state([Sale(day("2026-01-01"), 1, 1999_99, "CNY")], "2026-01-01").tier == "regular"


def test_rule_3_who_still_qualifies_on_the_day_is_renewed():
    bought = sales(("2026-01-01", 2000), ("2026-12-01", 2500))
    assert state(bought, "2027-01-01").valid_until == day("2028-01-01")
    assert log(bought, "2027-01-01")[-1] == ("2027-01-01", "renewed", "silver", "silver")


def test_rule_4_landing_is_one_step_whatever_she_bought():
    bought = sales(("2026-01-01", 21_000))
    assert [state(bought, on).tier for on in ("2027-01-30", "2027-01-31", "2028-03-01", "2029-03-31")] == [
        "diamond",
        "gold",
        "silver",
        "regular",
    ]


def test_rule_5_buying_enough_inside_the_grace_renews_from_that_day():
    bought = sales(("2026-01-01", 8000), ("2027-01-15", 8000))
    found = state(bought, "2027-01-15")
    assert (found.tier, found.valid_until, found.grace_until) == ("gold", day("2028-01-15"), None)


def test_rule_5_buying_for_more_inside_the_grace_rises():
    assert log(sales(("2026-01-01", 2000), ("2027-01-15", 9000)), "2027-01-15")[-1] == ("2027-01-15", "up", "silver", "gold")


def test_rule_5_the_last_day_of_the_grace_still_counts():
    assert state(sales(("2026-01-01", 8000), ("2027-01-31", 8000)), "2027-01-31").tier == "gold"


@pytest.mark.parametrize(("on", "tier"), [("2026-03-03", "regular"), ("2026-03-04", "silver")])
def test_rule_6_a_return_within_thirty_days_after_the_upgrade_takes_it_back(on, tier):
    bought = [*sales(("2026-02-01", 2500)), back(on, 1, 1000)]
    assert state(bought, on).tier == tier


def test_rule_6_gives_back_what_she_had_before_with_its_own_end():
    bought = [*sales(("2026-02-01", 2500), ("2026-05-01", 7000)), back("2026-05-10", 2, 7000)]
    found = state(bought, "2026-05-10")
    assert (found.tier, found.since, found.valid_until) == ("silver", day("2026-02-01"), day("2027-02-01"))


def test_rule_6_after_several_steps_she_keeps_what_the_rest_reaches():
    bought = [*sales(("2026-02-01", 20_000)), back("2026-02-10", 1, 15_000)]
    found = state(bought, "2026-02-10")
    assert (found.tier, found.since, found.valid_until) == ("silver", day("2026-02-01"), day("2027-02-01"))
    assert log(bought, "2026-02-10")[-1] == ("2026-02-10", "reversed", "diamond", "silver")
    assert state([*bought, back("2026-02-20", 1, 5_000)], "2026-02-20").tier == "regular"


def test_rule_6_two_upgrades_may_fall_by_one_return():
    bought = [*sales(("2026-02-01", 1900), ("2026-02-02", 200), ("2026-02-05", 7000)), back("2026-02-20", 3, 7000)]
    assert state(bought, "2026-02-20").tier == "silver"
    assert state([*bought, back("2026-02-25", 2, 200)], "2026-02-25").tier == "regular"


def test_rule_6_a_return_of_what_she_bought_later_leaves_the_upgrade():
    bought = [*sales(("2025-03-01", 1000), ("2026-02-20", 1500), ("2026-03-05", 100)), back("2026-03-10", 3, 100)]
    assert state(bought, "2026-03-10").tier == "silver"


def test_rule_6_what_ran_out_meanwhile_gets_its_whole_grace():
    bought = [*sales(("2026-02-01", 2000), ("2027-01-20", 8000)), back("2027-02-10", 2, 8000)]
    found = state(bought, "2027-02-10")
    assert (found.tier, found.grace_until) == ("silver", day("2027-03-12"))


def test_rule_6_the_same_day_counts_as_a_whole():
    assert log([*sales(("2026-02-01", 2500)), back("2026-02-01", 1, 1000)], "2026-02-01") == []


def test_rule_7_by_hand_she_is_lifted_until_its_end_and_keeps_what_she_earned():
    events = [*sales(("2026-02-01", 2500)), Manual(day("2026-03-01"), "gold", day("2026-06-01"))]
    lifted = state(events, "2026-05-31")
    assert (lifted.tier, lifted.earned, lifted.valid_until) == ("gold", "silver", day("2026-06-01"))
    assert (state(events, "2026-06-01").tier, state(events, "2026-06-01").valid_until) == ("silver", day("2027-02-01"))
    assert log(events, "2026-06-01")[1:] == [
        ("2026-03-01", "manual", "silver", "gold"),
        ("2026-06-01", "manual_end", "gold", "silver"),
    ]


def test_rule_7_by_hand_nobody_falls_below_what_she_earned():
    events = [*sales(("2026-02-01", 9000)), Manual(day("2026-03-01"), "silver", day("2026-06-01"))]
    assert state(events, "2026-04-01").tier == "gold"


def test_rule_8_an_open_complaint_holds_the_tier_until_it_is_closed():
    bought = sales(("2026-01-01", 8000))
    opened = [*bought, Frozen(day("2027-01-20"))]
    assert state(opened, "2027-05-01").tier == "gold"
    assert state(opened, "2027-05-01").next_on is None
    closed = [*bought, Frozen(day("2027-01-20"), day("2027-05-02"))]
    assert state(closed, "2027-05-01").next_on == day("2027-05-02")
    assert (state(closed, "2027-05-01").tier, state(closed, "2027-05-02").tier) == ("gold", "silver")
    assert state(closed, "2027-05-02").valid_until == day("2028-05-01")


def test_rule_8_goods_that_came_back_for_a_complaint_leave_the_upgrade():
    bought = [*sales(("2026-02-01", 2500)), Frozen(day("2026-02-05"), day("2026-02-20")), back("2026-02-10", 1, 2500)]
    assert state(bought, "2026-02-28").tier == "silver"


def test_rule_10_currencies_are_never_added():
    rules = Rules(date(2020, 1, 1), (Tier("regular"), Tier("silver", {"CNY": 2000_00, "GBP": 220_00})))
    assert (
        state([*sales(("2026-01-01", 1500)), *sales(("2026-01-01", 200), currency="GBP", first=9)], "2026-01-01", [rules]).tier == "regular"
    )
    assert state(sales(("2026-01-01", 220), currency="GBP"), "2026-01-01", [rules]).tier == "silver"


def test_visits_may_be_asked_for_and_a_day_in_a_store_is_one():
    rules = Rules(date(2020, 1, 1), (Tier("regular"), Tier("silver", {"CNY": 100_00}, visits=2)))
    twice_a_day = sales(("2026-01-01", 300), ("2026-01-01", 300))
    assert state(twice_a_day, "2026-01-01", [rules]).tier == "regular"
    assert state([*twice_a_day, *sales(("2026-01-02", 1), first=5)], "2026-01-02", [rules]).tier == "silver"
    assert replay([*twice_a_day, back("2026-01-03", 1, 300)], [rules], day("2026-01-03")).book.visits(day("2026-01-03"), 365) == 1
    came_back = [*twice_a_day, back("2026-01-03", 1, 300), back("2026-01-03", 2, 300)]
    assert replay(came_back, [rules], day("2026-01-03")).book.visits(day("2026-01-03"), 365) == 0


def test_a_tier_brought_along_holds_until_its_day_and_then_is_reviewed():
    events = [Opening(day("2026-03-01"), "gold", day("2026-12-31"))]
    assert (state(events, "2026-12-30").tier, state(events, "2026-12-30").valid_until) == ("gold", day("2026-12-31"))
    assert state(events, "2026-12-31").grace_until == day("2027-01-30")
    assert state([*events, *sales(("2026-05-01", 21_000))], "2026-05-01").tier == "diamond"


def test_without_live_rules_there_is_no_tier():
    later = Rules(date(2027, 1, 1), TIERS)
    assert replay(sales(*GOLDEN), [later], day("2026-12-31")).state is None


def test_on_the_first_day_everybody_stands_where_she_qualifies():
    first = Rules(date(2026, 10, 1), TIERS)
    found = replay(sales(*GOLDEN[:3]), [first], day("2026-10-01"))
    assert (found.state.tier, found.state.valid_until) == ("gold", day("2027-10-01"))
    assert [step.kind for step in found.log] == ["start"]


def test_new_rules_lift_at_once_and_lower_only_at_the_review():
    easier = Rules(date(2026, 6, 1), (TIERS[0], Tier("silver", {"CNY": 1000_00}), Tier("gold", {"CNY": 2000_00})))
    harder = Rules(date(2026, 6, 1), (TIERS[0], Tier("silver", {"CNY": 5000_00})))
    bought = sales(("2026-02-01", 2500))
    assert log(bought, "2026-06-01", [DEFAULT, easier])[-1] == ("2026-06-01", "rules", "silver", "gold")
    assert state(bought, "2026-12-31", [DEFAULT, harder]).tier == "silver"
    assert state(bought, "2027-02-01", [DEFAULT, harder]).grace_until is not None


def test_what_she_reached_on_the_day_new_rules_begin_is_hers():
    harder = Rules(date(2026, 6, 1), (TIERS[0], Tier("silver", {"CNY": 5000_00})))
    bought = sales(("2026-06-01", 2500))
    assert state(bought, "2026-06-01", [DEFAULT, harder]).tier == "silver"
    assert state(sales(("2026-06-02", 2500)), "2026-06-02", [DEFAULT, harder]).tier == "regular"


def test_a_tier_that_is_no_more_gives_way_to_the_one_below():
    without_gold = Rules(date(2027, 1, 1), (TIERS[0], TIERS[1], TIERS[3]))
    bought = sales(("2026-02-01", 9000))
    assert state(bought, "2027-01-01", [DEFAULT, without_gold]).tier == "silver"


def test_of_two_rules_for_one_day_the_later_holds():
    both = [Rules(date(2026, 1, 1), TIERS[:2], number=1), Rules(date(2026, 1, 1), TIERS, number=2)]
    assert state(sales(("2026-02-01", 9000)), "2026-02-01", both).tier == "gold"
    assert state(sales(("2026-02-01", 9000)), "2026-02-01", both[::-1]).tier == "gold"


def test_three_thousand_orders_are_replayed_in_a_blink():
    from time import process_time

    many = [Sale(date(2024, 1, 1) + timedelta(hours=8 * n), n, 100, "CNY") for n in range(3000)]
    began = process_time()
    replay(many, [DEFAULT], date(2027, 1, 1))
    assert process_time() - began < 0.5
