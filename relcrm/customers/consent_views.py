"""Pages of one customer's consents: where each purpose stands, asked one by one, taken back in two taps."""

from typing import Any

from flask import request
from flask_login import current_user

from relcrm.consent import catalogue, ledger, notices
from relcrm.consent import rules as consent_rules
from relcrm.consent.purposes import purpose, purposes
from relcrm.customers import asking_first, names, profile, timeline
from relcrm.customers.views import bp, load, redirect_to
from relcrm.db import write_tx
from relcrm.staff.permissions import Permission, require
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import Form, refusals
from relcrm.web.htmx import render


@bp.get("/<public_id>/consents")
@allow(Permission.CUSTOMER_READ)
def consents(public_id: str) -> Any:
    return _page(public_id)


def _page(public_id: str, form: Form | None = None) -> Any:
    seen = load(public_id)
    one = profile.build(current_user, seen, lang())
    return render(
        "customers/consents.html", status=422 if form is not None and (form.errors or form.form_errors) else 200, one=one, form=form or Form(),
        purposes=profile.asked_purposes(one, assessed=consent_rules.is_assessed("profiling")), special=_special(one),
        told=notices.current(notices.ENROL, lang()), ends_soon=profile.ends_soon, consent_words=timeline.consent_words,
        channels=purposes()["marketing"].channels, called=names.called(seen.customer, lang()),
    )  # fmt: skip


def _special(one: profile.Profile) -> list[tuple[Any, ledger.Standing]]:
    """Sensitive purposes whose fields this shop keeps and this reader may note."""
    on = {
        field.basis
        for key, field in catalogue.fields().items()
        if key not in one.off and field.class_ == "S" and one.seen.sight.shows(field)
    }
    return [(purposes()[key], one.consents.get(key, ledger.Standing("NO_CONSENT"))) for key in sorted(on)]


@bp.route("/<public_id>/consents/<key>", methods=["GET", "POST"])
@allow(Permission.CUSTOMER_WRITE)
def consent(public_id: str, key: str) -> Any:
    """GET: the screen of one purpose with its notice. POST: what she answered, or wished by herself."""
    if request.method == "GET":
        return _one(public_id, key, Form())
    form = Form()
    with refusals(form):
        with write_tx() as tx:
            seen = load(public_id)
            store = seen.store_of(current_user)
            require(current_user, Permission.CUSTOMER_WRITE, store.id)
            consent_rules.answer(
                tx, seen.customer.id, purpose(key).key, request.form.get("answer") == "yes", actor=current_user, store_id=store.id, lang=lang(),
                channel=request.form.get("channel", "any"), her_own_wish=request.form.get("wish") == "1",
            )  # fmt: skip
        said_yes = request.form.get("answer") == "yes"
        # What the file told of her can be asked now: back to the card with that question.
        return redirect_to(public_id, *(() if said_yes and asking_first.opened_by(seen.customer.id, key) else ("consents",)))
    return _one(public_id, key, form)


def _one(public_id: str, key: str, form: Form) -> Any:
    seen, one = load(public_id), purpose(key)
    return render(
        "customers/consent.html", status=422 if form.errors or form.form_errors else 200, seen=seen, one=one, form=form,
        now=ledger.overview(seen.customer.id).get(key, ledger.Standing("NO_CONSENT")), told=notices.current(notices.kind_of(key), lang()),
        again=ledger.not_before(ledger.events_of(seen.customer.id, key)), called=names.called(seen.customer, lang()), raw=request.form,
    )  # fmt: skip


@bp.post("/<public_id>/consents/<key>/withdrawal")
@allow(Permission.CUSTOMER_WRITE)
def withdraw(public_id: str, key: str) -> Any:
    """One tap and one confirmation; it holds from this answer on."""
    with write_tx() as tx:
        seen = load(public_id)
        store = seen.store_of(current_user)
        require(current_user, Permission.CUSTOMER_WRITE, store.id)
        consent_rules.withdraw(tx, seen.customer.id, purpose(key).key, actor=current_user, store_id=store.id, lang=lang())
    return redirect_to(public_id, "consents")


@bp.post("/<public_id>/consents/<key>/renewal")
@allow(Permission.CUSTOMER_WRITE)
def renew(public_id: str, key: str) -> Any:
    with write_tx() as tx:
        seen = load(public_id)
        store = seen.store_of(current_user)
        require(current_user, Permission.CUSTOMER_WRITE, store.id)
        consent_rules.renew(tx, seen.customer.id, purpose(key).key, actor=current_user, store_id=store.id, lang=lang())
    return redirect_to(public_id, "consents")
