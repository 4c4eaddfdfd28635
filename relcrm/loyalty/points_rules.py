"""Points by hand: redeemed at the counter, taken back the same day, corrected, given up. What purchases earn is points_earning."""

import secrets
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import forbidden, ledger
from relcrm.customers.models import Customer
from relcrm.customers.queries import Seen
from relcrm.errors import BadValue, NotAllowed, NotFound, RuleError
from relcrm.i18n import _l, ngettext
from relcrm.loyalty import approvals, points_earning, points_policy, points_terms
from relcrm.loyalty.approvals import Kind
from relcrm.loyalty.approvals_models import Approval
from relcrm.loyalty.points_book import Book
from relcrm.loyalty.points_models import PointsAllocation, PointsBalance, PointsEntry, PointsLot, PointsPending, PointsPolicy
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, require

MONEY, GIFT = "money", "gift"
BY_HAND, TAKEN_BACK = "by_hand", "taken_back"
GIFT_LONGEST, MOST = 80, 1_000_000


def redeem(
    tx: Session, actor: StaffMember, seen: Seen, points: int, for_what: str = MONEY, words: str = "", key: str | None = None
) -> PointsEntry:
    """So many active points for money off or a gift, the first to expire first. `key` names the request at the till.

    Raises RuleError for more than she has, a closed file, no rules yet, or money in another currency.
    """
    store = seen.store_of(actor)
    require(actor, Permission.POINTS_REDEEM, store.id)
    policy, customer_id = _require_on(store), seen.customer.id
    _require_open(seen)
    words = _check_redemption(policy, store, points, for_what, words)
    _catch_up(tx, customer_id)
    book = Book(tx, [customer_id])
    lots = book.alive(customer_id)
    if (there := sum(lot.remaining for lot in lots)) < points:
        raise RuleError(_l("She has %(n)s points to redeem now.", n=there), code="not_enough", field="points")
    entry = book.enter(
        customer_id, "burn", clock.today(store.time_zone), for_what, active=-points, actor_id=actor.id, store_id=store.id, words=words,
        parameters={"value_minor": points_terms.worth(policy, points) if for_what == MONEY else 0, "policy": policy.id},
        public_id=secrets.token_urlsafe(9), key=key,
    )  # fmt: skip
    book.take(entry, points, lots)
    book.close()
    return entry


def _check_redemption(policy: PointsPolicy, store: Store, points: int, for_what: str, words: str) -> str:
    if not 1 <= points <= MOST:
        raise BadValue(_l("How many points? A number from 1."), code="points", field="points")
    words = " ".join(words.split())
    if for_what == GIFT and not words:
        raise BadValue(_l("Write what she takes for them."), code="no_gift", field="words")
    if len(words) > GIFT_LONGEST:
        raise BadValue(_l("At most %(most)s characters; these are %(n)s.", most=GIFT_LONGEST, n=len(words)), code="long", field="words")
    forbidden.check(words, field="words")
    if for_what == MONEY and store.currency != policy.currency:
        sentence = _l("Points are worth money off in %(currency)s only. Choose a gift.", currency=policy.currency)
        raise RuleError(sentence, code="other_currency", field="for_what")
    return words if for_what == GIFT else ""


def _require_on(store: Store) -> PointsPolicy:
    policy = points_policy.now(store)
    if policy is None:
        raise RuleError(_l("Points are not switched on. The owner publishes their rules first."), code="points_off")
    return policy


def _require_open(seen: Seen) -> None:
    if seen.customer.closed_at is not None or not ledger.may(seen.customer.id, ledger.SERVICE).allowed:
        raise RuleError(_l("Her file is closed. Nothing more is noted of her."), code="closed")


def _catch_up(tx: Session, customer_id: int) -> None:
    """What became active since the last hour's run counts at the counter already."""
    ended = sa.select(PointsPending.purchase_id).where(PointsPending.customer_id == customer_id, PointsPending.active_at <= clock.now())
    points_earning.activate(tx, tx.scalars(ended).all())


def take_back(tx: Session, actor: StaffMember, seen: Seen, public_id: str) -> PointsEntry:
    """She changed her mind at the till: who redeemed takes it back the same day, and the points lie in their lots again."""
    found = sa.select(PointsEntry).where(PointsEntry.public_id == public_id, PointsEntry.customer_id == seen.customer.id)
    entry = tx.scalar(found.where(PointsEntry.kind == "burn"))
    if entry is None:
        raise NotFound(_l("This is not there any more."), code="no_row")
    store = tx.get_one(Store, entry.store_id)
    if entry.actor_id != actor.id:
        raise NotAllowed(_l("Who redeemed the points takes it back, or a manager corrects them."), code="not_yours")
    if entry.on != clock.today(store.time_zone):
        raise RuleError(_l("This was on another day. A manager corrects it with a reason."), code="too_late")
    if tx.scalar(sa.select(PointsEntry.id).where(PointsEntry.reverses_id == entry.id)) is not None:
        raise RuleError(_l("This is taken back already."), code="taken_back")
    book = Book(tx, [seen.customer.id])
    back = book.enter(
        entry.customer_id, "adjust", entry.on, TAKEN_BACK, active=-entry.active, actor_id=actor.id, store_id=store.id, reverses_id=entry.id
    )
    book.give_back(back, _gone(tx, entry))
    book.close()
    return back


def _gone(tx: Session, entry: PointsEntry) -> Mapping[PointsLot, int]:
    rows = sa.select(PointsLot, PointsAllocation.points).join(PointsAllocation, PointsAllocation.lot_id == PointsLot.id)
    return {row[0]: row[1] for row in tx.execute(rows.where(PointsAllocation.entry_id == entry.id))}


def adjust(tx: Session, actor: StaffMember, seen: Seen, points: int, reason: str, *, confirmed: bool = False) -> PointsEntry | Approval:
    """So many points more or (negative) fewer, with a reason. Above the limit of the rules, today's corrections together, another person
    decides: then the answer is the Approval, and nothing is booked yet.
    """
    store = seen.store_of(actor)
    require(actor, Permission.POINTS_ADJUST, store.id)
    policy = _require_on(store)
    _require_open(seen)
    if points == 0 or abs(points) > MOST:
        raise BadValue(_l("How many points? A number from 1."), code="points", field="points")
    reason = approvals.check_reason(reason)
    _require_there(tx, seen.customer.id, points)
    if is_big(tx, seen, points, policy):
        return approvals.propose(tx, actor, seen, ADJUST, {"points": points}, reason, confirmed=confirmed)
    return _adjust(tx, seen.customer.id, points, reason, policy, store, actor.id, {})


def is_big(tx: Session, seen: Seen, points: int, policy: PointsPolicy) -> bool:
    """Is this, with what was corrected for her today, more than one person may decide?"""
    same_day = sa.select(sa.func.coalesce(sa.func.sum(sa.func.abs(PointsEntry.active)), 0))
    same_day = same_day.where(PointsEntry.customer_id == seen.customer.id, PointsEntry.kind == "adjust", PointsEntry.reason == BY_HAND)
    today = clock.today(seen.home.time_zone)
    return abs(points) + int(tx.scalar(same_day.where(PointsEntry.actor_id.is_not(None), PointsEntry.on == today)) or 0) > policy.big_points


def _require_there(tx: Session, customer_id: int, points: int) -> None:
    there = sum(lot.remaining for lot in Book(tx, [customer_id]).alive(customer_id)) if points < 0 else 0
    if points < 0 and there < -points:
        raise RuleError(_l("She has %(n)s points; no more can be taken.", n=there), code="not_enough", field="points")


def _adjust(
    tx: Session,
    customer_id: int,
    points: int,
    reason: str,
    policy: PointsPolicy,
    store: Store,
    actor_id: int,
    parameters: Mapping[str, int],
) -> PointsEntry:
    _require_there(tx, customer_id, points)
    book, today = Book(tx, [customer_id]), clock.today(store.time_zone)
    entry = book.enter(
        customer_id, "adjust", today, BY_HAND, active=points, actor_id=actor_id, store_id=store.id, words=reason, parameters=dict(parameters),
        public_id=secrets.token_urlsafe(9),
    )  # fmt: skip
    if points > 0:
        book.lot(entry, points, policy, today, store.time_zone)
    else:
        book.take(entry, -points, book.alive(customer_id))
    book.close()
    return entry


def _approved(tx: Session, row: Approval) -> None:
    store = tx.get_one(Store, row.store_id)
    customer = tx.get_one(Customer, row.customer_id)
    if customer.closed_at is not None:
        raise RuleError(_l("Her file is closed. Nothing more is noted of her."), code="closed")
    parameters = {"approval": row.id, "decided_by": row.decided_by_id or 0}
    _adjust(tx, customer.id, row.parameters["points"], row.reason, _require_on(store), store, row.proposed_by_id, parameters)


def _words(parameters: Mapping[str, int], _lang: str) -> str:
    points = parameters["points"]
    if points > 0:
        return ngettext("%(num)s point more", "%(num)s points more", points)
    return ngettext("%(num)s point fewer", "%(num)s points fewer", -points)


ADJUST = "points_adjust"
approvals.register(Kind(ADJUST, _l("Points corrected"), _words, _approved, Permission.POINTS_ADJUST))


def forfeit(tx: Session, actor: StaffMember | None, customer_id: int, reason: str = "erasure") -> dict[str, Any]:
    """Before her file is erased: everything she has is given up, whatever she owes is forgotten. Returns what it was."""
    balance = tx.scalar(sa.select(PointsBalance).where(PointsBalance.customer_id == customer_id))
    lost = {"pending": balance.pending, "active": balance.active, "debt": balance.debt} if balance else {}
    if not any(lost.values()):
        return lost
    actor_id = actor.id if actor else None
    book, today = Book(tx, [customer_id]), clock.today("UTC")
    for row in tx.scalars(sa.select(PointsPending).where(PointsPending.customer_id == customer_id)).all():
        book.enter(customer_id, "forfeit", today, reason, pending=-row.points, purchase_id=row.purchase_id, actor_id=actor_id)
        tx.delete(row)
    entry = book.enter(customer_id, "forfeit", today, reason, active=-lost["active"], debt=-lost["debt"], actor_id=actor_id)
    book.take(entry, lost["active"], book.lots(customer_id))
    book.close()
    return lost
