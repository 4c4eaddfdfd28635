"""The owner's pages of tier rules: a draft, who would change by it, publishing it."""

from typing import Any

from flask import flash, request
from flask_login import current_user

from relcrm import clock
from relcrm.customers.views import rows_of
from relcrm.db import session, write_tx
from relcrm.i18n import _
from relcrm.loyalty import tier_queries, tier_rules, tier_shown
from relcrm.loyalty.tier_forms import PublishForm, RulesForm
from relcrm.loyalty.tier_models import MOMENTS, TierRuleSet
from relcrm.loyalty.tier_views import bp
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang, zone
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render


@bp.post("/draft")
@allow(Permission.TIER_EDIT)
def begin() -> Any:
    with write_tx() as tx:
        row = tier_rules.begin(tx, current_user)
        return done(".edit", public_id=row.public_id)


@bp.get("/draft/<public_id>/edit")
@allow(Permission.TIER_EDIT)
def edit(public_id: str) -> Any:
    row = tier_queries.get(public_id)
    return _form_page(RulesForm.of(row, tier_rules.levels(session(), row)), row)


@bp.post("/draft/<public_id>/edit")
@allow(Permission.TIER_EDIT)
def update(public_id: str) -> Any:
    form, row = RulesForm(), tier_queries.get(public_id)
    form.ask(request.form, tier_rules.currencies(session()))
    if "more" in request.form:
        form.one_more()
        return _form_page(form, row)
    if form.validate():
        with refusals(form):
            given = form.levels(tier_rules.currencies(session()))
            with write_tx() as tx:
                tier_rules.edit(tx, current_user, tier_queries.get(public_id), form.version.data or 0, form.spans(), given)
            return done(".draft", public_id=public_id)
    return _form_page(form, tier_queries.get(public_id), status=422)


def _form_page(form: RulesForm, row: TierRuleSet, *, status: int = 200) -> Any:
    return render("tiers/edit.html", status=status, form=form, row=row, currencies=tier_rules.currencies(session()))


@bp.get("/draft/<public_id>")
@allow(Permission.TIER_EDIT)
def draft(public_id: str) -> Any:
    row = tier_queries.get(public_id)
    return _draft_page(row, PublishForm(formdata=None, version=row.version, live_from=clock.today(zone())))


def _draft_page(row: TierRuleSet, form: PublishForm, *, status: int = 200) -> Any:
    rules = tier_queries.with_levels(row)
    names = _names(rules)
    changes = [(*key.split("|"), count) for key, count in sorted((row.simulated or {}).items())]
    return render(
        "tiers/draft.html", status=status, row=row, rules=rules, changes=changes, names=names, moments=MOMENTS, form=form, shown=tier_shown
    )


def _names(rules: tier_queries.InForce) -> dict[str, str]:
    """Of the tiers now and of the draft; the draft's word holds."""
    now = tier_queries.in_force(clock.today(zone()))
    return {level.key: tier_shown.name(level, lang()) for level in (*(now.levels if now else ()), *rules.levels)}


@bp.post("/draft/<public_id>/simulation")
@allow(Permission.TIER_EDIT)
def simulate(public_id: str) -> Any:
    """Ask the worker; the page says when it is done."""
    with write_tx() as tx:
        tier_rules.ask_who_would_change(tx, current_user, tier_queries.get(public_id))
    return done(".draft", public_id=public_id)


@bp.get("/draft/<public_id>/who")
@allow(Permission.TIER_EDIT)
def who(public_id: str) -> Any:
    """Whom a draft would change in one way, fifty a page."""
    row = tier_queries.get(public_id)
    asked = {name: request.args.get(name, "")[:24] for name in ("moment", "before", "after")}
    found, beyond = tier_queries.changed_by(current_user, row, **asked, beyond=request.args.get("beyond", 0, type=int))
    names = _names(tier_queries.with_levels(row))
    words = {name: names.get(asked[name], asked[name]) for name in ("before", "after")}
    return render("tiers/who.html", row=row, rows=rows_of(found), asked=asked, words=words, beyond=beyond)


@bp.post("/draft/<public_id>/publish")
@allow(Permission.TIER_EDIT)
def publish(public_id: str) -> Any:
    form = PublishForm()
    if form.validate():
        with refusals(form):
            with write_tx() as tx:
                tier_rules.publish(tx, current_user, tier_queries.get(public_id), form.day, form.version.data or 0)
            flash(_("Published. Every customer is looked at from that day on."), "done")
            return done(".index")
    return _draft_page(tier_queries.get(public_id), form, status=422)


@bp.post("/draft/<public_id>/discard")
@allow(Permission.TIER_EDIT)
def discard(public_id: str) -> Any:
    with write_tx() as tx:
        tier_rules.discard(tx, current_user, tier_queries.get(public_id))
    flash(_("The draft is gone."), "done")
    return done(".index")
