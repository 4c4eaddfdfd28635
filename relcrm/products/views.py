"""Pages to read at the counter: the list with its search, a category, a product. Changing them is edit_views.py."""

from typing import Any

from flask import Blueprint, request, url_for

from relcrm import money
from relcrm.products import care, queries, search
from relcrm.products.forms import FindForm, category_name
from relcrm.products.models import Category, Product
from relcrm.staff import store_cards
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, may
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.htmx import render

bp = Blueprint("products", __name__, url_prefix="/products")
FOUND = 20


def rows_of(products: list[Product]) -> list[dict[str, Any]]:
    """What templates/_macros/products.html shows of each."""
    categories = queries.category_names(products)
    return [_row(one, categories[one.category_id]) for one in products]


def _row(one: Product, category: Category) -> dict[str, Any]:
    return {
        "public_id": one.public_id,
        "href": url_for("products.show", public_id=one.public_id),
        "name": one.name,
        "category": category_name(category, lang()),
        "code": one.code,
        "price": _price(one),
        "active": one.active,
    }


def _price(one: Product) -> str:
    return "" if one.price_minor is None else money.show(one.price_minor, one.currency, lang())


@bp.get("")
@allow(Permission.PRODUCT_READ)
def index() -> Any:
    return _index("")


@bp.post("/search")
@allow(Permission.PRODUCT_READ)
def find() -> Any:
    """Read-only like a GET; a POST, because nothing typed by a person is ever in an address."""
    return _index(FindForm().q.data or "")


def _index(typed: str) -> Any:
    found = search.find(typed, FOUND + 1) if typed.strip() else None
    return render(
        "products/index.html",
        fragment="products/_results.html",
        q=typed,
        rows=None if found is None else rows_of(found[:FOUND]),
        more=found is not None and len(found) > FOUND,
        categories=queries.categories(),
        counts=queries.counts(),
        name=category_name,
    )


@bp.get("/<public_id>")
@allow(Permission.PRODUCT_READ)
def show(public_id: str) -> Any:
    product = queries.get(public_id)
    category = queries.category_names([product])[product.category_id]
    note = care.note_for(product)
    return render(
        "products/show.html",
        product=product,
        category=category,
        category_name=category_name(category, lang()),
        price=_price(product),
        barcodes=queries.barcodes(product),
        accessories=rows_of(queries.accessories(product)),
        note=note,
        told=care.told(note, lang()) if note else None,
    )


@bp.get("/categories/<public_id>")
@allow(Permission.PRODUCT_READ)
def category(public_id: str) -> Any:
    one, page = queries.category(public_id), max(1, request.args.get("page", 1, type=int))
    products, more = queries.of_category(one, page)
    note = care.current(one.care_key) if one.care_key else None
    return render(
        "products/category.html",
        one=one,
        title=category_name(one, lang()),
        rows=rows_of(products),
        at=page,
        more=more,
        note=note,
        told=care.told(note, lang()) if note else None,
    )


def _card(reader: StaffMember) -> store_cards.Context | None:
    return {} if may(reader, Permission.PRODUCT_READ) else None


store_cards.cards.append(store_cards.StoreCard("products/_card.html", _card))
