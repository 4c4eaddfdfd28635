"""Pages of points for the whole chain: the rules by version, and what is open in all."""

from typing import Any

from flask import flash, request
from flask_login import current_user

from relcrm import clock
from relcrm.customers.queries import staff_names
from relcrm.db import write_tx
from relcrm.i18n import _
from relcrm.loyalty import points_policy, points_queries, points_terms
from relcrm.loyalty.points_forms import PolicyForm
from relcrm.loyalty.points_models import PointsPolicy
from relcrm.loyalty.points_policy import Terms
from relcrm.loyalty.points_views import bp
from relcrm.staff import store_cards
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, may
from relcrm.web.access import allow
from relcrm.web.filters import zone
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render


@bp.route("/rules", methods=["GET", "POST"])
@allow(Permission.SETTINGS_EDIT)
def policy() -> Any:
    """Every version with its day, and the next one to publish."""
    today, currencies = clock.today(zone()), points_policy.currencies()
    form = PolicyForm().prepare(currencies)
    if request.method == "POST" and form.validate():
        with refusals(form):
            terms = form.terms()
            with write_tx() as tx:
                if form.made_before() is None:
                    form.remember(tx, str(points_policy.publish(tx, current_user, terms, today).id))
            flash(_("Published. What was bought before keeps its points."))
            return done(".policy")
    versions = points_policy.versions()
    if request.method == "GET":
        form.fill(_next(versions[-1] if versions else None, currencies))
    return render(
        "points/policy.html", status=422 if request.method == "POST" else 200, form=form, versions=list(reversed(versions)),
        now=points_policy.on(today, versions), people=staff_names({row.published_by_id for row in versions}),
    )  # fmt: skip


def _next(last: PointsPolicy | None, currencies: Any) -> Terms:
    """The rules as they are, to be changed from tomorrow; a usual beginning from today where there are none."""
    today = clock.today(zone())
    if last is None:
        return points_policy.usual(currencies[0] if currencies else "CNY", today)
    later = max(last.live_from, today + points_terms.A_DAY)
    return Terms(
        later, last.currency, last.minor_per_point, last.value_minor, last.pending_days, last.expiry_months, last.breakage, last.big_points
    )


@bp.get("/liability")
@allow(Permission.POINTS_ADJUST)
def liability() -> Any:
    """Active points × what one is worth × (1 − breakage), by the store where customers are at home."""
    on, rows = points_queries.liability(current_user)
    now = points_policy.on(clock.today(zone()))
    worth = {store.id: points_terms.liability(now, row.active) for store, row in rows} if now else {}
    active = sum(row.active for _store, row in rows)
    return render(
        "points/liability.html", on=on, rows=[pair for pair in rows if pair[1].customers], now=now, worth=worth, active=active,
        pending=sum(row.pending for _store, row in rows), total=points_terms.liability(now, active) if now else 0,
        whole=current_user.stores("store_manager", "area_manager", "owner") is None,
    )  # fmt: skip


def _card(reader: StaffMember) -> store_cards.Context | None:
    if not may(reader, Permission.POINTS_ADJUST):
        return None
    return {"points_on": bool(points_policy.versions()), "edits": may(reader, Permission.SETTINGS_EDIT)}


store_cards.cards.append(store_cards.StoreCard("points/_card.html", _card))
