"""What a file that leaves the book holds of each customer: the cells that the gates let through. Whose files is export_sources."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from relcrm import clock
from relcrm.consent import catalogue
from relcrm.consent import rules as consent_rules
from relcrm.consent.models import ConsentState
from relcrm.consent.purposes import ANY, SPECIAL
from relcrm.customers import export_columns
from relcrm.customers.export_columns import CONTACTS, SERVICE, basis_of
from relcrm.customers.models import ContactPoint, Customer, CustomerStore, Fact, Tag
from relcrm.customers.queries import staff_names
from relcrm.customers.sight import relations
from relcrm.db import session
from relcrm.staff.models import StaffMember, Store


@dataclass(frozen=True)
class Row:
    """One customer in a file: for each chosen thing its cells, the newest event that allowed it, and the purposes it rests on."""

    customer_id: int
    cells: Mapping[str, Sequence[str]]
    event_id: int
    purposes: frozenset[str]

    @property
    def flat(self) -> list[str]:
        return [cell for cells in self.cells.values() for cell in cells]


def off() -> set[str]:
    """Fields this shop does not keep."""
    return consent_rules.switched_off(dict(catalogue.fields()))


def standing_now() -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions on ConsentState: the consents, whatever the channel, that stand at this moment."""
    lives = sa.or_(ConsentState.until.is_(None), ConsentState.until > clock.now())
    return ConsentState.channel == ANY, ConsentState.standing == "OK", lives


def rows_for(reader: StaffMember, customers: Sequence[Customer], fields: Sequence[str], *, lang: str = "en") -> list[Row]:
    """What a file of this reader would hold of these customers. Nine queries at most, however many.

    Left out are whom no store of a manager's knows, whose service consent does not stand, who is closed; left empty is what
    the reader may not see, what the shop does not keep, and whatever hangs on a consent that does not stand.
    """
    known = _gather(reader, customers, fields, lang)
    found = (_row(customer, known) for customer in customers)
    return [row for row in found if row is not None]


@dataclass
class _Known:
    reader: StaffMember
    fields: Sequence[str]
    lang: str
    off: set[str]
    stores: dict[int, Store]
    linked: dict[int, set[int]] = field(default_factory=dict)
    stands: dict[int, dict[str, int]] = field(default_factory=dict)
    associates: dict[int, str] = field(default_factory=dict)
    contacts: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    facts: dict[tuple[int, str], list[Any]] = field(default_factory=dict)
    tags: dict[int, list[str]] = field(default_factory=dict)


def _gather(reader: StaffMember, customers: Sequence[Customer], fields: Sequence[str], lang: str) -> _Known:
    mine = [customer.id for customer in customers]
    chosen = [key for key in export_columns.exportable() if key in fields]
    known = _Known(reader, chosen, lang, off(), {store.id: store for store in session().scalars(sa.select(Store))})
    links = sa.select(CustomerStore.customer_id, CustomerStore.store_id).where(CustomerStore.customer_id.in_(mine))
    for customer_id, store_id in session().execute(links):
        known.linked.setdefault(customer_id, set()).add(store_id)
    known.stands = _stands(mine)
    known.associates = staff_names({customer.owner_id for customer in customers}) if "associate" in chosen else {}
    _gather_values(known, mine)
    return known


def _stands(customer_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """For each of these the purposes that stand, with the event by which they do."""
    found: dict[int, dict[str, int]] = {}
    states = sa.select(ConsentState.customer_id, ConsentState.purpose, ConsentState.event_id)
    for customer_id, purpose, event_id in session().execute(states.where(ConsentState.customer_id.in_(customer_ids), *standing_now())):
        found.setdefault(customer_id, {})[purpose] = event_id
    return found


def still_stand(rows: Sequence[Row]) -> bool:
    """Does everything these rows rest on stand by the same events, and are all of these files open? For rows read a moment ago."""
    ids = [row.customer_id for row in rows]
    closed = sa.select(Customer.id).where(Customer.id.in_(ids), Customer.closed_at.is_not(None)).limit(1)
    stands = _stands(ids)
    hers = ([stands.get(row.customer_id, {}).get(purpose, 0) for purpose in row.purposes] for row in rows)
    return session().scalar(closed) is None and all(
        0 not in events and max(events) == row.event_id for row, events in zip(rows, hers, strict=True)
    )


def _gather_values(known: _Known, mine: Sequence[int]) -> None:
    kinds, keys = [key for key in known.fields if key in CONTACTS], export_columns.facts_of(known.fields)
    if kinds:
        points = sa.select(ContactPoint.customer_id, ContactPoint.kind, ContactPoint.value).where(ContactPoint.customer_id.in_(mine))
        for customer_id, kind, value in session().execute(points.order_by(ContactPoint.is_main.desc(), ContactPoint.id)):
            known.contacts.setdefault((customer_id, kind), []).append(value)
    if keys:
        facts = sa.select(Fact.customer_id, Fact.key, Fact.basis, Fact.plain).where(Fact.customer_id.in_(mine), Fact.key.in_(keys))
        for customer_id, key, basis, plain in session().execute(facts.where(Fact.plain.is_not(None)).order_by(Fact.id)):
            if not basis.startswith(SPECIAL):
                known.facts.setdefault((customer_id, key), []).append(json.loads(plain or "null"))
    if "tags" in known.fields:
        for customer_id, name in session().execute(
            sa.select(Tag.customer_id, Tag.name).where(Tag.customer_id.in_(mine)).order_by(Tag.name)
        ):
            known.tags.setdefault(customer_id, []).append(name)


def _row(customer: Customer, known: _Known) -> Row | None:
    sight = relations(known.reader, customer, known.linked.get(customer.id, ()))
    levels, stands = export_columns.levels(sight.relations & export_columns.MANAGERS), known.stands.get(customer.id, {})
    if not levels or customer.closed_at is not None or SERVICE not in stands:
        return None
    cells, used = dict[str, Sequence[str]](), {SERVICE}
    for key in known.fields:
        basis = basis_of(key)
        open_ = key in levels and key not in known.off and basis in stands and (basis == SERVICE or not customer.is_minor)
        found = _cells(key, customer, known, levels[key]) if open_ else []
        cells[key] = found or [""] * _width(key)
        used |= {basis} if any(found) else set()
    return Row(customer.id, cells, max(stands[basis] for basis in used), frozenset(used))


def _width(key: str) -> int:
    return len(export_columns.ADDRESS) if key == "address" else CONTACTS.get(key, 1)


def _cells(key: str, customer: Customer, known: _Known, level: str) -> list[str]:
    if key in CONTACTS:
        return export_columns.spread(known.contacts.get((customer.id, key), []), CONTACTS[key])
    if key == "tags":
        return [", ".join(known.tags.get(customer.id, []))]
    if key in export_columns.PLAIN + export_columns.HOUSE:
        return [_plain(key, customer, known)]
    return export_columns.fact_cells(key, known.facts.get((customer.id, key), []), level, known.lang)


def _plain(key: str, customer: Customer, known: _Known) -> str:
    if key == "name":
        return customer.name
    if key == "salutation":
        return _choice(key, customer.salutation, known.lang)
    if key == "preferred_language":
        return _choice(key, customer.language, known.lang)
    if key == "associate":
        return known.associates.get(customer.owner_id or 0, "")
    home = known.stores[customer.home_store_id]
    return home.name if key == "home_store" else _day(customer.created_at, home.time_zone)


@cache
def _choice(key: str, chosen: str, lang: str) -> str:
    return next((catalogue.label(one, lang) for one in catalogue.field(key).choices if one.key == chosen), "")


def _day(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).date().isoformat()
