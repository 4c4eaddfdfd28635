"""What `relcrm doctor` asks of points: sums equal rows, lots equal what went of them, purchases gave what they are due."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from relcrm import doctor
from relcrm.db import session, write_tx
from relcrm.loyalty import points_earning, points_policy
from relcrm.loyalty.points_book import SILENT, figures, sum_up
from relcrm.loyalty.points_models import PointsAllocation, PointsBalance, PointsEntry, PointsLot, PointsPending
from relcrm.purchases.models import Purchase

PIECE, AT_ONCE = 5_000, 100
HELPS = "relcrm doctor --mend"


def _pieces(column: Any) -> Iterator[Any]:
    """Conditions that walk a table by its key, piece by piece; what a piece loads is let go with it."""
    first, last = session().execute(sa.select(sa.func.min(column), sa.func.max(column))).one()
    while first is not None and first <= last:
        end = session().scalar(sa.select(column).where(column >= first).order_by(column).offset(PIECE).limit(1)) or last + 1
        end = max(end, first + 1)
        yield sa.and_(column >= first, column < end)
        session().rollback()
        first = end


def _wrong_balances(piece: Any, owner: Any) -> set[int]:
    ids = sa.select(owner).where(piece)
    right = {tuple(row) for row in session().execute(figures().where(PointsEntry.customer_id.in_(ids)))}
    columns = (PointsBalance.customer_id, PointsBalance.pending, PointsBalance.active, PointsBalance.debt)
    stored = {tuple(row) for row in session().execute(sa.select(*columns).where(PointsBalance.customer_id.in_(ids)))}
    return {row[0] for row in right ^ stored}


def _mend_balances() -> None:
    for owner in (PointsEntry.customer_id, PointsBalance.customer_id):
        for piece in _pieces(owner):
            wrong = sorted(_wrong_balances(piece, owner))
            with write_tx() as tx:
                sum_up(tx, wrong)


@doctor.check("points: balances equal the ledger", HELPS, _mend_balances)
def _balances(_deep: bool) -> Iterator[str]:
    for owner in (PointsEntry.customer_id, PointsBalance.customer_id):
        for piece in _pieces(owner):
            yield from (f"the points of customer {one} are not the sum of her rows" for one in sorted(_wrong_balances(piece, owner)))


def _wrong_lots(piece: Any) -> list[tuple[int, int]]:
    """Lots that hold something else than what went of them leaves, and what it leaves."""
    gone = sa.select(sa.func.coalesce(sa.func.sum(PointsAllocation.points), 0)).where(PointsAllocation.lot_id == PointsLot.id)
    left = PointsLot.points - gone.correlate(PointsLot).scalar_subquery()
    rows = session().execute(sa.select(PointsLot.id, left).where(piece, sa.or_(PointsLot.remaining != left, left < 0)))
    return [(row[0], int(row[1])) for row in rows]


def _mend_lots() -> None:
    for piece in _pieces(PointsLot.id):
        wrong = [(lot_id, left) for lot_id, left in _wrong_lots(piece) if left >= 0]
        with write_tx() as tx:
            for lot_id, left in wrong:
                tx.execute(sa.update(PointsLot).where(PointsLot.id == lot_id).values(remaining=left), execution_options=SILENT)


@doctor.check("points: lots hold what is left of them", HELPS, _mend_lots)
def _lots(_deep: bool) -> Iterator[str]:
    for piece in _pieces(PointsLot.id):
        yield from (f"of lot {lot_id} of points {left} are left, the lot says otherwise" for lot_id, left in _wrong_lots(piece))


@doctor.check("points: what somebody has lies in her lots")
def _active(_deep: bool) -> Iterator[str]:
    for piece in _pieces(PointsEntry.customer_id):
        ids = sa.select(PointsEntry.customer_id).where(piece)
        held = sa.select(PointsLot.customer_id, sa.func.sum(PointsLot.remaining)).where(PointsLot.customer_id.in_(ids))
        lots = {row[0]: int(row[1]) for row in session().execute(held.group_by(PointsLot.customer_id))}
        for one, _pending, active, debt in session().execute(figures().where(piece)):
            if lots.get(one, 0) != active or min(active, debt) < 0:
                yield f"customer {one} has {active} points and owes {debt}; her lots hold {lots.get(one, 0)}"


def _mend_earned() -> None:
    for piece in _pieces(Purchase.id):
        ids = [one for one, _why in _wrong_earned(piece)]
        for start in range(0, len(ids), AT_ONCE):
            with write_tx() as tx:
                points_earning.settle(tx, ids[start : start + AT_ONCE], points_policy.versions())


def _wrong_earned(piece: Any) -> list[tuple[int, str]]:
    known = points_policy.versions()
    if not known:
        return []
    ids = sa.select(Purchase.id).where(piece)
    given, dues = points_earning.given(session(), ids), points_earning.due(session(), ids, known)
    pairs = ((one, due.points, given.get(one, (0, 0))[1]) for one, due in dues.items())
    return [(one, f"purchase {one} earns {right} points, its rows gave {stands}") for one, right, stands in pairs if right != stands]


@doctor.check("points: purchases gave what they earn", HELPS, _mend_earned)
def _earned(_deep: bool) -> Iterator[str]:
    for piece in _pieces(Purchase.id):
        yield from (why for _one, why in _wrong_earned(piece))


def _wrong_pending(piece: Any) -> list[tuple[int, int, int]]:
    """Purchases of which something else is noted as waiting than the ledger says: (purchase, ledger, noted)."""
    query = sa.select(PointsEntry.purchase_id, sa.func.sum(PointsEntry.pending)).where(piece).group_by(PointsEntry.purchase_id)
    right = {int(row[0] or 0): int(row[1]) for row in session().execute(query) if row[1]}
    ids = sa.select(PointsEntry.purchase_id).where(piece)
    waits = sa.select(PointsPending.purchase_id, PointsPending.points).where(PointsPending.purchase_id.in_(ids))
    stored = {row[0]: int(row[1]) for row in session().execute(waits)}
    pairs = ((one, right.get(one, 0), stored.get(one, 0)) for one in sorted(right.keys() | stored.keys()))
    return [(one, ledger, noted) for one, ledger, noted in pairs if ledger != noted]


def _mend_pending() -> None:
    for piece in _pieces(PointsEntry.purchase_id):
        wrong = {one: ledger for one, ledger, _noted in _wrong_pending(piece)}
        with write_tx() as tx:
            points_earning.wait_again(tx, wrong)


@doctor.check("points: what waits equals the ledger", HELPS, _mend_pending)
def _pending(_deep: bool) -> Iterator[str]:
    for piece in _pieces(PointsEntry.purchase_id):
        for one, ledger, noted in _wrong_pending(piece):
            yield f"purchase {one} has {ledger} points waiting, noted are {noted}"
