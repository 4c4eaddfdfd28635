"""Who could be the same person as somebody: found along the search keys and the contacts, never by walking the book."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from relcrm.customers import likeness
from relcrm.customers.folding import fold, has_han
from relcrm.customers.keys import LONGEST, MOST_HAN
from relcrm.customers.likeness import Card
from relcrm.customers.models import ContactPoint, Customer, Fact, SearchKey
from relcrm.customers.queries import visible_to
from relcrm.db import session
from relcrm.staff.models import StaffMember, Store

NAMESAKES, HOLDERS, SHOWN = 200, 20, 3
_COMPARED = ("birthday", "address")


def resembling(reader: StaffMember, store: Store, name: str, phone: str = "") -> Sequence[Customer]:
    """At most three customers of this store whom the newcomer may be: of the same name, those with a similar phone first."""
    if not likeness.is_whole(name):
        return ()
    found = _by_name([store.id], name, NAMESAKES)
    near = set(_by_number(likeness.near_numbers(phone))) if phone else set()
    ids = [one for one in [*near, *found] if one in found or _is_of(store, one)]
    seen = {one.id: one for one in session().scalars(visible_to(reader).where(Customer.id.in_(ids)))} if ids else {}
    signs = {one: likeness.name_sign(name, seen[one].name) for one in dict.fromkeys(ids) if one in seen}
    strong = [one for one, sign in signs.items() if sign in ("name_same", "pinyin_same") or (one in near and sign)]
    return [seen[one] for one in sorted(strong, key=lambda one: (one not in near, signs[one] != "name_same"))[:SHOWN]]


def _is_of(store: Store, customer_id: int) -> bool:
    mine = sa.select(SearchKey.customer_id).where(SearchKey.customer_id == customer_id, SearchKey.store_id == store.id)
    return session().scalar(mine.limit(1)) is not None


def candidates(card: Card, stores: Sequence[int]) -> tuple[set[int], int]:
    """Ids of all who share a name, nearly a phone, or a mail name with her; and how many share the name (at most NAMESAKES)."""
    namesakes = set(_by_name(stores, card.name, NAMESAKES)) if card.called.is_whole else set()
    others = set(_by_number(number for phone in card.phones for number in likeness.near_numbers(phone)))
    for local in card.mail_names:
        others |= _few(_by_keys(stores, {f"h{local}"[:LONGEST]}, HOLDERS + 1)) | _few(_by_mail(stores, local))
    for handle in filter(None, map(fold, card.handles)):
        others |= _few(_by_keys(stores, {f"h{handle}"[:LONGEST]}, HOLDERS + 1)) | _few(_by_mail(stores, handle))
    return (namesakes | others) - {card.id}, len(namesakes)


def _few(ids: Collection[int]) -> set[int]:
    """What very many share (wang, info) tells nothing."""
    return set(ids) if len(ids) <= HOLDERS else set()


def _by_name(stores: Sequence[int], name: str, most: int) -> Sequence[int]:
    """Those whose name is written so come first: of a common sound not all are looked at."""
    written, spelled = _name_keys(name)
    ids = dict.fromkeys(_by_keys(stores, written, most))
    return list(ids | dict.fromkeys(_by_keys(stores, spelled, most)))[:most]


def _name_keys(name: str) -> tuple[set[str], set[str]]:
    """The keys by which search knows the whole name: as written in Chinese, and as spelled."""
    han = "".join(sign for sign in name if has_han(sign))[:MOST_HAN]
    return ({f"n{han}"} if han else set()), {f"p{sound}"[:LONGEST] for sound in likeness.sounds(han or _latin(name))}


def _latin(name: str) -> str:
    return " ".join(word for word in name.replace("-", " ").split() if fold(word))


def _by_keys(stores: Sequence[int], keys: Collection[str], most: int) -> Sequence[int]:
    found = sa.select(SearchKey.customer_id).where(SearchKey.store_id.in_(stores), SearchKey.key.in_(keys))
    return session().scalars(found.distinct().limit(most)).all() if keys else ()


def _by_mail(stores: Sequence[int], local: str) -> Sequence[int]:
    low = f"h{local}@"
    found = sa.select(SearchKey.customer_id).where(SearchKey.store_id.in_(stores), SearchKey.key >= low, SearchKey.key < f"h{local}A")
    return session().scalars(found.distinct().limit(HOLDERS + 1)).all()


def _by_number(numbers: Iterable[str]) -> Sequence[int]:
    wanted = sorted(set(numbers))
    points = sa.select(ContactPoint.customer_id).where(ContactPoint.kind == "phone", ContactPoint.value.in_(wanted))
    return session().scalars(points.limit(NAMESAKES)).all() if wanted else ()


def cards(ids: Collection[int]) -> dict[int, Card]:
    """What is compared of each, by id; three queries however many. The gate leaves out what may not be read now, and who is closed is not there."""
    people = (
        session()
        .execute(
            sa.select(Customer.id, Customer.name, Customer.salutation, Customer.home_store_id).where(
                Customer.id.in_(ids), Customer.closed_at.is_(None)
            )
        )
        .all()
    )
    points: dict[int, dict[str, set[str]]] = {}
    for point in session().execute(
        sa.select(ContactPoint.customer_id, ContactPoint.kind, ContactPoint.value).where(ContactPoint.customer_id.in_(ids))
    ):
        points.setdefault(point.customer_id, {}).setdefault(point.kind, set()).add(point.value)
    told = _told(ids)
    return {row.id: _card(row, points.get(row.id, {}), told.get(row.id, {})) for row in people}


def _told(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    rows = sa.select(Fact.customer_id, Fact.key, Fact.plain).where(
        Fact.customer_id.in_(ids), Fact.key.in_(_COMPARED), Fact.sealed.is_(None)
    )
    told: dict[int, dict[str, Any]] = {}
    for row in session().execute(rows):
        told.setdefault(row.customer_id, {}).setdefault(row.key, json.loads(row.plain) if row.plain else None)
    return told


def _card(row: Any, points: dict[str, set[str]], told: dict[str, Any]) -> Card:
    handles = points.get("wechat", set()) | points.get("wecom", set())
    return Card(
        row.id, row.name, row.salutation, frozenset(points.get("phone", ())), frozenset(points.get("email", ())), frozenset(handles),
        told.get("birthday"), told.get("address"), row.home_store_id,
    )  # fmt: skip
