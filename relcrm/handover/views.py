"""Pages of the handover: the checklist on one screen, the contact card, and the promise the owner writes."""

from typing import Any

from flask import Blueprint, flash, request
from flask_login import current_user
from wtforms import TextAreaField

from relcrm import clock
from relcrm.contact_values import phone_shown
from relcrm.customers import card_lines, names
from relcrm.customers import queries as customers
from relcrm.customers.card_lines import CardLine
from relcrm.customers.queries import Seen
from relcrm.db import write_tx
from relcrm.errors import BadValue, RuleError
from relcrm.handover import contact_card, reading, rules, steps
from relcrm.i18n import _, _l
from relcrm.loyalty import tier_queries, tier_shown
from relcrm.products import care
from relcrm.purchases import afterwards, queries
from relcrm.purchases.models import Purchase
from relcrm.staff import store_cards
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, may
from relcrm.web import errors
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import Form, refusals
from relcrm.web.htmx import done, is_fragment, render

bp = Blueprint("handover", __name__, url_prefix="/handover")


class PromiseForm(Form):
    zh = TextAreaField(_l("In Chinese"))
    en = TextAreaField(_l("In English"))


@bp.get("/<public_id>")
@allow(Permission.PURCHASE_READ)
def show(public_id: str) -> Any:
    purchase, seen = queries.get(current_user, public_id)
    return _page(purchase, seen)


@bp.post("/<public_id>/mark")
@allow(Permission.PURCHASE_RECORD)
def mark(public_id: str) -> Any:
    """One tap. `mark` is step=state; call=yes and extras=key are the two that say more."""
    try:
        with write_tx() as tx:
            purchase, seen = queries.get(current_user, public_id)
            _mark(tx, purchase, seen)
    except (BadValue, RuleError) as error:
        errors.leave_trace(error)
        purchase, seen = queries.get(current_user, public_id)
        return _page(purchase, seen, refused=str(error.message), status=422)
    if is_fragment():
        purchase, seen = queries.get(current_user, public_id)
        return _page(purchase, seen)
    return done(".show", public_id=public_id)


def _mark(tx: Any, purchase: Purchase, seen: Seen) -> None:
    key, _is, state = request.form.get("mark", "").partition("=")
    if key == steps.CALL and state in ("yes", "no"):
        return rules.hear(tx, current_user, purchase, seen, state == "yes", lang=lang())
    if key == steps.EXTRAS:
        return rules.extra(tx, current_user, purchase, state, _of_tier(seen))
    sheet = reading.sheet(purchase, queries.lines_of(purchase.id))
    told = rules.told_at(key, sheet.promise, sheet.notes) if state == "done" else {}
    note, line_id = request.form.get(f"note-{key}", ""), request.form.get(f"line-{key}", 0, type=int)
    return rules.mark(
        tx, current_user, purchase, key, state, note=note if state in ("fixed", "held", "na") else "", line_id=line_id, told=told
    )


@bp.post("/<public_id>/finish")
@allow(Permission.PURCHASE_RECORD)
def finish(public_id: str) -> Any:
    try:
        with write_tx() as tx:
            purchase, _seen = queries.get(current_user, public_id)
            rules.finish(tx, current_user, purchase)
    except RuleError as error:
        errors.leave_trace(error)
        purchase, seen = queries.get(current_user, public_id)
        return _page(purchase, seen, refused=str(error.message), status=422)
    flash(_("Handed over."), "done")
    return done("purchases.show", public_id=public_id)


def _of_tier(seen: Seen) -> dict[str, str]:
    """What her tier brings, by keys of our own."""
    in_force = tier_queries.in_force(clock.today(seen.home.time_zone))
    if in_force is None:
        return {}
    level = in_force.level(tier_queries.brief(seen).tier)
    return {f"tier:{n}": words for n, words in enumerate(tier_shown.benefits(level, lang()))}


def _page(purchase: Purchase, seen: Seen, *, refused: str = "", status: int = 200) -> Any:
    sheet = reading.sheet(purchase, queries.lines_of(purchase.id))
    people = customers.staff_names({sheet.head.finished_by_id} if sheet.head else set())
    return render(
        "handover/show.html", fragment="handover/_list.html", status=status, purchase=purchase, seen=seen, sheet=sheet, refused=refused,
        called=names.called(seen.customer, lang()), notes=[(note, care.told(note, lang())) for note in sheet.notes], extras={**_of_tier(seen), **_said(sheet), **steps.EXTRA_WORDS},
        promise=getattr(sheet.promise, lang()) if sheet.promise else "", by=people.get((sheet.head and sheet.head.finished_by_id) or 0, ""),
        may_mark=may(current_user, Permission.PURCHASE_RECORD) and not (sheet.head and sheet.head.finished_at),
    )  # fmt: skip


def _said(sheet: reading.Sheet) -> dict[str, str]:
    row = sheet.marks.get(steps.EXTRAS)
    return dict(row.told.get("said", {})) if row else {}


@bp.get("/card")
@allow(Permission.STORE_READ)
def card() -> Any:
    """Store, associate and number, to hand over or to be photographed; nothing of a customer is on it."""
    places = [m.store for m in current_user.memberships if m.store]
    store = next((one for one in places if one.public_id == request.args.get("store")), places[0] if places else None)
    phone = phone_shown(store.phone, store.country) if store and store.phone else ""
    code = contact_card.qr(current_user, store) if store else None
    return render("handover/card.html", store=store, phone=phone, places=places, code=code)


@bp.route("/promise", methods=["GET", "POST"])
@allow(Permission.SETTINGS_EDIT)
def promise() -> Any:
    form, now = PromiseForm(), reading.promised()
    if request.method == "GET" and now is not None:
        form.zh.data, form.en.data = now.zh, now.en
    if form.validate_on_submit():
        with refusals(form):
            with write_tx() as tx:
                rules.promise(tx, current_user, {"zh": form.zh.data or "", "en": form.en.data or ""})
            flash(_("Saved. Handovers from now on say this."), "done")
            return done("staff.store")
    return render("handover/promise.html", form=form, status=422 if request.method == "POST" else 200)


def _left_open(_reader: StaffMember, seen: Seen, _lang: str) -> list[CardLine]:
    found = reading.left_open(seen.customer) if queries.shows_receipts(seen) else None
    if found is None:
        return []
    words = _("left for later, %(num)s steps done", num=found[1])
    return [CardLine(_("Handover"), words, "handover.show", {"public_id": found[0].public_id}, place=2)]


def _after(reader: StaffMember, purchase: Purchase) -> afterwards.Step | None:
    """Beside a sale on its page: begin, go on, or what became of it."""
    if purchase.kind == "return":
        return None
    found = reading.summary(purchase.id)
    if found is None:
        wanted = may(reader, Permission.PURCHASE_RECORD) and purchase.kept_items > 0
        return afterwards.Step(_("Hand it over"), "", "handover.show", {"public_id": purchase.public_id}, is_next=True) if wanted else None
    finished_at, problems = found
    state = _("Handed over, %(num)s put right", num=problems) if problems else _("Handed over")
    words = state if finished_at else _("Left for later")
    return afterwards.Step(_("Handover"), words, "handover.show", {"public_id": purchase.public_id}, is_next=not finished_at)


card_lines.lines.append(_left_open)
afterwards.steps.append(_after)
store_cards.cards.append(store_cards.StoreCard("handover/_store_card.html", lambda reader: {}))
