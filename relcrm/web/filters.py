"""How the templates write dates, times, ages and addresses of static files."""

import hashlib
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates
from flask import Flask, current_app, g, request, session, url_for
from flask_babel import get_locale
from flask_login import current_user
from jinja2 import StrictUndefined

from relcrm import clock
from relcrm.config import LANGUAGES
from relcrm.i18n import _
from relcrm.staff import settings
from relcrm.staff.permissions import Permission, may
from relcrm.web.htmx import is_fragment


def lang() -> str:
    """The reader's language: hers, else this browser's choice, else the browser's wish, else the house's."""
    if "lang" not in g:
        own = current_user.language if current_user and current_user.is_authenticated else None
        wish = request.accept_languages.best_match([*LANGUAGES, "zh-CN", "zh-TW", "zh-HK", "en-GB", "en-US"]) or ""
        g.lang = own or session.get("lang") or wish[:2] or current_app.config["RELCRM"].language
    return str(g.lang)


def zone() -> str:
    """The time zone in which the reader's day runs: that of her first store."""
    if "zone" not in g:
        stores = [m.store for m in current_user.memberships if m.store] if current_user and current_user.is_authenticated else []
        g.zone = stores[0].time_zone if stores else current_app.config["RELCRM"].time_zone
    return str(g.zone)


def country() -> str:
    """Where the reader's first store stands: numbers of that country are written without their code."""
    stores = [m.store for m in current_user.memberships if m.store]
    return str(stores[0].country) if stores else "CN"


def day(value: date | datetime) -> str:
    """3 Nov / 11月3日, with the year when it is not this one."""
    when = value.astimezone(ZoneInfo(zone())).date() if isinstance(value, datetime) else value
    this_year = when.year == clock.today(zone()).year
    if lang() == "zh":
        return f"{when.month}月{when.day}日" if this_year else f"{when.year}年{when.month}月{when.day}日"
    return str(dates.format_date(when, "d MMM" if this_year else "d MMM y", locale="en"))


def moment(value: datetime) -> str:
    """Today 10:12, yesterday 18:00, else the day."""
    local = value.astimezone(ZoneInfo(zone()))
    clock_time = local.strftime("%H:%M")
    ago = (clock.today(zone()) - local.date()).days
    if ago == 0:
        return str(_("today %(time)s", time=clock_time))
    return str(_("yesterday %(time)s", time=clock_time)) if ago == 1 else f"{day(value)} {clock_time}"


def ago(value: datetime) -> str:
    """8 months ago / 8个月前."""
    passed = clock.now() - value
    if passed < timedelta(minutes=1):
        return str(_("just now"))
    return str(dates.format_timedelta(-passed, add_direction=True, locale=str(get_locale()), threshold=1.2))


@lru_cache(maxsize=64)
def _stamp(path: str, _changed: float) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, with its content in the address, so that it may be cached for ever."""
    path = Path(str(current_app.static_folder)) / name
    return url_for("static", filename=name, v=_stamp(str(path), path.stat().st_mtime))


def _nav() -> list[dict[str, Any]]:
    if not current_user or not current_user.is_authenticated:
        return []
    here = request.endpoint or ""
    entries = []
    if may(current_user, Permission.CUSTOMER_FIND):
        entries.append(
            {
                "href": url_for("customers.index"),
                "icon": "users",
                "label": _("Customers"),
                "active": here.startswith("customers.") and here != "customers.new",
                "plus": False,
            }
        )
    if may(current_user, Permission.CUSTOMER_WRITE):
        entries.append(
            {"href": url_for("customers.new"), "icon": "plus", "label": _("New"), "active": here == "customers.new", "plus": True}
        )
    entries.append(
        {
            "href": url_for("staff.store"),
            "icon": "store",
            "label": _("Store"),
            "active": here.startswith(("staff.", "consent.", "products.")),
            "plus": False,
        }
    )
    return entries


def _frame() -> dict[str, Any]:
    signed_in = bool(current_user and current_user.is_authenticated)
    return {
        "account_href": url_for("staff.account") if signed_in else "",
        "manifest_href": url_for("system.manifest"),
        "chain_name": chain_name(),
    }


def chain_name() -> str:
    """The name over the door, read once per request."""
    if "chain_name" not in g:
        g.chain_name = settings.text("chain_name")
    return str(g.chain_name)


def bind(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=day, moment=moment, ago=ago)
    app.jinja_env.globals.update(asset=asset, may=may, Permission=Permission)

    @app.context_processor
    def _common() -> dict[str, Any]:
        if is_fragment():
            return {"lang": lang()}
        return {"lang": lang(), "html_lang": {"zh": "zh-CN"}.get(lang(), lang()), "nav": _nav(), **_frame()}
