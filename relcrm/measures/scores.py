"""Writing scores: of whoever bought just now with last night's cuts, and of everybody by night. Reading is queries."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import bound
from relcrm.measures import inputs, scoring
from relcrm.measures.inputs import Buyer
from relcrm.measures.models import PROFILING, Score, ScoreCuts
from relcrm.purchases.models import Purchase
from relcrm.staff.models import Store

GIVEN = ("readable_until", "first_on", "last_on", "lapses_on", "visits", "spend_minor")
SCORES = ("r", "f", "m", "segment")


def follow(tx: Session, customer_ids: Collection[int], _purchase_ids: Collection[int] | None) -> None:
    """Their purchases changed: what follows from them is worked out again, with the cuts of last night."""
    now = today(tx)
    known = {row.currency: row for row in tx.scalars(sa.select(ScoreCuts))}
    found = list(inputs.buyers(tx, Purchase.customer_id.in_(customer_ids), now))
    write(tx, customer_ids, found, now, known)


def today(tx: Session) -> date:
    """The day by which the chain's scores are counted: that of its first store."""
    zone = tx.scalar(sa.select(Store.time_zone).order_by(Store.id).limit(1))
    return clock.today(zone or "UTC")


def write(tx: Session, customer_ids: Collection[int], found: Sequence[Buyer], now: date, known: dict[str, ScoreCuts] | None) -> None:
    """Rows of these customers as these buyers make them; with `known` their scores too. What is the same already is not written."""
    until = inputs.may_score(tx, customer_ids)
    new = {(one.customer_id, one.currency): one.row(until[one.customer_id]) for one in found if one.customer_id in until}
    held = {(row.customer_id, row.currency): row for row in tx.execute(_rows(customer_ids))}
    for key, row in new.items():
        row |= scored(row, known.get(key[1]), now) if known is not None else _as_before(held.get(key))
    changed = [
        row for key, row in new.items() if key not in held or any(getattr(held[key], name) != row[name] for name in (*GIVEN, *SCORES))
    ]
    gone = {key[0] for key in held.keys() - new.keys()}
    stale = gone | {row["customer_id"] for row in changed}
    bound.replace(tx, Score, PROFILING, stale, [row for row in new.values() if row["customer_id"] in stale])


def _rows(customer_ids: Collection[int]) -> sa.Select[Any]:
    columns = [getattr(Score, name) for name in ("customer_id", "currency", *GIVEN, *SCORES)]
    return sa.select(*columns).where(Score.customer_id.in_(customer_ids))


def _as_before(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SCORES} if row is not None else {"r": 0, "f": 0, "m": 0, "segment": ""}


def scored(row: dict[str, Any], cuts: ScoreCuts | None, now: date) -> dict[str, Any]:
    """r, f, m and segment of a row of `GIVEN` values; zeros and "" while nothing was cut."""
    if cuts is None:
        return _as_before(None)
    at = cuts_of(cuts, now)
    values = {"r": row["last_on"], "f": row["visits"], "m": row["spend_minor"]}
    made: dict[str, Any] = {key: scoring.score(values[key], at[key]) if at[key] else 0 for key in values}
    named = cuts.population >= scoring.LEAST_NAMED
    return made | {"segment": scoring.segment(made["r"], made["f"], made["m"], row["first_on"], now) if named else ""}


def cuts_of(cuts: ScoreCuts, now: date) -> dict[str, scoring.Cuts]:
    if cuts.population < scoring.LEAST_SCORED:
        return scoring.bands(now)
    days = [date.fromisoformat(day) if day else None for day in cuts.cuts["r"]]
    return {"r": days, "f": cuts.cuts["f"], "m": cuts.cuts["m"]}
