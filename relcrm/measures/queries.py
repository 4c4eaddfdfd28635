"""Scores and figures as each reader may see them (DOMAIN §1.7: single segments like other things told of her, head office in sums)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from relcrm.customers import queries as customers
from relcrm.customers.models import Customer
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.measures import scores, scoring
from relcrm.measures.models import MeasureFigures, Score, ScoreCuts
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import RIGHTS

PAGE, LEAST = 50, 5
MANAGERS = ("store_manager", "area_manager", "owner")
AT_RISK = "at_risk"


@dataclass(frozen=True)
class Standing:
    score: Score
    cuts: ScoreCuts | None
    away_days: int
    amounts: bool


def sees_segment(seen: Seen) -> bool:
    return "yes" in {RIGHTS["stage3"].get(relation) for relation in seen.sight.relations}


def of(seen: Seen) -> Standing | None:
    """Her score in the money of her home store; None without consent, without purchases, or for who may not see it."""
    found = None
    if sees_segment(seen):
        found = session().scalar(sa.select(Score).where(Score.customer_id == seen.customer.id, Score.currency == seen.home.currency))
    if found is None:
        return None
    rights = {RIGHTS["spend"].get(relation) for relation in seen.sight.relations}
    away = (scores.today(session()) - found.last_on).days
    return Standing(found, session().get(ScoreCuts, found.currency), away, bool(rights & {"yes", "totals"}))


@dataclass(frozen=True)
class Part:
    """One segment in the reader's stores: None where it is too few to say."""

    key: str
    people: int | None


@dataclass(frozen=True)
class Overview:
    currency: str
    on: date
    figures: dict[str, Any]
    parts: Sequence[Part]
    scored: int


def overviews(reader: StaffMember) -> list[Overview]:
    """One for each currency of the stores she leads."""
    stores = customers.stores_of(reader, *MANAGERS) if reader.holds(*MANAGERS) else []
    ids = {str(store.id) for store in stores}
    rows = session().scalars(sa.select(MeasureFigures).where(MeasureFigures.currency.in_({store.currency for store in stores})))
    return [_overview(row, ids) for row in sorted(rows, key=lambda row: row.currency)]


def _overview(row: MeasureFigures, ids: set[str]) -> Overview:
    counts: dict[str, int] = {}
    for store_id, counter in row.figures["stores"].items():
        for key, people in counter.items() if store_id in ids else ():
            counts[key] = counts.get(key, 0) + people
    keys = (*scoring.SEGMENTS, AT_RISK)
    parts = [Part(key, counts.get(key, 0) if counts.get(key, 0) >= LEAST else None) for key in keys if counts.get(key)]
    return Overview(row.currency, row.on, row.figures, parts, counts.get("scored", 0))


def listed_stores(reader: StaffMember) -> Sequence[Store]:
    """Stores whose people this reader may see by name under a segment: where she leads the store herself."""
    return customers.stores_of(reader, "store_manager") if reader.holds("store_manager") else []


def people(reader: StaffMember, currency: str, key: str, page: int) -> tuple[list[tuple[Customer, Score]], bool]:
    """Who is in a segment (or missed), for an associate her own, for a store manager those of her stores; who was here last comes first."""
    homes = [store.id for store in listed_stores(reader)]
    mine = sa.or_(Customer.owner_id == reader.id, Customer.home_store_id.in_(homes))
    query = (
        customers.visible_to(reader)
        .add_columns(Score)
        .join(Score, Score.customer_id == Customer.id)
        .where(mine, Score.currency == currency)
    )
    today = scores.today(session())
    if key == AT_RISK:
        missed = sa.and_(Score.lapses_on <= today, Score.last_on >= today - timedelta(days=scoring.LOST_DAYS))
        query = query.where(missed).order_by(Score.lapses_on.desc(), Score.id)
    else:
        query = query.where(Score.segment == key).order_by(Score.last_on.desc(), Score.id)
    rows = [(row[0], row[1]) for row in session().execute(query.offset((page - 1) * PAGE).limit(PAGE + 1))]
    return rows[:PAGE], len(rows) > PAGE
