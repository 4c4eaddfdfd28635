"""How often somebody may try a password. Counted in a table: it survives restarts and is shared by all processes."""

import hmac
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.errors import RuleError
from relcrm.i18n import _l
from relcrm.staff.models import SignInAttempt

TRIES, PER_ADDRESS, WITHIN = 5, 30, timedelta(minutes=15)
KEPT = timedelta(days=2)
Limits = dict[str, int]


def who(secret: str, kind: str, text: str) -> str:
    """The keyed hash under which tries are counted, so that the table holds nothing that was typed."""
    return hmac.new(secret.encode(), f"{kind}:{text.casefold()}".encode(), "sha256").hexdigest()


def take(tx: Session, limits: Limits) -> list[int]:
    """Count one try before it is checked, so that many at once are no more than many in a row; returns its rows.

    Raises RuleError `locked` when one key has had as many tries within 15 minutes as its number allows.
    """
    now = clock.now()
    counted = tx.execute(
        sa.select(SignInAttempt.who, sa.func.count())
        .where(SignInAttempt.who.in_(limits), SignInAttempt.at > now - WITHIN)
        .group_by(SignInAttempt.who)
    )
    if any(count >= limits[key] for key, count in counted):
        raise RuleError(_l("Too many wrong tries. Wait a quarter of an hour, or ask your manager for a new link."), code="locked")
    rows = [SignInAttempt(who=key, at=now) for key in limits]
    tx.add_all(rows)
    tx.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < now - KEPT))
    tx.flush()
    return [row.id for row in rows]


def forgive(tx: Session, key: str, tries: list[int] | tuple[int, ...] = ()) -> None:
    """The right password came: this try counts nowhere, and the person starts afresh."""
    tx.execute(sa.delete(SignInAttempt).where(sa.or_(SignInAttempt.who == key, SignInAttempt.id.in_(tries))))
