"""Categories with what to know at the counter, products with their sizes and colours, care notes whose versions are kept."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm import money
from relcrm.db import Model, PrimaryKey, PublicId, foreign, one_of


class Category(Model):
    """A kind of goods. `parts` is what to check before it is handed over: a list of {"zh": …, "en": …}.

    `key` is that of the field catalogue for what a customer has sizes in, so that a size bought can be offered as a fact.
    """

    __tablename__ = "category"
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    zh: Mapped[str]
    en: Mapped[str]
    parts: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    selling: Mapped[str] = mapped_column(default="")
    doubts: Mapped[str] = mapped_column(default="")
    competitors: Mapped[str] = mapped_column(default="")
    accessories_note: Mapped[str] = mapped_column(default="")
    care_key: Mapped[str | None] = mapped_column(sa.String(40))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Product(Model):
    """One article in all its sizes and colours. `price_minor` counts the smallest unit of `currency` (ISO 4217); None is not priced.

    `care_key` is set where this product is cared for otherwise than its category (a down jacket among coats).
    """

    __tablename__ = "product"
    __table_args__ = (
        sa.Index("uq_product_code", "code", unique=True, sqlite_where=sa.text("code <> ''"), postgresql_where=sa.text("code <> ''")),
        sa.Index(
            "uq_product_barcode", "barcode", unique=True, sqlite_where=sa.text("barcode <> ''"), postgresql_where=sa.text("barcode <> ''")
        ),
        sa.Index("ix_product_category_id_name", "category_id", "name"),
    )
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    category_id: Mapped[int] = foreign("category.id", index=False)
    name: Mapped[str]
    code: Mapped[str] = mapped_column(sa.String(40), default="")
    barcode: Mapped[str] = mapped_column(sa.String(40), default="")
    sizes: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    colours: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    price_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(sa.String(3), default="")
    selling: Mapped[str] = mapped_column(default="")
    doubts: Mapped[str] = mapped_column(default="")
    competitors: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    care_key: Mapped[str | None] = mapped_column(sa.String(40))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @property
    def price(self) -> str:
        """As somebody types it."""
        return "" if self.price_minor is None else money.typed(self.price_minor, self.currency)


class ProductBarcode(Model):
    """The further barcodes of a product, one for each size and colour where the maker prints them so."""

    __tablename__ = "product_barcode"
    barcode: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    product_id: Mapped[int] = foreign("product.id", ondelete="CASCADE")
    size: Mapped[str] = mapped_column(default="")
    colour: Mapped[str] = mapped_column(default="")


class ProductAccessory(Model):
    """What goes with a product: another product that is offered with it."""

    __tablename__ = "product_accessory"
    __table_args__ = (sa.PrimaryKeyConstraint("product_id", "accessory_id"),)
    product_id: Mapped[int] = foreign("product.id", ondelete="CASCADE", index=False)
    accessory_id: Mapped[int] = foreign("product.id", ondelete="CASCADE")


class ProductKey(Model):
    """What a product is found by; see keys. A row for each key, rewritten whenever the product changes."""

    __tablename__ = "product_key"
    __table_args__ = (sa.PrimaryKeyConstraint("key", "product_id"), {"sqlite_with_rowid": False})
    key: Mapped[str]
    product_id: Mapped[int] = foreign("product.id", ondelete="CASCADE")


class CareNote(Model):
    """One version of how a kind of goods is looked after, a sentence a line in both languages. Rows are added and never changed."""

    __tablename__ = "care_note"
    __table_args__ = (sa.UniqueConstraint("key", "version"),)
    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(sa.String(40))
    version: Mapped[int]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    tip_zh: Mapped[str] = mapped_column(default="")
    tip_en: Mapped[str] = mapped_column(default="")
    zh: Mapped[str]
    en: Mapped[str]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))
    at: Mapped[datetime]


class ProductImport(Model):
    """One product file on its way in. `targets` says what each column of the file means, by the names of columns.TARGETS."""

    __tablename__ = "product_import"
    __table_args__ = (one_of("status", "status", ("running", "done")),)
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    file_name: Mapped[str]
    header: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    targets: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    currency: Mapped[str] = mapped_column(sa.String(3))
    lang: Mapped[str] = mapped_column(sa.String(2))
    status: Mapped[str] = mapped_column(sa.String(8), default="running")
    row_count: Mapped[int]
    rows_done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_member.id"))
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ProductImportRow(Model):
    """A row that waits, or one that was not taken and why. Rows of one product share `group_no`; what went in is gone from here."""

    __tablename__ = "product_import_row"
    __table_args__ = (
        sa.PrimaryKeyConstraint("import_id", "number"),
        sa.Index("ix_product_import_row_import_id_group_no", "import_id", "group_no"),
    )
    import_id: Mapped[int] = foreign("product_import.id", ondelete="CASCADE", index=False)
    number: Mapped[int]
    group_no: Mapped[int]
    cells: Mapped[list[str]] = mapped_column(sa.JSON)
    why: Mapped[str | None]
