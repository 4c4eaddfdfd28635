"""Pages on which two files of one person become one, and two again."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_login import current_user

from relcrm.consent import access_log, catalogue
from relcrm.consent.purposes import purposes
from relcrm.customers import comparing, facts, merge_undo, merging, names, profile, queries, search
from relcrm.customers.file_views import source_label
from relcrm.customers.forms import MergeForm
from relcrm.customers.queries import Seen
from relcrm.customers.views import load, rows_of
from relcrm.db import write_tx
from relcrm.i18n import _
from relcrm.staff import words
from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.forms import refusals
from relcrm.web.htmx import done, is_fragment, is_quiet, render

bp = Blueprint("merges", __name__, url_prefix="/customers")


@bp.route("/<public_id>/merge", methods=["GET", "POST"])
@allow(Permission.CUSTOMER_MERGE)
def find(public_id: str) -> Any:
    """Same person as …: a search like any other, whose hits lead to the comparison."""
    seen, text = load(public_id), request.form.get("q", "").strip()[:200]
    merging.require_of(current_user, seen)
    found = search.find(current_user, text) if text else None
    others = [customer for customer in (found.customers if found else ()) if customer.id != seen.customer.id]
    rows = rows_of(others, found.query if found else None)
    for row, customer in zip(rows, others, strict=True):
        row["href"] = url_for("merges.compare", public_id=public_id, other_public_id=customer.public_id)
    page = "merges/_found.html" if is_fragment() else "merges/find.html"
    return render(page, seen=seen, called=names.called(seen.customer, lang()), q=text, found=found, rows=rows)


@bp.get("/<public_id>/merge/<other_public_id>")
@allow(Permission.CUSTOMER_MERGE)
def compare(public_id: str, other_public_id: str) -> Any:
    """Both side by side, with what to choose. `?winner=` names the one whose file stays."""
    one, other = _both(public_id, other_public_id)
    if one.customer.id == other.customer.id:
        return done("customers.show", public_id=one.customer.public_id)
    return _compare(one, other, MergeForm(formdata=None), request.args.get("winner", ""))


def _both(public_id: str, other_public_id: str) -> tuple[Seen, Seen]:
    one, other = load(public_id), load(other_public_id)
    merging.require_of(current_user, one, other)
    return one, other


def _compare(one: Seen, other: Seen, form: MergeForm, winner: str) -> Any:
    _look(one, other)
    both = comparing.compare(current_user, one, other, lang(), winner)
    form.winner.data = both.winner.seen.customer.public_id
    form.versions.data = "-".join(str(side.seen.customer.version) for side in (both.winner, both.loser))
    return render(
        "merges/compare.html", status=422 if form.errors or form.form_errors else 200, both=both, form=form, source_label=source_label,
        by=queries.staff_names({said.by_id for said in both.said()}), NO=comparing.NO, face=names.face, chosen=request.form,
    )  # fmt: skip


def _look(*both: Seen) -> None:
    if not is_quiet():
        for seen in both:
            access_log.looked(current_user.id, seen.customer.id, "profile", store_id=seen.store_of(current_user).id)


@bp.post("/<public_id>/merge/<other_public_id>")
@allow(Permission.CUSTOMER_MERGE)
def merge(public_id: str, other_public_id: str) -> Any:
    form = MergeForm()
    made = form.made_before()
    if made is not None:
        return done("customers.show", public_id=made)
    one, other = _both(public_id, other_public_id)
    if form.validate():
        with refusals(form):
            with write_tx() as tx:
                sides = _both(public_id, other_public_id)
                winner, loser = sorted(sides, key=lambda seen: seen.customer.public_id != form.winner.data)
                merging.merge(tx, current_user, winner, loser, _choice(), versions=form.seen_versions())
                made = winner.customer.public_id
                form.remember(tx, made)
            flash(_("Two files are one now."), "done")
            return done("customers.show", public_id=made)
    one, other = _both(public_id, other_public_id)
    return _compare(one, other, form, form.winner.data or "")


def _choice() -> merging.Choice:
    """What was ticked: in these words and facts the file that goes has the right one."""
    theirs = [name for name, value in request.form.items() if value == "loser"]
    own = {name.removeprefix("own-") for name in theirs if name.startswith("own-")}
    ids = {name.removeprefix("fact-") for name in theirs if name.startswith("fact-")}
    return merging.Choice(frozenset(own & set(merging.OWN)), frozenset(int(one) for one in ids if one.isascii() and one.isdigit()))


@bp.post("/<public_id>/merges/<int:alias_id>/undo")
@allow(Permission.CUSTOMER_MERGE)
def undo(public_id: str, alias_id: int) -> Any:
    with write_tx() as tx:
        seen = load(public_id)
        undone = merge_undo.undo(tx, current_user, seen, alias_id)
        one, other, is_there = seen.customer.public_id, undone.other.public_id, undone.other.closed_at is None
        edited = [words.key(name) for name in undone.edited]
    flash(_("Two files again, as they were."), "done")
    if edited:
        flash(_("Changed by hand since, and left so: %(fields)s. Look whether it is right.", fields=_(", ").join(edited)), "mind")
    return done("merges.meanwhile", public_id=one, other_public_id=other) if is_there else done("customers.show", public_id=one)


@bp.route("/<public_id>/merge/<other_public_id>/meanwhile", methods=["GET", "POST"])
@allow(Permission.CUSTOMER_MERGE)
def meanwhile(public_id: str, other_public_id: str) -> Any:
    """After an undo: what was noted while both were one file, each with the way to the other. POST moves one."""
    if request.method == "POST":
        with write_tx() as tx:
            one, other = _both(public_id, other_public_id)
            row_id = request.form.get("row", "")
            merge_undo.sort(tx, current_user, one, other, request.form.get("kind", ""), int(row_id) if row_id.isdecimal() else 0)
        return done("merges.meanwhile", public_id=public_id, other_public_id=other_public_id)
    sides = _both(public_id, other_public_id)
    alias = merge_undo.last_undone(sides[0].customer.id, sides[1].customer.id)
    _look(*sides)
    yeses = [str(purposes()[key].label) for key in merge_undo.doubtful_yeses(alias) if not purposes()[key].separate]
    return render("merges/meanwhile.html", alias=alias, yeses=yeses, sides=[(seen, list(_made(seen, alias))) for seen in sides])


def _made(seen: Seen, alias: Any) -> Iterable[tuple[str, int, str, str]]:
    """(kind, row, label, words) of what this reader sees of it."""
    one = profile.build(current_user, seen, lang())
    shown = {
        "fact": {told.row.id: (told.label, told.words) for told in one.facts},
        "family_member": {member.row.id: (_("Family"), member.words) for member in one.family},
        "tag": {tag.id: (_("Tag"), tag.name) for tag in one.tags},
        "contact_point": {contact.row.id: (_("How to reach her"), contact.shown) for contact in one.contacts},
        "note": {note.id: (_("Note"), note.words) for note in _notes(seen)},
    }
    for kind in merge_undo.SORTED:
        for row in merge_undo.made_meanwhile(kind, seen.customer.id, alias):
            if row.id in shown[kind]:
                yield (kind, row.id, *shown[kind][row.id])


def _notes(seen: Seen) -> list[Any]:
    return facts.notes_of(seen) if seen.sight.of(catalogue.field("notes")) == "full" else []
