"""Pages of who she is: name, form of address, language, the ways to reach her, her associate."""

from typing import Any

from flask import request
from flask_login import current_user

from relcrm.customers import prefill, profile, queries, rules
from relcrm.customers.forms import ContactForm, IdentityForm, read_contact
from relcrm.customers.views import bp, load, redirect_to
from relcrm.db import write_tx
from relcrm.errors import BadValue, NotFound
from relcrm.i18n import _l
from relcrm.staff.permissions import Permission
from relcrm.staff.sessions import with_memberships
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import render


@bp.route("/<public_id>/edit", methods=["GET", "POST"])
@allow(Permission.CUSTOMER_WRITE)
def edit(public_id: str) -> Any:
    """Name, form of address, language, her associate; and the ways to reach her."""
    seen = load(public_id)
    own = seen.customer
    form = IdentityForm(
        name=own.name, salutation=own.salutation, address_as=own.address_as, language=own.language, version=str(own.version)
    ).prepare(lang())
    if request.method == "POST" and form.validate():
        with refusals(form):
            changes = prefill.identity(form)
            with write_tx() as tx:
                rules.change_identity(tx, current_user, load(public_id), changes, form.seen_version())
            return redirect_to(public_id)
    return _edit_page(load(public_id), form, ContactForm(formdata=None).prepare())


def _edit_page(seen: queries.Seen, form: IdentityForm, contact_form: ContactForm) -> Any:
    status = 422 if form.errors or form.form_errors or contact_form.errors or contact_form.form_errors else 200
    one = profile.build(current_user, seen, lang())
    form.version.data = str(seen.customer.version)
    return render(
        "customers/edit.html", status=status, one=one, form=form, contact_form=contact_form, called=one.called, colleagues=queries.colleagues(seen),
        now={"name": seen.customer.name, "address_as": seen.customer.address_as},
    )  # fmt: skip


@bp.post("/<public_id>/of-age")
@allow(Permission.CUSTOMER_WRITE)
def of_age(public_id: str) -> Any:
    """She is 18 by now: she may be asked like everybody else, and nothing is granted by this."""
    with write_tx() as tx:
        rules.come_of_age(tx, current_user, load(public_id))
    return redirect_to(public_id)


@bp.post("/<public_id>/contacts")
@allow(Permission.CUSTOMER_WRITE)
def add_contact(public_id: str) -> Any:
    form, seen = ContactForm().prepare(), load(public_id)
    if form.validate():
        with refusals(form):
            value = read_contact(form.kind.data, form.value.data or "", seen.home.country)
            try:
                with write_tx() as tx:
                    rules.add_contact(tx, current_user, load(public_id), form.kind.data, value, (form.label.data or "").strip())
            except rules.AlreadyKnown as known:
                raise BadValue(known.message, code=known.code, field="value") from known
            return redirect_to(public_id)
    seen = load(public_id)
    own = seen.customer
    identity = IdentityForm(
        formdata=None, name=own.name, salutation=own.salutation, address_as=own.address_as, language=own.language
    ).prepare(lang())
    return _edit_page(seen, identity, form)


@bp.post("/<public_id>/contacts/<int:row_id>/removal")
@allow(Permission.CUSTOMER_WRITE)
def remove_contact(public_id: str, row_id: int) -> Any:
    with write_tx() as tx:
        rules.remove_contact(tx, current_user, load(public_id), row_id)
    return redirect_to(public_id)


@bp.post("/<public_id>/associate")
@allow(Permission.CUSTOMER_WRITE)
def choose_associate(public_id: str) -> Any:
    with write_tx() as tx:
        seen = load(public_id)
        wanted = next((one for one in queries.colleagues(seen) if one.public_id == request.form.get("associate")), None)
        chosen = with_memberships(wanted.id) if wanted else None
        if chosen is None:
            raise NotFound(_l("That colleague works in none of her stores."), code="wrong_store")
        rules.choose_associate(tx, current_user, seen, chosen)
    return redirect_to(public_id)
