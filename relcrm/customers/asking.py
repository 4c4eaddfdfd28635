"""Ask next: one natural question for one thing still unknown that may be asked and kept now; and how full and fresh a file is."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from relcrm import clock
from relcrm.consent import catalogue, ledger
from relcrm.consent.catalogue import Field
from relcrm.customers.models import AskRest, Fact
from relcrm.customers.queries import Seen
from relcrm.db import session

NOT_NOW, DOES_NOT_SAY = timedelta(days=90), timedelta(days=180)
FRESH = timedelta(days=548)  # RT-C: 18 months since it was last confirmed
# The order in which shops learn about people: what helps the next visit most comes first.
ORDER = (
    "birthday", "service_style", "product_spec", "channel_pref", "contact_time", "decision_factor", "pain_point", "usage_habit", "colour_pref",
    "family_members", "home_conditions", "festival_pref", "dress_code", "lifestyle", "hobbies", "budget_band", "household", "work_status",
    "consumption_habit", "latent_need", "pet", "fit_note", "important_dates", "comm_style", "source", "occupation", "address", "region",
)  # fmt: skip


def askable(seen: Seen, standing: Collection[str], off: Collection[str]) -> list[Field]:
    """Fields that may be kept of her now and that this reader sees, in the order of asking."""
    found = [catalogue.field(key) for key in ORDER]
    return [f for f in found if f.basis in standing and f.key not in off and seen.sight.shows(f) and f.ask and f.class_ != "S"]


def next_question(seen: Seen, fields: Sequence[Field], known: Collection[str], first: Collection[str] = ()) -> Field | None:
    """One question, or none: at most one a visit, and none that rests. Those of `first` come before the others."""
    rests = session().scalars(sa.select(AskRest).where(AskRest.customer_id == seen.customer.id)).all()
    today = day_begins(seen.home.time_zone)
    if any(rest.at >= today for rest in rests):
        return None
    resting = {rest.key for rest in rests if rest.until > clock.now()}
    wanted = [field for field in fields if field.key not in known and field.key not in resting]
    return next((field for field in wanted if field.key in first), wanted[0] if wanted else None)


def day_begins(zone: str) -> datetime:
    """Midnight of today in that zone, as an instant."""
    return datetime.combine(clock.today(zone), time.min, ZoneInfo(zone))


def fullness(fields: Sequence[Field], known: Collection[str]) -> tuple[int, int]:
    """(known, could be known): what her consents and this shop allow, never what is missing beyond them."""
    return sum(field.key in known for field in fields), len(fields)


def is_fresh(fact: Fact) -> bool:
    return clock.now() - fact.confirmed_at <= FRESH


def standing_purposes(overview: dict[str, ledger.Standing]) -> set[str]:
    return {key for key, now in overview.items() if now.allowed}
