"""Reading the audit trail: newest first, with the names behind the ids. Writing it is audit.py."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from relcrm.db import session
from relcrm.staff import words
from relcrm.staff.models import AuditEvent, StaffMember, Store
from relcrm.staff.permissions import Permission, require

PAGE = 50

# Later features say what their targets are called: asked with ids and the reader's language, they answer for those they know.
namers: list[Callable[[set[str], str], dict[str, str]]] = []


@dataclass(frozen=True)
class Entry:
    """One act in words. `who` is None for the server's own command line."""

    id: int
    at: datetime
    who: str | None
    act: str
    what: str
    store: str
    keys: list[str]


@dataclass(frozen=True)
class Trail:
    entries: list[Entry]
    before: int | None


def page(reader: StaffMember, before: int | None = None, lang: str = "en") -> Trail:
    """Fifty acts older than `before`; four queries however long the trail is. Raises NotAllowed."""
    require(reader, Permission.AUDIT_READ)
    query = sa.select(AuditEvent, StaffMember.name).outerjoin(StaffMember, StaffMember.id == AuditEvent.actor_id)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    rows = session().execute(query.order_by(AuditEvent.id.desc()).limit(PAGE + 1)).all()
    shown = [(event, name) for event, name in rows[:PAGE]]
    targets, stores = _names((event.target for event, _name in shown), lang), _store_names()
    entries = [_entry(event, name, targets, stores) for event, name in shown]
    return Trail(entries, before=shown[-1][0].id if len(rows) > PAGE else None)


def _entry(event: AuditEvent, name: str | None, targets: dict[str, str], stores: dict[int, str]) -> Entry:
    return Entry(
        id=event.id,
        at=event.at,
        who=name,
        act=words.act(event.act),
        what=targets.get(event.target, event.target),
        store=stores.get(event.store_id or 0, ""),
        keys=[words.key(one) for one in event.keys.split()],
    )


def _names(public_ids: Iterable[str], lang: str) -> dict[str, str]:
    """Colleagues and stores by name; customers stay a public id, which tells an auditor nothing about a person."""
    wanted = {one for one in public_ids if one}
    found: dict[str, str] = {}
    for query in (sa.select(StaffMember.public_id, StaffMember.name), sa.select(Store.public_id, Store.name)):
        column = query.selected_columns[0]
        found.update((row[0], row[1]) for row in session().execute(query.where(column.in_(wanted))))
    for namer in namers:
        found.update(namer(wanted, lang))
    return found


def _store_names() -> dict[int, str]:
    return {row.id: row.name for row in session().execute(sa.select(Store.id, Store.name))}
