"""Colleagues: the list, one person, inviting, changing, a new link, leaving."""

from typing import Any

from flask import current_app, flash, request
from flask_login import current_user

from relcrm import clock
from relcrm.db import write_tx
from relcrm.i18n import _
from relcrm.staff import leaving, links, queries, rules
from relcrm.staff.forms import InviteForm, PersonForm
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission
from relcrm.staff.person_views import chosen_store, countries_of, offer_roles, person_page, phone_shown
from relcrm.staff.views import bp
from relcrm.web.access import allow
from relcrm.web.filters import zone
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render


@bp.get("/staff")
@allow(Permission.STAFF_MANAGE)
def people() -> Any:
    found = queries.people(current_user, request.args.get("page", 1, type=int))
    roles = {row.id: queries.roles_shown(current_user, row) for row in found.rows}
    return render("staff/people.html", people=found, roles=roles)


@bp.get("/staff/new")
@allow(Permission.STAFF_MANAGE)
def new_person() -> Any:
    return _invite_page(InviteForm())


@bp.post("/staff/new")
@allow(Permission.STAFF_MANAGE)
def create_person() -> Any:
    form = InviteForm()
    if form.validate():
        with refusals(form):
            person_id, token = _invited(form)
            return _link_page(person_id, token)
    return _invite_page(form, status=422)


def _invited(form: InviteForm) -> tuple[str, str]:
    """A repeat makes nobody twice: it answers with a fresh link for the same person."""
    with write_tx() as tx:
        if made := form.made_before():
            return made, rules.new_link(tx, current_user, queries.person(current_user, made))
        store = chosen_store(form)
        countries = queries.countries_of([store] if store else queries.managed_stores(current_user))
        person, token = rules.invite(
            tx,
            current_user,
            number=form.number.data,
            name=form.name.data,
            phone=rules.read_phone(form.phone.data or "", countries),
            role=form.role.data or "",
            store=store,
        )
        form.remember(tx, person.public_id)
        return person.public_id, token


def _invite_page(form: InviteForm, status: int = 200) -> Any:
    offer_roles(form)
    return render("staff/invite.html", status=status, form=form)


@bp.get("/staff/<public_id>")
@allow(Permission.STAFF_MANAGE)
def person(public_id: str) -> Any:
    return person_page(queries.person(current_user, public_id))


@bp.get("/staff/<public_id>/edit")
@allow(Permission.STAFF_MANAGE)
def edit_person(public_id: str) -> Any:
    row = queries.person(current_user, public_id)
    rules.must_touch(current_user, row)
    form = PersonForm(obj=row)
    form.phone.data = phone_shown(row)
    return _edit_page(form, row)


@bp.post("/staff/<public_id>/edit")
@allow(Permission.STAFF_MANAGE)
def update_person(public_id: str) -> Any:
    form = PersonForm()
    if form.validate():
        with refusals(form), write_tx() as tx:
            row = queries.person(current_user, public_id)
            phone = rules.read_phone(form.phone.data or "", countries_of(row))
            values = {"number": form.number.data, "name": form.name.data, "phone": phone}
            rules.change(tx, current_user, row, form.version.data or 0, **values)
            flash(_("Saved."), "done")
            return done("staff.person", public_id=public_id)
    row = queries.person(current_user, public_id)
    rules.must_touch(current_user, row)
    return _edit_page(form, row, status=422)


def _edit_page(form: PersonForm, row: StaffMember, status: int = 200) -> Any:
    form.home = next(iter(countries_of(row)), form.home)
    clashes = form.clashes(row)
    return render("staff/person_form.html", status=409 if clashes else status, form=form, person=row, clashes=clashes)


@bp.get("/staff/<public_id>/link")
@allow(Permission.STAFF_MANAGE)
def ask_link(public_id: str) -> Any:
    row = queries.person(current_user, public_id)
    rules.must_touch(current_user, row)
    return render("staff/link.html", person=row, link="", qr="")


@bp.post("/staff/<public_id>/link")
@allow(Permission.STAFF_MANAGE)
def make_link(public_id: str) -> Any:
    with write_tx() as tx:
        token = rules.new_link(tx, current_user, queries.person(current_user, public_id))
    return _link_page(public_id, token)


def _link_page(public_id: str, token: str) -> Any:
    """Shown this once, in the answer itself: the token is kept nowhere and may stand in no address of a redirect."""
    import segno

    link = links.address(current_app.config["RELCRM"].public_url or request.host_url, token)
    return render("staff/link.html", person=queries.person(current_user, public_id), link=link, qr=segno.make(link).svg_data_uri(border=1))


@bp.post("/staff/<public_id>/sessions/end")
@allow(Permission.STAFF_MANAGE)
def end_sessions(public_id: str) -> Any:
    """All of her devices, or the one that the form names."""
    with write_tx() as tx:
        rules.end_sessions(tx, current_user, queries.person(current_user, public_id), request.form.get("device", ""))
    flash(_("Signed out."), "done")
    return done("staff.person", public_id=public_id)


@bp.get("/staff/<public_id>/leave")
@allow(Permission.STAFF_MANAGE)
def ask_leave(public_id: str) -> Any:
    row = queries.person(current_user, public_id)
    rules.must_touch(current_user, row)
    return render("staff/leave.html", person=row, stays=leaving.what_stays(row))


@bp.post("/staff/<public_id>/leave")
@allow(Permission.STAFF_MANAGE)
def leave(public_id: str) -> Any:
    today = clock.today(zone())
    with write_tx() as tx:
        rules.leave(tx, current_user, queries.person(current_user, public_id), today)
    return done("staff.person", public_id=public_id)


@bp.post("/staff/<public_id>/return")
@allow(Permission.STAFF_MANAGE)
def come_back(public_id: str) -> Any:
    with write_tx() as tx:
        rules.come_back(tx, current_user, queries.person(current_user, public_id))
    return done("staff.person", public_id=public_id)
