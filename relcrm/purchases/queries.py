"""Reading purchases: through the customer, who is seen through the reader. Changing is rules."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from relcrm.customers import queries as customers
from relcrm.customers.models import Customer
from relcrm.customers.queries import Seen
from relcrm.db import session
from relcrm.errors import NotFound
from relcrm.i18n import _l
from relcrm.purchases.models import CustomerTotals, Purchase, PurchaseLine
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import RIGHTS

PAGE = 30  # fifty rows take half as long again as the page with three


@dataclass(frozen=True)
class Listed:
    """A purchase with its lines and where it was."""

    row: Purchase
    lines: Sequence[PurchaseLine]
    store: str


@dataclass(frozen=True)
class Figures:
    """What this reader may know of the sums: visits for her associate, amounts for managers."""

    totals: Sequence[CustomerTotals]
    visits: bool
    amounts: bool


def get(reader: StaffMember, public_id: str) -> tuple[Purchase, Seen]:
    """Raises NotFound for a purchase of somebody whom the reader may not see."""
    found = session().scalar(sa.select(Purchase).where(Purchase.public_id == public_id))
    her = session().scalar(customers.visible_to(reader).where(Customer.id == found.customer_id)) if found is not None else None
    if found is None or her is None:
        raise NotFound(_l("There is no such purchase, or none that you may see."), code="no_purchase")
    return found, customers.seen_by(reader, her)


def lines_of(purchase_id: int) -> Sequence[PurchaseLine]:
    return session().scalars(sa.select(PurchaseLine).where(PurchaseLine.purchase_id == purchase_id).order_by(PurchaseLine.position)).all()


def returned(line_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """For each of these lines of which something came back: how many pieces, and for how much."""
    back = sa.select(PurchaseLine.returns_line_id, -sa.func.sum(PurchaseLine.quantity), -sa.func.sum(PurchaseLine.line_minor))
    rows = session().execute(back.where(PurchaseLine.returns_line_id.in_(line_ids)).group_by(PurchaseLine.returns_line_id))
    return {line_id: (int(pieces), int(minor)) for line_id, pieces, minor in rows if line_id is not None}


def page(seen: Seen, number: int) -> tuple[list[Listed], bool]:
    """One page of her purchases, newest first, and whether there are more. Two queries however many there are."""
    query = _newest(seen.customer.id).offset((number - 1) * PAGE).limit(PAGE + 1)
    found = _listed(query)
    return found[:PAGE], len(found) > PAGE


def last(customer_id: int) -> Listed | None:
    """The latest purchase of which she kept something."""
    found = _listed(_newest(customer_id).where(Purchase.kept_items > 0).limit(1))
    return found[0] if found else None


def _newest(customer_id: int) -> sa.Select[Purchase, str]:
    query = sa.select(Purchase, Store.name).join(Store, Store.id == Purchase.store_id).where(Purchase.customer_id == customer_id)
    return query.order_by(Purchase.sold_at.desc(), Purchase.id.desc())


def listed_before(customer_id: int, before: object, most: int) -> list[Listed]:
    return _listed(_newest(customer_id).where(Purchase.sold_at < before).limit(most))


def _listed(query: sa.Select[Purchase, str]) -> list[Listed]:
    rows = session().execute(query).all()
    lines: dict[int, list[PurchaseLine]] = {row.id: [] for row, _store in rows}
    held = sa.select(PurchaseLine).where(PurchaseLine.purchase_id.in_(lines)).order_by(PurchaseLine.purchase_id, PurchaseLine.position)
    for line in session().scalars(held) if lines else ():
        lines[line.purchase_id].append(line)
    return [Listed(row, lines[row.id], store) for row, store in rows]


def shows_receipts(seen: Seen) -> bool:
    """Single purchases with their prices are for who serves and who leads; an auditor sees sums alone."""
    return bool(seen.sight.relations - {"AU"})


def figures(seen: Seen) -> Figures:
    """Single prices are open to whoever reads purchases; the sums follow the row "spend" of the rights table."""
    rights = {RIGHTS["spend"].get(relation, "no") for relation in seen.sight.relations}
    amounts, visits = bool(rights & {"yes", "totals"}), bool(rights & {"yes", "totals", "tier_visits"})
    query = sa.select(CustomerTotals).where(CustomerTotals.customer_id == seen.customer.id).order_by(CustomerTotals.currency)
    return Figures(session().scalars(query).all() if visits else (), visits, amounts)


def returns_of(purchase_id: int) -> Sequence[Purchase]:
    """Receipts by which something of this purchase came back."""
    mine = sa.select(PurchaseLine.id).where(PurchaseLine.purchase_id == purchase_id)
    back = sa.select(PurchaseLine.purchase_id).where(PurchaseLine.returns_line_id.in_(mine))
    return session().scalars(sa.select(Purchase).where(Purchase.id.in_(back)).order_by(Purchase.sold_at, Purchase.id)).all()


def origin_of(lines: Sequence[PurchaseLine]) -> Purchase | None:
    """The receipt whose goods these lines bring back."""
    back = [line.returns_line_id for line in lines if line.returns_line_id is not None]
    if not back:
        return None
    query = sa.select(Purchase).join(PurchaseLine, PurchaseLine.purchase_id == Purchase.id)
    return session().scalar(query.where(PurchaseLine.id == back[0]))
