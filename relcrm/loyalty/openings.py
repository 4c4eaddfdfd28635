"""Points and a tier that a customer brings along: one lot for every row of points, an event for the tier; and both taken out again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import reduce

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.customers import openings
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.openings import OpeningBalance
from relcrm.loyalty import points_policy, tier_events, tier_states
from relcrm.loyalty.points_book import Book
from relcrm.loyalty.points_models import PointsEntry, PointsLot
from relcrm.loyalty.tier_models import TierLevel
from relcrm.loyalty.tier_spans import Event, Opening
from relcrm.staff.models import Store

WRITTEN_WITH = ("会员", "卡", " card")
KIND, TAKEN_OUT = "opening", "opening_gone"


def _tier_names() -> Mapping[str, str]:
    """Every name of the newest published rules, small, in both languages and by key."""
    from relcrm.db import session

    published = tier_events.rules(session())
    if not published:
        return {}
    rows = session().scalars(sa.select(TierLevel).where(TierLevel.rule_set_id == published[-1].number))
    names = {" ".join(name.lower().split()): row.key for row in rows for name in (row.key, row.zh, row.en)}
    # 金, 金卡, 金卡会员 and "Gold card" are one.
    bare = {reduce(str.removesuffix, WRITTEN_WITH, name): key for name, key in names.items()}
    return names | {name + more: key for name, key in bare.items() for more in ("", *WRITTEN_WITH, "卡会员")}


def _opened(tx: Session, rows: Sequence[OpeningBalance]) -> None:
    with_points = [row for row in rows if row.points]
    zones = dict(tx.execute(sa.select(Store.id, Store.time_zone).where(Store.id.in_({row.store_id for row in rows}))).all())
    files = dict(
        tx.execute(sa.select(ImportBatch.id, ImportBatch.file_name).where(ImportBatch.id.in_({row.batch_id for row in rows}))).all()
    )
    known = points_policy.versions() if with_points else ()
    if known:
        book = Book(tx, {row.customer_id for row in with_points})
        for row in with_points:
            points = row.points or 0
            entry = book.enter(
                row.customer_id, KIND, row.on, KIND, active=points, store_id=row.store_id, key=_key(row), words=files[row.batch_id]
            )
            book.lot(entry, points, known[-1], row.on, zones[row.store_id], row.points_until)
        book.close()
    _tiers(tx, rows)


def _key(row: OpeningBalance) -> str:
    return f"opening:{row.id}"


def _closing(tx: Session, rows: Sequence[OpeningBalance]) -> set[int]:
    """What is left of these lots goes; what she used of them stays used."""
    entries = sa.select(PointsEntry.id).where(PointsEntry.key.in_([_key(row) for row in rows if row.points]))
    lots = tx.scalars(sa.select(PointsLot).where(PointsLot.entry_id.in_(entries))).all()
    used = {lot.customer_id for lot in lots if lot.remaining < lot.points}
    if lots:
        book = Book(tx, {lot.customer_id for lot in lots})
        for lot in [lot for lot in lots if lot.remaining]:
            rest = lot.remaining
            entry = book.enter(lot.customer_id, KIND, clock.today("UTC"), TAKEN_OUT, active=-rest, reverses_id=lot.entry_id)
            book.take(entry, rest, [lot])
        book.close()
    _tiers(tx, rows)
    return used


def _tiers(tx: Session, rows: Sequence[OpeningBalance]) -> None:
    if ids := {row.customer_id for row in rows if row.tier}:
        tier_states.follow(tx, ids)


def _events(tx: Session, customer_ids: Collection[int]) -> Iterable[tuple[int, Event]]:
    """A tier without an end is valid as long as one reached on that day."""
    query = sa.select(OpeningBalance).where(OpeningBalance.customer_id.in_(customer_ids), OpeningBalance.tier != "")
    rows = tx.scalars(query).all()
    published = tier_events.rules(tx) if rows else []
    for row in rows:
        valid = next((rules.valid for rules in reversed(published) if rules.live_from <= row.on), published[0].valid if published else 365)
        yield row.customer_id, Opening(row.on, row.tier, row.tier_until or row.on + timedelta(days=valid))


openings.tiers.append(_tier_names)
openings.has_points.append(lambda: bool(points_policy.versions()))
openings.opened.append(_opened)
openings.closing.append(_closing)
tier_events.sources.append(_events)
