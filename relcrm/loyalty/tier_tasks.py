"""The worker's part: customers whose day has come, everybody after new rules, and who would change by a draft. Pieces of 200 ms at most."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.jobs import job
from relcrm.loyalty import tier_events, tier_simulation, tier_states
from relcrm.loyalty.tier_models import TierRuleSet

# Three hundred customers with a handful of receipts each take 40 to 80 ms; the work grows with receipts, not with the book.
A_PIECE = 300


@job("tier_days", every="hour")
def days(tx: Session, _cursor: str | None) -> str | None:
    """Reviews, ends of grace and of changes by hand. Hourly, because the day begins store by store."""
    ids = tier_states.due(tx, A_PIECE)
    tier_states.follow(tx, ids)
    return "more" if len(ids) == A_PIECE else None


@job("tier_rules", every="now")
def go_live(tx: Session, _cursor: str | None) -> str | None:
    """After rules began (in every store: there the day may begin later) everybody is looked at once."""
    begun = TierRuleSet.live_from <= min(tier_events.todays(tx).values(), default=date.min)
    row = tx.scalar(sa.select(TierRuleSet).where(TierRuleSet.walk_at.is_not(None), begun).order_by(TierRuleSet.live_from).limit(1))
    if row is None:
        return None
    ids = tier_simulation.next_ids(tx, row.walk_at or 0, A_PIECE)
    tier_states.follow(tx, ids)
    row.walk_at = ids[-1] if ids else None
    return "more" if ids else None


@job("tier_simulation", every="now")
def simulate(tx: Session, _cursor: str | None) -> str | None:
    asked = sa.select(TierRuleSet).where(TierRuleSet.status == "draft", TierRuleSet.simulate_at.is_not(None)).limit(1)
    row = tx.scalar(asked)
    return "more" if row is not None and tier_simulation.go_on(tx, row, A_PIECE) else None
