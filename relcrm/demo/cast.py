"""Stores, staff, notices and the owner's assessment of the made-up chain. Customers are people.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import chains
from relcrm.consent import notices
from relcrm.consent import rules as consent_rules
from relcrm.consent.models import Notice
from relcrm.demo import goods, points
from relcrm.demo.words import public_id, words
from relcrm.demo.world import Place, Told, World
from relcrm.staff import audit, founding, passwords, settings
from relcrm.staff.models import Membership, StaffMember, Store

PASSWORD = "three tame geese"
BEGAN = timedelta(days=913)
NEW_NOTICE, NEW_NOTICE_HOLDS = timedelta(days=120), timedelta(days=90)
CHANGED = ("survey",)
PER_STORE = 25_000

# name, address, phone, hours, country, zone, language, share of the customers
STORES = (
    ("人民路店", "杭州市上城区人民路18号", "+8657187002216", "10:00-21:30", "CN", "Asia/Shanghai", "zh", 46),
    ("湖滨店", "杭州市上城区湖滨路7号", "+8657187005514", "10:00-22:00", "CN", "Asia/Shanghai", "zh", 36),
    ("Marylebone", "31 Marylebone High Street, London W1U 4PT", "+442079460101", "10:00-18:30", "GB", "Europe/London", "en", 18),
)  # fmt: skip
# number, name, role, stores ("" is the whole chain), language
CAST = (
    ("ana", "Ana", "associate", "人民路店", "zh"),
    ("ada", "Ada", "associate", "人民路店", "en"),
    ("ben", "Ben", "store_manager", "人民路店", "zh"),
    ("olu", "Olu", "store_manager", "湖滨店", "en"),
    ("mia", "Mia", "store_manager", "Marylebone", "en"),
    ("ari", "Ari", "area_manager", "人民路店 湖滨店", "zh"),
    ("hua", "Hua", "owner", "", "zh"),
    ("quinn", "Quinn", "auditor", "", "en"),
    ("101", "李娜", "associate", "人民路店", "zh"),
    ("102", "陈晨", "associate", "人民路店", "zh"),
    ("103", "周敏", "associate", "湖滨店", "zh"),
    ("104", "吴婷", "associate", "湖滨店", "zh"),
    ("105", "欧阳悦", "associate", "湖滨店", "zh"),
    ("106", "Zoë Fournier", "associate", "Marylebone", "en"),
    ("107", "James Okafor", "associate", "Marylebone", "en"),
    ("108", "Siân Davies", "associate", "Marylebone", "en"),
)
CHAIN = {
    "chain": "Cloud 云衣",
    "legal_name": "杭州云衣服饰有限公司 (Cloud Clothing Ltd)",
    "legal_address": "杭州市上城区人民路18号",
    "privacy_contact": "Hua, 0571 8700 2216, privacy@example.com",
}


@dataclass(frozen=True)
class SignIn:
    """A line of the table of sign-ins."""

    number: str
    name: str
    role: str
    store: str


def found(tx: Session, *, seed: int, customers: int, now: datetime) -> World:
    """Write the chain without its customers and tell what the drawing of those rests on."""
    draw = Random(seed)
    branches = STORES + tuple(_branch(n) for n in range(-(-customers // PER_STORE) - len(STORES)))
    stores = _stores(tx, draw, branches)
    staff = _staff(tx, draw, stores)
    _owner_decides(tx, now - BEGAN, now)
    shelf = goods.stock(tx, seed=seed, since=now - BEGAN)
    places = tuple(_place(tx, stores[name]) for name, *_rest in branches)
    return World(
        seed,
        customers,
        now,
        now - BEGAN,
        places,
        tuple(branch[-1] for branch in branches),
        staff,
        _told(tx, "enrol"),
        notices.cuts(),
        shelf,
    )


def sign_ins(tx: Session) -> list[SignIn]:
    """Everybody of the cast, as printed for who looks around."""
    names = {store.id: store.name for store in tx.scalars(sa.select(Store))}
    lines = []
    for number, name, role, _where, _lang in CAST:
        held = tx.scalars(sa.select(Membership.store_id).join(StaffMember).where(StaffMember.number == number).order_by(Membership.id))
        lines.append(SignIn(number, name, role.replace("_", " "), ", ".join(names[one] for one in held if one) or "all"))
    return lines


def _branch(n: int) -> tuple[str, str, str, str, str, str, str, int]:
    """A book of hundreds of thousands belongs to more than three stores."""
    roads = words()["roads"]
    turn, place = divmod(n, len(roads))
    name = f"{roads[place]}{'' if not turn else turn + 1}店"
    return (name, f"杭州市{roads[place]}{n + 1}号", "", "10:00-21:00", "CN", "Asia/Shanghai", "zh", 33)


def _stores(tx: Session, draw: Random, branches: tuple[tuple[str, str, str, str, str, str, str, int], ...]) -> dict[str, Store]:
    stores = {}
    for name, address, phone, hours, country, zone, language, _share in branches:
        store = founding.new_store(name, country=country, time_zone=zone, language=language, address=address, phone=phone, hours=hours)
        store.public_id = public_id(draw)
        stores[name] = store
    tx.add_all(stores.values())
    tx.flush()
    return stores


def _staff(tx: Session, draw: Random, stores: dict[str, Store]) -> dict[str, int]:
    """The cast; in stores beyond the first three two associates without names worth remembering."""
    more = [
        (f"{200 + 2 * n + one}", f"{store} {one + 1}", "associate", store, "zh") for n, store in enumerate([*stores][3:]) for one in (0, 1)
    ]
    secret = passwords.hashed(PASSWORD)
    ids: dict[str, int] = {}
    for number, name, role, where, language in (*CAST, *more):
        person = founding.new_staff(number, name, language=language)
        person.public_id, person.password_hash = public_id(draw), secret
        tx.add(person)
        tx.flush()
        places: list[int | None] = [stores[one].id for one in where.split()] or [None]
        tx.add_all(Membership(staff_id=person.id, store_id=place, role=role) for place in places)
        ids[number] = person.id
    tx.flush()
    return ids


def _owner_decides(tx: Session, began: datetime, now: datetime) -> None:
    """What `relcrm init` asks for; the notices are as old as the chain, a material second version took effect since."""
    founding.name_chain(tx, CHAIN)
    settings.put(tx, "demo", True)
    owner = tx.scalars(sa.select(StaffMember).where(StaffMember.number == "hua")).one()
    consent_rules.assess(tx, "profiling", chains.profiling_text("zh"), True, actor=owner)
    tx.add(points.policy(now))
    chains.publish_notices(tx)
    _dated(tx, 1, began - timedelta(days=1), began - timedelta(days=1))
    notices.publish(
        tx, {key: settings.text(key) for key in ("legal_name", "legal_address", "privacy_contact")}, kinds=("enrol",), changes=CHANGED
    )
    _dated(tx, 2, now - NEW_NOTICE, now - NEW_NOTICE_HOLDS)
    audit.note(tx, owner, "book_founded", "demo")


def _dated(tx: Session, version: int, published: datetime, effective: datetime) -> None:
    tx.flush()
    tx.execute(sa.update(Notice).where(Notice.version == version).values(published_at=published, effective_at=effective))


def _told(tx: Session, kind: str) -> dict[str, tuple[Told, ...]]:
    rows = tx.scalars(sa.select(Notice).where(Notice.kind == kind).order_by(Notice.version)).all()
    return {
        lang: tuple(Told(row.id, row.version, row.sha256, row.published_at) for row in rows if row.lang == lang) for lang in ("zh", "en")
    }


def _place(tx: Session, store: Store) -> Place:
    rows = tx.scalars(sa.select(Membership).where(Membership.store_id == store.id).order_by(Membership.id)).all()
    sellers = tuple(row.staff_id for row in rows if row.role == "associate")
    manager = next((row.staff_id for row in rows if row.role == "store_manager"), sellers[0])
    return Place(store.id, store.name, store.country, store.language, sellers, manager)
