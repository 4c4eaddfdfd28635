"""Pages for taking customers out of the book: whose, which columns, the file, and the log of all files."""

from typing import Any

from flask import Blueprint, Response, flash, request
from flask_login import current_user

from relcrm import clock
from relcrm.customers import export_columns, export_files, export_log, export_run, export_sources
from relcrm.customers.cleansing_views import TITLES
from relcrm.customers.export_forms import FORMATS, ExportForm
from relcrm.customers.export_models import ExportLog
from relcrm.customers.export_run import Made
from relcrm.customers.export_sources import Source
from relcrm.customers.queries import staff_names
from relcrm.db import write_tx
from relcrm.errors import RuleError
from relcrm.i18n import _, _l
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang, zone
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render

bp = Blueprint("exports", __name__, url_prefix="/exports")


@bp.get("")
@allow(Permission.EXPORT, Permission.AUDIT_READ)
def index() -> Any:
    """Everybody's files about customers of one's stores, newest first."""
    page = max(1, request.args.get("page", 1, type=int))
    logs, more = export_log.past(current_user, page)
    stores = export_log.stores_of(logs)
    return render(
        "exports/index.html", logs=logs, at=page, more=more, names=staff_names({log.actor_id for log in logs}), formats=FORMATS,
        taken_back=export_log.taken_back(logs), what={log.id: _logged(log, stores[log.id]) for log in logs},
        labels={log.id: [export_columns.item(key, lang()).label for key in log.fields.split()] for log in logs},
    )  # fmt: skip


def _logged(log: ExportLog, stores: list[str]) -> str:
    """What the file was about. A list goes without its name: an auditor reads this too."""
    where = ", ".join(stores[:3]) if len(stores) < 4 else _("%(num)s stores", num=len(stores))
    if log.what == "list":
        return _("a list of %(store)s", store=where)
    return f"{TITLES[log.what_id]}, {where}" if log.what == "clean" else _("customers of %(store)s", store=where)


@bp.get("/new")
@allow(Permission.EXPORT)
def new() -> Any:
    if "what" not in request.args:
        return render("exports/choose.html", sources=export_sources.sources(current_user), title=_title)
    return _page(ExportForm(), export_sources.source(current_user, request.args["what"]))


def _title(source: Source) -> str:
    if source.kind == "clean":
        return str(TITLES[source.id])
    return _("All my stores") if source.kind == "stores" else source.name or source.stores[0].name


def _page(form: ExportForm, source: Source, status: int = 200) -> Response:
    items = export_sources.offered(current_user, source.stores, lang())
    form.prepare(source, [item.key for item in items])
    total = export_sources.total(current_user, source)
    alone = export_sources.is_alone(current_user, source.stores)
    return render(
        "exports/new.html", status=status, form=form, source=source, title=_title(source), total=total, alone=alone,
        first=[item for item in items if item.key in export_columns.DEFAULT],
        reach=[item for item in items if item.key in export_columns.CONTACTS],
        more=[item for item in items if item.key not in (*export_columns.DEFAULT, *export_columns.CONTACTS)],
        agreed=export_sources.agreed(current_user, source) if total <= export_sources.COUNTED else None,
        left=export_log.left_today(current_user, source.stores), most=export_log.A_DAY, who=", ".join(export_log.who_may(source.stores)),
    )  # fmt: skip


@bp.post("")
@allow(Permission.EXPORT)
def create() -> Any:
    form = ExportForm()
    what, wish, actor_id = form.what.data or "", form.wish(lang()), current_user.id
    export_sources.source(current_user, what)
    if form.validate():
        with refusals(form):
            return _sent(export_run.make(actor_id, wish, also=lambda tx, made: _once(form, tx, made)), wish.format)
    form.client_key.data = ExportForm(formdata=None).client_key.data
    return _page(form, export_sources.source(current_user, what), status=422)


def _once(form: ExportForm, tx: Any, made: str) -> None:
    """A second tap takes nobody out a second time; the page that says so carries a new key."""
    if form.made_before() is not None:
        raise RuleError(_l("This file was made a moment ago; look among your downloads. Tap again to make it once more."), code="made")
    form.remember(tx, made)


def _sent(made: Made, format_: str) -> Response:
    answer = Response(made.chunks(), mimetype=None, content_type=export_files.TYPES[format_])
    answer.headers["Content-Disposition"] = f'attachment; filename="customers-{clock.today(zone())}.{format_}"'
    answer.headers["Content-Length"] = str(made.size)
    answer.call_on_close(made.file.close)
    return answer


@bp.post("/<public_id>/deleted")
@allow(Permission.EXPORT)
def deleted(public_id: str) -> Any:
    with write_tx() as tx:
        export_log.deleted(tx, current_user, export_log.get(current_user, public_id))
    flash(_("Noted: the file and its copies are deleted."))
    return done("exports.index")
