"""Pages of the hand-made lists."""

from typing import Any

from flask import request
from flask_login import current_user

from relcrm.customers import lists, queries
from relcrm.customers.forms import ListForm
from relcrm.customers.views import bp, load, redirect_to, rows_of
from relcrm.db import write_tx
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render


@bp.route("/lists", methods=["GET", "POST"])
@allow(Permission.CUSTOMER_WRITE)
def list_index() -> Any:
    stores = queries.stores_of(current_user, "associate", "store_manager")
    form = ListForm()
    form.store.choices = [(store.public_id, store.name) for store in stores]
    if request.method == "POST" and form.validate():
        store = next((one for one in stores if one.public_id == form.store.data), stores[0])
        with refusals(form):
            made = form.made_before()
            if made is None:
                with write_tx() as tx:
                    made = lists.make(tx, current_user, store, form.name.data or "").public_id
                    form.remember(tx, made)
            return done("customers.list_show", list_id=made)
    return render(
        "customers/lists.html",
        status=422 if form.errors or form.form_errors else 200,
        form=form,
        lists=lists.of(current_user),
        several=len(stores) > 1,
    )


@bp.get("/lists/<list_id>")
@allow(Permission.CUSTOMER_WRITE)
def list_show(list_id: str) -> Any:
    one, page = lists.get(current_user, list_id), max(1, request.args.get("page", 1, type=int))
    customers, more = lists.members(current_user, one, page)
    return render("customers/list.html", one=one, rows=rows_of(customers), at=page, more=more)


@bp.post("/lists/<list_id>/removal")
@allow(Permission.CUSTOMER_WRITE)
def list_delete(list_id: str) -> Any:
    with write_tx() as tx:
        lists.delete(tx, current_user, lists.get(current_user, list_id))
    return done("customers.list_index")


@bp.post("/<public_id>/lists")
@allow(Permission.CUSTOMER_WRITE)
def list_put(public_id: str) -> Any:
    return _change(public_id, request.form.get("list", ""), lists.put_on)


@bp.post("/<public_id>/lists/<list_id>/removal")
@allow(Permission.CUSTOMER_WRITE)
def list_take(public_id: str, list_id: str) -> Any:
    return _change(public_id, list_id, lists.take_off)


def _change(public_id: str, list_id: str, change: Any) -> Any:
    with write_tx() as tx:
        change(tx, current_user, lists.get(current_user, list_id), load(public_id))
    return redirect_to(public_id, "tags")
