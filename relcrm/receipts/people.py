"""Whose receipts these are, by the numbers on them: many at once, in a fixed number of queries."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from relcrm.consent.models import Alias
from relcrm.customers.models import ContactPoint, Customer, CustomerStore
from relcrm.customers.rows import ANYWHERE, Problem
from relcrm.db import session
from relcrm.i18n import _l
from relcrm.receipts.reading import Contact

AT_ONCE = 500


class People:
    """Who holds these contacts, and who of them may be written to: her file is open, and a store of the importer knows her."""

    def __init__(self, contacts: Collection[Contact], held: Collection[int]) -> None:
        self.holders = _holders(contacts)
        ids = set(self.holders.values())
        self.open = ids - _closed(ids)
        self.ours = linked(ids, held)

    def find(self, contacts: Sequence[Contact]) -> tuple[int | None, Problem | None]:
        """Her id; a problem when it is nobody's to write; neither when nobody has these numbers."""
        found = {self.holders[contact] for contact in contacts if contact in self.holders}
        if len(found) > 1:
            return None, Problem(ANYWHERE, "two_customers", _l("These numbers belong to two different customers in the book."))
        for one in found:
            if one not in self.open:
                return None, Problem(ANYWHERE, "closed", _l("She ended her file with us. Nothing more is noted of her."))
            if one not in self.ours:
                sentence = _l("Is in the book of another store. When she comes, look her up by her number and say that she is here.")
                return None, Problem(ANYWHERE, "other_store", sentence)
            return one, None
        return None, None


def _holders(contacts: Collection[Contact]) -> dict[Contact, int]:
    found: dict[Contact, int] = {}
    for kind in {kind for kind, _value in contacts}:
        wanted = [value for of, value in contacts if of == kind]
        for start in range(0, len(wanted), AT_ONCE):
            query = sa.select(ContactPoint.value, ContactPoint.customer_id).where(ContactPoint.kind == kind)
            rows = session().execute(query.where(ContactPoint.value.in_(wanted[start : start + AT_ONCE])))
            found |= {(kind, row.value): row.customer_id for row in rows}
    return found


def _closed(ids: Collection[int]) -> set[int]:
    return set(session().scalars(sa.select(Customer.id).where(Customer.id.in_(ids), Customer.closed_at.is_not(None)))) if ids else set()


def linked(ids: Collection[int], held: Collection[int]) -> set[int]:
    """Those of them whom one of these stores knows."""
    query = sa.select(CustomerStore.customer_id).where(CustomerStore.customer_id.in_(ids), CustomerStore.store_id.in_(held))
    return set(session().scalars(query)) if ids else set()


def as_now(ids: Collection[int]) -> dict[int, int]:
    """Under which id each of them is found today, merged ones under the winner's; who ended her file is not among them."""
    merged = sa.select(Alias.loser_id, Alias.winner_id).where(Alias.undone_at.is_(None))
    now, walked = {one: one for one in ids}, set[int]()
    while wanted := set(now.values()) - walked:
        walked |= wanted
        winners = dict(session().execute(merged.where(Alias.loser_id.in_(wanted))).all())
        now = {one: winners.get(here, here) for one, here in now.items()}
    closed = _closed(set(now.values()))
    return {one: here for one, here in now.items() if here not in closed}
