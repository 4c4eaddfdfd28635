"""The page of what should be mended in the files, per store, and its lists. Mending is done in the file itself."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, request
from flask_login import current_user

from relcrm import background
from relcrm.customers import cleansing, duplicates, queries
from relcrm.customers.cleansing_models import KINDS
from relcrm.customers.forms import kind_label
from relcrm.customers.views import rows_of
from relcrm.db import write_tx
from relcrm.errors import NotFound
from relcrm.i18n import _, _l
from relcrm.staff.models import Store
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.htmx import done, render

bp = Blueprint("cleansing", __name__, url_prefix="/clean-file")
TITLES = {
    "phone_wrong": _l("Phones that cannot be right"),
    "unreachable": _l("Cannot be reached any more"),
    "email_wrong": _l("E-mails that cannot be right"),
    "date_wrong": _l("Dates that cannot be right"),
    "stale": _l("Nothing confirmed for 18 months"),
    "empty": _l("Nothing known yet"),
    "no_associate": _l("Without an associate"),
}
HINTS = {
    "phone_wrong": _l("There is no such number, or one that was typed to fill the field."),
    "unreachable": _l("Somebody tried and could not reach her this way."),
    "email_wrong": _l("A slip in the address, or one that belongs to nobody."),
    "date_wrong": _l("Birthdays and days of registration that do not exist."),
    "stale": _l("And she was not met since. Ask when she comes; old things may have changed."),
    "empty": _l("No hurry: files grow over years. Never ask only to fill them."),
    "no_associate": _l("Choose somebody who looks after her."),
}
SIGNS = {
    "phone_wrong": "phone", "unreachable": "message", "email_wrong": "mail", "date_wrong": "calendar", "stale": "clock",
    "empty": "notebook-pen", "no_associate": "user",
}  # fmt: skip


@bp.get("")
@allow(Permission.FILE_CLEAN)
def index() -> Any:
    stores = queries.stores_of(current_user, *cleansing.MANAGERS)
    store = _chosen(stores)
    pairs = duplicates.count(current_user, frozenset((store.id,)))
    return render(
        "cleansing/index.html", stores=stores, store=store, counts=cleansing.counts(store), pairs=duplicates.count_words(pairs),
        titles=TITLES, signs=SIGNS, counted_at=cleansing.counted_at(), counting=cleansing.is_counting(),
    )  # fmt: skip


@bp.get("/<kind>")
@allow(Permission.FILE_CLEAN)
def show(kind: str) -> Any:
    if kind not in KINDS:
        raise NotFound(_l("There is no such list."), code="no_list")
    store, page = _chosen(queries.stores_of(current_user, *cleansing.MANAGERS)), max(1, request.args.get("page", 1, type=int))
    found, more = cleansing.listed(current_user, store, kind, page)
    rows = zip(rows_of([customer for customer, _details in found]), found, strict=True)
    return render(
        "cleansing/show.html", store=store, kind=kind, title=TITLES[kind], hint=HINTS[kind], at=page, more=more,
        rows=[(row, _words(kind, details)) for row, (_customer, details) in rows],
    )  # fmt: skip


@bp.post("/count")
@allow(Permission.FILE_CLEAN)
def count_again() -> Any:
    with write_tx() as tx:
        cleansing.count_again(tx, current_user)
    background.kick(current_app)
    flash(_("The files are being counted again. Look here in a few minutes."))
    return done("cleansing.index", **({"store": request.form["store"]} if request.form.get("store") else {}))


def _chosen(stores: Sequence[Store]) -> Store:
    """The store that was asked for, else the first. Raises NotFound for somebody who manages none."""
    if not stores:
        raise NotFound(_l("There is no store whose files you look after."), code="no_store")
    wanted = request.args.get("store")
    found = next((one for one in stores if one.public_id == wanted), None) if wanted else stores[0]
    if found is None:
        raise NotFound(_l("There is no such store, or none that you look after."), code="no_store")
    return found


def _words(kind: str, details: list[str]) -> str:
    """What is wrong, in a line under her name."""
    if kind == "unreachable":
        return ", ".join(dict.fromkeys(kind_label(one) for one in details))
    if kind == "email_wrong":
        return _email_words(*details[:3])
    said = {
        "phone_impossible": _("no such number"), "phone_placeholder": _("a number typed to fill the field"),
        "birthday_wrong": _("birthday"), "since_wrong": _("day of registration"),
    }  # fmt: skip
    return ", ".join(dict.fromkeys(said[one] for one in details))


def _email_words(code: str, domain: str, meant: str) -> str:
    if code == "email_typo":
        return _("…@%(domain)s: perhaps %(meant)s?", domain=domain, meant=meant)
    return _("…@%(domain)s belongs to nobody", domain=domain) if code == "email_placeholder" else _("not an address")
