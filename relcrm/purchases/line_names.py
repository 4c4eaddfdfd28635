"""Names of goods that a store has sold, for whoever types the next line. Nothing of a customer stands here."""

from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.customers.folding import fold
from relcrm.db import session
from relcrm.purchases.models import LineName
from relcrm.staff.models import Store

KEY_LONGEST, KEPT = 80, 8


class Sold(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def size(self) -> str: ...
    @property
    def colour(self) -> str: ...
    @property
    def unit_minor(self) -> int: ...
    @property
    def product_id(self) -> int | None: ...


def key_of(name: str) -> str:
    """Width, case, accents and blanks make no difference."""
    return fold(name)[:KEY_LONGEST]


def remember(tx: Session, store: Store, customer_id: int, lines: Sequence[Sold]) -> None:
    """What this store sold last under that name: price, kind, the sizes and colours sold lately."""
    for line in lines:
        key = key_of(line.name)
        if not key:
            continue
        row = tx.get(LineName, (store.id, key))
        if row is None:
            row = LineName(store_id=store.id, key=key, sizes=[], colours=[], category="", only_of=customer_id)
            tx.add(row)
        row.name, row.unit_minor, row.product_id, row.at = line.name, line.unit_minor, line.product_id, clock.now()
        if line.product_id is not None or row.only_of != customer_id:
            row.only_of = None
        row.category = line.category or row.category
        row.sizes, row.colours = _with(row.sizes, line.size), _with(row.colours, line.colour)
        tx.flush()


def _with(kept: Sequence[str], word: str) -> list[str]:
    return [*([word] if word else []), *(one for one in kept if one != word)][:KEPT]


def beginning(store: Store, text: str, most: int) -> Sequence[LineName]:
    """Names that begin so, along the key of the table; those sold last come first among the first few dozen."""
    key = key_of(text)
    if not key:
        return ()
    walked = sa.select(LineName).where(
        LineName.store_id == store.id, LineName.key >= key, LineName.key < key + "\U0010ffff", LineName.only_of.is_(None)
    )
    found = session().scalars(walked.order_by(LineName.key).limit(5 * most)).all()
    return sorted(found, key=lambda row: row.at, reverse=True)[:most]
