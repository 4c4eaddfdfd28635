"""Customers as a shop has them, made through the program's own rules on top of the cast; no page is opened here."""

from datetime import timedelta
from typing import Any

import pytest

from relcrm import clock, db, jobs
from relcrm.consent import catalogue, values
from relcrm.consent import rules as consent_rules
from relcrm.customers import export_run, facts, imports, lists, merge_undo, merging, queries, rules
from relcrm.customers.export_log import Wish
from relcrm.customers.export_models import ExportRow
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.models import Customer
from relcrm.i18n import speaking
from relcrm.loyalty import tier_rules
from relcrm.purchases.rules import Line
from relcrm.staff import links
from tests import factories, goods
from tests.customers import importing
from tests.loyalty import keeping
from tests.purchases import selling
from tests.receipts import files as receipt_files

XIAOMING, GARCIA, SUN, OUYANG = "王小明", "María García", "孙丽", "欧阳静"
XIAOMING_PHONE, GARCIA_PHONE, SUN_PHONE, OUYANG_PHONE = "+8613912343921", "+8613612340417", "+8613612348802", "+8613512346600"
QIAN, TWICE = "钱慧敏", ("+8615912340001", "+8615912340002")
NICKNAME, COLOUR = "老周", "earth"
TOLD = {
    "service_style": {"value": ["browse", "prepared"]},
    "product_spec": {"category": ["outerwear"], "size": ["M"], "model": [""], "fit": [""]},
    "colour_pref": {"value": [COLOUR], "avoid": []},
    "decision_factor": {"value": ["comfort"]},
    "pain_point": {"text": ["袖子总是长两厘米，每次都要改"]},
}


def fill() -> dict[str, str]:
    """The public ids of the regular and of a list she is on. There are: a regular of Ana's, one of Ada's, one of another store, one whose consent soon ends, and one who is in the book twice."""
    with db.write_tx() as tx:
        keeping.rules_on(tx)
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
    _mistaken()
    _taken_out(regular)
    return {
        "her": _public_id(regular),
        "list": _listed(regular),
        **_places(),
        **_files(),
        **_receipts(),
        **_twins(regular),
        **_bought(regular),
        **_tiers(),
        **_points(regular),
        **goods.fill(),
    }


def _twins(regular: int) -> dict[str, str]:
    """`other` is the regular's second file, with other words and a no; `joined` stays of two; `apart` was one file with `other` for a while."""
    ana, other = (
        factories.staff("ana"),
        factories.meet("赵敏", "+8613612340011", {"greeting": False, "callback": True, "profiling": True}),
    )
    for key, raw in (("pain_point", {"text": ["羊毛会痒，袖口要宽松一点，最好当天能改好"]}), ("decision_factor", {"value": ["price"]})):
        _put(ana, other, key, raw)
    apart = factories.meet("赵珉", "+8613612340012", {"profiling": True})
    alias = _merge(ana, apart, other)
    _put(ana, apart, "usage_habit", {"text": ["周末穿得多"]})
    with db.write_tx() as tx:
        consent_rules.answer(tx, apart, "survey", True, actor=ana, store_id=1, lang="zh")
    with db.write_tx() as tx:
        merge_undo.undo(tx, ana, _seen(ana, apart), alias)
    joined = factories.meet("钱朵", "+8613612340013")
    _merge(ana, joined, factories.meet("钱朵朵", "+8613612340014"))
    return {"other": _public_id(other), "apart": _public_id(apart), "joined": _public_id(joined)}


def _merge(ana: Any, one: int, other: int) -> int:
    with db.write_tx() as tx:
        both = (_seen(ana, one), _seen(ana, other))
        versions = (both[0].customer.version, both[1].customer.version)
        return int(merging.merge(tx, ana, *both, merging.Choice(), versions=versions).id)


def _points(customer_id: int) -> dict[str, str]:
    """She has points, some of them redeemed; a large correction waits for the owner, and what is open is counted."""
    with db.write_tx() as tx:
        keeping.adjust(tx, 480, "旧会员卡上的积分", her=XIAOMING)
        keeping.redeem(tx, 50, her=XIAOMING)
        keeping.redeem(tx, 20, her=XIAOMING, for_what="gift", words="免费改袖长")
        keeping.adjust(tx, 900, "三张小票当时没有记上", her=XIAOMING)
    jobs.run_now("points_liability")
    return {}


def _bought(customer_id: int) -> dict[str, str]:
    """A purchase of two lines of which one came back in part."""
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        her = tx.get_one(Customer, customer_id)
        lines = [
            Line("羊毛开衫", 128_000, category="tops", size="M", colour="米色"),
            Line("羊绒围巾", 68_000, quantity=2, colour="驼色", is_gift=True),
        ]
        # Goods that two have bought are offered while somebody types; what one alone bought is not.
        selling.sell(tx, tx.merge(ana), tx.get_one(Customer, factories.customer(OUYANG).id), lines=lines)
        bought = selling.sell(tx, tx.merge(ana), her, lines=lines, note="袖口要改短一点，周五来取")
        back = selling.bring_back(tx, tx.merge(ana), bought, {2: 1})
        return {"bought": bought.public_id, "brought_back": back.public_id}


def _tiers() -> dict[str, str]:
    """The default rules in force since long, and a draft of easier ones by which the regular would rise."""
    with db.write_tx() as tx:
        live = tier_rules.begin(tx, None)
        tier_rules.publish(tx, None, live, clock.today("Asia/Shanghai") - timedelta(days=700), live.version)
    jobs.run_now("tier_rules")
    with db.write_tx() as tx:
        row = tier_rules.begin(tx, None)
        for level in tier_rules.levels(tx, row):
            level.thresholds = {currency: minor // 5 for currency, minor in level.thresholds.items()}
        tier_rules.ask_who_would_change(tx, tx.merge(factories.staff("hua")), row)
        draft = row.public_id
    jobs.run_now("tier_simulation")
    return {"tier_draft": draft}


def _mistaken() -> None:
    """Somebody who was noted twice, once with a slip in her e-mail; found by what happens by itself."""
    ana, twice = factories.staff("ana"), [factories.meet(QIAN, phone) for phone in TWICE]
    with db.write_tx() as tx:
        rules.add_contact(tx, ana, _seen(ana, twice[0]), "email", "qianhm@gmial.com")
    for name in ("changed_files", "clean_file"):
        jobs.run_now(name)


def _places() -> dict[str, str]:
    """A colleague, a store, and the link with which somebody chooses her password."""
    ada, hua = factories.staff("ada"), factories.staff("hua")
    with db.write_tx() as tx:
        token = links.make(tx, ada, hua)
    return {"ada": ada.public_id, "north": queries.stores_of(factories.staff("ana"))[0].public_id, "token": token}


def _files() -> dict[str, str]:
    """Customer files: one brought in with bad rows, one taken back in part, one that was looked at, one that waits for the worker."""
    content = (importing.FILES / "members_gb18030.csv").read_bytes().replace(b"A0", b"B0").replace(b"1380000", b"1382220")
    done = importing.bring_in(content).public_id
    back = importing.bring_in(importing.table([("Mei Chen", "13911110001"), ("Bo Wang", "13911110002")], ("Name", "Phone"))).id
    with db.write_tx() as tx:
        rules.serve(tx, tx.merge(factories.staff("ana")), _seen(factories.staff("ana"), factories.customer("Mei Chen").id))
        imports.revert(tx, factories.staff("ben"), tx.get_one(ImportBatch, back))
    importing.work()
    taken_back = db.session().get_one(ImportBatch, back).public_id
    looked_at = importing.choose(content).public_id
    importing.work()
    return {"brought_in": done, "taken_back": taken_back, "looked_at": looked_at, "waiting": importing.choose(content).public_id}


def _receipts() -> dict[str, str]:
    """Receipts of another till: a file brought in with rows refused and waiting, one taken back, one that was looked at."""
    rows = [
        ("7001", receipt_files.day(40), receipt_files.CLEO, "Linen shirt", "2", "600.00"),
        ("7001", receipt_files.day(40), receipt_files.CLEO, "Scarf", "1", "199.50"),
        ("7002", receipt_files.day(30), receipt_files.NOBODY, "Coat", "1", "1290.00"),
        ("7003", receipt_files.day(20), receipt_files.CLEO, "Belt", "-1", "-80.00"),
        ("7004", "soon", receipt_files.CLEO, "Belt", "1", "80.00"),
        ("7005", receipt_files.day(9), "", "Socks", "1", "30.00"),
    ]
    done = receipt_files.bring_in(receipt_files.table(rows)).public_id
    back = receipt_files.revert(receipt_files.bring_in(receipt_files.table(rows[:2]), source="old till")).public_id
    looked_at = receipt_files.upload(receipt_files.table(rows), source="web shop")
    return {"receipts_in": done, "receipts_back": back, "receipts_seen": looked_at}


def _taken_out(regular: int) -> None:
    """A file that left the book, and since then somebody in it has taken a consent back."""
    hua, north = factories.staff("hua").id, queries.stores_of(factories.staff("ana"))[0]
    wish = Wish(f"store:{north.public_id}", ("name", "phone", "region", "birthday"), "xlsx", "寄秋季大衣的邀请卡", "zh")
    with speaking("zh"):
        export_run.make(hua, wish).file.close()
    with db.write_tx() as tx:
        row = tx.get_one(ExportRow, (1, regular))
        row.taken_back_at = clock.now()


def _public_id(customer_id: int) -> str:
    return str(db.session().get_one(Customer, customer_id).public_id)


def _listed(customer_id: int) -> str:
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        made = lists.make(tx, ana, queries.stores_of(ana)[0], "大衣到货先告诉她们")
        lists.put_on(tx, ana, made, _seen(ana, customer_id))
        return str(made.public_id)


def know(customer_id: int, told: dict[str, dict[str, list[str]]], *, note: str, nickname: str) -> None:
    """Ana writes down what she was told."""
    ana = factories.staff("ana")
    for key, raw in told.items():
        _put(ana, customer_id, key, raw)
    with db.write_tx() as tx:
        seen = _seen(ana, customer_id)
        facts.add_note(tx, ana, seen, note)
        rules.change_identity(tx, ana, seen, {"address_as": "小明哥"}, seen.customer.version)
        facts.add_family(tx, ana, seen, {"value": "partner", "text": nickname}, is_child=False)


def _put(ana: Any, customer_id: int, key: str, raw: dict[str, list[str]]) -> None:
    field = catalogue.field(key)
    with db.write_tx() as tx:
        seen = _seen(ana, customer_id)
        value = values.parse(field, raw, today=clock.today(seen.home.time_zone))
        facts.put_fact(tx, ana, seen, key, value, slot=facts.slot_of(field, value, ""))


def _seen(ana: Any, customer_id: int) -> queries.Seen:
    return queries.get(ana, _public_id(customer_id))
