"""How full and how fresh the files are, per store and associate (CUS-15): counted once a day, never a reason to interrogate."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.customers.asking import FRESH
from relcrm.customers.models import Customer, Fact, FileFigure
from relcrm.customers.queries import staff_names, stores_of
from relcrm.db import session
from relcrm.staff.models import Membership, StaffMember, Store

MANAGERS = ("store_manager", "area_manager", "owner")


@dataclass(frozen=True)
class Line:
    """One associate's (or nobody's) customers in a store. `filled` is things known per customer, `fresh` a share of 0 to 100."""

    store: str
    name: str
    customers: int
    filled: float
    fresh: int


def pairs() -> list[tuple[int, int | None]]:
    """Every store with everyone who ever sold there, and with nobody: the order in which they are counted."""
    rows = session().execute(
        sa.select(Membership.store_id, Membership.staff_id)
        .where(Membership.role.in_(("associate", "store_manager")), Membership.store_id.is_not(None))
        .distinct()
    )
    nobody: list[tuple[int, int | None]] = [(store, None) for store in session().scalars(sa.select(Store.id))]
    return sorted([*nobody, *((row.store_id, row.staff_id) for row in rows)], key=lambda pair: (pair[0], pair[1] or 0))


def count(tx: Session, store_id: int, staff_id: int | None) -> None:
    """Count one pair again for today. Only what may be read now is counted: the facts come through the gate."""
    store = tx.get_one(Store, store_id)
    mine = (Customer.home_store_id == store_id, Customer.owner_id == staff_id, Customer.closed_at.is_(None))
    known = sa.select(sa.func.count(), sa.func.sum(sa.case((Fact.confirmed_at > clock.now() - FRESH, 1), else_=0)))
    filled, fresh = tx.execute(known.select_from(Fact).join(Customer, Customer.id == Fact.customer_id).where(*mine)).one()
    customers, today = tx.scalar(sa.select(sa.func.count()).select_from(Customer).where(*mine)) or 0, clock.today(store.time_zone)
    tx.execute(sa.delete(FileFigure).where(FileFigure.store_id == store_id, FileFigure.staff_id == staff_id, FileFigure.on == today))
    if customers:
        tx.add(FileFigure(store_id=store_id, staff_id=staff_id, on=today, customers=customers, filled=filled, fresh=fresh or 0))


def lines(reader: StaffMember) -> Sequence[Line]:
    """The newest figures of the stores a manager holds, the fullest files first; nothing for others."""
    stores = {store.id: store.name for store in stores_of(reader, *MANAGERS)} if reader.holds(*MANAGERS) else {}
    newest = (
        sa.select(FileFigure.store_id, sa.func.max(FileFigure.on).label("on"))
        .where(FileFigure.store_id.in_(stores))
        .group_by(FileFigure.store_id)
    )
    last = newest.subquery()
    rows = (
        session()
        .scalars(
            sa.select(FileFigure)
            .join(last, sa.and_(last.c.store_id == FileFigure.store_id, last.c.on == FileFigure.on))
            .order_by(FileFigure.store_id)
        )
        .all()
    )
    names = staff_names({row.staff_id for row in rows})
    made = [
        Line(
            stores[row.store_id],
            names.get(row.staff_id or 0, ""),
            row.customers,
            round(row.filled / row.customers, 1),
            round(100 * row.fresh / row.filled) if row.filled else 0,
        )
        for row in rows
    ]
    return sorted(made, key=lambda line: (line.store, -line.filled))
