"""The Store tab, and the owner's pages for adding and changing a store."""

from typing import Any

from flask import flash
from flask_babel import get_locale
from flask_login import current_user

from relcrm.db import write_tx
from relcrm.i18n import _
from relcrm.staff import places, queries, store_cards, store_rules
from relcrm.staff.forms import StoreForm, choices
from relcrm.staff.permissions import Permission
from relcrm.staff.views import bp
from relcrm.web.access import allow
from relcrm.web.filters import zone
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render


@bp.get("/store")
@allow(Permission.STORE_READ)
def store() -> Any:
    return render(
        "staff/store.html",
        stores=queries.stores(current_user),
        heads=queries.head_counts(current_user),
        colleagues=queries.head_count(current_user),
        cards=store_cards.shown_to(current_user),
    )


@bp.get("/stores/new")
@allow(Permission.STORE_EDIT)
def new_store() -> Any:
    return _form_page(StoreForm(**_usual()))


@bp.post("/stores/new")
@allow(Permission.STORE_EDIT)
def create_store() -> Any:
    form = StoreForm()
    if form.validate():
        with refusals(form), write_tx() as tx:
            if not form.made_before():
                made = store_rules.open_store(tx, current_user, form.values())
                form.remember(tx, made.public_id)
            return done("staff.store")
    return _form_page(form, status=422)


@bp.get("/stores/<public_id>/edit")
@allow(Permission.STORE_EDIT)
def edit_store(public_id: str) -> Any:
    row = queries.store(current_user, public_id)
    return _form_page(StoreForm(obj=row), row)


@bp.post("/stores/<public_id>/edit")
@allow(Permission.STORE_EDIT)
def update_store(public_id: str) -> Any:
    form = StoreForm()
    if form.validate():
        with refusals(form), write_tx() as tx:
            row = queries.store(current_user, public_id)
            store_rules.change_store(tx, current_user, row, form.version.data or 0, form.values())
            flash(_("Saved."), "done")
            return done("staff.store")
    return _form_page(form, queries.store(current_user, public_id), status=422)


def _form_page(form: StoreForm, row: Any = None, status: int = 200) -> Any:
    _fill(form)
    clashes = form.clashes(row) if row is not None else []
    return render("staff/store_form.html", status=409 if clashes else status, form=form, store=row, clashes=clashes)


def _fill(form: StoreForm) -> None:
    near = sorted({form.time_zone.data or zone(), zone()})
    form.time_zone.choices = choices((name, name) for name in [*near, *(name for name in places.zones() if name not in near)])
    form.country.choices = choices(places.country_names(str(get_locale())))


def _usual() -> dict[str, Any]:
    """A new store is mostly like the first one."""
    known = queries.stores(current_user)[:1]
    return {key: getattr(row, key) for row in known for key in ("time_zone", "language", "region", "currency", "country")}
