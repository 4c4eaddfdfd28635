"""The consent ledger and the one answer to "may we?". The state function is DOMAIN §1.4, as it is written there."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from blinker import Signal
from sqlalchemy.orm import Session

from relcrm import chain, clock
from relcrm.consent import bound, notices
from relcrm.consent.models import ConsentEvent, ConsentState
from relcrm.consent.purposes import ANY, purpose
from relcrm.db import session
from relcrm.staff.models import StaffMember

OPENS = ("grant", "renew", "confirm")
CLOSES = {"deny": "DENIED", "withdraw": "WITHDRAWN"}
# Written by the nightly job so that the history reads well; the end they tell of was in the grant or the notice (rule 4).
HISTORY = ("expire", "supersede", "import")
PENDING_DAYS = 7
AFTER_DENY, AFTER_WITHDRAW, MOST_ASKS = timedelta(days=180), timedelta(days=365), 2
SERVICE = "service"

# Sent inside the write transaction, after state and bound rows have followed: keyword arguments tx, customer_id, purpose.
changed = Signal("consent changed")


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
    """The state of one purpose from its events (of one customer), on `channel`, at that instant. `cuts` are notices.cuts()."""
    events = sorted((e for e in events if e.occurred_at <= at), key=lambda e: (e.occurred_at, e.action in CLOSES, e.id))
    now, own_closed = Standing("NO_CONSENT"), False
    for event in (e for e in events if e.channel in (ANY, channel) and e.action not in HISTORY):
        now = _ended(now, event.occurred_at)
        if event.action in CLOSES:
            now = Standing(CLOSES[event.action], event.id, event.occurred_at)
            own_closed = event.channel != ANY or own_closed
        elif not (own_closed and event.channel == ANY):
            now, own_closed = _opened(now, event, cuts), own_closed and event.action not in OPENS
    if now.event_id is None and any(e.action in OPENS for e in events):
        return Standing("NO_CHANNEL")
    return _ended(now, at)


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


def events_of(customer_id: int, purpose_key: str | None = None) -> Sequence[ConsentEvent]:
    query = sa.select(ConsentEvent).where(ConsentEvent.customer_id == customer_id)
    if purpose_key is not None:
        query = query.where(ConsentEvent.purpose == purpose_key)
    return session().scalars(query.order_by(ConsentEvent.id)).all()


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
) -> ConsentEvent:
    """Add one event; state, bound rows and search follow in the same transaction."""
    now = clock.now()
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
    follow(tx, customer_id, purpose_key)
    return event


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


def follow(tx: Session, customer_id: int, purpose_key: str) -> None:
    """Derive the state of one purpose again and let everything that hangs on it follow."""
    events, cuts = events_of(customer_id, purpose_key), notices.cuts()
    for state in derived(customer_id, purpose_key, events, clock.now(), cuts):
        tx.merge(state)
    now = standing(events, ANY, clock.now(), cuts)
    if now.allowed:
        bound.set_until(tx, customer_id, purpose_key, now.until or bound.FOREVER)
    else:
        bound.hide(tx, customer_id, purpose_key, since=now.since or clock.now())
    changed.send(None, tx=tx, customer_id=customer_id, purpose=purpose_key)


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
    at, cuts, by_purpose = at or clock.now(), notices.cuts(), dict[str, list[ConsentEvent]]()
    for event in events_of(customer_id):
        by_purpose.setdefault(event.purpose, []).append(event)
    return {key: _best(events, at, cuts) for key, events in by_purpose.items()}


def is_open(customer_id: int, purpose_key: str, channel: str) -> bool:
    """Does a consent stand or wait there? On ANY: on whatever channel."""
    events, cuts = events_of(customer_id, purpose_key), notices.cuts()
    channels = {channel} if channel != ANY else {ANY, *(e.channel for e in events)}
    return any(standing(events, one, clock.now(), cuts).code in ("OK", "PENDING") for one in channels)


def _best(events: list[ConsentEvent], at: datetime, cuts: notices.Cuts) -> Standing:
    all_of_them = [standing(events, channel, at, cuts) for channel in sorted({e.channel for e in events})]
    return min(all_of_them, key=lambda s: (not s.allowed, s.code != "PENDING", -(s.event_id or 0)))
