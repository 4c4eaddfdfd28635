"""Four eyes: who proposes never decides (DOMAIN §5.4 "Nobody above"). What is proposed belongs to the feature that registers its kind."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.consent import forbidden
from relcrm.customers import import_revert, merge_tables
from relcrm.customers import queries as customers
from relcrm.customers.models import Customer, CustomerStore
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.errors import BadValue, NotAllowed, NotFound, RuleError
from relcrm.i18n import _l
from relcrm.jobs import job
from relcrm.loyalty.approvals_models import ON_ITS_WAY, Approval
from relcrm.staff import audit, words
from relcrm.staff.models import Membership, StaffMember
from relcrm.staff.permissions import Permission, may, require

RANKS = {"store_manager": 1, "area_manager": 2, "owner": 3}
TAKE_BACK = timedelta(minutes=10)
SHORTEST, LONGEST, PAGE, A_PIECE = 3, 300, 50, 20


@dataclass(frozen=True)
class Kind:
    """`words(parameters, lang)` says what would be done ("800 points more"); `apply(tx, approval)` does it, loading the customer anew by
    approval.customer_id; it may refuse with RuleError. `asks` is what one must be allowed to in order to propose and to decide."""

    key: str
    label: object
    words: Callable[[Mapping[str, int], str], str]
    apply: Callable[[Session, Approval], None]
    asks: Permission = Permission.APPROVE


kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """A feature says once, when it is imported, what it lets people propose."""
    kinds[kind.key] = kind
    words.KEY_WORDS[kind.key] = kind.label


def rank(actor: StaffMember) -> int:
    return max((RANKS.get(one.role, 0) for one in actor.memberships), default=0)


def check_reason(reason: str, field: str = "reason") -> str:
    """The reason as it is kept. Raises BadValue for one that says nothing, too much, or what is never noted."""
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST:
        raise BadValue(_l("Write the reason in a few words; it is kept."), code="no_reason", field=field)
    if len(reason) > LONGEST:
        raise BadValue(_l("At most %(most)s characters; these are %(n)s.", most=LONGEST, n=len(reason)), code="long", field=field)
    forbidden.check(reason, field=field)
    return reason


def nobody_above(actor: StaffMember, seen: Seen) -> bool:
    """Is there at this moment no other active person of at least her rank who could decide about this customer?"""
    stores = {store.id for store in seen.stores}
    roles = [role for role, height in RANKS.items() if height >= max(rank(actor), 1)]
    could = sa.select(Membership.id).join(StaffMember, StaffMember.id == Membership.staff_id)
    could = could.where(Membership.role.in_(roles), Membership.staff_id != actor.id, StaffMember.left_on.is_(None))
    could = could.where(sa.or_(Membership.store_id.is_(None), Membership.store_id.in_(stores)))
    return session().scalar(could.limit(1)) is None


def propose(
    tx: Session, actor: StaffMember, seen: Seen, kind: str, parameters: Mapping[str, int], reason: str, *, confirmed: bool = False
) -> Approval:
    """Let another person decide. Where nobody could, the highest may act alone if she `confirmed` (typed it once more): it is done after
    ten minutes in which it can be taken back. Raises NotAllowed, BadValue act_alone (field "confirm") or one about the reason.
    """
    store = seen.store_of(actor)
    require(actor, kinds[kind].asks, store.id)
    reason = check_reason(reason)
    alone = nobody_above(actor, seen)
    if alone and not confirmed:
        raise BadValue(_l("Nobody else can decide this. Type it once more to act alone."), code="act_alone", field="confirm")
    now = clock.now()
    row = Approval(
        public_id=secrets.token_urlsafe(9), kind=kind, customer_id=seen.customer.id, store_id=store.id, parameters=dict(parameters),
        reason=reason, rank=rank(actor), proposed_by_id=actor.id, proposed_at=now, status="alone" if alone else "waiting", alone=alone,
        applies_at=now + TAKE_BACK if alone else None,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    audit.note(tx, actor, "acted_alone" if alone else "proposed", seen.customer.public_id, store_id=store.id, keys=(kind,))
    return row


def waiting_for(reader: StaffMember, page: int = 1) -> tuple[Sequence[Approval], bool]:
    """What this reader may decide, the oldest first, and whether there is more."""
    query = _decidable(reader).order_by(Approval.proposed_at, Approval.id).offset((page - 1) * PAGE).limit(PAGE + 1)
    rows = session().scalars(query).all()
    return rows[:PAGE], len(rows) > PAGE


def count_waiting(reader: StaffMember) -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(_decidable(reader).subquery())) or 0


def _decidable(reader: StaffMember) -> sa.Select[Approval]:
    allowed = [key for key, kind in kinds.items() if may(reader, kind.asks)]
    query = sa.select(Approval).where(Approval.status == "waiting", Approval.kind.in_(allowed), Approval.rank <= rank(reader))
    known = customers.visible_to(reader).where(Customer.id == Approval.customer_id).with_only_columns(Customer.id)
    query = query.where(Approval.proposed_by_id != reader.id, known.exists())
    managed = reader.stores(*RANKS)
    if managed is None:
        return query
    knows = sa.select(CustomerStore.store_id).where(CustomerStore.customer_id == Approval.customer_id, CustomerStore.store_id.in_(managed))
    return query.where(knows.exists())


def proposed_by(reader: StaffMember, most: int = 10) -> Sequence[Approval]:
    """What this reader proposed lately, newest first."""
    mine = sa.select(Approval).where(Approval.proposed_by_id == reader.id)
    return session().scalars(mine.order_by(Approval.proposed_at.desc(), Approval.id.desc()).limit(most)).all()


def on_its_way(customer_id: int, kind: str) -> Sequence[Approval]:
    """What of this kind is proposed for her and not decided, the oldest first."""
    query = sa.select(Approval).where(Approval.customer_id == customer_id, Approval.kind == kind, Approval.status.in_(ON_ITS_WAY))
    return session().scalars(query.order_by(Approval.id)).all()


def get(reader: StaffMember, public_id: str) -> Approval:
    """Raises NotFound for one that this reader neither proposed nor may know of."""
    row = session().scalar(sa.select(Approval).where(Approval.public_id == public_id))
    if row is not None and row.proposed_by_id != reader.id:
        known = customers.visible_to(reader).where(Customer.id == row.customer_id).with_only_columns(Customer.id)
        row = row if rank(reader) and session().scalar(known) is not None else None
    if row is None:
        raise NotFound(_l("There is no such proposal, or none that you may see."), code="no_approval")
    return row


def decide(tx: Session, actor: StaffMember, row: Approval, yes: bool, said: str = "") -> None:
    """Grant or decline what another person proposed. Raises NotAllowed for who proposed it, RuleError when it is decided already."""
    if row.proposed_by_id == actor.id:
        raise NotAllowed(_l("You proposed this. Somebody else decides."), code="four_eyes")
    if row.status != "waiting":
        raise RuleError(_l("This is decided already."), code="decided")
    if tx.scalar(_decidable(actor).where(Approval.id == row.id)) is None:
        raise NotAllowed(_l("This is for somebody of a higher role, or of another store."), code="not_yours")
    said = " ".join(said.split())[:LONGEST]
    forbidden.check(said, field="said")
    row.status, row.said = "approved" if yes else "declined", said
    row.decided_by_id, row.decided_at = actor.id, clock.now()
    if yes:
        kinds[row.kind].apply(tx, row)
    _trail(tx, actor, row, "approved" if yes else "declined")


def withdraw(tx: Session, actor: StaffMember, row: Approval) -> None:
    """Who proposed takes it back before it is done."""
    if row.proposed_by_id != actor.id:
        raise NotAllowed(_l("Who proposed this takes it back."), code="not_yours")
    if row.status not in ON_ITS_WAY:
        raise RuleError(_l("This is decided already."), code="decided")
    row.status, row.decided_at = "withdrawn", clock.now()
    _trail(tx, actor, row, "proposal_withdrawn")


@job("approvals_alone", every="minute")
def act(tx: Session, cursor: str | None) -> str | None:
    """What somebody decided alone is done when its ten minutes are over."""
    due = sa.select(Approval).where(Approval.status == "alone", Approval.applies_at <= clock.now()).order_by(Approval.id).limit(A_PIECE)
    rows = tx.scalars(due).all()
    for row in rows:
        row.decided_by_id, row.decided_at = row.proposed_by_id, clock.now()
        try:
            with tx.begin_nested():
                kinds[row.kind].apply(tx, row)
            row.status = "approved"
        except (RuleError, BadValue):
            row.status = "lapsed"
    return "more" if len(rows) == A_PIECE else None


def _trail(tx: Session, actor: StaffMember, row: Approval, act: str) -> None:
    target = tx.scalar(sa.select(Customer.public_id).where(Customer.id == row.customer_id)) or ""
    audit.note(tx, actor, act, target, store_id=row.store_id, keys=(row.kind,))


words.ACT_WORDS.update(
    {
        "proposed": _l("proposed what another person decides"),
        "approved": _l("approved a proposal"),
        "declined": _l("declined a proposal"),
        "proposal_withdrawn": _l("took a proposal back"),
        "acted_alone": _l("acted alone"),
    }
)
merge_tables.joins(Approval, "proposed_at")
import_revert.traces.append(import_revert.Trace(Approval.customer_id, Approval.proposed_at))
