"""What the tests of receipts share: files of our own, the steps of a run, and what stands in the book."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from relcrm import clock, db
from relcrm.customers import import_files, imports
from relcrm.customers.import_models import ImportBatch
from relcrm.i18n import speaking
from relcrm.purchases.models import CustomerTotals, Purchase, PurchaseLine
from relcrm.receipts import columns, importing
from relcrm.staff.models import Store
from tests import factories
from tests.customers.importing import work

HEADER = ("Receipt number", "Date", "Phone", "Item", "Quantity", "Net sales")
CLEO, NOOR, NOBODY = "13800003921", "13700005514", "13900001234"


def day(ago: int = 0) -> str:
    return (clock.today("Asia/Shanghai") - timedelta(days=ago)).isoformat()


def table(rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def upload(content: bytes, *, by: str = "ben", store: str = "North", source: str = "till", name: str = "receipts.csv") -> str:
    """A file that was chosen and is looked at. Returns its public id."""
    kept = import_files.receive(io.BytesIO(content), name, about=columns.RECEIPTS)
    with speaking("en"), db.write_tx() as tx:
        where = tx.query(Store).filter_by(name=store).one()
        return importing.make(tx, factories.staff(by), where, kept, file_name=name, lang="en", source=source).public_id


def choose(
    content: bytes, *, by: str = "ben", store: str = "North", source: str = "till", mapping: Sequence[str] = (), name: str = "r.csv"
) -> int:
    """A file that was uploaded and started; not yet worked on. Returns the id of its import."""
    kept = import_files.receive(io.BytesIO(content), name, about=columns.RECEIPTS)
    with speaking("en"), db.write_tx() as tx:
        actor = factories.staff(by)
        where = tx.query(Store).filter_by(name=store).one()
        batch = importing.make(tx, actor, where, kept, file_name=name, lang="en", source=source)
        importing.choose(batch, mapping or [column.target for column in importing.columns_of(batch)], batch.source)
        imports.start(tx, actor, batch)
        return batch.id


def bring_in(content: bytes, **told: Any) -> ImportBatch:
    batch_id = choose(content, **told)
    work()
    batch = db.session().get_one(ImportBatch, batch_id)
    assert batch.status == "done", batch.failure
    return batch


def revert(batch: ImportBatch, by: str = "ben") -> ImportBatch:
    with db.write_tx() as tx:
        imports.revert(tx, factories.staff(by), tx.get_one(ImportBatch, batch.id))
    work()
    return db.session().get_one(ImportBatch, batch.id)


def lines(name: str = "Cleo") -> list[tuple[Any, ...]]:
    """(receipt, goods, pieces, amount) of hers, in the order of days."""
    her = factories.customer(name)
    query = sa.select(Purchase.receipt_number, PurchaseLine.name, PurchaseLine.quantity, PurchaseLine.line_minor)
    query = query.join(PurchaseLine, PurchaseLine.purchase_id == Purchase.id).where(Purchase.customer_id == her.id)
    return [tuple(row) for row in db.session().execute(query.order_by(Purchase.sold_at, Purchase.receipt_number, PurchaseLine.position))]


def totals(name: str = "Cleo") -> tuple[int, int, int] | None:
    """(visit days, purchases, spend) of hers."""
    her = factories.customer(name)
    row = db.session().scalar(sa.select(CustomerTotals).where(CustomerTotals.customer_id == her.id))
    return None if row is None else (row.visit_days, row.purchases, row.spend_minor)


def reasons(batch: ImportBatch) -> dict[int, str]:
    return {row.number: why for row, why in imports.refused_rows(batch)}
