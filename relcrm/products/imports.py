"""Bringing a product file in: good rows become or complete products, bad ones stay as rows with their reason. Nothing is doubled."""

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, jobs
from relcrm.customers.folding import fold
from relcrm.customers.table import Row
from relcrm.db import session
from relcrm.errors import BadValue, NotFound, RuleError
from relcrm.i18n import _l, speaking
from relcrm.products import product_file, queries, rules, search
from relcrm.products.models import Category, Product, ProductBarcode, ProductImport, ProductImportRow
from relcrm.products.product_file import ProductFile
from relcrm.staff import audit
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, require

NAME = "product_import"
AT_ONCE, KEPT, MOST_CATEGORIES, PART = 2000, timedelta(days=7), 100, 500
OTHER = {"key": "other", "zh": "其他", "en": "Other"}


def start(tx: Session, actor: StaffMember, file: ProductFile, *, file_name: str, currency: str, lang: str) -> ProductImport:
    """Bring in a short file at once; of a long one the rows wait for the worker."""
    require(actor, Permission.PRODUCT_EDIT)
    _forget(tx)
    batch = ProductImport(
        public_id=secrets.token_urlsafe(9), file_name=file_name[:200], header=list(file.header), targets=list(file.targets), currency=currency,
        lang=lang, row_count=len(file.rows), made_by_id=actor.id, made_at=clock.now(),
    )  # fmt: skip
    tx.add(batch)
    tx.flush()
    audit.note(tx, actor, "products_brought_in", batch.public_id)
    groups = _grouped(file)
    if len(file.rows) < AT_ONCE:
        take(tx, batch, groups)
        finish(batch)
    else:
        _wait(tx, batch, groups)
        jobs.ask(tx, NAME)
    return batch


def get(public_id: str) -> ProductImport:
    """Raises NotFound."""
    found = session().scalar(sa.select(ProductImport).where(ProductImport.public_id == public_id))
    if found is None:
        raise NotFound(_l("There is no such file."), code="no_import")
    return found


def past() -> list[ProductImport]:
    """The last ten."""
    return list(session().scalars(sa.select(ProductImport).order_by(ProductImport.id.desc()).limit(10)))


def refused(batch: ProductImport, most: int | None = None) -> list[tuple[Row, str]]:
    wanted = sa.select(ProductImportRow).where(ProductImportRow.import_id == batch.id, ProductImportRow.why.is_not(None))
    rows = session().scalars(wanted.order_by(ProductImportRow.number).limit(most))
    return [(Row(row.number, tuple(row.cells)), row.why or "") for row in rows]


def _grouped(file: ProductFile) -> list[list[Row]]:
    """The rows of each product, in the order of its first row."""
    groups: dict[str, list[Row]] = {}
    for row in file.rows:
        groups.setdefault(product_file.group_key(row, file.targets), []).append(row)
    return list(groups.values())


def _wait(tx: Session, batch: ProductImport, groups: Sequence[Sequence[Row]]) -> None:
    rows = [
        {"import_id": batch.id, "number": row.number, "group_no": place, "cells": list(row.cells), "why": None}
        for place, group in enumerate(groups)
        for row in group
    ]
    for start_at in range(0, len(rows), PART):
        tx.execute(sa.insert(ProductImportRow), rows[start_at : start_at + PART])


def waiting(tx: Session, batch: ProductImport, most: int) -> list[list[Row]]:
    """The next groups, of about `most` rows together; a group is never cut."""
    mine = sa.and_(ProductImportRow.import_id == batch.id, ProductImportRow.why.is_(None))
    last = sa.select(ProductImportRow.group_no).where(mine).order_by(ProductImportRow.group_no).limit(1).offset(most - 1).scalar_subquery()
    query = sa.select(ProductImportRow).where(mine, ProductImportRow.group_no <= sa.func.coalesce(last, 2**40))
    rows = tx.scalars(query.order_by(ProductImportRow.group_no, ProductImportRow.number)).all()
    return [[Row(row.number, tuple(row.cells)) for row in group] for _no, group in groupby(rows, lambda row: row.group_no)]


def take(tx: Session, batch: ProductImport, groups: Iterable[Sequence[Row]]) -> None:
    """Write these groups: the counts of the batch, the products and their keys, the refused rows with why."""
    writer = _Writer(tx, batch)
    with speaking(batch.lang):
        for group in groups:
            writer.take(group)
    writer.close()


def finish(batch: ProductImport) -> None:
    batch.status, batch.finished_at = "done", clock.now()


def _forget(tx: Session) -> None:
    """Refused rows are kept for seven days."""
    old = sa.select(ProductImport.id).where(ProductImport.finished_at < clock.now() - KEPT)
    tx.execute(sa.delete(ProductImportRow).where(ProductImportRow.import_id.in_(old)))


class _Writer:
    """One piece of a file: what it knows is asked of the database once."""

    def __init__(self, tx: Session, batch: ProductImport) -> None:
        self.tx, self.batch = tx, batch
        self.categories = {fold(word): one for one in queries.categories() for word in (one.key, one.zh, one.en)}
        self.touched: dict[int, Product] = {}
        self.refused: list[dict[str, Any]] = []

    def take(self, group: Sequence[Row]) -> None:
        """The first good row says what the product is; the others add their sizes, colours and barcodes."""
        product: Product | None = None
        outcome = ""
        for row in group:
            try:
                product, did = self._row(row, product)
            except (BadValue, RuleError) as error:
                self._refuse(row, group, str(error.message))
                continue
            outcome = did if outcome in ("", "same") else outcome
        if outcome:
            setattr(self.batch, outcome, getattr(self.batch, outcome) + 1)
        self.batch.rows_done += len(group)

    def close(self) -> None:
        search.reindex(self.tx, self.touched.values())
        if self.refused:
            self.tx.execute(sa.delete(ProductImportRow).where(self._mine([row["number"] for row in self.refused])))
            self.tx.execute(sa.insert(ProductImportRow), self.refused)

    def _mine(self, numbers: Sequence[int]) -> sa.ColumnElement[bool]:
        return sa.and_(ProductImportRow.import_id == self.batch.id, ProductImportRow.number.in_(numbers))

    def _refuse(self, row: Row, group: Sequence[Row], why: str) -> None:
        self.batch.refused += 1
        self.refused.append(
            {"import_id": self.batch.id, "number": row.number, "group_no": group[0].number, "cells": list(row.cells), "why": why}
        )

    def _row(self, row: Row, product: Product | None) -> tuple[Product, str]:
        """What is wrong with a row is said before anything of it is written."""
        one = product_file.told(row, self.batch.targets)
        new = product_file.values(one, self.batch.currency)
        if product is not None:
            self._check(product, new)
            return product, self._collect(product, new)
        found = self._find(new, self._known_category(one["category"]))
        if found is None:
            return self._add(new, one["category"])
        self._check(found, new)
        return found, self._complete(found, new, one["category"])

    def _find(self, new: rules.Values, category: Category | None) -> Product | None:
        """By article number, else barcode, else name and category. A product with another number of its own is not taken for this one."""
        if new["code"] and (found := self.tx.scalar(sa.select(Product).where(Product.code == new["code"]))):
            return found
        if (found := queries.by_barcode(new["barcode"])) and not (new["code"] and found.code):
            return found
        if new["code"] or not new["name"] or category is None:
            return None
        named = sa.select(Product).where(Product.category_id == category.id, Product.name == new["name"]).order_by(Product.id).limit(1)
        return self.tx.scalar(named)

    def _add(self, new: rules.Values, category: str) -> tuple[Product, str]:
        rules.required(new["name"], "name")
        rules.refuse_taken(self.tx, new)
        product = rules.put_new(self.tx, {**new, "category_id": self._category(category).id, "currency": self.batch.currency})
        self.touched[product.id] = product
        return product, "added"

    def _check(self, product: Product, new: rules.Values) -> None:
        rules.refuse_taken(self.tx, {"code": "", "barcode": new["barcode"]}, but=product.id)
        for held, field in ((product.sizes, "sizes"), (product.colours, "colours")):
            rules.refuse_many(_with(held, new[field]), field)

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
            self.touched[product.id] = product
        return "changed" if self._collect(product, new) == "changed" or changed else "same"

    def _collect(self, product: Product, new: rules.Values) -> str:
        sizes, colours = _with(product.sizes, new["sizes"]), _with(product.colours, new["colours"])
        is_new = (sizes, colours) != (product.sizes, product.colours)
        if is_new:
            product.sizes, product.colours = sizes, colours
        if new["barcode"] and self._add_barcode(product, new):
            is_new = True
            self.touched[product.id] = product
        return "changed" if is_new else "same"

    def _add_barcode(self, product: Product, new: rules.Values) -> bool:
        """The first is the product's own, each other one that of a size and colour."""
        barcode = new["barcode"]
        if product.barcode == barcode or self.tx.get(ProductBarcode, barcode) is not None:
            return False
        if product.barcode:
            size, colour = ", ".join(new["sizes"]), ", ".join(new["colours"])
            self.tx.add(ProductBarcode(barcode=barcode, product_id=product.id, size=size, colour=colour))
        else:
            product.barcode = barcode
        self.tx.flush()
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


def columns_of(batch: ProductImport) -> Iterator[tuple[str, str]]:
    """Each column of the file with what it was read as."""
    yield from zip(batch.header, batch.targets, strict=True)
