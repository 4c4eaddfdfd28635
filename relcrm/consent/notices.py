"""What people are told before their data is kept: versioned, hashed, in Chinese and English."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent.models import Notice
from relcrm.db import session

ENROL = "enrol"
LEAD = timedelta(days=30)
Cuts = Mapping[str, Sequence[tuple[int, datetime]]]


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    loaded: dict[str, dict[str, dict[str, str]]] = json.loads(Path(__file__).with_name("notices.json").read_text("utf-8"))
    return loaded


def kind_of(purpose_key: str) -> str:
    """Sensitive purposes have a notice of their own, all others share the one told at enrolment."""
    return purpose_key if purpose_key.startswith("special:") else ENROL


def current(kind: str, lang: str) -> Notice | None:
    """The version in force, in that language (or the other one when it was never written in it)."""
    rows = (
        session()
        .scalars(
            sa.select(Notice)
            .where(Notice.kind == kind, Notice.published_at <= clock.now())
            .order_by(Notice.version.desc(), Notice.id)
            .limit(2)
        )
        .all()
    )
    return next((row for row in rows if row.lang == lang), rows[0] if rows else None)


def publish(tx: Session, slots: Mapping[str, str], *, kinds: tuple[str, ...] | None = None, changes: tuple[str, ...] = ()) -> None:
    """Write the next version of the notices with these slots (legal_name, legal_address, privacy_contact).

    A material version (`changes` names purposes) takes effect 30 days later; a plain one at once.
    """
    now = clock.now()
    for kind in kinds or tuple(_texts()):
        version = (tx.scalar(sa.select(sa.func.max(Notice.version)).where(Notice.kind == kind)) or 0) + 1
        for lang, parts in _texts()[kind].items():
            spoken, text = parts["spoken"].format(**slots), parts["text"].format(**slots)
            tx.add(
                Notice(
                    kind=kind,
                    version=version,
                    lang=lang,
                    spoken=spoken,
                    text=text,
                    published_at=now,
                    changes=" ".join(changes),
                    sha256=hashlib.sha256(f"{spoken}\n{text}".encode()).hexdigest(),
                    effective_at=now + (LEAD if changes else timedelta()),
                )
            )


def cuts() -> Cuts:
    """By purpose: (version, date) of each material version; grants under older versions end on that date. Service is never cut."""
    found: dict[str, list[tuple[int, datetime]]] = {}
    for kind, changes, version, effective in session().execute(
        sa.select(Notice.kind, Notice.changes, Notice.version, Notice.effective_at).where(Notice.changes != "").distinct()
    ):
        # Each kind counts its own versions: a purpose is cut only by versions of the notice it is told with.
        for purpose_key in {key for key in changes.split() if kind_of(key) == kind} - {"service"}:
            found.setdefault(purpose_key, []).append((version, effective))
    return found
