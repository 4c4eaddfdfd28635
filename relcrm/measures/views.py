"""Pages: how the stores are doing by segment and cohort, who is in a segment, why she stands where she stands."""

from typing import Any

from flask import Blueprint, abort, flash, request, url_for
from flask_login import current_user
from wtforms import IntegerField
from wtforms.validators import NumberRange

from relcrm import jobs
from relcrm.consent import access_log
from relcrm.customers import names
from relcrm.customers.views import load
from relcrm.db import session, write_tx
from relcrm.i18n import _, _l
from relcrm.measures import inputs, nightly, queries, scores, suggestions, words
from relcrm.purchases import queries as purchases
from relcrm.staff import audit, settings
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import Form
from relcrm.web.htmx import done, is_quiet, render

bp = Blueprint("measures", __name__, url_prefix="/measures")
LONGEST_WINDOW = 3650


class WindowForm(Form):
    days = IntegerField(
        _l("Days that count for visits and spend"),
        validators=[NumberRange(0, LONGEST_WINDOW, message=_l("0 (all history) to 3650 days."))],
    )


@bp.get("")
@allow(Permission.MEASURES_READ)
def index() -> Any:
    return render("measures/index.html", overviews=queries.overviews(current_user), segments=words.SEGMENTS, lists=_lists(current_user))


def _lists(reader: StaffMember) -> bool:
    """May this reader open the names behind a number?"""
    return bool(queries.listed_stores(reader))


@bp.get("/<currency>/<key>")
@allow(Permission.CUSTOMER_READ)
def people(currency: str, key: str) -> Any:
    if key not in (*words.SEGMENTS, queries.AT_RISK) or len(currency) != 3:
        abort(404)
    page = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    rows, more = queries.people(current_user, currency, key, page)
    today = scores.today(session())
    return render(
        "measures/people.html", key=key, currency=currency, at=page, more=more, segment=words.SEGMENTS.get(key),
        rows=[{"called": names.called(her, lang()), "href": url_for("customers.show", public_id=her.public_id), "away": (today - score.last_on).days}
              for her, score in rows],
    )  # fmt: skip


@bp.get("/of/<public_id>")
@allow(Permission.CUSTOMER_READ)
def of(public_id: str) -> Any:
    """Her segment and its reason, and what may suit her."""
    seen = load(public_id)
    if not is_quiet():
        access_log.looked(current_user.id, seen.customer.id, "profile", store_id=seen.store_of(current_user).id)
    sees = queries.sees_segment(seen)
    standing = queries.of(seen)
    return render(
        "measures/of.html", seen=seen, standing=standing, called=names.called(seen.customer, lang()) if purchases.shows_receipts(seen) else names.pseudonym(seen.customer),
        segment=words.SEGMENTS.get(standing.score.segment) if standing else None,
        reasons=words.reasons(standing.score, standing.away_days, standing.cuts) if standing else [],
        suits=suggestions.may_suit(seen, 8) if sees else [],
    )  # fmt: skip


@bp.route("/window", methods=["GET", "POST"])
@allow(Permission.SETTINGS_EDIT)
def window() -> Any:
    form = WindowForm(data={"days": inputs.window()})
    if form.validate_on_submit():
        with write_tx() as tx:
            settings.put(tx, "rfm_window_days", form.days.data)
            audit.note(tx, current_user, "window_changed")
            jobs.ask(tx, nightly.NAME)
        flash(_("Saved. The scores follow within the next minutes."), "done")
        return done(".index")
    return render("measures/window.html", form=form, status=422 if request.method == "POST" else 200)
