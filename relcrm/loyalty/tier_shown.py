"""How tiers read: names, reasons, figures and the points of the chart. No markup and no query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from relcrm import money
from relcrm.i18n import _, ngettext
from relcrm.loyalty.tier_models import TierLevel
from relcrm.loyalty.tier_queries import InForce, Stand

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 150, 8, 92, 12, 22


def name(level: TierLevel, lang: str) -> str:
    return level.zh if lang == "zh" else level.en


def benefits(level: TierLevel, lang: str) -> list[str]:
    return list(level.benefits_zh if lang == "zh" else level.benefits_en)


def conditions(level: TierLevel, lang: str, only: str = "") -> str:
    """¥8,000 / £880, 3 visits: what leads to this tier, in one currency if it is named; "" for the lowest."""
    asked = [(currency, minor) for currency, minor in sorted(level.thresholds.items()) if only in ("", currency)]
    amounts = " / ".join(money.show(minor, currency, lang) for currency, minor in asked)
    visits = ngettext("%(num)s visit", "%(num)s visits", level.visits) if level.visits else ""
    return str(_(", ")).join(part for part in (amounts, visits) if part)


def day(when: date, lang: str, today: date) -> str:
    """3 Nov / 11月3日, with the year when it is not this one."""
    from babel import dates

    if lang == "zh":
        return f"{when.month}月{when.day}日" if when.year == today.year else f"{when.year}年{when.month}月{when.day}日"
    return str(dates.format_date(when, "d MMM" if when.year == today.year else "d MMM y", locale="en"))


def change(kind: str, before: str, after: str) -> str:
    """One line of the log, from the names of the tiers."""
    return {
        "start": _("The rules began; she stands at %(tier)s"),
        "rules": _("New rules: from %(from)s to %(tier)s"),
        "opening": _("Brought %(tier)s along"),
        "up": _("Reached %(tier)s"),
        "renewed": _("Keeps %(tier)s"),
        "grace": _("%(tier)s ran out; time to keep it began"),
        "down": _("From %(from)s to %(tier)s"),
        "reversed": _("Brought back; %(from)s is %(tier)s again"),
        "manual": _("Lifted to %(tier)s by hand"),
        "manual_end": _("The lift ended; %(tier)s again"),
    }[kind] % {"from": before, "tier": after}


def why(reason: Mapping[str, Any], lang: str, *, amounts: bool) -> str:
    """¥8,600 of ¥8,000; for who may not know amounts nothing."""
    if not amounts or "currency" not in reason:
        return ""
    shown = {key: money.show(int(reason[key]), str(reason["currency"]), lang) for key in ("spent", "threshold")}
    return str(_("%(spent)s counted; it takes %(threshold)s", **shown))


def about(stand: Stand, amounts: bool, lang: str) -> str:
    """One sentence of why she has this tier."""
    tier, until = name(stand.level, lang), stand.state.valid_until
    if stand.state.earned != stand.state.tier:
        return str(_("Lifted to %(tier)s by hand until %(day)s.", tier=tier, day=day(until, lang, stand.today) if until else ""))
    if stand.state.grace_until is not None:
        end = day(stand.state.grace_until, lang, stand.today)
        if amounts:
            lacks = money.show(stand.keeping, stand.currency, lang)
            return str(_("%(tier)s has run out. %(amount)s more by %(day)s keeps it.", tier=tier, amount=lacks, day=end))
        return str(_("%(tier)s has run out. Buying enough by %(day)s keeps it.", tier=tier, day=end))
    if until is not None:
        return str(_("%(tier)s until %(day)s.", tier=tier, day=day(until, lang, stand.today)))
    return str(_("%(tier)s, without an end.", tier=tier))


def keeping(stand: Stand, amounts: bool, lang: str) -> str:
    """What lacks to keep her tier at its end, by what she bought so far; "" in the grace, of which `about` speaks, and where nothing ends."""
    if stand.keep_by is None or stand.state.grace_until is not None:
        return ""
    end = day(stand.keep_by, lang, stand.today)
    if not stand.keeping:
        return str(_("What was bought so far is enough to keep it after %(day)s.", day=end))
    if not amounts:
        return str(_("What was bought so far is not enough to keep it after %(day)s.", day=end))
    return str(_("%(amount)s more by %(day)s keeps it another time.", amount=money.show(stand.keeping, stand.currency, lang), day=end))


def way(stand: Stand, lang: str) -> str:
    """How far to the next tier in words, in quarters: a percentage would tell the amount to who may not know it."""
    if stand.next_level is None:
        return str(_("The highest tier there is."))
    asked = stand.next_level.thresholds.get(stand.currency, 0)
    quarters = min(3, 4 * stand.spent // asked) if asked else 0
    tier = name(stand.next_level, lang)
    words = (_("At the beginning of the way to %(tier)s"), _("A good part of the way to %(tier)s"), _("More than half way to %(tier)s"), _("Nearly at %(tier)s"))  # fmt: skip
    return str(words[quarters]) % {"tier": tier}


def share(stand: Stand) -> int:
    """Per cent of the way to the next tier."""
    asked = stand.next_level.thresholds.get(stand.currency, 0) if stand.next_level else 0
    return min(99, 100 * stand.spent // asked) if asked and stand.spent > 0 else 0


def missing(stand: Stand, lang: str) -> str:
    """¥8,440 and 2 visits to Diamond."""
    if stand.next_level is None:
        return str(_("The highest tier there is."))
    visits = ngettext("%(num)s visit", "%(num)s visits", stand.missing_visits) if stand.missing_visits else ""
    amount = money.show(stand.missing, stand.currency, lang) if stand.missing else ""
    lacks = str(_(" and ")).join(part for part in (amount, visits) if part)
    return str(_("%(what)s more to %(tier)s", what=lacks, tier=name(stand.next_level, lang)))


@dataclass(frozen=True)
class Chart:
    """Points of the step chart in its own units, and the lines of the tiers; the table of figures has the same numbers."""

    line: str
    area: str
    levels: Sequence[tuple[float, str, bool]]
    mark: tuple[float, float] | None
    labels: Sequence[tuple[float, str, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: float = WIDTH - RIGHT


def chart(stand: Stand, rules: InForce, lang: str) -> Chart:
    """A step line of the rolling sum over the window, the thresholds as lines, a dot where she last rose."""
    asked = [(level.thresholds[stand.currency], level) for level in rules.levels if stand.currency in level.thresholds]
    top = (
        max([value for _on, value in stand.steps] + [minor for minor, level in asked if level.place <= stand.level.place + 1] + [1]) * 1.08
    )
    first, last = stand.steps[0][0], stand.steps[-1][0]
    span = max((last - first).days, 1)

    def x(on: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (on - first).days / span, 1)

    def y(minor: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - max(minor, 0) / top), 1)

    points, height = [], y(0)
    for on, minor in stand.steps:
        points += [(x(on), height), (x(on), y(minor))]
        height = y(minor)
    points = points[1:]
    line = " ".join(f"{a},{b}" for a, b in points)
    area = f"{points[0][0]},{y(0)} {line} {points[-1][0]},{y(0)}"
    levels = [
        (y(minor), f"{name(level, lang)} {money.show(minor, stand.currency, lang)}", level.key == stand.level.key)
        for minor, level in asked
        if minor <= top
    ]
    middle = first + (last - first) / 2
    labels = [(x(first), "start", day(first, lang, last)), (x(middle), "middle", day(middle, lang, last)), (x(last), "end", _("today"))]
    risen = [step.on for step in stand.log if step.kind == "up" and step.on >= first]
    value = dict(stand.steps).get(risen[-1]) if risen else None
    return Chart(line, area, levels, (x(risen[-1]), y(value)) if risen and value is not None else None, labels)
