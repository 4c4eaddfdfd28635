"""However the rows of one till are ordered and cut into files, the sums of the customers are the same."""

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from relcrm import db
from relcrm.purchases import totals as totals_of
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.receipts.models import ReceiptLine, WaitingContact, WaitingLine
from tests import factories
from tests.receipts.files import CLEO, NOOR, bring_in, day, revert, table, totals
from tests.receipts.test_receipts import sound

GOODS = ("Belt", "Coat", "Scarf")
sales = st.lists(
    st.tuples(st.sampled_from((CLEO, NOOR)), st.integers(10, 14), st.sampled_from(GOODS), st.integers(1, 3), st.integers(0, 50)),
    min_size=1,
    max_size=8,
)


def rows_of(drawn, returned):
    """Each sale has a receipt and a line of its own; some come back whole, by the number of their sale."""
    rows = [
        (
            f"R{n - n % 2 if drawn[n - n % 2][:2] == drawn[n][:2] else n}",
            str(n),
            day(ago),
            phone,
            goods,
            str(pieces),
            str(price * pieces),
            "",
        )
        for n, (phone, ago, goods, pieces, price) in enumerate(drawn)
    ]
    back = [(f"B{n}", "1", day(3), row[3], row[4], f"-{row[5]}", f"-{row[6]}", row[0]) for n, row in enumerate(rows) if n in returned]
    return [*rows, *back]


def emptied():
    """The examples share one book: what the last one sold is not sold."""
    with db.write_tx() as tx:
        for model in (ReceiptLine, WaitingContact, WaitingLine, PurchaseLine, Purchase):
            tx.execute(sa.delete(model).execution_options(synchronize_session=False))
        totals_of.recompute(tx, [factories.customer(name).id for name in ("Cleo", "Noor")])


HEADER = ("Receipt number", "Line number", "Date", "Phone", "Item", "Quantity", "Net sales", "Original receipt")


@settings(max_examples=12)
@given(drawn=sales, returned=st.sets(st.integers(0, 7), max_size=2), order=st.randoms(use_true_random=False), cut=st.integers(1, 9))
def test_order_and_cutting_make_no_difference(ctx, drawn, returned, order, cut):
    emptied()
    rows = rows_of(drawn, returned)
    whole = bring_in(table(rows, HEADER), source="whole")
    wanted = totals("Cleo"), totals("Noor")
    assert sound()
    revert(whole)
    assert [one for one in (totals("Cleo"), totals("Noor")) if one] == []
    shuffled = list(rows)
    order.shuffle(shuffled)
    parts = [shuffled[start : start + cut] for start in range(0, len(shuffled), cut)]
    for part in [*parts, parts[0]]:
        bring_in(table(part, HEADER), source="whole")
    assert (totals("Cleo"), totals("Noor")) == wanted
    assert sound()
