"""The service consent of many newcomers at once, as bringing in a file needs it. For one person it is rules.enrol."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from relcrm import chain, clock
from relcrm.consent import ledger, notices
from relcrm.consent.models import ConsentEvent
from relcrm.consent.purposes import ANY


def enrol_many(
    tx: Session, customer_ids: Sequence[int], *, actor_id: int, store_id: int, lang: str, method: str = "import_legacy"
) -> list[ConsentEvent]:
    """One service grant for each, in their order, with the state that follows from it. For customers made in this transaction only:
    nothing hangs on them yet, so no bound row and no listener has to follow; the caller writes their search keys.
    """
    now, told, cuts = clock.now(), notices.current(notices.ENROL, lang), notices.cuts()
    events = [
        ConsentEvent(
            customer_id=customer_id,
            purpose=ledger.SERVICE,
            channel=ANY,
            action="grant",
            occurred_at=now,
            recorded_at=now,
            method=method,
            actor_type="staff",
            actor_staff_id=actor_id,
            store_id=store_id,
            asked_by_staff=True,
            notice_id=told.id if told else None,
            notice_version=told.version if told else None,
            notice_sha256=told.sha256 if told else None,
            lang=lang,
            scope="{}",
            valid_until=ledger.valid_until(ledger.SERVICE, "grant", now),
        )
        for customer_id in customer_ids
    ]
    chain.append_all(tx, events)
    tx.add_all(state for event in events for state in ledger.derived(event.customer_id, ledger.SERVICE, [event], now, cuts))
    tx.flush()
    return events
