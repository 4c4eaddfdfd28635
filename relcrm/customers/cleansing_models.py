"""What was found when the files were looked over: likely pairs and things that cannot be right. Ids and codes, never values."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm.db import BigInt, Model, PrimaryKey, PublicId, foreign, one_of

OPEN, DIFFERENT, MERGED = "open", "different", "merged"
KINDS = ("phone_wrong", "unreachable", "email_wrong", "date_wrong", "stale", "empty", "no_associate")


class DuplicateSuspect(Model):
    """Two customers who may be one, with the codes that speak for it; what a person decided is remembered for good."""

    __tablename__ = "duplicate_suspect"
    __table_args__ = (
        one_of("status", "status", (OPEN, DIFFERENT, MERGED)),
        sa.UniqueConstraint("a_id", "b_id"),
        sa.CheckConstraint("a_id < b_id", name="in_order"),
        sa.Index("ix_duplicate_suspect_status_score", "status", "score"),
        sa.Index("ix_duplicate_suspect_a_store", "a_store_id", "status", "score"),
        sa.Index("ix_duplicate_suspect_b_store", "b_store_id", "status", "score"),
        sa.Index("ix_duplicate_suspect_decided_by", "decided_by_id", "decided_at"),
    )
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    a_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE", index=False)
    b_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE")
    a_store_id: Mapped[int] = mapped_column(BigInt, sa.ForeignKey("store.id"))
    b_store_id: Mapped[int] = mapped_column(BigInt, sa.ForeignKey("store.id"))
    score: Mapped[int]
    why: Mapped[str] = mapped_column(default="")
    found_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(sa.String(10), default=OPEN)
    decided_by_id: Mapped[int | None] = mapped_column(BigInt, sa.ForeignKey("staff_member.id"))
    decided_at: Mapped[datetime | None]


class ChangedFile(Model):
    """Whose file was touched since it was last looked over."""

    __tablename__ = "changed_file"
    customer_id: Mapped[int] = mapped_column(BigInt, sa.ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True)


class SweepMark(Model):
    """How far a sweep has come in the book, and when it was last through."""

    __tablename__ = "sweep_mark"
    name: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    customer_id: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime | None]


class CleanFinding(Model):
    """Something in her file that somebody should mend, by her home store: what it is, never what it says."""

    __tablename__ = "clean_finding"
    __table_args__ = (
        sa.PrimaryKeyConstraint("store_id", "kind", "customer_id"),
        sa.Index("ix_clean_finding_customer_id", "customer_id"),
        one_of("kind", "kind", KINDS),
        {"sqlite_with_rowid": False},
    )
    store_id: Mapped[int] = mapped_column(BigInt, sa.ForeignKey("store.id"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    customer_id: Mapped[int] = mapped_column(BigInt, sa.ForeignKey("customer.id", ondelete="CASCADE"))
