"""What may be done with a customer: capture, change, share, serve."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.birthday import Birthday, is_under
from relcrm.consent import access_log, ledger
from relcrm.consent import rules as consent_rules
from relcrm.customers import contact_followers, search
from relcrm.customers.models import ContactPoint, Customer, CustomerStore, Fact, Inform, Serving, ShareRequest
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.errors import BadValue, NotAllowed, NotFound, RuleError
from relcrm.i18n import _l
from relcrm.staff import audit
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, require

SHARE_LAPSES = timedelta(days=7)
LOOKUPS_AN_HOUR = 20


@dataclass(frozen=True)
class Newcomer:
    """What capture needs: a name, at least one contact (kind, value), and what she answered per purpose."""

    name: str
    contacts: Sequence[tuple[str, str]]
    salutation: str = ""
    answers: Mapping[str, bool] = field(default_factory=dict)
    channel: str = "sms"


class AlreadyKnown(RuleError):
    """Somebody with this contact is in the book."""

    def __init__(self, customer_id: int, kind: str) -> None:
        super().__init__(
            _l("Somebody with this number is in the book already."), code="known", field="phone" if kind == "phone" else "contact"
        )
        self.customer_id = customer_id


def capture(tx: Session, actor: StaffMember, store: Store, newcomer: Newcomer, *, lang: str, how: str = "capture") -> Customer:
    """A new customer of this store, with the service consent that the spoken notice brings and each answer to an optional purpose."""
    require(actor, Permission.CUSTOMER_WRITE if how == "capture" else Permission.CUSTOMER_IMPORT, store.id)
    if not newcomer.contacts:
        raise BadValue(_l("A phone number, or a WeChat name or card number in its place."), code="no_contact", field="phone")
    for kind, value in newcomer.contacts:
        refuse_known(kind, value)
    now = clock.now()
    sells = any(m.store_id == store.id and m.role == "associate" for m in actor.memberships)
    who = {
        "name": newcomer.name,
        "salutation": newcomer.salutation,
        "home_store_id": store.id,
        "owner_id": actor.id if sells or how == "capture" else None,
    }
    customer = _closed_holder(tx, newcomer.contacts)
    if customer is None:
        customer = Customer(public_id=secrets.token_urlsafe(9), created_at=now, created_by_id=actor.id, **who)
        tx.add(customer)
    else:
        _come_back(tx, customer, who)
    tx.flush()
    tx.add(CustomerStore(customer_id=customer.id, store_id=store.id, since=now, how=how))
    for kind, value in newcomer.contacts:
        _add_contact(tx, actor, customer.id, kind, value)
    consent_rules.enrol(
        tx, customer.id, actor=actor, store_id=store.id, lang=lang, method="in_person_verbal" if how == "capture" else "import_legacy"
    )
    for purpose_key, said_yes in newcomer.answers.items():
        channel = newcomer.channel if purpose_key == "marketing" and said_yes else "any"
        consent_rules.answer(tx, customer.id, purpose_key, said_yes, actor=actor, store_id=store.id, lang=lang, channel=channel)
    search.reindex(tx, customer.id)
    return customer


def _closed_holder(tx: Session, contacts: Sequence[tuple[str, str]]) -> Customer | None:
    """Somebody with one of these contacts who ended her file: enrolling again on purpose is hers to do (DOMAIN §1.4)."""
    for kind, value in contacts:
        held = sa.select(Customer).join(ContactPoint, ContactPoint.customer_id == Customer.id)
        found = tx.scalar(held.where(ContactPoint.kind == kind, ContactPoint.value == value, Customer.closed_at.is_not(None)))
        if found is not None:
            return found
    return None


def _come_back(tx: Session, customer: Customer, who: Mapping[str, Any]) -> None:
    """She is as a newcomer to this store and unknown to all others; only what she said no to is remembered."""
    for name, value in {**who, "address_as": "", "language": ""}.items():
        setattr(customer, name, value)
    tx.execute(sa.delete(CustomerStore).where(CustomerStore.customer_id == customer.id))


def come_of_age(tx: Session, actor: StaffMember, seen: Seen) -> None:
    """Somebody noted as under 18 is 18 by now, or never was under it. Raises RuleError while her birthday says otherwise."""
    require(actor, Permission.CUSTOMER_WRITE, seen.store_of(actor).id)
    born = tx.scalar(sa.select(Fact).where(Fact.customer_id == seen.customer.id, Fact.key == "birthday"))
    if born is not None and isinstance(born.value, dict) and is_under(Birthday.from_dict(born.value), 18, clock.today(seen.home.time_zone)):
        raise RuleError(_l("By the birthday in her file she is under 18. Correct the birthday first."), code="still_minor")
    if seen.customer.is_minor:
        seen.customer.is_minor = False
        audit.note(tx, actor, "came_of_age", seen.customer.public_id, store_id=seen.home.id)


def refuse_known(kind: str, value: str) -> None:
    """Raises AlreadyKnown. The unique key of the table is the last word when two tills race."""
    found = holder(kind, value)
    if found is not None:
        raise AlreadyKnown(found, kind)


def holder(kind: str, value: str) -> int | None:
    """The id of the customer with exactly this contact, of whatever store; nobody when she ended her file."""
    held = sa.select(ContactPoint.customer_id).join(Customer, Customer.id == ContactPoint.customer_id)
    return session().scalar(held.where(ContactPoint.kind == kind, ContactPoint.value == value, Customer.closed_at.is_(None)))


def _add_contact(tx: Session, actor: StaffMember, customer_id: int, kind: str, value: str, label: str = "") -> None:
    # Whoever ended her file gives her number free: she is not found by it any more.
    there = tx.scalar(sa.select(ContactPoint).where(ContactPoint.kind == kind, ContactPoint.value == value))
    if there is not None and there.customer_id == customer_id:
        return
    if there is not None and tx.get_one(Customer, there.customer_id).closed_at is not None:
        tx.delete(there)
        tx.flush()
    same_kind = sa.select(ContactPoint.id).where(ContactPoint.customer_id == customer_id, ContactPoint.kind == kind).limit(1)
    is_first = tx.scalar(same_kind) is None
    tx.add(
        ContactPoint(
            customer_id=customer_id, kind=kind, value=value, label=label, is_main=is_first, added_at=clock.now(), added_by_id=actor.id
        )
    )
    tx.flush()
    contact_followers.added(tx, [(customer_id, kind, value)])


def add_contact(tx: Session, actor: StaffMember, seen: Seen, kind: str, value: str, label: str = "") -> None:
    """One more way to reach her."""
    require(actor, Permission.CUSTOMER_WRITE, seen.store_of(actor).id)
    refuse_known(kind, value)
    _add_contact(tx, actor, seen.customer.id, kind, value, label)
    search.reindex(tx, seen.customer.id)


def remove_contact(tx: Session, actor: StaffMember, seen: Seen, contact_id: int) -> None:
    """Not the last one: somebody who cannot be recognised again is nobody."""
    require(actor, Permission.CUSTOMER_WRITE, seen.store_of(actor).id)
    mine = tx.scalars(sa.select(ContactPoint).where(ContactPoint.customer_id == seen.customer.id).order_by(ContactPoint.id)).all()
    gone = next((point for point in mine if point.id == contact_id), None)
    if gone is None:
        raise NotFound(_l("This is not there any more."), code="no_row")
    if len(mine) == 1:
        raise RuleError(_l("This is the only way to know her again. Add another one first."), code="last_contact")
    tx.delete(gone)
    heir = next((point for point in mine if point.kind == gone.kind and point is not gone), None)
    if gone.is_main and heir is not None:
        heir.is_main = True
    search.reindex(tx, seen.customer.id)


def change_identity(tx: Session, actor: StaffMember, seen: Seen, changes: Mapping[str, Any], version: int) -> None:
    """Her name, form of address and language. Raises RuleError when somebody else changed her meanwhile."""
    require(actor, Permission.CUSTOMER_WRITE, seen.store_of(actor).id)
    if seen.customer.version != version:
        raise RuleError(
            _l("Somebody else changed this a moment ago. Below is what it says now; what you typed is still in the fields."),
            code="conflict",
        )
    for name, value in changes.items():
        setattr(seen.customer, name, value)
    audit.note(tx, actor, "customer_changed", seen.customer.public_id, store_id=seen.store_of(actor).id, keys=tuple(changes))
    search.reindex(tx, seen.customer.id)


def choose_associate(tx: Session, actor: StaffMember, seen: Seen, chosen: StaffMember) -> None:
    """Her own associate: herself takes over, or a manager or the present one hands her on."""
    require(actor, Permission.CUSTOMER_WRITE, seen.store_of(actor).id)
    manages = any(m.role == "store_manager" and m.store_id in {s.id for s in seen.stores} for m in actor.memberships)
    if not (manages or seen.customer.owner_id in (None, actor.id)):
        raise NotAllowed(_l("Her associate or the store manager decides this."), code="not_yours")
    if not any(m.role in ("associate", "store_manager") and m.store_id in {s.id for s in seen.stores} for m in chosen.memberships):
        raise RuleError(_l("That colleague works in none of her stores."), code="wrong_store")
    seen.customer.owner_id = chosen.id
    audit.note(tx, actor, "associate_chosen", seen.customer.public_id, store_id=seen.store_of(actor).id)
    search.reindex(tx, seen.customer.id)


def serve(tx: Session, actor: StaffMember, seen: Seen) -> None:
    """I am serving her: today I see what her associate sees, nothing sensitive; it is logged and she is told."""
    store = seen.store_of(actor)
    require(actor, Permission.CUSTOMER_WRITE, store.id)
    if seen.sight.is_own:
        return
    tx.add(Serving(customer_id=seen.customer.id, staff_id=actor.id, on=clock.today(store.time_zone), store_id=store.id, at=clock.now()))
    access_log.looked(actor.id, seen.customer.id, "serving", store_id=store.id)
    _inform(tx, seen.customer, actor, "serving", staff_id=seen.customer.owner_id, store_id=None if seen.customer.owner_id else seen.home.id)


def _inform(
    tx: Session, customer: Customer, actor: StaffMember, kind: str, *, staff_id: int | None = None, store_id: int | None = None
) -> None:
    tx.add(Inform(staff_id=staff_id, store_id=store_id, customer_id=customer.id, kind=kind, by_id=actor.id, at=clock.now()))


def she_is_here(tx: Session, actor: StaffMember, store: Store, customer: Customer) -> None:
    """A customer of another store stands here: linked at once, her home store is told."""
    require(actor, Permission.CUSTOMER_WRITE, store.id)
    link(tx, customer, store, "she_is_here")
    access_log.looked(actor.id, customer.id, "she_is_here", store_id=store.id)
    _inform(tx, customer, actor, "she_is_here", store_id=customer.home_store_id)


def link(tx: Session, customer: Customer, store: Store, how: str) -> None:
    if tx.get(CustomerStore, (customer.id, store.id)) is None:
        tx.add(CustomerStore(customer_id=customer.id, store_id=store.id, since=clock.now(), how=how))
        search.reindex(tx, customer.id)


def ask_share(tx: Session, actor: StaffMember, store: Store, customer: Customer) -> ShareRequest:
    """Ask her home store to let us know her. A second ask while one is open is the same one."""
    require(actor, Permission.CUSTOMER_WRITE, store.id)
    open_one = tx.scalar(
        sa.select(ShareRequest).where(
            ShareRequest.customer_id == customer.id, ShareRequest.store_id == store.id, ShareRequest.status == "asked"
        )
    )
    if open_one is not None:
        return open_one
    now = clock.now()
    asked = ShareRequest(
        public_id=secrets.token_urlsafe(9),
        customer_id=customer.id,
        store_id=store.id,
        asked_by_id=actor.id,
        asked_at=now,
        lapses_at=now + SHARE_LAPSES,
    )
    tx.add(asked)
    access_log.looked(actor.id, customer.id, "ask_share", store_id=store.id)
    return asked


def answer_share(tx: Session, actor: StaffMember, request: ShareRequest, customer: Customer, *, accepts: bool) -> None:
    """Her associate or a manager of her home store answers; not who asked."""
    require(actor, Permission.CUSTOMER_WRITE, customer.home_store_id)
    if request.status != "asked" or request.lapses_at <= clock.now():
        raise RuleError(_l("This was answered already, or a week has passed."), code="share_closed")
    if request.asked_by_id == actor.id:
        raise NotAllowed(_l("Somebody else has to answer your own question."), code="own_request")
    request.status, request.answered_by_id, request.answered_at = "accepted" if accepts else "declined", actor.id, clock.now()
    if accepts:
        link(tx, customer, tx.get_one(Store, request.store_id), "share")
    audit.note(tx, actor, f"share_{request.status}", customer.public_id, store_id=customer.home_store_id)


@ledger.changed.connect
def _follow_consent(_sender: object, *, tx: Session, customer_id: int, purpose: str) -> None:
    """Service ended: nobody finds her any more. Profiling changed: nicknames come and go as search keys."""
    if purpose == ledger.SERVICE:
        customer = tx.get_one(Customer, customer_id)
        stands = ledger.may(customer_id, ledger.SERVICE).allowed
        customer.closed_at = None if stands else (customer.closed_at or clock.now())
    if purpose in (ledger.SERVICE, "profiling") and tx.scalar(
        sa.select(CustomerStore.store_id).where(CustomerStore.customer_id == customer_id).limit(1)
    ):
        search.reindex(tx, customer_id)


def _is_minor(customer_id: int) -> bool:
    return bool(session().scalar(sa.select(Customer.is_minor).where(Customer.id == customer_id)))


consent_rules.minor_checks.append(_is_minor)
