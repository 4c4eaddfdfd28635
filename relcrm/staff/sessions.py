"""Signing in, staying signed in and being asked for the password again."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from relcrm import clock
from relcrm.db import record, session
from relcrm.staff import audit
from relcrm.staff.models import Membership, StaffMember, StaffSession

LASTS = timedelta(days=30)
IDLE_OWN = timedelta(hours=12)
IDLE_SHOP = timedelta(minutes=10)
TOUCH = timedelta(minutes=5)
TOUCH_SHOP = timedelta(minutes=1)
TERM_LIVES = timedelta(minutes=10)


_LIVING = (
    sa.select(StaffSession)
    .join(StaffSession.staff)
    .options(contains_eager(StaffSession.staff).joinedload(StaffMember.memberships).joinedload(Membership.store))
    .where(StaffSession.token_hash == sa.bindparam("token"), StaffSession.ended_at.is_(None), StaffMember.left_on.is_(None))
)


@dataclass(frozen=True)
class Held:
    """A session that a cookie names: the person, and whether the password must be typed again."""

    staff: StaffMember
    row: StaffSession
    locked: bool


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str) -> Held | None:
    """The living session of this token, with the person and memberships, in one query."""
    row = session().scalar(_LIVING, {"token": digest(token)}) if token else None
    now = clock.now()
    if row is None or now - row.created_at > LASTS:
        return None
    row.staff.session_token, row.staff.session_row = token, row
    return Held(row.staff, row, locked=now - row.last_used_at > (IDLE_SHOP if row.shop_phone else IDLE_OWN))


def touch(row: StaffSession) -> None:
    """Remember that the device was used, at most once in five minutes (a shop's phone: one)."""
    now, row_id = clock.now(), row.id
    if now - row.last_used_at > (TOUCH_SHOP if row.shop_phone else TOUCH):
        record(lambda tx: tx.execute(sa.update(StaffSession).where(StaffSession.id == row_id).values(last_used_at=now)))


def forget_terms(tx: Session) -> None:
    """Search terms live ten minutes; after that no row keeps what was typed."""
    old = StaffSession.searched_at < clock.now() - TERM_LIVES
    tx.execute(sa.update(StaffSession).where(old, StaffSession.search_term.is_not(None)).values(search_term=None))


def open_session(tx: Session, staff: StaffMember, *, device: str, shop_phone: bool) -> str:
    """A new session; returns its token, which is stored nowhere but in the cookie."""
    token, now = secrets.token_urlsafe(32), clock.now()
    tx.add(
        StaffSession(
            public_id=secrets.token_urlsafe(9),
            token_hash=digest(token),
            staff_id=staff.id,
            device=device[:80],
            shop_phone=shop_phone,
            created_at=now,
            last_used_at=now,
        )
    )
    audit.note(tx, staff, "signed_in", staff.public_id)
    return token


def end_sessions(tx: Session, staff_id: int, *, but: str = "", only: str = "") -> None:
    """End a person's sessions: all, all but one token hash, or only one public id."""
    query = sa.update(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
    if but:
        query = query.where(StaffSession.token_hash != but)
    if only:
        query = query.where(StaffSession.public_id == only)
    tx.execute(query.values(ended_at=clock.now()))


def end_by_token(tx: Session, token: str) -> None:
    """The device goes over to another sign-in: what its cookie named before is over."""
    tx.execute(
        sa.update(StaffSession)
        .where(StaffSession.token_hash == digest(token), StaffSession.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def living(staff_id: int) -> list[StaffSession]:
    since = clock.now() - LASTS
    return list(
        session().scalars(
            sa.select(StaffSession)
            .where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None), StaffSession.created_at > since)
            .order_by(StaffSession.last_used_at.desc())
        )
    )


def change_password(tx: Session, staff: StaffMember, password_hash: str, *, keep: str = "", by_server: bool = False) -> None:
    """A new password ends every other session of the person. The hash is made before, outside the transaction."""
    staff.password_hash = password_hash
    end_sessions(tx, staff.id, but=digest(keep) if keep else "")
    audit.note(tx, None if by_server else staff, "password_changed", staff.public_id)


def with_memberships(staff_id: int) -> StaffMember | None:
    return session().scalar(
        sa.select(StaffMember).options(joinedload(StaffMember.memberships).joinedload(Membership.store)).where(StaffMember.id == staff_id)
    )
