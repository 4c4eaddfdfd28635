"""Finding a product while typing, by one B-tree of keys; `reindex` is the only writer."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.customers.folding import fold
from relcrm.db import session
from relcrm.products import keys
from relcrm.products.models import Product, ProductBarcode, ProductKey

# Of more than these the order is not looked at; one more letter makes them fewer.
CANDIDATES = 200


def find(text: str, limit: int = 20) -> list[Product]:
    """Products that are sold, which every word of `text` finds: by part of the name, pinyin, initials, article number, barcode.

    Whole numbers come first, then names that begin so, then the others by name.
    """
    wanted = keys.terms(text)
    if not wanted:
        return []
    whole, begun = fold(text), text.strip().casefold()
    seen = sa.select(Product.id, Product.name, Product.code, Product.barcode).where(Product.active)
    numbered = seen.where(sa.or_(Product.code.in_((text.strip(), begun.upper())), Product.barcode == whole))
    met = seen.where(*(Product.id.in_(_ids(term)) for term in wanted)).limit(CANDIDATES)
    found = {row.id: row for query in (numbered, met) for row in session().execute(query)}
    best = [row.id for row in sorted(found.values(), key=lambda row: _rank(row, whole, begun))[:limit]]
    products = {product.id: product for product in session().scalars(sa.select(Product).where(Product.id.in_(best)))}
    return [products[one] for one in best]


def _ids(term: keys.Term) -> sa.Select[int]:
    ranges = sa.or_(*(sa.and_(ProductKey.key >= low, ProductKey.key < high) for low, high in term.ranges))
    return sa.select(ProductKey.product_id).where(ranges)


def _rank(row: Any, whole: str, begun: str) -> tuple[bool, bool, str]:
    exact = row.barcode == whole or (len(row.code) >= len(whole) and fold(row.code) == whole)
    return not exact, not row.name.casefold().startswith(begun), row.name


def reindex(tx: Session, products: Iterable[Product]) -> None:
    """Write the keys of these products again, inside the transaction that changed them."""
    tx.flush()
    found = list(products)
    ids = [product.id for product in found]
    further = _further(tx, ids)
    tx.execute(sa.delete(ProductKey).where(ProductKey.product_id.in_(ids)))
    rows = [{"key": key, "product_id": one.id} for one in found for key in expected(one, further.get(one.id, ()))]
    if rows:
        tx.execute(sa.insert(ProductKey), rows)


def expected(product: Product, further: Sequence[str] = ()) -> set[str]:
    """The keys that a product with these further barcodes should have."""
    return keys.keys_of(product.name, product.code, [code for code in (product.barcode, *further) if code])


def _further(tx: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in tx.scalars(sa.select(ProductBarcode).where(ProductBarcode.product_id.in_(ids))):
        found.setdefault(row.product_id, []).append(row.barcode)
    return found
