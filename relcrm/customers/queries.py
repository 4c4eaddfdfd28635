"""Reading customers: the reader comes first, and what she may not know is not there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent.models import ConsentState
from relcrm.customers.models import ContactPoint, Customer, CustomerStore, LatelySeen, Serving
from relcrm.customers.sight import Sight, relations
from relcrm.db import record, session
from relcrm.errors import NotFound
from relcrm.i18n import _l
from relcrm.staff.models import Membership, StaffMember, Store

LATELY = 12
SEVERAL = 5  # so many of her consents may end in the same month


@dataclass(frozen=True)
class Seen:
    """A customer as one reader may see her."""

    customer: Customer
    stores: tuple[Store, ...]
    sight: Sight

    @property
    def home(self) -> Store:
        return next((store for store in self.stores if store.id == self.customer.home_store_id), self.stores[0])

    def store_of(self, reader: StaffMember) -> Store:
        """The linked store in which this reader meets her: where she works, else home."""
        mine = {m.store_id for m in reader.memberships}
        return next((store for store in (self.home, *self.stores) if store.id in mine), self.home)


def visible_to(reader: StaffMember) -> sa.Select[Customer]:
    """Staff see customers linked to their stores; what of them is shown is the rights table's answer."""
    query, stores = sa.select(Customer).where(Customer.closed_at.is_(None)), reader.stores()
    if stores is None:
        return query
    linked = sa.select(CustomerStore.customer_id).where(CustomerStore.customer_id == Customer.id, CustomerStore.store_id.in_(stores))
    return query.where(linked.exists())


def ending_soon(reader: StaffMember, days: int = 30, most: int = 5) -> Sequence[Customer]:
    """Own customers one of whose consents ends within so many days, the first to end first: time to ask in talk."""
    own = sa.select(Customer.id).where(Customer.owner_id == reader.id)
    if session().scalar(own.limit(1)) is None:
        return ()
    # Walked along the index of ends and left at the first few; from her thousands of customers it would take 200 ms.
    hers = sa.func.coalesce(Customer.owner_id, 0) == reader.id
    ends = sa.select(ConsentState.customer_id).join(Customer, Customer.id == ConsentState.customer_id).where(hers)
    now = clock.now()
    ends = ends.where(ConsentState.standing == "OK", ConsentState.until.between(now, now + timedelta(days=days)))
    found = tuple(dict.fromkeys(session().scalars(ends.order_by(ConsentState.until).limit(most * SEVERAL))))
    seen = session().scalars(visible_to(reader).where(Customer.id.in_(found)))
    return sorted(seen, key=lambda customer: found.index(customer.id))[:most]


def get(reader: StaffMember, public_id: str) -> Seen:
    """Raises NotFound for whom the reader may not see, so that nobody learns she exists."""
    customer = session().scalar(visible_to(reader).where(Customer.public_id == public_id))
    if customer is None:
        raise NotFound(_l("There is nobody here, or nobody that you may see."), code="no_customer")
    return seen_by(reader, customer)


def seen_by(reader: StaffMember, customer: Customer) -> Seen:
    stores = (
        session()
        .scalars(
            sa.select(Store)
            .join(CustomerStore, CustomerStore.store_id == Store.id)
            .where(CustomerStore.customer_id == customer.id)
            .order_by(CustomerStore.since)
        )
        .all()
    )
    return Seen(customer, tuple(stores), relations(reader, customer, [s.id for s in stores], serving=is_serving(reader, customer, stores)))


def is_serving(reader: StaffMember, customer: Customer, stores: Sequence[Store]) -> bool:
    """Did this colleague tap "I am serving her" today (by the day of that store)?"""
    days = {store.id: clock.today(store.time_zone) for store in stores}
    rows = session().scalars(sa.select(Serving).where(Serving.customer_id == customer.id, Serving.staff_id == reader.id)).all()
    return any(days.get(row.store_id) == row.on for row in rows)


def contacts(customer_id: int) -> Sequence[ContactPoint]:
    """How to reach her, the main one of each kind first."""
    return (
        session()
        .scalars(
            sa.select(ContactPoint)
            .where(ContactPoint.customer_id == customer_id)
            .order_by(ContactPoint.kind, ContactPoint.is_main.desc(), ContactPoint.id)
        )
        .all()
    )


def stores_of(reader: StaffMember, *roles: str) -> Sequence[Store]:
    """The stores a reader works in (with one of these roles), or all for head office."""
    held = reader.stores(*roles)
    query = sa.select(Store).order_by(Store.id)
    return session().scalars(query if held is None else query.where(Store.id.in_(held))).all()


def staff_names(ids: set[int | None]) -> dict[int, str]:
    """Names by id, in one query."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {row.id: row.name for row in session().execute(sa.select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(wanted)))}


def store_names(ids: set[int]) -> dict[int, str]:
    """Names by id, in one query."""
    return {row.id: row.name for row in session().execute(sa.select(Store.id, Store.name).where(Store.id.in_(ids)))}


def store_ids(customer_ids: Collection[int]) -> dict[int, set[int]]:
    """The stores that know each of these customers, in one query."""
    found: dict[int, set[int]] = {}
    links = sa.select(CustomerStore.customer_id, CustomerStore.store_id).where(CustomerStore.customer_id.in_(customer_ids))
    for link in session().execute(links) if customer_ids else ():
        found.setdefault(link.customer_id, set()).add(link.store_id)
    return found


def lately(reader: StaffMember, limit: int = LATELY) -> Sequence[Customer]:
    """Whom the reader opened last and may still see, newest first."""
    mine = sa.and_(LatelySeen.customer_id == Customer.id, LatelySeen.staff_id == reader.id)
    return session().scalars(visible_to(reader).join(LatelySeen, mine).order_by(LatelySeen.at.desc()).limit(limit)).all()


def opened(reader: StaffMember, customer: Customer) -> None:
    """Remember for the empty search box that this reader opened her."""
    staff_id, customer_id, at = reader.id, customer.id, clock.now()

    def leave(tx: Session) -> None:
        tx.merge(LatelySeen(staff_id=staff_id, customer_id=customer_id, at=at))

    record(leave)


def colleagues(seen: Seen) -> Sequence[StaffMember]:
    """Who could be her associate: those who sell in a store that knows her."""
    works = sa.select(Membership.staff_id).where(
        Membership.store_id.in_([store.id for store in seen.stores]), Membership.role.in_(("associate", "store_manager"))
    )
    return (
        session()
        .scalars(sa.select(StaffMember).where(StaffMember.id.in_(works), StaffMember.left_on.is_(None)).order_by(StaffMember.name))
        .all()
    )
