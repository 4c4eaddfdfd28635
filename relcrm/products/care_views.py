"""Pages of the care notes: to read out, to print, to share from the phone; managers write new versions."""

import secrets
from typing import Any

from flask import flash, request
from flask_login import current_user

from relcrm.customers import queries as customer_queries
from relcrm.db import write_tx
from relcrm.i18n import _, speaking
from relcrm.products import care
from relcrm.products.forms import CareForm
from relcrm.products.models import CareNote
from relcrm.products.views import bp
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import chain_name, lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render

LANGUAGES = ("zh", "en")


@bp.get("/care")
@allow(Permission.PRODUCT_READ)
def care_index() -> Any:
    return render("products/care_notes.html", notes=[(note, care.told(note, lang())) for note in care.all_current()])


@bp.get("/care/<key>")
@allow(Permission.PRODUCT_READ)
def care_note(key: str) -> Any:
    """In her language, whatever that of who shows it; an old version by its number."""
    wanted = request.args.get("in", "")
    spoken = wanted if wanted in LANGUAGES else lang()
    newest = care.current(key)
    number = request.args.get("version", newest.version, type=int)
    note = newest if number == newest.version else care.version(key, number)
    told = care.told(note, spoken)
    with speaking(spoken):
        label, from_us = str(_("The sewn-in label and the maker's manual always come first.")), _from_us()
    return render(
        "products/care_note.html", note=note, newest=newest, told=told, spoken=spoken, label=label, from_us=from_us,
        plain="\n".join((told.plain, label, from_us)), shown={"key": key} | ({"version": number} if note is not newest else {}),
    )  # fmt: skip


def _from_us() -> str:
    """The foot of a note that leaves the shop: who gave it."""
    stores = [membership.store for membership in current_user.memberships if membership.store]
    place = [stores[0].name, stores[0].phone] if stores else []
    return " · ".join(part for part in (chain_name(), *place) if part)


@bp.get("/care/<key>/versions")
@allow(Permission.PRODUCT_READ)
def care_versions(key: str) -> Any:
    notes = care.versions(care.current(key).key)
    names = customer_queries.staff_names({note.changed_by_id for note in notes})
    return render("products/care_versions.html", notes=notes, told=care.told(notes[0], lang()), names=names)


@bp.get("/care/new")
@allow(Permission.PRODUCT_EDIT)
def new_care() -> Any:
    return _page(CareForm())


@bp.post("/care/new")
@allow(Permission.PRODUCT_EDIT)
def create_care() -> Any:
    form = CareForm()
    if form.validate():
        with refusals(form):
            made = form.made_before()
            if made is None:
                with write_tx() as tx:
                    made = care.write(tx, current_user, f"own_{secrets.token_hex(6)}", 0, form.values()).key
                    form.remember(tx, made)
            return done("products.care_note", key=made)
    return _page(form, status=422)


@bp.get("/care/<key>/edit")
@allow(Permission.PRODUCT_EDIT)
def edit_care(key: str) -> Any:
    note = care.current(key)
    return _page(CareForm(obj=note), note)


@bp.post("/care/<key>/edit")
@allow(Permission.PRODUCT_EDIT)
def update_care(key: str) -> Any:
    form = CareForm()
    if form.validate():
        with refusals(form), write_tx() as tx:
            made = care.write(tx, current_user, care.current(key).key, form.version.data or 0, form.values())
            flash(_("Saved as version %(number)s.", number=made.version), "done")
            return done("products.care_note", key=key)
    return _page(form, care.current(key), status=422)


def _page(form: CareForm, note: CareNote | None = None, status: int = 200) -> Any:
    clashes = form.clashes(note) if note is not None else []
    return render("products/care_form.html", status=409 if clashes else status, form=form, note=note, clashes=clashes)
