"""Two customers who were one file for a while: whatever happened before and meanwhile, after the undo each one's points are sound."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from relcrm import clock, db
from relcrm.customers import merge_undo, merging
from relcrm.customers import queries as customers
from relcrm.errors import RuleError
from relcrm.loyalty import points_tasks
from relcrm.loyalty.points_models import PointsBalance, PointsEntry, PointsPending
from relcrm.purchases.models import Purchase
from tests import factories
from tests.loyalty.keeping import holds, redeem, rules_on
from tests.purchases.selling import bring_back, sell

TWO = ("Cleo", "Noor")
STEP = st.one_of(
    st.tuples(st.just("buy"), st.integers(0, 1), st.sampled_from((155, 455, 1280)), st.sampled_from((0, 3, 10))),
    st.tuples(st.just("return"), st.integers(0, 3)),
    st.tuples(st.just("redeem"), st.integers(0, 1), st.sampled_from((15, 45, 128))),
    st.tuples(st.just("days"), st.sampled_from((1, 8))),
)


class Undo(Exception):
    pass


class Shop:
    def __init__(self, tx, at):
        self.tx, self.at, self.bought, self.names = tx, at, [], TWO
        self.ana = tx.merge(factories.staff("ana"))

    def play(self, step):
        try:
            with self.tx.begin_nested():
                getattr(self, f"_{step[0]}")(*step[1:])
        except RuleError as refused:
            assert refused.code in ("more_than_bought", "not_enough", "before_sale")
        self.sound()

    def sound(self):
        self.tx.flush()
        holds(self.tx)
        waiting = dict(list(row) for row in self.tx.execute(sa.select(PointsPending.purchase_id, PointsPending.points)))
        sums = sa.select(PointsEntry.purchase_id, sa.func.sum(PointsEntry.pending)).where(PointsEntry.purchase_id.is_not(None))
        assert waiting == {row[0]: row[1] for row in self.tx.execute(sums.group_by(PointsEntry.purchase_id)) if row[1]}
        strays = sa.select(PointsEntry.id).join(Purchase, Purchase.id == PointsEntry.purchase_id)
        assert self.tx.scalars(strays.where(Purchase.customer_id != PointsEntry.customer_id)).all() == []

    def _buy(self, who, yuan, ago):
        day = clock.today("Asia/Shanghai") - timedelta(days=ago)
        name = self.names[who % len(self.names)]
        self.bought.append(sell(self.tx, self.ana, factories.customer(name), ("Thing", yuan * 100), on=day).id)

    def _return(self, which):
        if self.bought:
            bought = self.tx.get_one(Purchase, self.bought[which % len(self.bought)])
            bring_back(self.tx, self.ana, bought, {1: 1})

    def _redeem(self, who, points):
        redeem(self.tx, points, her=self.names[who % len(self.names)])

    def _days(self, days):
        self.at(clock.now() + timedelta(days=days))
        points_tasks.activate(self.tx, None)

    def merge(self):
        one, other = (customers.seen_by(self.ana, factories.customer(name)) for name in TWO)
        versions = (one.customer.version, other.customer.version)
        self.names = TWO[:1]
        self.alias = merging.merge(self.tx, self.ana, one, other, merging.Choice(), versions=versions).id
        self.sound()

    def undo(self):
        merge_undo.undo(self.tx, self.ana, customers.seen_by(self.ana, factories.customer("Cleo")), self.alias)
        self.names = TWO
        self.sound()

    def in_all(self):
        found = self.tx.execute(sa.select(PointsBalance.pending, PointsBalance.active, PointsBalance.debt)).all()
        return sum(pending + active - debt for pending, active, debt in found)


@settings(max_examples=30)
@given(before=st.lists(STEP, max_size=6), meanwhile=st.lists(STEP, max_size=6), after=st.lists(STEP, max_size=3))
def test_any_history_across_a_merge_and_its_undo_keeps_both_sound(ctx, at, before, meanwhile, after):
    start = clock.now()
    with pytest.raises(Undo), db.write_tx() as tx:
        rules_on(tx)
        shop = Shop(tx, at)
        for step in before:
            shop.play(step)
        shop.merge()
        for step in meanwhile:
            shop.play(step)
        had = shop.in_all()
        shop.undo()
        assert shop.in_all() == had, "nothing is won or lost by taking two files apart"
        for step in after:
            shop.play(step)
        raise Undo
    at(start)
