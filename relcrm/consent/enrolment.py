"""Consents of many people at once, as bringing in a file needs them. For one person at the counter it is rules.enrol and rules.answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import chain, clock
from relcrm.consent import ledger, notices
from relcrm.consent.models import ConsentEvent, ConsentState
from relcrm.consent.purposes import ANY

LEGACY = "import_legacy"


@dataclass(frozen=True)
class Newcomer:
    """Somebody made in this transaction, and the store that brings her in."""

    customer_id: int
    store_id: int


@dataclass(frozen=True)
class Proof:
    """One answer that an older paper or table proves: `evidence` its kind and SHA-256. A pending one waits from now on."""

    customer_id: int
    store_id: int
    purpose: str
    channel: str
    action: str
    occurred_at: datetime
    evidence: tuple[str, str]


def enrol_many(
    tx: Session, newcomers: Sequence[Newcomer], proofs: Sequence[Proof] = (), *, actor_id: int, lang: str, method: str = LEGACY
) -> dict[int, list[ConsentEvent]]:
    """One service grant for each and what was proved of them, with the states that follow. For customers made in this transaction only:
    nothing hangs on them yet, so no bound row and no listener has to follow; the caller writes their search keys.
    Returns the events of each customer, the service grant first.
    """
    now, cuts = clock.now(), notices.cuts()
    told = notices.current(notices.ENROL, lang)
    grants = [
        ConsentEvent(
            customer_id=one.customer_id,
            purpose=ledger.SERVICE,
            channel=ANY,
            action="grant",
            occurred_at=now,
            recorded_at=now,
            method=method,
            actor_type="staff",
            actor_staff_id=actor_id,
            store_id=one.store_id,
            asked_by_staff=True,
            notice_id=told.id if told else None,
            notice_version=told.version if told else None,
            notice_sha256=told.sha256 if told else None,
            lang=lang,
            scope="{}",
            valid_until=ledger.valid_until(ledger.SERVICE, "grant", now),
        )
        for one in newcomers
    ]
    events = sorted([*grants, *_proved(proofs, actor_id, lang)], key=lambda event: event.customer_id)
    chain.append_all(tx, events)
    states, by_customer = list[ConsentState](), dict[int, list[ConsentEvent]]()
    for (one, purpose), of_one in groupby(events, lambda event: (event.customer_id, event.purpose)):
        mine = list(of_one)
        by_customer.setdefault(one, []).extend(mine)
        states += ledger.derived(one, purpose, mine, now, cuts)
    _insert(tx, states)
    return by_customer


def add_proofs(tx: Session, proofs: Sequence[Proof], *, actor_id: int, lang: str) -> list[ConsentEvent]:
    """What was proved of people who are in the book; state and bound rows follow. The caller asks before whether they answered already."""
    events = list(_proved(proofs, actor_id, lang))
    chain.append_all(tx, events)
    for event in events:
        ledger.let_go(tx, event)
    for one, purpose in {(event.customer_id, event.purpose): None for event in events}:
        ledger.follow(tx, one, purpose)
    return events


def _proved(proofs: Sequence[Proof], actor_id: int, lang: str) -> Sequence[ConsentEvent]:
    """She was told by that paper and by no notice of ours; the version says only which later changes concern her."""
    now, told = clock.now(), notices.current(notices.ENROL, lang)
    return [
        ConsentEvent(
            customer_id=proof.customer_id,
            purpose=proof.purpose,
            channel=proof.channel,
            action=proof.action,
            occurred_at=proof.occurred_at,
            recorded_at=now,
            method=LEGACY,
            actor_type="staff",
            actor_staff_id=actor_id,
            store_id=proof.store_id,
            asked_by_staff=False,
            notice_id=None,
            notice_version=told.version if told else None,
            notice_sha256=None,
            lang=lang,
            scope="{}",
            evidence_kind=proof.evidence[0],
            evidence_sha256=proof.evidence[1],
            valid_until=ledger.valid_until(proof.purpose, proof.action, proof.occurred_at),
        )
        for proof in proofs
    ]


def _insert(tx: Session, states: Sequence[ConsentState]) -> None:
    keys = [column.key for column in ConsentState.__table__.columns]
    if states:
        tx.execute(sa.insert(ConsentState), [{key: getattr(state, key) for key in keys} for state in states])


def close_many(tx: Session, customer_ids: Sequence[int], *, actor_id: int, lang: str) -> None:
    """End whatever stands or waits for these people, service included: the file that brought them in is taken back.

    The history stays; bound rows and search keys are the caller's, who empties them.
    """
    now = clock.now()
    open_ = sa.select(ConsentState).where(ConsentState.customer_id.in_(customer_ids), ConsentState.standing.in_(("OK", "PENDING")))
    states = tx.scalars(open_.order_by(ConsentState.customer_id, ConsentState.purpose)).all()
    events = [
        ConsentEvent(
            customer_id=state.customer_id,
            purpose=state.purpose,
            channel=state.channel,
            action="withdraw",
            occurred_at=now,
            recorded_at=now,
            method="system",
            actor_type="system",
            actor_staff_id=actor_id,
            store_id=None,
            asked_by_staff=False,
            lang=lang,
            scope="{}",
        )
        for state in states
    ]
    chain.append_all(tx, events)
    for state, event in zip(states, events, strict=True):
        state.standing, state.since, state.until, state.event_id = "WITHDRAWN", now, None, event.id
    tx.flush()
