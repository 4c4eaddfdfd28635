"""Lifting a customer to a tier by hand: one proposes with a reason and an end, another decides (DOMAIN §2.3, 7). Never below what she earned."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.customers import merge_tables
from relcrm.customers import queries as customers
from relcrm.customers.models import Customer
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.errors import BadValue, RuleError
from relcrm.i18n import _, _l
from relcrm.loyalty import approvals, tier_events, tier_queries, tier_shown, tier_states
from relcrm.loyalty.approvals import Kind
from relcrm.loyalty.approvals_models import Approval
from relcrm.loyalty.tier_models import TierGrant, TierLevel
from relcrm.loyalty.tier_spans import Manual
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission

LIFT = "tier_lift"
MOST_DAYS = 180


def higher(stand: tier_queries.Stand) -> list[TierLevel]:
    """The tiers above the one she earned."""
    earned = stand.rules.level(stand.state.earned)
    return [level for level in stand.rules.levels if level.place > earned.place]


def propose(tx: Session, actor: StaffMember, seen: Seen, key: str, until: date, reason: str, *, confirmed: bool = False) -> Approval:
    """Let another person decide that she has this tier up to the day before `until`. Raises BadValue tier or until, and what approvals do."""
    stand = tier_queries.stand(seen)
    level = next((one for one in higher(stand) if one.key == key), None) if stand else None
    if stand is None or level is None:
        raise BadValue(_l("Choose a tier above the one she earned."), code="tier", field="tier")
    if not stand.today < until <= stand.today + timedelta(days=MOST_DAYS):
        raise BadValue(_l("A day to come, at most %(most)s days from now.", most=MOST_DAYS), code="until", field="until")
    if approvals.on_its_way(seen.customer.id, LIFT):
        raise RuleError(_l("A tier by hand is proposed for her already; let it be decided first."), code="on_its_way")
    parameters = {"level": level.id, "until": until.toordinal()}
    return approvals.propose(tx, actor, seen, LIFT, parameters, reason, confirmed=confirmed)


def _approved(tx: Session, row: Approval) -> None:
    """It holds from the day of the decision. Raises RuleError when its end has gone by or her file is closed."""
    customer = tx.get_one(Customer, row.customer_id)
    today = clock.today(tx.get_one(Store, customer.home_store_id).time_zone)
    until, level = date.fromordinal(row.parameters["until"]), tx.get(TierLevel, row.parameters["level"])
    if customer.closed_at is not None:
        raise RuleError(_l("Her file is closed. Nothing more is noted of her."), code="closed")
    if until <= today or level is None:
        raise RuleError(_l("Its last day has gone by. Propose it anew."), code="gone_by")
    tx.add(TierGrant(customer_id=customer.id, tier=level.key, on=today, until=until, approval_id=row.id, at=clock.now()))
    tx.flush()
    tier_states.follow(tx, [customer.id])


def _words(parameters: Mapping[str, int], lang: str) -> str:
    level, until = session().get(TierLevel, parameters["level"]), date.fromordinal(parameters["until"])
    name = tier_shown.name(level, lang) if level else ""
    return _("%(tier)s until %(day)s", tier=name, day=tier_shown.day(until, lang, date.min))


def given(customer_id: int) -> list[tuple[TierGrant, Approval, str, str]]:
    """Her lifts, newest first: with the reason, and the names of who proposed and who decided."""
    query = sa.select(TierGrant, Approval).join(Approval, Approval.id == TierGrant.approval_id).where(TierGrant.customer_id == customer_id)
    rows = session().execute(query.order_by(TierGrant.at.desc()).limit(20)).all()
    names = customers.staff_names({who for _grant, row in rows for who in (row.proposed_by_id, row.decided_by_id)})
    return [(grant, row, names.get(row.proposed_by_id, ""), names.get(row.decided_by_id or 0, "")) for grant, row in rows]


def waiting(customer_id: int, lang: str) -> list[dict[str, str]]:
    """What is proposed for her and not decided, in words."""
    return [{"words": _words(row.parameters, lang)} for row in approvals.on_its_way(customer_id, LIFT)]


def _events(tx: Session, customer_ids: Collection[int]) -> Iterable[tuple[int, Manual]]:
    rows = tx.execute(
        sa.select(TierGrant.customer_id, TierGrant.on, TierGrant.tier, TierGrant.until).where(TierGrant.customer_id.in_(customer_ids))
    )
    return [(row.customer_id, Manual(row.on, row.tier, row.until)) for row in rows]


tier_events.sources.append(_events)
merge_tables.joins(TierGrant, "at")
approvals.register(Kind(LIFT, _l("A tier by hand"), _words, _approved, Permission.APPROVE))
