"""Writing lines of receipts as purchases, many in one transaction; each line once, by the key it left the first time."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import catalogue
from relcrm.customers import search
from relcrm.customers.models import CustomerStore
from relcrm.db import session
from relcrm.products.models import Category, Product, ProductBarcode
from relcrm.purchases import totals
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.receipts.grouping import Item
from relcrm.receipts.models import ReceiptLine

_SILENT = {"synchronize_session": False}


@dataclass(slots=True)
class Held:
    """A receipt that is in the book, or about to be."""

    id: int
    customer_id: int
    on: Any
    kind: str
    last: int = 0
    keys: set[bytes] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Booked:
    """A line to be booked: whose it is, by which file it came, and what it returns."""

    item: Item
    customer_id: int
    batch_id: int
    returns_line_id: int | None = None


class Book:
    """The receipts that these lines may belong to, as they stand: a fixed number of queries."""

    def __init__(self, items: Collection[Item]) -> None:
        self.held: dict[tuple[int, str, str], Held] = {}
        numbers = {number for item in items for number in _names(item)}
        query = sa.select(Purchase.id, Purchase.customer_id, Purchase.sold_on, Purchase.kind, Purchase.store_id, Purchase.source)
        query = query.add_columns(Purchase.receipt_number).where(
            Purchase.store_id.in_({item.store_id for item in items}),
            Purchase.source.in_({item.source for item in items}),
            Purchase.receipt_number.in_(numbers),
        )
        by_id: dict[int, Held] = {}
        for row in session().execute(query) if items else ():
            one = by_id[row.id] = Held(row.id, row.customer_id, row.sold_on, row.kind)
            self.held[row.store_id, row.source, row.receipt_number] = one
        lines = sa.select(PurchaseLine.purchase_id, PurchaseLine.position, ReceiptLine.key)
        lines = lines.outerjoin(ReceiptLine, ReceiptLine.line_id == PurchaseLine.id).where(PurchaseLine.purchase_id.in_(by_id))
        for purchase_id, position, key in session().execute(lines) if by_id else ():
            by_id[purchase_id].last = max(by_id[purchase_id].last, position)
            by_id[purchase_id].keys |= {key} if key is not None else set()

    def find(self, item: Item) -> Held | None:
        """The receipt of that number and day. A till that begins at 1 every morning has many of one number."""
        found = (self.held.get((item.store_id, item.source, name)) for name in _names(item))
        return next((one for one in found if one is not None and one.on == item.on), None)

    def name_for(self, item: Item) -> str:
        """The number as the new receipt bears it: with its day where another one has it already."""
        plain, dated = _names(item)
        return dated if (item.store_id, item.source, plain) in self.held else plain


def _names(item: Item) -> tuple[str, str]:
    return item.number, f"{item.number} {item.on:%Y%m%d}"[-64:]


def book(tx: Session, book: Book, lines: Sequence[Booked]) -> None:
    """Write these lines, the receipts they need, the links to their stores and the sums that follow."""
    if not lines:
        return
    _open_receipts(tx, book, lines)
    goods = Goods([line.item for line in lines])
    rows, traces, touched = [], [], set[int]()
    for line in lines:
        held = book.find(line.item)
        assert held is not None
        minor = 0 if line.item.first_only and held.last else line.item.minor
        held.last += 1
        held.keys.add(line.item.key)
        touched.add(held.id)
        rows.append(_row(line, held, minor, goods))
        traces.append((line.batch_id, line.item.key))
    ids = tx.scalars(sa.insert(PurchaseLine).returning(PurchaseLine.id, sort_by_parameter_order=True), rows).all()
    tx.execute(
        sa.insert(ReceiptLine), [{"line_id": one, "batch_id": batch, "key": key} for one, (batch, key) in zip(ids, traces, strict=True)]
    )
    _mix(tx, book, lines)
    _link(tx, {(line.customer_id, line.item.store_id) for line in lines})
    sales = sa.select(PurchaseLine.purchase_id).where(PurchaseLine.id.in_({line.returns_line_id for line in lines if line.returns_line_id}))
    totals.follow_all(tx, {line.customer_id for line in lines}, touched | set(tx.scalars(sales)))


def _open_receipts(tx: Session, book: Book, lines: Sequence[Booked]) -> None:
    rows, places = [], []
    for line in lines:
        if book.find(line.item) is None:
            name = book.name_for(line.item)
            place = line.item.store_id, line.item.source, name
            rows.append(_receipt(line, name))
            book.held[place] = Held(0, line.customer_id, line.item.on, rows[-1]["kind"])
            places.append(place)
    if rows:
        tx.execute(sa.insert(Purchase), rows)
        named = sa.select(Purchase.public_id, Purchase.id).where(Purchase.public_id.in_([row["public_id"] for row in rows]))
        ids = dict(tx.execute(named).all())
        for place, row in zip(places, rows, strict=True):
            book.held[place].id = ids[row["public_id"]]


def _receipt(line: Booked, number: str) -> dict[str, Any]:
    item = line.item
    return {
        "public_id": secrets.token_urlsafe(9), "customer_id": line.customer_id, "store_id": item.store_id, "sold_by_id": item.staff_id,
        "sold_on": item.on, "sold_at": item.at, "at": clock.now(), "kind": "return" if item.is_return else "sale", "currency": item.currency,
        "total_minor": 0, "kept_minor": 0, "kept_items": 0, "for_staff": False, "note": "", "receipt_number": number, "source": item.source,
        "version": 1,
    }  # fmt: skip


def _row(line: Booked, held: Held, minor: int, goods: "Goods") -> dict[str, Any]:
    item = line.item
    product_id, category = goods.of(item)
    return {
        "purchase_id": held.id, "position": held.last, "product_id": product_id, "name": item.name, "category": category, "size": item.size,
        "colour": item.colour, "quantity": item.quantity, "unit_minor": item.unit, "line_minor": minor, "is_gift": False,
        "returns_line_id": line.returns_line_id,
    }  # fmt: skip


def _mix(tx: Session, book: Book, lines: Sequence[Booked]) -> None:
    """A receipt on which something was sold and something came back is an exchange."""
    mixed = set()
    for line in lines:
        held = book.find(line.item)
        if held is not None and held.kind != "exchange" and (held.kind == "return") != line.item.is_return:
            held.kind = "exchange"
            mixed.add(held.id)
    if mixed:
        tx.execute(sa.update(Purchase).where(Purchase.id.in_(mixed)).values(kind="exchange"), execution_options=_SILENT)


def _link(tx: Session, pairs: set[tuple[int, int]]) -> None:
    """The store knows her from now on, as after a purchase at the counter."""
    customers = {customer_id for customer_id, _store in pairs}
    there = tx.execute(sa.select(CustomerStore.customer_id, CustomerStore.store_id).where(CustomerStore.customer_id.in_(customers)))
    new = sorted(pairs - {tuple(row) for row in there})
    if new:
        now = clock.now()
        tx.execute(
            sa.insert(CustomerStore), [{"customer_id": one, "store_id": store, "since": now, "how": "purchase"} for one, store in new]
        )
        for one in {one for one, _store in new}:
            search.reindex(tx, one)


class Goods:
    """Which products of the book these lines name: by article number, barcode, or exactly by name."""

    def __init__(self, items: Iterable[Item]) -> None:
        codes, barcodes, names = set(), set(), set()
        for item in items:
            codes.add(item.code)
            barcodes |= {item.barcode, item.code}
            names.add(item.name)
        self._by: dict[tuple[str, str], tuple[int, str]] = {}
        wanted = sa.or_(Product.code.in_(codes - {""}), Product.barcode.in_(barcodes - {""}), Product.name.in_(names))
        query = sa.select(Product.id, Product.code, Product.barcode, Product.name, Category.key).join(
            Category, Category.id == Product.category_id
        )
        for one, code, barcode, name, category in session().execute(query.where(wanted).order_by(Product.id.desc())):
            known = one, category if category in catalogue.categories() else ""
            self._by |= {("code", code): known, ("barcode", barcode): known, ("name", name): known}
        more = sa.select(ProductBarcode.barcode, Product.id, Category.key).join(Product, Product.id == ProductBarcode.product_id)
        more = more.join(Category, Category.id == Product.category_id).where(ProductBarcode.barcode.in_(barcodes - {""}))
        for barcode, one, category in session().execute(more):
            self._by.setdefault(("barcode", barcode), (one, category if category in catalogue.categories() else ""))

    def of(self, item: Item) -> tuple[int | None, str]:
        """(its id, its category), (None, "") when the book has no such product."""
        ways = (("code", item.code), ("barcode", item.barcode), ("barcode", item.code), ("name", item.name))
        return next((self._by[way] for way in ways if way[1] and way in self._by), (None, ""))
