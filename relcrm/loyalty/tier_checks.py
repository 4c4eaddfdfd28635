"""What `relcrm doctor` asks of tiers: replayed from the purchases they are what stands in the book. Mending writes them anew."""

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa

from relcrm import doctor
from relcrm.db import session, write_tx
from relcrm.loyalty import tier_events, tier_simulation, tier_states
from relcrm.loyalty.tier_models import TierRuleSet

PIECE = 500


def _pieces() -> Iterator[list[int]]:
    last = 0
    while ids := list(tier_simulation.next_ids(session(), last, PIECE)):
        yield ids
        session().rollback()
        last = ids[-1]


def wrong(ids: list[int]) -> list[int]:
    """Those whose rows are not what a replay gives. Whose day has come, or who waits for the walk after new rules, is not wrong yet."""
    today = max(tier_events.todays(session()).values(), default=date.min)
    walked = sa.select(sa.func.min(TierRuleSet.walk_at)).where(TierRuleSet.live_from <= today)
    come = session().scalar(walked)
    right, stored = tier_states.derived(session(), ids), tier_states.held(session(), ids)
    differ = [one for one in ids if right[one] != stored[one] and (come is None or one <= come)]
    return [one for one in differ if not _is_due(stored[one][0], today)]


def _is_due(state: tier_states.Row | None, today: date) -> bool:
    return state is not None and state[-1] is not None and state[-1] <= today


def mend() -> None:
    for ids in _pieces():
        found = wrong(ids)
        for start in range(0, len(found), 100):
            with write_tx() as tx:
                tier_states.follow(tx, found[start : start + 100])


@doctor.check("tiers equal the purchases", "relcrm doctor --mend", mend)
def _tiers(_deep: bool) -> Iterator[str]:
    for ids in _pieces():
        yield from (f"the tier of customer {one} is not that of her purchases" for one in wrong(ids))
