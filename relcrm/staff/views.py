"""The door: signing in and out, the idle lock, the language switch. The other pages of the staff hang on this blueprint."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, redirect, request, session, url_for
from flask_login import current_user, login_user

from relcrm.config import LANGUAGES
from relcrm.db import write_tx
from relcrm.errors import RuleError
from relcrm.i18n import _l
from relcrm.staff import attempts, credentials, sessions, words
from relcrm.staff.forms import SignInForm
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow, public
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render

bp = Blueprint("staff", __name__)
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac OS", "Linux")
BROWSERS = {"MicroMessenger": "WeChat", "Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}


@bp.get("/sign-in")
@public
def sign_in() -> Any:
    if current_user.is_authenticated:
        return redirect(_way_back(), 303)
    held = _locked()
    form = SignInForm(login=held.staff.number if held else "", shop_phone=bool(held and held.row.shop_phone))
    return _door(form, held)


@bp.post("/sign-in")
@public
def enter() -> Any:
    form = SignInForm()
    if form.validate():
        with refusals(form):
            known = credentials.check(secret(), form.login.data, form.password.data, request.remote_addr or "")
            return open_door(known.staff_id, shop_phone=form.shop_phone.data, key=known.key, tries=known.tries)
    held = _locked()
    return _door(form, held if held and held.staff.number == form.login.data else None, status=422)


def _door(form: SignInForm, held: sessions.Held | None, status: int = 200) -> Any:
    return render("staff/sign_in.html", status=status, form=form, known=held.staff if held else None, next=request.args.get("next"))


def _locked() -> sessions.Held | None:
    """Who was signed in here and has only been idle: she types the password alone, in her own language."""
    held = sessions.find(session.get("_user_id", "")) if "other" not in request.args else None
    if held is None or not held.locked:
        return None
    if held.staff.language and "lang" not in session:
        g.lang = held.staff.language
    return held


def open_door(staff_id: int, *, shop_phone: bool, key: str, tries: tuple[int, ...] = ()) -> Any:
    """A new session and its cookie; whoever was signed in on this device is signed out of it."""
    with write_tx() as tx:
        staff = tx.get_one(StaffMember, staff_id)
        sessions.end_by_token(tx, session.get("_user_id", ""))
        attempts.forgive(tx, key, tries)
        staff.language = session.get("lang") or staff.language
        token = sessions.open_session(tx, staff, device=device(), shop_phone=shop_phone)
    session.clear()
    session.permanent = True
    staff_now = sessions.with_memberships(staff_id)
    if staff_now is None:
        raise RuleError(_l("Sign in once more."), code="gone")
    staff_now.session_token = token
    login_user(staff_now)
    return redirect(_way_back(), 303)


@bp.post("/sign-out")
@allow(Permission.ACCOUNT)
def sign_out() -> Any:
    with write_tx() as tx:
        sessions.end_by_token(tx, session.get("_user_id", ""))
    session.clear()
    return done("staff.sign_in")


@bp.post("/language")
@public
def language() -> Any:
    """Change the language: for oneself when signed in, else for this browser until somebody signs in."""
    wanted = request.form.get("lang", "")
    if wanted in LANGUAGES and current_user.is_authenticated:
        staff_id = current_user.id
        with write_tx() as tx:
            tx.get_one(StaffMember, staff_id).language = wanted
    elif wanted in LANGUAGES:
        session["lang"] = wanted
    return redirect(_page_before(), 303)


def secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def device() -> str:
    """What kind of device this is, as its browser says; "" when it says nothing that we know."""
    agent = request.user_agent.string
    system = next((name for name in SYSTEMS if name in agent), "")
    browser = next((word for name, word in BROWSERS.items() if name in agent), "")
    return f"{system} {browser}".strip()


def _way_back() -> str:
    wanted = request.args.get("next", "")
    return wanted if _is_ours(wanted) else url_for("system.home")


def _page_before() -> str:
    parts = urlsplit(request.referrer or "")
    before = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return before if parts.netloc == request.host and _is_ours(before) else url_for("system.home")


def _is_ours(address: str) -> bool:
    """Only an address inside this program: browsers read //x, /\\x and control signs as other sites."""
    parts = urlsplit(address)
    plain = address.isprintable() and "\\" not in address
    return plain and address.startswith("/") and not address.startswith("//") and not parts.netloc and not parts.scheme


@bp.app_template_global()
def role_word(role: str) -> str:
    return words.role(role)


@bp.app_template_global()
def language_word(lang: str) -> str:
    return words.LANGUAGE_WORDS[lang]
