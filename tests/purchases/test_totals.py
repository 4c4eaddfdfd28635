"""The sums: whatever the order in which receipts came in, they are what a plain count over the lines says."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from relcrm import clock, db
from relcrm.errors import RuleError
from relcrm.purchases import totals
from relcrm.purchases.models import CustomerTotals, Purchase, PurchaseLine
from relcrm.purchases.rules import Line
from tests import factories
from tests.purchases.selling import bring_back, sell

STORES = ("North", "South")
SELLERS = {"North": "ana", "South": "olu"}
A_LINE = st.builds(
    lambda unit, pieces, off: Line("Thing", unit, quantity=pieces, discount_minor=min(off, unit * pieces)),
    st.sampled_from((0, 1, 999, 68_000)), st.integers(1, 4), st.sampled_from((0, 0, 1, 500)),
)  # fmt: skip
RECEIPT = st.tuples(st.sampled_from(STORES), st.integers(0, 3), st.booleans(), st.lists(A_LINE, min_size=1, max_size=3))
BACK = st.tuples(st.integers(0, 5), st.integers(1, 3), st.integers(1, 4), st.lists(A_LINE, max_size=1))


class Undo(Exception):
    pass


def plain_count(tx) -> dict[str, object]:
    """The definitions of DOMAIN §2.1 in plain Python, over lines alone."""
    receipts = {row.id: row for row in tx.scalars(sa.select(Purchase))}
    lines = {row.id: row for row in tx.scalars(sa.select(PurchaseLine))}
    kept, pieces = dict.fromkeys(receipts, 0), dict.fromkeys(receipts, 0)
    for line in lines.values():
        booked = lines[line.returns_line_id].purchase_id if line.returns_line_id else line.purchase_id
        kept[booked] += line.line_minor
        pieces[booked] += line.quantity
    own = [row for row in receipts.values() if not row.for_staff]
    counted = [row for row in own if kept[row.id] > 0]
    return {
        "visit_days": len({(row.store_id, row.sold_on) for row in counted}), "purchases": len(counted), "items": sum(pieces[row.id] for row in counted),
        "spend_minor": sum(kept[row.id] for row in own), "last_on": max((row.sold_on for row in counted), default=None),
        "first_on": min((row.sold_on for row in counted), default=None),
        "staff_minor": sum(kept[row.id] for row in receipts.values() if row.for_staff),
        "staff_purchases": sum(row.for_staff for row in receipts.values()),
    }  # fmt: skip


def stored(tx, her: int) -> dict[str, object]:
    rows = (
        tx.execute(sa.select(CustomerTotals).where(CustomerTotals.customer_id == her), execution_options={"populate_existing": True})
        .scalars()
        .all()
    )
    assert len(rows) == 1
    return {name: getattr(rows[0], name) for name in plain_names}


plain_names = ("visit_days", "purchases", "items", "spend_minor", "last_on", "first_on", "staff_minor", "staff_purchases")


def play(tx, receipts, backs, order) -> dict[str, object]:
    """Sell in this order, then take back; everything must be as the plain count says at every step."""
    her, today = factories.customer("Cleo"), clock.today("Asia/Shanghai")
    made: dict[int, Purchase] = {}
    for place in order:
        store, ago, for_staff, lines = receipts[place]
        actor = tx.merge(factories.staff(SELLERS[store]))
        made[place] = sell(tx, actor, her, store=store, lines=lines, on=today - timedelta(days=ago), for_staff=for_staff)
        assert stored(tx, her.id) == plain_count(tx)
    for which, line, pieces, lines in backs:
        bought = made[which % len(receipts)]
        if line <= len(receipts[which % len(receipts)][3]):
            try:
                bring_back(tx, tx.merge(factories.staff("ana")), bought, {line: pieces}, lines=lines)
            except RuleError as refused:
                assert refused.code == "more_than_bought"
    assert stored(tx, her.id) == plain_count(tx)
    assert tx.scalar(sa.select(sa.func.min(Purchase.kept_minor))) >= 0
    assert tx.scalar(sa.select(sa.func.min(Purchase.kept_items))) >= 0
    return stored(tx, her.id)


@settings(max_examples=25)
@given(st.data())
def test_replaying_lines_in_any_order_gives_the_same_totals_and_returns_never_go_below_zero(ctx, data):
    receipts = data.draw(st.lists(RECEIPT, min_size=1, max_size=4))
    backs = data.draw(st.lists(BACK, max_size=4))
    found = []
    for order in (range(len(receipts)), data.draw(st.permutations(range(len(receipts))))):
        with pytest.raises(Undo), db.write_tx() as tx:
            found.append(play(tx, receipts, backs, order))
            raise Undo
    assert found[0] == found[1]


def test_recomputing_mends_whatever_stood_there(ctx):
    with db.write_tx() as tx:
        her = factories.customer("Cleo")
        bought = sell(tx, tx.merge(factories.staff("ana")), her, ("Coat", 500), ("Scarf", 100), on=date(2025, 3, 1))
        bring_back(tx, tx.merge(factories.staff("ana")), bought, {2: 1})
        right = stored(tx, her.id)
        tx.execute(sa.update(Purchase).values(total_minor=1, kept_minor=2, kept_items=3))
        tx.execute(sa.update(CustomerTotals).values(spend_minor=7, visit_days=9, last_on=None))
        totals.recompute(tx, [her.id])
        assert stored(tx, her.id) == right == plain_count(tx)


def test_who_has_no_purchase_has_no_totals(ctx):
    with db.write_tx() as tx:
        totals.recompute(tx, [factories.customer("Noor").id])
        assert tx.scalar(sa.select(sa.func.count()).select_from(CustomerTotals)) == 0
