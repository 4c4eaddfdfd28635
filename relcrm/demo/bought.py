"""What a made-up customer bought, drawn from a generator of its own so that who she is stays the same. Goods: bought.json."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from relcrm.demo.words import public_id
from relcrm.demo.world import Article, Person, Place, World

EACH, LINES = 16, 4  # ids are the customer's times these, so that parts can be drawn apart from each other
HOW_MANY, SHARES = range(8), (32, 24, 16, 11, 7, 5, 3, 2)
BROUGHT_BACK, FOR_STAFF, GIFTS, OFF, ELSEWHERE, GOES_WITH = 0.06, 0.005, 0.12, 0.15, 0.2, 0.5
FIRST, REGULAR = 6, 4  # whom one looks at first has bought something
WITHIN = timedelta(days=12)
ZONES, CURRENCIES = {"CN": "Asia/Shanghai", "GB": "Europe/London"}, {"CN": "CNY", "GB": "GBP"}
PURCHASE = "id public_id customer_id store_id sold_by_id sold_on sold_at at kind currency total_minor kept_minor kept_items for_staff note source version"
LINE = "id purchase_id position product_id name category size colour quantity unit_minor line_minor is_gift returns_line_id"
NAMES = "store_id key product_id name category sizes colours unit_minor at"
Row = tuple[Any, ...]


@cache
def _abroad() -> tuple[Article, ...]:
    """What a store sells whose money the products are not priced in."""
    rows = json.loads(Path(__file__).with_name("bought.json").read_text("utf-8"))
    return tuple(Article(None, name, category, price, tuple(sizes), tuple(colours)) for name, category, price, sizes, colours in rows)


def _shelf(world: World, place: Place) -> tuple[Article, ...]:
    return world.shelf if CURRENCIES[place.country] == "CNY" else _abroad()


@dataclass(slots=True)
class _Sold:
    """A receipt while it is drawn; sums follow when its lines are known."""

    id: int
    place: Place
    at: datetime
    for_staff: bool
    lines: list[list[Any]]


def bought(world: World, customer_id: int, person: Person, end: datetime) -> tuple[list[Row], list[Row]]:
    """Rows of purchases and of their lines, from the day she came until `end`."""
    draw = Random((world.seed << 40) + customer_id)
    places = {place.id: place for place in world.places}
    purchases: list[Row] = []
    lines: list[Row] = []
    span = end - person.created_at
    if span <= timedelta():
        return purchases, lines
    times = max(draw.choices(HOW_MANY, SHARES)[0], REGULAR if customer_id <= FIRST else 0)
    instants = sorted(person.created_at + span * draw.random() for _n in range(times))
    for n, at in enumerate(instants):
        where = _where(draw, person, places, at)
        sold = _sold(draw, customer_id * EACH + 2 * n, _shelf(world, where), where, at.replace(microsecond=0))
        _write(draw, customer_id, person, sold, min(at + WITHIN, end), purchases, lines)
    return purchases, lines


def _where(draw: Random, person: Person, places: dict[int, Place], at: datetime) -> Place:
    known = [places[store_id] for store_id, since, _how in person.links[1:] if since <= at]
    return draw.choice(known) if known and draw.random() < ELSEWHERE else person.place


def _sold(draw: Random, purchase_id: int, shelf: tuple[Article, ...], place: Place, at: datetime) -> _Sold:
    chosen = [draw.choice(shelf)]
    for _more in range(draw.choices((0, 1, 2), (62, 28, 10))[0]):
        goes_with = chosen[0].goes_with
        one = shelf[draw.choice(goes_with)] if goes_with and draw.random() < GOES_WITH else draw.choice(shelf)
        if one not in chosen:
            chosen.append(one)
    lines = [_line(draw, purchase_id, position, one) for position, one in enumerate(chosen, start=1)]
    return _Sold(purchase_id, place, at, draw.random() < FOR_STAFF, lines)


def _line(draw: Random, purchase_id: int, position: int, one: Article) -> list[Any]:
    pieces = 2 if not one.sizes and draw.random() < 0.2 else 1
    paid = one.price * pieces * 9 // 10 if draw.random() < OFF else one.price * pieces
    size, colour = (draw.choice(of) if of else "" for of in (one.sizes, one.colours))
    is_gift = draw.random() < GIFTS
    own = purchase_id * LINES + position
    return [own, purchase_id, position, one.product_id, one.name, one.category, size, colour, pieces, one.price, paid, is_gift, None]


def _write(
    draw: Random, customer_id: int, person: Person, sold: _Sold, back_until: datetime, purchases: list[Row], lines: list[Row]
) -> None:
    total, pieces = sum(line[10] for line in sold.lines), sum(line[8] for line in sold.lines)
    back = sold.lines[0] if draw.random() < BROUGHT_BACK else None
    kept, left = (total - back[10], pieces - back[8]) if back else (total, pieces)
    seller = (person.owner_id or person.created_by) if sold.place is person.place else draw.choice(sold.place.sellers)
    lines.extend(tuple(line) for line in sold.lines)
    purchases.append(_receipt(draw, customer_id, seller, sold, sold.id, sold.at, "sale", total, kept, left))
    if back:
        at = (sold.at + (back_until - sold.at) * draw.random()).replace(microsecond=0)
        own = sold.id + 1
        lines.append((own * LINES + 1, own, 1, *back[3:8], -back[8], back[9], -back[10], back[11], back[0]))
        purchases.append(_receipt(draw, customer_id, seller, sold, own, at, "return", -back[10], 0, 0))


def _receipt(
    draw: Random, customer_id: int, seller: int, sold: _Sold, own_id: int, at: datetime, kind: str, total: int, kept: int, pieces: int
) -> Row:
    place, text = sold.place, at.isoformat(" ", "microseconds")[:26]
    day = at.astimezone(ZoneInfo(ZONES[place.country])).date().isoformat()
    return (
        own_id, public_id(draw), customer_id, place.id, seller, day, text, text, kind, CURRENCIES[place.country], total, kept, pieces,
        sold.for_staff, "", "counter", 1,
    )  # fmt: skip


def names(world: World) -> list[Row]:
    """The goods of every store, as line_names would have remembered them."""
    from relcrm.purchases.line_names import key_of

    at = world.now.isoformat(" ", "microseconds")[:26]
    return [
        (
            place.id,
            key_of(one.name),
            one.product_id,
            one.name,
            one.category,
            json.dumps(one.sizes),
            json.dumps(one.colours, ensure_ascii=False),
            one.price,
            at,
        )
        for place in world.places
        for one in _shelf(world, place)
    ]
