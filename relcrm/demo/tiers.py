"""The made-up chain has the usual tiers since its first day; small chains are walked at once, large ones by the worker."""

from datetime import date
from random import Random

from sqlalchemy.orm import Session

from relcrm.db import session, write_tx
from relcrm.demo.words import public_id
from relcrm.loyalty import tier_rules, tier_simulation, tier_states
from relcrm.loyalty.tier_models import TierRuleSet

A_PIECE, AT_ONCE = 500, 20_000


def publish(tx: Session, seed: int, since: date) -> None:
    row = tier_rules.begin(tx, None)
    row.public_id = public_id(Random(seed + 2))
    tier_rules.publish(tx, None, row, since, row.version)


def walk(customers: int) -> None:
    """Everybody's tier from her purchases, as the job tier_rules does it, without its pauses; in a large chain that is left to it."""
    if customers > AT_ONCE:
        return
    last = 0
    while ids := tier_simulation.next_ids(session(), last, A_PIECE):
        last = ids[-1]
        with write_tx() as tx:
            tier_states.follow(tx, ids)
    with write_tx() as tx:
        tx.query(TierRuleSet).update({"walk_at": None})
