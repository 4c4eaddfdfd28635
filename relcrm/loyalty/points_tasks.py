"""What happens to points by itself: they become active, they expire, old debts are forgotten, what is open is counted."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.customers.models import Customer
from relcrm.jobs import job
from relcrm.loyalty import points_earning, points_policy
from relcrm.loyalty.points_book import SILENT, Book
from relcrm.loyalty.points_models import PointsBalance, PointsEntry, PointsLiability, PointsLot, PointsPending
from relcrm.purchases.models import Purchase
from relcrm.staff.models import Store

A_PIECE, COUNTED = 100, 5_000


@job("points_activate", every="hour")
def activate(tx: Session, cursor: str | None) -> str | None:
    """Every hour, because a day begins at another hour in another country."""
    ended = sa.select(PointsPending.purchase_id).where(PointsPending.active_at <= clock.now())
    ids = tx.scalars(ended.order_by(PointsPending.active_at, PointsPending.purchase_id).limit(A_PIECE)).all()
    points_earning.activate(tx, ids)
    return "more" if len(ids) == A_PIECE else None


@job("points_expire", every="hour")
def expire(tx: Session, cursor: str | None) -> str | None:
    ended = sa.select(PointsLot).where(PointsLot.remaining > 0, PointsLot.expires_at <= clock.now())
    lots = tx.scalars(ended.order_by(PointsLot.expires_at, PointsLot.id).limit(A_PIECE)).all()
    book = Book(tx, {lot.customer_id for lot in lots})
    for lot in lots:
        book.expire(lot)
    book.close()
    return "more" if len(lots) == A_PIECE else None


@job("points_forgive", every="day")
def forgive(tx: Session, cursor: str | None) -> str | None:
    """A debt older than twelve months is written off; earnings since have paid the oldest first."""
    owing = sa.select(PointsBalance).where(PointsBalance.debt > 0, PointsBalance.customer_id > int(cursor or 0))
    rows = tx.scalars(owing.order_by(PointsBalance.customer_id).limit(A_PIECE)).all()
    today, ids = clock.today("UTC"), [row.customer_id for row in rows]
    made = sa.select(PointsEntry.customer_id, sa.func.sum(PointsEntry.debt)).where(PointsEntry.customer_id.in_(ids))
    made = made.where(PointsEntry.kind == "debt", PointsEntry.on > _year_before(today)).group_by(PointsEntry.customer_id)
    young = {row[0]: int(row[1]) for row in tx.execute(made)}
    book = Book(tx, ids)
    for one, debt in [(row.customer_id, row.debt) for row in rows]:
        if (old := debt - young.get(one, 0)) > 0:
            book.enter(one, "adjust", today, "debt_forgotten", debt=-old)
    book.close()
    return str(ids[-1]) if len(ids) == A_PIECE else None


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


@job("points_settle", every="day")
def settle(tx: Session, cursor: str | None) -> str | None:
    """What was bought on the day the first rules were published, before they were."""
    known = points_policy.versions()
    if not known or (clock.now() - known[0].published_at).days > 2:
        return None
    stores, first = tx.scalars(sa.select(Store.id)).all(), known[0]
    early = sa.select(Purchase.id).where(Purchase.store_id.in_(stores), Purchase.sold_on >= first.live_from)
    early = early.where(Purchase.at <= first.published_at, Purchase.id > int(cursor or 0))
    ids = tx.scalars(early.order_by(Purchase.id).limit(A_PIECE)).all()
    points_earning.settle(tx, ids, known)
    return str(ids[-1]) if len(ids) == A_PIECE else None


@job("points_liability", every="day")
def count(tx: Session, cursor: str | None) -> str | None:
    """What is open by home store, for the report. The cursor is the day and the last customer counted."""
    on, last = (cursor.split("|")[0], int(cursor.split("|")[1])) if cursor else (_begin_count(tx), 0)
    day = date.fromisoformat(on)
    part = sa.select(PointsBalance.customer_id).where(PointsBalance.customer_id > last).order_by(PointsBalance.customer_id).limit(COUNTED)
    ids = tx.scalars(part).all()
    if ids:
        _add(tx, day, last, ids[-1])
    if len(ids) == COUNTED:
        return f"{on}|{ids[-1]}"
    tx.execute(sa.update(PointsLiability).where(PointsLiability.on == day).values(whole=True), execution_options=SILENT)
    return None


def _begin_count(tx: Session) -> str:
    zones = tx.scalars(sa.select(Store.time_zone).distinct()).all()
    today = min((clock.today(zone) for zone in zones), default=clock.today("UTC"))
    tx.execute(sa.delete(PointsLiability).where(PointsLiability.on == today), execution_options=SILENT)
    tx.execute(sa.insert(PointsLiability), [{"on": today, "store_id": one} for one in tx.scalars(sa.select(Store.id))])
    return today.isoformat()


def _add(tx: Session, day: date, after: int, until: int) -> None:
    sums = sa.select(Customer.home_store_id, sa.func.count(), sa.func.sum(PointsBalance.active), sa.func.sum(PointsBalance.pending)).join(
        Customer, Customer.id == PointsBalance.customer_id
    )
    sums = sums.where(
        PointsBalance.customer_id > after, PointsBalance.customer_id <= until, PointsBalance.active + PointsBalance.pending > 0
    )
    for store_id, customers, active, pending in tx.execute(sums.group_by(Customer.home_store_id)):
        row = sa.update(PointsLiability).where(PointsLiability.on == day, PointsLiability.store_id == store_id)
        more = {"customers": PointsLiability.customers + customers, "active": PointsLiability.active + active}
        tx.execute(row.values(**more, pending=PointsLiability.pending + pending), execution_options=SILENT)
