"""What goes into a customer's scores, from her purchases; and who may be scored at all."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import bound
from relcrm.consent.models import ConsentState
from relcrm.consent.purposes import ANY
from relcrm.measures import scoring
from relcrm.measures.models import PROFILING
from relcrm.purchases import totals
from relcrm.purchases.models import Purchase
from relcrm.staff import settings


@dataclass
class Buyer:
    """One customer in one currency. `days`: every visit day of all her history, in order; the others within the window."""

    customer_id: int
    currency: str
    days: list[date] = field(default_factory=list)
    visits: set[tuple[int, date]] = field(default_factory=set)
    spend_minor: int = 0

    def row(self, until: datetime) -> dict[str, Any]:
        """As `Score` keeps it, without the scores."""
        return {
            "customer_id": self.customer_id, "currency": self.currency, "readable_until": until, "first_on": self.days[0],
            "last_on": self.days[-1], "lapses_on": scoring.lapses_on(self.days), "visits": len(self.visits), "spend_minor": max(self.spend_minor, 0),
        }  # fmt: skip


def window() -> int:
    """Days that visits and money are counted over; 0 is all history."""
    value = settings.get("rfm_window_days")
    return int(value) if isinstance(value, int) else 365


def begins(today: date) -> date:
    """The first day within the window that ends today."""
    return today - timedelta(days=window() - 1) if window() else date.min


def buyers(tx: Session, whose: Any, today: date) -> Iterator[Buyer]:
    """Everybody of `whose` (a condition on purchases) with a visit day, staff purchases left out."""
    columns = (Purchase.customer_id, Purchase.currency, Purchase.store_id, Purchase.sold_on, Purchase.kept_minor, totals.counts())
    query = sa.select(*columns).where(whose, Purchase.for_staff.is_(False), Purchase.sold_on <= today)
    since, found = begins(today), dict[tuple[int, str], Buyer]()
    for customer_id, currency, store_id, sold_on, minor, counts in tx.execute(query.order_by(Purchase.customer_id, Purchase.sold_on)):
        one = found.setdefault((customer_id, currency), Buyer(customer_id, currency))
        if counts and (not one.days or one.days[-1] != sold_on):
            one.days.append(sold_on)
        if sold_on >= since:
            one.spend_minor += minor
            if counts:
                one.visits.add((store_id, sold_on))
    yield from (one for one in found.values() if one.days)


def may_score(tx: Session, customer_ids: Collection[int]) -> dict[int, datetime]:
    """Until when each of these may be scored; who has not agreed to profiling is not among them."""
    now, state = clock.now(), ConsentState
    stands = sa.or_(state.until.is_(None), state.until > now)
    query = sa.select(state.customer_id, state.until).where(
        state.purpose == PROFILING, state.channel == ANY, state.standing == "OK", stands
    )
    return {one: until or bound.FOREVER for one, until in tx.execute(query.where(state.customer_id.in_(customer_ids)))}
