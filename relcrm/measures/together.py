"""What is bought together, counted by night over the chain's receipts (DOMAIN §2, SAL-9). No customer stands in it."""

import time
from collections import Counter
from itertools import combinations, groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import jobs
from relcrm.measures.models import BoughtWith
from relcrm.purchases.models import Purchase, PurchaseLine

NAME = "bought_with"
LEAST_TOGETHER = 5
PIECE_S, AT_ONCE, MOST_GOODS, MOST_EACH = 0.06, 500, 12, 12


class Receipts:
    """What one process has counted since its first piece."""

    def __init__(self) -> None:
        self.receipts = 0
        self.alone: Counter[int] = Counter()
        self.pairs: Counter[tuple[int, int]] = Counter()

    def add(self, products: list[int]) -> None:
        """One receipt. A bulk order of very many kinds says nothing of what goes with what."""
        self.receipts += 1
        self.alone.update(products)
        if len(products) <= MOST_GOODS:
            self.pairs.update(combinations(products, 2))

    def lifts(self) -> list[tuple[int, int, int, float]]:
        """(product, other, receipts together, lift) both ways, the best MOST_EACH of every product; lift over 1 only."""
        found: dict[int, list[tuple[int, int, int, float]]] = {}
        for (one, other), together in self.pairs.items():
            lift = together * self.receipts / (self.alone[one] * self.alone[other])
            if together >= LEAST_TOGETHER and lift > 1:
                found.setdefault(one, []).append((one, other, together, lift))
                found.setdefault(other, []).append((other, one, together, lift))
        return [row for rows in found.values() for row in sorted(rows, key=lambda row: -row[3])[:MOST_EACH]]


_counted: Receipts | None = None


@jobs.job(NAME, every="day")
def piece(tx: Session, cursor: str | None) -> str | None:
    """The cursor is the last receipt that was counted."""
    global _counted
    if cursor is None or _counted is None:
        _counted, cursor = Receipts(), "0"
    until, at = time.perf_counter() + PIECE_S, int(cursor)
    while time.perf_counter() < until:
        line, bought = PurchaseLine, sa.select(Purchase.id).where(Purchase.id > at).order_by(Purchase.id).limit(AT_ONCE)
        ids = tx.scalars(bought).all()
        if not ids:
            _keep(tx, _counted)
            _counted = None
            return None
        query = sa.select(line.purchase_id, line.product_id).join(Purchase, Purchase.id == line.purchase_id)
        sold = sa.and_(
            line.purchase_id.between(ids[0], ids[-1]), line.quantity > 0, line.product_id.is_not(None), Purchase.for_staff.is_(False)
        )
        for _receipt, rows in groupby(tx.execute(query.where(sold).order_by(line.purchase_id)), lambda row: row[0]):
            _counted.add(sorted({row[1] for row in rows if row[1]}))
        at = ids[-1]
    return str(at)


def _keep(tx: Session, counted: Receipts) -> None:
    tx.execute(sa.delete(BoughtWith))
    rows = [dict(zip(("product_id", "other_id", "together", "lift"), row, strict=True)) for row in counted.lifts()]
    if rows:
        tx.execute(sa.insert(BoughtWith), rows)
