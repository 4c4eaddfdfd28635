"""Who looked at whom: one row for every opened profile, revealed phone and other look."""

from sqlalchemy.orm import Session

from relcrm import chain, clock
from relcrm.consent.models import AccessEvent
from relcrm.db import record


def looked(staff_id: int, customer_id: int, kind: str, *, store_id: int | None = None, reason: str = "") -> None:
    """Leave a row for a look; written before the answer leaves (or with the open `write_tx`)."""
    at = clock.now()

    def leave(tx: Session) -> None:
        words = {"reason": reason} if reason else {}
        chain.append(tx, AccessEvent(at=at, staff_id=staff_id, customer_id=customer_id, kind=kind, store_id=store_id), **words)

    record(leave)
