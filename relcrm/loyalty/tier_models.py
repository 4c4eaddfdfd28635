"""Published tier rules, and what follows from them for each customer: her tier, its log, and when she was told the rules."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm.db import Model, PrimaryKey, PublicId, foreign, one_of
from relcrm.loyalty.tiering import KINDS

STATUSES = ("draft", "published")
MOMENTS = ("at_once", "at_review")


class TierRuleSet(Model):
    """One version of the rules. A published one is never changed; it holds from `live_from` until the next one begins. Spans in days.

    `simulated`: how many would change, by "moment|from|to", or None as long as nobody asked. `walk_at`, `simulate_at`: the customer to
    whom a walk over everybody has come; None when it is done or was never asked for.
    """

    __tablename__ = "tier_rule_set"
    __table_args__ = (
        one_of("status", "status", STATUSES),
        sa.CheckConstraint("(status = 'published') = (live_from IS NOT NULL)", name="published_from"),
        sa.CheckConstraint("window_days > 0 AND valid_days > 0 AND grace_days >= 0 AND reversal_days >= 0", name="spans"),
    )
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    status: Mapped[str] = mapped_column(sa.String(12), default="draft")
    live_from: Mapped[date | None]
    window_days: Mapped[int] = mapped_column(default=365)
    grace_days: Mapped[int] = mapped_column(default=30)
    valid_days: Mapped[int] = mapped_column(default=365)
    reversal_days: Mapped[int] = mapped_column(default=30)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    made_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    published_at: Mapped[datetime | None]
    simulated: Mapped[dict[str, int] | None] = mapped_column(sa.JSON(none_as_null=True))
    simulated_on: Mapped[date | None]
    simulate_at: Mapped[int | None]
    walk_at: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class TierLevel(Model):
    """One tier of a version. `key` names the same tier in all versions; `thresholds`: minor units by currency, each for itself."""

    __tablename__ = "tier_level"
    __table_args__ = (
        sa.UniqueConstraint("rule_set_id", "place"),
        sa.UniqueConstraint("rule_set_id", "key"),
    )
    id: Mapped[PrimaryKey]
    rule_set_id: Mapped[int] = foreign("tier_rule_set.id", ondelete="CASCADE", index=False)
    place: Mapped[int]
    key: Mapped[str] = mapped_column(sa.String(24))
    zh: Mapped[str]
    en: Mapped[str]
    thresholds: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    visits: Mapped[int] = mapped_column(default=0)
    benefits_zh: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    benefits_en: Mapped[list[str]] = mapped_column(sa.JSON, default=list)


class TierSimulation(Model):
    """Whom a draft would change, and how: written by the worker, read page by page."""

    __tablename__ = "tier_simulation"
    __table_args__ = (
        sa.PrimaryKeyConstraint("rule_set_id", "customer_id", "moment"),
        one_of("moment", "moment", MOMENTS),
        sa.Index("ix_tier_simulation_change", "rule_set_id", "moment", "before", "after", "customer_id"),
    )
    rule_set_id: Mapped[int] = foreign("tier_rule_set.id", ondelete="CASCADE", index=False)
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE")
    moment: Mapped[str] = mapped_column(sa.String(12))
    before: Mapped[str] = mapped_column(sa.String(24))
    after: Mapped[str] = mapped_column(sa.String(24))


class CustomerTier(Model):
    """Where she stands, written by tier_states alone. Who never left the lowest tier has no row.

    `next_on`: the first day on which it may change though nothing more is bought."""

    __tablename__ = "customer_tier"
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    tier: Mapped[str] = mapped_column(sa.String(24), index=True)
    earned: Mapped[str] = mapped_column(sa.String(24))
    since: Mapped[date]
    valid_until: Mapped[date | None]
    grace_until: Mapped[date | None]
    next_on: Mapped[date | None] = mapped_column(index=True)


class TierChange(Model):
    """What happened to her tier, in order, with the rule and its parameters; derived like CustomerTier and rewritten with it."""

    __tablename__ = "tier_change"
    __table_args__ = (sa.PrimaryKeyConstraint("customer_id", "position"), one_of("kind", "kind", KINDS))
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE", index=False)
    position: Mapped[int]
    on: Mapped[date]
    kind: Mapped[str] = mapped_column(sa.String(12))
    before: Mapped[str] = mapped_column(sa.String(24))
    after: Mapped[str] = mapped_column(sa.String(24))
    why: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)


class TierTold(Model):
    """Somebody told her these rules; kept apart, so that writing her tier anew never loses it."""

    __tablename__ = "tier_told"
    __table_args__ = (sa.Index("ix_tier_told_customer_id_at", "customer_id", "at"),)
    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE", index=False)
    rule_set_id: Mapped[int] = foreign("tier_rule_set.id")
    tier: Mapped[str] = mapped_column(sa.String(24))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_member.id"))
    store_id: Mapped[int] = foreign("store.id", index=False)
    on: Mapped[date]
    at: Mapped[datetime]


class TierGrant(Model):
    """Lifted to a tier from `on` to the day before `until`, as two people decided; the reason stands with the approval."""

    __tablename__ = "tier_grant"
    __table_args__ = (sa.CheckConstraint(sa.column("on") < sa.column("until"), name="span"),)
    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE")
    tier: Mapped[str] = mapped_column(sa.String(24))
    on: Mapped[date]
    until: Mapped[date]
    approval_id: Mapped[int] = foreign("approval.id")
    at: Mapped[datetime]
