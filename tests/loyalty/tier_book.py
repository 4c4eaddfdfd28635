"""Live rules and bought goods in the book of the tests."""

from datetime import date, timedelta

from relcrm import clock, db
from relcrm.loyalty import tier_rules
from relcrm.loyalty.tier_models import CustomerTier, TierChange
from tests import factories
from tests.purchases import selling

LONG_AGO = date(2020, 1, 1)


def go_live(live_from: date = LONG_AGO) -> None:
    """The default of DOMAIN §2.3 in force since then."""
    with db.write_tx() as tx:
        row = tier_rules.begin(tx, None)
        tier_rules.publish(tx, None, row, live_from, row.version)
        row.walk_at = None


def buy(name: str, yuan: int, *, days_ago: int = 0, **more):
    """Ana sells her one thing; returns the purchase's id."""
    with db.write_tx() as tx:
        on = clock.today("Asia/Shanghai") - timedelta(days=days_ago)
        bought = selling.sell(tx, tx.merge(factories.staff("ana")), factories.customer(name), ("Coat", yuan * 100), on=on, **more)
        return bought.id


def tier(name: str) -> CustomerTier | None:
    return db.session().get(CustomerTier, factories.customer(name).id)


def kinds(name: str) -> list[str]:
    query = db.session().query(TierChange).filter_by(customer_id=factories.customer(name).id)
    return [row.kind for row in query.order_by(TierChange.position)]
