"""What purchases earn: the points due for each held against those its rows already gave, and the difference written.

Follows the sums of purchases inside their transaction; redeeming and correcting by hand are points_rules.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.loyalty import points_merging, points_policy, points_terms
from relcrm.loyalty.points_book import Book
from relcrm.loyalty.points_models import OF_PURCHASES, PointsEntry, PointsPending, PointsPolicy
from relcrm.purchases.models import Purchase
from relcrm.staff.models import Store

A_PART = 500


@dataclass(frozen=True)
class Due:
    """A purchase and the points it should have earned; `policy` is that of its day. A purchase that is gone is due nothing."""

    purchase_id: int
    customer_id: int
    sold_on: date
    zone: str
    policy: PointsPolicy | None
    points: int


def follow(tx: Session, customer_ids: Collection[int], purchase_ids: Collection[int] | None) -> None:
    """The points of these purchases (None: all of these customers), idempotent; a fixed number of queries for each 500."""
    known = points_policy.versions()
    if not known or not customer_ids:
        return
    if purchase_ids is None:
        points_merging.go_with_purchases(tx, customer_ids)
        purchase_ids = _all_of(tx, customer_ids)
    ids = sorted(purchase_ids)
    for start in range(0, len(ids), A_PART):
        settle(tx, ids[start : start + A_PART], known)


def settle(tx: Session, purchase_ids: Sequence[int], known: Sequence[PointsPolicy]) -> None:
    """Write what is missing or too much of these purchases."""
    already = given(tx, purchase_ids)
    dues = due(tx, purchase_ids, known)
    for gone in already.keys() - dues.keys():
        customer_id, _points = already[gone]
        dues[gone] = Due(gone, customer_id, clock.today("UTC"), "UTC", None, 0)
    changes = [(one, one.points - already.get(one.purchase_id, (0, 0))[1]) for one in dues.values()]
    changes = sorted(((one, points) for one, points in changes if points), key=lambda pair: (pair[0].sold_on, pair[0].purchase_id))
    if changes:
        _write(tx, changes)


def due(tx: Session, purchase_ids: Collection[int] | sa.Select[Any], known: Sequence[PointsPolicy]) -> dict[int, Due]:
    """By purchase: floor(net / minor per point) under the version of its day, nothing for staff purchases or another currency."""
    bought = sa.select(
        Purchase.id, Purchase.customer_id, Purchase.sold_on, Purchase.currency, Purchase.kept_minor, Purchase.for_staff, Store.time_zone
    ).join(Store, Store.id == Purchase.store_id)
    found = {}
    for row in tx.execute(bought.where(Purchase.id.in_(purchase_ids))):
        policy = points_policy.on(row.sold_on, known)
        counts = policy is not None and not row.for_staff and row.currency == policy.currency
        points = points_terms.earned(policy, row.kept_minor) if counts else 0
        found[row.id] = Due(row.id, row.customer_id, row.sold_on, row.time_zone, policy, points)
    return found


def given(tx: Session, purchase_ids: Collection[int] | sa.Select[Any]) -> dict[int, tuple[int, int]]:
    """By purchase: whose rows they are, and what they have given so far."""
    net = sa.func.sum(PointsEntry.pending + PointsEntry.active - PointsEntry.debt)
    query = sa.select(PointsEntry.purchase_id, sa.func.max(PointsEntry.customer_id), net)
    query = query.where(PointsEntry.purchase_id.in_(purchase_ids), PointsEntry.kind.in_(OF_PURCHASES)).group_by(PointsEntry.purchase_id)
    return {row[0]: (row[1], int(row[2])) for row in tx.execute(query) if row[0] is not None}


def _write(tx: Session, changes: Sequence[tuple[Due, int]]) -> None:
    book = Book(tx, {one.customer_id for one, _points in changes})
    query = sa.select(PointsPending).where(PointsPending.purchase_id.in_({one.purchase_id for one, _points in changes}))
    waiting = {row.purchase_id: row for row in tx.scalars(query)}
    for one, points in changes:
        if points > 0:
            _earn(book, one, points, waiting.get(one.purchase_id))
        else:
            book.claw_back(one.customer_id, one.purchase_id, -points, _day(one), waiting.get(one.purchase_id), "return")
    book.close()


def _earn(book: Book, one: Due, points: int, pending: PointsPending | None) -> None:
    """Pending until the window for returns has passed; typed after that they are active at once, with their right days."""
    assert one.policy is not None
    on = points_terms.active_on(one.policy, one.sold_on)
    at = points_terms.begin(on, one.zone)
    if at > book.now:
        book.wait(one.customer_id, one.purchase_id, points, one.sold_on, on, at, pending)
    else:
        book.activate(one.customer_id, points, one.policy, on, one.zone, purchase_id=one.purchase_id, waited=0)


def activate(tx: Session, purchase_ids: Sequence[int]) -> None:
    """What these purchases have waiting becomes active on its day."""
    if not purchase_ids:
        return
    dues = due(tx, purchase_ids, points_policy.versions())
    rows = tx.scalars(sa.select(PointsPending).where(PointsPending.purchase_id.in_(purchase_ids))).all()
    book = Book(tx, {row.customer_id for row in rows})
    for row in sorted(rows, key=lambda row: (row.active_on, row.purchase_id)):
        one = dues.get(row.purchase_id)
        if one is None or one.policy is None:
            book.claw_back(row.customer_id, row.purchase_id, row.points, row.active_on, row, "return")
            continue
        book.activate(row.customer_id, row.points, one.policy, row.active_on, one.zone, purchase_id=row.purchase_id, waited=row.points)
        tx.delete(row)
    book.close()


def wait_again(tx: Session, waiting: Mapping[int, int]) -> None:
    """What waits, noted anew from the ledger: points by purchase."""
    tx.execute(sa.delete(PointsPending).where(PointsPending.purchase_id.in_(waiting)))
    for one in due(tx, waiting, points_policy.versions()).values():
        if one.policy is not None and waiting[one.purchase_id] > 0:
            on = points_terms.active_on(one.policy, one.sold_on)
            row = PointsPending(purchase_id=one.purchase_id, customer_id=one.customer_id, points=waiting[one.purchase_id], active_on=on)
            row.active_at = points_terms.begin(on, one.zone)
            tx.add(row)


def _day(one: Due) -> date:
    return clock.today(one.zone)


def _all_of(tx: Session, customer_ids: Collection[int]) -> set[int]:
    """Their purchases, and those that once gave them points and are gone."""
    bought = sa.select(Purchase.id).where(Purchase.customer_id.in_(customer_ids))
    rows = sa.select(PointsEntry.purchase_id).where(PointsEntry.customer_id.in_(customer_ids), PointsEntry.purchase_id.is_not(None))
    return {*tx.scalars(bought), *(one for one in tx.scalars(rows) if one is not None)}
