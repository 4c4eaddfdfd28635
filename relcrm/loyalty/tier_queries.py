"""Reading tiers: the rules in force, where a customer stands and why. Changing is tier_rules and tier_states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from relcrm import clock
from relcrm.customers import queries as customers
from relcrm.customers.models import Customer
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.errors import NotFound
from relcrm.i18n import _l
from relcrm.loyalty import tier_events, tier_states
from relcrm.loyalty.tier_models import CustomerTier, TierChange, TierLevel, TierRuleSet, TierSimulation, TierTold
from relcrm.loyalty.tier_spans import Book, Event, Sale, Tier, nearest, qualifies
from relcrm.loyalty.tiering import Outcome, State, Step, replay
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.staff.models import StaffMember

PAGE = 50


@dataclass(frozen=True)
class InForce:
    """A version of the rules with its tiers, the lowest first."""

    row: TierRuleSet
    levels: Sequence[TierLevel]

    def level(self, key: str) -> TierLevel:
        """The tier of that key; for one that is no more the lowest."""
        return next((one for one in self.levels if one.key == key), self.levels[0])


@dataclass(frozen=True)
class Stand:
    """Where she stands today, straight from her purchases. Amounts are of `currency`, in minor units; `spent` is of the rolling window.

    `missing`, `missing_visits`: to the next tier; `keeping`: what lacks to keep her own tier when it is looked at next, on `keep_by`,
    by what she bought so far; 0 for enough.
    `counted`: the orders that count, newest first, with what is left of each; `leaves`: the first of them to leave the window, and when.
    `steps`: the rolling sum from each day on which it changed.
    """

    state: State
    log: Sequence[Step]
    rules: InForce
    level: TierLevel
    next_level: TierLevel | None
    today: date
    currency: str
    spent: int
    visits: int
    missing: int
    missing_visits: int
    keeping: int
    keep_by: date | None
    counted: Sequence[tuple[Sale, int]]
    leaves: tuple[int, date] | None
    steps: Sequence[tuple[date, int]]


def in_force(today: date) -> InForce | None:
    """The rules that hold on that day."""
    published = sa.select(TierRuleSet).where(TierRuleSet.status == "published", TierRuleSet.live_from <= today)
    row = session().scalar(published.order_by(TierRuleSet.live_from.desc(), TierRuleSet.id.desc()).limit(1))
    return with_levels(row) if row is not None else None


def coming(today: date) -> Sequence[TierRuleSet]:
    """Published, but not in force yet."""
    later = sa.select(TierRuleSet).where(TierRuleSet.status == "published", TierRuleSet.live_from > today)
    return session().scalars(later.order_by(TierRuleSet.live_from, TierRuleSet.id)).all()


def with_levels(row: TierRuleSet) -> InForce:
    query = sa.select(TierLevel).where(TierLevel.rule_set_id == row.id).order_by(TierLevel.place)
    return InForce(row, session().scalars(query).all())


def get(public_id: str) -> TierRuleSet:
    """Raises NotFound."""
    row = session().scalar(sa.select(TierRuleSet).where(TierRuleSet.public_id == public_id))
    if row is None:
        raise NotFound(_l("There are no such rules."), code="no_rules")
    return row


def stand(seen: Seen) -> Stand | None:
    """None as long as no rules are in force. As many queries for 3,000 purchases as for three."""
    today, her = clock.today(seen.home.time_zone), seen.customer.id
    rules = in_force(today)
    if rules is None:
        return None
    events = tier_events.events(session(), [her])[her]
    found = replay(events, tier_events.rules(session()), today)
    assert found.state is not None
    return _stand(found, found.state, events, rules, today, seen.home.currency)


def _stand(found: Outcome, state: State, events: Sequence[Event], rules: InForce, today: date, home: str) -> Stand:
    assert found.rules is not None
    place, window = found.rules.place(state.tier) or 0, found.rules.window
    tiers = found.rules.tiers
    spent, visits = found.book.spent(today, window), found.book.visits(today, window)
    wanted = tiers[min(place + 1, len(tiers) - 1)]
    currency = nearest(spent, wanted, home) or home
    own, following = tiers[place], tiers[place + 1] if place + 1 < len(tiers) else None
    net = spent.get(currency, 0)
    counted = _counted(found.book, events, currency, today, window)
    keep_by = (state.grace_until or state.valid_until) if state.tier == state.earned else None
    look = today if state.grace_until else keep_by or today
    return Stand(
        state, found.log, rules, rules.level(state.tier), rules.level(following.key) if following else None, today, currency, net, visits,
        missing=max(0, following.thresholds.get(currency, 0) - net) if following else 0,
        missing_visits=max(0, following.visits - visits) if following else 0,
        keeping=0 if qualifies(found.book, found.rules, look) >= place else _lacks(own, found.book.spent(look, window), currency),
        keep_by=keep_by,
        counted=counted, leaves=(counted[-1][1], counted[-1][0].on + timedelta(days=window)) if counted else None,
        steps=rolling(events, currency, today, window),
    )  # fmt: skip


def _lacks(tier: Tier, spent: Mapping[str, int], currency: str) -> int:
    return max(0, tier.thresholds.get(currency, 0) - spent.get(currency, 0))


def _counted(book: Book, events: Sequence[Event], currency: str, today: date, window: int) -> list[tuple[Sale, int]]:
    first = today - timedelta(days=window)
    inside = [one for one in events if isinstance(one, Sale) and one.currency == currency and first < one.on <= today]
    kept = [(one, book.left(one.ref)) for one in sorted(inside, key=lambda one: (one.on, one.ref), reverse=True)]
    return [(one, left) for one, left in kept if left]


def rolling(events: Sequence[Event], currency: str, today: date, window: int) -> list[tuple[date, int]]:
    """The rolling sum on each day of the last `window` days on which it changed, the first and today."""
    book, first = Book(events), today - timedelta(days=window)
    leaving = {day + timedelta(days=window) for day in book.days}
    found: list[tuple[date, int]] = []
    for day in sorted(book.days | leaving | {first, today}):
        if day > today:
            break
        book.learn(day)
        sum_now = book.spent(day, window).get(currency, 0)
        if day >= first and (day in (first, today) or not found or found[-1][1] != sum_now):
            found.append((day, sum_now))
    return found


@dataclass(frozen=True)
class Counted:
    """An order that counts, as the page lists it: `left` of it in minor units, `part` when something came back."""

    public_id: str
    on: date
    lines: Sequence[PurchaseLine]
    left: int
    part: bool


def counted(found: Stand, most: int = 12) -> list[Counted]:
    """The newest orders that count, with their goods, in two queries."""
    shown = found.counted[:most]
    refs = [sale.ref for sale, _left in shown]
    names = {row.id: row.public_id for row in session().execute(sa.select(Purchase.id, Purchase.public_id).where(Purchase.id.in_(refs)))}
    lines: dict[int, list[PurchaseLine]] = {ref: [] for ref in refs}
    held = sa.select(PurchaseLine).where(PurchaseLine.purchase_id.in_(refs)).order_by(PurchaseLine.purchase_id, PurchaseLine.position)
    for line in session().scalars(held):
        lines[line.purchase_id].append(line)
    return [Counted(names[sale.ref], sale.on, lines[sale.ref], left, left != sale.minor) for sale, left in shown]


@dataclass(frozen=True)
class Brief:
    """Her tier in one line of the card."""

    tier: str
    valid_until: date | None
    grace_until: date | None


def brief(seen: Seen) -> Brief:
    """From the derived row; where its day has come and the worker has not, straight from her purchases."""
    row = session().get(CustomerTier, seen.customer.id)
    if row is not None and row.next_on is not None and row.next_on <= clock.today(seen.home.time_zone):
        state = tier_states.derived(session(), [seen.customer.id])[seen.customer.id][0]
        return Brief(state[0], state[3], state[4]) if state else Brief("", None, None)
    return Brief(row.tier, row.valid_until, row.grace_until) if row is not None else Brief("", None, None)


def reached(customer_id: int, on: date) -> str:
    """The tier that she reached or kept by buying on that day, if it is still hers; "" for none."""
    bought = sa.select(TierChange.after).join(CustomerTier, CustomerTier.customer_id == TierChange.customer_id)
    bought = bought.where(TierChange.customer_id == customer_id, TierChange.on == on, TierChange.kind.in_(("up", "renewed")))
    return session().scalar(bought.where(TierChange.after == CustomerTier.tier).order_by(TierChange.position.desc()).limit(1)) or ""


def told(customer_id: int) -> TierTold | None:
    """When she was last told the rules, and which."""
    query = sa.select(TierTold).where(TierTold.customer_id == customer_id)
    return session().scalar(query.order_by(TierTold.at.desc(), TierTold.id.desc()).limit(1))


def changed_by(
    reader: StaffMember, row: TierRuleSet, moment: str, before: str, after: str, beyond: int = 0
) -> tuple[Sequence[Customer], int | None]:
    """A page of the customers whom a draft would change so, as far as this reader sees them, and where the next page begins."""
    mine = sa.and_(TierSimulation.customer_id == Customer.id, TierSimulation.rule_set_id == row.id)
    query = customers.visible_to(reader).join(TierSimulation, mine)
    query = query.where(TierSimulation.moment == moment, TierSimulation.before == before, TierSimulation.after == after)
    query = query.where(TierSimulation.customer_id > beyond).order_by(TierSimulation.customer_id).limit(PAGE + 1)
    rows = session().scalars(query).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None
