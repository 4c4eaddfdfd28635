"""What a new chain starts with: categories with their parts and words, and the care notes (DOMAIN §7). The shop changes them as it likes."""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.products.models import CareNote, Category

TEXTS = ("selling", "doubts", "accessories_note")


def start(tx: Session, langs: Sequence[str] = ("zh",)) -> None:
    """Put in the starting categories and care notes; what is there already stays. The words for the counter are in these languages."""
    notes = set(tx.scalars(sa.select(CareNote.key)))
    tx.add_all(_note(row) for row in (*_file("care_notes.json"), *_file("care_notes_more.json")) if row["key"] not in notes)
    held = set(tx.scalars(sa.select(Category.key)))
    for row in _file("starting.json"):
        if row["key"] not in held:
            tx.add(_category(row, langs))
            tx.flush()


def _note(row: dict[str, Any]) -> CareNote:
    return CareNote(
        key=row["key"], version=1, title_zh=row["zh"], title_en=row["en"], tip_zh=row["care_tip_zh"], tip_en=row["care_tip_en"],
        zh="\n".join(row["notes_zh"]), en="\n".join(row["notes_en"]), at=clock.now(),
    )  # fmt: skip


def _category(row: dict[str, Any], langs: Sequence[str]) -> Category:
    words = {key: "\n".join(row[key][lang] for lang in langs) for key in TEXTS}
    named = {key: row[key] for key in ("key", "zh", "en", "care_key", "parts")}
    return Category(public_id=secrets.token_urlsafe(9), **named, **words)


def _file(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(Path(__file__).with_name(name).read_text("utf-8"))
    return loaded
