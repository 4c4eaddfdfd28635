"""Who would change by a draft: worked out by the worker a few customers at a time, kept as rows and counts."""

from collections import Counter
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.customers.models import Customer
from relcrm.loyalty import tier_events, tier_rules
from relcrm.loyalty.tier_models import TierRuleSet, TierSimulation
from relcrm.loyalty.tier_spans import Rules
from relcrm.loyalty.tiering import Outcome, replay

AT_ONCE, AT_REVIEW = "at_once", "at_review"
Change = tuple[str, str, str]  # moment, from, to


def next_ids(tx: Session, after: int, most: int) -> Sequence[int]:
    """The next customers of the book, those with closed files too: they may come back."""
    return tx.scalars(sa.select(Customer.id).where(Customer.id > after).order_by(Customer.id).limit(most)).all()


def go_on(tx: Session, row: TierRuleSet, most: int) -> bool:
    """Work out the next customers of this draft. False when everybody is done."""
    ids = next_ids(tx, row.simulate_at or 0, most)
    if not ids:
        row.simulate_at = None
        return False
    counts = Counter(row.simulated or {})
    found = [(customer_id, *change) for customer_id, change in _changes(tx, row, ids)]
    counts.update("|".join(change) for _customer_id, *change in found)
    if found:
        names = ("customer_id", "moment", "before", "after")
        tx.execute(sa.insert(TierSimulation), [{"rule_set_id": row.id, **dict(zip(names, one, strict=True))} for one in found])
    row.simulated, row.simulate_at = dict(counts), ids[-1]
    return True


def _changes(tx: Session, row: TierRuleSet, ids: Sequence[int]) -> Iterator[tuple[int, Change]]:
    today = row.simulated_on
    assert today is not None
    published = tier_events.rules(tx)
    new = tier_events.as_rules(row, tier_rules.levels(tx, row), today)
    events = tier_events.events(tx, ids)
    for customer_id in ids:
        if events[customer_id]:
            now = replay(events[customer_id], published, today)
            then = replay(events[customer_id], [*published, new], today)
            yield from ((customer_id, change) for change in changes(now, then, new))


def changes(now: Outcome, then: Outcome, new: Rules) -> Iterator[Change]:
    """At once: another tier on the day the rules begin. At the review: she keeps it by the old rules and would not by the new ones."""
    before = now.state.tier if now.state else new.tiers[0].key
    assert then.state is not None
    after = then.state.tier
    if before != after:
        yield AT_ONCE, before, after
    place = new.place(after) or 0
    kept = now.rules is not None and now.qualifies >= (now.rules.place(before) or 0)
    if then.qualifies < place and kept:
        yield AT_REVIEW, after, new.tiers[place - 1].key
