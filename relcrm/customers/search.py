"""Finding a customer while typing: one B-tree of keys per store (DESIGN §6). `reindex` is the only writer."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, db
from relcrm.customers import changes, keys
from relcrm.customers.models import ContactPoint, Customer, CustomerStore, FamilyMember, SearchKey
from relcrm.customers.queries import visible_to
from relcrm.customers.routing import Probe, Query, Term, covers, route
from relcrm.db import session
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import reads_pseudonyms

CANDIDATES, FILTERED, SHOWN = 100, 500, 20
CONTACT_KEYS = {
    "phone": keys.phone_keys,
    "email": keys.email_keys,
    "wechat": keys.handle_keys,
    "wecom": keys.handle_keys,
    "card": keys.card_keys,
}


_HITS = (
    sa.select(SearchKey.customer_id)
    .where(
        SearchKey.store_id.in_(sa.bindparam("stores", expanding=True)),
        SearchKey.key >= sa.bindparam("low"),
        SearchKey.key < sa.bindparam("high"),
    )
    .order_by(sa.case((SearchKey.owner_id == sa.bindparam("me"), 1), else_=0).desc(), SearchKey.seen.desc())
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True)
class Found:
    """Customers in the order they are shown, what was asked, and whether one more sign is needed to ask at all."""

    customers: Sequence[Customer]
    query: Query
    ask_more: bool = False
    more: bool = False


def find(reader: StaffMember, text: str) -> Found:
    """At most 20 customers of the reader's stores: own ones first, then those lately seen, then the others."""
    query, stores = route(text), _scope(reader)
    if reads_pseudonyms(reader):
        return Found(_by_pseudonym(reader, text), query)
    if not query.terms or (query.single_latin and reader.stores() is None and len(stores) > 1):
        return Found((), query, ask_more=bool(query.terms) or query.too_short)
    ids, by_alias = _candidates(reader, stores, query)
    others = query.by_selectivity()[1:]
    aliases = _alias_keys(reader, ids if others else by_alias)
    ids = [one for one in ids if one not in by_alias or covers(aliases.get(one, ()), query.by_selectivity()[0])]
    ids = _others_too(stores, ids, others, aliases)
    wanted = visible_to(reader).where(Customer.id.in_(ids[: SHOWN + 1]))
    rows = {row.id: row for row in session().scalars(wanted)} if ids else {}
    shown = [rows[one] for one in ids if one in rows]
    return Found(shown[:SHOWN], query, more=len(shown) > SHOWN)


def _by_pseudonym(reader: StaffMember, text: str) -> Sequence[Customer]:
    """By the sign that stands for her in everything an auditor reads (names.pseudonym), from its fourth letter on."""
    sign = text.strip().removeprefix("#").strip()
    if len(sign) < 4 or not sign.isascii():
        return []
    found = visible_to(reader).where(Customer.public_id >= sign, Customer.public_id < sign + "\x7f")
    return session().scalars(found.order_by(Customer.public_id).limit(SHOWN)).all()


def _scope(reader: StaffMember) -> list[int]:
    held = reader.stores()
    return sorted(session().scalars(sa.select(Store.id)) if held is None else held)


def _candidates(reader: StaffMember, stores: list[int], query: Query) -> tuple[list[int], set[int]]:
    """Ids by the rarest term, without doubles, and those known by a nickname alone; a probe is asked only while the page is not full."""
    term, several = query.by_selectivity()[0], len(query.terms) > 1
    enough, ids, by_alias = (FILTERED if several else SHOWN + 1), dict[int, None](), set[int]()
    for probe in term.probes:
        hits = _hits(reader, stores, probe, FILTERED if several else CANDIDATES)
        by_alias |= set(hits) - set(ids) if probe.kind == "a" else set()
        ids.update(dict.fromkeys(hits))
        if len(ids) >= enough:
            break
    return list(ids), by_alias


def _hits(reader: StaffMember, stores: list[int], probe: Probe, limit: int) -> list[int]:
    return db.fetch(_HITS, stores=stores, low=probe.low, high=probe.high, me=reader.id, most=limit)


def _others_too(stores: list[int], ids: list[int], others: Sequence[Term], aliases: dict[int, set[str]]) -> list[int]:
    """Keep whom every other term finds as well; a nickname's key in the table proves nothing, only a readable nickname does."""
    if not others or not ids:
        return ids
    found = {one: set(aliases.get(one, ())) for one in ids}
    mine = sa.select(SearchKey.customer_id, SearchKey.key).where(SearchKey.customer_id.in_(ids), SearchKey.store_id.in_(stores))
    for row in session().execute(mine):
        if not row.key.startswith("a"):
            found[row.customer_id].add(row.key)
    return [one for one in ids if all(covers(found[one], term) for term in others)]


def _alias_keys(reader: StaffMember, ids: Collection[int]) -> dict[int, set[str]]:
    """The nicknames of these customers that may be read now, and by this reader, as keys."""
    known: dict[int, set[str]] = {}
    if ids:
        for row in session().scalars(_family_known_to(reader, ids)):
            known.setdefault(row.customer_id, set()).update(keys.alias_keys(row.value.get("nickname", "")))
        for one, called in session().execute(
            sa.select(Customer.id, Customer.address_as).where(Customer.id.in_(ids), Customer.address_as != "")
        ):
            known.setdefault(one, set()).update(keys.alias_keys(called))
    return known


def _family_known_to(reader: StaffMember, ids: Collection[int]) -> sa.Select[FamilyMember]:
    """A hit by a nickname tells that it is hers: it counts for those who may see the family (DOMAIN §1.3, §1.6)."""
    managed = reader.stores("store_manager") or frozenset()
    own = sa.select(Customer.id).where(Customer.owner_id == reader.id)
    linked = sa.select(CustomerStore.customer_id).where(CustomerStore.store_id.in_(managed))
    mine = sa.or_(FamilyMember.customer_id.in_(own), FamilyMember.customer_id.in_(linked))
    return sa.select(FamilyMember).where(FamilyMember.customer_id.in_(ids), FamilyMember.sealed.is_(None), mine)


def keys_of(customer: Customer, contacts: Sequence[ContactPoint], family: Sequence[FamilyMember]) -> set[str]:
    """Every key of one customer. A child's name and whatever is sealed is never a key."""
    found = keys.name_keys(customer.name) | keys.alias_keys(customer.address_as)
    found |= _contact_keys((point.kind, point.value) for point in contacts)
    for member in family:
        if member.sealed is None:
            found |= keys.alias_keys(member.value.get("nickname", ""))
    return found


def _contact_keys(contacts: Iterable[tuple[str, str]]) -> set[str]:
    return {key for kind, value in contacts for key in CONTACT_KEYS[kind](value)}


def reindex(tx: Session, customer_id: int) -> None:
    """Write her keys again, one set for each linked store; none when she is closed. Inside the transaction that changed her."""
    tx.flush()
    changes.touched(tx, customer_id)
    customer = tx.get_one(Customer, customer_id)
    tx.execute(sa.delete(SearchKey).where(SearchKey.customer_id == customer_id))
    if customer.closed_at is not None:
        return
    stores = tx.scalars(sa.select(CustomerStore.store_id).where(CustomerStore.customer_id == customer_id)).all()
    rows = [
        {"store_id": store, "key": key, "customer_id": customer_id, "owner_id": customer.owner_id, "seen": clock.now().toordinal()}
        for key in expected(customer)
        for store in stores
    ]
    if rows:
        tx.execute(sa.insert(SearchKey), rows)


def index_newcomers(tx: Session, newcomers: Iterable[tuple[int, str, int | None, int, Sequence[tuple[str, str]]]]) -> None:
    """`reindex` for customers made in this transaction, each known to one store by nothing but a name and contacts yet:
    (id, name, owner's id, store's id, contacts as kind and value)."""
    newcomers = list(newcomers)
    changes.came(tx, [one for one, *_rest in newcomers])
    seen = clock.now().toordinal()
    rows = [
        {"store_id": store_id, "key": key, "customer_id": one, "owner_id": owner_id, "seen": seen}
        for one, name, owner_id, store_id, contacts in newcomers
        for key in keys.name_keys(name) | _contact_keys(contacts)
    ]
    if rows:
        tx.execute(sa.insert(SearchKey), rows)


def expected(customer: Customer) -> set[str]:
    """The keys she should have now, by what is readable now."""
    contacts = session().scalars(sa.select(ContactPoint).where(ContactPoint.customer_id == customer.id)).all()
    family = session().scalars(sa.select(FamilyMember).where(FamilyMember.customer_id == customer.id)).all()
    return keys_of(customer, contacts, family)
