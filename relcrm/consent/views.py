"""The owner's settings: names in the notices, the notices themselves, fields and assessments."""

from typing import Any

from flask import Blueprint, current_app, flash, request
from flask_login import current_user

from relcrm import background
from relcrm.consent import catalogue, overview, rules
from relcrm.consent import notices as notice_texts
from relcrm.consent.forms import LEGAL, NAMES, AssessmentForm, SettingsForm
from relcrm.consent.purposes import purpose, purposes
from relcrm.db import write_tx
from relcrm.errors import NotFound, RuleError
from relcrm.i18n import _, _l
from relcrm.staff import audit, founding
from relcrm.staff import settings as chain_settings
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, render

bp = Blueprint("consent", __name__, url_prefix="/settings")


@bp.get("")
@allow(Permission.SETTINGS_EDIT)
def settings() -> Any:
    return _settings_page(SettingsForm(data={name: chain_settings.get(name) for name in (*NAMES, "count_zero_value")}))


@bp.post("")
@allow(Permission.SETTINGS_EDIT)
def save_settings() -> Any:
    form = SettingsForm()
    if form.validate():
        with write_tx() as tx:
            published = _save(tx, form.typed())
        background.kick(current_app)
        flash(_("Saved. The notices have a new version now.") if published else _("Saved."), "done")
        return done("consent.settings")
    return _settings_page(form, status=422)


def _save(tx: Any, typed: dict[str, object]) -> bool:
    """What customers are told names the shop: when that changes, the next version of the notices is published with it."""
    changed = {name: value for name, value in typed.items() if value != chain_settings.get(name)}
    for name, value in changed.items():
        chain_settings.put(tx, name, value)
    if changed:
        audit.note(tx, current_user, "settings_changed", keys=tuple(changed))
    if not LEGAL & set(changed):
        return False
    tx.flush()
    notice_texts.publish(tx, {name: chain_settings.text(name) for name in LEGAL})
    audit.note(tx, current_user, "notices_published")
    return True


def _settings_page(form: SettingsForm, status: int = 200) -> Any:
    decided = overview.newest_assessments()
    subjects = [(key, str(purposes()[key].label), decided.get(key)) for key in overview.assessed_purposes()]
    return render("consent/settings.html", status=status, form=form, subjects=subjects)


@bp.get("/notices")
@allow(Permission.SETTINGS_EDIT)
def notices() -> Any:
    return render("consent/notices.html", versions=overview.versions(), notice_name=overview.notice_name)


@bp.get("/notices/<kind>/<int:version>")
@allow(Permission.SETTINGS_EDIT)
def notice(kind: str, version: int) -> Any:
    return render("consent/notice.html", version=overview.version(kind, version), name=overview.notice_name(kind))


@bp.get("/fields")
@allow(Permission.SETTINGS_EDIT)
def fields() -> Any:
    return render("consent/fields.html", chapters=overview.chapters(), label=catalogue.label, purposes=purposes())


@bp.post("/fields/<key>")
@allow(Permission.SETTINGS_EDIT)
def switch_field(key: str) -> Any:
    """One field on (is_on=1) or off (is_on=0) for the whole chain."""
    field = catalogue.field(key)
    if field.stored not in overview.SWITCHABLE:
        raise RuleError(_l("This belongs to every file and cannot be switched off."), code="always_kept")
    with write_tx() as tx:
        rules.switch_field(tx, field, request.form.get("is_on") == "1", actor=current_user)
    return done("consent.fields", _anchor=f"field-{key}")


@bp.get("/assessments/<subject>")
@allow(Permission.SETTINGS_EDIT)
def assessment(subject: str) -> Any:
    newest = overview.newest_assessments().get(_assessed(subject))
    decision = None if newest is None else "yes" if newest.allowed else "no"
    return _assessment_page(subject, AssessmentForm(data={"text": newest.text if newest else _prefilled(subject), "decision": decision}))


@bp.post("/assessments/<subject>")
@allow(Permission.SETTINGS_EDIT)
def decide_assessment(subject: str) -> Any:
    form = AssessmentForm()
    if form.validate():
        with refusals(form), write_tx() as tx:
            rules.assess(tx, _assessed(subject), form.text.data.strip(), form.decision.data == "yes", actor=current_user)
            if form.decision.data == "no":
                _switch_off(tx, subject)
            return done("consent.settings")
    return _assessment_page(subject, form, status=422)


def _switch_off(tx: Any, subject: str) -> None:
    """What may not be asked any more is not kept any further either: its sensitive fields go off with the no."""
    off = rules.switched_off(dict(catalogue.fields()))
    for field in catalogue.fields().values():
        if field.basis == subject and field.class_ == "S" and field.key not in off:
            rules.switch_field(tx, field, False, actor=current_user)


def _assessment_page(subject: str, form: AssessmentForm, status: int = 200) -> Any:
    newest = overview.newest_assessments().get(_assessed(subject))
    waiting = [field for field in catalogue.fields().values() if field.basis == subject and field.class_ == "S"]
    return render(
        "consent/assessment.html",
        status=status,
        form=form,
        name=str(purpose(subject).label),
        newest=newest,
        fields=[catalogue.label(field, lang()) for field in waiting],
    )


def _assessed(subject: str) -> str:
    """Raises NotFound for a purpose that needs no assessment."""
    if subject not in overview.assessed_purposes():
        raise NotFound(_l("There is no such assessment."), code="no_such_assessment")
    return subject


def _prefilled(subject: str) -> str:
    return founding.assessments()[subject][lang()]
