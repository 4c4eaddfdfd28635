"""After the owner changed whether receipts of value 0 count: the sums of the customers who have any are written anew, piece by piece."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import jobs
from relcrm.purchases import totals
from relcrm.purchases.models import Purchase
from relcrm.staff import settings

WALKED, AT_ONCE = 20_000, 50


@jobs.job("purchase_recount", every="now")
def piece(tx: Session, cursor: str | None) -> str | None:
    """The cursor is the answer that is being counted by, and the purchase up to which that is done."""
    wanted = settings.get("count_zero_value")
    if wanted == settings.get("zero_value_counted"):
        return None
    answer, _sign, done = (cursor or "").partition(":")
    start = int(done) if answer == str(wanted) else 0
    end = _next(tx, start)
    if end is None:
        settings.put(tx, "zero_value_counted", wanted)
        return None
    return f"{wanted}:{end}"


def _next(tx: Session, start: int) -> int | None:
    """Recount whose purchases stand after this one; up to which, None when there are no more."""
    last = tx.scalar(sa.select(sa.func.max(Purchase.id))) or 0
    if start >= last:
        return None
    here = sa.select(Purchase.id, Purchase.customer_id).where(Purchase.id > start, Purchase.id <= start + WALKED, totals.costs_nothing())
    rows = tx.execute(here.order_by(Purchase.id).limit(AT_ONCE)).all()
    if rows:
        totals.recompute(tx, {row.customer_id for row in rows})
    return rows[-1].id if len(rows) == AT_ONCE else start + WALKED
