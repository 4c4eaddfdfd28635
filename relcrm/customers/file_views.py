"""Pages of one customer's file: the profile, her facts, family, notes, tags, lists, contacts, timeline."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import request
from flask_login import current_user

from relcrm import clock
from relcrm.consent import access_log, catalogue, forbidden, values
from relcrm.consent import rules as consent_rules
from relcrm.consent.catalogue import Field
from relcrm.customers import asking, card_lines, facts, lists, merging, names, prefill, profile, queries, rules, timeline
from relcrm.customers.forms import NoteForm, ReasonForm, TagForm
from relcrm.customers.models import Fact, FamilyMember, Note, Tag
from relcrm.customers.views import bp, keep_term, load, redirect_to
from relcrm.db import write_tx
from relcrm.errors import BadValue, NotFound
from relcrm.i18n import _, _l
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import is_quiet, render


@bp.get("/<public_id>")
@allow(Permission.CUSTOMER_READ)
def show(public_id: str) -> Any:
    """The conversation card and the file. Every opening leaves an access row, or it is not shown."""
    seen = load(public_id)
    if not is_quiet():
        queries.opened(current_user, seen.customer)
        keep_term()
    return _show(seen)


def _show(seen: queries.Seen, status: int = 200, **more: Any) -> Any:
    """Whatever the reason why the file is shown again, it is a look, and every look leaves its row."""
    if not is_quiet():
        access_log.looked(current_user.id, seen.customer.id, "profile", store_id=seen.store_of(current_user).id)
    one = profile.build(current_user, seen, lang())
    entries, older = timeline.page(seen, lang(), clock.now())
    merged, taken_apart = merging.lines(current_user, seen)
    context = {
        "one": one, "entries": entries, "older": older, "by": queries.staff_names({entry.by_id for entry in entries} | {t.row.noted_by_id for t in one.facts}),
        "purposes": profile.asked_purposes(one, assessed=consent_rules.is_assessed("profiling")), "ends_soon": profile.ends_soon,
        "note_form": NoteForm(formdata=None), "tag_form": TagForm(formdata=None), "reason_form": ReasonForm(formdata=None),
        "revealed": "", "notes": None, "question": _question(one), "initial": names.face(seen.customer.name), "chapter_label": chapter_label,
        "source_label": source_label, "label": catalogue.label, "my_lists": lists.of(current_user), "merged": merged, "taken_apart": taken_apart,
        "may_merge": merging.may_of(current_user, seen),
        "card_lines": card_lines.lines_for(current_user, seen, lang()), "acts": card_lines.acts_for(current_user, seen),
    }  # fmt: skip
    return render("customers/show.html", status=status, **{**context, **more})


def _question(one: profile.Profile) -> dict[str, Any] | None:
    if one.question is None:
        return None
    family = names.surname(one.seen.customer.name)
    return {
        "key": one.question.key,
        "words": catalogue.question(one.question, lang(), family),
        "label": catalogue.label(one.question, lang()),
    }


@bp.post("/<public_id>/serving")
@allow(Permission.CUSTOMER_WRITE)
def serve(public_id: str) -> Any:
    with write_tx() as tx:
        rules.serve(tx, current_user, load(public_id))
    return redirect_to(public_id)


@bp.post("/<public_id>/reveal")
@allow(Permission.PHONE_REVEAL)
def reveal(public_id: str) -> Any:
    """A masked phone, or for a manager the notes, shown once for a reason that is kept."""
    seen, form = load(public_id), ReasonForm()
    if not form.validate():
        return _show(seen, 422, reason_form=form)
    wants_notes = request.form.get("what") == "notes" and seen.sight.of(catalogue.field("notes")) == "reason"
    kind = "notes" if wants_notes else "reveal"
    try:
        forbidden.check(form.reason.data or "", field="reason")
    except BadValue as error:
        form.refuse(error)
        return _show(seen, 422, reason_form=form)
    access_log.looked(current_user.id, seen.customer.id, kind, store_id=seen.store_of(current_user).id, reason=form.reason.data)
    if wants_notes:
        return _show(seen, notes=facts.notes_of(seen))
    phones = [
        names.contact_shown(point, "full", seen.home.country) for point in queries.contacts(seen.customer.id) if point.kind == "phone"
    ]
    return _show(seen, revealed=" · ".join(phones))


@bp.get("/<public_id>/timeline")
@allow(Permission.CUSTOMER_READ)
def history(public_id: str) -> Any:
    seen, kind = load(public_id), request.args.get("kind", "")
    entries, older = timeline.page(seen, lang(), _before(), kind if kind in timeline.kinds() else "")
    access_log.looked(current_user.id, seen.customer.id, "profile", store_id=seen.store_of(current_user).id)
    by = queries.staff_names({entry.by_id for entry in entries})
    one = profile.build(current_user, seen, lang())
    return render(
        "customers/timeline.html", one=one, entries=entries, older=older, by=by, kind=kind, kinds=timeline.kinds(), kind_label=kind_label,
        first="before" not in request.args,
    )  # fmt: skip


def _before() -> datetime:
    """From which instant the page goes on: now, when the address names none that there is."""
    try:
        when = datetime.fromisoformat(request.args.get("before", ""))
        return when.astimezone(UTC) if when.tzinfo else clock.now()
    except (ValueError, OverflowError):
        return clock.now()


def kind_label(kind: str) -> str:
    own = {"notes": _("Notes"), "facts": _("Facts"), "consents": _("Consents"), "visits": _("Visits"), "merges": _("Merges")}
    return own.get(kind) or timeline.label(kind)


def chapter_label(chapter: str) -> str:
    return {
        "service": _("How she likes it"), "sizes": _("Sizes"), "person": _("Person"), "family": _("Family"), "home": _("At home"),
        "taste": _("Taste"), "contact": _("How to reach her"), "dates": _("Dates"), "background": _("Background"),
    }[chapter]  # fmt: skip


def source_label(source: str) -> str:
    return {
        "told": _("told"), "observed": _("seen"), "estimated": _("guessed"), "imported": _("from a file"), "derived": _("computed"),
    }[source]  # fmt: skip


@bp.get("/<public_id>/facts")
@allow(Permission.CUSTOMER_WRITE)
def fact_index(public_id: str) -> Any:
    """What else could be noted, by chapter: names only, one at a time is filled in; never one long form."""
    seen = load(public_id)
    one = profile.build(current_user, seen, lang())
    standing = asking.standing_purposes(one.consents)
    rows: dict[str, list[tuple[Field, bool, bool]]] = {}
    for field in catalogue.fields().values():
        if (
            ((field.kind in profile.EDITABLE and field.stored == "fact") or field.stored == "family")
            and field.key not in one.off
            and seen.sight.shows(field)
        ):
            rows.setdefault(field.chapter, []).append((field, field.basis in standing, any(t.field is field for t in one.facts)))
    return render(
        "customers/facts.html", one=one, rows=rows, chapter_label=chapter_label, label=lambda field: catalogue.label(field, lang())
    )


@bp.route("/<public_id>/facts/<key>", methods=["GET", "POST"])
@allow(Permission.CUSTOMER_WRITE)
def fact(public_id: str, key: str) -> Any:
    """One field: shown, filled in, kept. A conflict or refusal leaves what was typed in place."""
    seen, field, form = load(public_id), _editable(key), NoteForm(words=None)
    slot = request.values.get("slot", "")
    old = next(
        (told.row for told in profile.build(current_user, seen, lang()).facts if told.row.key == key and told.row.slot == slot), None
    )
    if request.method == "POST" and form.validate_on_submit():
        with refusals(form):
            value = values.parse(field, request.form.to_dict(flat=False), today=clock.today(seen.home.time_zone))
            with write_tx() as tx:
                again = load(public_id)
                facts.put_fact(tx, current_user, again, key, value, source=_source(), slot=facts.slot_of(field, value, slot))
                if request.form.get("asked"):
                    facts.rest(tx, current_user, again, key, "answered", clock.now())
            return redirect_to(public_id, "facts")
    raw: Mapping[str, list[str]] = (
        request.form.to_dict(flat=False) if request.method == "POST" else prefill.raw(field, old.value if old else None)
    )
    refused = form.errors or form.form_errors
    return render(
        "customers/fact.html", status=422 if refused and request.method == "POST" else 200, seen=seen, field=field, form=form, raw=raw, slot=slot, old=old,
        label=catalogue.label(field, lang()), question=catalogue.question(field, lang(), names.surname(seen.customer.name)),
        choice=lambda one: catalogue.label(one, lang()), categories=catalogue.categories().values(), called=names.called(seen.customer, lang()),
        asked=request.values.get("asked", ""), source=_source(),
    )  # fmt: skip


def _source() -> str:
    wanted = request.form.get("source", "told")
    return wanted if wanted in ("told", "observed", "estimated") else "told"


def _editable(key: str) -> Field:
    field = catalogue.field(key)
    if field.kind not in profile.EDITABLE or field.stored != "fact":
        raise NotFound(_l("There is no such field."), code="unknown_field")
    return field


@bp.post("/<public_id>/facts/<int:row_id>/removal")
@allow(Permission.CUSTOMER_WRITE)
def remove_fact(public_id: str, row_id: int) -> Any:
    return _remove(public_id, Fact, row_id, "facts")


@bp.post("/<public_id>/facts/<int:row_id>/confirmation")
@allow(Permission.CUSTOMER_WRITE)
def confirm_fact(public_id: str, row_id: int) -> Any:
    with write_tx() as tx:
        facts.confirm_fact(tx, current_user, load(public_id), row_id)
    return redirect_to(public_id, "facts")


def _remove(public_id: str, kind: Any, row_id: int, anchor: str) -> Any:
    with write_tx() as tx:
        facts.remove(tx, current_user, load(public_id), kind, row_id)
    return redirect_to(public_id, anchor)


@bp.route("/<public_id>/family/<any(adult, child):kind>", methods=["GET", "POST"])
@allow(Permission.CUSTOMER_WRITE)
def family(public_id: str, kind: str) -> Any:
    seen, form = load(public_id), NoteForm(words=None)
    field = catalogue.field("children" if kind == "child" else "family_members")
    if request.method == "POST" and form.validate_on_submit():
        with refusals(form):
            value = values.parse(field, request.form.to_dict(flat=False), today=clock.today(seen.home.time_zone))
            with write_tx() as tx:
                if form.made_before() is None and isinstance(value, dict):
                    facts.add_family(tx, current_user, load(public_id), value, is_child=kind == "child")
                    form.remember(tx, public_id)
            return redirect_to(public_id, "family")
    return render(
        "customers/family.html", status=422 if form.errors or form.form_errors else 200, seen=seen, field=field, form=form, kind=kind,
        raw=request.form.to_dict(flat=False), choice=lambda one: catalogue.label(one, lang()), label=catalogue.label(field, lang()),
        question=catalogue.question(field, lang(), names.surname(seen.customer.name)), called=names.called(seen.customer, lang()),
    )  # fmt: skip


@bp.post("/<public_id>/family/<int:row_id>/removal")
@allow(Permission.CUSTOMER_WRITE)
def remove_family(public_id: str, row_id: int) -> Any:
    return _remove(public_id, FamilyMember, row_id, "family")


@bp.post("/<public_id>/notes")
@allow(Permission.CUSTOMER_WRITE)
def add_note(public_id: str) -> Any:
    form = NoteForm()
    if form.validate():
        with refusals(form):
            with write_tx() as tx:
                if form.made_before() is None:
                    facts.add_note(tx, current_user, load(public_id), form.words.data or "")
                    form.remember(tx, public_id)
            return redirect_to(public_id, "timeline")
    return _show(load(public_id), 422, note_form=form)


@bp.route("/<public_id>/notes/<int:row_id>", methods=["GET", "POST"])
@allow(Permission.CUSTOMER_WRITE)
def note(public_id: str, row_id: int) -> Any:
    """A note is corrected or removed by who wrote it."""
    seen = load(public_id)
    row = facts.own_note(current_user, seen, row_id)
    form = NoteForm(words=row.words)
    if request.method == "POST" and form.validate():
        with refusals(form):
            with write_tx() as tx:
                facts.add_note(tx, current_user, load(public_id), form.words.data or "", note_id=row_id)
            return redirect_to(public_id, "timeline")
    return render(
        "customers/note.html",
        status=422 if form.errors or form.form_errors else 200,
        seen=seen,
        form=form,
        row_id=row_id,
        called=names.called(seen.customer, lang()),
    )


@bp.post("/<public_id>/notes/<int:row_id>/removal")
@allow(Permission.CUSTOMER_WRITE)
def remove_note(public_id: str, row_id: int) -> Any:
    with write_tx() as tx:
        seen = load(public_id)
        facts.own_note(current_user, seen, row_id)
        facts.remove(tx, current_user, seen, Note, row_id)
    return redirect_to(public_id, "timeline")


@bp.post("/<public_id>/tags")
@allow(Permission.CUSTOMER_WRITE)
def add_tag(public_id: str) -> Any:
    form = TagForm()
    if form.validate():
        with refusals(form):
            with write_tx() as tx:
                facts.add_tag(tx, current_user, load(public_id), form.name.data or "")
            return redirect_to(public_id, "tags")
    return _show(load(public_id), 422, tag_form=form)


@bp.post("/<public_id>/tags/<int:row_id>/removal")
@allow(Permission.CUSTOMER_WRITE)
def remove_tag(public_id: str, row_id: int) -> Any:
    return _remove(public_id, Tag, row_id, "tags")


@bp.post("/<public_id>/questions/<key>")
@allow(Permission.CUSTOMER_WRITE)
def rest_question(public_id: str, key: str) -> Any:
    """Not today, or she does not want to say: the question rests."""
    refused = request.form.get("why") == "does_not_say"
    with write_tx() as tx:
        until = clock.now() + (asking.DOES_NOT_SAY if refused else asking.NOT_NOW)
        facts.rest(tx, current_user, load(public_id), key, "does_not_say" if refused else "not_now", until)
    return redirect_to(public_id)
