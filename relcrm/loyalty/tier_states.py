"""The derived rows: her tier and its log, replayed and written with her purchases in one transaction. The only writer of both."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.customers.models import Customer
from relcrm.loyalty import tier_events
from relcrm.loyalty.tier_models import CustomerTier, TierChange
from relcrm.loyalty.tiering import Outcome, replay
from relcrm.staff.models import Store

Row = tuple[Any, ...]
STATE = ("tier", "earned", "since", "valid_until", "grace_until", "next_on")
LOG = ("position", "on", "kind", "before", "after", "why")
_SILENT = {"synchronize_session": False}


def follow(tx: Session, customer_ids: Collection[int], _purchase_ids: Collection[int] | None = None) -> None:
    """Their tiers anew from what they bought, as of today in their home store. As many queries for a hundred as for one."""
    ids = sorted(set(customer_ids))
    right, stored = derived(tx, ids), held(tx, ids)
    wrong = [one for one in ids if right[one] != stored[one]]
    if not wrong:
        return
    for model in (CustomerTier, TierChange):
        tx.execute(sa.delete(model).where(model.customer_id.in_(wrong)), execution_options=_SILENT)
        for row in [row for row in tx.identity_map.values() if isinstance(row, model)]:
            tx.expunge(row)
    states = [{"customer_id": one, **dict(zip(STATE, state, strict=True))} for one in wrong if (state := right[one][0])]
    changes = [{"customer_id": one, **dict(zip(LOG, change, strict=True))} for one in wrong for change in right[one][1]]
    for model, rows in ((CustomerTier, states), (TierChange, changes)):
        if rows:
            tx.execute(sa.insert(model), rows)


Rows = tuple[Row | None, tuple[Row, ...]]


def derived(tx: Session, ids: Collection[int], on: Mapping[int, date] | None = None) -> dict[int, Rows]:
    """What must stand in the book of each of these customers: the state (None for who never left the lowest tier) and the log."""
    published = tier_events.rules(tx)
    if not published:
        return dict.fromkeys(ids, (None, ()))
    events, days = tier_events.events(tx, ids), on or tier_events.days_of(tx, ids)
    begins = {one.live_from for one in published}
    return {one: rows_of(replay(events[one], published, days[one]), begins) for one in ids}


def rows_of(found: Outcome, begins: Collection[date]) -> Rows:
    """None for who never left the lowest tier and waits for nothing of her own; on the days on which rules begin everybody is walked."""
    state = found.state
    if state is None or (not found.log and (state.next_on is None or state.next_on in begins)):
        return None, ()
    row = (state.tier, state.earned, state.since, state.valid_until, state.grace_until, state.next_on)
    return row, tuple((n, step.on, step.kind, step.before, step.after, dict(step.why)) for n, step in enumerate(found.log, start=1))


def held(tx: Session, ids: Collection[int]) -> dict[int, Rows]:
    """What stands in the book, in the shape of `derived`."""
    states = sa.select(CustomerTier.customer_id, *(getattr(CustomerTier, name) for name in STATE))
    state = {row[0]: tuple(row[1:]) for row in tx.execute(states.where(CustomerTier.customer_id.in_(ids)))}
    logs: dict[int, list[Row]] = {one: [] for one in ids}
    changes = sa.select(TierChange.customer_id, *(getattr(TierChange, name) for name in LOG))
    ordered = changes.where(TierChange.customer_id.in_(ids)).order_by(TierChange.customer_id, TierChange.position)
    for row in tx.execute(ordered):
        logs[row[0]].append(tuple(row[1:]))
    return {one: (state.get(one), tuple(logs[one])) for one in ids}


def due(tx: Session, most: int) -> list[int]:
    """Customers whose day has come, by the index of that day: those of all others are not touched."""
    days = tier_events.todays(tx)
    if not days:
        return []
    come = sa.or_(*(sa.and_(Store.time_zone == zone, CustomerTier.next_on <= today) for zone, today in days.items()))
    query = sa.select(CustomerTier.customer_id).join(Customer, Customer.id == CustomerTier.customer_id)
    query = query.join(Store, Store.id == Customer.home_store_id)
    return list(tx.scalars(query.where(CustomerTier.next_on <= max(days.values()), come).order_by(CustomerTier.next_on).limit(most)))
