"""What staff may do with a consent: grant, deny, withdraw, and what stands in the way."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import ledger
from relcrm.consent.catalogue import Field
from relcrm.consent.models import Assessment, ConsentEvent, FieldSwitch
from relcrm.consent.purposes import ANY, purpose
from relcrm.db import session
from relcrm.errors import BadValue, RuleError
from relcrm.i18n import _l
from relcrm.staff import audit
from relcrm.staff.models import StaffMember

REVIEW = timedelta(days=365)
NOT_FOR_MINORS = ("marketing", "profiling", "community")

# Asked before a grant: functions of a customer's id that say whether she is under age. Later features may add what they know.
minor_checks: list[Callable[[int], bool]] = []


def answer(
    tx: Session,
    customer_id: int,
    purpose_key: str,
    said_yes: bool,
    *,
    actor: StaffMember,
    store_id: int | None,
    lang: str,
    channel: str = ANY,
    her_own_wish: bool = False,
) -> ConsentEvent:
    """Write down what she answered when staff asked, or what she wished by herself. Marketing by word of mouth stays pending."""
    wanted = purpose(purpose_key)
    if wanted.per_channel and channel == ANY and said_yes:
        raise BadValue(_l("Say by which channel: text message, WeChat, e-mail …"), code="channel_missing", field="channel")
    if channel not in wanted.channels and channel != ANY:
        raise BadValue(_l("That is no way to reach somebody that we know."), code="channel_unknown", field="channel")
    if not her_own_wish:
        refuse_asking(customer_id, purpose_key)
    if said_yes:
        refuse_grant(customer_id, purpose_key)
    action = "deny" if not said_yes else "grant" if wanted.verbal_ok or wanted.separate else "pending"
    return ledger.append(
        tx,
        customer_id,
        purpose_key,
        action,
        channel=channel,
        method="guardian" if purpose_key == "special:minor" else "in_person_verbal",
        lang=lang,
        actor=actor,
        store_id=store_id,
        asked_by_staff=not her_own_wish,
    )


def enrol(tx: Session, customer_id: int, *, actor: StaffMember, store_id: int, lang: str, method: str = "in_person_verbal") -> ConsentEvent:
    """The service consent that comes with the spoken notice when somebody gives a name and a number."""
    return ledger.append(tx, customer_id, ledger.SERVICE, "grant", method=method, lang=lang, actor=actor, store_id=store_id)


def withdraw(
    tx: Session, customer_id: int, purpose_key: str, *, actor: StaffMember, store_id: int | None, lang: str, channel: str = ANY
) -> None:
    """Take a consent back. No reason is asked; it holds from this transaction on. Twice is the same as once."""
    if not ledger.is_open(customer_id, purpose_key, channel):
        return
    ledger.append(
        tx,
        customer_id,
        purpose_key,
        "withdraw",
        channel=channel,
        method="in_person_verbal",
        lang=lang,
        actor=actor,
        store_id=store_id,
        asked_by_staff=False,
    )


def renew(tx: Session, customer_id: int, purpose_key: str, *, actor: StaffMember, store_id: int | None, lang: str) -> None:
    """She was told the new notice and said yes again: one tap for a consent that stands."""
    if not ledger.may(customer_id, purpose_key).allowed:
        raise RuleError(_l("There is no consent here that could be renewed. Ask her first."), code="NO_CONSENT")
    ledger.append(tx, customer_id, purpose_key, "renew", method="in_person_verbal", lang=lang, actor=actor, store_id=store_id)


def end_for_minor(tx: Session, customer_id: int, *, lang: str) -> None:
    """She turned out to be under 18: what is not for minors ends now, whoever granted it (DOMAIN §1.5)."""
    for purpose_key in NOT_FOR_MINORS:
        if ledger.is_open(customer_id, purpose_key, ANY):
            ledger.append(tx, customer_id, purpose_key, "withdraw", method="system", actor_type="system", lang=lang, asked_by_staff=False)


def refuse_asking(customer_id: int, purpose_key: str) -> None:
    """Raises RuleError while the law says that somebody who said no is left in peace (C-6)."""
    if not ledger.may_ask(customer_id, purpose_key):
        raise RuleError(_l("She said no to this. Do not ask again now; if she wishes it herself, say so."), code="ask_too_soon")


def refuse_grant(customer_id: int, purpose_key: str) -> None:
    """Raises RuleError when nobody may grant this: no assessment yet, or she is under age."""
    if purpose(purpose_key).needs_assessment and not is_assessed(purpose_key):
        raise RuleError(_l("The owner has not yet decided the assessment for this, so it cannot be asked."), code="not_assessed")
    if purpose_key in NOT_FOR_MINORS and any(check(customer_id) for check in minor_checks):
        raise RuleError(_l("She is under 18: only service is possible until then."), code="MINOR")


def is_assessed(subject: str) -> bool:
    """Does the newest assessment of this purpose say yes?"""
    newest = session().scalars(sa.select(Assessment).where(Assessment.subject == subject).order_by(Assessment.id.desc()).limit(1)).first()
    return newest is not None and newest.allowed


def assess(tx: Session, subject: str, text: str, allowed: bool, *, actor: StaffMember | None) -> None:
    """Keep the owner's decision with the text that was decided on."""
    now = clock.now()
    tx.add(
        Assessment(
            subject=subject,
            text=text,
            allowed=allowed,
            decided_by_id=actor.id if actor else None,
            decided_at=now,
            review_on=(now + REVIEW).date(),
        )
    )
    audit.note(tx, actor, "assessment_decided", subject)


def switch_field(tx: Session, field: Field, is_on: bool, *, actor: StaffMember) -> None:
    """Owner only (the view asks). A sensitive field or profiling needs its assessment before it can be switched on."""
    if is_on and purpose(field.basis).needs_assessment and not is_assessed(field.basis):
        raise RuleError(_l("Decide the assessment first: it says why this is needed and what could go wrong."), code="not_assessed")
    tx.merge(FieldSwitch(key=field.key, is_on=is_on, at=clock.now(), by_id=actor.id))
    audit.note(tx, actor, "field_switched_on" if is_on else "field_switched_off", field.key)


def switched_off(fields: dict[str, Field]) -> set[str]:
    """Keys of fields that this chain does not keep, in one query."""
    switches = {row.key: row.is_on for row in session().scalars(sa.select(FieldSwitch))}
    return {key for key, field in fields.items() if not switches.get(key, not field.off_by_default)}
