"""Pages on which managers change products, what goes with them, and categories."""

from typing import Any

from flask import flash
from flask_login import current_user

from relcrm.db import write_tx
from relcrm.i18n import _
from relcrm.products import care, queries, rules, search
from relcrm.products.forms import CategoryForm, FindForm, ProductForm
from relcrm.products.models import Category, Product
from relcrm.products.views import FOUND, bp, rows_of
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render


@bp.get("/new")
@allow(Permission.PRODUCT_EDIT)
def new() -> Any:
    return _product_page(ProductForm(currency=next(iter(queries.currencies()), "")))


@bp.post("/new")
@allow(Permission.PRODUCT_EDIT)
def create() -> Any:
    form = ProductForm()
    if form.validate():
        with refusals(form):
            made = form.made_before()
            if made is None:
                with write_tx() as tx:
                    made = rules.make(tx, current_user, _values(form)).public_id
                    form.remember(tx, made)
            return done("products.show", public_id=made)
    return _product_page(form, status=422)


@bp.get("/<public_id>/edit")
@allow(Permission.PRODUCT_EDIT)
def edit(public_id: str) -> Any:
    product = queries.get(public_id)
    return _product_page(ProductForm.of(product, queries.category_names([product])[product.category_id]), product)


@bp.post("/<public_id>/edit")
@allow(Permission.PRODUCT_EDIT)
def update(public_id: str) -> Any:
    form = ProductForm()
    if form.validate():
        with refusals(form), write_tx() as tx:
            rules.change(tx, current_user, queries.get(public_id), form.version.data or 0, _values(form))
            flash(_("Saved."), "done")
            return done("products.show", public_id=public_id)
    return _product_page(form, queries.get(public_id), status=422)


def _values(form: ProductForm) -> dict[str, Any]:
    return {**form.values(), "category": queries.category(form.category.data or "")}


def _product_page(form: ProductForm, product: Product | None = None, status: int = 200) -> Any:
    currencies = dict.fromkeys([*queries.currencies(), *([product.currency] if product and product.currency else [])])
    form.offer(queries.categories(), currencies, care.all_current(), lang())
    clashes = form.clashes(product) if product is not None else []
    return render("products/form.html", status=409 if clashes else status, form=form, product=product, clashes=clashes)


@bp.get("/<public_id>/accessories")
@allow(Permission.PRODUCT_EDIT)
def accessories(public_id: str) -> Any:
    return _accessories(public_id, "")


@bp.post("/<public_id>/accessories/search")
@allow(Permission.PRODUCT_EDIT)
def find_accessory(public_id: str) -> Any:
    return _accessories(public_id, FindForm().q.data or "")


def _accessories(public_id: str, typed: str) -> Any:
    product = queries.get(public_id)
    linked = queries.accessories(product)
    hidden = {product.id, *(one.id for one in linked)}
    found = [one for one in search.find(typed, FOUND + len(hidden)) if one.id not in hidden] if typed.strip() else None
    return render(
        "products/accessories.html",
        fragment="products/_accessory_results.html",
        product=product,
        linked=rows_of(linked),
        q=typed,
        rows=None if found is None else rows_of(found[:FOUND]),
    )


@bp.post("/<public_id>/accessories/<accessory_id>")
@allow(Permission.PRODUCT_EDIT)
def add_accessory(public_id: str, accessory_id: str) -> Any:
    with write_tx() as tx:
        rules.add_accessory(tx, current_user, queries.get(public_id), queries.get(accessory_id))
    return done("products.accessories", public_id=public_id)


@bp.post("/<public_id>/accessories/<accessory_id>/removal")
@allow(Permission.PRODUCT_EDIT)
def remove_accessory(public_id: str, accessory_id: str) -> Any:
    with write_tx() as tx:
        rules.remove_accessory(tx, current_user, queries.get(public_id), queries.get(accessory_id))
    return done("products.accessories", public_id=public_id)


@bp.get("/categories/new")
@allow(Permission.PRODUCT_EDIT)
def new_category() -> Any:
    return _category_page(CategoryForm())


@bp.post("/categories/new")
@allow(Permission.PRODUCT_EDIT)
def create_category() -> Any:
    form = CategoryForm()
    if form.validate():
        with refusals(form):
            made = form.made_before()
            if made is None:
                with write_tx() as tx:
                    made = rules.make_category(tx, current_user, form.values()).public_id
                    form.remember(tx, made)
            return done("products.category", public_id=made)
    return _category_page(form, status=422)


@bp.get("/categories/<public_id>/edit")
@allow(Permission.PRODUCT_EDIT)
def edit_category(public_id: str) -> Any:
    one = queries.category(public_id)
    return _category_page(CategoryForm.of(one), one)


@bp.post("/categories/<public_id>/edit")
@allow(Permission.PRODUCT_EDIT)
def update_category(public_id: str) -> Any:
    form = CategoryForm()
    if form.validate():
        with refusals(form), write_tx() as tx:
            rules.change_category(tx, current_user, queries.category(public_id), form.version.data or 0, form.values())
            flash(_("Saved."), "done")
            return done("products.category", public_id=public_id)
    return _category_page(form, queries.category(public_id), status=422)


def _category_page(form: CategoryForm, one: Category | None = None, status: int = 200) -> Any:
    form.offer(care.all_current(), lang())
    clashes = form.clashes(one) if one is not None else []
    return render("products/category_form.html", status=409 if clashes else status, form=form, one=one, clashes=clashes)
