"""Notices, the consent ledger, its derived states, switches of the owner, and who looked at whom."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm.chain import Chained
from relcrm.db import Model, PrimaryKey, foreign, one_of

ACTIONS = ("grant", "deny", "withdraw", "expire", "renew", "supersede", "import", "pending", "confirm")
METHODS = (
    "in_person_verbal", "signed_paper", "self_service", "sms_reply", "phone_call", "wecom_chat", "email", "guardian", "import_legacy", "system",
)  # fmt: skip
LOOKS = ("profile", "reveal", "complete_number", "she_is_here", "ask_share", "serving", "notes", "export", "tier_shown")


class Notice(Model):
    """What people are told, in one language and version. Never changed: a new version is a new row."""

    __tablename__ = "notice"
    __table_args__ = (sa.UniqueConstraint("kind", "version", "lang"),)
    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(sa.String(32))
    version: Mapped[int]
    lang: Mapped[str] = mapped_column(sa.String(8))
    spoken: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[datetime]
    # A material version names the purposes it changes; on its date their older grants end (DOMAIN §1.4 rule 5).
    changes: Mapped[str] = mapped_column(default="")
    effective_at: Mapped[datetime]


class ConsentEvent(Chained, Model):
    """One act of will about one purpose. Rows are added and never changed."""

    __tablename__ = "consent_event"
    __table_args__ = (
        one_of("action", "action", ACTIONS),
        one_of("method", "method", METHODS),
        sa.CheckConstraint(
            "purpose <> 'marketing' OR channel <> 'any' OR action IN ('deny', 'withdraw')", name="marketing_names_a_channel"
        ),
        sa.Index("ix_consent_event_customer_purpose", "customer_id", "purpose"),
        sa.Index("ix_consent_event_customer_recorded", "customer_id", "recorded_at"),
    )
    customer_id: Mapped[int] = foreign("customer.id", index=False)
    purpose: Mapped[str] = mapped_column(sa.String(32))
    channel: Mapped[str] = mapped_column(sa.String(16), default="any")
    action: Mapped[str] = mapped_column(sa.String(16))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(sa.String(24))
    actor_type: Mapped[str] = mapped_column(sa.String(16))
    actor_staff_id: Mapped[int | None]
    store_id: Mapped[int | None]
    asked_by_staff: Mapped[bool] = mapped_column(default=True)
    notice_id: Mapped[int | None]
    notice_version: Mapped[int | None]
    notice_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    lang: Mapped[str] = mapped_column(sa.String(8))
    scope: Mapped[str] = mapped_column(default="{}")
    evidence_kind: Mapped[str | None]
    evidence_sha256: Mapped[str | None]
    valid_until: Mapped[datetime | None]
    reason_hmac: Mapped[str | None] = mapped_column(sa.String(64))
    evidence_ref_hmac: Mapped[str | None] = mapped_column(sa.String(64))


class ConsentState(Model):
    """Where each purpose and channel stands, derived from the ledger in the same transaction and rebuildable from it."""

    __tablename__ = "consent_state"
    __table_args__ = (
        sa.PrimaryKeyConstraint("customer_id", "purpose", "channel"),
        sa.Index("ix_consent_state_until", "until", sqlite_where=sa.text("standing = 'OK'"), postgresql_where=sa.text("standing = 'OK'")),
    )
    customer_id: Mapped[int] = foreign("customer.id", index=False)
    purpose: Mapped[str] = mapped_column(sa.String(32))
    channel: Mapped[str] = mapped_column(sa.String(16))
    standing: Mapped[str] = mapped_column(sa.String(16))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    event_id: Mapped[int]


class Alias(Model):
    """The loser is the winner from `merged_at` until `undone_at`. Chained rows keep the id they were written with; this row joins them."""

    __tablename__ = "alias"
    __table_args__ = (
        sa.CheckConstraint("loser_id <> winner_id", name="two_records"),
        sa.Index(
            "uq_alias_loser_open",
            "loser_id",
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        ),
    )
    id: Mapped[PrimaryKey]
    loser_id: Mapped[int] = foreign("customer.id")
    winner_id: Mapped[int] = foreign("customer.id")
    merged_at: Mapped[datetime]
    merged_by_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_member.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))


class Assessment(Model):
    """The owner's impact assessment that must stand before profiling or a sensitive field may be switched on (DOMAIN §1.9)."""

    __tablename__ = "assessment"
    id: Mapped[PrimaryKey]
    subject: Mapped[str] = mapped_column(sa.String(32), index=True)
    text: Mapped[str]
    allowed: Mapped[bool]
    decided_by_id: Mapped[int | None] = foreign("staff_member.id")
    decided_at: Mapped[datetime]
    review_on: Mapped[date]


class FieldSwitch(Model):
    """A field the owner has switched off, or (after an assessment) on."""

    __tablename__ = "field_switch"
    key: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    is_on: Mapped[bool]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = foreign("staff_member.id")


class AccessEvent(Chained, Model):
    """Who looked at whom, when and why."""

    __tablename__ = "access_event"
    __table_args__ = (
        one_of("kind", "kind", LOOKS),
        sa.Index("ix_access_event_customer_at", "customer_id", "at"),
        sa.Index("ix_access_event_staff_at", "staff_id", "at"),
    )
    at: Mapped[datetime]
    staff_id: Mapped[int] = foreign("staff_member.id", index=False)
    customer_id: Mapped[int] = foreign("customer.id", index=False)
    store_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(sa.String(24))
    reason_hmac: Mapped[str | None] = mapped_column(sa.String(64))
