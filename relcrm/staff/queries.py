"""Whom and what a reader may know of among colleagues and stores. Changing is rules.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from relcrm.db import session
from relcrm.errors import NotFound
from relcrm.i18n import _l
from relcrm.staff.models import Membership, StaffMember, StaffSession, Store
from relcrm.staff.permissions import MANAGES_ROLES

PAGE = 30


@dataclass(frozen=True)
class People:
    """One page of colleagues; `last_used` by id, missing for who never signed in."""

    rows: list[StaffMember]
    last_used: dict[int, datetime]
    page: int
    more: bool


def managed(reader: StaffMember) -> frozenset[int] | None:
    """Ids of the stores whose staff the reader manages; None means all."""
    return reader.stores(*MANAGES_ROLES)


def visible_to(reader: StaffMember) -> sa.Select[StaffMember]:
    """Managers know the people of their stores; the owner everybody."""
    scope = managed(reader)
    query = sa.select(StaffMember)
    if scope is None:
        return query
    return query.where(StaffMember.id.in_(sa.select(Membership.staff_id).where(Membership.store_id.in_(scope))))


def people(reader: StaffMember, page: int = 1) -> People:
    """Those who work here first, then those who left, by name; three queries however many there are."""
    page = max(1, page)
    query = (
        visible_to(reader)
        .options(selectinload(StaffMember.memberships).joinedload(Membership.store))
        .order_by(StaffMember.left_on.is_not(None), StaffMember.name, StaffMember.id)
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    rows = list(session().scalars(query))
    shown = rows[:PAGE]
    return People(shown, last_used(row.id for row in shown), page, more=len(rows) > PAGE)


def person(reader: StaffMember, public_id: str) -> StaffMember:
    """Raises NotFound for somebody the reader may not know of."""
    found: StaffMember | None = session().scalar(
        visible_to(reader)
        .options(joinedload(StaffMember.memberships).joinedload(Membership.store))
        .where(StaffMember.public_id == public_id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(_l("There is no such colleague, or none of your stores."), code="no_such_person")
    return found


def last_used(staff_ids: Iterable[int]) -> dict[int, datetime]:
    query = (
        sa.select(StaffSession.staff_id, sa.func.max(StaffSession.last_used_at))
        .where(StaffSession.staff_id.in_(list(staff_ids)))
        .group_by(StaffSession.staff_id)
    )
    return {row[0]: row[1] for row in session().execute(query)}


def roles_shown(reader: StaffMember, of: StaffMember) -> list[Membership]:
    """Her roles in the stores that the reader manages, by store and role."""
    scope = managed(reader)
    rows = [m for m in of.memberships if scope is None or m.store_id in scope]
    return sorted(rows, key=lambda m: (m.store is not None, m.store.name if m.store else "", m.role))


def stores(reader: StaffMember) -> list[Store]:
    """The stores she works for in any role; owner and auditor: all."""
    return _stores(reader.stores())


def managed_stores(reader: StaffMember) -> list[Store]:
    return _stores(managed(reader))


def store(reader: StaffMember, public_id: str) -> Store:
    """Raises NotFound for a store the reader does not work for."""
    found = next((row for row in stores(reader) if row.public_id == public_id), None)
    if found is None:
        raise NotFound(_l("There is no such store, or it is not yours."), code="no_such_store")
    return found


def _stores(scope: frozenset[int] | None) -> list[Store]:
    query = sa.select(Store).order_by(Store.name, Store.id)
    return list(session().scalars(query if scope is None else query.where(Store.id.in_(scope))))


def head_counts(reader: StaffMember) -> dict[int, int]:
    """How many people work in each store that the reader manages, by store id."""
    scope = managed(reader)
    query = (
        sa.select(Membership.store_id, sa.func.count(sa.distinct(Membership.staff_id)))
        .join(Membership.staff)
        .where(StaffMember.left_on.is_(None), Membership.store_id.is_not(None))
        .group_by(Membership.store_id)
    )
    found = session().execute(query if scope is None else query.where(Membership.store_id.in_(scope)))
    return {store_id: count for store_id, count in found if store_id is not None}


def head_count(reader: StaffMember) -> int:
    """How many people the reader manages in all, each counted once."""
    working = visible_to(reader).where(StaffMember.left_on.is_(None)).with_only_columns(sa.func.count(StaffMember.id))
    return session().execute(working).scalar_one()


def countries_of(of: Iterable[Store]) -> list[str]:
    """Where her phone number may be from, the most likely first."""
    return list(dict.fromkeys(row.country for row in of))
