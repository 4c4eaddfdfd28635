"""The made-up chain has the usual tiers since its first day; small chains are walked at once, large ones by the worker."""

from datetime import date

from sqlalchemy.orm import Session

from relcrm.db import session, write_tx
from relcrm.loyalty import tier_rules, tier_simulation, tier_states
from relcrm.loyalty.tier_models import TierRuleSet

A_PIECE = 500


def publish(tx: Session, since: date) -> None:
    row = tier_rules.begin(tx, None)
    tier_rules.publish(tx, None, row, since, row.version)


def walk() -> None:
    """Everybody's tier from her purchases; what the job tier_rules does, without its pauses."""
    last = 0
    while ids := tier_simulation.next_ids(session(), last, A_PIECE):
        last = ids[-1]
        with write_tx() as tx:
            tier_states.follow(tx, ids)
    with write_tx() as tx:
        tx.query(TierRuleSet).update({"walk_at": None})
