"""Customers as a shop has them, made through the program's own rules on top of the cast; no page is opened here."""

from datetime import timedelta
from typing import Any

import pytest

from relcrm import clock, db
from relcrm.consent import catalogue, values
from relcrm.customers import facts, queries
from tests import factories

XIAOMING, GARCIA, SUN, OUYANG = "王小明", "María García", "孙丽", "欧阳静"
XIAOMING_PHONE, GARCIA_PHONE, SUN_PHONE, OUYANG_PHONE = "+8613912343921", "+8613612340417", "+8613612348802", "+8613512346600"
NICKNAME, COLOUR = "老周", "earth"
TOLD = {
    "service_style": {"value": ["browse", "prepared"]},
    "product_spec": {"category": ["outerwear"], "size": ["M"], "model": [""], "fit": [""]},
    "colour_pref": {"value": [COLOUR], "avoid": []},
    "decision_factor": {"value": ["comfort"]},
    "pain_point": {"text": ["袖子总是长两厘米，每次都要改"]},
}


def fill() -> None:
    """A regular of Ana's, one of Ada's, one of another store, and one whose consent soon ends."""
    with pytest.MonkeyPatch.context() as patch:
        then = clock.now() - timedelta(days=240)
        patch.setattr(clock, "now", lambda: then)
        regular = factories.meet(XIAOMING, XIAOMING_PHONE, {"profiling": True, "greeting": True, "callback": True, "marketing": False})
        know(regular, TOLD, note="喜欢先自己看一圈，再开口问。", nickname=NICKNAME)
        factories.meet("王晓梅", "+8613700340418", {"callback": True})
    factories.meet(GARCIA, GARCIA_PHONE, {"greeting": True}, by="ada")
    factories.meet(SUN, SUN_PHONE, {}, by="olu", store="South")
    factories.meet(OUYANG, OUYANG_PHONE, {"profiling": True})
    factories.meet("Anastasia Featherstonehaugh-Montgomery", "+447700900123", {"greeting": True})


def know(customer_id: int, told: dict[str, dict[str, list[str]]], *, note: str, nickname: str) -> None:
    """Ana writes down what she was told."""
    ana = factories.staff("ana")
    for key, raw in told.items():
        _put(ana, customer_id, key, raw)
    with db.write_tx() as tx:
        seen = _seen(ana, customer_id)
        facts.add_note(tx, ana, seen, note)
        facts.add_family(tx, ana, seen, {"value": "partner", "text": nickname}, is_child=False)


def _put(ana: Any, customer_id: int, key: str, raw: dict[str, list[str]]) -> None:
    field = catalogue.field(key)
    with db.write_tx() as tx:
        seen = _seen(ana, customer_id)
        value = values.parse(field, raw, today=clock.today(seen.home.time_zone))
        facts.put_fact(tx, ana, seen, key, value, slot=facts.slot_of(field, value, ""))


def _seen(ana: Any, customer_id: int) -> queries.Seen:
    public_id = db.session().get_one(queries.Customer, customer_id).public_id
    return queries.get(ana, public_id)
