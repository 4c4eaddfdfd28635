"""What the owner does with tier rules: draft, edit, ask who would change, publish; and telling a customer. Deciding a tier is tiering."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, money
from relcrm.customers.queries import Seen
from relcrm.errors import BadValue, RuleError
from relcrm.i18n import _l
from relcrm.loyalty import tier_events
from relcrm.loyalty.tier_models import TierLevel, TierRuleSet, TierSimulation, TierTold
from relcrm.staff import audit
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, require

MOST_TIERS, LONGEST_NAME, MOST_BENEFITS, LONGEST_BENEFIT, MOST_VISITS = 7, 20, 8, 60, 366
SPANS = {"window_days": (30, 1826), "valid_days": (30, 1826), "grace_days": (0, 365), "reversal_days": (0, 365)}
LOWEST = "regular"  # the lowest tier has this key in every version: nobody falls out of it


@dataclass(frozen=True)
class Level:
    """One tier as the owner typed it, from the lowest up. `thresholds` in minor units by currency; `key` is "" for a new one."""

    zh: str
    en: str
    key: str = ""
    thresholds: Mapping[str, int] = field(default_factory=dict)
    visits: int = 0
    benefits_zh: Sequence[str] = ()
    benefits_en: Sequence[str] = ()


def currencies(tx: Session) -> list[str]:
    """Those in which the stores of the chain sell, the first store's first."""
    return list(dict.fromkeys(tx.scalars(sa.select(Store.currency).order_by(Store.id))))


def defaults(of: Sequence[str]) -> list[Level]:
    """The tiers of DOMAIN §2.3; where no threshold is known for a currency the owner writes one."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("tier_defaults.json").read_text("utf-8"))
    asked = {one: [0, *(major * 10 ** money.places(one) for major in loaded["thresholds"].get(one, ()))] for one in of}
    return [
        Level(**one, thresholds={currency: minors[n] for currency, minors in asked.items() if n and n < len(minors)})
        for n, one in enumerate(loaded["tiers"])
    ]


def draft(tx: Session) -> TierRuleSet | None:
    """There is at most one at a time."""
    return tx.scalar(sa.select(TierRuleSet).where(TierRuleSet.status == "draft").order_by(TierRuleSet.id).limit(1))


def levels(tx: Session, row: TierRuleSet) -> Sequence[TierLevel]:
    return tx.scalars(sa.select(TierLevel).where(TierLevel.rule_set_id == row.id).order_by(TierLevel.place)).all()


def begin(tx: Session, actor: StaffMember | None) -> TierRuleSet:
    """The draft there is, else a new one: of what was published last, else of the default."""
    if actor is not None:
        require(actor, Permission.TIER_EDIT)
    if (found := draft(tx)) is not None:
        return found
    published = sa.select(TierRuleSet).where(TierRuleSet.status == "published")
    last = tx.scalar(published.order_by(TierRuleSet.live_from.desc(), TierRuleSet.id.desc()).limit(1))
    made = TierRuleSet(public_id=secrets.token_urlsafe(9), made_by_id=actor.id if actor else None, made_at=clock.now())
    if last is not None:
        for name in SPANS:
            setattr(made, name, getattr(last, name))
    tx.add(made)
    tx.flush()
    _write(tx, made, [_typed(one) for one in levels(tx, last)] if last is not None else defaults(currencies(tx)))
    return made


def _typed(row: TierLevel) -> Level:
    return Level(row.zh, row.en, row.key, row.thresholds, row.visits, row.benefits_zh, row.benefits_en)


def edit(tx: Session, actor: StaffMember, row: TierRuleSet, version: int, spans: Mapping[str, int], given: Sequence[Level]) -> None:
    """Write the draft anew; whoever asked who would change must ask again. Raises BadValue naming the input, RuleError conflict."""
    require(actor, Permission.TIER_EDIT)
    _require_draft(row, version)
    for name, (least, most) in SPANS.items():
        if not least <= spans[name] <= most:
            raise BadValue(_l("From %(least)s to %(most)s days.", least=least, most=most), code="days", field=name)
        setattr(row, name, spans[name])
    _check(given)
    row.simulated, row.simulated_on, row.simulate_at, row.made_at = None, None, None, clock.now()
    for model in (TierLevel, TierSimulation):
        tx.execute(sa.delete(model).where(model.rule_set_id == row.id))
    _write(tx, row, given)


def _write(tx: Session, row: TierRuleSet, given: Sequence[Level]) -> None:
    for place, one in enumerate(given):
        key = LOWEST if place == 0 else one.key if one.key and one.key != LOWEST else f"t{secrets.token_hex(4)}"
        tx.add(
            TierLevel(
                rule_set_id=row.id, place=place, key=key, zh=one.zh or one.en, en=one.en or one.zh, thresholds=dict(one.thresholds),
                visits=one.visits, benefits_zh=list(one.benefits_zh or one.benefits_en), benefits_en=list(one.benefits_en or one.benefits_zh),
            )
        )  # fmt: skip
    tx.flush()


def _check(given: Sequence[Level]) -> None:
    if not 2 <= len(given) <= MOST_TIERS:
        raise BadValue(_l("Two tiers at least, %(most)s at most.", most=MOST_TIERS), code="tiers")
    seen: set[str] = set()
    for place, one in enumerate(given):
        _check_words(place, one)
        names = {one.zh or one.en, one.en or one.zh}
        if names & seen:
            raise BadValue(_l("Two tiers have the same name."), code="same_name", field=f"tiers-{place}-zh")
        seen |= names
        if place == 0 and (one.thresholds or one.visits):
            raise BadValue(_l("The lowest tier asks nothing: everybody is in it."), code="lowest", field="tiers-0-visits")
        if place and not one.thresholds:
            raise BadValue(_l("Write the amount that leads here."), code="no_threshold", field=f"tiers-{place}-zh")
    _check_rising(given)


def _check_words(place: int, one: Level) -> None:
    def refuse(name: str, sentence: object, code: str) -> None:
        raise BadValue(sentence, code=code, field=f"tiers-{place}-{name}")

    for name in ("zh", "en"):
        if len(getattr(one, name)) > LONGEST_NAME:
            refuse(name, _l("At most %(most)s characters.", most=LONGEST_NAME), "long")
    if not (one.zh or one.en):
        refuse("zh", _l("Give the tier a name."), "no_name")
    if not 0 <= one.visits <= MOST_VISITS:
        refuse("visits", _l("From 0 to %(most)s visits.", most=MOST_VISITS), "visits")
    for name in ("benefits_zh", "benefits_en"):
        words = getattr(one, name)
        if len(words) > MOST_BENEFITS or any(len(line) > LONGEST_BENEFIT for line in words):
            refuse(name, _l("At most %(lines)s lines of %(most)s characters.", lines=MOST_BENEFITS, most=LONGEST_BENEFIT), "long")


def _check_rising(given: Sequence[Level]) -> None:
    highest: dict[str, int] = {}
    visits = 0
    for place, one in enumerate(given):
        for currency, minor in one.thresholds.items():
            if minor <= highest.get(currency, 0):
                raise BadValue(
                    _l("Each tier asks more than the one below it."), code="not_rising", field=f"tiers-{place}-threshold-{currency}"
                )
            highest[currency] = minor
        if one.visits < visits:
            raise BadValue(_l("A higher tier asks for at least as many visits."), code="not_rising", field=f"tiers-{place}-visits")
        visits = one.visits


def _require_draft(row: TierRuleSet, version: int) -> None:
    if row.status != "draft":
        raise RuleError(_l("These rules are published and stay as they are. Make a new draft."), code="published")
    if row.version != version:
        raise RuleError(_l("Somebody changed this draft a moment ago. Look at it again."), code="conflict")


def discard(tx: Session, actor: StaffMember, row: TierRuleSet) -> None:
    """Throw the draft away."""
    require(actor, Permission.TIER_EDIT)
    _require_draft(row, row.version)
    for model in (TierLevel, TierSimulation):
        tx.execute(sa.delete(model).where(model.rule_set_id == row.id))
    tx.delete(row)


def ask_who_would_change(tx: Session, actor: StaffMember, row: TierRuleSet) -> None:
    """Let the worker go over everybody; what it found before is counted anew."""
    require(actor, Permission.TIER_EDIT)
    _require_draft(row, row.version)
    tx.execute(sa.delete(TierSimulation).where(TierSimulation.rule_set_id == row.id))
    row.simulated, row.simulate_at, row.simulated_on = {}, 0, min(tier_events.todays(tx).values())


def publish(tx: Session, actor: StaffMember | None, row: TierRuleSet, live_from: date, version: int) -> None:
    """Let the draft hold from that day on, for everybody. Raises BadValue for a day gone by, RuleError not_simulated or conflict."""
    if actor is not None:
        require(actor, Permission.TIER_EDIT)
        _check_day(tx, live_from)
        if row.simulated is None or row.simulate_at is not None:
            raise RuleError(_l("Look first who would change; then publish."), code="not_simulated")
        audit.note(tx, actor, "tier_rules_published", row.public_id)
    _require_draft(row, version)
    row.status, row.live_from, row.walk_at = "published", live_from, 0
    row.published_by_id, row.published_at = actor.id if actor else None, clock.now()
    tx.execute(sa.delete(TierSimulation).where(TierSimulation.rule_set_id == row.id))
    tx.flush()


def _check_day(tx: Session, live_from: date) -> None:
    if live_from < min(tier_events.todays(tx).values()):
        raise BadValue(_l("Rules hold from today or from a day to come."), code="day_gone", field="live_from")
    later = sa.select(sa.func.max(TierRuleSet.live_from)).where(TierRuleSet.status == "published")
    last = tx.scalar(later)
    if last is not None and live_from < last:
        raise BadValue(
            _l("Rules from %(day)s on are published already. Choose that day or a later one.", day=last.isoformat()),
            code="before_published", field="live_from",
        )  # fmt: skip


def tell(tx: Session, actor: StaffMember, seen: Seen, row: TierRuleSet, tier: str) -> None:
    """She was told these rules today, by this colleague; a second tap on the same day is the same."""
    store = seen.store_of(actor)
    require(actor, Permission.CUSTOMER_WRITE, store.id)
    today = clock.today(store.time_zone)
    same = sa.select(TierTold.id).where(TierTold.customer_id == seen.customer.id, TierTold.rule_set_id == row.id, TierTold.on == today)
    if tx.scalar(same.where(TierTold.by_id == actor.id).limit(1)) is None:
        told = TierTold(
            customer_id=seen.customer.id, rule_set_id=row.id, tier=tier, by_id=actor.id, store_id=store.id, on=today, at=clock.now()
        )
        tx.add(told)
