"""Finding and capturing: the first page, the search, the newcomer, customers of other stores."""

from collections import OrderedDict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.exc import IntegrityError

from relcrm import clock, contact_values, db
from relcrm.consent import catalogue, notices
from relcrm.consent import rules as consent_rules
from relcrm.customers import asking_first, likely, meetings, merging, names, queries, routing, rules, search, spans
from relcrm.customers.forms import CaptureForm, channel_label, kind_label, purpose_short
from relcrm.customers.models import ContactPoint, Customer
from relcrm.db import session, write_tx
from relcrm.errors import BadValue, NotFound, RuleError
from relcrm.i18n import _, _l
from relcrm.staff import sessions
from relcrm.staff.models import StaffSession, Store
from relcrm.staff.permissions import Permission, reads_pseudonyms
from relcrm.web.access import allow
from relcrm.web.filters import country, lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, is_fragment, render

bp = Blueprint("customers", __name__, url_prefix="/customers")
MEETING_LIVES_S = 600
# The last term of each session, kept in memory: written into the session row only when a profile is opened.
_terms: OrderedDict[int, tuple[str, datetime]] = OrderedDict()


@bp.get("")
@allow(Permission.CUSTOMER_FIND)
def index() -> Any:
    """Search box, lately seen, what waits. After a look into a file the last search stands there again for ten minutes."""
    row = current_user.session_row
    term = row.search_term if row.search_term and row.searched_at and clock.now() - row.searched_at < sessions.TERM_LIVES else ""
    return render("customers/index.html", **_results(term), **_waiting())


def _waiting() -> dict[str, Any]:
    return {
        "lately": rows_of(queries.lately(current_user)),
        "pseudonyms": reads_pseudonyms(current_user),
        "asked": meetings.to_answer(current_user),
        "news": meetings.news(current_user),
        "soon": rows_of(queries.ending_soon(current_user)),
        "to_ask": asking_first.any_waits(current_user),
    }


@bp.get("/to-ask")
@allow(Permission.CUSTOMER_READ)
def to_ask() -> Any:
    """Whom to ask what an old file told and she has not agreed to."""
    waiting, older = asking_first.page(current_user, request.args.get("before", type=int))
    rows = rows_of([one.customer for one in waiting])
    for row, one in zip(rows, waiting, strict=True):
        row["as"] = " · ".join(catalogue.label(field, lang()) for field in one.fields)
    return render("customers/to_ask.html", rows=rows, older=older)


@bp.post("/search")
@allow(Permission.CUSTOMER_FIND)
def find() -> Any:
    """What was typed comes in the body and is never in an address; a look-up like a GET, it writes nothing of itself."""
    text = request.form.get("q", "")[:200]
    _remember(text)
    found = _results(text)
    if is_fragment():
        return render("customers/_results.html", lately=rows_of(queries.lately(current_user)) if not text.strip() else [], **found)
    return render("customers/index.html", **found, **_waiting())


def _results(text: str) -> dict[str, Any]:
    text = text.strip()
    if not text:
        return {"q": "", "found": None, "rows": [], "stranger": None, "meeting": ""}
    found = search.find(current_user, text)
    stranger = meetings.by_complete_number(current_user, text) if not found.customers and not reads_pseudonyms(current_user) else None
    meeting = _signer().dumps([stranger.customer.id, current_user.id]) if stranger else ""
    return {"q": text, "found": found, "rows": rows_of(found.customers, found.query), "stranger": stranger, "meeting": meeting}


def _remember(text: str) -> None:
    key = current_user.session_row.id
    _terms[key] = (text, clock.now())
    _terms.move_to_end(key)
    while len(_terms) > 2000:
        _terms.popitem(last=False)


def keep_term() -> None:
    """With the opening of a file the last search is kept for the way back."""
    row_id = current_user.session_row.id
    if row_id in _terms:
        text, when = _terms.pop(row_id)
        db.record(
            lambda tx: tx.execute(sa.update(StaffSession).where(StaffSession.id == row_id).values(search_term=text, searched_at=when))
        )


def rows_of(customers: Any, query: routing.Query | None = None) -> list[dict[str, Any]]:
    """One line per customer, with the matched part marked. Two queries, however many."""
    ids = [customer.id for customer in customers]
    # Naming the kind here would let SQLite read every phone of the book by the index over kind and value: 2 s at a million.
    main = sa.select(ContactPoint).where(ContactPoint.customer_id.in_(ids), ContactPoint.is_main)
    phones = {point.customer_id: point.value for point in (session().scalars(main) if ids else ()) if point.kind == "phone"}
    owners = queries.staff_names({customer.owner_id for customer in customers})
    return [_row(customer, phones.get(customer.id, ""), owners, query) for customer in customers]


def _row(customer: Customer, phone: str, owners: dict[int, str], query: routing.Query | None) -> dict[str, Any]:
    own = customer.owner_id == current_user.id
    hidden = reads_pseudonyms(current_user)
    name = names.pseudonym(customer) if hidden else customer.name
    shown = (
        ""
        if hidden or not phone
        else contact_values.phone_shown(phone, country())
        if own
        else contact_values.phone_masked(phone, country())
    )
    return {
        "href": url_for("customers.show", public_id=customer.public_id),
        "face": names.face(name),
        "name": _marked(name, query),
        "phone": _marked(shown, query),
        "as": "" if hidden else customer.address_as,
        "owner": "" if own else owners.get(customer.owner_id or 0, ""),
        "own": own,
    }


def _marked(text: str, query: routing.Query | None) -> list[tuple[str, bool]]:
    """The text cut into pieces, each with whether it was searched for."""
    marks = sorted({span for term in (query.terms if query else ()) for span in spans.spans(text, term.text)})
    pieces, at = [], 0
    for start, end in marks:
        if start >= at:
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="meeting")


@bp.post("/meetings")
@allow(Permission.CUSTOMER_WRITE)
def meet() -> Any:
    """She is here, or ask her store: only for somebody whose complete number this person typed within ten minutes."""
    try:
        customer_id, staff_id = _signer().loads(request.form.get("meeting", ""), max_age=MEETING_LIVES_S)
    except (BadSignature, ValueError, TypeError):
        staff_id, customer_id = 0, 0
    if staff_id != current_user.id:
        raise RuleError(_l("Type her complete number once more."), code="meeting_over")
    with write_tx() as tx:
        customer = tx.get_one(Customer, customer_id)
        store = queries.stores_of(current_user, "associate", "store_manager")[0]
        if request.form.get("act") == "here":
            rules.she_is_here(tx, current_user, store, customer)
            public_id = customer.public_id
        else:
            rules.ask_share(tx, current_user, store, customer)
            public_id = ""
    return done("customers.show", public_id=public_id) if public_id else done("customers.index")


@bp.post("/shares/<public_id>")
@allow(Permission.CUSTOMER_WRITE)
def answer_share(public_id: str) -> Any:
    with write_tx() as tx:
        asked, customer = meetings.get_request(current_user, public_id)
        rules.answer_share(tx, current_user, asked, customer, accepts=request.form.get("answer") == "yes")
    return done("customers.index")


@bp.post("/news/<int:inform_id>")
@allow(Permission.CUSTOMER_WRITE)
def read_news(inform_id: int) -> Any:
    with write_tx() as tx:
        meetings.mark_read(tx, current_user, inform_id)
    return done("customers.index")


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.CUSTOMER_WRITE)
def new() -> Any:
    stores = queries.stores_of(current_user, "associate", "store_manager")
    form = CaptureForm().prepare([(store.public_id, store.name) for store in stores])
    store = next((one for one in stores if one.public_id == form.store.data), stores[0])
    if request.method == "GET" or "prefill" in request.form:
        return _capture_page(_prefilled(form), store, stores)
    if form.validate():
        with refusals(form):
            return _captured(form, store)
    return _capture_page(form, store, stores, status=422)


def _captured(form: CaptureForm, store: Store) -> Any:
    newcomer = rules.Newcomer(contact_values.person_name(form.name.data or ""), form.contacts(store.country), answers=form.answers())
    try:
        with write_tx() as tx:
            made = form.made_before()  # asked under the lock: the same tap may come twice at once
            if made is None:
                made = rules.capture(tx, current_user, tx.get_one(Store, store.id), newcomer, lang=lang()).public_id
                form.remember(tx, made)
    except IntegrityError:  # where writers do not queue, the unique key is who tells that another till was faster
        made = form.made_before()
        if made is None:
            kind = next((kind for kind, value in newcomer.contacts if rules.holder(kind, value)), newcomer.contacts[0][0])
            raise rules.AlreadyKnown(0, kind) from None
    return done("customers.show", public_id=made)


def _prefilled(form: CaptureForm) -> CaptureForm:
    """What was searched for and not found is where the capture begins."""
    typed = request.form.get("prefill", "").strip()
    if typed:
        digits = sum(sign.isdigit() for sign in typed)
        (form.phone if digits >= len(typed) / 2 else form.name).data = typed
        form.errors.clear()
    return form


def _capture_page(form: CaptureForm, store: Store, stores: Any, *, status: int = 200) -> Any:
    told = notices.current(notices.ENROL, lang())
    return render(
        "customers/new.html", status=status, form=form, stores=stores, store=store, told=told, known=_known(form, store), alike=[],
        profiling=consent_rules.is_assessed("profiling"),
    )  # fmt: skip


@bp.post("/check")
@allow(Permission.CUSTOMER_WRITE)
def check() -> Any:
    """While the number is typed: what is wrong with it, how it reads, or who has it already."""
    stores = queries.stores_of(current_user, "associate", "store_manager")
    form = CaptureForm(formdata=request.form).prepare([(store.public_id, store.name) for store in stores])
    store = next((one for one in stores if one.public_id == form.store.data), stores[0])
    problem, shown = "", ""
    try:
        shown = contact_values.phone_shown(contact_values.phone(form.phone.data or "", store.country), store.country)
    except BadValue as error:
        problem = "" if error.code in ("phone_empty", "phone_short") else str(error.message)
    known = _known(form, store)
    alike = [] if known else rows_of(likely.resembling(current_user, store, form.name.data or "", _number(form, store)))
    return render("customers/_known.html", known=known, problem=problem, shown=shown, alike=alike)


def _number(form: CaptureForm, store: Store) -> str:
    try:
        return contact_values.phone(form.phone.data or "", store.country)
    except BadValue:
        return ""


def _known(form: CaptureForm, store: Store) -> dict[str, Any] | None:
    """Who has one of these contacts already: a link to her, or the stranger's row of another store."""
    try:
        contacts = form.contacts(store.country)
    except BadValue:
        return None
    held = [(found, value) for kind, value in contacts if (found := rules.holder(kind, value)) is not None]
    if not held:
        return None
    holder, value = held[0]
    customer = session().scalar(queries.visible_to(current_user).where(Customer.id == holder))
    if customer is not None:
        return {"row": rows_of([customer])[0], "stranger": None, "meeting": ""}
    stranger = meetings.by_complete_number(current_user, value)
    if stranger is None:
        return {"row": None, "stranger": None, "meeting": ""}
    return {"row": None, "stranger": stranger, "meeting": _signer().dumps([stranger.customer.id, current_user.id])}


def load(public_id: str) -> queries.Seen:
    """The customer of this address, as the signed-in person may see her; who was merged is where her file went."""
    try:
        return queries.get(current_user, public_id)
    except NotFound:
        winner = merging.winner_of(current_user, public_id)
        if winner is None:
            raise
        abort(_moved(public_id, winner.public_id))


def _moved(public_id: str, to: str) -> Any:
    """A page leads to the same page of the winner; what was sent to the old file is not done, and that is said."""
    values = request.view_args or {}
    if request.method == "GET" and values.get("public_id") == public_id and "other_public_id" not in values:
        return redirect(url_for(request.endpoint or "customers.show", **{**values, "public_id": to}))
    flash(_("This file was joined to another a moment ago; here it is. What you sent was not kept: look, and do it again."), "mind")
    return redirect(url_for("customers.show", public_id=to), 303)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"kind_label": kind_label, "channel_label": channel_label, "purpose_short": purpose_short}


def redirect_to(public_id: str, anchor: str = "") -> Any:
    return redirect(url_for("customers.show", public_id=public_id, _anchor=anchor or None), 303)
