"""What in the files should be mended (DOMAIN §1.9, R-16): judged by the worker in pieces, counted and listed per store."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, jobs
from relcrm.consent import catalogue, ledger
from relcrm.consent.models import ConsentEvent
from relcrm.customers.asking import FRESH
from relcrm.customers.cleansing_models import KINDS, CleanFinding, SweepMark
from relcrm.customers.models import ContactPoint, Customer, CustomerStore, Fact, FamilyMember, Note, Serving, Tag
from relcrm.customers.queries import visible_to
from relcrm.customers.unlikely_values import birthday_is_wrong, email_trouble, phone_trouble
from relcrm.db import session
from relcrm.staff import audit
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, require

PAGE, SWEEP = 50, "clean_file"
MANAGERS = ("store_manager", "area_manager", "owner")
FIRST_YEAR = 1900


@dataclass
class Trouble:
    """What should be mended in one file: kinds, each with codes that say more (and the domain an e-mail may have meant)."""

    store_id: int
    found: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, *details: str) -> None:
        self.found.setdefault(kind, []).extend(details)


def judge(ids: Collection[int]) -> dict[int, Trouble]:
    """What is wrong with each of these now, by what may be read now. Nine queries however many; closed files are not there."""
    mine = Customer.id.in_(ids)
    people = (
        session()
        .execute(
            sa.select(Customer.id, Customer.home_store_id, Customer.owner_id, Customer.created_at, StaffMember.left_on)
            .outerjoin(StaffMember, StaffMember.id == Customer.owner_id)
            .where(mine, Customer.closed_at.is_(None))
        )
        .all()
    )
    troubles = {row.id: Trouble(row.home_store_id) for row in people}
    _judge_contacts(ids, troubles)
    _judge_dates(ids, troubles, {row.id: row.created_at for row in people})
    _judge_life(ids, troubles, {row.id: row.created_at for row in people})
    for row in people:
        if row.owner_id is None or row.left_on is not None:
            troubles[row.id].add("no_associate")
    return troubles


def _judge_contacts(ids: Collection[int], troubles: Mapping[int, Trouble]) -> None:
    columns = (ContactPoint.customer_id, ContactPoint.kind, ContactPoint.value, ContactPoint.unreachable)
    for row in session().execute(sa.select(*columns).where(ContactPoint.customer_id.in_(ids))):
        if (trouble := troubles.get(row.customer_id)) is None:
            continue
        if row.unreachable:
            trouble.add("unreachable", row.kind)
        if row.kind == "phone" and (code := phone_trouble(row.value)):
            trouble.add("phone_wrong", code)
        if row.kind == "email" and (code := email_trouble(row.value)[0]):
            trouble.add("email_wrong", code, row.value.rpartition("@")[2], email_trouble(row.value)[1])


def _judge_dates(ids: Collection[int], troubles: Mapping[int, Trouble], since: Mapping[int, datetime]) -> None:
    zones = {store.id: store.time_zone for store in session().scalars(sa.select(Store))}
    told = sa.select(Fact.customer_id, Fact.plain).where(Fact.customer_id.in_(ids), Fact.key == "birthday", Fact.plain.is_not(None))
    for row in session().execute(told):
        trouble = troubles.get(row.customer_id)
        if trouble is not None and birthday_is_wrong(json.loads(row.plain), clock.today(zones[trouble.store_id])):
            trouble.add("date_wrong", "birthday_wrong")
    links = session().execute(sa.select(CustomerStore.customer_id, CustomerStore.since).where(CustomerStore.customer_id.in_(ids)))
    for one, at in [*((row.customer_id, row.since) for row in links), *since.items()]:
        if one in troubles and (at > clock.now() or at.year < FIRST_YEAR):
            troubles[one].add("date_wrong", "since_wrong")


def _judge_life(ids: Collection[int], troubles: Mapping[int, Trouble], since: Mapping[int, datetime]) -> None:
    """Empty: nothing may be read of her. Stale: what is there was not confirmed, and she not met, for as long as DOMAIN's RT-C says."""
    known = [_latest(model, column, ids) for model, column in _CONFIRMED]
    met = [_latest(Serving, Serving.at, ids), _latest(CustomerStore, CustomerStore.since, ids)]
    met.append(_latest(ConsentEvent, ConsentEvent.recorded_at, ids, ConsentEvent.actor_type != "system"))
    fresh = clock.now() - FRESH
    for one, trouble in troubles.items():
        if not any(one in column for column in known):
            trouble.add("empty")
        elif max(at for at in (since[one], *(column.get(one) for column in (*known, *met))) if at is not None) < fresh:
            trouble.add("stale")


_CONFIRMED: Sequence[tuple[Any, Any]] = (
    (Fact, Fact.confirmed_at),
    (FamilyMember, FamilyMember.confirmed_at),
    (Note, Note.noted_at),
    (Tag, Tag.noted_at),
)


def _latest(model: Any, column: Any, ids: Collection[int], *more: sa.ColumnElement[bool]) -> dict[int, datetime]:
    newest = sa.select(model.customer_id, sa.func.max(column)).where(model.customer_id.in_(ids), *more).group_by(model.customer_id)
    return {row[0]: row[1] for row in session().execute(newest)}


def sweep(tx: Session, after: int, most: int) -> int | None:
    """Judge the next customers of the book. Returns the last of them, None when the book is through."""
    ids = tx.scalars(sa.select(Customer.id).where(Customer.id > after).order_by(Customer.id).limit(most)).all()
    look_over(tx, ids)
    if len(ids) == most:
        return ids[-1]
    tx.merge(SweepMark(name=SWEEP, customer_id=0, at=clock.now()))
    return None


def look_over(tx: Session, ids: Collection[int]) -> None:
    """Write what is wrong with these now, and only what changed of it."""
    now = {(trouble.store_id, kind, one) for one, trouble in judge(ids).items() for kind in trouble.found}
    rows = tx.execute(
        sa.select(CleanFinding.store_id, CleanFinding.kind, CleanFinding.customer_id).where(CleanFinding.customer_id.in_(ids))
    )
    before = {tuple(row) for row in rows}
    for store_id, kind, one in before - now:
        same = (CleanFinding.store_id == store_id, CleanFinding.kind == kind, CleanFinding.customer_id == one)
        tx.execute(sa.delete(CleanFinding).where(*same))
    fresh = [{"store_id": store_id, "kind": kind, "customer_id": one} for store_id, kind, one in sorted(now - before)]
    if fresh:
        tx.execute(sa.insert(CleanFinding), fresh)


def counts(store: Store) -> dict[str, int]:
    """How many files of this store should be mended, by kind, as last counted."""
    rows = sa.select(CleanFinding.kind, sa.func.count()).where(CleanFinding.store_id == store.id).group_by(CleanFinding.kind)
    found = {row[0]: row[1] for row in session().execute(rows)}
    return {kind: found.get(kind, 0) for kind in KINDS}


def listed(reader: StaffMember, store: Store, kind: str, page: int) -> tuple[list[tuple[Customer, list[str]]], bool]:
    """A page of customers with this trouble and what it is, and whether there are more. Judged again: what was mended is not shown."""
    found = sa.select(CleanFinding.customer_id).where(CleanFinding.store_id == store.id, CleanFinding.kind == kind)
    ids = session().scalars(found.order_by(CleanFinding.customer_id).offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    troubles = judge(ids[:PAGE])
    still = {one: trouble.found[kind] for one, trouble in troubles.items() if kind in trouble.found}
    people = session().scalars(visible_to(reader).where(Customer.id.in_(still)).order_by(Customer.id)) if still else ()
    return [(one, still[one.id]) for one in people], len(ids) > PAGE


def counted_at() -> datetime | None:
    mark = session().get(SweepMark, SWEEP)
    return mark.at if mark else None


def is_counting() -> bool:
    return jobs.is_waiting(SWEEP)


def count_again(tx: Session, actor: StaffMember) -> None:
    """Ask the worker to judge the whole book now; it looks at all stores at once."""
    require(actor, Permission.FILE_CLEAN)
    jobs.ask(tx, SWEEP)
    audit.note(tx, actor, "clean_counted")


@ledger.changed.connect
def _consent_changed(_sender: object, *, tx: Session, customer_id: int, purpose: str) -> None:
    """That her birthday cannot be right is not known any more when it may not be read."""
    if purpose == catalogue.field("birthday").basis and not ledger.may(customer_id, purpose).allowed:
        tx.execute(sa.delete(CleanFinding).where(CleanFinding.customer_id == customer_id, CleanFinding.kind == "date_wrong"))
