"""Everybody's scores by night, in short pieces: what goes in, where the fifths lie, what it makes; and the figures of all together."""

import time
from collections import Counter
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import jobs
from relcrm.consent import bound
from relcrm.customers.models import Customer
from relcrm.measures import inputs, scores, scoring
from relcrm.measures.models import MeasureFigures, Score, ScoreCuts
from relcrm.measures.totalling import Tally
from relcrm.purchases.models import Purchase

NAME = "measures"
PIECE_S, AT_ONCE = 0.06, 100
COLUMNS = {"r": Score.last_on, "f": Score.visits, "m": Score.spend_minor}


class Night:
    """What one process has added up since its first piece. It is gone with the process, and the next one begins anew."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.tallies: dict[str, Tally] = {}
        self.segments: dict[str, dict[int, Counter[str]]] = {}


_night: Night | None = None


@jobs.job(NAME, every="day")
def piece(tx: Session, cursor: str | None) -> str | None:
    """The cursor is the phase and how far it is: take|customer, cut|n, score|row."""
    global _night
    if cursor is None or _night is None:
        _night, cursor = Night(scores.today(tx)), "take|0"
    phase, _bar, at = cursor.partition("|")
    until = time.perf_counter() + PIECE_S
    step = {"take": _take, "cut": _cut, "score": _score}[phase]
    following: int | None = int(at)
    while following is not None and time.perf_counter() < until:
        following = step(tx, _night, following)
    if following is not None:
        return f"{phase}|{following}"
    if phase != "score":
        return {"take": "cut|0", "cut": "score|0"}[phase]
    _keep(tx, _night)
    _night = None
    return None


def _take(tx: Session, night: Night, after: int) -> int | None:
    """The next customers with purchases: what goes into their scores, and what they add to everybody's figures."""
    some = sa.select(Purchase.customer_id).where(Purchase.customer_id > after).distinct().order_by(Purchase.customer_id).limit(AT_ONCE)
    ids = tx.scalars(some).all()
    if not ids:
        return None
    found = list(inputs.buyers(tx, Purchase.customer_id.between(ids[0], ids[-1]), night.today))
    for one in found:
        night.tallies.setdefault(one.currency, Tally()).add(one, night.today)
    scores.write(tx, ids, found, night.today, None)
    return ids[-1]


def _cut(tx: Session, night: Night, at: int) -> int | None:
    """Where the fifths of one measure in one currency lie."""
    currencies = sorted(night.tallies)
    if at >= len(currencies) * len(COLUMNS):
        return None
    currency, measure = currencies[at // len(COLUMNS)], list(COLUMNS)[at % len(COLUMNS)]
    column, mine = COLUMNS[measure], Score.currency == currency
    population = tx.scalar(sa.select(sa.func.count()).select_from(Score).where(mine)) or 0
    found = [
        scoring.cut(
            population, k, lambda i: tx.scalar(sa.select(column).where(mine).order_by(column).offset(i).limit(1)),
            lambda value: tx.scalar(sa.select(sa.func.min(column)).where(mine, column > value)),
        )
        for k in range(1, 5)
    ]  # fmt: skip
    row = tx.get(ScoreCuts, currency) or ScoreCuts(currency=currency, cuts={})
    row.on, row.window_days, row.population = night.today, inputs.window(), population
    row.cuts = {**row.cuts, measure: [value.isoformat() if isinstance(value, date) else value for value in found]}
    tx.add(row)
    return at + 1


def _score(tx: Session, night: Night, after: int) -> int | None:
    """The next rows: their scores by these cuts, and their segment counted for their home store."""
    names = ("id", "currency", *scores.GIVEN, *scores.SCORES)
    query = sa.select(*(getattr(Score, name) for name in names), Customer.home_store_id).join(Customer, Customer.id == Score.customer_id)
    rows = tx.execute(query.where(Score.id > after, Customer.closed_at.is_(None)).order_by(Score.id).limit(AT_ONCE)).all()
    cuts = {row.currency: row for row in tx.scalars(sa.select(ScoreCuts))}
    changed = []
    for row in rows:
        values = {name: getattr(row, name) for name in scores.GIVEN}
        made = scores.scored(values, cuts.get(row.currency), night.today)
        if any(getattr(row, name) != value for name, value in made.items()):
            changed.append({"id": row.id, **made})
        _count(night, row, made["segment"])
    last = rows[-1].id if rows else None
    bound.change(tx, Score, changed)
    return last


def _count(night: Night, row: Any, segment: str) -> None:
    away = (night.today - row.last_on).days
    missed = "lost" if away > scoring.LOST_DAYS else "at_risk" if row.lapses_on <= night.today else ""
    counter = night.segments.setdefault(row.currency, {}).setdefault(row.home_store_id, Counter())
    counter.update([name for name in (segment, missed, "scored") if name])


def _keep(tx: Session, night: Night) -> None:
    tx.execute(sa.delete(MeasureFigures))
    for currency, tally in night.tallies.items():
        stores: dict[str, Any] = {str(store_id): dict(counter) for store_id, counter in night.segments.get(currency, {}).items()}
        tx.add(MeasureFigures(currency=currency, on=night.today, figures={**tally.figures(), "stores": stores}))
    tx.execute(sa.delete(ScoreCuts).where(ScoreCuts.currency.not_in(night.tallies)))
