"""What one person proposes and another decides: the rows. The rules are approvals.py."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm.db import Model, PrimaryKey, PublicId, foreign, one_of

STATUSES = ("waiting", "approved", "declined", "withdrawn", "alone", "lapsed")
ON_ITS_WAY = ("waiting", "alone")


class Approval(Model):
    """One proposal about a customer. `parameters` holds ids and numbers only; `rank` is that of who proposed.

    "alone": nobody else could decide, and it is done at `applies_at` unless it is taken back. "lapsed": it could not be done any more.
    """

    __tablename__ = "approval"
    __table_args__ = (
        one_of("status", "status", STATUSES),
        sa.CheckConstraint("decided_by_id IS NULL OR alone OR decided_by_id <> proposed_by_id", name="four_eyes"),
        sa.Index(
            "ix_approval_waiting",
            "status",
            "proposed_at",
            sqlite_where=sa.text("status IN ('waiting', 'alone')"),
            postgresql_where=sa.text("status IN ('waiting', 'alone')"),
        ),
        sa.Index("ix_approval_proposed_by_id_proposed_at", "proposed_by_id", "proposed_at"),
    )
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    kind: Mapped[str] = mapped_column(sa.String(40))
    customer_id: Mapped[int] = foreign("customer.id")
    store_id: Mapped[int] = foreign("store.id")
    parameters: Mapped[dict[str, int]] = mapped_column(sa.JSON)
    reason: Mapped[str]
    rank: Mapped[int]
    proposed_by_id: Mapped[int] = foreign("staff_member.id", index=False)
    proposed_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(sa.String(12), default="waiting")
    alone: Mapped[bool] = mapped_column(default=False)
    applies_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    decided_at: Mapped[datetime | None]
    said: Mapped[str] = mapped_column(default="")
