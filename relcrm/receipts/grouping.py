"""How rows make receipts: rows of one number stand together, a total is spread over its lines, and each line gets the key it is known by."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from relcrm import crypt
from relcrm.customers.rows import ANYWHERE, Problem
from relcrm.customers.table import Row
from relcrm.i18n import _l
from relcrm.receipts import reading
from relcrm.receipts.reading import Contact, Place, Sold, Terms

MOST_TOGETHER = 200
UNNUMBERED = "~"


@dataclass(slots=True)
class Item:
    """A line as it is to be booked. `number` is the receipt's (made up from the row where the file has none), `key` the line's within it;
    `first_only`: the amount is the whole receipt's and counts once. A return has negative pieces and amount; a `refund` gives back money
    of the receipt `sale_number` without saying which goods."""

    row_number: int
    store_id: int
    currency: str
    number: str
    on: date
    at: datetime
    key: bytes
    contacts: tuple[Contact, ...]
    name: str
    code: str
    barcode: str
    size: str
    colour: str
    quantity: int
    unit: int
    minor: int
    staff_id: int | None
    source: str
    sale_number: str = ""
    first_only: bool = False
    refund: bool = False

    @property
    def is_return(self) -> bool:
        return self.quantity < 0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"on": self.on.isoformat(), "at": self.at.isoformat(), "key": self.key.hex()}

    @classmethod
    def from_dict(cls, held: dict[str, Any]) -> "Item":
        contacts = tuple((str(kind), str(value)) for kind, value in held["contacts"])
        whole = {"on": date.fromisoformat(held["on"]), "at": datetime.fromisoformat(held["at"]), "key": bytes.fromhex(held["key"])}
        return cls(**(held | whole | {"contacts": contacts}))


@dataclass(slots=True)
class Line:
    """A row with what it books: items, or what is wrong with it. A cancelled row books nothing."""

    row: Row
    items: list[Item]
    problems: tuple[Problem, ...] = ()
    left: tuple[str, ...] = ()
    cancelled: bool = False


class Counts:
    """How often each thing was met in the file, in a file of SQLite's own that nobody can open: a file of any length takes no memory."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA cache_size=-2000")
        self._file.execute("BEGIN")
        self._file.execute("CREATE TABLE met (what BLOB PRIMARY KEY, n INT) WITHOUT ROWID")

    def nth(self, *parts: object) -> int:
        """The how manieth of its like this is, from 1."""
        what = hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=12).digest()
        sql = "INSERT INTO met VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1 RETURNING n"
        return int(self._file.execute(sql, (what,)).fetchone()[0])


def receipts(rows: Iterable[Row], terms: Terms, counts: Counts) -> Iterator[list[Line]]:
    """The rows in their order, those of one receipt that follow on each other together."""
    together: list[Sold] = []
    for row in rows:
        sold = reading.read(row, terms)
        if together and (not sold.number or sold.number != together[0].number or len(together) >= MOST_TOGETHER):
            yield _settled(together, terms, counts)
            together = []
        together.append(sold)
    if together:
        yield _settled(together, terms, counts)


def _settled(together: list[Sold], terms: Terms, counts: Counts) -> list[Line]:
    for sold in together[1:]:
        _fill_down(sold, together[0])
    amounts = _amounts(together)
    return [_line(sold, minor, terms, counts) for sold, minor in zip(together, amounts, strict=True)]


def _fill_down(sold: Sold, first: Sold) -> None:
    """Shopify and others write what belongs to the whole receipt in its first row only."""
    if sold.on is None and not sold.problems:
        sold.on, sold.at, sold.place = first.on, first.at, first.place
        sold.contacts = sold.contacts or first.contacts
        sold.staff_id, sold.cancelled, sold.is_return = first.staff_id, first.cancelled, first.is_return
    sold.contacts = sold.contacts or first.contacts


def _amounts(together: Sequence[Sold]) -> list[int]:
    """What was paid for each line, without sign where only the kind of receipt tells it."""
    receipt = next((sold.receipt for sold in together if sold.receipt is not None), None)
    if all(sold.paid is None and sold.unit is None for sold in together):
        return [receipt or 0 if place == 0 else 0 for place in range(len(together))]
    own = [sold.paid if sold.paid is not None else _by_price(sold) for sold in together]
    if receipt is None or any(sold.paid is not None for sold in together):
        return own
    return spread(receipt - sum(sold.freight for sold in together), own)


def _by_price(sold: Sold) -> int:
    gross = (sold.unit or 0) * sold.quantity
    return gross - sold.discount if gross >= 0 else gross + sold.discount


def spread(total: int, shares: Sequence[int]) -> list[int]:
    """The total in whole parts, as near to these shares as can be; the last takes what rounding left."""
    whole, parts, before = sum(shares), [0] * len(shares), 0
    if whole <= 0:
        return [total, *([0] * (len(shares) - 1))] if shares else []
    for place, share in enumerate(shares):
        before += share
        parts[place] = total * before // whole - sum(parts[:place])
    return parts


def _line(sold: Sold, minor: int, terms: Terms, counts: Counts) -> Line:
    if sold.cancelled:
        return Line(sold.row, [], cancelled=True)
    if sold.on is None and not sold.problems:
        sold.problems.append(Problem(terms.column_of("date"), "day_missing", _l("The day is missing.")))
    if sold.problems or sold.on is None:
        return Line(sold.row, [], tuple(sold.problems), sold.left)
    returned = sold.is_return or sold.quantity < 0 or minor < 0
    quantity, minor = (-abs(sold.quantity), -abs(minor)) if returned else (abs(sold.quantity), minor)
    item = _item(sold, quantity, minor, terms, counts)
    whole = all(one is None for one in (sold.paid, sold.unit))
    item.first_only = bool(sold.number) and whole and not returned
    return Line(sold.row, [item, *([] if returned else _given_back(sold, item, terms))], (), sold.left)


def _item(sold: Sold, quantity: int, minor: int, terms: Terms, counts: Counts) -> Item:
    assert sold.on is not None
    store, unit = sold.place.store_id, sold.unit if sold.unit is not None else abs(minor) // max(abs(quantity), 1)
    number, key = _known_by(sold, quantity, minor, store, counts)
    at = sold.at or datetime.combine(sold.on, time(12), ZoneInfo(sold.place.zone))
    return Item(
        sold.row.number, store, sold.place.currency, number, sold.on, at, key, sold.contacts, sold.name, sold.code, sold.barcode, sold.size,
        sold.colour, quantity, abs(unit), minor, sold.staff_id, terms.source, sold.sale_number,
    )  # fmt: skip


def _known_by(sold: Sold, quantity: int, minor: int, store: int, counts: Counts) -> tuple[str, bytes]:
    """Without a number a receipt is known by customer, day, amount, pieces and the how manieth twin in the file it is (one row each); within
    a receipt without line numbers, a line by what it says and the how manieth twin in the receipt it is."""
    if not sold.number:
        like = (store, sold.on, quantity, minor, *sorted(map(":".join, sold.contacts)))
        twin = counts.nth("receipt", *like)
        return UNNUMBERED + crypt.fingerprint(*map(str, like), str(twin)).hex(), b"1"
    if sold.line_number:
        return sold.number, _hash("n", sold.line_number, quantity < 0)
    goods = (sold.name, sold.code, sold.barcode, sold.size, sold.colour, quantity, sold.unit, sold.paid, sold.receipt, quantity < 0)
    return sold.number, _hash("c", *goods, counts.nth("line", store, sold.number, sold.on, *goods))


def _hash(*parts: object) -> bytes:
    return hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=12).digest()


def _given_back(sold: Sold, item: Item, terms: Terms) -> Iterator[Item]:
    """What the same row says of it having come back since: on a receipt of its own, on the same day (DOMAIN §2.1)."""
    back = {"number": f"{item.number}-R"[:60], "sale_number": item.number}
    if sold.returned:
        pieces = min(sold.returned, item.quantity)
        minor = -(item.minor * pieces // item.quantity)
        yield _changed(item, **back, quantity=-pieces, minor=minor, key=_hash("back", item.key.hex(), pieces))
    elif sold.refund:
        yield _changed(item, **back, quantity=-1, minor=-sold.refund, refund=True, key=_hash("refund", item.number, sold.refund))


def _changed(item: Item, **told: Any) -> Item:
    held = {name: getattr(item, name) for name in item.__slots__}
    return Item(**(held | told))


def anonymous(line: Line) -> bool:
    return bool(line.items) and not line.items[0].contacts


def place_of(terms: Terms, store_id: int) -> Place:
    return next((place for place in terms.stores.values() if place.store_id == store_id), terms.here)


__all__ = ["ANYWHERE", "Counts", "Item", "Line", "anonymous", "place_of", "receipts", "spread"]
