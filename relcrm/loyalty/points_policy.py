"""The versions of the rules: which one held on a day, publishing the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, jobs, money
from relcrm.db import session
from relcrm.errors import BadValue, RuleError
from relcrm.i18n import _l
from relcrm.loyalty.points_models import PointsPolicy
from relcrm.staff import audit, words
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, require


@dataclass(frozen=True)
class Terms:
    """What the owner decides; money in the smallest unit of `currency`."""

    live_from: date
    currency: str
    minor_per_point: int
    value_minor: int
    pending_days: int = 7
    expiry_months: int = 12
    breakage: int = 0
    big_points: int = 500


def versions() -> Sequence[PointsPolicy]:
    """All versions, the one that counts last at the end."""
    return session().scalars(sa.select(PointsPolicy).order_by(PointsPolicy.live_from, PointsPolicy.id)).all()


def on(day: date, known: Sequence[PointsPolicy] | None = None) -> PointsPolicy | None:
    """The version that holds for purchases of that day; None before the first."""
    found = [row for row in (versions() if known is None else known) if row.live_from <= day]
    return found[-1] if found else None


def now(store: Store) -> PointsPolicy | None:
    return on(clock.today(store.time_zone))


def usual(currency: str, live_from: date) -> Terms:
    """A start: one point for 10 CNY worth 0.1 CNY, elsewhere one for each pound or euro worth a hundredth of it."""
    major = int(10 ** money.places(currency))
    if currency == "CNY":
        return Terms(live_from, currency, 10 * major, major // 10)
    return Terms(live_from, currency, max(major, 100), max(major // 100, 1))


def currencies() -> Sequence[str]:
    """Those of the stores, the most usual first."""
    query = sa.select(Store.currency).group_by(Store.currency).order_by(sa.func.count().desc(), sa.func.min(Store.id))
    return session().scalars(query).all()


def publish(tx: Session, actor: StaffMember, terms: Terms, today: date) -> PointsPolicy:
    """The next version. The first may hold from today, a later one from tomorrow: what was bought under the old rules stays as it was."""
    require(actor, Permission.SETTINGS_EDIT)
    _check(terms, today)
    row = PointsPolicy(**vars(terms), published_at=clock.now(), published_by_id=actor.id)
    tx.add(row)
    tx.flush()
    audit.note(tx, actor, "points_policy_published", str(row.id))
    jobs.ask(tx, "points_settle")
    return row


def _check(terms: Terms, today: date) -> None:
    known = versions()
    if terms.live_from < today or (known and terms.live_from == today):
        sentence = _l("Choose tomorrow or a later day: what was bought until today keeps its points.")
        raise BadValue(sentence if known else _l("Choose today or a later day."), code="day_passed", field="live_from")
    if known and known[-1].live_from > terms.live_from:
        raise RuleError(_l("A version is published for a later day already. Choose that day or one after it."), code="later_version")
    if terms.currency not in currencies():
        raise BadValue(_l("No store sells in this currency."), code="currency", field="currency")
    for field, least, most in (
        ("minor_per_point", 0, 10**9), ("value_minor", 1, 10**7), ("pending_days", 0, 90), ("expiry_months", 1, 120), ("breakage", 0, 100),
        ("big_points", 1, 10**6),
    ):  # fmt: skip
        if not least <= getattr(terms, field) <= most:
            raise BadValue(_l("This is too low or too high."), code="out_of_range", field=field)


words.ACT_WORDS["points_policy_published"] = _l("published rules for points")
