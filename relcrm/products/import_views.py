"""Pages for bringing in a product file: choose it, see what became of its rows, get the bad ones back."""

from typing import Any

from flask import Response, current_app
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from relcrm import background
from relcrm.customers import import_files
from relcrm.customers import refused as refused_rows
from relcrm.db import write_tx
from relcrm.i18n import _
from relcrm.products import imports, product_file, queries
from relcrm.products.forms import ProductFileForm
from relcrm.products.views import bp
from relcrm.staff.forms import choices
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import again, done, is_fragment, render

SHOWN = 20


@bp.get("/import")
@allow(Permission.PRODUCT_EDIT)
def bring_in() -> Any:
    return _page(ProductFileForm())


@bp.post("/import")
@allow(Permission.PRODUCT_EDIT)
def create_import() -> Any:
    form = ProductFileForm()
    if form.validate():
        with refusals(form):
            made = form.made_before() or _made(form)
            background.kick(current_app)
            return done("products.imported", public_id=made)
    return _page(form, status=422)


def _made(form: ProductFileForm) -> str:
    sent: FileStorage = form.file.data
    name = sent.filename or ""
    with import_files.passing(sent.stream) as path:
        file = product_file.open_file(path, name)
    currency = form.currency.data if form.currency.data in queries.currencies() else queries.currencies()[0]
    with write_tx() as tx:
        made = form.made_before()
        if made is None:
            made = imports.start(tx, current_user, file, file_name=name, currency=currency, lang=lang()).public_id
            form.remember(tx, made)
    return made


def _page(form: ProductFileForm, status: int = 200) -> Any:
    form.currency.choices = choices((code, code) for code in queries.currencies())
    return render("products/import.html", status=status, form=form, past=imports.past())


@bp.get("/import/<public_id>")
@allow(Permission.PRODUCT_EDIT)
def imported(public_id: str) -> Any:
    batch = imports.get(public_id)
    if batch.status == "running":
        return render("products/importing.html", fragment="products/_importing.html", batch=batch)
    rows = imports.refused(batch, SHOWN)
    return (
        again()
        if is_fragment()
        else render("products/imported.html", batch=batch, rows=rows, columns=imports.columns_of(batch), meaning=meaning)
    )


def meaning(target: str) -> str:
    return {
        "name": _("Product name"), "name_2": _("Second name"), "code": _("Article number"), "barcode": _("Barcode"), "category": _("Category"), "price": _("Price"),
        "size": _("Sizes"), "colour": _("Colours"), "selling": _("What to say about it"), "notes": _("Notes for colleagues"), "": _("left out"),
    }[target]  # fmt: skip


@bp.get("/import/<public_id>/refused.csv")
@allow(Permission.PRODUCT_EDIT)
def refused_file(public_id: str) -> Any:
    batch = imports.get(public_id)
    answer = Response(refused_rows.as_bytes(batch.header, imports.refused(batch)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="refused-products.csv"'
    return answer
