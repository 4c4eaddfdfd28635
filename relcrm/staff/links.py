"""The one-time link with which a person chooses a password: on being invited, or when she forgot it."""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from relcrm import clock
from relcrm.db import session
from relcrm.errors import NotFound
from relcrm.i18n import _l
from relcrm.staff import audit
from relcrm.staff.models import Invitation, StaffMember
from relcrm.staff.sessions import digest, end_sessions

LASTS = timedelta(days=7)


def make(tx: Session, person: StaffMember, actor: StaffMember | None) -> str:
    """A new link for `person`; older ones stop working. Returns the token (32 random bytes), of which only the SHA-256 is kept."""
    token, now = secrets.token_urlsafe(32), clock.now()
    void(tx, person.id)
    maker = actor.id if actor is not None else None
    tx.add(Invitation(token_hash=digest(token), staff_id=person.id, made_by_id=maker, expires_at=now + LASTS))
    audit.note(tx, actor, "link_made", person.public_id)
    return token


def address(base: str, token: str) -> str:
    return f"{base.rstrip('/')}/join/{token}"


def void(tx: Session, staff_id: int) -> None:
    """Links of this person that were not used yet stop working."""
    now = clock.now()
    tx.execute(
        sa.update(Invitation)
        .where(Invitation.staff_id == staff_id, Invitation.used_at.is_(None), Invitation.expires_at > now)
        .values(expires_at=now)
    )


def find(token: str) -> Invitation:
    """The link, if it still works, with its person. Raises NotFound; changes nothing."""
    row = session().scalar(
        sa.select(Invitation)
        .join(Invitation.staff)
        .options(joinedload(Invitation.staff))
        .where(
            Invitation.token_hash == digest(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > clock.now(),
            StaffMember.left_on.is_(None),
        )
    )
    if row is None:
        raise NotFound(_l("This link was used already, or it is older than 7 days. Ask your manager for a new one."), code="link_gone")
    return row


def use(tx: Session, token: str, password_hash: str) -> StaffMember:
    """Set the password and end what was signed in before. The hash is made before, outside the transaction."""
    row = find(token)
    row.used_at = clock.now()
    row.staff.password_hash = password_hash
    end_sessions(tx, row.staff_id)
    audit.note(tx, row.staff, "link_used", row.staff.public_id)
    return row.staff


def waiting(staff_id: int) -> Invitation | None:
    """The link that this person has not used yet."""
    return session().scalar(
        sa.select(Invitation)
        .where(Invitation.staff_id == staff_id, Invitation.used_at.is_(None), Invitation.expires_at > clock.now())
        .order_by(Invitation.id.desc())
        .limit(1)
    )
