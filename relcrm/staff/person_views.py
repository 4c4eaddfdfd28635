"""The page of one colleague, which several acts answer with, and what the reader may choose on it. No route here."""

from typing import Any

from flask_login import current_user

from relcrm import contact_values
from relcrm.i18n import _
from relcrm.staff import links, queries, sessions
from relcrm.staff.forms import InviteForm, RoleForm, choices
from relcrm.staff.models import CHAIN_ROLES, ROLES, StaffMember, Store
from relcrm.staff.permissions import may_place, may_touch, roles_given
from relcrm.staff.words import ROLE_WORDS
from relcrm.web.htmx import render


def offer_roles(form: RoleForm | InviteForm) -> None:
    """What the reader may give: her roles, her stores, and the whole chain if one of the roles is for that."""
    given = roles_given(current_user)
    form.role.choices = choices((role, ROLE_WORDS[role]) for role in ROLES if role in given)
    stores = [(row.public_id, row.name) for row in queries.managed_stores(current_user)]
    form.store.choices = choices([*stores, *([("", _("The whole chain"))] if given & set(CHAIN_ROLES) else [])])


def chosen_store(form: RoleForm | InviteForm) -> Store | None:
    """Raises NotFound for a store that is not the reader's."""
    return queries.store(current_user, form.store.data) if form.store.data else None


def person_page(row: StaffMember, form: RoleForm | None = None, status: int = 200) -> Any:
    form = form or RoleForm(formdata=None)
    offer_roles(form)
    roles = queries.roles_shown(current_user, row)
    touch = may_touch(current_user, row)
    return render(
        "staff/person.html",
        status=status,
        person=row,
        roles=roles,
        endable={m.id for m in roles if len(row.memberships) > 1 and may_place(current_user, row, m.role, m.store_id)},
        may_touch=touch,
        devices=sessions.living(row.id) if touch else [],
        last_used=queries.last_used([row.id]).get(row.id),
        waiting=links.waiting(row.id) if touch else None,
        form=form,
        phone=phone_shown(row),
    )


def phone_shown(row: StaffMember) -> str:
    return contact_values.phone_shown(row.phone, next(iter(countries_of(row)), "CN")) if row.phone else ""


def countries_of(row: StaffMember) -> list[str]:
    return queries.countries_of(m.store for m in row.memberships if m.store) or queries.countries_of(queries.managed_stores(current_user))
