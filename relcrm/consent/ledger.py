"""The consent ledger and the one answer to "may we?". The state function is DOMAIN §1.4, as it is written there."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from blinker import Signal
from sqlalchemy.orm import Session

from relcrm import chain, clock
from relcrm.consent import bound, notices
from relcrm.consent.history import OPENS as OPENS
from relcrm.consent.history import SERVICE as SERVICE
from relcrm.consent.history import History, Join
from relcrm.consent.history import events_of as events_of
from relcrm.consent.history import root_of as root_of
from relcrm.consent.models import ConsentEvent, ConsentState
from relcrm.consent.purposes import ANY, purpose
from relcrm.staff.models import StaffMember

CLOSES = {"deny": "DENIED", "withdraw": "WITHDRAWN"}
# Written by the nightly job so that the history reads well; the end they tell of was in the grant or the notice (rule 4).
HISTORY = ("expire", "supersede", "import")
PENDING_DAYS = 7
AFTER_DENY, AFTER_WITHDRAW, MOST_ASKS = timedelta(days=180), timedelta(days=365), 2
# Of two records of one person the stricter holds: a no, then what ran out, then a yes, then what waits; silence says nothing.
STRICTER = {"DENIED": 0, "WITHDRAWN": 0, "EXPIRED": 1, "SUPERSEDED": 1, "OK": 2, "PENDING": 3}

# Sent inside the write transaction, after state and bound rows have followed: keyword arguments tx, customer_id, purpose.
changed = Signal("consent changed")


class Hide(Protocol):
    """What becomes of the rows of a basis that does not stand: bound.hide, or what a merge does in its place."""

    def __call__(self, tx: Session, customer_id: int, basis: str, *, since: datetime) -> None: ...


@dataclass(frozen=True)
class Standing:
    """Where one purpose and channel stands. `code` is OK or the reason why not; `until` is the end of a standing consent,
    and `ends_as` the code from then on."""

    code: str
    event_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    ends_as: str = "EXPIRED"

    @property
    def allowed(self) -> bool:
        return self.code == "OK"


def standing(events: Iterable[ConsentEvent], channel: str, at: datetime, cuts: notices.Cuts) -> Standing:
    """The state of one purpose from its events (of one person), on `channel`, at that instant. `cuts` are notices.cuts().

    Merged records each stand by their own events until the merge; there the stricter holds, and only what came later changes it.
    """
    history = events if isinstance(events, History) else History(events)
    now, _own_closed = _walk(history, history.root, channel, at, cuts)
    if now.event_id is None and any(e.action in OPENS and e.occurred_at <= at for e in history):
        return Standing("NO_CHANNEL")
    return now


def _walk(history: History, of: int | None, channel: str, at: datetime, cuts: notices.Cuts) -> tuple[Standing, bool]:
    """(where one record stands then, whether this channel was closed by its own name)."""
    mine = [e for e in history.of(of) if e.occurred_at <= at and e.channel in (ANY, channel) and e.action not in HISTORY]
    steps: list[ConsentEvent | Join] = [*mine, *(join for join in history.into(of) if join.at <= at)]
    now, own_closed = Standing("NO_CONSENT"), False
    for step in sorted(steps, key=_order):
        if isinstance(step, Join):
            other, other_closed = _walk(history, step.loser_id, channel, step.at, cuts)
            now, own_closed = _stricter(_ended(now, step.at), other), own_closed or other_closed
        else:
            now, own_closed = _after(_ended(now, step.occurred_at), own_closed, step, cuts)
    return _ended(now, at), own_closed


def _order(step: ConsentEvent | Join) -> tuple[datetime, int, int]:
    return (step.at, 2, 0) if isinstance(step, Join) else (step.occurred_at, int(step.action in CLOSES), step.id)


def _after(now: Standing, own_closed: bool, event: ConsentEvent, cuts: notices.Cuts) -> tuple[Standing, bool]:
    if event.action in CLOSES:
        return Standing(CLOSES[event.action], event.id, event.occurred_at), event.channel != ANY or own_closed
    if own_closed and event.channel == ANY:
        return now, own_closed
    return _opened(now, event, cuts), own_closed and event.action not in OPENS


def _stricter(one: Standing, other: Standing) -> Standing:
    """Of two that are equally strict: the later no, the earlier end."""

    def strictness(now: Standing) -> tuple[int, float]:
        rank = STRICTER.get(now.code, 4 if now.event_id else 5)
        decides = (now.until or bound.FOREVER) if now.allowed else now.since
        return rank, (decides.timestamp() if now.allowed else -decides.timestamp()) if decides else 0.0

    return min(one, other, key=strictness)


def _opened(before: Standing, event: ConsentEvent, cuts: notices.Cuts) -> Standing:
    if event.action == "pending":
        return before if before.allowed else Standing("PENDING", event.id, event.occurred_at, event.valid_until, "NO_CONSENT")
    later = [effective for version, effective in cuts.get(event.purpose, ()) if version > (event.notice_version or 0)]
    cut, until = min(later, default=None), event.valid_until
    if cut is not None and (until is None or cut < until):
        return Standing("OK", event.id, event.occurred_at, cut, "SUPERSEDED")
    return Standing("OK", event.id, event.occurred_at, until)


def _ended(now: Standing, at: datetime) -> Standing:
    if now.code in ("OK", "PENDING") and now.until is not None and now.until <= at:
        return Standing(now.ends_as, now.event_id, now.until)
    return now


def may(customer_id: int, purpose_key: str, channel: str = ANY, at: datetime | None = None) -> Standing:
    """May this customer's data be used for `purpose_key` by `channel`? One code, and the event that allows it."""
    return standing(events_of(customer_id, purpose_key), channel, at or clock.now(), notices.cuts())


def until_of(customer_id: int, purpose_key: str) -> datetime | None:
    """How long a value with this basis may be read; None when it may not be."""
    now = may(customer_id, purpose_key)
    return (now.until or bound.FOREVER) if now.allowed else None


def may_ask(customer_id: int, purpose_key: str, at: datetime | None = None) -> bool:
    """C-6: after a no, not for 180 days and at most twice in all; after a withdrawal, not for 365 days."""
    return not_before(events_of(customer_id, purpose_key), at) is None


def not_before(events: Sequence[ConsentEvent], at: datetime | None = None) -> datetime | None:
    """When staff may ask again; None when they may now. `bound.FOREVER` after two asks."""
    at = at or clock.now()
    seen = sorted((e for e in events if e.occurred_at <= at), key=lambda e: (e.occurred_at, e.id))
    closing = [e for e in seen if e.action in ("deny", "withdraw")]
    if not closing or any(e.action in OPENS for e in seen if e.occurred_at > closing[-1].occurred_at):
        return None
    asks = sum(e.asked_by_staff and e.action in ("grant", "deny", "pending") for e in seen)
    if closing[-1].action == "deny" and asks >= MOST_ASKS:
        return bound.FOREVER
    again = closing[-1].occurred_at + (AFTER_DENY if closing[-1].action == "deny" else AFTER_WITHDRAW)
    return again if again > at else None


def append(
    tx: Session,
    customer_id: int,
    purpose_key: str,
    action: str,
    *,
    channel: str = ANY,
    method: str,
    lang: str,
    actor: StaffMember | None = None,
    actor_type: str = "staff",
    store_id: int | None = None,
    asked_by_staff: bool = True,
    occurred_at: datetime | None = None,
    scope: object = None,
    reason: str = "",
    hide: Hide = bound.hide,
) -> ConsentEvent:
    """Add one event; state, bound rows and search follow in the same transaction. Who was merged speaks as whom she was merged into."""
    now, customer_id = clock.now(), root_of(customer_id)
    told = notices.current(notices.kind_of(purpose_key), lang)
    words = {"reason": reason} if reason else {}
    event = ConsentEvent(
        customer_id=customer_id,
        purpose=purpose_key,
        channel=channel,
        action=action,
        occurred_at=occurred_at or now,
        recorded_at=now,
        method=method,
        actor_type=actor_type,
        actor_staff_id=actor.id if actor else None,
        store_id=store_id,
        asked_by_staff=asked_by_staff,
        notice_id=told.id if told else None,
        notice_version=told.version if told else None,
        notice_sha256=told.sha256 if told else None,
        lang=lang,
        scope=json.dumps(scope or {}, sort_keys=True),
        valid_until=valid_until(purpose_key, action, occurred_at or now),
    )
    chain.append(tx, event, **words)
    let_go(tx, event)
    follow(tx, customer_id, purpose_key, hide)
    return event


def let_go(tx: Session, event: ConsentEvent) -> None:
    """Her own no ends also what only waits for the undo of a merge. For whoever adds events without `append`."""
    if event.action in CLOSES and event.channel == ANY:
        whole = {event.customer_id, *(join.loser_id for join in events_of(event.customer_id).joins)}
        bound.let_go(tx, whole, event.purpose, since=event.occurred_at)


def valid_until(purpose_key: str, action: str, since: datetime) -> datetime | None:
    """The end of a consent given then, by the validity of its purpose; None when it has none."""
    if action == "pending":
        return since + timedelta(days=PENDING_DAYS)
    months = purpose(purpose_key).validity_months
    return add_months(since, months) if months and action in OPENS else None


def add_months(since: datetime, months: int) -> datetime:
    """The same day so many months later; the last of the month where that day is missing."""
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    for day in range(since.day, 27, -1):
        try:
            return since.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return since.replace(year=year, month=month + 1)


def follow(tx: Session, customer_id: int, purpose_key: str, hide: Hide = bound.hide) -> None:
    """Derive the state of one purpose again and let everything that hangs on it follow."""
    events, cuts = events_of(customer_id, purpose_key), notices.cuts()
    for state in derived(customer_id, purpose_key, events, clock.now(), cuts):
        tx.merge(state)
    now = standing(events, ANY, clock.now(), cuts)
    if now.allowed:
        bound.set_until(tx, customer_id, purpose_key, now.until or bound.FOREVER)
    else:
        hide(tx, customer_id, purpose_key, since=now.since or clock.now())
    changed.send(None, tx=tx, customer_id=customer_id, purpose=purpose_key)


def derive_again(tx: Session, customer_id: int, purposes: Iterable[str], hide: Hide) -> None:
    """All states of one record anew, after a merge or its undo; `purposes` are those that either record ever touched."""
    forget_states(tx, customer_id)
    for purpose_key in sorted(purposes):
        follow(tx, customer_id, purpose_key, hide)


def forget_states(tx: Session, customer_id: int) -> None:
    tx.flush()
    tx.execute(sa.delete(ConsentState).where(ConsentState.customer_id == customer_id))


def derived(customer_id: int, purpose_key: str, events: Sequence[ConsentEvent], at: datetime, cuts: notices.Cuts) -> list[ConsentState]:
    """The rows of ConsentState that follow from these events of one purpose."""
    rows = []
    for channel in channels(purpose_key, events):
        now = standing(events, channel, at, cuts)
        if now.event_id is not None:
            rows.append(
                ConsentState(
                    customer_id=customer_id,
                    purpose=purpose_key,
                    channel=channel,
                    standing=now.code,
                    since=now.since,
                    until=now.until,
                    event_id=now.event_id,
                )
            )
    return rows


def channels(purpose_key: str, events: Iterable[ConsentEvent]) -> list[str]:
    """The channels that have a state of their own: those that were ever named, and "any" (marketing knows none without a channel)."""
    return sorted({e.channel for e in events} | (set() if purpose_key == "marketing" else {ANY}))


def overview(customer_id: int, at: datetime | None = None) -> dict[str, Standing]:
    """Where every purpose that was ever touched stands on any channel (marketing: its best channel), in two queries."""
    at, cuts, events = at or clock.now(), notices.cuts(), events_of(customer_id)
    return {key: _best(events.about(key), at, cuts) for key in dict.fromkeys(event.purpose for event in events)}


def as_one(winner_id: int, loser_id: int) -> dict[str, Standing]:
    """What `overview` would say of the winner if both were merged now."""
    at, cuts, mine, theirs = clock.now(), notices.cuts(), events_of(winner_id), events_of(loser_id)
    both = History([*mine, *theirs], [*mine.joins, *theirs.joins, Join(loser_id, winner_id, at)])
    return {key: _best(both.about(key), at, cuts) for key in dict.fromkeys(event.purpose for event in both)}


def is_open(customer_id: int, purpose_key: str, channel: str) -> bool:
    """Does a consent stand or wait there? On ANY: on whatever channel."""
    events, cuts = events_of(customer_id, purpose_key), notices.cuts()
    channels = {channel} if channel != ANY else {ANY, *(e.channel for e in events)}
    return any(standing(events, one, clock.now(), cuts).code in ("OK", "PENDING") for one in channels)


def _best(events: History, at: datetime, cuts: notices.Cuts) -> Standing:
    all_of_them = [standing(events, channel, at, cuts) for channel in sorted({e.channel for e in events})]
    return min(all_of_them, key=lambda s: (not s.allowed, s.code != "PENDING", -(s.event_id or 0)))
