"""Finding for each return the sale it belongs to, and booking it there. Which returns wait is waiting's."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.purchases import queries
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.receipts import booking, waiting
from relcrm.receipts.booking import Booked
from relcrm.receipts.grouping import Item, spread
from relcrm.receipts.models import NO_SALE, WaitingLine

LOOKED_AT = 60


@dataclass
class Settling:
    """Returns that are settled together: each knows what the ones before it brought back, and all are booked at once."""

    tx: Session
    back: dict[int, tuple[int, int]] = field(default_factory=dict)

    def settle(self, lines: Sequence[tuple[WaitingLine, int]]) -> list[WaitingLine]:
        """Book these returns of (her id); gives back those for which no sale of hers was found, which go on waiting as such."""
        items = [(line, customer_id, waiting.opened(line)) for line, customer_id in lines]
        book = booking.Book([item for _line, _one, item in items])
        booked: list[Booked] = []
        stuck: list[WaitingLine] = []
        for line, customer_id, item in items:
            found = self._find(book, item, customer_id)
            if found is None:
                line.why, line.customer_id = NO_SALE, customer_id  # it may be found by a later file
                stuck.append(line)
            else:
                booked += [Booked(one, customer_id, line.batch_id, line_id) for one, line_id in found]
        booking.book(self.tx, book, booked)
        waiting.drop(self.tx, [line.id for line, _one in lines if line not in stuck])
        return stuck

    def _find(self, book: booking.Book, item: Item, customer_id: int) -> list[tuple[Item, int]] | None:
        """The sale lines it brings back, [] when it is booked already, None when there are none."""
        held = book.find(item)
        if held is not None and item.key in held.keys:
            return []
        if held is not None and held.customer_id != customer_id:
            return None
        found = self._refunded(item, customer_id) if item.refund else self._found(item, customer_id)
        for one, line_id in found:
            pieces, minor = self.back.get(line_id, (0, 0))
            self.back[line_id] = pieces - one.quantity, minor - one.minor
        return found or None

    def _found(self, item: Item, customer_id: int) -> list[tuple[Item, int]]:
        """By the number of the sale, or of the receipt itself; else the newest sale of the same goods. Of several, one that was as dear."""
        for numbers in filter(None, (_named(item.sale_number), _named(item.number))):
            if line_id := self._best(_sales(item, customer_id).where(_numbered(item, numbers)), item):
                return [(item, line_id)]
        if item.sale_number:
            only = self.tx.execute(_sales(item, customer_id, same_goods=False).where(_numbered(item, _named(item.sale_number)))).all()
            return [(item, only[0].id)] if len(only) == 1 and self._left(only)[only[0].id][0] >= -item.quantity else []
        line_id = self._best(_sales(item, customer_id).limit(LOOKED_AT), item)
        return [(item, line_id)] if line_id else []

    def _best(self, query: Any, item: Item) -> int | None:
        rows = self.tx.execute(query).all()
        left = self._left(rows)
        fits = [row for row in rows if left[row.id][0] >= -item.quantity]
        liked = [row for row in fits if item.size in ("", row.size) and item.colour in ("", row.colour)] or fits
        whole = [row for row in liked if left[row.id][1] >= -item.minor] or liked
        return whole[0].id if whole else None

    def _left(self, rows: Sequence[Any]) -> dict[int, tuple[int, int]]:
        """Of each line: how many pieces are still with her, and what was paid for them."""
        back, left = queries.returned([row.id for row in rows]), {}
        for row in rows:
            before, now = back.get(row.id, (0, 0)), self.back.get(row.id, (0, 0))
            left[row.id] = row.quantity - before[0] - now[0], row.line_minor - before[1] - now[1]
        return left

    def _refunded(self, item: Item, customer_id: int) -> list[tuple[Item, int]]:
        """Money of a receipt was paid back, and nobody says for what: all its goods when it is all of it, else one piece of the dearest."""
        rows = self.tx.execute(_sales(item, customer_id, same_goods=False).where(_numbered(item, item.sale_number))).all()
        every = self._left(rows)
        left = {one: (pieces, minor) for one, (pieces, minor) in every.items() if pieces > 0}
        whole = sum(minor for _pieces, minor in left.values())
        before = sum(row.line_minor for row in rows) - sum(minor for _pieces, minor in every.values())
        owed = min(-item.minor - before, whole)
        if not left or owed <= 0:
            return []
        if owed == whole:
            parts = zip(spread(owed, [minor for _pieces, minor in left.values()]), left.items(), strict=True)
            return [(_part(item, place, pieces, minor), one) for place, (minor, (one, (pieces, _paid))) in enumerate(parts)]
        dearest = max(left, key=lambda one: (left[one][1], -one))
        return [(_part(item, 0, 1, owed), dearest)]


def _named(number: str) -> str:
    return number if not number.startswith("~") else ""


def _numbered(item: Item, number: str) -> sa.ColumnElement[bool]:
    same = sa.or_(Purchase.receipt_number == number, Purchase.receipt_number.like(f"{_literal(number)} ________", escape="\\"))
    return sa.and_(Purchase.store_id == item.store_id, Purchase.source == item.source, same)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _sales(item: Item, customer_id: int, *, same_goods: bool = True) -> Any:
    query: Any = sa.select(PurchaseLine.id, PurchaseLine.quantity, PurchaseLine.line_minor, PurchaseLine.size, PurchaseLine.colour)
    query = query.join(Purchase, Purchase.id == PurchaseLine.purchase_id).where(
        Purchase.customer_id == customer_id, Purchase.currency == item.currency, Purchase.sold_on <= item.on, Purchase.sold_at <= _end(item),
        PurchaseLine.returns_line_id.is_(None), PurchaseLine.quantity > 0,
    )  # fmt: skip
    if same_goods:
        product_id, _category = booking.Goods([item]).of(item)
        same = PurchaseLine.name == item.name
        query = query.where(same if product_id is None else sa.or_(PurchaseLine.product_id == product_id, same))
    return query.order_by(Purchase.sold_at.desc(), Purchase.id.desc(), PurchaseLine.position)


def _end(item: Item) -> datetime:
    """A sale without a time stands at noon: of the same day it is not later than what came back of it."""
    return item.at + timedelta(hours=24)


def _part(item: Item, place: int, pieces: int, minor: int) -> Item:
    """The first bears the key by which the row is known again."""
    key = item.key + bytes([place % 256]) * (place > 0)
    return replace(item, quantity=-pieces, minor=-minor, unit=minor // pieces, key=key)
