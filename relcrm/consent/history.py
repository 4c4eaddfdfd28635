"""The events of one person, also while she stands in the book twice (merged): whose they are, and when both became one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from relcrm.consent.models import Alias, ConsentEvent
from relcrm.db import BigInt, session

OPENS = ("grant", "renew", "confirm")
SERVICE = "service"


@dataclass(frozen=True)
class Join:
    """From `at` on the loser is the winner."""

    loser_id: int
    winner_id: int
    at: datetime


class History(list[ConsentEvent]):
    """Events by id, of one customer or of all whom merges made one person."""

    def __init__(self, events: Iterable[ConsentEvent] = (), joins: Iterable[Join] = ()) -> None:
        super().__init__(events)
        self.joins = tuple(joins)

    @property
    def root(self) -> int | None:
        """Whom all others were merged into; None when there was no merge."""
        losers = {join.loser_id for join in self.joins}
        return next((join.winner_id for join in self.joins if join.winner_id not in losers), None)

    def about(self, purpose_key: str) -> "History":
        return History((event for event in self if event.purpose == purpose_key), self.joins)

    def of(self, customer_id: int | None) -> Sequence[ConsentEvent]:
        """Her own alone; of None all there are."""
        return self if customer_id is None else [event for event in self if event.customer_id == customer_id]

    def into(self, customer_id: int | None) -> list[Join]:
        return [join for join in self.joins if join.winner_id == customer_id]


def _one_person() -> sa.CTE:
    """Ids of all records that are the same person as :one now, in both directions of each standing merge."""
    ids = sa.select(sa.bindparam("one", type_=BigInt).label("id")).cte("one_person", recursive=True)
    other = sa.case((Alias.loser_id == ids.c.id, Alias.winner_id), else_=Alias.loser_id)
    beside = sa.or_(Alias.loser_id == ids.c.id, Alias.winner_id == ids.c.id)
    return ids.union(sa.select(other).select_from(sa.join(ids, Alias, beside)).where(Alias.undone_at.is_(None)))


_IDS = _one_person()
_MERGED = sa.and_(Alias.loser_id == _IDS.c.id, Alias.undone_at.is_(None))
_DOUBTFUL = sa.orm.aliased(Alias)
# A yes said while two were taken for one, and they were not: nobody knows whose it was, so it counts for neither.
_IS_DOUBTFUL = (
    sa.exists()
    .where(
        _DOUBTFUL.winner_id == ConsentEvent.customer_id,
        ConsentEvent.recorded_at > _DOUBTFUL.merged_at,
        ConsentEvent.recorded_at <= _DOUBTFUL.undone_at,
    )
    .correlate(ConsentEvent)
)
_ALL = sa.select(_IDS.c.id, Alias.winner_id, Alias.merged_at, ConsentEvent, _IS_DOUBTFUL.label("is_doubtful")).select_from(
    sa.outerjoin(_IDS, Alias, _MERGED)
)
_EVENTS = _ALL.outerjoin(ConsentEvent, ConsentEvent.customer_id == _IDS.c.id).order_by(ConsentEvent.id)
_OF_PURPOSE = _ALL.outerjoin(
    ConsentEvent, sa.and_(ConsentEvent.customer_id == _IDS.c.id, ConsentEvent.purpose == sa.bindparam("purpose"))
).order_by(ConsentEvent.id)
_ROOT = sa.select(_IDS.c.id).select_from(sa.outerjoin(_IDS, Alias, _MERGED)).where(Alias.id.is_(None))


def events_of(customer_id: int, purpose_key: str | None = None) -> History:
    """All her events, or those of one purpose, by id; one query, merged or not."""
    if purpose_key is None:
        rows = session().execute(_EVENTS, {"one": customer_id}).all()
    else:
        rows = session().execute(_OF_PURPOSE, {"one": customer_id, "purpose": purpose_key}).all()
    joins = {Join(row.id, row.winner_id, row.merged_at) for row in rows if row.winner_id is not None}
    events = (row.ConsentEvent for row in rows if row.ConsentEvent is not None and not (row.is_doubtful and _is_yes(row.ConsentEvent)))
    return History(events, sorted(joins, key=lambda join: (join.at, join.loser_id)))


def _is_yes(event: ConsentEvent) -> bool:
    """Service is no question of the doubt: it was told to whom stands in the book."""
    return event.purpose != SERVICE and event.action in (*OPENS, "pending")


def one_person(customer_id: int) -> sa.Select[int]:
    """A select of the ids of all records that are this person now, for an IN."""
    return sa.select(_IDS.c.id).params(one=customer_id)


def root_of(customer_id: int) -> int:
    """Whom this record was merged into, herself when into nobody."""
    return int(session().execute(_ROOT, {"one": customer_id}).scalar_one())
