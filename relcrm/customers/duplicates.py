"""Pairs who may be one person: noted by the worker, shown to who may see both, decided by a person. Merging them is not here."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from relcrm import clock
from relcrm.consent import catalogue, ledger
from relcrm.customers import changes, likely, sight
from relcrm.customers.cleansing_models import DIFFERENT, MERGED, OPEN, DuplicateSuspect, SweepMark
from relcrm.customers.likeness import COMMON, Card, Likeness, compare
from relcrm.customers.models import Customer, CustomerStore
from relcrm.db import session
from relcrm.errors import NotFound
from relcrm.i18n import _, _l, ngettext
from relcrm.staff import audit
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, require

PAGE, UNDONE, MANY = 50, 10, 1000
REVIEWERS = ("associate", "store_manager", "area_manager", "owner")
MANAGERS = REVIEWERS[1:]
_BOUND_CODES = {"birthday_same": "birthday", "day_same": "birthday", "address_like": "address"}
Pair = tuple[int, int]


@dataclass(frozen=True)
class Shown:
    """A pair as one reader may see it: `why` holds only what may be read now, and by her."""

    row: DuplicateSuspect
    a: Customer
    b: Customer
    why: tuple[str, ...]


def sweep(tx: Session, most: int) -> bool:
    """Compare the next customers of the book with all who came before them. True while there are more."""
    mark = tx.get(SweepMark, changes.DUPLICATES) or SweepMark(name=changes.DUPLICATES, customer_id=0)
    tx.add(mark)
    ids = tx.scalars(sa.select(Customer.id).where(Customer.id > mark.customer_id).order_by(Customer.id).limit(most)).all()
    _note(tx, _likely_pairs(ids, earlier=True))
    mark.customer_id, mark.at = max(ids, default=mark.customer_id), clock.now()
    return len(ids) == most


def look_over(tx: Session, ids: Collection[int]) -> None:
    """Compare these again with the whole book: pairs come, change and go; what a person decided stays."""
    found = _likely_pairs(ids)
    for row in _rows(tx, ids):
        if row.status == OPEN and (row.a_id, row.b_id) not in found:
            tx.delete(row)
    _note(tx, found)


def _likely_pairs(ids: Collection[int], *, earlier: bool = False) -> dict[Pair, tuple[Likeness, Pair]]:
    """Every pair with one of these (and somebody who came `earlier`), its likeness and both home stores."""
    stores = session().scalars(sa.select(Store.id)).all()
    own = likely.cards(ids)
    around = {one: likely.candidates(card, stores) for one, card in own.items()}
    met = {other for one, (others, _count) in around.items() for other in others if other < one or not earlier}
    known = own | likely.cards(met - own.keys())
    found = {}
    for one, (others, namesakes) in around.items():
        for other in (other for other in others & known.keys() if other < one or not earlier):
            a, b = known[min(one, other)], known[max(one, other)]
            likeness = compare(a, b, namesakes=namesakes)
            if likeness.is_likely:
                found[a.id, b.id] = likeness, (a.home, b.home)
    return found


def _rows(tx: Session, ids: Collection[int]) -> Sequence[DuplicateSuspect]:
    pairs = sa.select(DuplicateSuspect).where(sa.or_(DuplicateSuspect.a_id.in_(ids), DuplicateSuspect.b_id.in_(ids)))
    return tx.scalars(pairs).all()


def _note(tx: Session, found: dict[Pair, tuple[Likeness, Pair]]) -> None:
    known = {(row.a_id, row.b_id): row for row in _rows(tx, {b for _a, b in found})}
    for (a, b), (likeness, (a_store, b_store)) in found.items():
        row = known.get((a, b))
        if row is None:
            row = DuplicateSuspect(public_id=secrets.token_urlsafe(9), a_id=a, b_id=b, found_at=clock.now(), status=OPEN)
            tx.add(row)
        if row.status == OPEN:
            row.score, row.why, row.a_store_id, row.b_store_id = likeness.score, " ".join(likeness.why), a_store, b_store


def _pairs_of(reader: StaffMember) -> sa.Select[DuplicateSuspect, Customer, Customer]:
    """Pairs of whom the reader may see both; an associate those of whom one is her own."""
    a, b = aliased(Customer), aliased(Customer)
    query = sa.select(DuplicateSuspect, a, b).join(a, a.id == DuplicateSuspect.a_id).join(b, b.id == DuplicateSuspect.b_id)
    query = query.where(a.closed_at.is_(None), b.closed_at.is_(None))
    held, managed = reader.stores(*REVIEWERS), reader.stores(*MANAGERS)
    if held is not None:
        query = query.where(_linked(a, held), _linked(b, held))
    if managed is not None:
        query = query.where(sa.or_(a.owner_id == reader.id, b.owner_id == reader.id, sa.and_(_linked(a, managed), _linked(b, managed))))
    return query


def _waiting(reader: StaffMember, stores: frozenset[int] | None) -> sa.Select[DuplicateSuspect, Customer, Customer]:
    """Open pairs of whom one is at home in one of these stores, or in one of the reader's when none is named."""
    homes, query = reader.stores(*REVIEWERS) if stores is None else stores, _pairs_of(reader)
    if homes is None:
        return query.where(DuplicateSuspect.status == OPEN)
    # Two walks along two indexes, put together: asked for with "or", SQLite would walk all open pairs of the chain.
    at_home = [
        sa.select(DuplicateSuspect.id).where(home.in_(homes), DuplicateSuspect.status == OPEN)
        for home in (DuplicateSuspect.a_store_id, DuplicateSuspect.b_store_id)
    ]
    return query.where(DuplicateSuspect.id.in_(sa.union(*at_home)))


def _linked(customer: type[Customer], stores: Iterable[int]) -> sa.ColumnElement[bool]:
    return sa.exists().where(CustomerStore.customer_id == customer.id, CustomerStore.store_id.in_(stores))


def to_review(reader: StaffMember, page: int, stores: frozenset[int] | None = None) -> tuple[list[Shown], bool]:
    """A page of open pairs, the likeliest first, and whether there are more. Each is compared again: a consent may have ended."""
    query = _waiting(reader, stores)
    rows = session().execute(query.order_by(DuplicateSuspect.score.desc(), DuplicateSuspect.id).offset((page - 1) * PAGE).limit(PAGE + 1))
    found = [(row, a, b) for row, a, b in rows]
    cards = likely.cards({one.id for _row, *pair in found[:PAGE] for one in pair})
    now = [(row, a, b, _again(row, cards[a.id], cards[b.id])) for row, a, b in found[:PAGE]]
    return _shown(reader, [each for each in now if each[3].is_likely]), len(found) > PAGE


def _again(row: DuplicateSuspect, a: Card, b: Card) -> Likeness:
    """How many namesakes there are was counted when the pair was found."""
    is_common = "_common" in row.why
    return compare(a, b, namesakes=COMMON + 1 if is_common else 2)


def _shown(reader: StaffMember, pairs: Sequence[tuple[DuplicateSuspect, Customer, Customer, Likeness]]) -> list[Shown]:
    links: dict[int, list[int]] = {}
    ids = {one.id for _row, *pair, _likeness in pairs for one in pair}
    for link in session().execute(sa.select(CustomerStore.customer_id, CustomerStore.store_id).where(CustomerStore.customer_id.in_(ids))):
        links.setdefault(link.customer_id, []).append(link.store_id)

    def may_hear(code: str, *pair: Customer) -> bool:
        if code not in _BOUND_CODES:
            return True
        field = catalogue.field(_BOUND_CODES[code])
        return all(sight.relations(reader, one, links.get(one.id, ())).shows(field) for one in pair)

    return [Shown(row, a, b, tuple(code for code in likeness.said if may_hear(code, a, b))) for row, a, b, likeness in pairs]


def count(reader: StaffMember, stores: frozenset[int] | None = None) -> int:
    """How many pairs wait for this reader, counted up to MANY."""
    pairs = _waiting(reader, stores).with_only_columns(DuplicateSuspect.id).limit(MANY)
    return session().scalar(sa.select(sa.func.count()).select_from(pairs.subquery())) or 0


def count_words(pairs: int) -> str:
    if pairs >= MANY:
        return _("%(num)s pairs to look at or more", num=MANY)
    return ngettext("%(num)s pair to look at", "%(num)s pairs to look at", pairs)


def set_apart_lately(reader: StaffMember) -> list[Shown]:
    """The last pairs this reader has told apart, newest first, to be taken back."""
    mine = _pairs_of(reader).where(DuplicateSuspect.status == DIFFERENT, DuplicateSuspect.decided_by_id == reader.id)
    return [Shown(row, a, b, ()) for row, a, b in session().execute(mine.order_by(DuplicateSuspect.decided_at.desc()).limit(UNDONE))]


def get(reader: StaffMember, public_id: str) -> DuplicateSuspect:
    """Raises NotFound for a pair of whom the reader may not see both."""
    row: DuplicateSuspect | None = session().scalar(
        _pairs_of(reader).where(DuplicateSuspect.public_id == public_id, DuplicateSuspect.status != MERGED)
    )
    if row is None:
        raise NotFound(_l("This pair is not there any more."), code="no_pair")
    return row


def tell_apart(tx: Session, actor: StaffMember, row: DuplicateSuspect) -> None:
    """Two different people: remembered for good, and without the reasons, which nobody needs any more."""
    require(actor, Permission.DUPLICATE_DECIDE)
    row.status, row.why, row.decided_by_id, row.decided_at = DIFFERENT, "", actor.id, clock.now()
    audit.note(tx, actor, "told_apart", row.public_id, store_id=row.a_store_id)


def take_back(tx: Session, actor: StaffMember, row: DuplicateSuspect) -> None:
    """Perhaps they are one after all: the pair is compared anew and waits again."""
    require(actor, Permission.DUPLICATE_DECIDE)
    if row.status != DIFFERENT:
        return
    row.status, row.decided_by_id, row.decided_at = OPEN, None, None
    tx.flush()
    look_over(tx, [row.b_id])
    audit.note(tx, actor, "not_told_apart", row.public_id, store_id=row.a_store_id)


def merged(tx: Session, actor: StaffMember, one: int, other: int) -> None:
    """These two became one: nobody is asked about them any more. For the rule that merges."""
    row = _row_of(tx, one, other)
    if row is not None:
        row.status, row.why, row.decided_by_id, row.decided_at = MERGED, "", actor.id, clock.now()


def unmerged(tx: Session, one: int, other: int) -> None:
    """The merge was undone: the pair waits again if it is still likely. For the rule that undoes, after both are open again."""
    row = _row_of(tx, one, other)
    if row is not None and row.status == MERGED:
        row.status, row.decided_by_id, row.decided_at = OPEN, None, None
        tx.flush()
        look_over(tx, [row.b_id])


def _row_of(tx: Session, one: int, other: int) -> DuplicateSuspect | None:
    pair = sa.select(DuplicateSuspect).where(DuplicateSuspect.a_id == min(one, other), DuplicateSuspect.b_id == max(one, other))
    return tx.scalar(pair)


@ledger.changed.connect
def _consent_changed(_sender: object, *, tx: Session, customer_id: int, purpose: str) -> None:
    """A pair that rests on what may not be read any more goes at once; if enough is left, the worker finds it again in a minute."""
    gone = {code for code, key in _BOUND_CODES.items() if catalogue.field(key).basis == purpose}
    if gone and not ledger.may(customer_id, purpose).allowed:
        for row in _rows(tx, (customer_id,)):
            if row.status == OPEN and gone & set(row.why.split()):
                tx.delete(row)
