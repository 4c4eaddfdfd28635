"""Every endpoint says who may use it, or the program does not start; every request is asked."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, redirect, request, session, url_for
from flask_login import current_user

from relcrm.errors import NotAllowed, SetupError
from relcrm.extensions import login
from relcrm.i18n import _l
from relcrm.staff import permissions, sessions
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission

PUBLIC = "public"
F = TypeVar("F", bound=Callable[..., Any])


def allow(*wanted: Permission) -> Callable[[F], F]:
    """Only a signed-in person with one of these permissions, in any store; the store itself is the query's question."""

    def mark(view: F) -> F:
        view.relcrm_access = wanted  # type: ignore[attr-defined]
        return view

    return mark


def public(view: F) -> F:
    """Anybody, signed in or not."""
    view.relcrm_access = PUBLIC  # type: ignore[attr-defined]
    return view


def declared(app: Flask) -> dict[str, Any]:
    """Who may use each endpoint. Raises SetupError for one that does not say."""
    found = {}
    for endpoint, view in app.view_functions.items():
        found[endpoint] = PUBLIC if endpoint == "static" else getattr(view, "relcrm_access", None)
        if found[endpoint] is None:
            raise SetupError(f"{endpoint} declares no access: put @allow(Permission.…) or @public right above its function.")
    return found


@login.user_loader
def _load(token: str) -> StaffMember | None:
    held = sessions.find(token)
    if held is None or held.locked:
        return None
    sessions.touch(held.row)
    return held.staff


def guard(app: Flask) -> None:
    """Ask at every request; must be bound after the extensions and before any blueprint's own hooks."""
    rules = declared(app)

    @app.before_request
    def _ask() -> Any:
        wanted = rules.get(request.endpoint or "", PUBLIC)
        if wanted == PUBLIC:
            return None
        if not current_user.is_authenticated:
            return _to_sign_in()
        if not any(permissions.may(current_user, one) for one in wanted):
            raise NotAllowed(_l("This is not among what you may do. Ask your manager."), code=f"needs_{wanted[0]}")
        return None


def _to_sign_in() -> Any:
    back = _asked_for()
    where = url_for("staff.sign_in", next=back if back and back != "/" else None)
    if request.headers.get("HX-Request") == "true":
        return "", 401, {"HX-Redirect": where}
    session.pop("_flashes", None)
    return redirect(where, 303)


def _asked_for() -> str | None:
    """The page to come back to: never a fragment, never something that was sent."""
    if request.headers.get("HX-Request") == "true":
        parts = urlsplit(request.headers.get("HX-Current-URL", ""))
        return parts.path if parts.netloc == request.host else None
    return request.full_path.rstrip("?") if request.method == "GET" else None
