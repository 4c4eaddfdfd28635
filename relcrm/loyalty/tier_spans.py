"""What the tiers are decided from: the events of one customer, published rules, and the rolling sums over them. Pure; deciding is tiering."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True)
class Tier:
    """`thresholds`: minor units by currency, each for itself; a currency that is not named does not lead here. The lowest tier asks nothing."""

    key: str
    thresholds: Mapping[str, int] = field(default_factory=dict)
    visits: int = 0


@dataclass(frozen=True)
class Rules:
    """Published rules from `live_from` on; `tiers` from the lowest up, all spans in days (DOMAIN §2.3)."""

    live_from: date
    tiers: tuple[Tier, ...]
    window: int = 365
    grace: int = 30
    valid: int = 365
    reversal: int = 30
    number: int = 0

    def place(self, key: str) -> int | None:
        """How high this tier stands; None when these rules do not know it."""
        return next((place for place, tier in enumerate(self.tiers) if tier.key == key), None)


@dataclass(frozen=True)
class Sale:
    """An order of that day. `ref` names it for its returns, `store` tells visits apart; staff purchases are not among the events."""

    on: date
    ref: int
    minor: int
    currency: str
    store: int = 0


@dataclass(frozen=True)
class Return:
    """On that day so much came back of order `ref`: booked to the order, known from its own day on."""

    on: date
    ref: int
    minor: int


@dataclass(frozen=True)
class Opening:
    """A tier that she brought from the book before this one. What she spent there counts for nothing here."""

    on: date
    tier: str
    until: date


@dataclass(frozen=True)
class Manual:
    """Lifted by hand from `on` to the day before `until`; below what she earned it changes nothing."""

    on: date
    tier: str
    until: date


@dataclass(frozen=True)
class Frozen:
    """While a complaint is open no tier falls: from `since` to the day before `until`, without end as long as it is open."""

    since: date
    until: date | None = None


Event = Sale | Return | Opening | Manual | Frozen


@dataclass
class _Order:
    place: int
    currency: str
    store: int
    left: int


class Book:
    """Sums of orders over any span of days, as far as they are known on the day to which `learn` has come."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._sales: dict[date, list[Sale]] = defaultdict(list)
        self._returns: dict[date, list[Return]] = defaultdict(list)
        for event in events:
            if isinstance(event, Sale):
                self._sales[event.on].append(event)
            elif isinstance(event, Return):
                self._returns[event.on].append(event)
        self._days = sorted(self._sales)
        self._spent: dict[str, list[int]] = defaultdict(lambda: [0] * len(self._days))
        self._visits = [0] * len(self._days)
        self._kept: Counter[tuple[int, int]] = Counter()
        self._orders: dict[int, _Order] = {}
        self._early: Counter[int] = Counter()

    @property
    def days(self) -> set[date]:
        return {*self._sales, *self._returns}

    def learn(self, day: date) -> tuple[bool, bool]:
        """What happened on this day; days must be learned in their order. Answers whether she bought, and whether something came back."""
        for sale in self._sales.get(day, ()):
            place = bisect_left(self._days, day)
            self._orders[sale.ref] = _Order(place, sale.currency, sale.store, 0)
            self._book(self._orders[sale.ref], sale.minor - self._early.pop(sale.ref, 0))
        for back in self._returns.get(day, ()):
            order = self._orders.get(back.ref)
            if order is None:
                self._early[back.ref] += back.minor  # typed with a day before that of its order
            else:
                self._book(order, -back.minor)
        return day in self._sales, day in self._returns

    def _book(self, order: _Order, minor: int) -> None:
        before, order.left = order.left, order.left + minor
        self._spent[order.currency][order.place] += minor
        if (before > 0) == (order.left > 0):
            return
        where = (order.place, order.store)
        self._kept[where] += 1 if order.left > 0 else -1
        if self._kept[where] == (1 if order.left > 0 else 0):
            self._visits[order.place] += 1 if order.left > 0 else -1

    def _span(self, end: date, days: int) -> slice:
        return slice(bisect_right(self._days, end - timedelta(days=days)), bisect_right(self._days, end))

    def spent(self, end: date, days: int) -> dict[str, int]:
        """Net of orders dated in (end - days, end], by currency (DOMAIN §2.3, 1)."""
        span = self._span(end, days)
        return {currency: sum(minors[span]) for currency, minors in self._spent.items()}

    def visits(self, end: date, days: int) -> int:
        """Days in a store on which she kept something of value."""
        return sum(self._visits[self._span(end, days)])

    def left(self, ref: int) -> int:
        """What of this order she kept so far."""
        return self._orders[ref].left if ref in self._orders else 0


def qualifies(book: Book, rules: Rules, day: date) -> int:
    """The highest tier whose threshold one currency alone reaches, with the visits it asks for."""
    spent, visits = book.spent(day, rules.window), book.visits(day, rules.window)
    for place in range(len(rules.tiers) - 1, 0, -1):
        tier = rules.tiers[place]
        reached = any(spent.get(currency, 0) >= minor for currency, minor in tier.thresholds.items())
        if reached and visits >= tier.visits:
            return place
    return 0


def nearest(spent: Mapping[str, int], tier: Tier, otherwise: str = "") -> str:
    """The currency in which she is nearest to this tier; `otherwise` when she is nowhere."""
    ways = sorted(tier.thresholds)
    best = max(ways, key=lambda currency: (spent.get(currency, 0) / max(tier.thresholds[currency], 1), currency == otherwise), default="")
    return otherwise if best and not spent.get(best) and otherwise in ways else best
