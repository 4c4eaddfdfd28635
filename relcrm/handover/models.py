"""The checklist of one purchase, step by step, and the after-sales promise in its versions. Nothing here names a customer."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm.db import Model, PrimaryKey, foreign, one_of

STATES = ("done", "fixed", "held", "na")


class Handover(Model):
    """Begun with the first tap; `finished_at` None is left for later. `pieces` were counted in front of her."""

    __tablename__ = "handover"
    purchase_id: Mapped[int] = mapped_column(sa.ForeignKey("purchase.id", ondelete="CASCADE"), primary_key=True)
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[int] = foreign("staff_member.id", index=False)
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    finished_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))


class HandoverStep(Model):
    """What became of one step. `fixed`: a problem that was put right at once; `held`: the goods stay here until it is; `na`: does not apply.

    `told` is what was told and which version of it: {"care": {"wool_knit": 2}}, {"promise": 3}, {"extras": ["gift_wrap"]}.
    """

    __tablename__ = "handover_step"
    __table_args__ = (sa.PrimaryKeyConstraint("purchase_id", "step"), one_of("state", "state", STATES))
    purchase_id: Mapped[int] = foreign("handover.purchase_id", ondelete="CASCADE", index=False)
    step: Mapped[str] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(5))
    line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("purchase_line.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(default="")
    told: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    at: Mapped[datetime]
    by_id: Mapped[int] = foreign("staff_member.id", index=False)


class AfterSales(Model):
    """What the chain promises after a sale; every change is a new version, so that a handover says which one was given."""

    __tablename__ = "after_sales"
    id: Mapped[PrimaryKey]
    zh: Mapped[str]
    en: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
