"""Stores, people, memberships, their sessions and what they did."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from relcrm.chain import Chained
from relcrm.db import Model, PrimaryKey, PublicId, foreign, one_of

ROLES = ("associate", "store_manager", "area_manager", "owner", "auditor")
CHAIN_ROLES = ("owner", "auditor")


class Setting(Model):
    """What the owner decided for the whole chain, by key."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    value: Mapped[str]


class Store(Model):
    __tablename__ = "store"
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    hours: Mapped[str] = mapped_column(default="")
    time_zone: Mapped[str]
    language: Mapped[str]
    region: Mapped[str] = mapped_column(default="cn")
    currency: Mapped[str] = mapped_column(sa.String(3))
    country: Mapped[str] = mapped_column(sa.String(2))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class SignedIn(UserMixin):
    """What Flask-Login and the views know of the signed-in person beside her row: which session this is."""

    # The signed cookie holds a session's token, never the person's id; set when signed in or loaded.
    session_token: str = ""
    session_row: Any = None

    def get_id(self) -> str:
        return self.session_token


class StaffMember(SignedIn, Model):
    __tablename__ = "staff_member"
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name: Mapped[str]
    phone: Mapped[str | None] = mapped_column(unique=True)
    language: Mapped[str | None]
    password_hash: Mapped[str | None]
    left_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    memberships: Mapped[list["Membership"]] = relationship(lazy="raise_on_sql", back_populates="staff", cascade="all, delete-orphan")
    __mapper_args__ = {"version_id_col": version}

    @property
    def is_active(self) -> bool:
        return self.left_on is None

    def stores(self, *roles: str) -> frozenset[int] | None:
        """Ids of the stores where this person holds one of `roles` (any role if none is named); None means every store."""
        held = [m for m in self.memberships if not roles or m.role in roles]
        if any(m.store_id is None for m in held):
            return None
        return frozenset(m.store_id for m in held if m.store_id is not None)

    def holds(self, *roles: str) -> bool:
        return any(m.role in roles for m in self.memberships)


class Membership(Model):
    """One role of one person in one store; without a store in the whole chain."""

    __tablename__ = "membership"
    __table_args__ = (
        one_of("role", "role", ROLES),
        sa.CheckConstraint("(store_id IS NULL) = (role IN ('owner', 'auditor'))", name="chain_roles_have_no_store"),
        sa.UniqueConstraint("staff_id", "store_id", "role"),
    )
    id: Mapped[PrimaryKey]
    staff_id: Mapped[int] = foreign("staff_member.id", index=False)
    store_id: Mapped[int | None] = foreign("store.id")
    role: Mapped[str]
    staff: Mapped[StaffMember] = relationship(lazy="raise_on_sql", back_populates="memberships")
    store: Mapped[Store | None] = relationship(lazy="raise_on_sql")


class StaffSession(Model):
    """One signed-in device. The token itself is only in the person's cookie."""

    __tablename__ = "staff_session"
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    staff_id: Mapped[int] = foreign("staff_member.id")
    device: Mapped[str] = mapped_column(default="")
    shop_phone: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    search_term: Mapped[str | None]
    searched_at: Mapped[datetime | None]
    staff: Mapped[StaffMember] = relationship(lazy="raise_on_sql")


class Invitation(Model):
    """A link that lets a person choose a password, once."""

    __tablename__ = "invitation"
    id: Mapped[PrimaryKey]
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    staff_id: Mapped[int] = foreign("staff_member.id")
    made_by_id: Mapped[int | None] = foreign("staff_member.id")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    staff: Mapped[StaffMember] = relationship(lazy="raise_on_sql", foreign_keys=[staff_id])


class SignInAttempt(Model):
    """One try at a password, by keyed hash of the person or of what was typed; rows survive a restart and are shared by all processes."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (sa.Index("ix_sign_in_attempt_who_at", "who", "at"),)
    id: Mapped[PrimaryKey]
    who: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]


class ClientKey(Model):
    """The key a form carried and what it made, so that a repeat answers the same."""

    __tablename__ = "client_key"
    __table_args__ = (sa.PrimaryKeyConstraint("staff_id", "key"),)
    staff_id: Mapped[int] = foreign("staff_member.id", index=False)
    key: Mapped[str] = mapped_column(sa.String(64))
    made: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class AuditEvent(Chained, Model):
    """What staff did to the book itself: acts, ids and field keys, never values."""

    __tablename__ = "audit_event"
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    act: Mapped[str]
    target: Mapped[str] = mapped_column(default="")
    store_id: Mapped[int | None]
    keys: Mapped[str] = mapped_column(default="")
