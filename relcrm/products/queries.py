"""Products, categories and what goes with them, as they are read. Everybody of the chain may read all of it; finding is search.py."""

from collections.abc import Iterable

import sqlalchemy as sa

from relcrm.db import session
from relcrm.errors import NotFound
from relcrm.i18n import _l
from relcrm.products.models import CareNote, Category, Product, ProductAccessory, ProductBarcode
from relcrm.staff.models import Store

PAGE = 50


def get(public_id: str) -> Product:
    """Raises NotFound."""
    found = session().scalar(sa.select(Product).where(Product.public_id == public_id))
    if found is None:
        raise NotFound(_l("There is no such product."), code="no_product")
    return found


def by_barcode(code: str) -> Product | None:
    """The product with this barcode, its own or that of one of its sizes and colours; also one that is not sold any more."""
    wanted = barcode(code)
    if not wanted:
        return None
    further = sa.select(ProductBarcode.product_id).where(ProductBarcode.barcode == wanted)
    return session().scalar(
        sa.select(Product).where(sa.or_(Product.barcode == wanted, Product.id.in_(further))).order_by(Product.id).limit(1)
    )


def variant(code: str) -> tuple[str, str]:
    """Size and colour that this barcode stands for; "" for what it does not say."""
    row = session().get(ProductBarcode, barcode(code))
    return (row.size, row.colour) if row else ("", "")


def barcode(text: str) -> str:
    """A barcode in the one form in which it is compared: letters and digits, without the spaces people type between them."""
    return "".join(character for character in text.upper() if character.isalnum() or character in "-./+$%")[:40]


def category(public_id: str) -> Category:
    """Raises NotFound."""
    found = session().scalar(sa.select(Category).where(Category.public_id == public_id))
    if found is None:
        raise NotFound(_l("There is no such category."), code="no_category")
    return found


def categories() -> list[Category]:
    """In the order in which they were made: the starting ones in that of the field catalogue."""
    return list(session().scalars(sa.select(Category).order_by(Category.id)))


def counts() -> dict[int, int]:
    """How many products each category sells."""
    grouped = sa.select(Product.category_id, sa.func.count()).where(Product.active).group_by(Product.category_id)
    return {row[0]: row[1] for row in session().execute(grouped)}


def of_category(one: Category, page: int) -> tuple[list[Product], bool]:
    """50 of its products by name, those that are not sold any more last; True when there are more."""
    ordered = sa.select(Product).where(Product.category_id == one.id).order_by(Product.active.desc(), Product.name, Product.id)
    found = list(session().scalars(ordered.offset((page - 1) * PAGE).limit(PAGE + 1)))
    return found[:PAGE], len(found) > PAGE


def accessories(product: Product) -> list[Product]:
    linked = sa.select(ProductAccessory.accessory_id).where(ProductAccessory.product_id == product.id)
    return list(session().scalars(sa.select(Product).where(Product.id.in_(linked)).order_by(Product.active.desc(), Product.name)))


def barcodes(product: Product) -> list[ProductBarcode]:
    """Its further barcodes."""
    wanted = sa.select(ProductBarcode).where(ProductBarcode.product_id == product.id)
    return list(session().scalars(wanted.order_by(ProductBarcode.colour, ProductBarcode.size, ProductBarcode.barcode)))


def category_names(products: Iterable[Product]) -> dict[int, Category]:
    ids = {product.category_id for product in products}
    return {one.id: one for one in session().scalars(sa.select(Category).where(Category.id.in_(ids)))}


def currencies() -> list[str]:
    """Those of the chain's stores, the first store's first."""
    return list(dict.fromkeys(session().scalars(sa.select(Store.currency).order_by(Store.id))))


def has_care_note(key: str) -> bool:
    return session().scalar(sa.select(CareNote.id).where(CareNote.key == key).limit(1)) is not None
