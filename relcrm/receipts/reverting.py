"""Taking a file of receipts back: its lines go, receipts without lines go, the sums follow. What something else rests on stays."""

import time
from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.customers import search
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.models import Customer, CustomerStore
from relcrm.purchases import totals
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.receipts import waiting
from relcrm.receipts.models import ReceiptLine, WaitingLine

CHUNK = 40
_SILENT = {"synchronize_session": False}
# Asked with ids of purchases: those of them that must stay, because of work that rests on them (a handover, say).
holding: list[Callable[[Session, Collection[int]], set[int]]] = []
# Told with ids of purchases that are about to go, so that what only describes them goes first.
going: list[Callable[[Session, Collection[int]], None]] = []


def piece(tx: Session, batch: ImportBatch, until: float) -> bool:
    """Work until that instant; True when nothing is left. Returns stand after their sales, so the newest lines go first."""
    while time.perf_counter() < until:
        ids = tx.scalars(sa.select(WaitingLine.id).where(WaitingLine.batch_id == batch.id).limit(10 * CHUNK)).all()
        if ids:
            waiting.drop(tx, ids)
            batch.undone += len(ids)
            continue
        mine = sa.select(ReceiptLine.line_id, PurchaseLine.purchase_id).join(PurchaseLine, PurchaseLine.id == ReceiptLine.line_id)
        mine = mine.where(ReceiptLine.batch_id == batch.id, *([ReceiptLine.line_id < batch.undone_to] if batch.undone_to else []))
        rows = tx.execute(mine.order_by(ReceiptLine.line_id.desc()).limit(CHUNK)).all()
        if not rows:
            return True
        _take_back(tx, batch, {row.line_id: row.purchase_id for row in rows})
        batch.undone_to = rows[-1].line_id
    return False


def _take_back(tx: Session, batch: ImportBatch, lines: dict[int, int]) -> None:
    staying = _staying(tx, batch, set(lines.values()))
    gone = [line for line, purchase in lines.items() if purchase not in staying]
    batch.stayed += len(lines) - len(gone)
    batch.undone += len(gone)
    if gone:
        _remove(tx, batch, gone, {lines[line] for line in gone})


def _staying(tx: Session, batch: ImportBatch, purchases: set[int]) -> set[int]:
    """Receipts of which something came back by other hands since, and those that something else rests on."""
    sold, back = sa.orm.aliased(PurchaseLine), sa.orm.aliased(PurchaseLine)
    query = sa.select(sold.purchase_id).join(back, back.returns_line_id == sold.id)
    query = query.outerjoin(ReceiptLine, sa.and_(ReceiptLine.line_id == back.id, ReceiptLine.batch_id == batch.id))
    found = set(tx.scalars(query.where(sold.purchase_id.in_(purchases), ReceiptLine.line_id.is_(None))))
    return found.union(*(held(tx, purchases) for held in holding))


def _remove(tx: Session, batch: ImportBatch, lines: Sequence[int], purchases: set[int]) -> None:
    sales = sa.select(PurchaseLine.returns_line_id).where(PurchaseLine.id.in_(lines), PurchaseLine.returns_line_id.is_not(None))
    returned = set(tx.scalars(sa.select(PurchaseLine.purchase_id).where(PurchaseLine.id.in_(sales))))
    visits = tx.execute(sa.select(Purchase.customer_id, Purchase.store_id).where(Purchase.id.in_(purchases)).distinct()).all()
    tx.execute(sa.delete(ReceiptLine).where(ReceiptLine.line_id.in_(lines)), execution_options=_SILENT)
    tx.execute(sa.delete(PurchaseLine).where(PurchaseLine.id.in_(lines)), execution_options=_SILENT)
    left = set(tx.scalars(sa.select(PurchaseLine.purchase_id).where(PurchaseLine.purchase_id.in_(purchases)).distinct()))
    empty = purchases - left
    for told in going:
        told(tx, empty)
    tx.execute(sa.delete(Purchase).where(Purchase.id.in_(empty)), execution_options=_SILENT)
    _unlink(tx, batch, {(row.customer_id, row.store_id) for row in visits})
    totals.follow_all(tx, {row.customer_id for row in visits}, purchases | returned)  # also those that are gone: their points go back


def _unlink(tx: Session, batch: ImportBatch, pairs: set[tuple[int, int]]) -> None:
    """A store that knew her by this file alone knows her no more."""
    bought = sa.select(Purchase.id).where(Purchase.customer_id == CustomerStore.customer_id, Purchase.store_id == CustomerStore.store_id)
    query = sa.select(CustomerStore).join(Customer, Customer.id == CustomerStore.customer_id)
    query = query.where(
        sa.tuple_(CustomerStore.customer_id, CustomerStore.store_id).in_(pairs), CustomerStore.how == "purchase",
        CustomerStore.since >= batch.made_at, Customer.home_store_id != CustomerStore.store_id, ~bought.exists(),
    )  # fmt: skip
    links = tx.scalars(query).all()
    for link in links:
        tx.delete(link)
    tx.flush()
    for one in {link.customer_id for link in links}:
        search.reindex(tx, one)
