"""The write gate: the one way a fact, a family member, a note or a tag gets into a file."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, crypt
from relcrm.birthday import Birthday, is_under
from relcrm.consent import bound, catalogue, forbidden, ledger, values
from relcrm.consent import rules as consent_rules
from relcrm.consent.catalogue import Field
from relcrm.customers import asking_first, changes, search
from relcrm.customers.models import AskRest, Fact, FamilyMember, Note, Tag
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.errors import BadValue, NotAllowed, NotFound, RuleError
from relcrm.i18n import _l
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, require

T = TypeVar("T", bound=bound.Bound)
NOTE_LONGEST, TAG_LONGEST = 500, 20
_CHILD = _l("She is under 14. No file is kept of a child; note her in a parent's file, with the parent's yes.")
ADULT, CHILD, HEALTH = "profiling", "special:minor", "special:health"


def put_fact(tx: Session, actor: StaffMember, seen: Seen, key: str, value: object, *, source: str = "told", slot: str = "") -> None:
    """Keep one value told by or observed of her. Refused without the consent it hangs on, whoever asks and however."""
    field = catalogue.field(key)
    basis = values.basis_of(field, value)
    _require_writable(actor, seen, field, basis)
    for words in values.plain(field, value):
        forbidden.check(words, field="text", allow=("health",) if basis == HEALTH else ())
    if _is_child_or_teen(tx, seen, field, value):
        return
    changes.touched(tx, seen.customer.id)
    until, event_id = _standing(seen.customer.id, basis)
    now, is_sealed = clock.now(), basis.startswith(bound.SEALED)
    bound.put(
        tx, Fact, customer_id=seen.customer.id, basis=basis, until=until, key={"key": key, "slot": slot},
        values={
            "plain": None if is_sealed else json.dumps(value, ensure_ascii=False), "sealed": crypt.seal(value) if is_sealed else None,
            "source": source, "noted_by_id": actor.id, "noted_at": now, "confirmed_at": now, "event_id": event_id,
        },
    )  # fmt: skip
    asking_first.answered(tx, seen.customer.id, key)


def _require_writable(actor: StaffMember, seen: Seen, field: Field, basis: str) -> None:
    require(actor, Permission.CUSTOMER_WRITE, seen.store_of(actor).id)
    if field.stored != "fact" or field.key in consent_rules.switched_off(dict(catalogue.fields())):
        raise RuleError(_l("This shop does not keep that."), code="field_off")
    if not seen.sight.shows_value(field, basis):
        raise NotAllowed(_l("Only who serves her notes this. Tap “I am serving her” first."), code="not_yours")


def _standing(customer_id: int, basis: str) -> tuple[datetime, int | None]:
    now = ledger.may(customer_id, basis)
    if not now.allowed:
        raise RuleError(_l("She has not agreed to keeping this. Ask her first; without her yes it is not stored."), code=now.code)
    return now.until or bound.FOREVER, now.event_id


def _is_child_or_teen(tx: Session, seen: Seen, field: Field, value: object) -> bool:
    """Under 14 there is no file; from 14 to 17 only service, so that her age band itself is not kept either."""
    if value in field.blocked_choices:
        raise BadValue(_CHILD, code="child", field="value")
    if field.key == "age_band" and value == "14_17":
        _mark_minor(tx, seen)
        return True
    if field.key == "birthday" and isinstance(value, dict):
        born, today = Birthday.from_dict(value), clock.today(seen.home.time_zone)
        if is_under(born, 14, today):
            raise BadValue(_CHILD, code="child", field="year")
        if is_under(born, 18, today):
            _mark_minor(tx, seen)
    return False


def _mark_minor(tx: Session, seen: Seen) -> None:
    seen.customer.is_minor = True
    consent_rules.end_for_minor(tx, seen.customer.id, lang=seen.home.language)


def confirm_fact(tx: Session, actor: StaffMember, seen: Seen, fact_id: int) -> None:
    """She said it still holds: the fact is fresh again. Who first noted it, and when, stays as it was."""
    fact = readable(tx, Fact, seen, fact_id)
    _require_writable(actor, seen, catalogue.field(fact.key), fact.basis)
    changes.touched(tx, seen.customer.id)
    until, event_id = _standing(seen.customer.id, fact.basis)
    again = {"confirmed_at": clock.now(), "event_id": event_id}
    bound.put(tx, Fact, customer_id=seen.customer.id, basis=fact.basis, until=until, key={"id": fact_id}, values=again)


def remove(tx: Session, actor: StaffMember, seen: Seen, kind: type[bound.Bound], row_id: int) -> None:
    """Take one fact, note, tag or family member out of her file for good."""
    require(actor, Permission.CUSTOMER_WRITE, seen.store_of(actor).id)
    row = readable(tx, kind, seen, row_id)
    if isinstance(row, Fact) and not seen.sight.shows_value(catalogue.field(row.key), row.basis):
        raise NotFound(_l("This is not there any more."), code="no_row")
    changes.touched(tx, seen.customer.id)
    bound.remove(tx, kind, seen.customer.id, row_id)
    if kind is FamilyMember:
        search.reindex(tx, seen.customer.id)


def readable(tx: Session, kind: type[T], seen: Seen, row_id: int) -> T:
    """Raises NotFound for a row that is not hers or may not be read now."""
    row = tx.scalar(sa.select(kind).where(kind.id == row_id, kind.customer_id == seen.customer.id))
    if row is None:
        raise NotFound(_l("This is not there any more."), code="no_row")
    return row


def add_family(tx: Session, actor: StaffMember, seen: Seen, value: Mapping[str, str], *, is_child: bool, row_id: int | None = None) -> None:
    """Somebody of hers: a role (of a child an age band) and an everyday name, never a full one."""
    field, basis = catalogue.field("children" if is_child else "family_members"), CHILD if is_child else ADULT
    require(actor, Permission.CUSTOMER_WRITE, seen.store_of(actor).id)
    if field.key in consent_rules.switched_off(dict(catalogue.fields())):
        raise RuleError(_l("This shop does not keep that."), code="field_off")
    if not seen.sight.shows(field):
        raise NotAllowed(_l("Only who serves her notes this. Tap “I am serving her” first."), code="not_yours")
    forbidden.check(value["text"], field="text")
    until, _event = _standing(seen.customer.id, basis)
    kept, now = {"nickname": value["text"], "band": value["value"] if is_child else ""}, clock.now()
    bound.put(
        tx, FamilyMember, customer_id=seen.customer.id, basis=basis, until=until, key={"id": row_id} if row_id else {},
        values={
            "role": "child" if is_child else value["value"], "plain": None if is_child else json.dumps(kept, ensure_ascii=False),
            "sealed": crypt.seal(kept) if is_child else None, "noted_by_id": actor.id, "noted_at": now, "confirmed_at": now,
        },
    )  # fmt: skip
    search.reindex(tx, seen.customer.id)


def add_note(tx: Session, actor: StaffMember, seen: Seen, words: str, *, note_id: int | None = None) -> None:
    """What was talked of, in neutral words. A note is corrected by its author only."""
    store = seen.store_of(actor)
    require(actor, Permission.CUSTOMER_WRITE, store.id)
    words = words.strip()
    if not words:
        raise BadValue(_l("Write a word or two."), code="empty", field="words")
    if len(words) > NOTE_LONGEST:
        raise BadValue(_l("At most %(most)s characters; these are %(n)s.", most=NOTE_LONGEST, n=len(words)), code="long", field="words")
    forbidden.check(words, field="words")
    until, _event = _standing(seen.customer.id, ledger.SERVICE)
    told: dict[str, object] = {"words": words}
    if note_id is None:
        told |= {"store_id": store.id, "noted_by_id": actor.id, "noted_at": clock.now(), "changed_at": None}
    else:
        if readable(tx, Note, seen, note_id).noted_by_id != actor.id:
            raise NotAllowed(_l("Only who wrote a note corrects it."), code="not_yours")
        told |= {"changed_at": clock.now()}
    bound.put(
        tx, Note, customer_id=seen.customer.id, basis=ledger.SERVICE, until=until, key={"id": note_id} if note_id else {}, values=told
    )


def add_tag(tx: Session, actor: StaffMember, seen: Seen, name: str) -> None:
    """A tag sorts people: that is profiling, and needs her yes to it."""
    require(actor, Permission.CUSTOMER_WRITE, seen.store_of(actor).id)
    name = " ".join(name.split())
    if not name or len(name) > TAG_LONGEST:
        raise BadValue(_l("A tag has 1 to %(n)s characters.", n=TAG_LONGEST), code="tag_length", field="name")
    forbidden.check(name, field="name")
    until, _event = _standing(seen.customer.id, ADULT)
    bound.put(
        tx,
        Tag,
        customer_id=seen.customer.id,
        basis=ADULT,
        until=until,
        key={"name": name},
        values={"noted_by_id": actor.id, "noted_at": clock.now()},
    )


def rest(tx: Session, actor: StaffMember, seen: Seen, key: str, why: str, until: datetime) -> None:
    """Leave a question alone until then."""
    require(actor, Permission.CUSTOMER_WRITE, seen.store_of(actor).id)
    if why == "does_not_say":
        asking_first.answered(tx, seen.customer.id, key)
    tx.merge(AskRest(customer_id=seen.customer.id, key=catalogue.field(key).key, why=why, until=until, by_id=actor.id, at=clock.now()))


def slot_of(field: Field, value: object, slot: str) -> str:
    """Where the value stands: one per category, one per item of a list, else the only one."""
    if field.slot == "category" and isinstance(value, dict):
        return str(value["category"])
    return (slot or secrets.token_hex(4)) if field.slot == "item" else ""


def notes_of(seen: Seen) -> list[Note]:
    """The last 50 notes; who may read them is asked before."""
    query = sa.select(Note).where(Note.customer_id == seen.customer.id).order_by(Note.noted_at.desc()).limit(50)
    return list(session().scalars(query))


def own_note(actor: StaffMember, seen: Seen, note_id: int) -> Note:
    """Raises NotFound for a note that somebody else wrote."""
    row = session().scalar(sa.select(Note).where(Note.id == note_id, Note.customer_id == seen.customer.id, Note.noted_by_id == actor.id))
    if row is None:
        raise NotFound(_l("Only who wrote a note corrects it."), code="not_yours")
    return row
