"""The shapes a made-up chain is told in: its places, its notices, its people and what they willed. No drawing, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from relcrm.consent.notices import Cuts


@dataclass(frozen=True)
class Place:
    """A store with who works in it: `sellers` own customers."""

    id: int
    name: str
    country: str
    language: str
    sellers: tuple[int, ...]
    manager: int


@dataclass(frozen=True)
class Told:
    """One version of the notice in one language."""

    id: int
    version: int
    sha256: str
    since: datetime


@dataclass(frozen=True)
class Article:
    """Something on the shelf. `goes_with`: places of others in the same list; `price` in the smallest unit."""

    product_id: int | None
    name: str
    category: str
    price: int
    sizes: tuple[str, ...]
    colours: tuple[str, ...]
    goes_with: tuple[int, ...] = ()


@dataclass(frozen=True)
class World:
    """Everything the drawing of customers rests on. `weights` say how many customers each place has, by place."""

    seed: int
    customers: int
    now: datetime
    began: datetime
    places: tuple[Place, ...]
    weights: tuple[float, ...]
    staff: Mapping[str, int]
    notices: Mapping[str, tuple[Told, ...]]
    cuts: Cuts
    shelf: tuple[Article, ...]

    def told(self, lang: str, at: datetime) -> Told:
        """The notice in force at that instant."""
        versions = self.notices[lang]
        return next((one for one in reversed(versions) if one.since <= at), versions[0])

    def place(self, name: str) -> Place:
        return next(place for place in self.places if place.name == name)


@dataclass(slots=True)
class Act:
    """One act of will, with the names of ConsentEvent, so that the ledger's own state function reads it."""

    purpose: str
    channel: str
    action: str
    occurred_at: datetime
    method: str
    actor_type: str
    actor_staff_id: int | None
    store_id: int
    asked_by_staff: bool
    lang: str
    scope: str
    valid_until: datetime | None
    notice: Told
    id: int = 0

    @property
    def notice_version(self) -> int:
        return self.notice.version


@dataclass(slots=True)
class Known:
    """One thing in a file. `kind` is fact, family, note or tag; `key` the field, role or nothing; `value` as it is kept."""

    kind: str
    basis: str
    key: str
    value: object
    noted_at: datetime
    noted_by: int
    confirmed_at: datetime
    slot: str = ""
    source: str = "told"


@dataclass(slots=True)
class Person:
    """A customer as she will be written; `draw` goes on where her identity ended. `known` None: still to be drawn."""

    public_id: str
    name: str
    salutation: str
    address_as: str
    language: str
    place: Place
    owner_id: int | None
    created_at: datetime
    created_by: int
    how: str
    draw: Random
    links: list[tuple[int, datetime, str]] = field(default_factory=list)
    contacts: list[tuple[str, str, str]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    known: list[Known] | None = None
