"""What the tiers of customers are replayed from, loaded for many at once in a fixed number of queries: orders, returns, published rules."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from relcrm import clock
from relcrm.customers.models import Customer
from relcrm.loyalty.tier_models import TierLevel, TierRuleSet
from relcrm.loyalty.tier_spans import Event, Return, Rules, Sale, Tier
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.staff.models import Store

# Later features bring openings, changes by hand and open complaints: (customer id, event) of these customers, in one query or two.
# Whoever changes such a row calls tier_states.follow in the same transaction.
sources: list[Callable[[Session, Collection[int]], Iterable[tuple[int, Event]]]] = []


def events(tx: Session, customer_ids: Collection[int]) -> dict[int, list[Event]]:
    """Everything that decides the tiers of these customers; who bought nothing has an empty list."""
    found: dict[int, list[Event]] = {customer_id: [] for customer_id in customer_ids}
    came_back: dict[int, int] = {}
    for customer_id, back in _returns(tx, customer_ids):
        found[customer_id].append(back)
        came_back[back.ref] = came_back.get(back.ref, 0) + back.minor
    orders = sa.select(Purchase.customer_id, Purchase.id, Purchase.sold_on, Purchase.kept_minor, Purchase.currency, Purchase.store_id)
    orders = orders.where(Purchase.customer_id.in_(customer_ids), Purchase.for_staff.is_(False))
    for row in tx.execute(orders):
        bought = row.kept_minor + came_back.get(row.id, 0)
        if bought:
            found[row.customer_id].append(Sale(row.sold_on, row.id, bought, row.currency, row.store_id))
    for source in sources:
        for customer_id, event in source(tx, customer_ids):
            found[customer_id].append(event)
    return found


def _returns(tx: Session, customer_ids: Collection[int]) -> Iterable[tuple[int, Return]]:
    """By order and day; booked to the customer of the order."""
    order, line, receipt = aliased(Purchase), aliased(PurchaseLine), aliased(Purchase)
    minor = -sa.func.sum(PurchaseLine.line_minor)
    query = sa.select(order.customer_id, order.id, receipt.sold_on, minor)
    query = query.select_from(order).join(line, line.purchase_id == order.id).join(PurchaseLine, PurchaseLine.returns_line_id == line.id)
    query = query.join(receipt, receipt.id == PurchaseLine.purchase_id)
    query = query.where(order.customer_id.in_(customer_ids), order.for_staff.is_(False)).group_by(
        order.customer_id, order.id, receipt.sold_on
    )
    for customer_id, ref, on, came_back in tx.execute(query):
        yield customer_id, Return(on, ref, int(came_back))


def rules(tx: Session) -> list[Rules]:
    """All published versions, also those still to come, in their order."""
    published = sa.select(TierRuleSet).where(TierRuleSet.status == "published").order_by(TierRuleSet.live_from, TierRuleSet.id)
    sets = tx.scalars(published).all()
    if not sets:
        return []
    levels = tx.scalars(sa.select(TierLevel).where(TierLevel.rule_set_id.in_([one.id for one in sets])).order_by(TierLevel.place)).all()
    return [as_rules(one, [level for level in levels if level.rule_set_id == one.id]) for one in sets]


def as_rules(row: TierRuleSet, levels: Sequence[TierLevel], live_from: date | None = None) -> Rules:
    """`live_from` for a draft, which has no day yet."""
    day = live_from or row.live_from
    assert day is not None
    tiers = tuple(Tier(level.key, dict(level.thresholds), level.visits) for level in levels)
    return Rules(day, tiers, row.window_days, row.grace_days, row.valid_days, row.reversal_days, row.id)


def todays(tx: Session) -> dict[str, date]:
    """The day it is in each time zone in which there is a store."""
    return {zone: clock.today(zone) for zone in tx.scalars(sa.select(Store.time_zone).distinct())}


def days_of(tx: Session, customer_ids: Collection[int]) -> dict[int, date]:
    """The day it is for each of these customers, in her home store."""
    days = todays(tx)
    homes = sa.select(Customer.id, Store.time_zone).join(Store, Store.id == Customer.home_store_id)
    return {row.id: days[row.time_zone] for row in tx.execute(homes.where(Customer.id.in_(customer_ids)))}
