"""What happens by itself with consents: those that run out, rows nobody consents to any more, grants that a new notice ends."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import bound, ledger, notices
from relcrm.consent.models import ConsentEvent, ConsentState
from relcrm.jobs import job

A_PIECE = 25


@job("expire_consents", every="day")
def expire(tx: Session, cursor: str | None) -> str | None:
    """Write the expire row of consents that have run out, for the history; they were unreadable from that instant on."""
    ran_out = sa.select(ConsentState).where(ConsentState.standing.in_(("OK", "PENDING")), ConsentState.until <= clock.now())
    rows = tx.scalars(ran_out.order_by(ConsentState.until).limit(A_PIECE)).all()
    for row in rows:
        cut = row.standing == "OK" and ledger.may(row.customer_id, row.purpose, row.channel).code == "SUPERSEDED"
        ledger.append(
            tx, row.customer_id, row.purpose, "supersede" if cut else "expire", channel=row.channel, method="system", lang="zh", actor_type="system", asked_by_staff=False,
            occurred_at=row.until,
        )  # fmt: skip
    return "more" if len(rows) == A_PIECE else None


@job("follow_notices", every="day")
def follow_notices(tx: Session, cursor: str | None) -> str | None:
    """In the 30 days before a material notice takes effect: what hangs on an older grant is readable until that date, no longer."""
    rows = [row for purpose_key, cut in notices.cuts().items() for row in _uncut(tx, purpose_key, cut)]
    for customer_id, purpose_key in dict.fromkeys((row.customer_id, row.purpose) for row in rows[:A_PIECE]):
        ledger.follow(tx, customer_id, purpose_key)
    return "more" if len(rows) > A_PIECE else None


def _uncut(tx: Session, purpose_key: str, cuts: Sequence[tuple[int, datetime]]) -> Sequence[ConsentState]:
    older = [
        sa.and_(
            sa.func.coalesce(ConsentEvent.notice_version, 0) < version,
            sa.or_(ConsentState.until.is_(None), ConsentState.until > effective),
        )
        for version, effective in cuts
    ]
    standing = sa.select(ConsentState).join(ConsentEvent, ConsentEvent.id == ConsentState.event_id)
    uncut = standing.where(ConsentState.purpose == purpose_key, ConsentState.standing == "OK", sa.or_(*older))
    return tx.scalars(uncut.limit(A_PIECE + 1)).all()


@job("purge_hidden", every="day")
def purge(tx: Session, cursor: str | None) -> str | None:
    """Delete what no consent holds any more: fifteen days after, sensitive rows at once."""
    return "more" if bound.purge(tx, 200) >= 200 else None
