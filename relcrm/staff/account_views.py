"""One's own account: who I am here, my password, my devices."""

from typing import Any

from flask import flash
from flask_login import current_user

from relcrm.db import write_tx
from relcrm.i18n import _
from relcrm.staff import attempts, audit, credentials, passwords, sessions
from relcrm.staff.forms import PasswordForm
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission
from relcrm.staff.views import bp, secret
from relcrm.web.access import allow
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render


@bp.get("/account")
@allow(Permission.ACCOUNT)
def account() -> Any:
    devices = sessions.living(current_user.id)
    roles = sorted(current_user.memberships, key=lambda m: (m.store.name if m.store else "", m.role))
    return render("staff/account.html", devices=devices, roles=roles, here=current_user.session_row.id)


@bp.get("/account/password")
@allow(Permission.ACCOUNT)
def edit_password() -> Any:
    return render("staff/password.html", form=PasswordForm())


@bp.post("/account/password")
@allow(Permission.ACCOUNT)
def update_password() -> Any:
    form = PasswordForm()
    if form.validate():
        with refusals(form):
            _change(form)
            flash(_("Your password is changed. Other devices are signed out."), "done")
            return done("staff.account")
    return render("staff/password.html", status=422, form=form)


def _change(form: PasswordForm) -> None:
    """Checked and hashed before the transaction: argon2 is slow on purpose."""
    passwords.check_new(form.password.data, number=current_user.number, name=current_user.name)
    known = credentials.check_own(secret(), current_user, form.old.data)
    new = passwords.hashed(form.password.data)
    token = current_user.session_token
    with write_tx() as tx:
        attempts.forgive(tx, known.key, known.tries)
        sessions.change_password(tx, tx.get_one(StaffMember, known.staff_id), new, keep=token)


@bp.post("/account/devices/end")
@allow(Permission.ACCOUNT)
def end_other_devices() -> Any:
    staff_id, token = current_user.id, current_user.session_token
    with write_tx() as tx:
        sessions.end_sessions(tx, staff_id, but=sessions.digest(token))
        audit.note(tx, current_user, "sessions_ended", current_user.public_id)
    flash(_("All other devices are signed out."), "done")
    return done("staff.account")


@bp.post("/account/devices/<public_id>/end")
@allow(Permission.ACCOUNT)
def end_device(public_id: str) -> Any:
    """One of her own devices; an id that is not hers ends nothing."""
    staff_id = current_user.id
    with write_tx() as tx:
        sessions.end_sessions(tx, staff_id, only=public_id)
        audit.note(tx, current_user, "sessions_ended", current_user.public_id)
    return done("staff.account")
