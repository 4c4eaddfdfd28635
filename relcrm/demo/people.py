"""Drawing the customers of a made-up chain one after the other: who they are and how they are reached."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from relcrm.demo import leads, numbers, words
from relcrm.demo.willed import Teller
from relcrm.demo.world import Person, Place, World

NEWEST = timedelta(hours=2)
# One in so many is the customer before her, noted a second time; one in so many has a slip in her e-mail, if she has one.
TWICE, SLIPS = 150, 12
SLIPPED = ("gmial.com", "qq.con", "test.com", "hotmial.com")


def people(world: World, start: int, stop: int) -> Iterator[Person]:
    """Customers start … stop-1, the same ones every time it is asked: first the leading ones, then drawn ones."""
    first = leads.leads(world)
    yield from first[start:stop]
    for n in range(max(start, len(first)), stop):
        yield drawn(world, n)


def drawn(world: World, n: int) -> Person:
    """The n-th customer. They came one after the other, so that a higher number is a later day."""
    draw = Random(world.seed * 100_000_007 + n)
    twin = drawn(world, n - 1) if n % TWICE == TWICE - 1 else None
    place = twin.place if twin else draw.choices(world.places, weights=world.weights)[0]
    span = world.now - NEWEST - world.began
    created = world.began + span * ((n + draw.random()) / world.customers)
    person = _who(draw, place, created.replace(microsecond=0))
    if twin is not None:
        person.name, person.salutation = twin.name, twin.salutation
    _reached(person, world, n)
    _slipped(person, n, twin)
    _linked(person, world)
    Teller(world, person).story()
    return person


def _who(draw: Random, place: Place, created: datetime) -> Person:
    salutation = "ms" if draw.random() < 0.66 else "mr"
    chinese = draw.random() < (0.94 if place.language == "zh" else 0.12)
    family, given = words.chinese_name(draw, salutation) if chinese else words.latin_name(draw, salutation)[::-1]
    seller = draw.choice(place.sellers)
    return Person(
        public_id=words.public_id(draw),
        name=f"{family}{given}" if chinese else f"{given} {family}",
        salutation=draw.choice((salutation, salutation, salutation, "miss" if salutation == "ms" else "teacher", "")),
        address_as=words.address_as(draw, family, salutation) if draw.random() < 0.3 else "",
        language=draw.choice(("", "", "zh-CN" if chinese else "en")),
        place=place,
        owner_id=seller if draw.random() < 0.93 else None,
        created_at=created,
        created_by=seller if draw.random() < 0.9 else place.manager,
        how="import" if draw.random() < 0.05 else "capture",
        draw=draw,
    )


def _reached(person: Person, world: World, n: int) -> None:
    """Nearly all by phone; a few by something in its place, some by several ways."""
    draw, contacts = person.draw, person.contacts
    if draw.random() < 0.97:
        contacts.append(("phone", numbers.phone(person.place.country, world.seed, n), ""))
    if draw.random() < 0.04:
        contacts.append(("phone", numbers.phone(person.place.country, world.seed, n + world.customers), "work"))
    if draw.random() < (0.2 if person.place.language == "zh" else 0.04):
        contacts.append(("wechat", numbers.handle(person.name, n), ""))
    if draw.random() < (0.08 if person.place.language == "zh" else 0.45):
        contacts.append(("email", numbers.email(draw, person.name, n), ""))
    if draw.random() < 0.25 or not contacts:
        contacts.append(("card", numbers.card(n), ""))


def _slipped(person: Person, n: int, twin: Person | None) -> None:
    """What a clean file would not have: somebody in it twice, by two e-mails of one name, and e-mails that arrive nowhere."""
    if n % TWICE == TWICE - 2 or twin is not None:
        kept = [point for point in person.contacts if point[0] != "email"]
        local = numbers.handle(person.name, n - (twin is not None))
        person.contacts[:] = [*kept, ("email", f"{local}@{'second' if twin else 'first'}.example", "")]
    elif n % SLIPS == 0:
        wrong = SLIPPED[n // SLIPS % len(SLIPPED)]
        person.contacts[:] = [
            (kind, f"{value.partition('@')[0]}@{wrong}" if kind == "email" else value, label) for kind, value, label in person.contacts
        ]


def _linked(person: Person, world: World) -> None:
    """Her home store, and for one in twelve a second one of the same country where there is one."""
    draw = person.draw
    person.links.append((person.place.id, person.created_at, person.how))
    others = [place for place in world.places if place is not person.place and place.country == person.place.country]
    if draw.random() < 0.08:
        other = draw.choice(others or [place for place in world.places if place is not person.place])
        since = person.created_at + (world.now - person.created_at) * draw.random()
        person.links.append((other.id, since.replace(microsecond=0), draw.choice(("she_is_here", "share", "purchase"))))
