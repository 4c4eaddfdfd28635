"""Pages of purchases: finding whom, recording, the list, one receipt, what came back."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import current_user

from relcrm import clock, money
from relcrm.consent import access_log
from relcrm.customers import names, openings, search
from relcrm.customers import queries as customers
from relcrm.customers.queries import Seen
from relcrm.customers.views import load, rows_of
from relcrm.db import write_tx
from relcrm.errors import NotAllowed
from relcrm.i18n import _l
from relcrm.purchases import afterwards, offers, products_seam, queries, rules, shown
from relcrm.purchases.forms import EMPTY_LINES, LineForm, ReceiptForm, ReturnForm
from relcrm.purchases.models import Purchase
from relcrm.staff.models import Store
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, is_quiet, render

bp = Blueprint("purchases", __name__, url_prefix="/purchases")
TYPED_LEAST = 1


@bp.app_template_filter("money")
def _money(minor: int, currency: str) -> str:
    return money.show(minor, currency, lang())


@bp.get("/new")
@allow(Permission.PURCHASE_RECORD)
def choose() -> Any:
    """Whose purchase is it? Lately seen first, else the search."""
    return render(
        "purchases/choose.html", q="", found=None, rows=_to_record(rows_of(customers.lately(current_user)), customers.lately(current_user))
    )


@bp.post("/new")
@allow(Permission.PURCHASE_RECORD)
def find() -> Any:
    """What was typed comes in the body, like every search."""
    text = request.form.get("q", "")[:200].strip()
    found = search.find(current_user, text) if text else None
    hits = found.customers if found else customers.lately(current_user)
    rows = _to_record(rows_of(hits, found.query if found else None), hits)
    return render("purchases/choose.html", fragment="purchases/_choose.html", q=text, found=found, rows=rows)


def _to_record(rows: list[dict[str, Any]], hits: Any) -> list[dict[str, Any]]:
    return [{**row, "href": url_for(".new", public_id=one.public_id)} for row, one in zip(rows, hits, strict=True)]


@bp.route("/for/<public_id>", methods=["GET", "POST"])
@allow(Permission.PURCHASE_RECORD)
def new(public_id: str) -> Any:
    seen, stores = load(public_id), _till_stores()
    form = ReceiptForm().prepare(lang(), [(store.public_id, store.name) for store in stores])
    store = _store_of(form, seen, stores)
    if request.method == "GET":
        form.store.data, form.sold_on.data = store.public_id, clock.today(store.time_zone)
        return _new_page(form, seen, store, stores)
    if "more" in request.form:
        _one_more(form)
        return _new_page(form, seen, store, stores)
    if form.validate():
        with refusals(form):
            lines, receipt = form.read_lines(store.currency), form.receipt(clock.today(store.time_zone))
            with write_tx() as tx:
                made = form.made_before()  # asked under the lock: the same tap may come twice at once
                if made is None:
                    made = rules.record(tx, current_user, tx.get_one(Store, store.id), load(public_id), lines, receipt).public_id
                    form.remember(tx, made)
            return done(".show", public_id=made)
    return _new_page(form, seen, _store_of(form, seen, _till_stores()), _till_stores(), status=422)


def _new_page(form: ReceiptForm, seen: Seen, store: Store, stores: Any, *, status: int = 200) -> Any:
    return render(
        "purchases/new.html", status=status, form=form, seen=seen, store=store, stores=stores, called=_called(seen), shows=EMPTY_LINES
    )


def _one_more(form: ReceiptForm) -> None:
    form.lines.append_entry()
    form.lines.entries[-1].form.prepare(lang())


def _till_stores() -> list[Store]:
    return list(customers.stores_of(current_user, "associate", "store_manager"))


def _store_of(form: ReceiptForm, seen: Seen, stores: list[Store]) -> Store:
    """The store named, else where she is met, else the first till of this person."""
    named = next((one for one in stores if one.public_id == form.store.data), None)
    return named or next((one for one in stores if one.id == seen.store_of(current_user).id), stores[0])


def _called(seen: Seen) -> str:
    return names.called(seen.customer, lang())


@bp.post("/for/<public_id>/goods")
@allow(Permission.PURCHASE_RECORD)
def suggest(public_id: str) -> Any:
    """While a line is typed: goods that begin so. Taking one fills the line."""
    seen, place, form, store = _typing(public_id)
    line = form.lines.entries[place]
    text = (line.form.name.data or "").strip()
    found = products_seam.suggest(store, text) if len(text) >= TYPED_LEAST else []
    return render("purchases/_suggestions.html", place=place, found=found, store=store, seen=seen, said=bool(text))


@bp.post("/for/<public_id>/line")
@allow(Permission.PURCHASE_RECORD)
def take(public_id: str) -> Any:
    """The line with what was tapped in it: name, price, kind; sizes and colours to choose from."""
    seen, place, form, store = _typing(public_id)
    line, wanted = form.lines.entries[place].form, request.form.get("take", "")
    chosen = next((one for one in products_seam.suggest(store, (line.name.data or "").strip()) if one.name == wanted), None)
    if chosen is not None:
        _fill(line, chosen, store)
    return render("purchases/_line.html", entry=form.lines.entries[place], place=place, seen=seen, store=store, chosen=chosen)


def _fill(line: LineForm, chosen: products_seam.Suggestion, store: Store) -> None:
    line.name.data, line.category.data, line.product_id.data = chosen.name, chosen.category, chosen.product_id or ""
    if chosen.price_minor is not None:
        line.price.data = money.typed(chosen.price_minor, store.currency)
    for field, words in ((line.size, chosen.sizes), (line.colour, chosen.colours)):
        field.data = words[0] if len(words) == 1 and not field.data else field.data


def _typing(public_id: str) -> tuple[Seen, int, ReceiptForm, Store]:
    seen, stores = load(public_id), _till_stores()
    form = ReceiptForm().prepare(lang(), [(store.public_id, store.name) for store in stores])
    place = request.args.get("place", 0, type=int)
    return seen, min(max(place, 0), len(form.lines.entries) - 1), form, _store_of(form, seen, stores)


@bp.get("/of/<public_id>")
@allow(Permission.CUSTOMER_READ)
def index(public_id: str) -> Any:
    """Her purchases, fifty a page; an auditor sees the sums alone."""
    seen, page = load(public_id), min(max(request.args.get("page", 1, type=int), 1), 10_000)
    _looked(seen)
    rows, more = queries.page(seen, page) if queries.shows_receipts(seen) else ([], False)
    return render(
        "purchases/index.html", seen=seen, rows=rows, more=more, at=page, figures=queries.figures(seen), called=_shown_name(seen),
        shows_receipts=queries.shows_receipts(seen), shown=shown, before=openings.before(seen.customer.id) if page == 1 else [],
    )  # fmt: skip


def _shown_name(seen: Seen) -> str:
    return _called(seen) if queries.shows_receipts(seen) else names.pseudonym(seen.customer)


def _looked(seen: Seen) -> None:
    if not is_quiet():
        access_log.looked(current_user.id, seen.customer.id, "profile", store_id=seen.store_of(current_user).id)


@bp.get("/<public_id>")
@allow(Permission.PURCHASE_READ)
def show(public_id: str) -> Any:
    row, seen = queries.get(current_user, public_id)
    _looked(seen)
    lines = queries.lines_of(row.id)
    names_of = customers.staff_names({row.sold_by_id})
    return render(
        "purchases/show.html", row=row, seen=seen, lines=lines, store=_store_named(row), called=_called(seen), shown=shown,
        seller=names_of.get(row.sold_by_id or 0, ""), returned=queries.returned([line.id for line in lines]),
        offers=offers.offers(current_user, seen, row, lines, lang()), returns=queries.returns_of(row.id), origin=queries.origin_of(lines),
        after=afterwards.of(current_user, row),
    )  # fmt: skip


def _store_named(row: Purchase) -> Store:
    from relcrm.db import session

    return session().get_one(Store, row.store_id)


@bp.post("/<public_id>/facts")
@allow(Permission.PURCHASE_RECORD)
def keep_fact(public_id: str) -> Any:
    """One tap keeps her size or colour."""
    with write_tx() as tx:
        row, seen = queries.get(current_user, public_id)
        line_id = request.form.get("line", 0, type=int)
        offers.keep(tx, current_user, seen, row, queries.lines_of(row.id), request.form.get("key", ""), line_id, lang())
    return done(".show", public_id=public_id)


@bp.route("/<public_id>/returns", methods=["GET", "POST"])
@allow(Permission.PURCHASE_RECORD)
def give_back(public_id: str) -> Any:
    """Choose the lines and how many came back; new goods against them make it an exchange."""
    row, seen = queries.get(current_user, public_id)
    stores = [store for store in _till_stores() if store.currency == row.currency]
    if not stores:
        raise NotAllowed(_l("A store that sells in the same currency takes this back."), code="other_currency")
    lines = [line for line in queries.lines_of(row.id) if line.returns_line_id is None]
    form = ReturnForm().prepare(lang(), [(store.public_id, store.name) for store in stores])
    assert isinstance(form, ReturnForm)
    form.ask(lines, request.form)
    store = _store_of(form, seen, stores)
    if request.method == "GET" or "more" in request.form:
        _begin_or_go_on(form, store)
        return _return_page(form, row, seen, store)
    if form.validate():
        with refusals(form):
            made = _given_back(form, public_id, store)
            return done(".show", public_id=made)
    again, seen = queries.get(current_user, public_id)
    return _return_page(form, again, seen, store, status=422)


def _begin_or_go_on(form: ReturnForm, store: Store) -> None:
    if request.method == "GET":
        form.store.data, form.sold_on.data = store.public_id, clock.today(store.time_zone)
    else:
        _one_more(form)


def _given_back(form: ReturnForm, public_id: str, store: Store) -> str:
    back, lines = form.pieces(), form.read_lines(store.currency)
    receipt = form.receipt(clock.today(store.time_zone))
    with write_tx() as tx:
        made = form.made_before()
        if made is None:
            row, seen = queries.get(current_user, public_id)
            made = rules.give_back(tx, current_user, tx.get_one(Store, store.id), seen, row, back, lines, receipt).public_id
            form.remember(tx, made)
    return made


def _return_page(form: ReturnForm, row: Purchase, seen: Seen, store: Store, *, status: int = 200) -> Any:
    lines = [line for line in queries.lines_of(row.id) if line.returns_line_id is None]
    back = queries.returned([line.id for line in lines])
    left = [(line, line.quantity - back.get(line.id, (0, 0))[0]) for line in lines]
    return render(
        "purchases/return.html",
        status=status,
        form=form,
        row=row,
        seen=seen,
        store=store,
        left=left,
        called=_called(seen),
        shown=shown,
        shows=EMPTY_LINES,
    )
