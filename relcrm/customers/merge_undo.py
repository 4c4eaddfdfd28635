"""A merge taken back within 30 days: rows and words return, a no said meanwhile holds for both, what is new is listed to be sorted by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, crypt
from relcrm.consent import bound, ledger
from relcrm.consent.models import Alias, ConsentEvent
from relcrm.customers import changes, duplicates, merge_tables, search
from relcrm.customers.merge_models import MergedRow, MergeImage
from relcrm.customers.merging import MAIN, UNDO_WITHIN, require_both, require_of, standing_merges
from relcrm.customers.models import ContactPoint, Customer, CustomerStore
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.errors import NotFound, RuleError
from relcrm.i18n import _l
from relcrm.staff import audit
from relcrm.staff.models import StaffMember

# What may be moved by hand afterwards.
SORTED = (*tuple(table.kind for table in merge_tables.BOUND), "contact_point")


@dataclass(frozen=True)
class Undone:
    """`other` is in the book again; `edited` are columns that somebody changed meanwhile: they were left as they are."""

    alias: Alias
    other: Customer
    edited: tuple[str, ...]


def undo(tx: Session, actor: StaffMember, seen: Seen, alias_id: int) -> Undone:
    """Take the newest merge of this customer back. Raises NotFound, NotAllowed, RuleError after 30 days or while a later merge stands."""
    alias, other = _to_undo(tx, actor, seen, alias_id)
    purposes = {event.purpose for event in ledger.events_of(seen.customer.id)}
    alias.undone_at, alias.undone_by_id = clock.now(), actor.id
    tx.flush()
    _rows_back(tx, alias)
    bound.release(tx, (alias.winner_id, alias.loser_id), alias.id)
    edited = _words_back(tx, seen.customer, alias)
    for event in _said_no_meanwhile(tx, alias):
        _hold_for(tx, other.id, event)
    for customer_id in (alias.winner_id, alias.loser_id):
        ledger.derive_again(tx, customer_id, purposes, _hide_from_now)
        search.reindex(tx, customer_id)
        changes.touched(tx, customer_id)
    for follow in merge_tables.followers:
        follow(tx, (alias.winner_id, alias.loser_id))
    duplicates.unmerged(tx, alias.winner_id, alias.loser_id)
    tx.execute(sa.delete(MergedRow).where(MergedRow.alias_id == alias.id))
    audit.note(tx, actor, "merge_undone", seen.customer.public_id, store_id=seen.store_of(actor).id, keys=edited)
    return Undone(alias, other, edited)


def _to_undo(tx: Session, actor: StaffMember, seen: Seen, alias_id: int) -> tuple[Alias, Customer]:
    alias = tx.scalar(sa.select(Alias).where(Alias.id == alias_id, Alias.winner_id == seen.customer.id))
    if alias is None:
        raise NotFound(_l("There is no such merge."), code="no_merge")
    other = tx.get_one(Customer, alias.loser_id)
    require_both(actor, {store.id for store in seen.stores}, {seen.customer.owner_id, other.owner_id})
    if alias.undone_at is not None:
        raise RuleError(_l("This was taken apart already."), code="undone_already")
    if alias.merged_at + UNDO_WITHIN <= clock.now():
        raise RuleError(_l("More than 30 days have passed: this cannot be undone any more."), code="too_late")
    if standing_merges(seen.customer.id)[0].id != alias.id:
        raise RuleError(_l("Another file was joined to this one later. Undo that first."), code="later_merge")
    return alias, other


def _rows_back(tx: Session, alias: Alias) -> None:
    rows: dict[tuple[str, bool], list[str]] = {}
    for row in tx.scalars(sa.select(MergedRow).where(MergedRow.alias_id == alias.id)):
        rows.setdefault((row.kind, row.was_winners), []).append(row.row_key)
    for table in merge_tables.BOUND:
        gave_way, went = (list(map(int, rows.get((table.kind, was), ()))) for was in (True, False))
        bound.swap(tx, table.model, alias.loser_id, gave_way, alias.winner_id, went, once=table.once, by=alias.merged_at)
    for table in merge_tables.joined():
        merge_tables.hand_over(tx, table, alias.winner_id, alias.loser_id, rows.get((table.kind, False), ()), by=alias.merged_at)
    merge_tables.unload(tx)
    for customer_id in (alias.loser_id, alias.winner_id):
        _main_contacts(tx, customer_id, {int(key) for key in rows.get((MAIN, False), ())})


def _main_contacts(tx: Session, customer_id: int, were_main: set[int]) -> None:
    """Each kind has one main contact again: the one it had, else the first."""
    points = tx.scalars(sa.select(ContactPoint).where(ContactPoint.customer_id == customer_id).order_by(ContactPoint.id)).all()
    for kind in {point.kind for point in points}:
        same = [point for point in points if point.kind == kind]
        if not any(point.is_main for point in same):
            next((point for point in same if point.id in were_main), same[0]).is_main = True
    tx.flush()


def _words_back(tx: Session, one: Customer, alias: Alias) -> tuple[str, ...]:
    """What the winner's row said before, where it still says what the merge wrote. Returns the columns that were edited since."""
    kept = tx.get(MergeImage, alias.id)
    if kept is None or kept.readable_until <= clock.now():
        return ()
    image, edited = crypt.unseal(kept.sealed), list[str]()
    assert isinstance(image, dict)
    for name, (before, after) in image["own"].items():
        if _as(name, after) == getattr(one, name):
            setattr(one, name, _as(name, before))
        else:
            edited.append(name)
    for store_id, (since, how) in image["stores"].items():
        link = tx.get(CustomerStore, (one.id, int(store_id)))
        if link is not None:
            link.since, link.how = datetime.fromisoformat(since), how
    if one.home_store_id not in set(tx.scalars(sa.select(CustomerStore.store_id).where(CustomerStore.customer_id == one.id))):
        one.home_store_id = _first_store(tx, one.id) or one.home_store_id
    tx.delete(kept)
    tx.flush()
    return tuple(edited)


def _as(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name == "pause_until" and value else value


def _first_store(tx: Session, customer_id: int) -> int | None:
    return tx.scalar(
        sa.select(CustomerStore.store_id).where(CustomerStore.customer_id == customer_id).order_by(CustomerStore.since).limit(1)
    )


def _said_no_meanwhile(tx: Session, alias: Alias) -> Sequence[ConsentEvent]:
    during = (ConsentEvent.recorded_at > alias.merged_at, ConsentEvent.recorded_at <= alias.undone_at)
    query = sa.select(ConsentEvent).where(ConsentEvent.customer_id == alias.winner_id, ConsentEvent.action.in_(ledger.CLOSES), *during)
    return tx.scalars(query.order_by(ConsentEvent.id)).all()


def _hold_for(tx: Session, customer_id: int, event: ConsentEvent) -> None:
    """She was one person to us when she said no: it holds for the other one too."""
    ledger.append(
        tx, customer_id, event.purpose, event.action, channel=event.channel, method=event.method, lang=event.lang,
        actor=tx.get(StaffMember, event.actor_staff_id) if event.actor_staff_id else None, actor_type=event.actor_type,
        store_id=event.store_id, asked_by_staff=event.asked_by_staff, occurred_at=event.occurred_at, scope={"as_said_in": event.id},
        hide=_hide_from_now,
    )  # fmt: skip


def _hide_from_now(tx: Session, customer_id: int, basis: str, *, since: datetime) -> None:
    """What a doubtful yes held up goes fifteen days after the undo, not after the no that went before it."""
    bound.hide(tx, customer_id, basis, since=clock.now())


def last_undone(one_id: int, other_id: int) -> Alias:
    """The merge of these two that was taken back last. Raises NotFound, also when more than 30 days have passed since."""
    both = sa.or_(*(sa.and_(Alias.winner_id == a, Alias.loser_id == b) for a, b in ((one_id, other_id), (other_id, one_id))))
    query = sa.select(Alias).where(both, Alias.undone_at > clock.now() - UNDO_WITHIN).order_by(Alias.undone_at.desc())
    found = session().scalars(query.limit(1)).first()
    if found is None:
        raise NotFound(_l("There is no such merge."), code="no_merge")
    return found


def doubtful_yeses(alias: Alias) -> Sequence[str]:
    """Purposes to which somebody said yes while both were one file: it counts for neither, and she is asked again."""
    during = (ConsentEvent.recorded_at > alias.merged_at, ConsentEvent.recorded_at <= alias.undone_at)
    yes = (ConsentEvent.customer_id == alias.winner_id, ConsentEvent.action.in_((*ledger.OPENS, "pending")), *during)
    return session().scalars(sa.select(ConsentEvent.purpose).where(*yes, ConsentEvent.purpose != ledger.SERVICE).distinct()).all()


def made_meanwhile(kind: str, customer_id: int, alias: Alias) -> Sequence[Any]:
    """Rows of this kind that this customer has now and that were made while both were one file; what may not be read is not there."""
    table = merge_tables.named(kind)
    when = getattr(table.model, table.since)
    query = sa.select(table.model).where(table.model.customer_id == customer_id, when > alias.merged_at, when <= alias.undone_at)
    return session().scalars(query.order_by(when, table.model.id)).all()


def sort(tx: Session, actor: StaffMember, one: Seen, other: Seen, kind: str, row_id: int) -> None:
    """Move one row made meanwhile to the other file. Raises NotFound, NotAllowed, RuleError (no consent there, or the place is taken)."""
    require_of(actor, one, other)
    alias = last_undone(one.customer.id, other.customer.id)
    if kind not in SORTED:
        raise NotFound(_l("This is not there any more."), code="no_row")
    row = next((row for row in made_meanwhile(kind, one.customer.id, alias) if row.id == row_id), None)
    if row is None:
        raise NotFound(_l("This is not there any more."), code="no_row")
    if isinstance(row, ContactPoint):
        row.customer_id, row.is_main = other.customer.id, False
        tx.flush()
        for seen in (one, other):
            _main_contacts(tx, seen.customer.id, set())
    else:
        _sort_bound(tx, row, one.customer.id, other.customer.id, kind)
    for seen in (one, other):
        search.reindex(tx, seen.customer.id)
    audit.note(tx, actor, "row_moved", other.customer.public_id, store_id=other.store_of(actor).id, keys=(kind,))


def _sort_bound(tx: Session, row: Any, from_id: int, to_id: int, kind: str) -> None:
    table, basis, row_id = merge_tables.named(kind), row.basis, row.id
    until = ledger.until_of(to_id, basis)
    if until is None:
        raise RuleError(_l("She has not agreed to keeping this. Ask her first; without her yes it is not stored."), code="no_consent")
    if not bound.move(tx, table.model, from_id, to_id, once=table.once, only=[row_id]):
        raise RuleError(_l("The other file says something else there already. Correct it there."), code="place_taken")
    bound.set_until(tx, to_id, basis, until)
