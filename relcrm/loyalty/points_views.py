"""Pages of one customer's points: where she stands, redeeming at the counter, correcting."""

from typing import Any

from flask import Blueprint, flash, request
from flask_login import current_user

from relcrm import clock, money
from relcrm.consent import access_log
from relcrm.customers import names
from relcrm.customers.queries import Seen, staff_names
from relcrm.customers.views import load
from relcrm.db import write_tx
from relcrm.errors import RuleError
from relcrm.i18n import _, _l, ngettext
from relcrm.loyalty import approvals, points_policy, points_queries, points_rules, points_shown, points_terms
from relcrm.loyalty.approvals_models import Approval
from relcrm.loyalty.points_forms import AdjustForm, RedeemForm, usual
from relcrm.loyalty.points_models import PointsPolicy
from relcrm.loyalty.points_queries import Standing
from relcrm.purchases.queries import shows_receipts
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import CreatingForm, refusals
from relcrm.web.htmx import done, is_quiet, render

bp = Blueprint("points", __name__, url_prefix="/points")


@bp.get("/of/<public_id>")
@allow(Permission.CUSTOMER_READ)
def show(public_id: str) -> Any:
    """Where she stands and her ledger, fifty rows a page; an auditor sees where she stands alone."""
    seen, page = load(public_id), min(max(request.args.get("page", 1, type=int), 1), 10_000)
    _looked(seen)
    lines, more = points_queries.ledger(seen, page) if shows_receipts(seen) else ([], False)
    now = points_queries.standing(seen)
    return render(
        "points/show.html", seen=seen, called=_called(seen), now=now, lines=lines, more=more, at=page, shown=points_shown,
        currencies={row.id: row.currency for row in points_policy.versions()}, worth=_worth(now.policy, now.available), lang=lang(),
        people=staff_names({line.entry.actor_id for line in lines}), waits=approvals.on_its_way(seen.customer.id, points_rules.ADJUST),
        kinds=approvals.kinds, today=clock.today(seen.store_of(current_user).time_zone), store=seen.store_of(current_user),
    )  # fmt: skip


def _called(seen: Seen) -> str:
    return names.called(seen.customer, lang()) if shows_receipts(seen) else names.pseudonym(seen.customer)


def _worth(policy: PointsPolicy | None, points: int) -> str:
    return money.show(points_terms.worth(policy, points), policy.currency, lang()) if policy else ""


def _looked(seen: Seen) -> None:
    if not is_quiet():
        access_log.looked(current_user.id, seen.customer.id, "profile", store_id=seen.store_of(current_user).id)


@bp.route("/of/<public_id>/redeem", methods=["GET", "POST"])
@allow(Permission.POINTS_REDEEM)
def redeem(public_id: str) -> Any:
    seen = load(public_id)
    now = points_queries.standing(seen)
    form = _offered(RedeemForm(), now)
    if request.method == "GET":
        return _redeem_page(form, seen, now)
    if form.validate():
        with refusals(form):
            points, for_what, words = form.wanted(), form.for_what.data or points_rules.MONEY, form.words.data or ""
            with write_tx() as tx:
                if _is_first(form, f"{public_id} {-points}"):
                    key = f"{current_user.id}:{form.client_key.data}"[:100]
                    points_rules.redeem(tx, current_user, load(public_id), points, for_what, words, key)
                    form.remember(tx, f"{public_id} {-points}")
            flash(ngettext("%(num)s point is redeemed.", "%(num)s points are redeemed.", points))
            return done(".show", public_id=public_id)
    seen = load(public_id)
    now = points_queries.standing(seen)
    return _redeem_page(_offered(form, now), seen, now, status=422)


def _is_first(form: CreatingForm, what: str) -> bool:
    """Asked under the lock: the same tap may come twice at once. Another number from a page gone back to is no second tap, and nobody
    is to believe that it was booked; the page that says so carries a new key."""
    made = form.made_before()
    if made is None or made == what:
        return made is None
    form.client_key.data = type(form)(formdata=None).client_key.data
    raise RuleError(_l("From this page points were booked a moment ago. Look at the number, then tap again."), code="made", field="points")


def _offered(form: RedeemForm, now: Standing) -> RedeemForm:
    shown = {points: f"{points:,} · {_worth(now.policy, points)}" for points in usual(now.available)}
    if now.available:
        shown[now.available] = _("All %(n)s · %(worth)s", n=f"{now.available:,}", worth=_worth(now.policy, now.available))
    return form.offer(now.available, shown)


def _redeem_page(form: RedeemForm, seen: Seen, now: Standing, status: int = 200) -> Any:
    store = seen.store_of(current_user)
    is_money = now.policy is not None and store.currency == now.policy.currency
    if not is_money:
        form.for_what.data = points_rules.GIFT
    return render(
        "points/redeem.html", status=status, form=form, seen=seen, now=now, called=_called(seen), is_money=is_money,
        worth=_worth(now.policy, now.available),
    )  # fmt: skip


@bp.post("/of/<public_id>/redeemed/<entry_id>/taken-back")
@allow(Permission.POINTS_REDEEM)
def take_back(public_id: str, entry_id: str) -> Any:
    with write_tx() as tx:
        points_rules.take_back(tx, current_user, load(public_id), entry_id)
    flash(_("Taken back: the points are hers again."))
    return done(".show", public_id=public_id)


@bp.route("/of/<public_id>/correction", methods=["GET", "POST"])
@allow(Permission.POINTS_ADJUST)
def adjust(public_id: str) -> Any:
    seen, form = load(public_id), AdjustForm()
    if request.method == "POST" and form.validate():
        with refusals(form):
            points, reason, confirmed = form.signed(), form.reason.data or "", form.is_confirmed()
            with write_tx() as tx:
                if _is_first(form, f"{public_id} {points}"):
                    made = points_rules.adjust(tx, current_user, load(public_id), points, reason, confirmed=confirmed)
                    form.remember(tx, f"{public_id} {points}")
                    _tell(made)
            return done(".show", public_id=public_id)
    seen = load(public_id)
    now = points_queries.standing(seen)
    return render(
        "points/adjust.html", status=422 if request.method == "POST" else 200, form=form, seen=seen, now=now, called=_called(seen),
        alone=approvals.nobody_above(current_user, seen), limit=now.policy.big_points if now.policy else 0,
    )  # fmt: skip


def _tell(made: object) -> None:
    if not isinstance(made, Approval):
        flash(_("The points are corrected."))
    elif made.alone:
        flash(_("You act alone: it is done in ten minutes, and until then you can take it back under Approvals."))
    else:
        flash(_("Another person decides now. It stands under Approvals."))
