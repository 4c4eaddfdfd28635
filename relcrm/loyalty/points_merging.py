"""Points when two files become one and when they are taken apart: rows go with their purchases, lots with their rows, and both sides agree."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.loyalty.points_book import SILENT, Book, sum_up
from relcrm.loyalty.points_models import PointsBalance, PointsEntry, PointsLot, PointsPending
from relcrm.purchases.models import Purchase


def go_with_purchases(tx: Session, customer_ids: Collection[int]) -> None:
    """What hangs on a purchase belongs to whom the purchase belongs. (A number may be used again for a later purchase: that is another.)"""
    both = list(customer_ids)
    of_purchase = sa.select(Purchase.customer_id).where(Purchase.customer_id.in_(both))
    _move(tx, PointsEntry, both, of_purchase.where(Purchase.id == PointsEntry.purchase_id, Purchase.at <= PointsEntry.at))
    _move(tx, PointsPending, both, of_purchase.where(Purchase.id == PointsPending.purchase_id))
    _move(tx, PointsLot, both, sa.select(PointsEntry.customer_id).where(PointsEntry.id == PointsLot.entry_id))


def _move(tx: Session, model: Any, customer_ids: Collection[int], owner_query: sa.Select[Any]) -> None:
    owner = owner_query.correlate(model).scalar_subquery()
    strayed = sa.update(model).where(model.customer_id.in_(customer_ids), owner.is_not(None), owner != model.customer_id)
    tx.execute(strayed.values(customer_id=owner), execution_options=SILENT)
    for row in [row for row in tx.identity_map.values() if isinstance(row, model)]:
        tx.expire(row)


def even_out(tx: Session, customer_ids: Collection[int]) -> None:
    """After a merge or its undo: points of one that were spent as the other's are booked over, so that each one's rows equal her lots."""
    tx.flush()
    go_with_purchases(tx, customer_ids)
    sum_up(tx, customer_ids)
    book = Book(tx, customer_ids)
    rows = {row.customer_id: row for row in tx.scalars(sa.select(PointsBalance).where(PointsBalance.customer_id.in_(customer_ids)))}
    held = sa.select(PointsLot.customer_id, sa.func.sum(PointsLot.remaining)).where(PointsLot.customer_id.in_(customer_ids))
    lots = {row[0]: int(row[1]) for row in tx.execute(held.group_by(PointsLot.customer_id))}
    debts = _debts(rows)
    for one in customer_ids:
        active = lots.get(one, 0) - (rows[one].active if one in rows else 0)
        if active or debts.get(one):
            book.enter(one, "adjust", clock.today("UTC"), "files_apart", active=active, debt=debts.get(one, 0))
    book.close()


def _debts(rows: dict[int, PointsBalance]) -> dict[int, int]:
    """Changes by which a debt paid by the other one's earnings stands with her who owed it, and nobody owes less than nothing."""
    found: dict[int, int] = {}
    for one in [row for row in rows.values() if row.debt < 0]:
        found[one.customer_id] = -one.debt
        for other in [row for row in rows.values() if row.debt > 0]:
            found[other.customer_id] = -min(other.debt, -one.debt)
    return found
