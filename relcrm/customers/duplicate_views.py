"""The page of pairs who may be one person, and what is decided there. Comparing them field by field is the merge's own page."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, request, url_for
from flask_login import current_user

from relcrm import contact_values
from relcrm.customers import duplicates, merging, names, queries
from relcrm.customers.models import ContactPoint, Customer
from relcrm.customers.queries import staff_names
from relcrm.db import session, write_tx
from relcrm.i18n import _
from relcrm.staff.models import Store
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.htmx import done, render

bp = Blueprint("duplicates", __name__, url_prefix="/duplicates")


def why_words(code: str) -> str:
    """What speaks for it, for somebody at the counter."""
    return {
        "name_same": _("same name"), "name_common": _("same name, which many have"), "name_part": _("called the same"),
        "pinyin_same": _("names that sound the same"), "pinyin_common": _("names that sound the same"),
        "name_like": _("names that differ in one sign"), "birthday_same": _("same birthday"), "day_same": _("birthday on the same day"),
        "address_like": _("same address"), "phone_near": _("phone differs in one digit or two turned ones"),
        "email_like": _("same name in the e-mail address"), "handle_like": _("same account name"),
    }[code]  # fmt: skip


@bp.get("")
@allow(Permission.DUPLICATE_DECIDE)
def index() -> Any:
    stores = queries.stores_of(current_user, *duplicates.REVIEWERS)
    store, page = _chosen(stores), max(1, request.args.get("page", 1, type=int))
    homes = frozenset((store.id,)) if store else None
    shown, more = duplicates.to_review(current_user, page, homes)
    apart = duplicates.set_apart_lately(current_user) if page == 1 else []
    people = _people([*shown, *apart])
    return render(
        "duplicates/index.html", pairs=[_pair(one, people) for one in shown], apart=[_pair(one, people) for one in apart],
        stores=stores, store=store, at=page, more=more, count=duplicates.count_words(duplicates.count(current_user, homes)),
    )  # fmt: skip


def _chosen(stores: Any) -> Store | None:
    return next((one for one in stores if one.public_id == request.args.get("store")), None)


def _people(pairs: list[duplicates.Shown]) -> dict[int, dict[str, Any]]:
    """One compact row for everybody in these pairs, by id."""
    customers = {one.id: one for pair in pairs for one in (pair.a, pair.b)}
    main = sa.select(ContactPoint).where(ContactPoint.customer_id.in_(customers), ContactPoint.is_main)
    phones = {point.customer_id: point.value for point in (session().scalars(main) if customers else ()) if point.kind == "phone"}
    stores = {store.id: store for store in session().scalars(sa.select(Store))} if customers else {}
    owners, known = staff_names({one.owner_id for one in customers.values()}), queries.store_ids(customers)
    return {
        one.id: {**_person(one, phones.get(one.id, ""), stores[one.home_store_id], owners), "stores": known.get(one.id, set())}
        for one in customers.values()
    }


def _person(customer: Customer, phone: str, home: Store, owners: dict[int, str]) -> dict[str, Any]:
    return {
        "href": url_for("customers.show", public_id=customer.public_id),
        "face": names.face(customer.name),
        "name": customer.name,
        "phone": contact_values.phone_masked(phone, home.country) if phone else "",
        "home": home.name,
        "since": customer.created_at,
        "owner": owners.get(customer.owner_id or 0, ""),
    }


def _pair(one: duplicates.Shown, people: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": one.row.public_id,
        "both": (people[one.a.id], people[one.b.id]),
        "why": [why_words(code) for code in one.why],
        "merge": _merge_address(one, people),
    }


def _merge_address(pair: duplicates.Shown, people: dict[int, dict[str, Any]]) -> str:
    """The page on which two become one, for who may merge these two; "" otherwise."""
    stores = people[pair.a.id]["stores"] | people[pair.b.id]["stores"]
    if not merging.may_both(current_user, stores, {pair.a.owner_id, pair.b.owner_id}):
        return ""
    return url_for("merges.compare", public_id=pair.a.public_id, other_public_id=pair.b.public_id)


@bp.post("/<public_id>/different")
@allow(Permission.DUPLICATE_DECIDE)
def tell_apart(public_id: str) -> Any:
    with write_tx() as tx:
        duplicates.tell_apart(tx, current_user, duplicates.get(current_user, public_id))
    flash(_("Two different people: nobody is asked about them again."))
    return done("duplicates.index", **_back())


@bp.post("/<public_id>/different/removal")
@allow(Permission.DUPLICATE_DECIDE)
def take_back(public_id: str) -> Any:
    with write_tx() as tx:
        duplicates.take_back(tx, current_user, duplicates.get(current_user, public_id))
    return done("duplicates.index", **_back())


def _back() -> dict[str, Any]:
    kept = {"store": request.form.get("store", ""), "page": request.form.get("page", type=int)}
    return {name: value for name, value in kept.items() if value}
