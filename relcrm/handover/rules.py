"""Ticking off the checklist, noting a problem, hearing her answer, finishing. Pages are views; the steps themselves are steps."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import forbidden, ledger
from relcrm.consent import rules as consent_rules
from relcrm.customers.queries import Seen
from relcrm.errors import BadValue, RuleError
from relcrm.handover import reading, steps
from relcrm.handover.models import AfterSales, Handover, HandoverStep
from relcrm.i18n import _l
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.staff import audit
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, require

CALLBACK = "callback"
NOTE_LONGEST, PROMISE_LONGEST = 200, 600
Told = Mapping[str, Any]


def mark(
    tx: Session, actor: StaffMember, purchase: Purchase, key: str, state: str, *, note: str = "", line_id: int | None = None, told: Told | None = None,
) -> None:  # fmt: skip
    """Set one step; "" takes the mark off again. Refused once finished, and for a problem where none can be."""
    _require_open(tx, actor, purchase)
    step, note = _known(key), note.strip()
    if state in ("fixed", "held") and not step.may_fail:
        raise BadValue(_l("Nothing can be wrong with this step."), code="no_problem_here")
    if len(note) > NOTE_LONGEST:
        raise BadValue(_l("At most %(most)s characters; these are %(n)s.", most=NOTE_LONGEST, n=len(note)), code="long", field="note")
    forbidden.check(note, field="note")
    _begin(tx, actor, purchase)
    tx.execute(sa.delete(HandoverStep).where(HandoverStep.purchase_id == purchase.id, HandoverStep.step == key))
    if state:
        which = _line_of(tx, purchase, line_id)
        values = {"state": state, "note": note, "line_id": which, "told": dict(told or {}), "at": clock.now(), "by_id": actor.id}
        tx.add(HandoverStep(purchase_id=purchase.id, step=key, **values))
        tx.flush()


def _known(key: str) -> steps.Step:
    if key not in steps.KEYS:
        raise BadValue(_l("This is not there any more."), code="no_step")
    return steps.named(key)


def _line_of(tx: Session, purchase: Purchase, line_id: int | None) -> int | None:
    return tx.scalar(sa.select(PurchaseLine.id).where(PurchaseLine.id == line_id, PurchaseLine.purchase_id == purchase.id))


def _require_open(tx: Session, actor: StaffMember, purchase: Purchase) -> None:
    require(actor, Permission.PURCHASE_RECORD)
    held = tx.get(Handover, purchase.id)
    if held is not None and held.finished_at is not None:
        raise RuleError(_l("This handover is finished."), code="finished")
    if not ledger.may(purchase.customer_id, ledger.SERVICE).allowed:
        raise RuleError(_l("Her file is closed. Nothing more is noted of her."), code="closed")


def _begin(tx: Session, actor: StaffMember, purchase: Purchase) -> None:
    if tx.get(Handover, purchase.id) is None:
        tx.add(Handover(purchase_id=purchase.id, begun_at=clock.now(), begun_by_id=actor.id))
        tx.flush()


def hear(tx: Session, actor: StaffMember, purchase: Purchase, seen: Seen, said_yes: bool, *, lang: str) -> None:
    """Her answer to the question of a call in a few days goes into the ledger; one that stands is not asked for again."""
    if not (said_yes and ledger.may(seen.customer.id, CALLBACK).allowed):
        consent_rules.answer(tx, seen.customer.id, CALLBACK, said_yes, actor=actor, store_id=purchase.store_id, lang=lang)
    mark(tx, actor, purchase, steps.CALL, "done", told={"yes": said_yes})


def extra(tx: Session, actor: StaffMember, purchase: Purchase, key: str, of_tier: Mapping[str, str]) -> None:
    """A service beyond the sale, given or taken off again; what her tier brings (`of_tier`) is kept in its words of today."""
    row = tx.get(HandoverStep, (purchase.id, steps.EXTRAS))
    before = row.told if row else {}
    said = {**before.get("said", {}), **of_tier}
    if key not in steps.EXTRA_WORDS and key not in said:
        raise BadValue(_l("This is not there any more."), code="no_extra")
    given = sorted(set(before.get("extras", ())) ^ {key})
    told = {"extras": given, "said": {one: said[one] for one in given if one in said}}
    mark(tx, actor, purchase, steps.EXTRAS, "done" if given else "", told=told)


def finish(tx: Session, actor: StaffMember, purchase: Purchase) -> None:
    """She leaves with it. Not before the pieces were counted, nor while something is held back; what was skipped is shown as skipped."""
    _require_open(tx, actor, purchase)
    states = {row.step: row.state for row in reading.marks(purchase.id)}
    if any(state == "held" for state in states.values()):
        raise RuleError(_l("Something is held back. Put it right first, or leave the rest for later."), code="held")
    if states.get(steps.COUNT) not in ("done", "fixed"):
        raise RuleError(_l("Count the pieces before her first."), code="not_counted")
    row = tx.get_one(Handover, purchase.id)
    row.finished_at, row.finished_by_id = clock.now(), actor.id


def promise(tx: Session, actor: StaffMember, words: Mapping[str, str]) -> AfterSales:
    """A new version of what the chain promises after a sale; what is written in one language only stands for both."""
    require(actor, Permission.SETTINGS_EDIT)
    read = {lang: words.get(lang, "").strip() for lang in ("zh", "en")}
    for lang, text in read.items():
        if len(text) > PROMISE_LONGEST:
            raise BadValue(_l("At most %(most)s characters; these are %(n)s.", most=PROMISE_LONGEST, n=len(text)), code="long", field=lang)
    if not any(read.values()):
        raise BadValue(_l("Write at least one sentence."), code="promise_empty", field="zh")
    made = AfterSales(zh=read["zh"] or read["en"], en=read["en"] or read["zh"], at=clock.now(), by_id=actor.id)
    tx.add(made)
    tx.flush()
    audit.note(tx, actor, "after_sales_changed", str(made.id))
    return made


def start(tx: Session) -> None:
    """What a new chain promises until it writes its own."""
    zh = "没穿过、吊牌在，7天内可以换；有任何不合适，先找我们，24小时内给您答复。"
    en = (
        "Unworn and with its label, we exchange it within 7 days. Whatever does not fit: tell us first, you have an answer within 24 hours."
    )
    if tx.scalar(sa.select(AfterSales.id).limit(1)) is None:
        tx.add(AfterSales(zh=zh, en=en, at=clock.now()))


def told_at(step: str, promise: AfterSales | None, notes: Sequence[Any]) -> Told:
    """What a tick on this step says was told, with its version."""
    if step == steps.CARE:
        return {"care": {note.key: note.version for note in notes}}
    return {"promise": promise.id} if step == steps.PROMISE and promise is not None else {}
