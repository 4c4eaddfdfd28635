"""Products for tests, made through the program's own rules."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, db
from relcrm.products import care, imports, product_file, rules
from relcrm.products.models import Category, Product, ProductImport
from tests import factories

COAT = "双面羊绒长大衣 Double-faced cashmere coat"


def category(key: str) -> Category:
    return db.session().query(Category).filter_by(key=key).one()


def product(name: str = COAT, *, key: str = "outerwear", by: str = "ben", **values: Any) -> Product:
    """A product in a category; values as the form gives them."""
    with db.write_tx() as tx:
        made = rules.make(tx, factories.staff(by), {"name": name, "category": category(key), "currency": "CNY", **values}).id
    return db.session().get_one(Product, made)


def table(rows: Iterable[Sequence[str]], header: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def opened(content: bytes, name: str = "goods.csv") -> product_file.ProductFile:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return product_file.open_file(path, name)


def bring_in(content: bytes, *, by: str = "ben", name: str = "goods.csv", currency: str = "CNY") -> ProductImport:
    file = opened(content, name)
    with db.write_tx() as tx:
        made = imports.start(tx, factories.staff(by), file, file_name=name, currency=currency, lang="en").id
    return db.session().get_one(ProductImport, made)


def ids_of_one_of_each(tx: Session) -> dict[str, str]:
    """For tests/test_access.py, inside its own transaction."""
    ben, where = factories.staff("ben"), tx.scalars(sa.select(Category)).first()
    coat, scarf = (rules.make(tx, ben, {"name": name, "category": where, "currency": "CNY"}) for name in ("Coat", "Scarf"))
    batch = ProductImport(
        public_id="goods-1",
        file_name="goods.csv",
        currency="CNY",
        lang="en",
        status="done",
        row_count=0,
        made_by_id=ben.id,
        made_at=clock.now(),
    )
    tx.add(batch)
    assert where is not None
    return {"product": coat.public_id, "accessory": scarf.public_id, "category": where.public_id, "product_file": batch.public_id}


def fill() -> dict[str, str]:
    """For the browser: a coat with everything, what goes with it, a note of two versions, a file with a bad row, one that waits."""
    coat = product(
        code="CO-2601", barcode="6901234000019", price="2999", sizes="S, M, L", colours="驼色, 藏青", selling="轻，暖，肩线干净。",
        doubts="会不会起球？", competitors="对面店的同款是单面料。", notes="周五到新色。",
    )  # fmt: skip
    gloves = product("羊皮短手套 Nappa gloves", key="gloves", code="GL-2601", price="399")
    ben = factories.staff("ben")
    with db.write_tx() as tx:
        rules.add_accessory(tx, ben, tx.merge(coat), tx.merge(gloves))
        note = care.current("silk")
        care.write(tx, ben, "silk", 1, {column: getattr(note, column) for column in care.COLUMNS} | {"tip_en": "wash alone in cold water"})
    file = bring_in(table([("Scarf", "SC-1", "359"), ("Hat", "HA-1", "dear")], ("Name", "SKU", "Price")))
    with db.write_tx() as tx:
        waiting = ProductImport(
            public_id="waiting-goods", file_name="till.xlsx", currency="CNY", lang="en", row_count=4000, rows_done=900, made_by_id=ben.id,
            made_at=clock.now(),
        )  # fmt: skip
        tx.add(waiting)
        ids = {"product_file_waiting": waiting.public_id}
    return ids | {
        "product": db.session().get_one(Product, coat.id).public_id,
        "category": category("outerwear").public_id,
        "empty_category": category("bags").public_id,
        "product_file": db.session().get_one(ProductImport, file.id).public_id,
    }
