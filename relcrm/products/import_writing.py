"""What the rows of a product file do to the book: products added and completed, refused rows kept. Rows that belong together come together."""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.customers.folding import fold
from relcrm.customers.table import Row
from relcrm.errors import BadValue, RuleError
from relcrm.i18n import _l
from relcrm.products import product_file, queries, rules, search
from relcrm.products.models import Category, Product, ProductBarcode, ProductImport, ProductImportRow

MOST_CATEGORIES = 100
OTHER = {"key": "other", "zh": "其他", "en": "Other"}


@dataclass(frozen=True)
class _Line:
    """A row as it was read; `why` says what is wrong with it."""

    row: Row
    new: rules.Values
    category: str
    why: str = ""


@dataclass
class _Known:
    """The products that these rows may mean, by what they are known by; asked of the database once for all of them."""

    by_code: dict[str, Product] = field(default_factory=dict)
    by_barcode: dict[str, Product] = field(default_factory=dict)
    by_name: dict[tuple[int, str], Product] = field(default_factory=dict)

    def put(self, product: Product) -> None:
        if product.code:
            self.by_code[product.code] = product
        if product.barcode:
            self.by_barcode[product.barcode] = product
        self.by_name.setdefault((product.category_id, product.name), product)


def write(tx: Session, batch: ProductImport, groups: Sequence[Sequence[Row]]) -> None:
    """Each group is the rows of one product. Adds to the counts of the batch; writes products, search keys and refused rows."""
    lines = [[_read(batch, row) for row in group] for group in groups]
    writer = _Writer(tx, batch, _known(tx, [line.new for group in lines for line in group if not line.why]))
    for group in lines:
        writer.take(group)
    writer.close()


def _read(batch: ProductImport, row: Row) -> _Line:
    one = product_file.told(row, batch.targets)
    try:
        return _Line(row, product_file.values(one, batch.currency), one["category"])
    except BadValue as error:
        return _Line(row, {}, "", str(error.message))


def _known(tx: Session, told: Sequence[rules.Values]) -> _Known:
    known = _Known()
    codes, barcodes = ({new[key] for new in told if new[key]} for key in ("code", "barcode"))
    names = {new["name"] for new in told if not new["code"]}
    wanted = sa.or_(Product.code.in_(codes), Product.barcode.in_(barcodes), Product.name.in_(names) if names else sa.false())
    for product in tx.scalars(sa.select(Product).where(wanted).order_by(Product.id)):
        known.put(product)
    further = sa.select(ProductBarcode.barcode, Product).join(Product, Product.id == ProductBarcode.product_id)
    for barcode, product in tx.execute(further.where(ProductBarcode.barcode.in_(barcodes))):
        known.by_barcode[barcode] = product
    return known


class _Writer:
    def __init__(self, tx: Session, batch: ProductImport, known: _Known) -> None:
        self.tx, self.batch, self.known = tx, batch, known
        self.categories = {fold(word): one for one in queries.categories() for word in (one.key, one.zh, one.en)}
        self.touched: dict[str, Product] = {}
        self.further: list[tuple[Product, rules.Values]] = []
        self.refused: list[dict[str, Any]] = []

    def take(self, group: Sequence[_Line]) -> None:
        """The first good row says what the product is; the others add their sizes, colours and barcodes."""
        product: Product | None = None
        outcome = ""
        for line in group:
            try:
                product, did = self._line(line, product)
                outcome = did if outcome in ("", "same") else outcome
            except (BadValue, RuleError) as error:
                self._refuse(line, group, str(error.message))
        if outcome:
            setattr(self.batch, outcome, getattr(self.batch, outcome) + 1)
        self.batch.rows_done += len(group)

    def close(self) -> None:
        self.tx.flush()
        self.tx.add_all(
            ProductBarcode(barcode=new["barcode"], product_id=product.id, size=", ".join(new["sizes"]), colour=", ".join(new["colours"]))
            for product, new in self.further
        )
        search.reindex(self.tx, self.touched.values())
        if self.refused:
            numbers = [row["number"] for row in self.refused]
            mine = sa.and_(ProductImportRow.import_id == self.batch.id, ProductImportRow.number.in_(numbers))
            self.tx.execute(sa.delete(ProductImportRow).where(mine))
            self.tx.execute(sa.insert(ProductImportRow), self.refused)

    def _refuse(self, line: _Line, group: Sequence[_Line], why: str) -> None:
        self.batch.refused += 1
        place = {"import_id": self.batch.id, "number": line.row.number, "group_no": group[0].row.number}
        self.refused.append({**place, "cells": list(line.row.cells), "why": why})

    def _line(self, line: _Line, product: Product | None) -> tuple[Product, str]:
        """What is wrong with a row is said before anything of it is written."""
        if line.why:
            raise BadValue(line.why)
        found = product or self._find(line.new, self._known_category(line.category))
        self._check(found, line.new)
        if found is None:
            return self._add(line.new, line.category), "added"
        return found, self._collect(found, line.new) if product else self._complete(found, line.new, line.category)

    def _find(self, new: rules.Values, category: Category | None) -> Product | None:
        """By article number, else barcode, else name and category. A product with another number of its own is not taken for this one."""
        if found := self.known.by_code.get(new["code"]):
            return found
        if (found := self.known.by_barcode.get(new["barcode"])) and not (new["code"] and found.code):
            return found
        return None if new["code"] or category is None else self.known.by_name.get((category.id, new["name"]))

    def _check(self, product: Product | None, new: rules.Values) -> None:
        if self.known.by_barcode.get(new["barcode"], product) is not product:
            raise rules.barcode_taken()
        if product is None:
            rules.required(new["name"], "name")
            return
        for held, key in ((product.sizes, "sizes"), (product.colours, "colours")):
            rules.refuse_many(_with(held, new[key]), key)

    def _add(self, new: rules.Values, category: str) -> Product:
        of = {"category_id": self._category(category).id, "currency": self.batch.currency}
        product = Product(public_id=secrets.token_urlsafe(9), created_at=clock.now(), **new, **of)
        self.tx.add(product)
        self.known.put(product)
        self.touched[product.public_id] = product
        return product

    def _complete(self, product: Product, new: rules.Values, category: str) -> str:
        """What the file is silent about stays; what it tells goes on file."""
        told = {key: new[key] for key in ("name", "code", "selling", "notes") if new[key]}
        if new["price_minor"] is not None:
            told |= {"price_minor": new["price_minor"], "currency": self.batch.currency}
        if category:
            told["category_id"] = self._category(category).id
        changed = [key for key, value in told.items() if getattr(product, key) != value]
        for key in changed:
            setattr(product, key, told[key])
        if changed:
            self.touched[product.public_id] = product
            self.known.put(product)
        return "changed" if self._collect(product, new) == "changed" or changed else "same"

    def _collect(self, product: Product, new: rules.Values) -> str:
        sizes, colours = _with(product.sizes, new["sizes"]), _with(product.colours, new["colours"])
        is_new = (sizes, colours) != (product.sizes, product.colours)
        if is_new:
            product.sizes, product.colours = sizes, colours
        return "changed" if self._add_barcode(product, new) or is_new else "same"

    def _add_barcode(self, product: Product, new: rules.Values) -> bool:
        """The first is the product's own, each other one that of a size and colour."""
        barcode = new["barcode"]
        if not barcode or barcode in self.known.by_barcode:
            return False
        self.known.by_barcode[barcode] = product
        self.touched[product.public_id] = product
        if product.barcode:
            self.further.append((product, new))
        else:
            product.barcode = barcode
        return True

    def _known_category(self, words: str) -> Category | None:
        """By its name, or the last known step of a path such as Women > Coats; without a name "other"."""
        names = [words, *reversed(re.split("[>＞/]", words))] if words else [OTHER["key"]]
        return next((self.categories[fold(name)] for name in names if fold(name) in self.categories), None)

    def _category(self, words: str) -> Category:
        """The category of that name, made if it is new."""
        if known := self._known_category(words):
            return known
        name = rules.line(words, "category", rules.LONGEST_NAME)
        if len({one.id for one in self.categories.values()}) >= MOST_CATEGORIES:
            sentence = _l("There are too many categories already. Name one of those on the products page.")
            raise BadValue(sentence, code="too_many_categories", field="category")
        named = {"key": f"own_{secrets.token_hex(6)}", "zh": name, "en": name} if name else dict(OTHER)
        made = Category(public_id=secrets.token_urlsafe(9), **named)
        self.tx.add(made)
        self.tx.flush()
        self.categories |= {fold(word): made for word in (made.key, made.zh, made.en)}
        return made


def _with(held: Sequence[str], more: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*held, *more]))
