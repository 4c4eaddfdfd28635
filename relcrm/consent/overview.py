"""What the owner reads of notices, fields and assessments, and what the audit trail calls them. Changing is rules.py."""

from dataclasses import dataclass

import sqlalchemy as sa

from relcrm.consent import catalogue, rules
from relcrm.consent.models import Assessment, Notice
from relcrm.consent.purposes import purposes
from relcrm.db import session
from relcrm.errors import NotFound
from relcrm.i18n import _l
from relcrm.staff import trail

SWITCHABLE = frozenset({"fact", "family", "note"})
CHAPTER_WORDS: dict[str, object] = {
    "service": _l("How they like to be served"),
    "sizes": _l("Sizes and fit"),
    "person": _l("The person"),
    "family": _l("Family"),
    "home": _l("Home"),
    "taste": _l("Taste and habits"),
    "contact": _l("Ways to reach them"),
    "dates": _l("Days that matter"),
    "background": _l("Background"),
}


@dataclass(frozen=True)
class Version:
    """One version of one notice, by language."""

    kind: str
    version: int
    texts: dict[str, Notice]

    @property
    def any_text(self) -> Notice:
        return next(iter(self.texts.values()))


@dataclass(frozen=True)
class FieldRow:
    """One field as the owner sees it. `waits_for`: the purpose whose assessment must say yes before it can be switched on."""

    field: catalogue.Field
    is_on: bool
    can_switch: bool
    waits_for: str


def versions(kind: str = "", version: int = 0) -> list[Version]:
    """All versions, newest first within a kind; the ordinary notice first. One query."""
    query = sa.select(Notice).order_by(Notice.kind != "enrol", Notice.kind, Notice.version.desc(), Notice.lang.desc())
    if kind:
        query = query.where(Notice.kind == kind, Notice.version == version)
    found: dict[tuple[str, int], Version] = {}
    for row in session().scalars(query):
        found.setdefault((row.kind, row.version), Version(row.kind, row.version, {})).texts[row.lang] = row
    return list(found.values())


def version(kind: str, number: int) -> Version:
    """Raises NotFound."""
    found = versions(kind, number)
    if not found:
        raise NotFound(_l("There is no such version."), code="no_such_notice")
    return found[0]


def chapters() -> list[tuple[str, list[FieldRow]]]:
    """Every field of the catalogue by chapter, in the handbook's order; two queries."""
    fields = dict(catalogue.fields())
    off, decided = rules.switched_off(fields), newest_assessments()
    rows = [_row(field, field.key not in off, decided) for field in fields.values()]
    return [(str(CHAPTER_WORDS[name]), [row for row in rows if row.field.chapter == name]) for name in catalogue.CHAPTERS]


def _row(field: catalogue.Field, is_on: bool, decided: dict[str, Assessment]) -> FieldRow:
    needed = purposes()[field.basis].needs_assessment
    yes = field.basis in decided and decided[field.basis].allowed
    return FieldRow(field, is_on, field.stored in SWITCHABLE, "" if yes or not needed else field.basis)


def newest_assessments() -> dict[str, Assessment]:
    """The newest decision on each subject, in one query."""
    newest = sa.select(sa.func.max(Assessment.id)).group_by(Assessment.subject)
    return {row.subject: row for row in session().scalars(sa.select(Assessment).where(Assessment.id.in_(newest)))}


def assessed_purposes() -> list[str]:
    """Purposes that wait for the owner's assessment, in the order in which people are asked."""
    return [key for key, purpose in purposes().items() if purpose.needs_assessment]


def notice_name(kind: str) -> str:
    return str(_l("What everybody is told when first noted down")) if kind == "enrol" else str(purposes()[kind].label)


def _names(wanted: set[str], lang: str) -> dict[str, str]:
    fields = {key: catalogue.label(field, lang) for key, field in catalogue.fields().items() if key in wanted}
    return {**fields, **{key: str(purpose.label) for key, purpose in purposes().items() if key in wanted}}


trail.namers.append(_names)
