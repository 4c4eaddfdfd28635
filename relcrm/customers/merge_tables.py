"""What becomes of every table that names a customer when two of them are one person. A new table says it here, or a test fails."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.consent.models import AccessEvent, Alias, ConsentEvent, ConsentState
from relcrm.customers.cleansing_models import ChangedFile, CleanFinding, DuplicateSuspect, SweepMark
from relcrm.customers.export_models import ExportRow
from relcrm.customers.import_models import AskFirst, ImportRow
from relcrm.customers.models import (
    AskRest,
    ContactPoint,
    CustomerListEntry,
    CustomerStore,
    Fact,
    FamilyMember,
    Inform,
    LatelySeen,
    Note,
    SearchKey,
    Serving,
    ShareRequest,
    Tag,
)  # fmt: skip
from relcrm.customers.openings import OpeningBalance

A_PART = 500


@dataclass(frozen=True)
class Joined:
    """Rows of this table go to the winner. `since`: the column with the instant at which a row was made or last written anew, ""
    for a table that has none; `once`: the columns of which one customer has only one row each.
    """

    model: Any
    since: str = ""
    once: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return str(sa.inspect(self.model).local_table.name)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a row, beside the customer."""
        return tuple(column.key for column in sa.inspect(self.model).primary_key if column.key != "customer_id")

    @property
    def place(self) -> tuple[str, ...]:
        """The columns in which a row of the loser may collide with one of the winner."""
        is_keyed_by_her = any(column.key == "customer_id" for column in sa.inspect(self.model).primary_key)
        return self.once or (self.keys if is_keyed_by_her else ())


# In ledger.changed and in search these follow by themselves; chained rows keep the id they were written with (DESIGN §4.8).
STAYS: dict[Any, str] = {
    ConsentEvent: "chained: the alias joins them",
    AccessEvent: "chained: who looked at which record stays true",
    ConsentState: "derived from the ledger",
    SearchKey: "written again from her rows",
    Alias: "is the merge",
    ExportRow: "which record left the book stays true",
    ImportRow: "what a file did stays true of the record it did it to; who was merged is not taken back with the file",
    DuplicateSuspect: "a pair is of two records; duplicates.merged and unmerged decide it",
    ChangedFile: "both are looked over again",
    CleanFinding: "found again when both are looked over",
    SweepMark: "a place in the book, not a customer",
}
BOUND = (
    Joined(Fact, "noted_at", ("key", "slot")),
    Joined(FamilyMember, "noted_at"),
    Joined(Note, "noted_at"),
    Joined(Tag, "noted_at", ("name",)),
)
_joined: list[Joined] = [
    Joined(ContactPoint, "added_at"),
    Joined(CustomerStore, "since"),
    Joined(CustomerListEntry, "added_at"),
    Joined(LatelySeen, "at"),
    Joined(Serving, "at"),
    Joined(ShareRequest, "asked_at", ("store_id",)),
    Joined(Inform, "at"),
    Joined(AskRest, "at"),
    Joined(AskFirst),
    Joined(OpeningBalance, "at"),
]


# Told after a merge and after its undo, inside the transaction: what is summed up from rows that went over is summed up again.
followers: list[Callable[[Session, Collection[int]], None]] = []


def joins(model: Any, since: str, *once: str) -> None:
    """A later feature says that its rows go to the winner (and come back when that is undone), in the words of `Joined`."""
    _joined.append(Joined(model, since, once))


def stays(model: Any, why: str) -> None:
    """A later feature says that its rows keep the id they were written with."""
    STAYS[model] = why


def joined() -> Sequence[Joined]:
    """The tables whose rows go over by themselves; rows bound to a consent go through consent.bound."""
    return tuple(_joined)


def named(kind: str) -> Joined:
    """Raises StopIteration for a table that is not joined."""
    return next(table for table in (*BOUND, *_joined) if table.kind == kind)


def declared() -> set[Any]:
    return {*STAYS, *(one.model for one in (*BOUND, *_joined))}


def hand_over(
    tx: Session, table: Joined, from_id: int, to_id: int, only: Collection[str] | None = None, *, by: datetime | None = None
) -> list[str]:
    """Re-point rows of one customer where their place is free: all, or `only` these keys, and of these what was made `by` then
    (a later row may bear the number of one that is gone). Returns the keys that went.
    """
    model, keys = table.model, [getattr(table.model, name) for name in table.keys]
    place = [getattr(model, name) for name in table.place]
    mine = [model.customer_id == from_id, *([getattr(model, table.since) <= by] if by and table.since else [])]
    taken = {tuple(row) for row in tx.execute(sa.select(*place).where(model.customer_id == to_id))} if place else set()
    free = [
        tuple(row[: len(keys)])
        for row in tx.execute(sa.select(*keys, *place).where(*mine))
        if not place or tuple(row[len(keys) :]) not in taken
    ]
    going = [key for key in free if only is None or as_text(key) in only]
    for part in _parts(going):
        these = sa.update(model).where(model.customer_id == from_id, sa.tuple_(*keys).in_(part)).values(customer_id=to_id)
        tx.execute(these, execution_options={"synchronize_session": False})
    return [as_text(key) for key in going]


def _parts(rows: Sequence[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    yield from (rows[start : start + A_PART] for start in range(0, len(rows), A_PART))


def as_text(key: Sequence[Any]) -> str:
    return "|".join(part.isoformat() if isinstance(part, date) else str(part) for part in key)


def unload(tx: Session) -> None:
    """Drop from the session what was re-pointed behind its back."""
    models = tuple(table.model for table in _joined)
    for row in [row for row in tx.identity_map.values() if isinstance(row, models)]:
        tx.expunge(row)
