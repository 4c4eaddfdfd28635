"""The golden cases of DOMAIN §2.4, to the day: sold and returned through the rules, the clock moved, the real jobs run."""

from datetime import date, timedelta

import pytest

from relcrm import clock, db, jobs
from relcrm.errors import RuleError
from tests import factories
from tests.loyalty.keeping import HER, Days, balance, faults, holds, lots, met, noon, redeem, rows, rules_on
from tests.purchases.selling import bring_back, sell


@pytest.fixture
def days(ctx, at):
    met(at)
    with db.write_tx() as tx:
        rules_on(tx)
    return Days(at)


def buy(yuan, on=None, **more):
    with db.write_tx() as tx:
        return sell(tx, tx.merge(factories.staff("ana")), factories.customer(HER), *[("Thing", one * 100) for one in yuan], on=on, **more)


def returned(bought, *places, on=None):
    with db.write_tx() as tx:
        return bring_back(tx, tx.merge(factories.staff("ana")), tx.merge(bought), dict.fromkeys(places, 1), on=on)


def spend(points):
    with db.write_tx() as tx:
        redeem(tx, points)


def sound():
    with db.write_tx() as tx:
        holds(tx)
    assert faults() == []


def test_the_golden_case_to_the_day(days):
    days.go(date(2026, 1, 10))
    buy([1280])
    assert (balance(), lots()) == ((128, 0, 0), [])
    days.go(date(2026, 1, 16))
    assert balance() == (128, 0, 0)
    days.go(date(2026, 1, 17))
    assert (balance(), lots()) == ((0, 128, 0), [(128, date(2027, 1, 31))])
    days.go(date(2026, 3, 5))
    second = buy([155, 300])
    assert balance() == (45, 128, 0)
    days.go(date(2026, 3, 12))
    assert lots() == [(128, date(2027, 1, 31)), (45, date(2027, 3, 31))]
    days.go(date(2026, 4, 1))
    spend(100)
    assert lots() == [(28, date(2027, 1, 31)), (45, date(2027, 3, 31))]
    days.go(date(2026, 4, 3))
    returned(second, 1)
    assert lots() == [(28, date(2027, 1, 31)), (30, date(2027, 3, 31))]
    assert balance() == (0, 58, 0)
    days.go(date(2027, 1, 31))
    assert balance() == (0, 58, 0)
    days.go(date(2027, 2, 1))
    assert balance() == (0, 30, 0)
    assert rows() == [
        ("earn_pending", 128, date(2026, 1, 10)),
        ("earn_active", 0, date(2026, 1, 17)),
        ("earn_pending", 45, date(2026, 3, 5)),
        ("earn_active", 0, date(2026, 3, 12)),
        ("burn", -100, date(2026, 4, 1)),
        ("clawback", -15, date(2026, 4, 3)),
        ("expire", -28, date(2027, 1, 31)),
    ]
    sound()


def test_the_debt_case(days):
    days.go(date(2026, 1, 10))
    first = buy([1280])
    days.go(date(2026, 1, 17))
    spend(128)
    returned(first, 1)
    assert balance() == (0, 0, 128)
    buy([455])
    assert balance() == (45, 0, 128)
    days.go(date(2026, 1, 24))
    assert (balance(), lots()) == ((0, 0, 83), [(0, date(2027, 1, 31)), (0, date(2027, 1, 31))])
    sound()


def test_a_debt_older_than_a_year_is_forgotten_and_a_younger_one_is_not(days):
    days.go(date(2026, 1, 10))
    first, second = buy([1000]), buy([500])
    days.go(date(2026, 1, 17))
    spend(150)
    returned(first, 1)
    days.go(date(2026, 6, 1))
    returned(second, 1)
    buy([300])
    days.go(date(2026, 6, 8))
    assert balance() == (0, 0, 120)
    days.go(date(2027, 1, 16))
    assert balance() == (0, 0, 120)
    days.go(date(2027, 1, 17))
    assert balance() == (0, 0, 50)
    days.go(date(2027, 6, 1))
    assert balance() == (0, 0, 0)
    sound()


def test_a_return_while_points_wait_makes_fewer_wait(days):
    days.go(date(2026, 1, 10))
    bought = buy([155, 300])
    days.go(date(2026, 1, 12))
    returned(bought, 1)
    assert balance() == (30, 0, 0)
    returned(bought, 2)
    assert balance() == (0, 0, 0)
    days.go(date(2026, 1, 17))
    assert (balance(), lots()) == ((0, 0, 0), [])
    sound()


def test_a_return_takes_its_own_lot_first_then_those_that_expire_first(days):
    days.go(date(2026, 1, 10))
    buy([100])
    days.go(date(2026, 2, 10))
    bought = buy([200])
    days.go(date(2026, 3, 1))
    spend(15)
    assert [left for left, _day in lots()] == [0, 15]
    buy([400], on=date(2026, 2, 1))
    returned(bought, 1)
    assert [left for left, _day in lots()] == [0, 35, 0]
    sound()


def test_typed_late_they_are_active_at_once_with_their_right_days(days):
    days.go(date(2026, 3, 20))
    buy([1280], on=date(2026, 1, 10))
    assert (balance(), lots()) == ((0, 128, 0), [(128, date(2027, 1, 31))])
    assert rows() == [("earn_active", 128, date(2026, 1, 17))]
    buy([100], on=date(2026, 3, 13))
    buy([100], on=date(2026, 3, 14))
    assert balance() == (10, 138, 0)
    sound()


@pytest.mark.parametrize(("active", "end"), [(date(2026, 1, 31), date(2027, 1, 31)), (date(2027, 2, 28), date(2028, 2, 29))])
def test_points_end_with_the_month_a_year_on(days, active, end):
    days.go(active - timedelta(days=7))
    buy([100])
    days.go(active)
    assert lots() == [(10, end)]


def test_a_day_begins_where_the_store_is(days, at):
    """Midnight in Shanghai is 16:00 UTC of the day before."""
    days.go(date(2026, 1, 10))
    buy([100])
    at(noon(date(2026, 1, 16)) + timedelta(hours=11, minutes=59))
    days.work()
    assert balance() == (10, 0, 0)
    at(noon(date(2026, 1, 16)) + timedelta(hours=12))
    days.work()
    assert balance() == (0, 10, 0)


def test_at_the_counter_what_became_active_this_hour_counts(days, at):
    days.go(date(2026, 1, 10))
    buy([100])
    at(noon(date(2026, 1, 17)))
    spend(10)
    assert balance() == (0, 0, 0)
    sound()


def test_at_the_counter_what_ended_at_midnight_counts_no_more(days, at):
    days.go(date(2026, 1, 10))
    buy([100])
    days.go(date(2026, 1, 17))
    at(noon(date(2027, 2, 1)))
    with pytest.raises(RuleError) as refused:
        spend(10)
    assert refused.value.code == "not_enough"


@pytest.mark.parametrize(("yuan", "points"), [([9], 0), ([10], 1), ([19, 19], 3), ([1280], 128)])
def test_the_whole_receipt_is_rounded_down_once(days, yuan, points):
    days.go(date(2026, 1, 10))
    buy(yuan)
    assert balance() == (points, 0, 0)


def test_staff_purchases_and_those_before_the_rules_earn_nothing(ctx, at):
    met(at)
    with db.write_tx() as tx:
        rules_on(tx, live_from=date(2026, 1, 5))
    days = Days(at)
    days.go(date(2026, 1, 10))
    buy([500], for_staff=True)
    buy([500], on=date(2026, 1, 4))
    assert balance() == (0, 0, 0)
    buy([500], on=date(2026, 1, 5))
    assert balance() == (50, 0, 0)


def test_another_currency_earns_nothing(ctx, at):
    met(at)
    with db.write_tx() as tx:
        rules_on(tx, currency="GBP")
    buy([500])
    assert rows() == []


def test_without_rules_nothing_is_earned(ctx, at):
    met(at)
    buy([500])
    assert rows() == []
    assert faults() == []


def test_each_purchase_keeps_the_version_of_its_day(days):
    days.go(date(2026, 1, 10))
    with db.write_tx() as tx:
        rules_on(tx, live_from=date(2026, 1, 11), minor_per_point=100, pending_days=0, expiry_months=1)
    buy([100])
    days.go(date(2026, 1, 11))
    buy([100])
    assert (balance(), lots()) == ((10, 100, 0), [(100, date(2026, 2, 28))])
    days.go(date(2026, 1, 17))
    assert lots()[1] == (10, date(2027, 1, 31))


@pytest.mark.parametrize("name", ["points_activate", "points_expire", "points_forgive", "points_settle", "points_liability"])
def test_the_second_run_of_a_job_changes_nothing(days, name):
    days.go(date(2026, 1, 10))
    first = buy([1280])
    days.go(date(2026, 1, 17))
    spend(128)
    returned(first, 1)
    days.at(noon(date(2027, 9, 1)))
    jobs.run_now(name)
    before = rows(), balance(), lots()
    jobs.run_now(name)
    assert (rows(), balance(), lots()) == before
    assert clock.today("UTC") == date(2027, 9, 1)
