"""What may be done with colleagues: invite, change, place, end, leave. An actor of None is the server's own command line."""

import unicodedata
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import contact_values
from relcrm.errors import BadValue, NotAllowed, RuleError
from relcrm.i18n import _l
from relcrm.staff import audit, founding, links, sessions
from relcrm.staff.models import CHAIN_ROLES, ROLES, Membership, StaffMember, Store
from relcrm.staff.permissions import Permission, may_place, may_touch, require

Actor = StaffMember | None
LONGEST_NUMBER = 32


def invite(
    tx: Session, actor: Actor, *, number: str, name: str, phone: str | None, role: str, store: Store | None
) -> tuple[StaffMember, str]:
    """A new colleague with her first role, and the token of the link with which she chooses a password."""
    person = founding.new_staff(read_number(number), contact_values.person_name(name), phone=phone)
    refuse_taken(tx, person.number, phone)
    person.memberships = []
    tx.add(person)
    tx.flush()
    _place(tx, actor, person, role, store)
    audit.note(tx, actor, "staff_invited", person.public_id, store_id=store.id if store else None)
    return person, links.make(tx, person, actor)


def change(tx: Session, actor: Actor, person: StaffMember, version: int, *, number: str, name: str, phone: str | None) -> None:
    """Number, name and phone of a colleague; refused when somebody else changed them meanwhile."""
    must_touch(actor, person)
    refuse_stale(person.version, version)
    new = {"number": read_number(number), "name": contact_values.person_name(name), "phone": phone}
    refuse_taken(tx, str(new["number"]), phone, but=person.id)
    keys = tuple(key for key, value in new.items() if getattr(person, key) != value)
    for key in keys:
        setattr(person, key, new[key])
    if keys:
        audit.note(tx, actor, "staff_changed", person.public_id, keys=keys)


def give_role(tx: Session, actor: Actor, person: StaffMember, role: str, store: Store | None) -> None:
    """One more role in one store (or in the whole chain)."""
    if person.left_on is not None:
        raise RuleError(_l("This colleague has left. Bring them back first."), code="has_left")
    _place(tx, actor, person, role, store)


def _place(tx: Session, actor: Actor, person: StaffMember, role: str, store: Store | None) -> None:
    refuse_odd_place(role, store)
    store_id = store.id if store else None
    _must_place(actor, person, role, store_id)
    if any(m.role == role and m.store_id == store_id for m in person.memberships):
        raise RuleError(_l("This role is held there already."), code="has_role", field="role")
    person.memberships.append(Membership(staff_id=person.id, store_id=store_id, role=role))
    tx.flush()
    audit.note(tx, actor, "role_given", person.public_id, store_id=store_id, keys=(role,))


def end_role(tx: Session, actor: Actor, person: StaffMember, role: str, store_id: int | None) -> None:
    """A role ends. The last one does not: who works nowhere has left. The last owner stays owner."""
    _refuse_unknown(role)
    _must_place(actor, person, role, store_id)
    held = next((m for m in person.memberships if m.role == role and m.store_id == store_id), None)
    if held is None:
        return
    if len(person.memberships) == 1:
        raise RuleError(_l("This is the only role. Give the new one first, or note that this colleague leaves."), code="only_role")
    if role == "owner":
        refuse_last_owner(tx, person)
    person.memberships.remove(held)
    tx.flush()
    audit.note(tx, actor, "role_ended", person.public_id, store_id=store_id, keys=(role,))


def leave(tx: Session, actor: Actor, person: StaffMember, on: date) -> None:
    """She no longer works here: signed out everywhere, no password, no link, no phone. Her roles stay as history."""
    must_touch(actor, person)
    if person.left_on is not None:
        return
    if person.holds("owner"):
        refuse_last_owner(tx, person)
    person.left_on, person.password_hash, person.phone = on, None, None
    links.void(tx, person.id)
    sessions.end_sessions(tx, person.id)
    audit.note(tx, actor, "staff_left", person.public_id)


def come_back(tx: Session, actor: Actor, person: StaffMember) -> None:
    """She works here again, with the roles she had; a new link lets her choose a password."""
    must_touch(actor, person)
    if person.left_on is not None:
        person.left_on = None
        audit.note(tx, actor, "staff_returned", person.public_id)


def end_sessions(tx: Session, actor: Actor, person: StaffMember, only: str = "") -> None:
    """Sign her out on one device (its public id) or on all."""
    must_touch(actor, person)
    sessions.end_sessions(tx, person.id, only=only)
    audit.note(tx, actor, "sessions_ended", person.public_id)


def new_link(tx: Session, actor: Actor, person: StaffMember) -> str:
    """A new one-time link; the one before stops working."""
    must_touch(actor, person)
    if person.left_on is not None:
        raise RuleError(_l("This colleague has left. Bring them back first."), code="has_left")
    return links.make(tx, person, actor)


def must_touch(actor: Actor, person: StaffMember) -> None:
    if actor is None:
        return
    require(actor, Permission.STAFF_MANAGE)
    if not may_touch(actor, person):
        raise NotAllowed(_l("This colleague has a role that is not yours to give. Ask the owner."), code="may_not_touch")


def _must_place(actor: Actor, person: StaffMember, role: str, store_id: int | None) -> None:
    if actor is not None and not may_place(actor, person, role, store_id):
        raise NotAllowed(_l("This role is not yours to give or to end. Ask the owner."), code="may_not_place")


def refuse_odd_place(role: str, store: Store | None) -> None:
    _refuse_unknown(role)
    if role in CHAIN_ROLES and store is not None:
        raise BadValue(_l("This role counts for the whole chain: leave the store empty."), code="role_has_no_store", field="store")
    if role not in CHAIN_ROLES and store is None:
        raise BadValue(_l("Choose the store."), code="role_needs_store", field="store")


def _refuse_unknown(role: str) -> None:
    if role not in ROLES:
        raise BadValue(_l("Choose a role."), code="role_unknown", field="role")


def refuse_last_owner(tx: Session, person: StaffMember) -> None:
    """Raises RuleError unless another owner can sign in."""
    others = (
        sa.select(sa.func.count())
        .select_from(Membership)
        .join(Membership.staff)
        .where(
            Membership.role == "owner",
            StaffMember.id != person.id,
            StaffMember.left_on.is_(None),
            StaffMember.password_hash.is_not(None),
        )
    )
    if not tx.scalar(others):
        raise RuleError(
            _l(
                "There must always be an owner who can sign in. Make somebody else owner first, and wait until they have chosen a password."
            ),
            code="last_owner",
        )


def refuse_taken(tx: Session, number: str, phone: str | None, *, but: int = 0) -> None:
    """A staff number and a phone belong to one person, also after she has left."""
    same = sa.func.lower(StaffMember.number) == number.lower()
    if tx.scalar(sa.select(StaffMember.id).where(same, StaffMember.id != but)):
        raise RuleError(_l("This number belongs to a colleague already. Take another."), code="number_taken", field="number")
    if phone and tx.scalar(sa.select(StaffMember.id).where(StaffMember.phone == phone, StaffMember.id != but)):
        raise RuleError(_l("This phone belongs to a colleague already."), code="phone_taken", field="phone")


def refuse_stale(now: int, seen: int) -> None:
    if now != seen:
        raise RuleError(
            _l("Somebody else changed this while you wrote. What is on file now is shown; yours is kept. Look, then save again."),
            code="changed_meanwhile",
        )


def read_number(typed: str) -> str:
    """A staff number without spaces at its ends. Raises BadValue number_empty, number_odd, number_long."""
    number = unicodedata.normalize("NFKC", typed).strip()
    if not number:
        raise BadValue(_l("Please fill this in."), code="number_empty", field="number")
    if not number.isprintable() or any(character in " <>" for character in number):
        raise BadValue(_l("A staff number has letters and digits, without spaces."), code="number_odd", field="number")
    if len(number) > LONGEST_NUMBER:
        raise BadValue(_l("A staff number has at most 32 characters."), code="number_long", field="number")
    return number


def read_phone(typed: str, countries: list[str]) -> str | None:
    """E.164 in the first of these countries where it is a number; None for nothing typed. Raises BadValue."""
    if not typed.strip():
        return None
    refused: BadValue | None = None
    for country in countries or ["CN"]:
        try:
            return contact_values.phone(typed, country)
        except BadValue as error:
            refused = refused or error
    assert refused is not None
    raise refused
