"""Points by hand: redeeming, taking back, correcting, merging, giving up, and the rules of the chain."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from relcrm import clock, db, jobs
from relcrm.consent import ledger
from relcrm.customers import import_revert, merge_undo, merging
from relcrm.customers import queries as customers
from relcrm.errors import BadValue, NotAllowed, NotFound, RuleError
from relcrm.loyalty import approvals, points_policy, points_queries, points_rules, points_terms
from relcrm.loyalty.approvals_models import Approval
from relcrm.loyalty.points_models import PointsBalance, PointsEntry, PointsLot, PointsPending
from relcrm.loyalty.points_policy import Terms
from relcrm.purchases import totals
from relcrm.staff.models import Store
from tests import factories
from tests.loyalty.keeping import adjust, balance, faults, holds, lots, noon, redeem, rows, rules_on, take_back
from tests.purchases.selling import bring_back, sell

CLEO = {"her": "Cleo"}


@pytest.fixture
def hers(ctx):
    """Cleo has 128 active points."""
    with db.write_tx() as tx:
        rules_on(tx)
        return buy(tx, 1280)


def buy(tx, yuan, her="Cleo", ago=10):
    today = clock.today("Asia/Shanghai")
    return sell(tx, tx.merge(factories.staff("ana")), factories.customer(her), ("Thing", yuan * 100), on=today - timedelta(days=ago))


def refused(code, act, *more, **named):
    with pytest.raises((RuleError, BadValue, NotAllowed, NotFound)) as told, db.write_tx() as tx:
        act(tx, *more, **named)
    assert told.value.code == code


def sound():
    with db.write_tx() as tx:
        holds(tx)
    assert faults() == []


def test_redeeming_says_by_whom_when_for_what(hers):
    with db.write_tx() as tx:
        made = redeem(tx, 100, **CLEO)
        assert (made.active, made.reason, made.parameters["value_minor"], made.store_id) == (-100, "money", 1000, 1)
        assert made.actor_id == factories.staff("ana").id
        gift = redeem(tx, 8, for_what="gift", words="  a   scarf ", **CLEO)
        assert (gift.words, gift.parameters["value_minor"]) == ("a scarf", 0)
    assert balance(**CLEO) == (0, 20, 0)
    sound()


def test_nobody_redeems_more_than_is_active(hers):
    with db.write_tx() as tx:
        buy(tx, 500, ago=0)
    refused("not_enough", redeem, 129, **CLEO)
    refused("points", redeem, 0, **CLEO)
    refused("no_gift", redeem, 5, for_what="gift", **CLEO)
    refused("forbidden", redeem, 5, for_what="gift", words="she is pregnant", **CLEO)
    assert balance(**CLEO) == (50, 128, 0)


def test_without_rules_nothing_is_redeemed_or_corrected(ctx):
    refused("points_off", redeem, 1, **CLEO)
    refused("points_off", adjust, 1, **CLEO)


def test_a_closed_file_redeems_nothing(hers):
    with db.write_tx() as tx:
        seen = customers.seen_by(factories.staff("ana"), factories.customer("Cleo"))
        ledger.append(tx, seen.customer.id, ledger.SERVICE, "withdraw", method="in_person_verbal", actor_type="staff", lang="en")
        ana = tx.merge(factories.staff("ana"))
        with pytest.raises(RuleError) as told:
            points_rules.redeem(tx, ana, seen, 10)
    assert told.value.code == "closed"


def test_points_are_money_in_their_own_currency_only(hers):
    with db.write_tx() as tx:
        tx.execute(sa.update(Store).values(currency="GBP"))
    refused("other_currency", redeem, 10, **CLEO)
    with db.write_tx() as tx:
        assert redeem(tx, 10, for_what="gift", words="scarf", **CLEO).active == -10


def test_who_may_not_redeem_there_does_not(hers):
    refused("needs_points_redeem", redeem, 10, by="olu", **CLEO)
    refused("needs_points_redeem", redeem, 10, by="hua", **CLEO)
    refused("needs_points_adjust", adjust, 10, by="ana", **CLEO)


def test_what_was_redeemed_comes_back_the_same_day_by_the_same_person_once(hers):
    with db.write_tx() as tx:
        made = redeem(tx, 100, **CLEO).public_id
    refused("not_yours", take_back, made, by="ben", **CLEO)
    refused("no_row", take_back, made, her="Noor")
    with db.write_tx() as tx:
        take_back(tx, made, **CLEO)
    assert [left for left, _day in lots(**CLEO)] == [128]
    refused("taken_back", take_back, made, **CLEO)
    sound()


def test_on_another_day_it_does_not_come_back(hers, at):
    with db.write_tx() as tx:
        made = redeem(tx, 100, **CLEO).public_id
    at(clock.now() + timedelta(days=1))
    refused("too_late", take_back, made, **CLEO)


def test_a_small_correction_is_done_at_once_with_its_reason(hers):
    with db.write_tx() as tx:
        made = adjust(tx, 50, **CLEO)
        assert (made.active, made.words, made.actor_id) == (50, "Wrong receipt", factories.staff("ben").id)
        adjust(tx, -178, "Given twice", **CLEO)
    assert balance(**CLEO) == (0, 0, 0)
    refused("not_enough", adjust, -1, **CLEO)
    refused("no_reason", adjust, 1, "", **CLEO)
    sound()


def test_above_the_limit_another_person_decides(hers):
    with db.write_tx() as tx:
        made = adjust(tx, 501, **CLEO)
        assert isinstance(made, Approval)
        public_id = made.public_id
    assert balance(**CLEO) == (0, 128, 0)
    with db.write_tx() as tx:
        hua = tx.merge(factories.staff("hua"))
        approvals.decide(tx, hua, approvals.get(hua, public_id), True)
    assert balance(**CLEO) == (0, 629, 0)
    entry = db.session().scalars(sa.select(PointsEntry).order_by(PointsEntry.id.desc())).first()
    assert (entry.actor_id, entry.parameters["decided_by"]) == (factories.staff("ben").id, factories.staff("hua").id)
    sound()


def test_many_small_corrections_of_a_day_are_a_large_one(hers):
    with db.write_tx() as tx:
        assert isinstance(adjust(tx, 300, **CLEO), PointsEntry)
        assert isinstance(adjust(tx, -200, **CLEO), PointsEntry)
        assert isinstance(adjust(tx, 1, **CLEO), Approval)


def test_a_large_correction_of_a_file_closed_meanwhile_is_not_done(hers):
    with db.write_tx() as tx:
        public_id = adjust(tx, 900, **CLEO).public_id
        factories.customer("Cleo").closed_at = clock.now()
    with db.write_tx() as tx:
        row = tx.scalar(sa.select(Approval).where(Approval.public_id == public_id))
        with pytest.raises(RuleError):
            approvals.kinds[row.kind].apply(tx, row)
    assert balance_of(1) == (0, 128, 0)


def balance_of(customer_id):
    row = db.session().get(PointsBalance, customer_id)
    return row.pending, row.active, row.debt


def test_erasing_her_gives_everything_up(hers):
    with db.write_tx() as tx:
        buy(tx, 200, ago=0)
        her = factories.customer("Cleo").id
        assert points_rules.forfeit(tx, None, her) == {"pending": 20, "active": 128, "debt": 0}
        assert points_rules.forfeit(tx, None, her) == {"pending": 0, "active": 0, "debt": 0}
    assert balance(**CLEO) == (0, 0, 0)
    sound()


# --- of two files


def merge(tx, winner="Cleo", loser="Noor"):
    actor = tx.merge(factories.staff("ana"))
    one, other = (customers.seen_by(actor, factories.customer(name)) for name in (winner, loser))
    versions = (one.customer.version, other.customer.version)
    return merging.merge(tx, actor, one, other, merging.Choice(), versions=versions).id


def undo(tx, alias_id):
    actor = tx.merge(factories.staff("ana"))
    merge_undo.undo(tx, actor, customers.seen_by(actor, factories.customer("Cleo")), alias_id)


def test_points_of_a_merged_file_go_over_and_come_back(hers):
    with db.write_tx() as tx:
        buy(tx, 300, "Noor")
        buy(tx, 200, "Noor", ago=0)
    with db.write_tx() as tx:
        alias = merge(tx)
    assert balance(**CLEO) == (20, 158, 0)
    sound()
    with db.write_tx() as tx:
        undo(tx, alias)
    assert (balance(**CLEO), balance("Noor")) == ((0, 128, 0), (20, 30, 0))
    sound()


def test_what_happened_to_points_while_both_were_one_stays_right_after_the_undo(hers, at):
    with db.write_tx() as tx:
        back = buy(tx, 300, "Noor")
        buy(tx, 200, "Noor", ago=0)
    with db.write_tx() as tx:
        alias = merge(tx)
        redeem(tx, 140, **CLEO)
    at(clock.now() + timedelta(days=8))
    jobs.run_now("points_activate")
    with db.write_tx() as tx:
        bring_back(tx, tx.merge(factories.staff("ana")), tx.merge(back), {1: 1})
        redeem(tx, 8, **CLEO)
    assert balance(**CLEO) == (0, 0, 0)
    with db.write_tx() as tx:
        undo(tx, alias)
    sound()
    assert sum(balance(**CLEO)) + sum(balance("Noor")) == 0


def test_a_debt_paid_by_the_other_ones_points_stays_paid(hers, at):
    with db.write_tx() as tx:
        redeem(tx, 128, **CLEO)
        bring_back(tx, tx.merge(factories.staff("ana")), tx.merge(hers), {1: 1})
        buy(tx, 200, "Noor", ago=0)
        alias = merge(tx)
    at(clock.now() + timedelta(days=8))
    jobs.run_now("points_activate")
    assert balance(**CLEO) == (0, 0, 108)
    with db.write_tx() as tx:
        undo(tx, alias)
    sound()
    assert (balance(**CLEO), balance("Noor")) == ((0, 0, 108), (0, 0, 0))


def test_a_file_that_made_her_is_not_taken_back_once_somebody_corrected_her_points(hers):
    her, noor = factories.customer("Cleo").id, factories.customer("Noor").id
    held = import_revert.holding[-1]
    assert held([her, noor]) == set()
    with db.write_tx() as tx:
        adjust(tx, 5, **CLEO)
    assert held([her, noor]) == {her}


# --- followers


def test_following_again_changes_nothing(hers):
    before = rows(**CLEO)
    with db.write_tx() as tx:
        totals.recompute(tx, [factories.customer("Cleo").id, factories.customer("Noor").id])
        totals.follow(tx, factories.customer("Cleo").id, [hers.id])
    assert rows(**CLEO) == before


def test_a_purchase_that_is_gone_takes_its_points_along(hers):
    from relcrm.purchases.models import Purchase, PurchaseLine

    with db.write_tx() as tx:
        tx.execute(sa.delete(PurchaseLine).where(PurchaseLine.purchase_id == hers.id))
        tx.execute(sa.delete(Purchase).where(Purchase.id == hers.id))
        totals.recompute(tx, [factories.customer("Cleo").id])
    assert balance(**CLEO) == (0, 0, 0)
    sound()


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        (sa.update(PointsBalance).values(active=7), "points: balances equal the ledger"),
        (sa.delete(PointsBalance), "points: balances equal the ledger"),
        (sa.update(PointsLot).values(remaining=5), "points: lots hold what is left of them"),
        (sa.update(PointsPending).values(points=1), "points: what waits equals the ledger"),
        (sa.delete(PointsPending), "points: what waits equals the ledger"),
        (sa.delete(PointsEntry), "points: purchases gave what they earn"),
    ],
)
def test_doctor_finds_and_mends_what_follows_from_other_rows(hers, statement, name):
    from relcrm import doctor

    with db.write_tx() as tx:
        buy(tx, 300, ago=0)
        if statement.is_delete and statement.table.name == "points_entry":
            tx.execute(sa.delete(PointsLot))
            tx.execute(sa.delete(PointsPending))
        tx.execute(statement)
    db.session().rollback()
    check = next(check for check in doctor.checks if check.name == name)
    assert list(check.faults(False)) != []
    check.mend()
    assert list(check.faults(False)) == []
    sound()


# --- the rules of the chain


def publish(by="hua", **more):
    with db.write_tx() as tx:
        actor = tx.merge(factories.staff(by))
        today = clock.today("Asia/Shanghai")
        terms = Terms(**{"live_from": today, "currency": "CNY", "minor_per_point": 1000, "value_minor": 10, **more})
        return points_policy.publish(tx, actor, terms, today).id


def test_the_first_rules_hold_from_today_and_for_what_was_sold_this_morning(ctx):
    with db.write_tx() as tx:
        buy(tx, 100, ago=0)
        buy(tx, 100, ago=1)
    publish()
    assert rows(**CLEO) == []
    jobs.run_now("points_settle")
    assert balance(**CLEO) == (10, 0, 0)
    assert faults() == []


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"live_from": date(2020, 1, 1)}, "day_passed"), ({"currency": "XAU"}, "currency"), ({"value_minor": 0}, "out_of_range"),
        ({"breakage": 101}, "out_of_range"), ({"expiry_months": 0}, "out_of_range"), ({"pending_days": 91}, "out_of_range"),
    ],
)  # fmt: skip
def test_rules_that_cannot_hold_are_refused(ctx, terms, code):
    with pytest.raises(BadValue) as told:
        publish(**terms)
    assert told.value.code == code


def test_the_next_version_holds_from_tomorrow_at_the_earliest(ctx):
    publish()
    with pytest.raises(BadValue) as told:
        publish()
    assert told.value.code == "day_passed"
    tomorrow = clock.today("Asia/Shanghai") + timedelta(days=1)
    publish(live_from=tomorrow + timedelta(days=3))
    with pytest.raises(RuleError):
        publish(live_from=tomorrow)


def test_only_the_owner_publishes(ctx):
    with pytest.raises(NotAllowed):
        publish("ben")


@pytest.mark.parametrize(("currency", "spent", "value"), [("CNY", 1000, 10), ("GBP", 100, 1), ("JPY", 100, 1)])
def test_the_usual_rules_suit_the_currency(currency, spent, value):
    terms = points_policy.usual(currency, date(2026, 1, 1))
    assert (terms.minor_per_point, terms.value_minor) == (spent, value)


def test_what_is_open_is_active_points_times_value_less_breakage(hers):
    with db.write_tx() as tx:
        buy(tx, 100, "Noor", ago=0)
        policy = rules_on(tx, breakage=15, value_minor=3)
        assert points_terms.liability(policy, 128) == 327  # 128 × 3 × 0.85 = 326.4, rounded up
    jobs.run_now("points_liability")
    jobs.run_now("points_liability")
    on, found = points_queries.liability(factories.staff("hua"))
    assert on is not None
    assert {store.name: (row.customers, row.active, row.pending) for store, row in found} == {"North": (2, 128, 10), "South": (0, 0, 0)}
    assert [store.name for store, _row in points_queries.liability(factories.staff("olu"))[1]] == ["South"]


def test_points_expire_only_after_their_day(hers, at):
    last = lots(**CLEO)[0][1]
    at(noon(last))
    jobs.run_now("points_expire")
    assert balance(**CLEO) == (0, 128, 0)
    at(noon(last + timedelta(days=1)))
    jobs.run_now("points_expire")
    assert balance(**CLEO) == (0, 0, 0)
    sound()
