"""The points that made-up purchases earned under the rules of the made-up chain; nobody has redeemed any yet."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from relcrm.demo.bought import PURCHASE, ZONES
from relcrm.demo.world import World
from relcrm.loyalty import points_terms as terms
from relcrm.loyalty.points_book import figures
from relcrm.loyalty.points_models import PointsEntry, PointsPolicy

ENTRY = 'id customer_id kind pending active debt "on" at reason parameters words purchase_id'
LOT = "id customer_id entry_id purchase_id points remaining active_on expires_on expires_at"
PENDING = "purchase_id customer_id points active_on active_at"
BEGAN = timedelta(days=330)  # shorter than the months after which points end: none has yet
FIELDS = {name: place for place, name in enumerate(PURCHASE.split())}
Row = tuple[Any, ...]


def policy(now: datetime) -> PointsPolicy:
    """The rules, a row like the owner would publish: one point for 10 CNY, worth 0.1 CNY."""
    began = (now - BEGAN).date().replace(day=1)
    return PointsPolicy(
        live_from=began, published_at=now - BEGAN - timedelta(days=31), currency="CNY", minor_per_point=1000, value_minor=10, pending_days=7,
        expiry_months=12, breakage=0, big_points=500,
    )  # fmt: skip


def points(world: World, purchases: Iterable[Row]) -> tuple[list[Row], list[Row], list[Row]]:
    """Rows of entries, lots and what waits, of purchases as bought.bought writes them. Their ids are those of the purchases."""
    rules, entries, lots, pending = policy(world.now), list[Row](), list[Row](), list[Row]()
    zones = {place.id: ZONES[place.country] for place in world.places}
    for row in purchases:
        purchase_id, customer_id, store_id, sold_on, sold_at, currency, kept, for_staff = (
            row[FIELDS[name]] for name in ("id", "customer_id", "store_id", "sold_on", "sold_at", "currency", "kept_minor", "for_staff")
        )
        earned, sold = terms.earned(rules, kept), date.fromisoformat(sold_on)
        if not earned or for_staff or currency != rules.currency or sold < rules.live_from:
            continue
        on = terms.active_on(rules, sold)
        at = terms.begin(on, zones[store_id])
        if at > world.now:
            entries.append((purchase_id, customer_id, "earn_pending", earned, 0, 0, sold_on, sold_at, "purchase", "{}", "", purchase_id))
            pending.append((purchase_id, customer_id, earned, on.isoformat(), _text(at)))
            continue
        last = terms.expires_on(rules, on)
        entries.append(
            (purchase_id, customer_id, "earn_active", 0, earned, 0, on.isoformat(), _text(at), "purchase", "{}", "", purchase_id)
        )
        end = _text(terms.end(last, zones[store_id]))
        lots.append((purchase_id, customer_id, purchase_id, purchase_id, earned, earned, on.isoformat(), last.isoformat(), end))
    return entries, lots, pending


def balances_of(entries: list[Row]) -> str:
    """The program's own sums over the entries of one part, which have their ids side by side."""
    first, last = (entries[0][0], entries[-1][0]) if entries else (0, 0)
    compiled = (
        figures().where(PointsEntry.id.between(first, last)).compile(dialect=sqlite_dialect(), compile_kwargs={"literal_binds": True})
    )
    return f"INSERT INTO points_balance (customer_id, pending, active, debt) {compiled}"


def _text(at: datetime) -> str:
    """An instant in UTC as the database keeps it."""
    return at.astimezone(UTC).isoformat(" ", "microseconds")[:26]
