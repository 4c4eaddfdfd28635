"""Lists made by hand: they hold ids; who is on the page is asked of the gates when it is read."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import forbidden
from relcrm.customers.models import Customer, CustomerList, CustomerListEntry
from relcrm.customers.queries import Seen, stores_of, visible_to
from relcrm.db import session
from relcrm.errors import NotFound
from relcrm.i18n import _l
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, require

PAGE = 30


def of(reader: StaffMember) -> Sequence[CustomerList]:
    """The lists of the stores where the reader serves."""
    stores = [store.id for store in stores_of(reader, "associate", "store_manager")]
    return session().scalars(sa.select(CustomerList).where(CustomerList.store_id.in_(stores)).order_by(CustomerList.name).limit(100)).all()


def get(reader: StaffMember, public_id: str) -> CustomerList:
    found = next((one for one in of(reader) if one.public_id == public_id), None)
    if found is None:
        raise NotFound(_l("There is no such list."), code="no_list")
    return found


def members(reader: StaffMember, one: CustomerList, page: int) -> tuple[Sequence[Customer], bool]:
    """A page of those on the list that the reader may see, and whether there are more."""
    on_it = sa.and_(CustomerListEntry.customer_id == Customer.id, CustomerListEntry.list_id == one.id)
    query = visible_to(reader).join(CustomerListEntry, on_it).order_by(CustomerListEntry.added_at.desc(), Customer.id)
    rows = session().scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def make(tx: Session, actor: StaffMember, store: Store, name: str) -> CustomerList:
    """A new list of a store. Its name is words about people too: the forbidden are refused."""
    require(actor, Permission.CUSTOMER_WRITE, store.id)
    forbidden.check(name, field="name")
    row = CustomerList(
        public_id=secrets.token_urlsafe(9), store_id=store.id, name=" ".join(name.split()), made_by_id=actor.id, made_at=clock.now()
    )
    tx.add(row)
    tx.flush()
    return row


def put_on(tx: Session, actor: StaffMember, one: CustomerList, seen: Seen) -> None:
    require(actor, Permission.CUSTOMER_WRITE, one.store_id)
    if tx.get(CustomerListEntry, (one.id, seen.customer.id)) is None:
        tx.add(CustomerListEntry(list_id=one.id, customer_id=seen.customer.id, added_by_id=actor.id, added_at=clock.now()))


def take_off(tx: Session, actor: StaffMember, one: CustomerList, seen: Seen) -> None:
    require(actor, Permission.CUSTOMER_WRITE, one.store_id)
    tx.execute(sa.delete(CustomerListEntry).where(CustomerListEntry.list_id == one.id, CustomerListEntry.customer_id == seen.customer.id))


def delete(tx: Session, actor: StaffMember, one: CustomerList) -> None:
    require(actor, Permission.CUSTOMER_WRITE, one.store_id)
    tx.execute(sa.delete(CustomerListEntry).where(CustomerListEntry.list_id == one.id))
    tx.delete(one)
