"""The sums that follow from purchase lines. Written here alone, with the lines in one transaction, always anew from them."""

from collections.abc import Callable, Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from relcrm.purchases.models import CustomerTotals, Purchase, PurchaseLine
from relcrm.staff import settings

COLUMNS = (
    "customer_id", "currency", "first_on", "last_on", "visit_days", "purchases", "items", "spend_minor", "staff_purchases", "staff_minor",
)  # fmt: skip

# Told inside the same transaction: of whom sums changed, and through which purchases (None: all of theirs). Tiers and points follow so.
followers: list[Callable[[Session, Collection[int], Collection[int] | None], None]] = []


def follow(tx: Session, customer_id: int, purchase_ids: Collection[int]) -> None:
    """After lines of these purchases were added or returned: their sums and the customer's."""
    follow_all(tx, [customer_id], purchase_ids)


def follow_all(tx: Session, customer_ids: Collection[int], purchase_ids: Collection[int]) -> None:
    """The same for the purchases of several customers."""
    tx.flush()
    _settle(tx, purchase_ids)
    _sum_up(tx, customer_ids)
    _tell(tx, customer_ids, purchase_ids)


def recompute(tx: Session, customer_ids: Collection[int]) -> None:
    """Everything of these customers anew from their lines; what stood there does not matter."""
    tx.flush()
    _settle(tx, tx.scalars(sa.select(Purchase.id).where(Purchase.customer_id.in_(customer_ids))).all())
    _sum_up(tx, customer_ids)
    _tell(tx, customer_ids, None)


def _tell(tx: Session, customer_ids: Collection[int], purchase_ids: Collection[int] | None) -> None:
    for follower in followers:
        follower(tx, customer_ids, purchase_ids)


def _settle(tx: Session, purchase_ids: Collection[int]) -> None:
    change = sa.update(Purchase).where(Purchase.id.in_(purchase_ids))
    tx.execute(change.values(total_minor=total(), kept_minor=kept("line_minor"), kept_items=kept("quantity")), execution_options=_SILENT)
    for row in [row for row in tx.identity_map.values() if isinstance(row, Purchase)]:
        tx.expire(row, ("total_minor", "kept_minor", "kept_items"))


def _sum_up(tx: Session, customer_ids: Collection[int]) -> None:
    tx.execute(sa.delete(CustomerTotals).where(CustomerTotals.customer_id.in_(customer_ids)), execution_options=_SILENT)
    for row in [row for row in tx.identity_map.values() if isinstance(row, CustomerTotals)]:
        tx.expunge(row)
    computed = figures().where(Purchase.customer_id.in_(customer_ids))
    tx.execute(sa.insert(CustomerTotals).from_select(COLUMNS, computed), execution_options=_SILENT)


_SILENT = {"synchronize_session": False}


def total() -> sa.ScalarSelect[int]:
    """What the till took or gave back by this receipt."""
    own = sa.select(sa.func.coalesce(sa.func.sum(PurchaseLine.line_minor), 0))
    return own.where(PurchaseLine.purchase_id == Purchase.id).correlate(Purchase).scalar_subquery()


def kept(column: str) -> Any:
    """Bought by this receipt and not brought back since, whenever it came back (DOMAIN §2.1: returns are booked to their order)."""
    bought, back = aliased(PurchaseLine), aliased(PurchaseLine)
    own = sa.select(sa.func.coalesce(sa.func.sum(getattr(bought, column)), 0))
    own = own.where(bought.purchase_id == Purchase.id, bought.returns_line_id.is_(None)).correlate(Purchase)
    line = aliased(PurchaseLine)
    returned = sa.select(sa.func.coalesce(sa.func.sum(getattr(back, column)), 0)).join(line, line.id == back.returns_line_id)
    returned = returned.where(line.purchase_id == Purchase.id).correlate(Purchase)
    return own.scalar_subquery() + returned.scalar_subquery()


def counts() -> sa.ColumnElement[bool]:
    """Does this receipt count as a purchase? Something of value was kept, and it was no staff purchase.

    With the setting `count_zero_value` what was kept may have cost nothing; what was brought back whole never counts.
    """
    kept = Purchase.kept_minor > 0
    if settings.get("count_zero_value"):
        kept = sa.or_(kept, costs_nothing())
    return sa.and_(Purchase.for_staff.is_(False), kept)


def costs_nothing() -> sa.ColumnElement[bool]:
    """Something was kept of this receipt, and nothing paid for it."""
    return sa.and_(Purchase.kept_minor == 0, Purchase.kept_items > 0)


def figures() -> sa.Select[Any]:
    """COLUMNS by customer and currency, from the purchases; the caller says of whom."""
    visit = sa.cast(Purchase.store_id, sa.Text) + " " + sa.cast(Purchase.sold_on, sa.Text)

    def when(condition: sa.ColumnElement[bool], value: Any) -> Any:
        return sa.case((condition, value))

    def added(condition: sa.ColumnElement[bool], value: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(when(condition, value)), 0)

    here, of_staff = counts(), Purchase.for_staff.is_(True)
    return sa.select(
        Purchase.customer_id, Purchase.currency, sa.func.min(when(here, Purchase.sold_on)), sa.func.max(when(here, Purchase.sold_on)),
        sa.func.count(sa.distinct(when(here, visit))), sa.func.count(when(here, 1)), added(here, Purchase.kept_items),
        added(~of_staff, Purchase.kept_minor), sa.func.count(when(of_staff, 1)), added(of_staff, Purchase.kept_minor),
    ).group_by(Purchase.customer_id, Purchase.currency)  # fmt: skip
