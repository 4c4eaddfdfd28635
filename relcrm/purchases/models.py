"""What a customer bought, line by line, the sums that follow from it, and the names of goods sold before.

Purchases rest on the service consent and are never bound row by row (DESIGN §4.3): who closed her file is not found, nor they.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm.db import Model, PrimaryKey, PublicId, foreign, one_of

KINDS = ("sale", "return", "exchange")
COUNTER = "counter"


class Purchase(Model):
    """One receipt. Money counts the smallest unit of `currency`.

    `total_minor`: the sum of its own lines, what the till took (a return is negative). `kept_minor`, `kept_items`: what she bought by it
    less what came back of it since; by these a purchase counts. `sold_at` orders the receipts, `at` is when it was written down.
    """

    __tablename__ = "purchase"
    __table_args__ = (
        one_of("kind", "kind", KINDS),
        sa.Index(
            "uq_purchase_receipt",
            "store_id",
            "source",
            "receipt_number",
            unique=True,
            sqlite_where=sa.text("receipt_number IS NOT NULL"),
            postgresql_where=sa.text("receipt_number IS NOT NULL"),
        ),
        sa.Index("ix_purchase_customer_id_sold_at", "customer_id", "sold_at"),
        sa.Index("ix_purchase_store_id_sold_on", "store_id", "sold_on"),
    )
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    customer_id: Mapped[int] = foreign("customer.id", index=False)
    store_id: Mapped[int] = foreign("store.id", index=False)
    sold_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    sold_on: Mapped[date]
    sold_at: Mapped[datetime]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(8), default="sale")
    currency: Mapped[str] = mapped_column(sa.String(3))
    total_minor: Mapped[int] = mapped_column(default=0)
    kept_minor: Mapped[int] = mapped_column(default=0)
    kept_items: Mapped[int] = mapped_column(default=0)
    for_staff: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    receipt_number: Mapped[str | None] = mapped_column(sa.String(64))
    source: Mapped[str] = mapped_column(sa.String(40), default=COUNTER)
    version: Mapped[int] = mapped_column(default=1)


class PurchaseLine(Model):
    """One kind of goods on a receipt. What comes back is a line of its own with negative quantity and amount that names the line it returns."""

    __tablename__ = "purchase_line"
    __table_args__ = (
        sa.CheckConstraint("quantity <> 0", name="quantity"),
        sa.CheckConstraint("returns_line_id IS NULL OR quantity < 0", name="returns"),
        sa.UniqueConstraint("purchase_id", "position"),
        sa.Index(
            "ix_purchase_line_returns_line_id",
            "returns_line_id",
            sqlite_where=sa.text("returns_line_id IS NOT NULL"),
            postgresql_where=sa.text("returns_line_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_purchase_line_product_id",
            "product_id",
            "purchase_id",
            sqlite_where=sa.text("product_id IS NOT NULL"),
            postgresql_where=sa.text("product_id IS NOT NULL"),
        ),
    )
    id: Mapped[PrimaryKey]
    purchase_id: Mapped[int] = foreign("purchase.id", ondelete="CASCADE", index=False)
    position: Mapped[int]
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey("product.id", ondelete="SET NULL"))
    name: Mapped[str]
    category: Mapped[str] = mapped_column(sa.String(40), default="")
    size: Mapped[str] = mapped_column(default="")
    colour: Mapped[str] = mapped_column(default="")
    quantity: Mapped[int]
    unit_minor: Mapped[int]
    line_minor: Mapped[int]
    is_gift: Mapped[bool] = mapped_column(default=False)
    returns_line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("purchase_line.id"))


class CustomerTotals(Model):
    """What follows from a customer's purchases in one currency, written with them in one transaction by `totals` alone.

    Staff purchases stand apart in `staff_…`; the others count for tiers, points and scores. `visit_days`: days in a store on which she
    kept something (DOMAIN §2.1); zero-value receipts are no visits. `first_on` and `last_on` are such days.
    """

    __tablename__ = "customer_totals"
    __table_args__ = (sa.PrimaryKeyConstraint("customer_id", "currency"),)
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE", index=False)
    currency: Mapped[str] = mapped_column(sa.String(3))
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    visit_days: Mapped[int]
    purchases: Mapped[int]
    items: Mapped[int]
    spend_minor: Mapped[int]
    staff_purchases: Mapped[int]
    staff_minor: Mapped[int]


class LineName(Model):
    """A name of goods that a store has sold: offered while somebody types. `sizes` and `colours` are those sold last.

    What was typed freely may name a person: until a second customer buys the same, it is `only_of` the first and offered to nobody."""

    __tablename__ = "line_name"
    __table_args__ = (sa.PrimaryKeyConstraint("store_id", "key"),)
    store_id: Mapped[int] = foreign("store.id", index=False)
    key: Mapped[str] = mapped_column(sa.String(80))
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey("product.id", ondelete="SET NULL"))
    only_of: Mapped[int | None]
    name: Mapped[str]
    category: Mapped[str] = mapped_column(sa.String(40), default="")
    sizes: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    colours: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    unit_minor: Mapped[int]
    at: Mapped[datetime]
