"""Writing judged rows into the book, many in one transaction. A file brings no consent but the one to be served (DOMAIN §1.4 rule 6)."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, crypt
from relcrm.consent import bound, enrolment, ledger
from relcrm.consent.ledger import SERVICE
from relcrm.consent.models import ConsentEvent
from relcrm.customers import refused, search
from relcrm.customers.import_rows import CREATED, REFUSED, UPDATED, Terms, Verdict, empty_parts
from relcrm.customers.models import ContactPoint, Customer, CustomerStore, Fact, ImportBatch, ImportRefusal, Note
from relcrm.customers.rows import Draft


@dataclass(frozen=True)
class Hand:
    """Who writes, for which store (in its time zone), in which language the customers were told."""

    actor_id: int
    store_id: int
    zone: str
    lang: str


def write(tx: Session, batch: ImportBatch, hand: Hand, verdicts: Sequence[Verdict], terms: Terms) -> None:
    """Put these rows into the book, the refused ones aside; each row once, because the cursor moves in the same transaction."""
    _take_in(tx, hand, [verdict for verdict in verdicts if verdict.outcome == CREATED], terms)
    for verdict in verdicts:
        if verdict.outcome == UPDATED:
            _complete(tx, hand, verdict)
    tx.add_all(_set_aside(batch, verdict, terms) for verdict in verdicts if verdict.outcome == REFUSED)
    tx.flush()


def _take_in(tx: Session, hand: Hand, verdicts: Sequence[Verdict], terms: Terms) -> None:
    now = clock.now()
    customers = [_customer(hand, verdict, terms, now) for verdict in verdicts]
    tx.add_all(customers)
    tx.flush()
    points = [_contacts(hand, customer.id, verdict, now) for customer, verdict in zip(customers, verdicts, strict=True)]
    tx.add_all(point for of_one in points for point in of_one)
    tx.add_all(_link(hand, customer.id, verdict.draft, now) for customer, verdict in zip(customers, verdicts, strict=True))
    tx.flush()
    until = ledger.valid_until(SERVICE, "grant", now) or bound.FOREVER
    events = enrolment.enrol_many(tx, [one.id for one in customers], actor_id=hand.actor_id, store_id=hand.store_id, lang=hand.lang)
    search.index_newcomers(tx, hand.store_id, list(zip(customers, points, strict=True)))
    pairs = list(zip(verdicts, events, strict=True))
    addresses = [_address(hand, verdict, event) for verdict, event in pairs if verdict.address is not None]
    notes = [_note(hand, verdict, event) for verdict, event in pairs if verdict.draft.note]
    bound.put_new(tx, Fact, basis=SERVICE, until=until, rows=addresses)
    bound.put_new(tx, Note, basis=SERVICE, until=until, rows=notes)


def _customer(hand: Hand, verdict: Verdict, terms: Terms, now: datetime) -> Customer:
    draft = verdict.draft
    return Customer(
        public_id=secrets.token_urlsafe(9),
        name=draft.name,
        salutation=draft.salutation,
        language=draft.language,
        home_store_id=hand.store_id,
        owner_id=terms.associates.get(draft.associate.lower()) if draft.associate else None,
        is_minor=verdict.teen,
        created_at=now,
        created_by_id=hand.actor_id,
    )


def _contacts(hand: Hand, customer_id: int, verdict: Verdict, now: datetime) -> list[ContactPoint]:
    kinds = [kind for kind, _value in verdict.contacts]
    return [
        ContactPoint(
            customer_id=customer_id, kind=kind, value=value, is_main=kinds.index(kind) == place, added_at=now, added_by_id=hand.actor_id
        )
        for place, (kind, value) in enumerate(verdict.contacts)
    ]


def _link(hand: Hand, customer_id: int, draft: Draft, now: datetime) -> CustomerStore:
    """The store knows her since the day the file says she registered."""
    day = draft.registered_on
    since = datetime.combine(day, time(), ZoneInfo(hand.zone)) if day else now
    return CustomerStore(customer_id=customer_id, store_id=hand.store_id, since=since, how="import")


def _address(hand: Hand, verdict: Verdict, event: ConsentEvent) -> dict[str, Any]:
    return {
        "customer_id": event.customer_id,
        "key": "address",
        "slot": "",
        "plain": json.dumps(verdict.address, ensure_ascii=False),
        "sealed": None,
        "source": "imported",
        "noted_by_id": hand.actor_id,
        "noted_at": event.recorded_at,
        "confirmed_at": event.recorded_at,
        "event_id": event.id,
    }


def _note(hand: Hand, verdict: Verdict, event: ConsentEvent) -> dict[str, Any]:
    return {
        "customer_id": event.customer_id,
        "words": verdict.draft.note,
        "store_id": hand.store_id,
        "noted_by_id": hand.actor_id,
        "noted_at": event.recorded_at,
        "changed_at": None,
    }


def _complete(tx: Session, hand: Hand, verdict: Verdict) -> None:
    """Somebody who is in the book: what is missing is added, what is there stays."""
    customer, now = verdict.customer, clock.now()
    assert customer is not None
    for name, value in empty_parts(customer, verdict.draft, verdict.teen).items():
        setattr(customer, name, value)
    held = set(tx.scalars(sa.select(ContactPoint.kind).where(ContactPoint.customer_id == customer.id)))
    for point in _contacts(hand, customer.id, verdict, now):
        point.is_main = point.is_main and point.kind not in held
        tx.add(point)
    search.reindex(tx, customer.id)


def _set_aside(batch: ImportBatch, verdict: Verdict, terms: Terms) -> ImportRefusal:
    why = refused.reason(verdict.problems, terms.header)
    return ImportRefusal(batch_id=batch.id, line=verdict.row.number, sealed=crypt.seal({"cells": list(verdict.row.cells), "why": why}))
