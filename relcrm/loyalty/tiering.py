"""The one algorithm of tiers (DOMAIN §2.3, fixed): events and published rules in, her tier and everything that happened to it out. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from relcrm.loyalty.tier_spans import Book, Event, Frozen, Manual, Opening, Rules, nearest, qualifies

KINDS = ("start", "rules", "opening", "up", "renewed", "grace", "down", "reversed", "manual", "manual_end")


@dataclass(frozen=True)
class Step:
    """Something happened to her tier: from, to (keys), and why as parameters: amounts in minor units, days as ISO text."""

    on: date
    kind: str
    before: str
    after: str
    why: Mapping[str, object]


@dataclass(frozen=True)
class State:
    """`tier` is a key; the lowest has no `valid_until`. `earned` differs from `tier` while she is lifted by hand.

    `next_on`: the first coming day on which this may change though nothing more happens; None for never.
    """

    tier: str
    since: date
    valid_until: date | None = None
    grace_until: date | None = None
    earned: str = ""
    next_on: date | None = None


@dataclass(frozen=True)
class Outcome:
    """`state` is None as long as no rules are live; `book` knows all up to the day asked for."""

    state: State | None
    log: tuple[Step, ...]
    rules: Rules | None
    book: Book
    qualifies: int = 0


@dataclass(frozen=True)
class _Base:
    place: int
    since: date
    until: date | None = None
    grace: date | None = None


@dataclass(frozen=True)
class _Rise:
    """An upgrade that a return may still undo: when, from what, to what."""

    on: date
    before: _Base
    place: int


def replay(events: Collection[Event], rules: Sequence[Rules], today: date) -> Outcome:
    """Her tier on the evening of `today`. The order of the events does not matter; what lies after today is only waited for."""
    walk = _Walk(events, rules)
    while (day := walk.next_day()) is not None and day <= today:
        walk.step(day)
    found = walk.rules
    high = qualifies(walk.book, found, today) if found else 0
    return Outcome(walk.state(), tuple(walk.log), found, walk.book, high)


class _Walk:
    """Goes from day to day on which something happens. Every day counts as a whole: what was bought and came back on it, then reviews."""

    def __init__(self, events: Collection[Event], rules: Sequence[Rules]) -> None:
        self.book = Book(events)
        self.log: list[Step] = []
        self.rules: Rules | None = None
        self._versions = {one.live_from: one for one in sorted(rules, key=lambda one: (one.live_from, one.number))}
        self._openings = sorted((one for one in events if isinstance(one, Opening)), key=lambda one: (one.on, one.tier, one.until))
        self._manual = sorted((one for one in events if isinstance(one, Manual)), key=lambda one: (one.on, one.tier, one.until))
        self._frozen = [one for one in events if isinstance(one, Frozen)]
        self._days = sorted(self.book.days | set(self._versions) | _days_of(self._openings, self._manual))
        self._at = 0
        self._base = _Base(0, date.min)
        self._rises: list[_Rise] = []
        self._lift, self._lifted_until, self._lifted_on = 0, date.min, date.min
        self._day = date.min

    def next_day(self) -> date | None:
        coming = self._days[self._at] if self._at < len(self._days) else None
        return min((day for day in (coming, self._due()) if day is not None), default=None)

    def step(self, day: date) -> None:
        self._day = day
        if self._at < len(self._days) and self._days[self._at] == day:
            self._at += 1
        bought, came_back = self.book.learn(day)
        if self.rules is not None:
            self._open()
            if bought:
                self._buy()
            if came_back and not self._is_frozen(day):
                self._take_back()
        # Rules that begin today come after what she did today: nobody loses by them what she reached this morning.
        new = self._versions.get(day)
        if new is not None:
            self._go_over(new)
        if self.rules is not None:
            self._open()
            self._review()
            self._lift_by_hand()

    def state(self) -> State | None:
        if self.rules is None:
            return None
        base, tiers = self._base, self.rules.tiers
        if self._lift > base.place:
            lifted = State(tiers[self._lift].key, self._lifted_on, self._lifted_until)
            return replace(lifted, earned=tiers[base.place].key, next_on=self.next_day())
        key = tiers[base.place].key
        return State(key, base.since, base.until, base.grace, key, self.next_day())

    def _due(self) -> date | None:
        """The day on which the tier must be looked at though nothing happens."""
        if self._base.grace is not None and self._base.grace <= self._day:
            return self._thaw(self._day)
        return self._base.grace or self._base.until

    def _is_frozen(self, day: date) -> bool:
        return any(span.since <= day and (span.until is None or day < span.until) for span in self._frozen)

    def _thaw(self, day: date) -> date | None:
        """The first day after which no complaint is open; None while one has no end."""
        while span := next((one for one in self._frozen if one.since <= day and (one.until is None or day < one.until)), None):
            if span.until is None:
                return None
            day = span.until
        return day if day > self._day else day + timedelta(days=1)

    def _qualifies(self, day: date) -> int:
        assert self.rules is not None
        return qualifies(self.book, self.rules, day)

    def _note(self, kind: str, before: int, after: int, measured: int, **more: object) -> None:
        """`measured`: the tier whose threshold decided."""
        assert self.rules is not None
        tiers, why = self.rules.tiers, dict(more)
        spent = self.book.spent(self._day, self.rules.window)
        if currency := nearest(spent, tiers[measured]):
            why = {"spent": spent.get(currency, 0), "currency": currency, "threshold": tiers[measured].thresholds[currency], **why}
        self.log.append(Step(self._day, kind, tiers[before].key, tiers[after].key, why))

    def _set(self, place: int, *, until: date | None = None) -> None:
        assert self.rules is not None
        until = (until or self._day + timedelta(days=self.rules.valid)) if place else None
        self._base = _Base(place, self._day if place != self._base.place else self._base.since, until)

    def _up(self, place: int, kind: str = "up") -> None:
        before = self._base
        if kind == "up":
            self._rises.append(_Rise(self._day, before, place))
        self._set(place)
        self._note(kind, before.place, place, place, until=_iso(self._base.until))

    def _buy(self) -> None:
        """Rules 2 and 5: up at once, several steps if need be; enough inside the grace renews from that day."""
        if self._base.grace is None and self._base.place == len(self.rules.tiers if self.rules else ()) - 1:
            return
        reached = self._qualifies(self._day)
        if reached > self._base.place:
            self._up(reached)
        elif self._base.grace is not None and reached >= self._base.place:
            self._renew()

    def _renew(self) -> None:
        self._rises.clear()
        self._set(self._base.place)
        self._note("renewed", self._base.place, self._base.place, self._base.place, until=_iso(self._base.until))

    def _take_back(self) -> None:
        """Rule 6: without what came back she would not have risen, and the rise is no older than `reversal` days."""
        assert self.rules is not None
        from_place = self._base.place
        while self._rises and self._day <= self._rises[-1].on + timedelta(days=self.rules.reversal):
            rise = self._rises[-1]
            then = self._qualifies(rise.on)
            if then >= rise.place or self._qualifies(self._day) >= rise.place:
                break
            self._rises.pop()
            self._fall_back(rise, then)
        if self._base.place < from_place:
            self._note("reversed", from_place, self._base.place, from_place)
            self._overdue()
            if (reached := self._qualifies(self._day)) > self._base.place:
                self._up(reached)

    def _fall_back(self, rise: _Rise, then: int) -> None:
        """To what she had before, or to what she would have reached that day by what she kept."""
        assert self.rules is not None
        self._base = rise.before
        if then > rise.before.place:
            self._base = _Base(then, rise.on, rise.on + timedelta(days=self.rules.valid))
            self._rises.append(_Rise(rise.on, rise.before, then))

    def _overdue(self) -> None:
        """What ran out behind the undone rise is looked at today, with its whole grace still to come."""
        due = self._base.grace or self._base.until
        if due is not None and due <= self._day:
            self._base = replace(self._base, until=self._day, grace=None)

    def _review(self) -> None:
        """Rules 3, 4 and 8."""
        assert self.rules is not None
        if self._base.grace is None and self._base.until is not None and self._base.until <= self._day:
            if self._qualifies(self._day) >= self._base.place:
                self._renew()
            else:
                self._base = replace(self._base, grace=self._day + timedelta(days=self.rules.grace))
                self._note("grace", self._base.place, self._base.place, self._base.place, until=_iso(self._base.grace))
        if self._base.grace is not None and self._base.grace <= self._day and not self._is_frozen(self._day):
            self._end_grace()

    def _end_grace(self) -> None:
        place = self._base.place
        if self._qualifies(self._day) >= place:
            self._renew()
            return
        self._rises.clear()
        self._set(place - 1)
        self._note("down", place, place - 1, place, until=_iso(self._base.until))

    def _go_over(self, new: Rules) -> None:
        """Rules go live: she keeps her tier by its key until its review; whoever reaches more by the new rules rises at once."""
        old, self.rules = self.rules, new
        self._rises.clear()
        if old is None:
            self._base = _Base(0, self._day)
        else:
            self._base = self._in_new_rules(old, new)
        if (reached := self._qualifies(self._day)) > self._base.place:
            self._up(reached, "rules" if old else "start")

    def _in_new_rules(self, old: Rules, new: Rules) -> _Base:
        base, was = self._base, old.tiers[self._base.place]
        place = new.place(was.key)
        if place is None:
            place = _below(new, was.thresholds)
            self.log.append(Step(self._day, "rules", was.key, new.tiers[place].key, {}))
        if not place:
            return _Base(0, base.since if place == base.place else self._day)
        return replace(base, place=place, until=base.until or self._day + timedelta(days=new.valid))

    def _open(self) -> None:
        assert self.rules is not None
        while self._openings and self._openings[0].on <= self._day:
            given = self._openings.pop(0)
            place = self.rules.place(given.tier)
            if place and place > self._base.place:
                before = self._base.place
                self._rises.clear()
                self._set(place, until=given.until)
                self.log.append(Step(self._day, "opening", self.rules.tiers[before].key, given.tier, {"until": given.until.isoformat()}))
            elif place and place == self._base.place and self._base.until is not None and self._base.until < given.until:
                self._base = replace(self._base, until=given.until, grace=None)

    def _lift_by_hand(self) -> None:
        assert self.rules is not None
        before = min(max(self._base.place, self._lift), len(self.rules.tiers) - 1)
        active = [(self.rules.place(one.tier) or 0, one.until, one.on) for one in self._manual if one.on <= self._day < one.until]
        was = self._lift
        self._lift, self._lifted_until, self._lifted_on = max(active, default=(0, date.min, date.min))
        after = max(self._base.place, self._lift)
        if self._lift != was and after != before:
            kind, tiers = ("manual" if after > before else "manual_end"), self.rules.tiers
            why = {"until": _iso(self._lifted_until)} if kind == "manual" else {}
            self.log.append(Step(self._day, kind, tiers[before].key, tiers[after].key, why))


def _below(rules: Rules, thresholds: Mapping[str, int]) -> int:
    """Where somebody goes whose tier is no more: to the highest that asks no more than hers did."""
    fits = [
        place
        for place, tier in enumerate(rules.tiers)
        if place == 0 or any(minor <= thresholds.get(currency, -1) for currency, minor in tier.thresholds.items())
    ]
    return fits[-1]


def _days_of(openings: Iterable[Opening], manual: Iterable[Manual]) -> set[date]:
    return {one.on for one in openings} | {day for one in manual for day in (one.on, one.until)}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
