"""The terms of a version of the rules as pure arithmetic: how many points, from when, until when. No database."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from relcrm.loyalty.points_models import PointsPolicy

A_DAY = timedelta(days=1)


def earned(policy: PointsPolicy | None, kept_minor: int) -> int:
    """Points for what was kept of a purchase, rounded down; never below zero."""
    return max(0, kept_minor) // policy.minor_per_point if policy is not None and policy.minor_per_point else 0


def active_on(policy: PointsPolicy, sold_on: date) -> date:
    return sold_on + timedelta(days=policy.pending_days)


def expires_on(policy: PointsPolicy, active: date) -> date:
    """The end of the month, so many months after activation (DOMAIN §2.4)."""
    months = active.year * 12 + active.month - 1 + policy.expiry_months + 1
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def begin(day: date, zone: str) -> datetime:
    """The first instant of a day there."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def end(day: date, zone: str) -> datetime:
    return begin(day + timedelta(days=1), zone)


def worth(policy: PointsPolicy, points: int) -> int:
    """Minor units of the policy's currency."""
    return points * policy.value_minor


def liability(policy: PointsPolicy, points: int) -> int:
    """Active points × value × (1 − breakage), rounded up: what may be asked for."""
    return -(-points * policy.value_minor * (100 - policy.breakage) // 100)
