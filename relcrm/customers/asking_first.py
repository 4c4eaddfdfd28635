"""To ask at the next visit: what an old file told of somebody and nothing let us keep. Keys of fields only; the answer is hers to give again."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import catalogue, ledger
from relcrm.consent import rules as consent_rules
from relcrm.consent.catalogue import Field
from relcrm.consent.purposes import Purpose, purpose
from relcrm.customers import queries
from relcrm.customers.import_models import AskFirst
from relcrm.customers.models import AskRest, Customer, CustomerStore
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.staff.models import StaffMember

PAGE = 50


@dataclass(frozen=True)
class Waiting:
    """One customer of the list, with the fields to ask her."""

    customer: Customer
    fields: tuple[Field, ...]


def keys_of(customer_id: int) -> set[str]:
    return set(session().scalars(sa.select(AskFirst.key).where(AskFirst.customer_id == customer_id)))


def purpose_first(seen: Seen, keys: set[str], standing: set[str]) -> tuple[Purpose, Field] | None:
    """The consent to ask before one of these fields can be asked, when she may be asked at all and the question does not rest."""
    if not keys or seen.customer.is_minor:
        return None
    now = clock.now()
    resting = sa.select(AskRest.key).where(AskRest.customer_id == seen.customer.id, AskRest.until > now)
    for key in sorted(keys - set(session().scalars(resting))):
        field = catalogue.field(key)
        grantable = not purpose(field.basis).needs_assessment or consent_rules.is_assessed(field.basis)
        if field.basis not in standing and grantable and seen.sight.shows(field) and ledger.may_ask(seen.customer.id, field.basis):
            return purpose(field.basis), field
    return None


def page(reader: StaffMember, before: int | None = None) -> tuple[list[Waiting], int | None]:
    """Customers to ask, those who came in last first: an associate's own and the pool's, a manager's whole stores. Returns the page
    and the id before which the next one begins."""
    query = _waiting_for(reader)
    if before is not None:
        query = query.where(Customer.id < before)
    found = session().scalars(query.order_by(Customer.id.desc()).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    return _with_fields(shown), (shown[-1].id if len(found) > PAGE else None)


def _with_fields(customers: Sequence[Customer]) -> list[Waiting]:
    keys: dict[int, list[Field]] = {}
    query = sa.select(AskFirst.customer_id, AskFirst.key).where(AskFirst.customer_id.in_([one.id for one in customers]))
    for one, key in session().execute(query.order_by(AskFirst.key)):
        keys.setdefault(one, []).append(catalogue.field(key))
    return [Waiting(one, tuple(keys.get(one.id, ()))) for one in customers]


def _waiting_for(reader: StaffMember) -> sa.Select[Customer]:
    managed = reader.stores("store_manager", "area_manager", "owner", "auditor")
    query = queries.visible_to(reader).where(sa.select(AskFirst.key).where(AskFirst.customer_id == Customer.id).exists())
    if managed is None:
        return query
    linked = sa.select(CustomerStore.customer_id).where(CustomerStore.customer_id == Customer.id, CustomerStore.store_id.in_(managed))
    return query.where(sa.or_(Customer.owner_id == reader.id, Customer.owner_id.is_(None), linked.exists()))


def any_waits(reader: StaffMember) -> bool:
    """Is there anybody on that list? Asked on every first page: nothing is counted."""
    if session().scalar(sa.select(AskFirst.key).limit(1)) is None:
        return False
    return session().scalar(_waiting_for(reader).with_only_columns(Customer.id).limit(1)) is not None


def opened_by(customer_id: int, purpose_key: str) -> bool:
    """Does something to ask hang on this purpose?"""
    return any(catalogue.field(key).basis == purpose_key for key in keys_of(customer_id))


def answered(tx: Session, customer_id: int, key: str) -> None:
    """She told it, or does not want to: it is not asked because of the file any more."""
    tx.execute(sa.delete(AskFirst).where(AskFirst.customer_id == customer_id, AskFirst.key == key))


@ledger.changed.connect
def _follow(_sender: object, tx: Session, customer_id: int, purpose: str, **_more: object) -> None:
    """After a no to the purpose nothing that hangs on it is asked."""
    keys = [key for key, field in catalogue.fields().items() if field.basis == purpose]
    if keys and ledger.may(customer_id, purpose).code in ("DENIED", "WITHDRAWN"):
        tx.execute(sa.delete(AskFirst).where(AskFirst.customer_id == customer_id, AskFirst.key.in_(keys)))
