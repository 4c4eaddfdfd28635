"""Reading points: where a customer stands, her ledger, and what is open in all. Changing is points_rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from relcrm import clock
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.loyalty import points_policy
from relcrm.loyalty.points_models import PointsBalance, PointsEntry, PointsLiability, PointsLot, PointsPending, PointsPolicy
from relcrm.purchases.models import Purchase
from relcrm.staff.models import StaffMember, Store

PAGE = 50


@dataclass(frozen=True)
class Standing:
    """`available` can be redeemed now; `next_points` of them end with `next_on`. `pending` become active, the first of them on
    `pending_on`. `policy` is None while points are off."""

    policy: PointsPolicy | None
    available: int
    next_points: int
    next_on: date | None
    pending: int
    pending_on: date | None
    debt: int


@dataclass(frozen=True)
class Line:
    """A row of the ledger; of its purchase the public id and day, if it is still there."""

    entry: PointsEntry
    purchase: str | None
    sold_on: date | None
    reversed: bool


def standing(seen: Seen) -> Standing:
    """Four queries."""
    customer_id, now = seen.customer.id, clock.now()
    ends = sa.select(PointsLot.expires_on, sa.func.sum(PointsLot.remaining)).where(PointsLot.customer_id == customer_id)
    ends = ends.where(PointsLot.remaining > 0, PointsLot.expires_at > now).group_by(PointsLot.expires_on).order_by(PointsLot.expires_on)
    lots = [(row[0], int(row[1])) for row in session().execute(ends)]
    waits = sa.select(sa.func.coalesce(sa.func.sum(PointsPending.points), 0), sa.func.min(PointsPending.active_on))
    pending, pending_on = session().execute(waits.where(PointsPending.customer_id == customer_id)).one()
    owed = session().scalar(sa.select(PointsBalance.debt).where(PointsBalance.customer_id == customer_id)) or 0
    first_on, first = lots[0] if lots else (None, 0)
    policy = points_policy.now(seen.home)
    return Standing(policy, sum(points for _on, points in lots), first, first_on, int(pending), pending_on, owed)


def ledger(seen: Seen, page: int) -> tuple[list[Line], bool]:
    """One page of her ledger, newest first, and whether there is more."""
    query = _lines(seen.customer.id).order_by(PointsEntry.at.desc(), PointsEntry.id.desc()).offset((page - 1) * PAGE).limit(PAGE + 1)
    rows = [Line(*row) for row in session().execute(query)]
    return rows[:PAGE], len(rows) > PAGE


def _lines(customer_id: int) -> sa.Select[PointsEntry, str, date, bool]:
    back = aliased(PointsEntry)
    is_back = sa.select(back.id).where(back.reverses_id == PointsEntry.id).exists()
    query = sa.select(PointsEntry, Purchase.public_id, Purchase.sold_on, is_back)
    mine = sa.and_(Purchase.id == PointsEntry.purchase_id, Purchase.customer_id == customer_id)
    return query.outerjoin(Purchase, mine).where(PointsEntry.customer_id == customer_id)


def by_hand_before(customer_id: int, before: datetime, most: int) -> Sequence[PointsEntry]:
    """What people redeemed and corrected, newest first."""
    query = sa.select(PointsEntry).where(PointsEntry.customer_id == customer_id, PointsEntry.at < before, PointsEntry.actor_id.is_not(None))
    return session().scalars(query.order_by(PointsEntry.at.desc(), PointsEntry.id.desc()).limit(most)).all()


def liability(reader: StaffMember) -> tuple[date | None, list[tuple[Store, PointsLiability]]]:
    """The day of the latest whole count, and its rows for the stores that the reader manages."""
    on = session().scalar(sa.select(sa.func.max(PointsLiability.on)).where(PointsLiability.whole.is_(True)))
    query = sa.select(Store, PointsLiability).join(PointsLiability, PointsLiability.store_id == Store.id).where(PointsLiability.on == on)
    held = reader.stores("store_manager", "area_manager", "owner")
    query = query if held is None else query.where(Store.id.in_(held))
    return on, [(store, row) for store, row in session().execute(query.order_by(Store.name, Store.id))] if on else []
