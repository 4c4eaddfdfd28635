"""Short ways to sell and take back in tests, through the rules of the program."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from relcrm import clock
from relcrm.customers import queries as customers
from relcrm.customers.models import Customer
from relcrm.purchases import queries, rules
from relcrm.purchases.models import Purchase
from relcrm.purchases.rules import Line, Receipt
from relcrm.staff.models import StaffMember, Store


def store_of(tx: Any, name: str) -> Store:
    return tx.query(Store).filter_by(name=name).one()


def sell(
    tx: Any, actor: StaffMember, her: Customer, *goods: tuple[str, int], store: str = "North", lines: Sequence[Line] = (), on: date | None = None,
    for_staff: bool = False, note: str = "",
) -> Purchase:  # fmt: skip
    """goods: (name, price in minor units) pairs, one piece each."""
    where = store_of(tx, store)
    receipt = Receipt(on or clock.today(where.time_zone), for_staff, note)
    bought = [*lines, *(Line(name, minor) for name, minor in goods)]
    return rules.record(tx, actor, where, customers.seen_by(actor, her), bought, receipt)


def bring_back(
    tx: Any,
    actor: StaffMember,
    bought: Purchase,
    back: Mapping[int, int],
    *,
    store: str = "North",
    lines: Sequence[Line] = (),
    on: date | None = None,
) -> Purchase:
    """back: how many pieces by position of the line (1 is the first)."""
    where, her = store_of(tx, store), tx.get_one(Customer, bought.customer_id)
    ids = {line.position: line.id for line in queries.lines_of(bought.id)}
    receipt = Receipt(on or clock.today(where.time_zone))
    return rules.give_back(
        tx, actor, where, customers.seen_by(actor, her), bought, {ids[place]: pieces for place, pieces in back.items()}, lines, receipt
    )
