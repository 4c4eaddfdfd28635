"""The one-time link: seeing it consumes nothing (chat apps look ahead), sending the form does."""

from typing import Any

from flask import url_for

from relcrm.db import write_tx
from relcrm.errors import NotFound
from relcrm.i18n import _
from relcrm.staff import links, passwords
from relcrm.staff.credentials import key_of
from relcrm.staff.forms import JoinForm
from relcrm.staff.views import bp, open_door, secret
from relcrm.web.access import public
from relcrm.web.forms import refusals
from relcrm.web.htmx import render


@bp.get("/join/<token>")
@public
def join(token: str) -> Any:
    return _page(token, JoinForm())


@bp.post("/join/<token>")
@public
def accept(token: str) -> Any:
    form = JoinForm()
    if not form.validate():
        return _page(token, form, status=422)
    try:
        with refusals(form):
            return _choose(token, form)
    except NotFound as gone:
        return _gone(gone)
    return _page(token, form, status=422)


def _choose(token: str, form: JoinForm) -> Any:
    person = links.find(token).staff
    passwords.check_new(form.password.data, number=person.number, name=person.name)
    key, new = key_of(secret(), person.public_id), passwords.hashed(form.password.data)
    with write_tx() as tx:
        staff_id = links.use(tx, token, new).id
    return open_door(staff_id, shop_phone=form.shop_phone.data, key=key)


def _page(token: str, form: JoinForm, status: int = 200) -> Any:
    try:
        person = links.find(token).staff
    except NotFound as gone:
        return _gone(gone)
    return render("staff/join.html", status=status, form=form, person=person)


def _gone(error: NotFound) -> Any:
    """410: the address was right once, and nothing will bring it back."""
    return render(
        "errors/error.html",
        status=410,
        title=_("This link is used up"),
        sentence=str(error.message),
        back_href=url_for("staff.sign_in"),
        back_label=_("Sign in"),
    )
