"""The ledger of points, its lots, and the rules of the chain by version. Rows are added, never changed: points_book alone writes them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from relcrm.db import Model, PrimaryKey, foreign, one_of

KINDS = ("earn_pending", "earn_active", "burn", "expire", "clawback", "adjust", "debt", "debt_offset", "forfeit", "opening")
# What a purchase gave and took again; the sum of these is what it has earned.
OF_PURCHASES = ("earn_pending", "earn_active", "clawback", "debt")


class PointsPolicy(Model):
    """One published version of the rules: those of the latest `live_from` up to a purchase's day hold for that purchase.

    Money counts the smallest unit of `currency`: `minor_per_point` must be spent for one point (0: purchases earn none), one point is
    worth `value_minor` at the till. `breakage`: percent of points that are never used, for the liability alone.
    """

    __tablename__ = "points_policy"
    __table_args__ = (
        sa.CheckConstraint("minor_per_point >= 0 AND value_minor > 0 AND big_points > 0", name="amounts"),
        sa.CheckConstraint(
            "pending_days BETWEEN 0 AND 90 AND expiry_months BETWEEN 1 AND 120 AND breakage BETWEEN 0 AND 100", name="terms"
        ),
    )
    id: Mapped[PrimaryKey]
    live_from: Mapped[date]
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    currency: Mapped[str] = mapped_column(sa.String(3))
    minor_per_point: Mapped[int]
    value_minor: Mapped[int]
    pending_days: Mapped[int] = mapped_column(default=7)
    expiry_months: Mapped[int] = mapped_column(default=12)
    breakage: Mapped[int] = mapped_column(default=0)
    big_points: Mapped[int] = mapped_column(default=500)


class PointsEntry(Model):
    """One movement. `pending`, `active` and `debt` say by how much it changes each; a balance is the sum of these columns.

    `on` is the day it counts for, `at` when it was written. Without an actor the program did it. A purchase may be gone (an import
    taken back): then its rows here add up to nothing. `words` are the gift or the reason.
    """

    __tablename__ = "points_entry"
    __table_args__ = (
        one_of("kind", "kind", KINDS),
        sa.Index("ix_points_entry_customer_id_at", "customer_id", "at"),
        sa.Index(
            "ix_points_entry_purchase_id",
            "purchase_id",
            sqlite_where=sa.text("purchase_id IS NOT NULL"),
            postgresql_where=sa.text("purchase_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_points_entry_by_hand",
            "customer_id",
            "actor_id",
            sqlite_where=sa.text("actor_id IS NOT NULL"),
            postgresql_where=sa.text("actor_id IS NOT NULL"),
        ),
    )
    id: Mapped[PrimaryKey]
    public_id: Mapped[str | None] = mapped_column(sa.String(24), unique=True)
    customer_id: Mapped[int] = foreign("customer.id", index=False)
    kind: Mapped[str] = mapped_column(sa.String(12))
    pending: Mapped[int] = mapped_column(default=0)
    active: Mapped[int] = mapped_column(default=0)
    debt: Mapped[int] = mapped_column(default=0)
    on: Mapped[date]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    store_id: Mapped[int | None] = mapped_column(sa.ForeignKey("store.id"))
    reason: Mapped[str] = mapped_column(sa.String(24))
    parameters: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    words: Mapped[str] = mapped_column(default="")
    purchase_id: Mapped[int | None]
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("points_entry.id"), unique=True)
    key: Mapped[str | None] = mapped_column(sa.String(100), unique=True)


class PointsLot(Model):
    """Active points that came together and end together. `remaining` follows from the allocations; `expires_at` is the end of
    `expires_on` where she earned them."""

    __tablename__ = "points_lot"
    __table_args__ = (
        sa.CheckConstraint("remaining >= 0 AND remaining <= points", name="remaining"),
        sa.Index(
            "ix_points_lot_customer_id_expires_at",
            "customer_id",
            "expires_at",
            sqlite_where=sa.text("remaining > 0"),
            postgresql_where=sa.text("remaining > 0"),
        ),
        sa.Index(
            "ix_points_lot_expires_at", "expires_at", sqlite_where=sa.text("remaining > 0"), postgresql_where=sa.text("remaining > 0")
        ),
        sa.Index(
            "ix_points_lot_purchase_id",
            "purchase_id",
            sqlite_where=sa.text("purchase_id IS NOT NULL"),
            postgresql_where=sa.text("purchase_id IS NOT NULL"),
        ),
    )
    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = foreign("customer.id")
    entry_id: Mapped[int] = foreign("points_entry.id")
    purchase_id: Mapped[int | None]
    points: Mapped[int]
    remaining: Mapped[int]
    active_on: Mapped[date]
    expires_on: Mapped[date]
    expires_at: Mapped[datetime]
    entry: Mapped[PointsEntry] = relationship(lazy="raise_on_sql")


class PointsAllocation(Model):
    """So many points of this lot went by this entry; negative for what was given back to it."""

    __tablename__ = "points_allocation"
    __table_args__ = (sa.PrimaryKeyConstraint("entry_id", "lot_id"),)
    entry_id: Mapped[int] = foreign("points_entry.id", index=False)
    lot_id: Mapped[int] = foreign("points_lot.id")
    points: Mapped[int]
    entry: Mapped[PointsEntry] = relationship(lazy="raise_on_sql")
    lot: Mapped[PointsLot] = relationship(lazy="raise_on_sql")


class PointsPending(Model):
    """What a purchase has earned and may not be spent yet; follows from the ledger, so that a job finds what becomes active."""

    __tablename__ = "points_pending"
    __table_args__ = (sa.Index("ix_points_pending_active_at", "active_at"),)
    purchase_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = foreign("customer.id")
    points: Mapped[int]
    active_on: Mapped[date]
    active_at: Mapped[datetime]


class PointsBalance(Model):
    """The sums of a customer's ledger, written with it in one transaction."""

    __tablename__ = "points_balance"
    __table_args__ = (
        sa.Index("ix_points_balance_debt", "customer_id", sqlite_where=sa.text("debt > 0"), postgresql_where=sa.text("debt > 0")),
    )
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    pending: Mapped[int]
    active: Mapped[int]
    debt: Mapped[int]


class PointsLiability(Model):
    """What the customers at home in a store could redeem at the end of a count; `whole` once everybody is in it."""

    __tablename__ = "points_liability"
    __table_args__ = (sa.PrimaryKeyConstraint("on", "store_id"),)
    on: Mapped[date]
    store_id: Mapped[int] = foreign("store.id", index=False)
    customers: Mapped[int] = mapped_column(default=0)
    active: Mapped[int] = mapped_column(default=0)
    pending: Mapped[int] = mapped_column(default=0)
    whole: Mapped[bool] = mapped_column(default=False)
