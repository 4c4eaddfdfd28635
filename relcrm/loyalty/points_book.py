"""The one writer of the ledger of points: movements of some customers, collected and written together. What is due is points_earning."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.loyalty import points_terms as terms
from relcrm.loyalty.points_models import PointsAllocation, PointsBalance, PointsEntry, PointsLot, PointsPending, PointsPolicy

SILENT = {"synchronize_session": False}


@dataclass
class Book:
    """Opened for some customers inside a `write_tx`; what it reads it reads for all of them at once. `close` writes the balances."""

    tx: Session
    customer_ids: Collection[int]
    _lots: dict[int, list[PointsLot]] | None = None
    _debts: dict[int, int] | None = None
    _touched: set[int] = field(default_factory=set)
    _ids: dict[Any, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.now: datetime = clock.now()

    def lots(self, customer_id: int) -> list[PointsLot]:
        """Her lots with points in them, those that expire first in front, then the oldest."""
        if self._lots is None:
            self._lots = {one: [] for one in self.customer_ids}
            held = sa.select(PointsLot).where(PointsLot.customer_id.in_(self.customer_ids), PointsLot.remaining > 0)
            for lot in self.tx.scalars(held):
                self._lots[lot.customer_id].append(lot)
        return sorted((lot for lot in self._lots[customer_id] if lot.remaining), key=_order)

    def alive(self, customer_id: int) -> list[PointsLot]:
        """Those whose day is not over."""
        return [lot for lot in self.lots(customer_id) if lot.expires_at > self.now]

    def debt(self, customer_id: int) -> int:
        if self._debts is None:
            owing = sa.select(PointsBalance.customer_id, PointsBalance.debt)
            owing = owing.where(PointsBalance.customer_id.in_(self.customer_ids), PointsBalance.debt > 0)
            self._debts = {row.customer_id: row.debt for row in self.tx.execute(owing)}
        return self._debts.get(customer_id, 0)

    def enter(
        self, customer_id: int, kind: str, on: date, reason: str, *, pending: int = 0, active: int = 0, debt: int = 0, **more: Any
    ) -> PointsEntry:
        """One row. `debt` beyond what a customer owes is not checked here."""
        more.setdefault("parameters", {})
        entry = PointsEntry(
            id=self._id(PointsEntry), customer_id=customer_id, kind=kind, on=on, at=self.now, reason=reason, pending=pending, active=active,
            debt=debt, **more,
        )  # fmt: skip
        self.tx.add(entry)
        self._touched.add(customer_id)
        if debt:
            self.debt(customer_id)
            assert self._debts is not None
            self._debts[customer_id] = self._debts.get(customer_id, 0) + debt
        return entry

    def _id(self, model: Any) -> int:
        """Numbers given here, under the write lock, let the rows go in together instead of one by one."""
        if model not in self._ids:
            self._ids[model] = self.tx.scalar(sa.select(sa.func.max(model.id))) or 0
        self._ids[model] += 1
        return self._ids[model]

    def wait(
        self, customer_id: int, purchase_id: int, points: int, on: date, active_on: date, active_at: datetime, pending: PointsPending | None
    ) -> PointsPending:
        """Points earned on that day that become active later."""
        self.enter(customer_id, "earn_pending", on, "purchase", pending=points, purchase_id=purchase_id)
        if pending is None:
            pending = PointsPending(purchase_id=purchase_id, customer_id=customer_id, points=0, active_on=active_on, active_at=active_at)
            self.tx.add(pending)
        pending.points += points
        return pending

    def activate(self, customer_id: int, points: int, policy: PointsPolicy, on: date, zone: str, *, purchase_id: int, waited: int) -> None:
        """Points become active on that day, `waited` of them out of pending; what she owes is taken from them first."""
        entry = self.enter(customer_id, "earn_active", on, "purchase", pending=-waited, active=points, purchase_id=purchase_id)
        lot = self.lot(entry, points, policy, on, zone)
        owed = min(self.debt(customer_id), points)
        if owed:
            offset = self.enter(customer_id, "debt_offset", on, "debt", active=-owed, debt=-owed)
            self._allocate(offset, lot, owed)

    def lot(
        self, entry: PointsEntry, points: int, policy: PointsPolicy, active_on: date, zone: str, expires_on: date | None = None
    ) -> PointsLot:
        """The lot of an entry that brings active points; it ends by the policy, or on the day given."""
        last = expires_on or terms.expires_on(policy, active_on)
        lot = PointsLot(
            id=self._id(PointsLot), customer_id=entry.customer_id, entry=entry, purchase_id=entry.purchase_id, points=points,
            remaining=points, active_on=active_on, expires_on=last, expires_at=terms.end(last, zone),
        )  # fmt: skip
        self.tx.add(lot)
        if self._lots is not None:
            self._lots[entry.customer_id].append(lot)
        return lot

    def take(self, entry: PointsEntry, points: int, lots: Collection[PointsLot]) -> int:
        """Take so many points out of these lots in their order; returns how many were not there."""
        for lot in lots:
            part = min(points, lot.remaining)
            if part:
                self._allocate(entry, lot, part)
                points -= part
        return points

    def _allocate(self, entry: PointsEntry, lot: PointsLot, points: int) -> None:
        lot.remaining -= points
        self.tx.add(PointsAllocation(entry=entry, lot=lot, points=points))

    def claw_back(self, customer_id: int, purchase_id: int, points: int, on: date, pending: PointsPending | None, reason: str) -> None:
        """A purchase is worth so many points less: from what waits, from its own lot, from the others, and the rest she owes."""
        waiting = min(points, pending.points) if pending else 0
        if pending and waiting:
            pending.points -= waiting
            if not pending.points:
                self.tx.delete(pending)
        lots = self.alive(customer_id) if points > waiting else []
        own = [lot for lot in lots if lot.purchase_id == purchase_id]
        lots = own + [lot for lot in lots if lot.purchase_id != purchase_id]
        taken = min(points - waiting, sum(lot.remaining for lot in lots))
        if waiting or taken:
            entry = self.enter(customer_id, "clawback", on, reason, pending=-waiting, active=-taken, purchase_id=purchase_id)
            self.take(entry, taken, lots)
        if rest := points - waiting - taken:
            self.enter(customer_id, "debt", on, reason, debt=rest, purchase_id=purchase_id)

    def expire(self, lot: PointsLot) -> None:
        entry = self.enter(lot.customer_id, "expire", lot.expires_on, "expired", active=-lot.remaining)
        self._allocate(entry, lot, lot.remaining)

    def give_back(self, entry: PointsEntry, gone: Mapping[PointsLot, int]) -> None:
        """What an earlier entry took goes back into the same lots."""
        for lot, points in gone.items():
            lot.remaining += points
            self.tx.add(PointsAllocation(entry=entry, lot=lot, points=-points))

    def close(self) -> None:
        """Write everything, and the balances of whom it touched."""
        self.tx.flush()
        sum_up(self.tx, self._touched)


def _order(lot: PointsLot) -> tuple[datetime, date, int]:
    return lot.expires_at, lot.active_on, lot.id


def sum_up(tx: Session, customer_ids: Collection[int]) -> None:
    """The balances of these customers anew from their rows."""
    if not customer_ids:
        return
    tx.execute(sa.delete(PointsBalance).where(PointsBalance.customer_id.in_(customer_ids)), execution_options=SILENT)
    for row in [row for row in tx.identity_map.values() if isinstance(row, PointsBalance)]:
        tx.expunge(row)
    sums = figures().where(PointsEntry.customer_id.in_(customer_ids))
    tx.execute(sa.insert(PointsBalance).from_select(("customer_id", "pending", "active", "debt"), sums), execution_options=SILENT)


def figures() -> sa.Select[int, int, int, int]:
    """(customer, pending, active, debt) by customer; the caller says of whom."""
    pending, active, debt = sa.func.sum(PointsEntry.pending), sa.func.sum(PointsEntry.active), sa.func.sum(PointsEntry.debt)
    return sa.select(PointsEntry.customer_id, pending, active, debt).group_by(PointsEntry.customer_id)
