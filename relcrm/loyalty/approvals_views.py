"""What waits for a second pair of eyes, and what one proposed oneself."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, request
from flask_login import current_user

from relcrm.customers import names
from relcrm.customers.models import Customer
from relcrm.customers.queries import staff_names, store_names, visible_to
from relcrm.db import session, write_tx
from relcrm.i18n import _
from relcrm.loyalty import approvals
from relcrm.loyalty.approvals_forms import DecisionForm
from relcrm.loyalty.approvals_models import Approval
from relcrm.staff import store_cards
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, may
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render

bp = Blueprint("approvals", __name__, url_prefix="/approvals")


@bp.get("")
@allow(Permission.APPROVE)
def index() -> Any:
    return _page(DecisionForm())


def _page(form: DecisionForm, at: str = "", status: int = 200) -> Any:
    page = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    waiting, more = approvals.waiting_for(current_user, page)
    mine = approvals.proposed_by(current_user)
    return render(
        "approvals/index.html", status=status, waiting=waiting, more=more, at=page, mine=mine, form=form, refused=at,
        **_around([*waiting, *mine]),
    )  # fmt: skip


def _around(rows: Iterable[Approval]) -> dict[str, Any]:
    """Names (of whom the reader still sees) and words for these rows, in three queries however many they are."""
    rows = list(rows)
    known = visible_to(current_user).where(Customer.id.in_({row.customer_id for row in rows}))
    found = session().scalars(known).all() if rows else []
    return {
        "customers": {one.id: one for one in found},
        "called": {one.id: names.called(one, lang()) for one in found},
        "people": staff_names({who for row in rows for who in (row.proposed_by_id, row.decided_by_id)}),
        "stores": store_names({row.store_id for row in rows}) if rows else {},
        "what": {row.id: approvals.kinds[row.kind].words(row.parameters, lang()) for row in rows},
        "labels": {row.id: str(approvals.kinds[row.kind].label) for row in rows},
    }


@bp.post("/<public_id>")
@allow(Permission.APPROVE)
def decide(public_id: str) -> Any:
    form, yes = DecisionForm(), request.form.get("decision") == "yes"
    approvals.get(current_user, public_id)
    if form.validate():
        with refusals(form):
            with write_tx() as tx:
                approvals.decide(tx, current_user, approvals.get(current_user, public_id), yes, form.said.data or "")
            flash(_("Approved and done.") if yes else _("Declined. Who proposed it sees that here."))
            return done(".index")
    return _page(form, public_id, status=422)


@bp.post("/<public_id>/withdrawal")
@allow(Permission.APPROVE)
def withdraw(public_id: str) -> Any:
    with write_tx() as tx:
        approvals.withdraw(tx, current_user, approvals.get(current_user, public_id))
    flash(_("Taken back. Nothing was changed."))
    return done(".index")


def _card(reader: StaffMember) -> store_cards.Context | None:
    return {"waits": approvals.count_waiting(reader)} if may(reader, Permission.APPROVE) else None


store_cards.cards.append(store_cards.StoreCard("approvals/_card.html", _card))
