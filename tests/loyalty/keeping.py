"""Short ways to keep points in tests: the rules on, the clock moved through the real jobs, and what must always hold."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from relcrm import clock, db, doctor, jobs
from relcrm.customers import queries as customers
from relcrm.loyalty import points_rules
from relcrm.loyalty.points_models import PointsAllocation, PointsBalance, PointsEntry, PointsLot, PointsPolicy
from tests import factories

ZONE = "Asia/Shanghai"
JOBS = ("points_activate", "points_expire", "points_forgive")
CHECKS = "points"
HER = "Gala"


def rules_on(tx, live_from=date(2000, 1, 1), **terms):
    row = PointsPolicy(
        **{"live_from": live_from, "published_at": clock.now(), "currency": "CNY", "minor_per_point": 1000, "value_minor": 10, **terms}
    )
    tx.add(row)
    tx.flush()
    return row


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(ZONE))


def met(at) -> None:
    """Gala, known since the end of 2025, so that the days of the golden cases lie behind her."""
    at(noon(date(2025, 12, 31)))
    factories.meet("Gala Moss", "+8613800001122")


class Days:
    """Walks through the days of a shop: at each stop the jobs run, as the worker would have run them."""

    def __init__(self, at):
        self.at = at

    def go(self, day: date) -> None:
        self.at(noon(day))
        self.work()

    def work(self) -> None:
        for name in JOBS:
            jobs.run_now(name)


def balance(her: str = HER):
    """(pending, available, debt) as they stand in her row."""
    query = sa.select(PointsBalance.pending, PointsBalance.active, PointsBalance.debt)
    found = db.session().execute(query.where(PointsBalance.customer_id == factories.customer(her).id)).first()
    db.session().rollback()
    return tuple(found) if found else (0, 0, 0)


def lots(her: str = HER):
    """Points left and the last day of each lot, in the order they came."""
    query = sa.select(PointsLot.remaining, PointsLot.expires_on).where(PointsLot.customer_id == factories.customer(her).id)
    return [tuple(row) for row in db.session().execute(query.order_by(PointsLot.active_on, PointsLot.id))]


def rows(her: str = HER):
    query = sa.select(PointsEntry.kind, PointsEntry.pending + PointsEntry.active - PointsEntry.debt, PointsEntry.on)
    return [
        tuple(row)
        for row in db.session().execute(query.where(PointsEntry.customer_id == factories.customer(her).id).order_by(PointsEntry.id))
    ]


def rows_on(tx):
    """Every row of the ledger, as numbers."""
    query = sa.select(PointsEntry.id, PointsEntry.kind, PointsEntry.pending, PointsEntry.active, PointsEntry.debt).order_by(PointsEntry.id)
    return [tuple(row) for row in tx.execute(query)]


def redeem(tx, points, *, by="ana", her=HER, **more):
    actor = tx.merge(factories.staff(by))
    return points_rules.redeem(tx, actor, customers.seen_by(actor, factories.customer(her)), points, **more)


def adjust(tx, points, reason="Wrong receipt", *, by="ben", her=HER, **more):
    actor = tx.merge(factories.staff(by))
    return points_rules.adjust(tx, actor, customers.seen_by(actor, factories.customer(her)), points, reason, **more)


def take_back(tx, public_id, *, by="ana", her=HER):
    actor = tx.merge(factories.staff(by))
    return points_rules.take_back(tx, actor, customers.seen_by(actor, factories.customer(her)), public_id)


def faults() -> list[str]:
    """What doctor says of points."""
    return [fault for check in doctor.checks if check.name.startswith(CHECKS) for fault in check.faults(False)]


def holds(tx) -> None:
    """The invariants of DOMAIN §2.4, counted plainly."""
    entries, kept = tx.scalars(sa.select(PointsEntry)).all(), tx.scalars(sa.select(PointsLot)).all()
    parts = tx.scalars(sa.select(PointsAllocation)).all()
    for row in tx.scalars(sa.select(PointsBalance)):
        own = [one for one in entries if one.customer_id == row.customer_id]
        assert (row.pending, row.active, row.debt) == tuple(
            sum(getattr(one, name) for one in own) for name in ("pending", "active", "debt")
        )
        assert row.active == sum(lot.remaining for lot in kept if lot.customer_id == row.customer_id)
        assert min(row.pending, row.active, row.debt) >= 0
    for lot in kept:
        assert 0 <= lot.remaining == lot.points - sum(part.points for part in parts if part.lot_id == lot.id)
    for one in entries:
        assert one.at is not None
        assert one.reason
        if one.kind in ("burn", "expire", "clawback", "debt_offset"):
            assert -one.active == sum(part.points for part in parts if part.entry_id == one.id)
        if one.kind == "expire":
            assert one.at >= noon(one.on) - timedelta(hours=12) + timedelta(days=1)
