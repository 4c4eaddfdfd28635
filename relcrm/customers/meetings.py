"""Customers of other stores: found by a complete number only, seldom, logged; and what a store asks another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, contact_values
from relcrm.consent import access_log
from relcrm.consent.models import AccessEvent
from relcrm.customers import names
from relcrm.customers.models import ContactPoint, Customer, Inform, ShareRequest
from relcrm.customers.pinyin import surname
from relcrm.customers.queries import stores_of, visible_to
from relcrm.db import session
from relcrm.errors import BadValue, NotFound
from relcrm.i18n import _l
from relcrm.staff.models import StaffMember, Store

AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 20
FEWEST_DIGITS = 5  # fewer can be no complete phone or card number


@dataclass(frozen=True)
class Stranger:
    """Somebody of a store that the reader has no part in: just enough to know that it is she."""

    customer: Customer
    surname: str
    phone: str
    home: str
    asked: bool


def by_complete_number(reader: StaffMember, text: str) -> Stranger | None:
    """The one customer of no linked store with exactly this phone or card; None too when the reader has looked too often."""
    if sum(sign.isdigit() for sign in text) < FEWEST_DIGITS or reader.stores() is None:
        return None
    stores = stores_of(reader, "associate", "store_manager")
    point = _point(text, {store.country for store in stores})
    if point is None or not stores:
        return None
    customer = session().scalar(sa.select(Customer).where(Customer.id == point.customer_id, Customer.closed_at.is_(None)))
    if customer is None or session().scalar(visible_to(reader).where(Customer.id == customer.id)) is not None:
        return None
    if _looks(reader) >= MOST_AN_HOUR:
        return None
    access_log.looked(reader.id, customer.id, "complete_number", store_id=stores[0].id)
    return _stranger(customer, {store.id for store in stores})


def _point(text: str, countries: set[str]) -> ContactPoint | None:
    wanted = [("phone", phone) for country in sorted(countries) if (phone := _read(contact_values.phone, text, country))]
    if card := _read(contact_values.card, text):
        wanted.append(("card", card))
    return session().scalars(
        sa.select(ContactPoint).where(sa.tuple_(ContactPoint.kind, ContactPoint.value).in_(wanted)).limit(1)
    ).first() if wanted else None  # fmt: skip


def _read(reader: Callable[..., str], *parts: str) -> str:
    try:
        return reader(*parts)
    except BadValue:
        return ""


def _looks(reader: StaffMember) -> int:
    since = clock.now() - AN_HOUR
    rows = sa.select(sa.func.count()).where(
        AccessEvent.staff_id == reader.id, AccessEvent.at > since, AccessEvent.kind == "complete_number"
    )
    return session().scalar(rows) or 0


def _stranger(customer: Customer, stores: set[int]) -> Stranger:
    home = session().get_one(Store, customer.home_store_id)
    phone = (
        session()
        .scalars(
            sa.select(ContactPoint.value)
            .where(ContactPoint.customer_id == customer.id, ContactPoint.kind == "phone")
            .order_by(ContactPoint.is_main.desc())
            .limit(1)
        )
        .first()
    )
    open_request = sa.select(ShareRequest.id).where(
        ShareRequest.customer_id == customer.id,
        ShareRequest.store_id.in_(stores),
        ShareRequest.status == "asked",
        ShareRequest.lapses_at > clock.now(),
    )
    family = surname(customer.name) or names.face(customer.name)
    masked = contact_values.phone_masked(phone, home.country) if phone else ""
    return Stranger(customer, family, masked, home.name, session().scalar(open_request) is not None)


@dataclass(frozen=True)
class Asked:
    """Another store's question about one of ours."""

    row: ShareRequest
    customer: Customer
    store: str
    by: str


def to_answer(reader: StaffMember) -> Sequence[Asked]:
    """Open questions about customers whose home is a store where the reader serves: her own, or all for the manager."""
    managed = [store.id for store in stores_of(reader, "store_manager")]
    served = [store.id for store in stores_of(reader, "associate")]
    mine = sa.or_(Customer.home_store_id.in_(managed), sa.and_(Customer.home_store_id.in_(served), Customer.owner_id == reader.id))
    rows = session().execute(
        sa.select(ShareRequest, Customer, Store.name, StaffMember.name)
        .join(Customer, Customer.id == ShareRequest.customer_id)
        .join(Store, Store.id == ShareRequest.store_id)
        .join(StaffMember, StaffMember.id == ShareRequest.asked_by_id)
        .where(
            ShareRequest.status == "asked", ShareRequest.lapses_at > clock.now(), mine, ShareRequest.asked_by_id != reader.id,
            Customer.closed_at.is_(None),
        )
        .order_by(ShareRequest.asked_at).limit(10)
    )  # fmt: skip
    return [Asked(*row) for row in rows]


def get_request(reader: StaffMember, public_id: str) -> tuple[ShareRequest, Customer]:
    """Raises NotFound for a question that is not the reader's to answer."""
    found = next((asked for asked in to_answer(reader) if asked.row.public_id == public_id), None)
    if found is None:
        raise NotFound(_l("This was answered already, or a week has passed."), code="share_closed")
    return found.row, found.customer


@dataclass(frozen=True)
class News:
    """Something a colleague should hear about a customer."""

    row: Inform
    customer: Customer
    by: str


def news(reader: StaffMember) -> Sequence[News]:
    """What the reader has not yet confirmed to have read, newest first."""
    managed = [store.id for store in stores_of(reader, "store_manager")]
    rows = session().execute(
        sa.select(Inform, Customer, StaffMember.name)
        .join(Customer, Customer.id == Inform.customer_id)
        .join(StaffMember, StaffMember.id == Inform.by_id)
        .where(sa.or_(Inform.staff_id == reader.id, Inform.store_id.in_(managed)), Inform.seen_at.is_(None), Customer.closed_at.is_(None))
        .order_by(Inform.at.desc()).limit(10)
    )  # fmt: skip
    return [News(*row) for row in rows]


def mark_read(tx: Session, reader: StaffMember, inform_id: int) -> None:
    """Raises NotFound for what was not addressed to the reader."""
    row = next((one.row for one in news(reader) if one.row.id == inform_id), None)
    if row is None:
        raise NotFound(_l("This is not there any more."), code="no_row")
    row.seen_at = clock.now()


def lapse(tx: Session) -> None:
    """Questions nobody answered within seven days."""
    tx.execute(sa.update(ShareRequest).where(ShareRequest.status == "asked", ShareRequest.lapses_at <= clock.now()).values(status="lapsed"))
