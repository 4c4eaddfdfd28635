"""What was going on when the made-up chain was opened: whom colleagues saw lately, what one store asked another, a list, a rest."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.customers.models import (
    AskRest,
    ContactPoint,
    Customer,
    CustomerList,
    CustomerListEntry,
    CustomerStore,
    Inform,
    LatelySeen,
    ShareRequest,
)
from relcrm.customers.rules import SHARE_LAPSES
from relcrm.demo.words import public_id
from relcrm.demo.world import Place, World

LATELY, LISTED = 9, 8
ROLES_THAT_MEET = ("ana", "ada", "ben", "olu", "mia", "101", "103", "106")
RESTS = timedelta(days=90)


def play(tx: Session, world: World) -> None:
    """Write the scenes. Small chains have fewer of them."""
    draw = Random(world.seed + 1)
    for number in ROLES_THAT_MEET:
        _seen_lately(tx, draw, world, number)
    _share(tx, draw, world)
    _informs(tx, world)
    _list(tx, draw, world)
    _unreached(tx, world)


def _unreached(tx: Session, world: World) -> None:
    """In each store a few numbers at which nobody answers any more."""
    for place in world.places:
        nobody = _known_in(tx, place, Customer.id % 7 == 3, limit=3)
        tx.execute(
            sa.update(ContactPoint).where(ContactPoint.customer_id.in_(nobody), ContactPoint.kind == "phone").values(unreachable=True)
        )


def _known_in(tx: Session, place: Place, *more: sa.ColumnElement[bool], limit: int = LATELY) -> Sequence[int]:
    mine = sa.select(Customer.id).join(CustomerStore, CustomerStore.customer_id == Customer.id)
    open_ones = mine.where(CustomerStore.store_id == place.id, Customer.closed_at.is_(None), *more)
    return tx.scalars(open_ones.order_by(Customer.id).limit(limit)).all()


def _of(world: World, number: str) -> Place:
    member = world.staff[number]
    return next(place for place in world.places if member in place.sellers or member == place.manager)


def _seen_lately(tx: Session, draw: Random, world: World, number: str) -> None:
    staff_id, at = world.staff[number], world.now
    own = _known_in(tx, _of(world, number), Customer.owner_id == staff_id)
    for customer_id in own or _known_in(tx, _of(world, number)):
        at -= timedelta(minutes=draw.randrange(7, 400))
        tx.add(LatelySeen(staff_id=staff_id, customer_id=customer_id, at=at))


def _elsewhere(tx: Session, world: World) -> Sequence[int]:
    """Customers of the second store whom the first does not know."""
    first, second = world.places[:2]
    here = sa.select(CustomerStore.customer_id).where(CustomerStore.store_id == first.id)
    return _known_in(tx, second, Customer.home_store_id == second.id, Customer.id.not_in(here), limit=2)


def _share(tx: Session, draw: Random, world: World) -> None:
    """The first store asks the second for one of its customers: the home store has an answer to give."""
    asked_at = world.now - timedelta(days=1, hours=3)
    for customer_id in _elsewhere(tx, world)[:1]:
        tx.add(
            ShareRequest(
                public_id=public_id(draw), customer_id=customer_id, store_id=world.places[0].id, asked_by_id=world.staff["ada"],
                asked_at=asked_at, lapses_at=asked_at + SHARE_LAPSES, status="asked",
            )
        )  # fmt: skip


def _informs(tx: Session, world: World) -> None:
    """Ada served two of Ana's customers; one of the second store's was met in the first."""
    ana, ada = world.staff["ana"], world.staff["ada"]
    for hours, customer_id in enumerate(_known_in(tx, world.places[0], Customer.owner_id == ana, limit=2), start=2):
        tx.add(Inform(staff_id=ana, customer_id=customer_id, kind="serving", by_id=ada, at=world.now - timedelta(hours=hours)))
    met = sa.select(CustomerStore.customer_id).where(CustomerStore.store_id == world.places[0].id, CustomerStore.how == "she_is_here")
    second = world.places[1]
    for customer_id in _known_in(tx, second, Customer.home_store_id == second.id, Customer.id.in_(met), limit=1):
        tx.add(Inform(store_id=second.id, customer_id=customer_id, kind="she_is_here", by_id=ada, at=world.now - timedelta(days=1)))


def _list(tx: Session, draw: Random, world: World) -> None:
    """Ana's list for the season, and a question that rests."""
    ana, place = world.staff["ana"], world.places[0]
    season = CustomerList(
        public_id=public_id(draw), store_id=place.id, name="秋冬新款先看", made_by_id=ana, made_at=world.now - timedelta(days=9)
    )
    tx.add(season)
    tx.flush()
    chosen = _known_in(tx, place, Customer.owner_id == ana, limit=LISTED)
    tx.add_all(
        CustomerListEntry(list_id=season.id, customer_id=one, added_by_id=ana, added_at=world.now - timedelta(days=9)) for one in chosen
    )
    for customer_id in chosen[-1:]:
        at = world.now - timedelta(days=20)
        tx.add(AskRest(customer_id=customer_id, key="contact_time", why="not_now", until=at + RESTS, by_id=ana, at=at))
