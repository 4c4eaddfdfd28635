"""Very many purchases of one customer at once, for what must not depend on how many there are."""

import secrets
from datetime import timedelta

import sqlalchemy as sa

from relcrm import clock, db
from relcrm.customers.models import Customer
from relcrm.purchases import totals
from relcrm.purchases.models import Purchase, PurchaseLine


def buy(customer_id: int, count: int) -> None:
    """`count` receipts of two lines each, one every six hours until now."""
    now = clock.now()
    with db.write_tx() as tx:
        store = tx.get_one(Customer, customer_id).home_store_id
        first = (tx.scalar(sa.select(sa.func.max(Purchase.id))) or 0) + 1
        instants = [now - timedelta(hours=6 * n) for n in range(count)]
        tx.execute(
            sa.insert(Purchase),
            [
                {
                    "id": first + n, "public_id": secrets.token_urlsafe(9), "customer_id": customer_id, "store_id": store, "sold_on": at.date(),
                    "sold_at": at, "at": at, "kind": "sale", "currency": "CNY", "for_staff": False, "note": "", "source": "test", "version": 1,
                }
                for n, at in enumerate(instants)
            ],
        )  # fmt: skip
        tx.execute(
            sa.insert(PurchaseLine),
            [
                {
                    "purchase_id": first + n, "position": place, "name": name, "category": "", "size": "M", "colour": "", "quantity": 1,
                    "unit_minor": 19_900, "line_minor": 19_900, "is_gift": False,
                }
                for n in range(count)
                for place, name in ((1, "Linen shirt"), (2, "Scarf"))
            ],
        )  # fmt: skip
        totals.recompute(tx, [customer_id])
