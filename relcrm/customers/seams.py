"""What customers add to the pages of earlier features: figures on the Store tab, and what a leaver leaves behind."""

import sqlalchemy as sa

from relcrm.customers import duplicates, figures
from relcrm.customers.models import Customer
from relcrm.db import session
from relcrm.i18n import ngettext
from relcrm.staff import leaving, store_cards
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, may


def _figures(reader: StaffMember) -> store_cards.Context | None:
    lines = figures.lines(reader)
    return {"lines": lines} if lines else None


def _imports(reader: StaffMember) -> store_cards.Context | None:
    return {} if may(reader, Permission.CUSTOMER_IMPORT) else None


def _clean(reader: StaffMember) -> store_cards.Context | None:
    """The way to the pairs that wait; who may clean whole files finds them on that page too."""
    if not may(reader, Permission.DUPLICATE_DECIDE):
        return None
    return {"pairs": duplicates.count_words(duplicates.count(reader)), "cleans": may(reader, Permission.FILE_CLEAN)}


def _exports(reader: StaffMember) -> store_cards.Context | None:
    return {} if may(reader, Permission.EXPORT) or may(reader, Permission.AUDIT_READ) else None


def _customers_of(person: StaffMember) -> leaving.Left:
    mine = sa.select(sa.func.count()).select_from(Customer).where(Customer.owner_id == person.id, Customer.closed_at.is_(None))
    count = session().scalar(mine) or 0
    return leaving.Left(ngettext("%(num)s customer stays with this name", "%(num)s customers stay with this name", count), count)


store_cards.cards.append(store_cards.StoreCard("customers/_figures.html", _figures))
store_cards.cards.append(store_cards.StoreCard("customers/_imports_card.html", _imports))
store_cards.cards.append(store_cards.StoreCard("customers/_clean_card.html", _clean))
store_cards.cards.append(store_cards.StoreCard("customers/_exports_card.html", _exports))
leaving.stays_behind.append(_customers_of)
