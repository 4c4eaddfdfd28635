"""Opening a store and changing what is known about it. Who works there is rules.py."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.config import LANGUAGES
from relcrm.errors import BadValue, RuleError
from relcrm.i18n import _l
from relcrm.staff import audit, founding
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, require
from relcrm.staff.places import countries, zones
from relcrm.staff.rules import refuse_stale

REGIONS = ("cn", "eu", "uk", "us")
KEYS = ("name", "address", "phone", "hours", "time_zone", "language", "region", "currency", "country")
_PHONE = re.compile(r"[\d\s+()/,、-]*")
Values = dict[str, Any]


def open_store(tx: Session, actor: StaffMember, values: Values) -> Store:
    """A new store of the chain. Raises BadValue, RuleError `store_name_taken`."""
    require(actor, Permission.STORE_EDIT)
    new = read(values)
    refuse_same_name(tx, new["name"])
    store = founding.new_store(new["name"], country=new["country"], time_zone=new["time_zone"], language=new["language"])
    for key in KEYS:
        setattr(store, key, new[key])
    tx.add(store)
    tx.flush()
    audit.note(tx, actor, "store_opened", store.public_id, store_id=store.id)
    return store


def change_store(tx: Session, actor: StaffMember, store: Store, version: int, values: Values) -> None:
    """What is known about a store; refused when somebody else changed it meanwhile."""
    require(actor, Permission.STORE_EDIT, store.id)
    refuse_stale(store.version, version)
    new = read(values)
    refuse_same_name(tx, new["name"], but=store.id)
    keys = tuple(key for key in KEYS if getattr(store, key) != new[key])
    for key in keys:
        setattr(store, key, new[key])
    if keys:
        audit.note(tx, actor, "store_changed", store.public_id, store_id=store.id, keys=keys)


def read(values: Values) -> dict[str, str]:
    """Each value in its one spelling. Raises BadValue naming the field."""
    new = {key: " ".join(str(values.get(key) or "").split()) for key in KEYS}
    new["currency"] = new["currency"].upper()
    allowed = {"time_zone": zones(), "language": LANGUAGES, "region": REGIONS, "currency": currencies(), "country": countries()}
    if not new["name"]:
        raise BadValue(_l("Please fill this in."), code="store_name_empty", field="name")
    if not _PHONE.fullmatch(new["phone"]):
        raise BadValue(_l("A phone number has digits only. Take the letters out."), code="store_phone_odd", field="phone")
    for key, known in allowed.items():
        if new[key] not in known:
            raise BadValue(_l("Choose one of the list."), code=f"store_{key}_unknown", field=key)
    return new


def currencies() -> set[str]:
    from babel.numbers import list_currencies

    return set(list_currencies())


def refuse_same_name(tx: Session, name: str, *, but: int = 0) -> None:
    if tx.scalar(sa.select(Store.id).where(Store.name == name, Store.id != but)):
        raise RuleError(_l("There is a store with this name already. Add the street or the town."), code="store_name_taken", field="name")
