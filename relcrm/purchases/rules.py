"""Recording what was sold and what came back. The sums follow in the same transaction; reading is queries."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import catalogue, forbidden, ledger
from relcrm.customers import rules as customer_rules
from relcrm.customers.queries import Seen
from relcrm.errors import BadValue, NotFound, RuleError
from relcrm.i18n import _l
from relcrm.products.models import Product
from relcrm.purchases import line_names, queries, totals
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, require

NAME_LONGEST, WORD_LONGEST, NOTE_LONGEST, MOST_LINES, MOST_PIECES = 80, 20, 500, 40, 999
OLDEST = timedelta(days=3 * 365)  # what was sold earlier is no longer kept under a name (DOMAIN §1.6, RT-T)
# A name of goods is checked for numbers of documents and cards only: "maternity dress" is a dress.
_NO_NUMBERS = frozenset(forbidden.ADVICE) - {"id_number", "bank_card", "passport"}


@dataclass(frozen=True)
class Line:
    """One kind of goods as it is sold. `place` is its place in the form, for refusals; money in minor units of the store's currency."""

    name: str
    unit_minor: int
    quantity: int = 1
    discount_minor: int = 0
    category: str = ""
    size: str = ""
    colour: str = ""
    is_gift: bool = False
    product_id: int | None = None
    place: int = 0

    @property
    def minor(self) -> int:
        return self.unit_minor * self.quantity - self.discount_minor


@dataclass(frozen=True)
class Receipt:
    """What the counter says of a sale beside its lines."""

    sold_on: date
    for_staff: bool = False
    note: str = ""


def record(tx: Session, actor: StaffMember, store: Store, seen: Seen, lines: Sequence[Line], receipt: Receipt) -> Purchase:
    """She bought this here. Links her to the store; refused for a closed file, a coming day, or goods without name or price."""
    _require_open(actor, store, seen)
    if not lines:
        raise BadValue(_l("Write what she bought and its price."), code="no_lines", field="lines-0-name")
    return _write(tx, actor, store, seen, lines, {}, receipt, for_staff=receipt.for_staff)


def give_back(
    tx: Session,
    actor: StaffMember,
    store: Store,
    seen: Seen,
    bought: Purchase,
    back: Mapping[int, int],
    lines: Sequence[Line],
    receipt: Receipt,
) -> Purchase:
    """So many pieces of these lines (by id) came back, perhaps against other goods. Never more than were bought."""
    _require_open(actor, store, seen)
    if store.currency != bought.currency:
        sentence = _l("It was sold in %(currency)s. A store of that currency takes it back.", currency=bought.currency)
        raise RuleError(sentence, code="other_currency")
    if receipt.sold_on < bought.sold_on:
        raise BadValue(_l("It came back before it was sold. Look at the day."), code="before_sale", field="sold_on")
    back = {line_id: pieces for line_id, pieces in back.items() if pieces}
    if not back:
        raise BadValue(_l("Choose what came back, and how many."), code="nothing_back", field="back")
    return _write(tx, actor, store, seen, lines, back, receipt, bought=bought, for_staff=bought.for_staff)


def _require_open(actor: StaffMember, store: Store, seen: Seen) -> None:
    require(actor, Permission.PURCHASE_RECORD, store.id)
    now = ledger.may(seen.customer.id, ledger.SERVICE)
    if seen.customer.closed_at is not None or not now.allowed:
        raise RuleError(_l("Her file is closed. Nothing more is noted of her."), code="closed")


def _write(
    tx: Session, actor: StaffMember, store: Store, seen: Seen, lines: Sequence[Line], back: Mapping[int, int], receipt: Receipt, *,
    for_staff: bool, bought: Purchase | None = None,
) -> Purchase:  # fmt: skip
    _check(store, lines, receipt)
    lines = _of_known_products(tx, lines)
    returned = _coming_back(tx, bought, back) if bought is not None else []
    made = Purchase(
        public_id=secrets.token_urlsafe(9), customer_id=seen.customer.id, store_id=store.id, sold_by_id=actor.id, sold_on=receipt.sold_on,
        sold_at=_instant(store, receipt.sold_on), at=clock.now(), kind=("exchange" if lines else "return") if back else "sale",
        currency=store.currency, for_staff=for_staff, note=receipt.note.strip(),
    )  # fmt: skip
    tx.add(made)
    tx.flush()
    rows = [*returned, *(_row(line) for line in lines)]
    for position, row in enumerate(rows, start=1):
        row.purchase_id, row.position = made.id, position
    tx.add_all(rows)
    line_names.remember(tx, store, seen.customer.id, lines)
    customer_rules.link(tx, seen.customer, store, "purchase")
    totals.follow(tx, seen.customer.id, {made.id} | ({bought.id} if bought is not None else set()))
    return made


def _of_known_products(tx: Session, lines: Sequence[Line]) -> list[Line]:
    """A number that names no product leaves a free line."""
    named = {line.product_id for line in lines if line.product_id is not None}
    known = set(tx.scalars(sa.select(Product.id).where(Product.id.in_(named)))) if named else set()
    return [line if line.product_id in known else replace(line, product_id=None) for line in lines]


def _row(line: Line) -> PurchaseLine:
    return PurchaseLine(
        product_id=line.product_id, name=line.name, category=line.category, size=line.size, colour=line.colour, quantity=line.quantity,
        unit_minor=line.unit_minor, line_minor=line.minor, is_gift=line.is_gift,
    )  # fmt: skip


def _coming_back(tx: Session, bought: Purchase, back: Mapping[int, int]) -> list[PurchaseLine]:
    """A line for each that came back, at the price paid; the last piece takes what rounding left."""
    held = sa.select(PurchaseLine).where(PurchaseLine.purchase_id == bought.id, PurchaseLine.returns_line_id.is_(None))
    mine = {line.id: line for line in tx.scalars(held.with_for_update())}
    before = queries.returned(mine)
    rows = []
    for line_id, pieces in back.items():
        line = mine.get(line_id)
        if line is None:
            raise NotFound(_l("This is not there any more."), code="no_row")
        there, paid = line.quantity - before.get(line_id, (0, 0))[0], line.line_minor - before.get(line_id, (0, 0))[1]
        if not 0 < pieces <= there:
            sentence = _l("Only %(there)s of “%(name)s” can still come back.", there=there, name=line.name)
            raise RuleError(sentence, code="more_than_bought", field=f"back-{line_id}")
        minor = paid if pieces == there else line.line_minor * pieces // line.quantity
        rows.append(
            PurchaseLine(
                product_id=line.product_id, name=line.name, category=line.category, size=line.size, colour=line.colour, quantity=-pieces,
                unit_minor=line.unit_minor, line_minor=-minor, is_gift=line.is_gift, returns_line_id=line.id,
            )
        )  # fmt: skip
    return rows


def _instant(store: Store, day: date) -> datetime:
    """Now for today; what is written down later stands at noon of its day."""
    zone = ZoneInfo(store.time_zone)
    return clock.now() if day == clock.today(store.time_zone) else datetime.combine(day, time(12), zone)


def _check(store: Store, lines: Sequence[Line], receipt: Receipt) -> None:
    today = clock.today(store.time_zone)
    if receipt.sold_on > today:
        raise BadValue(_l("This day is still to come. Choose today or an earlier day."), code="day_to_come", field="sold_on")
    if receipt.sold_on < today - OLDEST:
        raise BadValue(_l("Purchases older than three years are not kept. Look at the day."), code="day_too_old", field="sold_on")
    if len(receipt.note) > NOTE_LONGEST:
        raise BadValue(
            _l("At most %(most)s characters; these are %(n)s.", most=NOTE_LONGEST, n=len(receipt.note)), code="long", field="note"
        )
    forbidden.check(receipt.note, field="note")
    if len(lines) > MOST_LINES:
        raise BadValue(_l("At most %(most)s lines on one receipt. Make a second one.", most=MOST_LINES), code="many_lines")
    for line in lines:
        _check_line(line)


def _check_line(line: Line) -> None:
    def field(name: str) -> str:
        return f"lines-{line.place}-{name}"

    if not line.name:
        raise BadValue(_l("Write what it is."), code="no_name", field=field("name"))
    for name, most in (("name", NAME_LONGEST), ("size", WORD_LONGEST), ("colour", WORD_LONGEST)):
        words = getattr(line, name)
        if len(words) > most:
            raise BadValue(_l("At most %(most)s characters; these are %(n)s.", most=most, n=len(words)), code="long", field=field(name))
        forbidden.check(words, field=field(name), allow=_NO_NUMBERS)
    if not 1 <= line.quantity <= MOST_PIECES:
        raise BadValue(_l("How many pieces: 1 to %(most)s.", most=MOST_PIECES), code="pieces", field=field("quantity"))
    if line.discount_minor < 0 or line.minor < 0:
        raise BadValue(_l("The discount is higher than the price."), code="discount", field=field("discount"))
    if line.unit_minor < 0:
        raise BadValue(_l("A price is never below zero. For what comes back, open its purchase."), code="price_below", field=field("price"))
    if line.category and line.category not in catalogue.categories():
        raise BadValue(_l("Choose a kind of goods from the list."), code="unknown_category", field=field("category"))
