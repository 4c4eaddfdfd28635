"""What happens by itself with consents: those that run out, rows nobody consents to any more, grants that a new notice ends."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import bound, ledger, notices
from relcrm.consent.models import ConsentEvent, ConsentState
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


@job("cut_by_notices", every="day")
def cut(tx: Session, cursor: str | None) -> str | None:
    """In the 30 days before a material notice takes effect, older grants of its purposes get that date as their end."""
    for purpose_key, versions in notices.cuts().items():
        for version, effective in versions:
            older = sa.and_(ConsentEvent.id == ConsentState.event_id, sa.func.coalesce(ConsentEvent.notice_version, 0) < version)
            late = sa.or_(ConsentState.until.is_(None), ConsentState.until > effective)
            query = sa.select(ConsentState.customer_id).join(ConsentEvent, older).where(ConsentState.purpose == purpose_key, late)
            ids = tx.scalars(query.where(ConsentState.standing == "OK").distinct().limit(A_PIECE)).all()
            for customer_id in ids:
                ledger.follow(tx, customer_id, purpose_key)
            if ids:
                return "more"
    return None
