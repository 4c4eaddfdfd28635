"""Taking a whole file back, row by row by the ids it left: what it made goes, what it added is taken out, what somebody changed stays."""

import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import bound, enrolment, ledger
from relcrm.consent.models import ConsentEvent
from relcrm.customers import openings, search
from relcrm.customers.import_models import AskFirst, ImportBatch, ImportRow
from relcrm.customers.models import (
    AskRest,
    ContactPoint,
    Customer,
    CustomerListEntry,
    CustomerStore,
    Fact,
    FamilyMember,
    LatelySeen,
    Note,
    SearchKey,
    Serving,
    ShareRequest,
    Tag,
)  # fmt: skip

CHUNK = 25
CHANGED, IN_PART = "changed", "in_part"
PARTS: dict[str, type[bound.Bound]] = {"facts": Fact, "tags": Tag, "notes": Note}
GONE = (ContactPoint, SearchKey, AskFirst, AskRest, CustomerListEntry, LatelySeen, Serving, CustomerStore)


@dataclass(frozen=True)
class Trace:
    """Where somebody's work on a customer shows: her id and the instant of it."""

    customer_id: Any
    at: Any


# What later features know of a customer that was made by hand. Each is asked for customers a file made: anything after it keeps her.
traces: list[Trace] = [
    Trace(ContactPoint.customer_id, ContactPoint.added_at),
    Trace(Fact.customer_id, Fact.confirmed_at),
    Trace(FamilyMember.customer_id, FamilyMember.confirmed_at),
    Trace(Note.customer_id, sa.func.coalesce(Note.changed_at, Note.noted_at)),
    Trace(Tag.customer_id, Tag.noted_at),
    Trace(CustomerListEntry.customer_id, CustomerListEntry.added_at),
    Trace(Serving.customer_id, Serving.at),
    Trace(ShareRequest.customer_id, ShareRequest.asked_at),
    Trace(AskRest.customer_id, AskRest.at),
]
# Asked with ids of customers: those of them that may not be taken back for another reason, such as a merge.
holding: list[Callable[[Collection[int]], set[int]]] = []


def piece(tx: Session, batch: ImportBatch, until: float) -> bool:
    """Take back rows until that instant of perf_counter; False when none is left."""
    while time.perf_counter() < until:
        rows = tx.scalars(
            sa.select(ImportRow)
            .where(ImportRow.batch_id == batch.id, ImportRow.line > batch.undone_to)
            .order_by(ImportRow.line)
            .limit(CHUNK)
        ).all()
        if not rows:
            return False
        _take_back(tx, batch, rows)
        batch.undone_to = rows[-1].line
    return True


def _take_back(tx: Session, batch: ImportBatch, rows: Sequence[ImportRow]) -> None:
    made = [row for row in rows if row.outcome == "created"]
    others = [row for row in rows if row.outcome != "created"]
    changed = _changed(tx, batch, made)
    gone = [row.customer_id for row in made if row.customer_id not in changed]
    _unmake(tx, batch, gone)
    for row in made:
        row.stayed = CHANGED if row.customer_id in changed else ""
    for row in others:
        row.stayed = "" if _take_out(tx, batch, row) else IN_PART
    batch.stayed += sum(bool(row.stayed) for row in rows)
    batch.undone += sum(not row.stayed for row in rows)
    tx.flush()


def _changed(tx: Session, batch: ImportBatch, rows: Sequence[ImportRow]) -> set[int]:
    """Customers of these rows on whom somebody worked after the row was in. A later row of the same file is no work of somebody."""
    if not rows:
        return set()
    ids = [row.customer_id for row in rows]
    after = _last_of_the_file(tx, batch, rows)
    found = {one for held in holding for one in held(ids)}
    for trace in traces:
        newest = sa.select(trace.customer_id, sa.func.max(trace.at)).where(trace.customer_id.in_(ids)).group_by(trace.customer_id)
        found |= {one for one, at in tx.execute(newest) if _as_instant(at) > after[one].at}
    for one, version, closed_at in tx.execute(sa.select(Customer.id, Customer.version, Customer.closed_at).where(Customer.id.in_(ids))):
        if version != after[one].version or closed_at is not None:
            found.add(one)
    found |= {one for one, event in _newest_events(tx, ids) if event > after[one].event_id}
    linked = sa.select(CustomerStore.customer_id).where(CustomerStore.customer_id.in_(ids), CustomerStore.how != "import")
    again = sa.select(ImportRow.customer_id).where(ImportRow.customer_id.in_(ids), ImportRow.batch_id != batch.id, ImportRow.stayed == "")
    return found | set(tx.scalars(linked)) | set(tx.scalars(again.where(ImportRow.batch_id > batch.id)))


def _last_of_the_file(tx: Session, batch: ImportBatch, rows: Sequence[ImportRow]) -> dict[int, ImportRow]:
    """The newest row of this file about each customer."""
    ids = [row.customer_id for row in rows]
    query = sa.select(ImportRow).where(ImportRow.customer_id.in_(ids), ImportRow.batch_id == batch.id).order_by(ImportRow.line)
    return {row.customer_id: row for row in tx.scalars(query)}


def _as_instant(at: object) -> datetime:
    assert isinstance(at, datetime)
    return at


def _newest_events(tx: Session, ids: Collection[int]) -> Iterable[tuple[int, int]]:
    """What nobody did (a consent ran out, a notice changed) is no change."""
    query = sa.select(ConsentEvent.customer_id, sa.func.max(ConsentEvent.id)).where(ConsentEvent.customer_id.in_(ids))
    return [
        (one, event)
        for one, event in tx.execute(query.where(ConsentEvent.action.not_in(ledger.HISTORY)).group_by(ConsentEvent.customer_id))
    ]


def _unmake(tx: Session, batch: ImportBatch, ids: Sequence[int]) -> None:
    """Customers that are there only through this file: all that was of them goes, but the history of consents."""
    if not ids:
        return
    openings.take_back(tx, batch, ids)
    enrolment.close_many(tx, ids, actor_id=batch.made_by_id, lang=batch.lang)
    bound.empty(tx, ids)
    for model in GONE:
        tx.execute(sa.delete(model).where(model.customer_id.in_(ids)), execution_options={"synchronize_session": False})
    blank = {"name": "", "salutation": "", "address_as": "", "language": "", "owner_id": None, "closed_at": clock.now()}
    tx.execute(sa.update(Customer).where(Customer.id.in_(ids)).values(**blank), execution_options={"synchronize_session": False})


def _take_out(tx: Session, batch: ImportBatch, row: ImportRow) -> bool:
    """What the row added to somebody who was there before; False when part of it was changed since and stays."""
    added, customer = json.loads(row.added), tx.get_one(Customer, row.customer_id)
    if customer.closed_at is not None:
        return not any(held([customer.id]) for held in holding)
    whole = [_reset(customer, row, added.get("set", ())), _remove_contacts(tx, row, added.get("contacts", ()))]
    whole += [_remove_bound(tx, row, PARTS[part], added.get(part, ())) for part in PARTS]
    whole += [_withdraw(tx, batch, row, event_id) for event_id in added.get("events", ())]
    whole.append(not openings.take_back(tx, batch, [customer.id], row.line))
    if added.get("store"):
        whole.append(_unlink(tx, customer, added["store"]))
    keys = added.get("ask", ())
    tx.execute(sa.delete(AskFirst).where(AskFirst.customer_id == customer.id, AskFirst.key.in_(keys)))
    tx.flush()
    search.reindex(tx, customer.id)
    return all(whole)


def _reset(customer: Customer, row: ImportRow, names: Sequence[str]) -> bool:
    """Parts that were empty are empty again, if nobody wrote on that page since."""
    if not names:
        return True
    if customer.version != row.version:
        return False
    for name in names:
        setattr(customer, name, {"is_minor": False, "owner_id": None}.get(name, ""))
    return True


def _remove_contacts(tx: Session, row: ImportRow, ids: Sequence[int]) -> bool:
    """Never her last one: somebody who cannot be recognised again is nobody."""
    there = tx.scalars(sa.select(ContactPoint).where(ContactPoint.customer_id == row.customer_id).order_by(ContactPoint.id)).all()
    mine = [point for point in there if point.id in set(ids)]
    if mine and len(mine) == len(there):
        return False
    for point in mine:
        tx.delete(point)
    tx.flush()
    left = [point for point in there if point not in mine]
    for kind in {point.kind for point in mine if point.is_main}:
        for point in [point for point in left if point.kind == kind][:1]:
            point.is_main = True
    return True


def _remove_bound(tx: Session, row: ImportRow, model: type[bound.Bound], ids: Sequence[int]) -> bool:
    """By its own instant a value tells whether it is still the file's."""
    whole = True
    for one in ids:
        value: Any = tx.scalar(sa.select(model).where(model.id == one, model.customer_id == row.customer_id))
        if value is None:
            continue
        since = getattr(value, "confirmed_at", None) or getattr(value, "changed_at", None) or value.noted_at
        if since > row.at:
            whole = False
        else:
            bound.remove(tx, model, row.customer_id, one)
    return whole


def _withdraw(tx: Session, batch: ImportBatch, row: ImportRow, event_id: int) -> bool:
    """A consent that only this file proved falls with it; one she spoke of since is hers."""
    event = tx.get_one(ConsentEvent, event_id)
    events = [one for one in ledger.events_of(row.customer_id, event.purpose) if one.action not in ledger.HISTORY]
    if events[-1].id != event_id:
        return False
    if event.action != "deny":
        ledger.append(
            tx,
            row.customer_id,
            event.purpose,
            "withdraw",
            channel=event.channel,
            method="system",
            actor_type="system",
            lang=batch.lang,
            asked_by_staff=False,
        )
    return True


def _unlink(tx: Session, customer: Customer, store_id: int) -> bool:
    link = tx.get(CustomerStore, (customer.id, store_id))
    if link is None or link.how != "import" or customer.home_store_id == store_id:
        return link is None
    tx.delete(link)
    return True
