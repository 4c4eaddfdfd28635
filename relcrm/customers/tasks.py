"""What happens by itself with customers: consents that run out, rows to delete, questions that lapse, daily figures."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import bound, ledger
from relcrm.consent.models import ConsentState
from relcrm.customers import meetings
from relcrm.jobs import job

A_PIECE = 50


@job("expire_consents", every="day")
def expire(tx: Session, cursor: str | None) -> str | None:
    """Write the expire row of consents that have run out, for the history; they were unreadable from that instant on."""
    ran_out = sa.select(ConsentState).where(ConsentState.standing.in_(("OK", "PENDING")), ConsentState.until <= clock.now())
    rows = tx.scalars(ran_out.order_by(ConsentState.until).limit(A_PIECE)).all()
    for row in rows:
        ledger.append(
            tx, row.customer_id, row.purpose, "expire", channel=row.channel, method="system", lang="zh", actor_type="system", asked_by_staff=False,
            occurred_at=row.until,
        )  # fmt: skip
    return "more" if len(rows) == A_PIECE else None


@job("purge_hidden", every="day")
def purge(tx: Session, cursor: str | None) -> str | None:
    """Delete what no consent holds any more: fifteen days after, sensitive rows at once."""
    return "more" if bound.purge(tx, 200) >= 200 else None


@job("lapse_shares", every="hour")
def lapse(tx: Session, cursor: str | None) -> str | None:
    meetings.lapse(tx)
    return None
