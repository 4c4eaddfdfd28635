"""Whose files may be taken out, by whom, and what may be chosen for them. What then stands in a row is exporting's."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from relcrm.consent.models import ConsentState
from relcrm.customers import export_columns, exporting
from relcrm.customers.cleansing_models import KINDS as CLEAN_KINDS
from relcrm.customers.cleansing_models import CleanFinding
from relcrm.customers.export_columns import CONTACTS, Item
from relcrm.customers.models import Customer, CustomerList, CustomerListEntry, CustomerStore
from relcrm.customers.queries import stores_of, visible_to
from relcrm.db import session
from relcrm.errors import NotFound
from relcrm.i18n import _l
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, may

ROLES = ("store_manager", "area_manager", "owner")
ALONE = ("area_manager", "owner")
COUNTED = 20_000  # above, a page does not count who agreed to what


@dataclass(frozen=True)
class Source:
    """Whose files: of a list made by hand, a store, all stores held, or a list of what should be mended."""

    kind: str
    id: str
    stores: tuple[Store, ...]
    name: str = ""

    @property
    def what(self) -> str:
        """How an address names it."""
        if self.kind == "clean":
            return f"clean:{self.id}:{self.stores[0].public_id}"
        return f"{self.kind}:{self.id}" if self.id else self.kind


def held_stores(reader: StaffMember) -> Sequence[Store]:
    """The stores whose customers this reader may take out."""
    return stores_of(reader, *ROLES) if may(reader, Permission.EXPORT) else []


def sources(reader: StaffMember) -> list[Source]:
    """What may be chosen: all stores where there are several, each store, and the lists of these stores."""
    stores = tuple(held_stores(reader))
    by_id = {store.id: store for store in stores}
    found = [Source("stores", "", stores)] if len(stores) > 1 else []
    found += [Source("store", store.public_id, (store,)) for store in stores]
    lists = sa.select(CustomerList).where(CustomerList.store_id.in_(by_id)).order_by(CustomerList.name).limit(100)
    return found + [Source("list", one.public_id, (by_id[one.store_id],), one.name) for one in session().scalars(lists)]


def source(reader: StaffMember, what: str) -> Source:
    """Raises NotFound for what is not there, or not this reader's to take out."""
    kind, _sign, rest = what.partition(":")
    stores = tuple(held_stores(reader))
    one = next((store for store in stores if store.public_id == rest.rpartition(":")[2]), None)
    if kind == "stores" and stores:
        return Source(kind, "", stores)
    if kind == "store" and one:
        return Source(kind, one.public_id, (one,))
    if kind == "clean" and one and rest.partition(":")[0] in CLEAN_KINDS:
        return Source(kind, rest.partition(":")[0], (one,))
    if kind == "list" and (found := _list(stores, rest)):
        return found
    raise NotFound(_l("There is no such list, or none that you may take out."), code="no_source")


def _list(stores: Sequence[Store], public_id: str) -> Source | None:
    one = session().scalar(sa.select(CustomerList).where(CustomerList.public_id == public_id))
    store = next((store for store in stores if one is not None and store.id == one.store_id), None)
    return Source("list", public_id, (store,), one.name) if one is not None and store is not None else None


def selection(reader: StaffMember, chosen: Source) -> sa.Select[Customer]:
    """The customers of this source that the reader may see and that a store of the source knows."""
    ids = [store.id for store in chosen.stores]
    query = visible_to(reader).where(Customer.id.in_(sa.select(CustomerStore.customer_id).where(CustomerStore.store_id.in_(ids))))
    if chosen.kind == "list":
        on_it = sa.select(CustomerListEntry.customer_id).join(CustomerList, CustomerList.id == CustomerListEntry.list_id)
        query = query.where(Customer.id.in_(on_it.where(CustomerList.public_id == chosen.id)))
    if chosen.kind == "clean":
        found = sa.select(CleanFinding.customer_id).where(CleanFinding.store_id == ids[0], CleanFinding.kind == chosen.id)
        query = query.where(Customer.id.in_(found))
    return query


def ids(reader: StaffMember, chosen: Source) -> "array[int]":
    """Who is meant, eight bytes each."""
    query = selection(reader, chosen).with_only_columns(Customer.id).order_by(Customer.id)
    return array("q", session().scalars(query, execution_options={"yield_per": 5_000}))


def piece(reader: StaffMember, wanted: Sequence[int]) -> Sequence[Customer]:
    """Those of these that the reader may see now."""
    return session().scalars(visible_to(reader).where(Customer.id.in_(wanted)).order_by(Customer.id)).all()


def is_alone(reader: StaffMember, stores: Sequence[Store]) -> bool:
    """May the reader take out any number, and numbers, in each of these stores? Else a store manager's limits hold."""
    held = reader.stores(*ALONE)
    return held is None or {store.id for store in stores} <= held


def offered(reader: StaffMember, stores: Sequence[Store], lang: str) -> list[Item]:
    """What may be chosen for a file of these stores, in the order of its columns."""
    mine = _relations_in(reader, stores)
    shown, off = set(export_columns.levels(mine)), exporting.off()
    if not is_alone(reader, stores):
        shown -= set(CONTACTS)
    return [export_columns.item(key, lang) for key in export_columns.exportable() if key in shown and key not in off]


def _relations_in(reader: StaffMember, stores: Sequence[Store]) -> frozenset[str]:
    held = {store.id for store in stores}
    mine = [m.role for m in reader.memberships if m.role in ROLES and (m.store_id is None or m.store_id in held)]
    return frozenset("SM" if role == "store_manager" else "CM" for role in mine)


def agreed(reader: StaffMember, chosen: Source) -> dict[str, int]:
    """How many of this source stand to each purpose now; minors stand to none but service."""
    grown = selection(reader, chosen).with_only_columns(Customer.id).where(Customer.is_minor.is_(False))
    stands = sa.select(ConsentState.purpose, sa.func.count()).where(*exporting.standing_now(), ConsentState.customer_id.in_(grown))
    return {row[0]: row[1] for row in session().execute(stands.group_by(ConsentState.purpose))}


def total(reader: StaffMember, chosen: Source) -> int:
    """How many this source means."""
    counted = selection(reader, chosen).with_only_columns(sa.func.count(Customer.id))
    return int(session().scalar(counted) or 0)
