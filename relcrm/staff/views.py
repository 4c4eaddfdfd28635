"""Pages of the staff: signing in and out, one's own account."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask_login import current_user, login_user, logout_user

from relcrm import contact_values, db
from relcrm.config import LANGUAGES
from relcrm.db import write_tx
from relcrm.errors import BadValue, RuleError
from relcrm.i18n import _, _l
from relcrm.staff import passwords, sessions
from relcrm.staff.forms import SignInForm
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow, public
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render

bp = Blueprint("staff", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    form = SignInForm(login=_known_login())
    if request.method == "POST" and form.validate():
        with refusals(form):
            staff = _checked(form.login.data.strip(), form.password.data)
            with write_tx() as tx:
                staff = tx.merge(staff, load=True)
                token = sessions.open_session(
                    tx, staff, device=_device(), shop_phone=form.shop_phone.data, clear=_who("login", form.login.data.strip())
                )
            return _enter(staff.id, token)
    return render("staff/sign_in.html", form=form, status=422 if form.errors else 200, again=bool(_known_login()))


def _checked(login: str, password: str) -> StaffMember:
    """Who signs in. Nobody learns whether the number or the password was wrong."""
    keys = {_who("login", login): sessions.TRIES, _who("address", request.remote_addr or ""): 30}
    sessions.refuse_if_locked(keys)
    staff = sessions.by_login(login, _as_phone(login))
    if staff is not None and passwords.matches(staff.password_hash, password):
        return staff
    if staff is None:
        passwords.matches(None, password)
    db.session().rollback()
    with write_tx() as tx:
        sessions.note_failure(tx, keys)
    raise RuleError(_l("Number or password is not right. Look again; capitals count."), code="wrong")


def _who(kind: str, text: str) -> str:
    return sessions.who(current_app.config["SECRET_KEY"], kind, text.casefold())


def _as_phone(login: str) -> str | None:
    try:
        return contact_values.phone(login, "CN")
    except BadValue:
        return None


def _enter(staff_id: int, token: str) -> Any:
    """A new cookie for the new session; the language chosen at the door stays."""
    lang = session.get("lang")
    session.clear()
    session.permanent = True
    if lang:
        session["lang"] = lang
    staff = sessions.with_memberships(staff_id)
    if staff is None:
        raise RuleError(_l("Sign in once more."), code="gone")
    staff.session_token = token
    login_user(staff)
    return redirect(_way_back(), 303)


def _way_back() -> str:
    """Only an address of our own."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc
    return wanted if ours else url_for("system.home")


def _device() -> str:
    agent = request.user_agent.string
    system = next((name for name in ("iPhone", "iPad", "Android", "Windows", "Mac OS", "Linux") if name in agent), _("Device"))
    browser = next((name for name in ("MicroMessenger", "Edg", "Firefox", "Chrome", "Safari") if name in agent), "")
    return f"{system} {browser}".strip()


def _known_login() -> str:
    """The number of who was signed in here and has only been idle: she types the password alone."""
    if request.method != "GET":
        return ""
    held = sessions.find(session.get("_user_id", ""))
    return held.staff.number if held and held.locked else ""


@bp.post("/sign-out")
@allow(Permission.ACCOUNT)
def sign_out() -> Any:
    with write_tx() as tx:
        sessions.end_sessions(tx, current_user.id, only=current_user.session_row.public_id)
    logout_user()
    return done("staff.sign_in")


@bp.post("/language")
@public
def language() -> Any:
    """Change the language: for oneself when signed in, else for this browser."""
    wanted = request.form.get("lang", "")
    if wanted in LANGUAGES:
        session["lang"] = wanted
        if current_user.is_authenticated:
            with write_tx() as tx:
                tx.get_one(StaffMember, current_user.id).language = wanted
    return redirect(_way_back_from_here(), 303)


def _way_back_from_here() -> str:
    parts = urlsplit(request.referrer or "")
    return parts.path if parts.netloc == request.host and parts.path.startswith("/") else url_for("system.home")


@bp.get("/account")
@allow(Permission.ACCOUNT)
def account() -> Any:
    return render("staff/account.html", sessions=sessions.living(current_user.id))


@bp.get("/store")
@allow(Permission.STORE_READ)
def store() -> Any:
    return render("staff/store.html")
