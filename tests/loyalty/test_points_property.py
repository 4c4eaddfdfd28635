"""Whatever happens in whatever order: balances are sums of rows, no lot below zero, and the jobs change nothing twice."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from relcrm import clock, db, jobs
from relcrm.errors import RuleError
from relcrm.loyalty import points_tasks
from relcrm.loyalty.points_models import PointsBalance, PointsEntry
from relcrm.purchases import totals
from relcrm.purchases.rules import Line
from tests import factories
from tests.loyalty.keeping import HER, adjust, holds, met, noon, redeem, rows_on, rules_on, take_back
from tests.purchases.selling import bring_back, sell

START = date(2026, 2, 1)
WORK = (points_tasks.activate, points_tasks.expire, points_tasks.forgive)
YUAN = st.sampled_from((9, 10, 155, 455, 1280))
STEP = st.one_of(
    st.tuples(st.just("buy"), st.lists(YUAN, min_size=1, max_size=2), st.integers(0, 40)),
    st.tuples(st.just("return"), st.integers(0, 4), st.integers(1, 2)),
    st.tuples(st.just("redeem"), st.sampled_from((1, 20, 100, 128))),
    st.tuples(st.just("take_back")),
    st.tuples(st.just("adjust"), st.sampled_from((-40, -1, 30, 200))),
    st.tuples(st.just("days"), st.sampled_from((1, 7, 30, 200, 380))),
    st.tuples(st.just("again")),
)


class Undo(Exception):
    pass


class Shop:
    """One customer's history as it is played, inside one transaction."""

    def __init__(self, tx, at):
        self.tx, self.at, self.day = tx, at, START
        self.bought, self.redeemed = [], []
        at(noon(START))

    def play(self, step):
        try:
            with self.tx.begin_nested():
                getattr(self, f"_{step[0]}")(*step[1:])
        except RuleError as refused:
            assert refused.code in ("more_than_bought", "not_enough", "too_late", "taken_back", "before_sale")
        self.tx.flush()
        holds(self.tx)

    def _buy(self, yuan, ago):
        lines = [Line("Thing", one * 100) for one in yuan]
        on = max(self.day - timedelta(days=ago), START)
        self.bought.append((sell(self.tx, self.tx.merge(factories.staff("ana")), factories.customer(HER), lines=lines, on=on), len(yuan)))

    def _return(self, which, place):
        if self.bought:
            bought, lines = self.bought[which % len(self.bought)]
            bring_back(self.tx, self.tx.merge(factories.staff("ana")), bought, {min(place, lines): 1}, on=self.day)

    def _redeem(self, points):
        before = self.tx.scalar(sa.select(PointsBalance.active)) or 0
        self.redeemed.append(redeem(self.tx, points).public_id)
        assert points <= before or self.tx.scalar(sa.select(sa.func.sum(PointsEntry.active))) >= 0

    def _take_back(self):
        if self.redeemed:
            take_back(self.tx, self.redeemed[-1])

    def _adjust(self, points):
        adjust(self.tx, points)

    def _days(self, days):
        self.day += timedelta(days=days)
        self.at(noon(self.day))
        for job in WORK:
            job(self.tx, None)
        before = rows_on(self.tx)
        for job in WORK:
            job(self.tx, None)
        assert rows_on(self.tx) == before, "the second run of a job changes nothing"

    def _again(self):
        before = rows_on(self.tx)
        totals.recompute(self.tx, [factories.customer(HER).id])
        assert rows_on(self.tx) == before, "following again changes nothing"


@settings(max_examples=40)
@given(steps=st.lists(STEP, min_size=1, max_size=12))
def test_any_history_keeps_the_ledger_sound(ctx, at, steps):
    _meet_once(at)
    with pytest.raises(Undo), db.write_tx() as tx:
        rules_on(tx)
        shop = Shop(tx, at)
        for step in steps:
            shop.play(step)
        raise Undo


@settings(max_examples=25)
@given(data=st.data())
def test_purchases_and_returns_in_any_order_of_typing_give_the_same_points(ctx, at, data):
    _meet_once(at)
    receipts = data.draw(
        st.lists(st.tuples(st.lists(YUAN, min_size=1, max_size=2), st.integers(0, 30), st.booleans()), min_size=1, max_size=4)
    )
    found = []
    for order in (range(len(receipts)), data.draw(st.permutations(range(len(receipts))))):
        with pytest.raises(Undo), db.write_tx() as tx:
            rules_on(tx)
            shop = Shop(tx, at)
            shop.day = START + timedelta(days=31)
            at(noon(shop.day))
            for place in order:
                yuan, ago, returned = receipts[place]
                shop.play(("buy", yuan, ago))
                if returned:
                    shop.play(("return", len(shop.bought) - 1, 1))
            shop.play(("days", 7))
            found.append(tx.execute(sa.select(PointsBalance.pending, PointsBalance.active, PointsBalance.debt)).all())
            raise Undo
    assert found[0] == found[1]


def _meet_once(at):
    if not db.session().scalar(sa.select(sa.func.count()).select_from(factories.Customer).where(factories.Customer.name.startswith(HER))):
        met(at)
    db.session().rollback()
    at(noon(START))


def test_hundreds_of_purchases_of_many_customers_cost_no_more_queries_than_a_few(ctx, at):
    met(at)
    at(noon(START))
    ids = [factories.customer("Gala").id, factories.customer("Cleo").id]
    counts = []
    for count in (3, 240):
        with db.write_tx() as tx:
            if not counts:
                rules_on(tx)
            made = _rows(tx, ids, count)
            counts.append(_queries(tx, lambda tx=tx, made=made: _told(tx, ids, made)))
    assert counts[1] <= counts[0] + 2, counts  # rows are inserted in batches
    with db.write_tx() as tx:
        holds(tx)
        assert tx.scalar(sa.select(sa.func.count()).select_from(PointsEntry)) == 243


def _rows(tx, ids, count):
    """Purchases as an import writes them: many at once, sums already there."""
    from relcrm.purchases.models import Purchase

    first = (tx.scalar(sa.select(sa.func.max(Purchase.id))) or 0) + 1
    values = {
        "store_id": 1,
        "sold_on": START,
        "sold_at": clock.now(),
        "at": clock.now(),
        "kind": "sale",
        "currency": "CNY",
        "source": "till",
    }
    made = [
        {"id": first + n, "public_id": f"p-{first + n}", "customer_id": ids[n % 2], "kept_minor": 100_000, "for_staff": False, "note": "", **values}
        for n in range(count)
    ]  # fmt: skip
    tx.execute(sa.insert(Purchase), made)
    return [row["id"] for row in made]


def _told(tx, ids, made):
    for follower in totals.followers:
        follower(tx, ids, made)


def _queries(tx, act):
    found = []

    def note(_conn, _cursor, statement, *_rest):
        found.append(statement)

    connection = tx.connection()
    sa.event.listen(connection, "before_cursor_execute", note)
    act()
    tx.flush()
    sa.event.remove(connection, "before_cursor_execute", note)
    return len(found)


def test_the_jobs_are_known_to_the_worker(ctx):
    assert {"points_activate", "points_expire", "points_forgive", "points_settle", "points_liability", "approvals_alone"} <= set(
        jobs.names()
    )
