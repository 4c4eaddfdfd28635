"""Giving and ending the roles of a colleague."""

from typing import Any

from flask import request
from flask_login import current_user

from relcrm.db import write_tx
from relcrm.staff import queries, rules
from relcrm.staff.forms import RoleForm
from relcrm.staff.permissions import Permission
from relcrm.staff.person_views import chosen_store, person_page
from relcrm.staff.views import bp
from relcrm.web.access import allow
from relcrm.web.forms import refusals
from relcrm.web.htmx import done


@bp.post("/staff/<public_id>/roles")
@allow(Permission.STAFF_MANAGE)
def give_role(public_id: str) -> Any:
    form = RoleForm()
    with refusals(form), write_tx() as tx:
        row = queries.person(current_user, public_id)
        rules.give_role(tx, current_user, row, form.role.data or "", chosen_store(form))
        return done("staff.person", public_id=public_id)
    return person_page(queries.person(current_user, public_id), form, status=422)


@bp.post("/staff/<public_id>/roles/end")
@allow(Permission.STAFF_MANAGE)
def end_role(public_id: str) -> Any:
    form = request.form
    with write_tx() as tx:
        store = queries.store(current_user, form["store"]) if form.get("store") else None
        person = queries.person(current_user, public_id)
        rules.end_role(tx, current_user, person, form.get("role", ""), store.id if store else None)
    return done("staff.person", public_id=public_id)
