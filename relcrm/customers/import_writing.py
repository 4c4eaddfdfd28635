"""Writing judged rows into the book, many in one transaction, and leaving for each the ids by which it can be taken back."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, crypt
from relcrm.consent import bound, enrolment, ledger
from relcrm.consent import rules as consent_rules
from relcrm.consent.enrolment import Newcomer, Proof
from relcrm.consent.models import ConsentEvent
from relcrm.customers import contact_followers, openings, refused, search
from relcrm.customers.facts import ADULT
from relcrm.customers.import_models import AskFirst, ImportBatch, ImportRefusal, ImportRow
from relcrm.customers.import_reading import PAPER, Answer, Contact, Entry, Terms, Told
from relcrm.customers.import_rows import Verdict, empty_parts
from relcrm.customers.import_tally import CREATED, MERGED, REFUSED, UPDATED
from relcrm.customers.models import ContactPoint, Customer, CustomerStore, Fact, Note, Tag


@dataclass(frozen=True)
class Hand:
    """Who writes, in which language the customers were told, and the SHA-256 of the file and of the paper that prove their answers."""

    actor_id: int
    lang: str
    file_sha256: str
    paper_sha256: str

    def proof(self, customer_id: int, store_id: int, answer: Answer) -> Proof:
        sha256 = self.paper_sha256 if answer.evidence == PAPER else self.file_sha256
        return Proof(customer_id, store_id, answer.purpose, answer.channel, answer.action, answer.on, evidence=(answer.evidence, sha256))


def write(tx: Session, batch: ImportBatch, hand: Hand, verdicts: Sequence[Verdict], terms: Terms) -> None:
    """Put these rows into the book, the refused ones aside; each row once, because the cursor moves in the same transaction."""
    lines = _take_in(tx, batch, hand, [verdict for verdict in verdicts if verdict.outcome == CREATED], terms)
    told_again = [verdict for verdict in verdicts if verdict.outcome == MERGED and not verdict.adds]
    again = {verdict.row.number for verdict in told_again}
    lines += _told_again(tx, batch, told_again, {line["line"]: line["customer_id"] for line in lines})
    for verdict in verdicts:
        if verdict.outcome in (UPDATED, MERGED) and verdict.row.number not in again:
            lines.append(_complete(tx, batch, hand, verdict, terms))
        elif verdict.customer is not None:
            _ask_first(tx, [(verdict.customer.id, verdict.ask)])
    _insert(tx, ImportRow, lines)
    people = {line["line"]: line["customer_id"] for line in lines}
    told = [(people[one.row.number], one.row, one.entry.store_id, one.opening) for one in verdicts if one.opening]
    openings.write(tx, batch, told, terms.today)
    _insert(tx, ImportRefusal, [_set_aside(batch, verdict, terms) for verdict in verdicts if verdict.outcome == REFUSED])


def _insert(tx: Session, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        tx.execute(sa.insert(model), rows)


def _take_in(tx: Session, batch: ImportBatch, hand: Hand, verdicts: Sequence[Verdict], terms: Terms) -> list[dict[str, Any]]:
    if not verdicts:
        return []
    now = clock.now()
    new = sa.insert(Customer).returning(Customer.id, sort_by_parameter_order=True)
    ids = list(tx.scalars(new, [_customer(hand, verdict.entry, now) for verdict in verdicts]))
    people = list(zip(ids, verdicts, strict=True))
    _insert(tx, ContactPoint, [row for one, verdict in people for row in _contacts(hand, one, verdict.contacts, (), now)])
    contact_followers.added(tx, [(one, *contact) for one, verdict in people for contact in verdict.contacts])
    _insert(tx, CustomerStore, [_link(one, verdict.entry, terms, now) for one, verdict in people])
    newcomers = [Newcomer(one, verdict.entry.store_id) for one, verdict in people]
    proofs = [hand.proof(one, verdict.entry.store_id, answer) for one, verdict in people for answer in verdict.answers]
    events = enrolment.enrol_many(tx, newcomers, proofs, actor_id=hand.actor_id, lang=hand.lang)
    search.index_newcomers(
        tx, [(one, verdict.draft.name, verdict.entry.owner_id, verdict.entry.store_id, verdict.contacts) for one, verdict in people]
    )
    _fill(tx, hand, people, events, now)
    _ask_first(tx, [(one, verdict.ask) for one, verdict in people])
    return [_line(batch, verdict, one, 1, events[one][-1].id, now, {}) for one, verdict in people]


def _customer(hand: Hand, entry: Entry, now: datetime) -> dict[str, Any]:
    return {
        "public_id": secrets.token_urlsafe(9),
        "name": entry.draft.name,
        "salutation": entry.draft.salutation,
        "language": entry.draft.language,
        "home_store_id": entry.store_id,
        "owner_id": entry.owner_id,
        "is_minor": entry.teen,
        "created_at": now,
        "created_by_id": hand.actor_id,
        "version": 1,
    }


def _contacts(hand: Hand, customer_id: int, contacts: Sequence[Contact], held: Iterable[str], now: datetime) -> list[dict[str, Any]]:
    """The first of each kind is the main one, unless she holds one of that kind."""
    kinds = [*held, *(kind for kind, _value in contacts)]
    return [
        {
            "customer_id": customer_id,
            "kind": kind,
            "value": value,
            "is_main": kinds.index(kind) == len(kinds) - len(contacts) + place,
            "added_at": now,
            "added_by_id": hand.actor_id,
        }
        for place, (kind, value) in enumerate(contacts)
    ]


def _link(customer_id: int, entry: Entry, terms: Terms, now: datetime) -> dict[str, Any]:
    """The store knows her since the day the file says she registered."""
    day = entry.draft.registered_on
    since = datetime.combine(day, time(), ZoneInfo(terms.zone)) if day else now
    return {"customer_id": customer_id, "store_id": entry.store_id, "since": since, "how": "import"}


def _fill(
    tx: Session, hand: Hand, people: Sequence[tuple[int, Verdict]], events: Mapping[int, Sequence[ConsentEvent]], now: datetime
) -> None:
    """Facts, tags and notes of newcomers, one statement for each kind and the consent they hang on."""
    facts: dict[tuple[str, datetime], list[Mapping[str, Any]]] = {}
    tags: dict[tuple[str, datetime], list[Mapping[str, Any]]] = {}
    for one, verdict in people:
        by_purpose = {event.purpose: event for event in events[one]}
        for told in verdict.facts:
            event = by_purpose[told.basis]
            facts.setdefault(_hangs(event), []).append({"customer_id": one, **_fact(hand, told, event.id, now)})
        for tag in verdict.tags:
            row = {"customer_id": one, "name": tag, "noted_by_id": hand.actor_id, "noted_at": now}
            tags.setdefault(_hangs(by_purpose[ADULT]), []).append(row)
    for model, groups in ((Fact, facts), (Tag, tags)):
        for (basis, until), rows in groups.items():
            bound.put_new(tx, model, basis=basis, until=until, rows=rows)
    notes = [{"customer_id": one, **_note(hand, verdict, now)} for one, verdict in people if verdict.note]
    bound.put_new(tx, Note, basis=ledger.SERVICE, until=bound.FOREVER, rows=notes)


def _hangs(event: ConsentEvent) -> tuple[str, datetime]:
    return event.purpose, event.valid_until or bound.FOREVER


def _fact(hand: Hand, told: Told, event_id: int | None, now: datetime) -> dict[str, Any]:
    return {
        "key": told.key,
        "slot": "",
        "plain": json.dumps(told.value, ensure_ascii=False),
        "sealed": None,
        "source": "imported",
        "noted_by_id": hand.actor_id,
        "noted_at": now,
        "confirmed_at": now,
        "event_id": event_id,
    }


def _note(hand: Hand, verdict: Verdict, now: datetime) -> dict[str, Any]:
    return {
        "words": verdict.note,
        "store_id": verdict.entry.store_id,
        "noted_by_id": hand.actor_id,
        "noted_at": now,
        "changed_at": None,
    }


def _ask_first(tx: Session, asked: Iterable[tuple[int, Sequence[str]]]) -> None:
    _insert(tx, AskFirst, [{"customer_id": one, "key": key} for one, keys in asked for key in keys])


def _complete(tx: Session, batch: ImportBatch, hand: Hand, verdict: Verdict, terms: Terms) -> dict[str, Any]:
    """Somebody who is in the book: what is missing is added, what is there stays."""
    customer, now = verdict.customer, clock.now()
    assert customer is not None
    one, added = customer.id, dict[str, Any]()
    proofs = [hand.proof(one, verdict.entry.store_id, answer) for answer in verdict.answers]
    added["events"] = [event.id for event in enrolment.add_proofs(tx, proofs, actor_id=hand.actor_id, lang=hand.lang)]
    added["set"] = _fill_empty(tx, hand, customer, verdict.entry)
    added["contacts"] = _add_contacts(tx, hand, verdict, now)
    if verdict.links:
        _insert(tx, CustomerStore, [_link(one, verdict.entry, terms, now)])
        added["store"] = verdict.entry.store_id
    added |= _add_bound(tx, hand, verdict, now)
    _ask_first(tx, [(one, verdict.ask)])
    added["ask"] = list(verdict.ask)
    search.reindex(tx, one)
    newest = tx.scalar(sa.select(sa.func.max(ConsentEvent.id)).where(ConsentEvent.customer_id == one)) or 0
    return _line(batch, verdict, one, customer.version, newest, now, {key: value for key, value in added.items() if value})


def _fill_empty(tx: Session, hand: Hand, customer: Customer, entry: Entry) -> list[str]:
    parts = empty_parts(customer, entry)
    for name, value in parts.items():
        setattr(customer, name, value)
    tx.flush()
    if "is_minor" in parts:
        consent_rules.end_for_minor(tx, customer.id, lang=hand.lang)
    return sorted(parts)


def _add_contacts(tx: Session, hand: Hand, verdict: Verdict, now: datetime) -> list[int]:
    assert verdict.customer is not None
    if not verdict.contacts:
        return []
    held = tx.scalars(sa.select(ContactPoint.kind).where(ContactPoint.customer_id == verdict.customer.id)).all()
    new = sa.insert(ContactPoint).returning(ContactPoint.id, sort_by_parameter_order=True)
    contact_followers.added(tx, [(verdict.customer.id, *contact) for contact in verdict.contacts])
    return list(tx.scalars(new, _contacts(hand, verdict.customer.id, verdict.contacts, held, now)))


def _add_bound(tx: Session, hand: Hand, verdict: Verdict, now: datetime) -> dict[str, list[int]]:
    assert verdict.customer is not None
    one, added = verdict.customer.id, dict[str, list[int]]()
    for told in verdict.facts:
        stands = ledger.may(one, told.basis)
        if stands.allowed:
            until, values = stands.until or bound.FOREVER, _fact(hand, told, stands.event_id, now)
            key = {"key": values.pop("key"), "slot": values.pop("slot")}
            made = bound.put(tx, Fact, customer_id=one, basis=told.basis, until=until, key=key, values=values)
            added.setdefault("facts", []).append(made)
    until_tags = ledger.until_of(one, ADULT) if verdict.tags else None
    for tag in verdict.tags if until_tags else ():
        told_by = {"noted_by_id": hand.actor_id, "noted_at": now}
        made = bound.put(tx, Tag, customer_id=one, basis=ADULT, until=until_tags or now, key={"name": tag}, values=told_by)
        added.setdefault("tags", []).append(made)
    if verdict.note:
        until, words = ledger.until_of(one, ledger.SERVICE) or now, _note(hand, verdict, now)
        added["notes"] = [bound.put(tx, Note, customer_id=one, basis=ledger.SERVICE, until=until, key={}, values=words)]
    return added


def _told_again(tx: Session, batch: ImportBatch, verdicts: Sequence[Verdict], made: Mapping[int, int]) -> list[dict[str, Any]]:
    """Rows that repeat what is there: only that they were here is written, in two statements for all of them."""
    people = [(verdict.customer.id if verdict.customer else made[verdict.twin_of], verdict) for verdict in verdicts]
    newest = sa.select(ConsentEvent.customer_id, sa.func.max(ConsentEvent.id)).group_by(ConsentEvent.customer_id)
    events = dict(tx.execute(newest.where(ConsentEvent.customer_id.in_({one for one, _verdict in people}))).all()) if people else {}
    now = clock.now()
    return [
        _line(batch, verdict, one, verdict.customer.version if verdict.customer else 1, events.get(one, 0), now, {})
        for one, verdict in people
    ]


def _line(
    batch: ImportBatch, verdict: Verdict, customer_id: int, version: int, event_id: int, now: datetime, added: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "batch_id": batch.id,
        "line": verdict.row.number,
        "customer_id": customer_id,
        "outcome": verdict.outcome,
        "at": now,
        "version": version,
        "event_id": event_id,
        "added": json.dumps(added),
    }


def _set_aside(batch: ImportBatch, verdict: Verdict, terms: Terms) -> dict[str, Any]:
    why = refused.reason(verdict.problems, terms.header)
    sealed = crypt.seal({"cells": list(verdict.row.cells), "why": why})
    return {"batch_id": batch.id, "line": verdict.row.number, "sealed": sealed}
