"""What the rows of a list of receipts tell, one row at a time. Pure: the book is not asked here; how rows make a receipt is grouping."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from relcrm import contact_values
from relcrm.consent import forbidden
from relcrm.customers import cells
from relcrm.customers.rows import ANYWHERE, Problem
from relcrm.customers.table import Row
from relcrm.errors import BadValue
from relcrm.i18n import _l
from relcrm.purchases.rules import NAME_LONGEST, OLDEST, WORD_LONGEST
from relcrm.receipts import values

Contact = tuple[str, str]
NUMBER_LONGEST = 48
BETWEEN_CONTACTS = re.compile(r"\s*[,;，；/\n]\s*")
COUNTED_NAME = re.compile(r"(\d{1,4}) x (.+)")
# A name of goods is checked for numbers of documents and cards only: "maternity dress" is a dress.
_NO_NUMBERS = frozenset(forbidden.ADVICE) - {"id_number", "bank_card", "passport"}


@dataclass(frozen=True)
class Place:
    """What of a store decides how a row of it is read."""

    store_id: int
    zone: str
    country: str
    currency: str
    today: date
    staff: Mapping[str, int]


@dataclass(frozen=True)
class Terms:
    """What holds for every row of one file. `stores`: those the importer may import for, by small name; `here` the one chosen for the
    file; `held` their ids; `neutral` the name of goods where a row names none."""

    mapping: Sequence[str]
    header: Sequence[str]
    source: str
    here: Place
    stores: Mapping[str, Place]
    held: frozenset[int]
    neutral: str

    def column_of(self, target: str) -> int:
        return self.mapping.index(target) if target in self.mapping else ANYWHERE


@dataclass(slots=True)
class Sold:
    """A row, read. Amounts in minor units of the place's currency, signed; None where the row does not say."""

    row: Row
    place: Place
    number: str = ""
    line_number: str = ""
    sale_number: str = ""
    on: date | None = None
    at: datetime | None = None
    contacts: tuple[Contact, ...] = ()
    name: str = ""
    code: str = ""
    barcode: str = ""
    size: str = ""
    colour: str = ""
    quantity: int = 1
    unit: int | None = None
    discount: int = 0
    paid: int | None = None
    receipt: int | None = None
    freight: int = 0
    returned: int = 0
    refund: int = 0
    staff_id: int | None = None
    is_return: bool = False
    cancelled: bool = False
    left: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)


class _Cells:
    def __init__(self, row: Row, terms: Terms) -> None:
        self.row, self.terms = row, terms
        self.problems: list[Problem] = []

    def text(self, target: str) -> str:
        index = self.terms.column_of(target)
        if not 0 <= index < len(self.row.cells):
            return ""
        text = cells.clean(self.row.cells[index])
        return "" if cells.is_nothing(text) else text

    def refuse(self, target: str, code: str, message: object) -> None:
        self.problems.append(Problem(self.terms.column_of(target), code, message))

    def amount(self, target: str, currency: str) -> int | None:
        text = self.text(target)
        try:
            return values.minor(text, currency, target) if text else None
        except BadValue as error:
            self.refuse(target, error.code, error.message)
            return None

    def pieces(self, target: str, nothing: int) -> int:
        text = self.text(target)
        try:
            return values.pieces(text) if text else nothing
        except BadValue as error:
            self.refuse(target, error.code, error.message)
            return nothing


def read(row: Row, terms: Terms) -> Sold:
    """Whatever is wrong with the row stands in its problems; it is read to its end all the same."""
    told = _Cells(row, terms)
    name = " ".join(told.text("store").lower().split())
    place = terms.stores.get(name, terms.here)
    sold = Sold(
        row, place, number=_short(told.text("number")), line_number=told.text("line_number"), sale_number=_short(told.text("sale_number"))
    )
    sold.on, sold.at = _when(told, place)
    sold.contacts = tuple(dict.fromkeys(_contacts(told, place)))
    sold.cancelled = values.is_cancelled(told.text("status")) or bool(told.text("cancelled"))
    sold.is_return = values.is_return(told.text("type"))
    sold.staff_id = place.staff.get(" ".join(told.text("staff").lower().split()))
    _read_goods(sold, told, terms)
    _read_amounts(sold, told, place)
    sold.left = _left(sold, told, terms, name)
    sold.problems = told.problems
    return sold


def _short(text: str) -> str:
    text = cells.whole_number(text) if text and "E" in text.upper() and re.fullmatch(r"[\d.,]+[eE]\+?\d+", text) else text
    return text.removesuffix(".0") if re.fullmatch(r"\d+\.0", text) else text[:NUMBER_LONGEST]


def _when(told: _Cells, place: Place) -> tuple[date | None, datetime | None]:
    text = f"{told.text('date')} {told.text('time')}".strip() if told.text("date") else ""
    try:
        on, at = values.instant(text, place.zone, place.country, place.today) if text else (None, None)
    except BadValue as error:
        told.refuse("date", error.code, error.message)
        return None, None
    if on is not None and on < place.today - OLDEST:
        told.refuse("date", "day_too_old", _l("Purchases older than three years are not kept. Look at the day."))
    return on, at


def _contacts(told: _Cells, place: Place) -> Iterator[Contact]:
    for target, kind in (("phone", "phone"), ("phone_2", "phone"), ("email", "email"), ("card", "card")):
        if text := told.text(target):
            yield from _contact(kind, cells.whole_number(text) if kind != "email" else text, place.country)
    for text in filter(None, BETWEEN_CONTACTS.split(told.text("customer"))):
        for kind in ("email",) if "@" in text else ("phone", "card"):
            yield from _contact(kind, text, place.country)


@lru_cache(maxsize=8192)
def _contact(kind: str, text: str, country: str) -> tuple[Contact, ...]:
    """None for what is no such number: somebody without one is nobody, and the receipt is left out."""
    try:
        if kind == "phone":
            return (("phone", contact_values.phone(text, country)),)
        return ((kind, contact_values.email(text) if kind == "email" else contact_values.card(cells.whole_number(text))),)
    except BadValue:
        return ()


def _read_goods(sold: Sold, told: _Cells, terms: Terms) -> None:
    sold.code, sold.barcode = told.text("sku")[:40], told.text("barcode")[:40]
    sold.size, sold.colour = told.text("size")[:WORD_LONGEST], told.text("colour")[:WORD_LONGEST]
    name, sold.quantity = _counted(told.text("product"), told.pieces("quantity", 0))
    sold.name = " ".join(name.split())[:NAME_LONGEST] or sold.code or terms.neutral
    if problem := _unfit(sold.name):
        told.refuse("product", *problem)


def _counted(name: str, quantity: int) -> tuple[str, int]:
    """ "2 x Mug" where no column counts the pieces."""
    found = COUNTED_NAME.fullmatch(name) if not quantity else None
    if found and not re.search(r",\s*\d+ x ", name):
        return found[2], int(found[1])
    return name, quantity or 1


@lru_cache(maxsize=8192)
def _unfit(name: str) -> tuple[str, object] | None:
    try:
        forbidden.check(name, allow=_NO_NUMBERS)
    except BadValue as error:
        return error.code, error.message
    return None


def _read_amounts(sold: Sold, told: _Cells, place: Place) -> None:
    currency = told.text("currency").upper()
    if currency and currency != place.currency:
        sentence = _l(
            "This is in %(currency)s, and the store sells in %(own)s. Amounts are never mixed.", currency=currency, own=place.currency
        )
        told.refuse("currency", "other_currency", sentence)
        return
    sold.unit, sold.discount = told.amount("unit_price", place.currency), abs(told.amount("discount", place.currency) or 0)
    sold.paid = told.amount("line_total", place.currency)
    if sold.paid is not None:
        sold.paid += told.amount("tax", place.currency) or 0
    sold.receipt, sold.freight = told.amount("receipt_total", place.currency), abs(told.amount("freight", place.currency) or 0)
    sold.returned, sold.refund = abs(told.pieces("returned_quantity", 0)), abs(told.amount("refund", place.currency) or 0)


def _left(sold: Sold, told: _Cells, terms: Terms, store: str) -> tuple[str, ...]:
    return (("store",) if store and store not in terms.stores else ()) + (
        ("staff",) if told.text("staff") and sold.staff_id is None else ()
    )
