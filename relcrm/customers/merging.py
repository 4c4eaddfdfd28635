"""Two files of one person become one, by alias: what goes over, what gives way, and who may do it. Undoing it is merge_undo.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from relcrm import clock, crypt
from relcrm.consent import bound, ledger
from relcrm.consent.history import one_person
from relcrm.consent.models import Alias
from relcrm.customers import changes, duplicates, import_revert, merge_tables, queries, search
from relcrm.customers.merge_models import MergedRow, MergeImage
from relcrm.customers.models import Customer, CustomerStore, Fact
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.errors import NotAllowed, RuleError
from relcrm.i18n import _l
from relcrm.staff import audit
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, may

UNDO_WITHIN = timedelta(days=30)
# What a customer's own row says and only one of two can say; the stricter of two pauses holds without being asked.
OWN = ("name", "salutation", "address_as", "language", "home_store_id", "owner_id")
MAIN = "contact_main"  # a MergedRow of this kind: this contact was the loser's main one


@dataclass(frozen=True)
class Choice:
    """Where both say something: the columns and the facts (ids) in which the loser's word stands."""

    own: frozenset[str] = frozenset()
    facts: frozenset[int] = frozenset()


def may_both(actor: StaffMember, stores: set[int], owner_ids: set[int | None]) -> bool:
    """Who manages every store that knows either of them, or is the associate of both where she works."""
    if not may(actor, Permission.CUSTOMER_MERGE):
        return False
    managed, works = actor.stores("store_manager", "area_manager", "owner"), actor.stores("associate", "store_manager") or frozenset()
    return managed is None or stores <= managed or (owner_ids == {actor.id} and stores <= works)


def require_both(actor: StaffMember, stores: set[int], owner_ids: set[int | None]) -> None:
    """Raises NotAllowed."""
    if not may_both(actor, stores, owner_ids):
        raise NotAllowed(
            _l("Who manages all stores that know them, or is the associate of both, may make one file of two."), code="not_both"
        )


def may_of(actor: StaffMember, *both: Seen) -> bool:
    """`may_both` of customers as loaded."""
    return may_both(actor, {store.id for seen in both for store in seen.stores}, {seen.customer.owner_id for seen in both})


def require_of(actor: StaffMember, *both: Seen) -> None:
    """Raises NotAllowed."""
    require_both(actor, {store.id for seen in both for store in seen.stores}, {seen.customer.owner_id for seen in both})


def merge(tx: Session, actor: StaffMember, winner: Seen, loser: Seen, choice: Choice, *, versions: tuple[int, int]) -> Alias:
    """The loser's file goes into the winner's, consents as the stricter of both. `versions` are those the person looked at.

    Raises RuleError when either was changed or merged meanwhile, when they are one already, or when only one is under age.
    """
    one, other = winner.customer, loser.customer
    _refuse(actor, winner, loser, versions)
    now = clock.now()
    alias = Alias(loser_id=other.id, winner_id=one.id, merged_at=now, merged_by_id=actor.id)
    tx.add(alias)
    tx.flush()
    image = {"own": _own_words(one, other, choice.own), "stores": _earlier_stores(tx, one.id, other.id)}
    tx.add(MergeImage(alias_id=alias.id, sealed=crypt.seal(image), readable_until=now + UNDO_WITHIN))
    _contacts(tx, alias)
    _rows(tx, alias)
    _bound_rows(tx, alias, choice.facts)
    other.closed_at = now
    flag_modified(one, "name")  # whoever still looks at the file before the merge must look again
    tx.flush()
    _consents(tx, alias)
    for customer in (one, other):
        search.reindex(tx, customer.id)
        changes.touched(tx, customer.id)
    duplicates.merged(tx, actor, one.id, other.id)
    for follow in merge_tables.followers:
        follow(tx, (one.id, other.id))
    audit.note(tx, actor, "customers_merged", one.public_id, store_id=winner.store_of(actor).id)
    audit.note(tx, actor, "customer_merged_away", other.public_id, store_id=loser.store_of(actor).id)
    return alias


def _refuse(actor: StaffMember, winner: Seen, loser: Seen, versions: tuple[int, int]) -> None:
    one, other = winner.customer, loser.customer
    require_of(actor, winner, loser)
    if one.id == other.id:
        raise RuleError(_l("This is one file already."), code="one_already")
    if (one.version, other.version) != versions:
        raise RuleError(_l("Somebody changed one of the two a moment ago. Look at both again, then merge."), code="conflict")
    if one.is_minor != other.is_minor:
        raise RuleError(_l("One of them is noted as under 18, the other is not. Clear that first."), code="minor")


def _own_words(one: Customer, other: Customer, chosen: frozenset[str]) -> dict[str, list[Any]]:
    """Let the winner's row say what was chosen; what she did not say yet she takes over. Returns {column: [before, after]}."""
    changed = {}
    for name in OWN:
        theirs = getattr(other, name)
        if theirs and (name in chosen or not getattr(one, name)):
            changed[name] = theirs
    if other.pause_until and (one.pause_until is None or one.pause_until < other.pause_until):
        changed["pause_until"] = other.pause_until
    image = {name: [_plain(getattr(one, name)), _plain(after)] for name, after in changed.items() if getattr(one, name) != after}
    for name in image:
        setattr(one, name, changed[name])
    return image


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _earlier_stores(tx: Session, one_id: int, other_id: int) -> dict[int, list[str]]:
    """Stores that know both have known her since the earlier day. Returns what the winner's links said."""
    known = {link.store_id: link for link in tx.scalars(sa.select(CustomerStore).where(CustomerStore.customer_id == one_id))}
    image = {}
    for theirs in tx.scalars(sa.select(CustomerStore).where(CustomerStore.customer_id == other_id)):
        mine = known.get(theirs.store_id)
        if mine is not None and theirs.since < mine.since:
            image[mine.store_id] = [mine.since.isoformat(), mine.how]
            mine.since, mine.how = theirs.since, theirs.how
    tx.flush()
    return image


def _contacts(tx: Session, alias: Alias) -> None:
    """One main contact of each kind: the winner's."""
    points = queries.contacts(alias.winner_id)
    settled = {point.kind for point in points if point.is_main}
    for point in queries.contacts(alias.loser_id):
        if point.is_main and point.kind in settled:
            point.is_main = False
            tx.add(MergedRow(alias_id=alias.id, kind=MAIN, row_key=str(point.id)))
    tx.flush()


def _rows(tx: Session, alias: Alias) -> None:
    for table in merge_tables.joined():
        gone = merge_tables.hand_over(tx, table, alias.loser_id, alias.winner_id)
        tx.add_all(MergedRow(alias_id=alias.id, kind=table.kind, row_key=key) for key in gone)
    tx.flush()
    merge_tables.unload(tx)


def _bound_rows(tx: Session, alias: Alias, chosen: frozenset[int]) -> None:
    """What the loser's word stands for goes first, in the place of the winner's; what finds its place taken stays behind, hidden."""
    giving_way, standing = _in_each_others_place(alias, chosen)
    bound.swap(
        tx, Fact, alias.winner_id, giving_way, alias.loser_id, standing, once=("key", "slot"), by=alias.merged_at
    )  # fmt: skip
    for table in merge_tables.BOUND:
        moved = bound.move(tx, table.model, alias.loser_id, alias.winner_id, once=table.once)
        if table.model is Fact:
            moved += standing
            tx.add_all(MergedRow(alias_id=alias.id, kind=table.kind, row_key=str(one), was_winners=True) for one in giving_way)
        tx.add_all(MergedRow(alias_id=alias.id, kind=table.kind, row_key=str(one)) for one in moved)
    tx.flush()
    bound.hold(tx, alias.loser_id, None, alias_id=alias.id, until=alias.merged_at + UNDO_WITHIN)


def _in_each_others_place(alias: Alias, chosen: frozenset[int]) -> tuple[list[int], list[int]]:
    """Ids of facts of the winner and those of the loser that replace them."""
    query = sa.select(Fact.id, Fact.key, Fact.slot)
    theirs = session().execute(query.where(Fact.customer_id == alias.loser_id, Fact.id.in_(chosen))).all()
    mine = {(row.key, row.slot): row.id for row in session().execute(query.where(Fact.customer_id == alias.winner_id))}
    both = [(mine[row.key, row.slot], row.id) for row in theirs if (row.key, row.slot) in mine]
    return [one for one, _other in both], [other for _one, other in both]


def _consents(tx: Session, alias: Alias) -> None:
    """Where both stand as one; what stands no more is hidden, kept for the undo."""

    def hide(tx: Session, customer_id: int, basis: str, *, since: datetime) -> None:
        bound.hold(tx, customer_id, basis, alias_id=alias.id, until=alias.merged_at + UNDO_WITHIN)

    ledger.forget_states(tx, alias.loser_id)
    ledger.derive_again(tx, alias.winner_id, {event.purpose for event in ledger.events_of(alias.winner_id)}, hide)


def standing_merges(customer_id: int) -> Sequence[Alias]:
    """The merges that make this person, the newest first."""
    whole = Alias.winner_id.in_(one_person(customer_id))
    return session().scalars(sa.select(Alias).where(whole, Alias.undone_at.is_(None)).order_by(Alias.id.desc())).all()


@dataclass(frozen=True)
class Line:
    """What her page says of a merge of the last 30 days: with whom, since when, and whether this reader may change it."""

    alias: Alias
    other: Customer
    may: bool


def lines(reader: StaffMember, seen: Seen) -> tuple[Line | None, Line | None]:
    """(the merge that can be undone, the one that was undone last), each None after 30 days; one query."""
    since = clock.now() - UNDO_WITHIN
    recent = sa.or_(sa.and_(Alias.undone_at.is_(None), Alias.merged_at > since), Alias.undone_at > since)
    query = sa.select(Alias, Customer).join(Customer, Customer.id == Alias.loser_id).where(Alias.winner_id == seen.customer.id, recent)
    rows = session().execute(query.order_by(Alias.id.desc()).limit(10)).all()
    stores = {store.id for store in seen.stores}
    found = [Line(alias, other, may_both(reader, stores, {seen.customer.owner_id, other.owner_id})) for alias, other in rows]
    standing = (line for line in found if line.alias.undone_at is None)
    return next(standing, None), next((line for line in found if line.alias.undone_at and line.other.closed_at is None), None)


def winner_of(reader: StaffMember, public_id: str) -> Customer | None:
    """Whom the record of this address was merged into, if this reader may see her."""
    merged = session().scalar(sa.select(Customer.id).where(Customer.public_id == public_id, Customer.closed_at.is_not(None)))
    if merged is None:
        return None
    return session().scalar(queries.visible_to(reader).where(Customer.id == ledger.root_of(merged), Customer.id != merged))


def forget(tx: Session) -> None:
    """After 30 days a merge cannot be undone: what was kept for that goes."""
    over = sa.select(Alias.id).where(Alias.merged_at <= clock.now() - UNDO_WITHIN)
    tx.execute(sa.delete(MergeImage).where(sa.or_(MergeImage.readable_until <= clock.now(), MergeImage.alias_id.in_(over))))
    tx.execute(sa.delete(MergedRow).where(MergedRow.alias_id.in_(over)))


@ledger.changed.connect
def _follow_service(_sender: object, *, tx: Session, customer_id: int, purpose: str) -> None:
    """She left: what her row said before goes with the rest, fifteen days later."""
    if purpose == ledger.SERVICE and not ledger.may(customer_id, ledger.SERVICE).allowed:
        ends = clock.now() + bound.KEPT_AFTER_WITHDRAWAL
        hers = sa.select(Alias.id).where(Alias.winner_id == customer_id)
        tx.execute(
            sa.update(MergeImage).where(MergeImage.alias_id.in_(hers), MergeImage.readable_until > ends).values(readable_until=ends),
            execution_options={"synchronize_session": False},
        )


def _part_of_a_merge(ids: Collection[int]) -> set[int]:
    """Those of these records that were ever merged: a file that made or completed them is not taken back from them."""
    both = (sa.select(column).where(column.in_(ids)) for column in (Alias.winner_id, Alias.loser_id))
    return set(session().scalars(sa.union(*both)))


import_revert.holding.append(_part_of_a_merge)
