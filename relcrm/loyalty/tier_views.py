"""Pages of tiers for everybody: the rules at the counter, why a customer has hers, and the page she is shown."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, request
from flask_login import current_user

from relcrm import clock, money
from relcrm.consent import access_log
from relcrm.customers import names
from relcrm.customers import queries as customers
from relcrm.customers.models import Customer
from relcrm.customers.queries import Seen
from relcrm.customers.views import load
from relcrm.db import session, write_tx
from relcrm.errors import NotAllowed, RuleError
from relcrm.i18n import _, _l, speaking
from relcrm.loyalty import approvals, tier_by_hand, tier_queries, tier_rules, tier_shown
from relcrm.loyalty.tier_forms import LiftForm
from relcrm.purchases import afterwards
from relcrm.purchases import queries as purchases
from relcrm.purchases.models import Purchase
from relcrm.purchases.shown import goods
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, may
from relcrm.web.access import allow
from relcrm.web.filters import lang, zone
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, is_quiet, render

bp = Blueprint("tiers", __name__, url_prefix="/tiers")


@bp.get("")
@allow(Permission.STORE_READ)
def index() -> Any:
    """The rules in force and what each tier gives: to read out at the counter."""
    today = clock.today(zone())
    edits = may(current_user, Permission.TIER_EDIT)
    draft = tier_rules.draft(session()) if edits else None
    return render(
        "tiers/index.html", rules=tier_queries.in_force(today), coming=[tier_queries.with_levels(one) for one in tier_queries.coming(today)],
        edits=edits, draft=draft, shown=tier_shown,
    )  # fmt: skip


@bp.get("/of/<public_id>")
@allow(Permission.CUSTOMER_READ)
def customer(public_id: str) -> Any:
    """Why she has this tier, what lacks to the next, until when, what counted: amounts for who may know them."""
    seen = load(public_id)
    _looked(seen, "profile")
    stand, told = tier_queries.stand(seen), tier_queries.told(seen.customer.id)
    figures, receipts = purchases.figures(seen), purchases.shows_receipts(seen)
    teller = customers.staff_names({told.by_id}).get(told.by_id, "") if told else ""
    return render(
        "tiers/customer.html", seen=seen, stand=stand, told=told, teller=teller, amounts=figures.amounts, visits=figures.visits,
        chart=tier_shown.chart(stand, stand.rules, lang()) if stand and figures.amounts and receipts else None, shown=tier_shown,
        counted=tier_queries.counted(stand) if stand and figures.amounts and receipts else [], goods=goods, receipts=receipts, shows=_may_show(seen), called=_called(seen),
        lifts=tier_by_hand.given(seen.customer.id) if receipts and figures.amounts else [],
        waiting=tier_by_hand.waiting(seen.customer.id, lang()) if receipts and figures.amounts else [],
    )  # fmt: skip


def _called(seen: Seen) -> str:
    return names.called(seen.customer, lang()) if purchases.shows_receipts(seen) else names.pseudonym(seen.customer)


def _may_show(seen: Seen) -> bool:
    """Her own associate, whoever serves her today, and her store's manager have her before them."""
    serves = may(current_user, Permission.CUSTOMER_WRITE, seen.store_of(current_user).id)
    return serves and bool(seen.sight.relations & {"OA", "SM"})


@bp.get("/of/<public_id>/show")
@allow(Permission.CUSTOMER_WRITE)
def show(public_id: str) -> Any:
    """Her own figures for her own eyes, in her language, with nothing of the shop around them; that it was opened is logged."""
    seen = load(public_id)
    if not _may_show(seen):
        raise NotAllowed(_l("It shows her figures. Tap “I am serving her” on her page first."), code="not_serving")
    _looked(seen, "tier_shown")
    spoken = seen.customer.language if seen.customer.language in ("zh", "en") else lang()
    stand = tier_queries.stand(seen)
    with speaking(spoken):
        return render(
            "tiers/show.html", seen=seen, stand=stand, spoken=spoken, shown=tier_shown, nav=[], html_lang={"zh": "zh-CN"}.get(spoken, spoken),
            spent=money.show(stand.spent, stand.currency, spoken) if stand else "",
        )  # fmt: skip


@bp.post("/of/<public_id>/told")
@allow(Permission.CUSTOMER_WRITE)
def tell(public_id: str) -> Any:
    """One tap: she was told the rules today."""
    with write_tx() as tx:
        seen = load(public_id)
        stand = tier_queries.stand(seen)
        if stand is None:
            raise RuleError(_l("There are no tier rules yet."), code="no_rules")
        tier_rules.tell(tx, current_user, seen, stand.rules.row, stand.state.tier)
    flash(_("Noted: she knows the rules."), "done")
    return done("tiers.customer", public_id=public_id)


@bp.route("/of/<public_id>/lift", methods=["GET", "POST"])
@allow(Permission.APPROVE)
def lift(public_id: str) -> Any:
    """Propose a tier by hand; another person decides."""
    seen = load(public_id)
    stand = tier_queries.stand(seen)
    form = LiftForm().offer((one.key, tier_shown.name(one, lang())) for one in (tier_by_hand.higher(stand) if stand else ()))
    if request.method == "POST" and form.validate():
        with refusals(form):
            with write_tx() as tx:
                if form.made_before() is None:
                    made = tier_by_hand.propose(
                        tx, current_user, load(public_id), form.tier.data, form.day, form.reason.data or "", confirmed=form.is_confirmed()
                    )
                    form.remember(tx, made.public_id)
                    flash(_said(made.alone))
            return done(".customer", public_id=public_id)
    seen = load(public_id)
    if request.method == "GET":
        form.until.data = clock.today(seen.home.time_zone) + timedelta(days=90)
    return render(
        "tiers/lift.html", status=422 if request.method == "POST" else 200, form=form, seen=seen, stand=tier_queries.stand(seen),
        called=_called(seen), alone=approvals.nobody_above(current_user, seen), most=tier_by_hand.MOST_DAYS,
    )  # fmt: skip


def _said(alone: bool) -> str:
    if alone:
        return _("You act alone: it is done in ten minutes, and until then you can take it back under Approvals.")
    return _("Another person decides now. It stands under Approvals.")


def _looked(seen: Seen, kind: str) -> None:
    if not is_quiet():
        access_log.looked(current_user.id, seen.customer.id, kind, store_id=seen.store_of(current_user).id)


def _reached(_reader: StaffMember, purchase: Purchase) -> afterwards.Step | None:
    """On the receipt that led to a tier: what she reached, and the way to explain it to her."""
    key = tier_queries.reached(purchase.customer_id, purchase.sold_on) if purchase.kept_minor > 0 else ""
    rules = tier_queries.in_force(clock.today(zone())) if key else None
    if rules is None:
        return None
    customer = session().get_one(Customer, purchase.customer_id)
    tier = tier_shown.name(rules.level(key), lang())
    return afterwards.Step(
        _("She is %(tier)s", tier=tier), _("Show her why, and what it gives"), "tiers.customer", {"public_id": customer.public_id}
    )


afterwards.steps.append(_reached)
