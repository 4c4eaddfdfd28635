"""What may suit her, and why: what belongs to what she bought, and what others took with it. Nothing for who refused profiling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from relcrm.consent import ledger
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.measures.models import PROFILING, BoughtWith
from relcrm.products.models import Product, ProductAccessory
from relcrm.purchases.models import Purchase, PurchaseLine

LOOKED_AT = 12  # so many of her latest products


@dataclass(frozen=True)
class Suggestion:
    """`because` she bought that `on` that day; `together` 0: it belongs to it, else on so many receipts both stand."""

    product: Product
    because: str
    on: date
    together: int


def may_suit(seen: Seen, most: int) -> list[Suggestion]:
    """At most so many, what belongs to it first; never what she has. Four queries."""
    if not ledger.may(seen.customer.id, PROFILING).allowed:
        return []
    bought = _bought(seen.customer.id)
    wanted = list(bought)[:LOOKED_AT]
    pairs = [*_belongs(wanted), *_together(wanted)]
    products = _sold({other for _one, other, _n in pairs} - set(bought), seen.home.currency)
    found: dict[int, Suggestion] = {}
    for one, other, together in pairs:
        if other in products and len(found) < most:
            found.setdefault(other, Suggestion(products[other], *bought[one], together))
    return list(found.values())


def _bought(customer_id: int) -> dict[int, tuple[str, date]]:
    """Her products with name and day, the latest first."""
    line = PurchaseLine
    query = sa.select(line.product_id, line.name, Purchase.sold_on).join(Purchase, Purchase.id == line.purchase_id)
    mine = query.where(Purchase.customer_id == customer_id, line.product_id.is_not(None), line.quantity > 0, Purchase.kept_items > 0)
    found: dict[int, tuple[str, date]] = {}
    for product_id, name, on in session().execute(mine.order_by(Purchase.sold_at.desc(), line.position).limit(50)):
        found.setdefault(product_id or 0, (name, on))
    return found


def _belongs(products: Sequence[int]) -> list[tuple[int, int, int]]:
    query = sa.select(ProductAccessory.product_id, ProductAccessory.accessory_id).where(ProductAccessory.product_id.in_(products))
    rows = [(row[0], row[1], 0) for row in session().execute(query)]
    return sorted(rows, key=lambda row: (products.index(row[0]), row[1]))


def _together(products: Sequence[int]) -> list[tuple[int, int, int]]:
    query = sa.select(BoughtWith.product_id, BoughtWith.other_id, BoughtWith.together).where(BoughtWith.product_id.in_(products))
    return [(row[0], row[1], row[2]) for row in session().execute(query.order_by(BoughtWith.lift.desc(), BoughtWith.other_id).limit(20))]


def _sold(ids: set[int], currency: str) -> dict[int, Product]:
    """Those that are still sold, and in the money of her store."""
    query = sa.select(Product).where(Product.id.in_(ids), Product.active, Product.currency.in_((currency, "")))
    return {one.id: one for one in session().scalars(query)}
