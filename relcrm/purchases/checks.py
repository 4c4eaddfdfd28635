"""What `relcrm doctor` asks of purchases: every sum equals its lines. Asking only reads; mending is writing them anew."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from relcrm import doctor
from relcrm.db import session, write_tx
from relcrm.purchases import totals
from relcrm.purchases.models import CustomerTotals, Purchase, PurchaseLine

PIECE = 5_000
HELPS = "relcrm doctor --mend"
AT_ONCE = 100


def _pieces(column: Any) -> Iterator[Any]:
    """Conditions that walk a table by its key, piece by piece; what a piece loads is let go with it."""
    last = session().scalar(sa.select(sa.func.max(column))) or 0
    first = session().scalar(sa.select(sa.func.min(column))) or 0
    while first <= last:
        end = session().scalar(sa.select(column).where(column >= first).order_by(column).offset(PIECE).limit(1)) or last + 1
        end = max(end, first + 1)  # one customer may fill a piece of her own
        yield sa.and_(column >= first, column < end)
        session().rollback()
        first = end


def mend() -> None:
    """Write the sums of everybody anew whose sums are wrong, a few at a time so that the tills go on."""
    for owner in (Purchase.customer_id, CustomerTotals.customer_id):
        for piece in _pieces(owner):
            of_wrong = sa.select(Purchase.customer_id).where(
                Purchase.id.in_(wrong_purchases(piece) if owner is Purchase.customer_id else ())
            )
            ids = sorted({*wrong_totals(piece, owner), *session().scalars(of_wrong)})
            for start in range(0, len(ids), AT_ONCE):
                with write_tx() as tx:
                    totals.recompute(tx, ids[start : start + AT_ONCE])


@doctor.check("purchases equal their lines", HELPS, mend)
def _purchases(_deep: bool) -> Iterator[str]:
    for piece in _pieces(Purchase.id):
        yield from (f"purchase {row} is not the sum of its lines" for row in wrong_purchases(piece))


def wrong_purchases(piece: Any) -> Sequence[int]:
    """Ids of purchases whose sums differ from those of their lines."""
    right = sa.select(
        Purchase.id, totals.total().label("total"), totals.kept("line_minor").label("kept"), totals.kept("quantity").label("pieces")
    )
    computed = right.where(piece).subquery()
    differs = sa.or_(
        Purchase.total_minor != computed.c.total, Purchase.kept_minor != computed.c.kept, Purchase.kept_items != computed.c.pieces
    )
    return session().scalars(sa.select(Purchase.id).join(computed, computed.c.id == Purchase.id).where(differs)).all()


@doctor.check("nothing came back twice")
def _returns(_deep: bool) -> Iterator[str]:
    for piece in _pieces(PurchaseLine.id):
        back = sa.select(PurchaseLine.returns_line_id, sa.func.sum(PurchaseLine.quantity).label("pieces"))
        back = back.where(PurchaseLine.returns_line_id.is_not(None)).group_by(PurchaseLine.returns_line_id)
        computed = back.subquery()
        over = sa.select(PurchaseLine.id).join(computed, computed.c.returns_line_id == PurchaseLine.id)
        over = over.where(piece, PurchaseLine.quantity + computed.c.pieces < 0)
        yield from (f"of line {line_id} more came back than was bought" for line_id in session().scalars(over))


@doctor.check("totals equal the purchases", HELPS, mend)
def _totals(_deep: bool) -> Iterator[str]:
    for owner in (Purchase.customer_id, CustomerTotals.customer_id):
        for piece in _pieces(owner):
            yield from (f"the totals of customer {one} are not those of her purchases" for one in wrong_totals(piece, owner))


def wrong_totals(piece: Any, owner: Any) -> list[int]:
    """Ids of customers of this piece whose stored totals differ, are missing, or are there without a purchase."""
    ids = sa.select(owner).where(piece)
    right = {tuple(row) for row in session().execute(totals.figures().where(Purchase.customer_id.in_(ids)))}
    columns = [getattr(CustomerTotals, name) for name in totals.COLUMNS]
    stored = {tuple(row) for row in session().execute(sa.select(*columns).where(CustomerTotals.customer_id.in_(ids)))}
    return sorted({row[0] for row in right ^ stored})
