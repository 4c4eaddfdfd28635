"""What the owner decided for the whole chain: names, contacts, switches."""

import json

from sqlalchemy.orm import Session

from relcrm.db import session
from relcrm.staff.models import Setting

DEFAULTS: dict[str, object] = {
    "chain_name": "",
    "legal_name": "",
    "legal_address": "",
    "privacy_contact": "",
    "profiling_assessed": False,
    "rfm_window_days": 365,
    "demo": False,
    # Do receipts of value 0 count as purchases? And by which answer were the sums last written everywhere?
    "count_zero_value": False,
    "zero_value_counted": False,
}


def get(key: str) -> object:
    row = session().get(Setting, key)
    return DEFAULTS[key] if row is None else json.loads(row.value)


def text(key: str) -> str:
    return str(get(key))


def put(tx: Session, key: str, value: object) -> None:
    if key not in DEFAULTS:
        raise KeyError(key)
    tx.merge(Setting(key=key, value=json.dumps(value, ensure_ascii=False)))
