"""What is worked out of purchases: scores under the consent to profiling, and figures of everybody together."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm.consent.bound import Bound
from relcrm.db import Model, foreign

PROFILING = "profiling"


class Score(Bound, Model):
    """One customer's standing in one currency, as of the night before or her last purchase. Money counts the currency's smallest unit.

    `last_on` over all her history; `visits` and `spend_minor` within the chain's window. `r`, `f`, `m` are 0 and `segment` "" where the
    file is too small for them. `lapses_on`: from that day on she is missed.
    """

    __tablename__ = "customer_score"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "currency"),
        sa.Index("ix_customer_score_last_on", "currency", "last_on", "readable_until"),
        sa.Index("ix_customer_score_visits", "currency", "visits", "readable_until"),
        sa.Index("ix_customer_score_spend", "currency", "spend_minor", "readable_until"),
        sa.Index("ix_customer_score_segment", "currency", "segment", "last_on"),
        sa.Index("ix_customer_score_lapses_on", "currency", "lapses_on"),
    )
    currency: Mapped[str] = mapped_column(sa.String(3))
    first_on: Mapped[date]
    last_on: Mapped[date]
    lapses_on: Mapped[date]
    visits: Mapped[int]
    spend_minor: Mapped[int]
    r: Mapped[int] = mapped_column(default=0)
    f: Mapped[int] = mapped_column(default=0)
    m: Mapped[int] = mapped_column(default=0)
    segment: Mapped[str] = mapped_column(sa.String(12), default="")


class ScoreCuts(Model):
    """The values at which a score begins, worked out by night from everybody who may be scored. `cuts`: {"r": [days], "f": [4], "m": [4]}."""

    __tablename__ = "score_cuts"
    currency: Mapped[str] = mapped_column(sa.String(3), primary_key=True)
    on: Mapped[date]
    window_days: Mapped[int]
    population: Mapped[int]
    cuts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class MeasureFigures(Model):
    """Figures of everybody who bought in one currency, without any name: repeat purchase, cohorts, segments of each home store."""

    __tablename__ = "measure_figures"
    currency: Mapped[str] = mapped_column(sa.String(3), primary_key=True)
    on: Mapped[date]
    figures: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class BoughtWith(Model):
    """Of the receipts with `product_id` on them, so many also had `other_id`; `lift` is how much oftener than by chance."""

    __tablename__ = "bought_with"
    __table_args__ = (sa.PrimaryKeyConstraint("product_id", "other_id"), sa.Index("ix_bought_with_lift", "product_id", "lift"))
    product_id: Mapped[int] = foreign("product.id", ondelete="CASCADE", index=False)
    other_id: Mapped[int] = foreign("product.id", ondelete="CASCADE", index=True)
    together: Mapped[int]
    lift: Mapped[float]
