"""Pages for bringing in a customer file: choose it, say what its columns are, look, run, see the result."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, flash, request
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from relcrm import background, birthday, contact_values
from relcrm.customers import import_columns, import_files, imports, refused
from relcrm.customers.import_forms import FileForm, MappingForm
from relcrm.customers.models import ImportBatch
from relcrm.customers.queries import staff_names
from relcrm.db import record, write_tx
from relcrm.errors import RuleError
from relcrm.i18n import _, _l
from relcrm.staff import audit
from relcrm.staff.models import Store
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import again, done, is_fragment, is_quiet, render

bp = Blueprint("imports", __name__, url_prefix="/imports")
STEPS = (_l("Choose a file"), _l("Match and look"), _l("Bring in"))


@bp.get("")
@allow(Permission.CUSTOMER_IMPORT)
def index() -> Any:
    batches = imports.past(current_user)
    stores = {store.id: store.name for store in imports.stores_of(current_user)}
    return render("imports/index.html", batches=batches, stores=stores, names=staff_names({batch.made_by_id for batch in batches}))


@bp.get("/new")
@allow(Permission.CUSTOMER_IMPORT)
def new() -> Any:
    form = FileForm()
    form.offer(imports.stores_of(current_user))
    return render("imports/new.html", form=form, steps=STEPS)


@bp.post("")
@allow(Permission.CUSTOMER_IMPORT)
def create() -> Any:
    form, stores = FileForm(), imports.stores_of(current_user)
    form.offer(stores)
    if form.validate():
        if made := form.made_before():
            return done("imports.show", public_id=made)
        with refusals(form):
            made = _made(form, next(store for store in stores if store.public_id == form.store.data))
            background.kick(current_app)
            return done("imports.show", public_id=made)
    return render("imports/new.html", status=422, form=form, steps=STEPS)


def _made(form: FileForm, store: Store) -> str:
    """The import of this file, or that of the tap before, when two came at once."""
    sent: FileStorage = form.file.data
    name, store_id = sent.filename or "", store.id
    kept = import_files.receive(sent.stream, name)  # type: ignore[arg-type]
    try:
        with write_tx() as tx:
            made = form.made_before()
            if made is None:
                made = imports.make(tx, current_user, tx.get_one(Store, store_id), kept, file_name=name, lang=lang()).public_id
                form.remember(tx, made)
                kept = replace(kept, name="")
    finally:
        if kept.name:
            import_files.drop(kept.name)
    return made


@bp.get("/<public_id>")
@allow(Permission.CUSTOMER_IMPORT)
def show(public_id: str) -> Any:
    batch = imports.get(current_user, public_id)
    if batch.status == "mapping":
        return again() if is_fragment() else _choosing(batch)
    if batch.status in ("checking", *imports.MOVING):
        return _waiting(batch)
    return again() if is_fragment() else _result(batch)


def _waiting(batch: ImportBatch) -> Response:
    tally = imports.counted(batch) if batch.status == "checking" else imports.tally_of(batch)
    return render("imports/waiting.html", fragment="imports/_waiting.html", batch=batch, tally=tally, steps=STEPS)


def _choosing(batch: ImportBatch, form: MappingForm | None = None, chosen: list[str] | None = None) -> Response:
    """The columns with what is chosen, and what that makes of the rows; after an error what was typed, and no rows."""
    form, columns = form or MappingForm(), imports.columns_of(batch)
    if chosen:
        columns = [replace(column, target=target) for column, target in zip(columns, chosen, strict=True)]
    else:
        with refusals(form):
            import_columns.check([column.target for column in columns], len(columns))
    looked = None if form.form_errors else imports.preview(batch)
    return render(
        "imports/mapping.html",
        status=422 if chosen else 200,
        batch=batch,
        form=form,
        columns=columns,
        preview=looked,
        offered=import_columns.OFFERED,
        why=import_columns.WHY_LEFT_OUT,
        store=_store(batch),
        reason=refused.reason,
        header=imports.header_of(batch),
        needs=import_columns.needs,
        birthday=birthday.show,
        phone_shown=contact_values.phone_shown,
        steps=STEPS,
    )


def _result(batch: ImportBatch) -> Response:
    return render(
        "imports/result.html",
        batch=batch,
        tally=imports.tally_of(batch),
        rows=list(imports.refused_rows(batch, imports.SHOWN_REFUSED)),
        store=_store(batch),
        needs=import_columns.needs,
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
    batch = imports.get(current_user, public_id)
    form, chosen = MappingForm(), MappingForm.chosen(request.form, len(imports.header_of(batch)))
    with refusals(form):
        with write_tx() as tx:
            batch = imports.get(current_user, public_id)
            changed = imports.choose(batch, chosen) if batch.status in imports.OPEN else False
            if begins and not changed:
                imports.start(tx, current_user, batch)
        if begins and changed:
            _say_changed()
        background.kick(current_app)
        return done("imports.show", public_id=public_id)
    return _choosing(imports.get(current_user, public_id), form, chosen)


def _say_changed() -> None:
    flash(_("You changed a column. Look at what becomes of the rows, then bring them in."), "done")


@bp.post("/<public_id>/stop")
@allow(Permission.CUSTOMER_IMPORT)
def stop(public_id: str) -> Any:
    with write_tx() as tx:
        batch = imports.get(current_user, public_id)
        began = batch.rows_done > 0
        imports.stop(tx, current_user, batch)
    background.kick(current_app)
    return done("imports.show", public_id=public_id) if began else done("imports.new")


@bp.get("/<public_id>/refused.csv")
@allow(Permission.CUSTOMER_IMPORT)
def refused_file(public_id: str) -> Any:
    """The rows that were not taken, to mend and bring in again. Who took the file is written down."""
    batch = imports.get(current_user, public_id)
    if is_quiet():
        return Response(status=204)
    if batch.header is None or not batch.refused:
        raise RuleError(_l("There are no refused rows any more: they are kept for seven days."), code="refused_gone")
    actor, target, store_id = current_user._get_current_object(), batch.public_id, batch.store_id
    body = refused.as_bytes(imports.header_of(batch), imports.refused_rows(batch))
    record(lambda tx: audit.note(tx, actor, "import_refused_taken", target, store_id=store_id))
    answer = Response(body, mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="refused.csv"'
    return answer
