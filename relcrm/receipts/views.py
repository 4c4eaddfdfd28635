"""Pages for bringing in receipts of another till: choose the file, match its columns, look, run, see the result, take it back."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, flash, request
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from relcrm import background
from relcrm.customers import import_files, imports, refused
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.import_views import STEPS
from relcrm.customers.queries import staff_names
from relcrm.db import record, write_tx
from relcrm.errors import RuleError
from relcrm.i18n import _, _l
from relcrm.receipts import columns, importing, words
from relcrm.receipts.forms import ReceiptFileForm, ReceiptMappingForm
from relcrm.receipts.importing import WHAT
from relcrm.receipts.tally import Tally
from relcrm.staff import audit
from relcrm.staff.models import Store
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import again, done, is_fragment, is_quiet, render

bp = Blueprint("receipts", __name__, url_prefix="/receipts")


@bp.get("")
@allow(Permission.CUSTOMER_IMPORT)
def index() -> Any:
    batches = imports.past(current_user, what=WHAT)
    stores = {store.id: store.name for store in imports.stores_of(current_user)}
    names = staff_names({batch.made_by_id for batch in batches})
    return render("receipts/index.html", batches=batches, stores=stores, names=names, tally_of=_tally_of)


def _tally_of(batch: ImportBatch) -> Tally:
    return Tally.read(batch.did)


def _get(public_id: str) -> ImportBatch:
    return imports.get(current_user, public_id, WHAT)


@bp.get("/new")
@allow(Permission.CUSTOMER_IMPORT)
def new() -> Any:
    form = ReceiptFileForm()
    form.offer(imports.stores_of(current_user))
    return render("receipts/new.html", form=form, steps=STEPS)


@bp.post("")
@allow(Permission.CUSTOMER_IMPORT)
def create() -> Any:
    form, stores = ReceiptFileForm(), imports.stores_of(current_user)
    form.offer(stores)
    if form.validate():
        if made := form.made_before():
            return done("receipts.show", public_id=made)
        with refusals(form):
            made = _made(form, next(store for store in stores if store.public_id == form.store.data))
            background.kick(current_app)
            return done("receipts.show", public_id=made)
    return render("receipts/new.html", status=422, form=form, steps=STEPS)


def _made(form: ReceiptFileForm, store: Store) -> str:
    """The import of this file, or that of the tap before, when two came at once."""
    sent: FileStorage = form.file.data
    name, store_id = sent.filename or "", store.id
    kept = import_files.receive(sent.stream, name, most=importing.MOST_ROWS, about=columns.RECEIPTS)
    try:
        with write_tx() as tx:
            made = form.made_before()
            if made is None:
                made = importing.make(tx, current_user, tx.get_one(Store, store_id), kept, file_name=name, lang=lang()).public_id
                form.remember(tx, made)
                kept = replace(kept, name="")
    finally:
        if kept.name:
            import_files.drop(kept.name)
    return made


@bp.get("/<public_id>")
@allow(Permission.CUSTOMER_IMPORT)
def show(public_id: str) -> Any:
    batch = _get(public_id)
    if batch.status == "mapping":
        return again() if is_fragment() else _choosing(batch)
    if batch.status in ("checking", "reverting", *imports.MOVING):
        tally = Tally.read(batch.foreseen) if batch.status == "checking" else _tally_of(batch)
        return render("receipts/waiting.html", fragment="receipts/_waiting.html", batch=batch, tally=tally, steps=STEPS)
    return again() if is_fragment() else _result(batch)


def _choosing(batch: ImportBatch, form: ReceiptMappingForm | None = None, chosen: list[str] | None = None) -> Response:
    """The columns with what is chosen, and what that makes of the rows; after an error what was typed, and no rows."""
    form, found = form or ReceiptMappingForm(None, source=batch.source), importing.columns_of(batch)
    if chosen:
        found = [replace(column, target=target) for column, target in zip(found, chosen, strict=True)]
    else:
        with refusals(form):
            importing.check(batch)
    looked = None if form.form_errors or form.source.errors else importing.preview(batch)
    return render(
        "receipts/mapping.html",
        status=422 if chosen else 200,
        batch=batch,
        form=form,
        columns=found,
        preview=looked,
        people=_people(looked),
        offered=columns.TARGETS,
        till=columns.recognise(imports.header_of(batch)),
        separators=imports.SEPARATORS,
        store=_store(batch),
        reason=refused.reason,
        header=imports.header_of(batch),
        words=words,
        steps=STEPS,
    )


def _people(looked: importing.Preview | None) -> dict[int, str]:
    """Names of the customers of the first lines; nothing of who is in the book of another store only."""
    return importing.names_of(current_user, {one.customer_id for one in looked.first if one.customer_id}) if looked else {}


def _result(batch: ImportBatch) -> Response:
    return render(
        "receipts/result.html",
        batch=batch,
        tally=_tally_of(batch),
        brought=importing.brought(batch),
        rows=list(imports.refused_rows(batch, imports.SHOWN_REFUSED)),
        store=_store(batch),
        words=words,
        header=imports.header_of(batch),
        goes_on=imports.may_go_on(batch),
        reverts=imports.may_revert(batch),
    )


def _store(batch: ImportBatch) -> Store:
    return next(store for store in imports.stores_of(current_user) if store.id == batch.store_id)


@bp.post("/<public_id>/mapping")
@allow(Permission.CUSTOMER_IMPORT)
def choose(public_id: str) -> Any:
    return _chosen(public_id, begins=False)


@bp.post("/<public_id>/run")
@allow(Permission.CUSTOMER_IMPORT)
def run(public_id: str) -> Any:
    return _chosen(public_id, begins=True)


def _chosen(public_id: str, *, begins: bool) -> Any:
    """Nothing is brought in that was not looked at: a column changed since is shown again first."""
    form = ReceiptMappingForm()
    chosen = ReceiptMappingForm.chosen(request.form, len(imports.header_of(_get(public_id))))
    with refusals(form):
        with write_tx() as tx:
            batch = _get(public_id)
            changed = importing.choose(batch, chosen, form.source.data or "") if batch.status in imports.OPEN else False
            if begins and not changed:
                imports.start(tx, current_user, batch)
        if begins and changed:
            flash(_("You changed a column. Look at what becomes of the rows, then bring them in."), "done")
        background.kick(current_app)
        return done("receipts.show", public_id=public_id)
    return _choosing(_get(public_id), form, chosen)


@bp.post("/<public_id>/separator")
@allow(Permission.CUSTOMER_IMPORT)
def separate(public_id: str) -> Any:
    """The cells were cut at the wrong sign."""
    with write_tx():
        gone = imports.separate(_get(public_id), request.form.get("delimiter", ""), importing.proposed)
    import_files.drop(gone)
    background.kick(current_app)
    return done("receipts.show", public_id=public_id)


@bp.post("/<public_id>/stop")
@allow(Permission.CUSTOMER_IMPORT)
def stop(public_id: str) -> Any:
    with write_tx() as tx:
        batch = _get(public_id)
        began = batch.rows_done > 0
        imports.stop(tx, current_user, batch)
    background.kick(current_app)
    return done("receipts.show", public_id=public_id) if began else done("receipts.new")


@bp.post("/<public_id>/go-on")
@allow(Permission.CUSTOMER_IMPORT)
def go_on(public_id: str) -> Any:
    """From the row where it was stopped, or where it broke off."""
    with write_tx() as tx:
        imports.start(tx, current_user, _get(public_id))
    background.kick(current_app)
    return done("receipts.show", public_id=public_id)


@bp.post("/<public_id>/revert")
@allow(Permission.CUSTOMER_IMPORT)
def revert(public_id: str) -> Any:
    with write_tx() as tx:
        imports.revert(tx, current_user, _get(public_id))
    background.kick(current_app)
    return done("receipts.show", public_id=public_id)


@bp.get("/<public_id>/refused.csv")
@allow(Permission.CUSTOMER_IMPORT)
def refused_file(public_id: str) -> Any:
    """The rows that were not taken, to mend and bring in again. Who took the file is written down."""
    batch = _get(public_id)
    if is_quiet():
        return Response(status=204)
    rows = list(imports.refused_rows(batch)) if batch.header is not None else []
    if not rows:
        raise RuleError(_l("There are no refused rows any more: they are kept for seven days."), code="refused_gone")
    actor, target, store_id = current_user._get_current_object(), batch.public_id, batch.store_id
    body = refused.as_bytes(imports.header_of(batch), rows)
    record(lambda tx: audit.note(tx, actor, "import_refused_taken", target, store_id=store_id))
    answer = Response(body, mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="refused-receipts.csv"'
    return answer
