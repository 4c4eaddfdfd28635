"""How a kind of goods is looked after: notes whose versions are kept, so that a purchase can say which one was handed over."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.db import session
from relcrm.errors import BadValue, NotFound
from relcrm.i18n import _l
from relcrm.products.models import CareNote, Category, Product
from relcrm.products.rules import LONGEST_NAME, line, required, text
from relcrm.staff import audit
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, require
from relcrm.staff.rules import refuse_stale

COLUMNS = ("title_zh", "title_en", "tip_zh", "tip_en", "zh", "en")


@dataclass(frozen=True)
class Told:
    """A note in one language: what it is about, the tip in a few words, its sentences."""

    title: str
    tip: str
    lines: tuple[str, ...]

    @property
    def plain(self) -> str:
        """As it is shared by message."""
        return "\n".join((self.title, *(f"· {one}" for one in self.lines)))


def told(note: CareNote, lang: str) -> Told:
    zh = lang == "zh"
    words = note.zh if zh else note.en
    return Told(note.title_zh if zh else note.title_en, note.tip_zh if zh else note.tip_en, tuple(words.splitlines()))


def current(key: str) -> CareNote:
    """The newest version. Raises NotFound."""
    found = session().scalar(_newest_first(key).limit(1))
    if found is None:
        raise _none()
    return found


def version(key: str, number: int) -> CareNote:
    """Raises NotFound."""
    found = session().scalar(sa.select(CareNote).where(CareNote.key == key, CareNote.version == number))
    if found is None:
        raise _none()
    return found


def versions(key: str) -> list[CareNote]:
    """All of them, the newest first."""
    return list(session().scalars(_newest_first(key)))


def all_current() -> list[CareNote]:
    """The newest version of each note, in the order in which the notes were made."""
    return list(session().scalars(_all_newest()))


def current_of(keys: Collection[str]) -> list[CareNote]:
    """The newest versions of these notes."""
    return list(session().scalars(_all_newest(keys))) if keys else []


def _all_newest(keys: Collection[str] = ()) -> sa.Select[CareNote]:
    newest = sa.select(sa.func.max(CareNote.version)).where(CareNote.key == (other := sa.orm.aliased(CareNote)).key)
    query = sa.select(other).where(other.version == newest.scalar_subquery()).order_by(other.id)
    return query.where(other.key.in_(keys)) if keys else query


def key_for(product: Product, category: Category) -> str | None:
    """The product's own note, else that of its category."""
    return product.care_key or category.care_key


def note_for(product: Product) -> CareNote | None:
    """The note in force that goes with this product; None where there is none."""
    key = key_for(product, session().get_one(Category, product.category_id))
    return session().scalar(_newest_first(key).limit(1)) if key else None


def write(tx: Session, actor: StaffMember, key: str, seen: int, values: dict[str, Any]) -> CareNote:
    """A new version; nothing is added where nothing is different. `seen` is the version that was on the screen, 0 for a new note.

    Raises BadValue, RuleError `changed_meanwhile`.
    """
    require(actor, Permission.PRODUCT_EDIT)
    before = tx.scalar(_newest_first(key).limit(1))
    refuse_stale(before.version if before else 0, seen)
    new = read(values)
    if before is not None and all(getattr(before, column) == new[column] for column in COLUMNS):
        return before
    made = CareNote(key=key, version=seen + 1, changed_by_id=actor.id, at=clock.now(), **new)
    tx.add(made)
    tx.flush()
    audit.note(tx, actor, "care_note_changed", f"{key}.{made.version}")
    return made


def read(values: dict[str, Any]) -> dict[str, str]:
    """The six columns from typed texts; what is written in one language only stands for both. Raises BadValue naming the field."""
    new = {column: _words(column, values.get(column)) for column in COLUMNS}
    for one, other in _pairs():
        new[one], new[other] = new[one] or new[other], new[other] or new[one]
    required(new["title_zh"], "title_zh")
    if not new["zh"]:
        raise BadValue(_l("Write at least one sentence."), code="care_empty", field="zh")
    return new


def _words(column: str, typed: str | None) -> str:
    if column not in ("zh", "en"):
        return line(typed, column, LONGEST_NAME)
    return "\n".join(one for one in text(typed, column).splitlines() if one)


def _pairs() -> Iterator[tuple[str, str]]:
    yield from (("title_zh", "title_en"), ("tip_zh", "tip_en"), ("zh", "en"))


def _newest_first(key: str) -> sa.Select[CareNote]:
    return sa.select(CareNote).where(CareNote.key == key).order_by(CareNote.version.desc())


def _none() -> NotFound:
    return NotFound(_l("There is no such care note."), code="no_care_note")
