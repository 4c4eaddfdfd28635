"""Pages for bringing in a customer file: choose it, say what its columns are, look, run, see the result."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, flash, request
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from relcrm import background, birthday, contact_values
from relcrm.consent.purposes import purpose
from relcrm.customers import import_columns, import_files, import_terms, import_words, imports, presets, refused
from relcrm.customers.import_forms import FileForm, MappingForm, PaperForm
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.queries import staff_names
from relcrm.db import record, write_tx
from relcrm.errors import RuleError
from relcrm.i18n import _, _l
from relcrm.staff import audit
from relcrm.staff.models import Store
from relcrm.staff.permissions import Permission, may
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
    return render(
        "imports/index.html",
        batches=batches,
        stores=stores,
        names=staff_names({batch.made_by_id for batch in batches}),
        tally_of=imports.tally_of,
    )


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
    kept = import_files.receive(sent.stream, name)
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
    if batch.status in ("checking", "reverting", *imports.MOVING):
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
    declares = may(current_user, Permission.CONSENT_DECLARE)
    return render(
        "imports/mapping.html",
        status=422 if chosen else 200,
        batch=batch,
        form=form,
        columns=columns,
        preview=looked,
        offered=import_columns.OFFERED,
        separators=imports.SEPARATORS,
        declares=declares,
        consents=import_columns.CONSENTS & {column.target for column in columns},
        program=presets.recognise(imports.header_of(batch)),
        paper=import_terms.paper_of(batch),
        purpose=purpose,
        why=import_columns.WHY_LEFT_OUT,
        store=_store(batch),
        reason=refused.reason,
        header=imports.header_of(batch),
        words=import_words,
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
        words=import_words,
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
    batch = imports.get(current_user, public_id)
    form, chosen = MappingForm(), MappingForm.chosen(request.form, len(imports.header_of(batch)))
    proves = request.form.get("proves") == "1"
    with refusals(form):
        with write_tx() as tx:
            batch = imports.get(current_user, public_id)
            changed = imports.choose(batch, chosen, current_user, proves=proves) if batch.status in imports.OPEN else False
            if begins and not changed:
                imports.start(tx, current_user, batch)
        if begins and changed:
            _say_changed()
        background.kick(current_app)
        return done("imports.show", public_id=public_id)
    return _choosing(imports.get(current_user, public_id), form, chosen)


def _say_changed() -> None:
    flash(_("You changed a column. Look at what becomes of the rows, then bring them in."), "done")


@bp.post("/<public_id>/separator")
@allow(Permission.CUSTOMER_IMPORT)
def separate(public_id: str) -> Any:
    """The cells were cut at the wrong sign."""
    with write_tx():
        batch = imports.get(current_user, public_id)
        gone = imports.separate(batch, request.form.get("delimiter", ""), imports.proposed)
    import_files.drop(gone)
    background.kick(current_app)
    return done("imports.show", public_id=public_id)


@bp.post("/<public_id>/stop")
@allow(Permission.CUSTOMER_IMPORT)
def stop(public_id: str) -> Any:
    with write_tx() as tx:
        batch = imports.get(current_user, public_id)
        began = batch.rows_done > 0
        imports.stop(tx, current_user, batch)
    background.kick(current_app)
    return done("imports.show", public_id=public_id) if began else done("imports.new")


@bp.route("/<public_id>/paper", methods=["GET", "POST"])
@allow(Permission.CONSENT_DECLARE)
def paper(public_id: str) -> Any:
    """The owner declares what everybody in the file signed. Of a scan only its fingerprint is kept; the paper stays in the shop."""
    batch = imports.get(current_user, public_id)
    before, form = import_terms.paper_of(batch), PaperForm()
    if request.method == "POST" and form.validate():
        with refusals(form):
            scan: FileStorage | None = form.scan.data
            seen, name = (scan.stream.read(), scan.filename or "") if scan else (b"", "")
            with write_tx() as tx:
                told = {"purposes": form.purposes.data or [], "words": form.words.data or "", "signed_on": form.signed_on.data}
                imports.declare(tx, current_user, imports.get(current_user, public_id), scan=seen, scan_name=name, **told)
            background.kick(current_app)
            return done("imports.show", public_id=public_id)
    if request.method == "GET" and before is not None:
        form = PaperForm(None, purposes=before.purposes.split(), words=before.words, signed_on=before.signed_on)
    return render("imports/paper.html", status=422 if form.errors or form.form_errors else 200, batch=batch, form=form, before=before)


@bp.post("/<public_id>/go-on")
@allow(Permission.CUSTOMER_IMPORT)
def go_on(public_id: str) -> Any:
    """From the row where it was stopped, or where it broke off."""
    with write_tx() as tx:
        imports.start(tx, current_user, imports.get(current_user, public_id))
    background.kick(current_app)
    return done("imports.show", public_id=public_id)


@bp.post("/<public_id>/revert")
@allow(Permission.CUSTOMER_IMPORT)
def revert(public_id: str) -> Any:
    with write_tx() as tx:
        imports.revert(tx, current_user, imports.get(current_user, public_id))
    background.kick(current_app)
    return done("imports.show", public_id=public_id)


@bp.get("/<public_id>/stayed")
@allow(Permission.CUSTOMER_IMPORT)
def stayed(public_id: str) -> Any:
    """Customers of a file that was taken back on whom somebody worked since: a person decides about them."""
    batch = imports.get(current_user, public_id)
    rows, more = imports.stayed(current_user, batch, request.args.get("after", 0, type=int))
    return render("imports/stayed.html", batch=batch, rows=rows, more=more)


@bp.get("/<public_id>/refused.csv")
@allow(Permission.CUSTOMER_IMPORT)
def refused_file(public_id: str) -> Any:
    """The rows that were not taken, to mend and bring in again. Who took the file is written down."""
    batch = imports.get(current_user, public_id)
    if is_quiet():
        return Response(status=204)
    if batch.header is None or not imports.tally_of(batch).refused:
        raise RuleError(_l("There are no refused rows any more: they are kept for seven days."), code="refused_gone")
    actor, target, store_id = current_user._get_current_object(), batch.public_id, batch.store_id
    body = refused.as_bytes(imports.header_of(batch), imports.refused_rows(batch))
    record(lambda tx: audit.note(tx, actor, "import_refused_taken", target, store_id=store_id))
    answer = Response(body, mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="refused.csv"'
    return answer
