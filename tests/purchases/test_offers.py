"""Sizes and colours bought offer themselves as facts; the gate of facts decides, and a gift says nothing of her."""

import sqlalchemy as sa

from relcrm import db
from relcrm.consent import rules as consent_rules
from relcrm.customers import queries as customers
from relcrm.customers.models import Fact
from relcrm.purchases import colours, offers, queries
from relcrm.purchases.models import Purchase
from relcrm.purchases.rules import Line
from tests import factories
from tests.purchases.selling import sell

COAT = Line("Coat", 128_000, category="outerwear", size="M", colour="navy blue")


def sold(*lines, name="Cleo", **more):
    with db.write_tx() as tx:
        return sell(tx, tx.merge(factories.staff("ana")), factories.customer(name), lines=lines, **more).public_id


def offered(public_id, by="ana"):
    reader = factories.staff(by)
    row, seen = queries.get(reader, public_id)
    return [
        (one.key, one.value.get("size") or one.value["like"][-1])
        for one in offers.offers(reader, seen, row, queries.lines_of(row.id), "en")
    ]


def keep(sign_in, public_id, key):
    line = db.session().scalar(sa.select(Purchase.id).where(Purchase.public_id == public_id))
    row = queries.lines_of(line)[0].id
    db.session().rollback()
    return sign_in("ana").post(f"/purchases/{public_id}/facts", data={"key": key, "line": row})


def test_size_and_colour_are_offered_and_one_tap_keeps_them(ctx, sign_in):
    made = sold(COAT)
    assert offered(made) == [("product_spec", "M"), ("colour_pref", "blue")]
    page = sign_in("ana").get(f"/purchases/{made}").text
    assert "Size M for Coats and jackets" in page
    assert "Likes Blue" in page
    assert keep(sign_in, made, "product_spec").status_code == 303
    assert keep(sign_in, made, "colour_pref").status_code == 303
    values = dict(db.session().execute(sa.select(Fact.key, Fact.plain)).all())
    assert '"size": "M"' in values["product_spec"]
    assert values["colour_pref"] == '{"like": ["blue"], "avoid": []}'
    assert offered(made) == []
    assert keep(sign_in, made, "product_spec").status_code == 404


def test_a_gift_or_a_staff_purchase_says_nothing_of_her(ctx):
    assert offered(sold(Line("Coat", 100, category="outerwear", size="M", colour="navy", is_gift=True))) == []
    assert offered(sold(COAT, for_staff=True)) == []


def test_what_she_has_not_agreed_to_is_not_offered(ctx, sign_in):
    made = sold(COAT, name="Noor")
    assert offered(made) == [("product_spec", "M")]
    assert keep(sign_in, made, "colour_pref").status_code == 404


def test_what_she_took_back_is_no_longer_offered(ctx):
    made = sold(COAT)
    with db.write_tx() as tx:
        consent_rules.withdraw(
            tx, factories.customer("Cleo").id, "profiling", actor=tx.merge(factories.staff("ana")), store_id=1, lang="en"
        )
    assert [key for key, _words in offered(made)] == ["product_spec"]


def test_who_only_reads_is_offered_nothing(ctx):
    assert offered(sold(COAT), by="ari") == []


def test_another_size_keeps_what_is_known_of_the_fit(ctx, sign_in):
    from relcrm.customers import facts

    with db.write_tx() as tx:
        ana = tx.merge(factories.staff("ana"))
        seen = customers.seen_by(ana, factories.customer("Cleo"))
        value = {"category": "outerwear", "size": "S", "model": "", "fit": "long sleeves"}
        facts.put_fact(tx, ana, seen, "product_spec", value, slot="outerwear")
    made = sold(COAT)
    keep(sign_in, made, "product_spec")
    (plain,) = db.session().scalars(sa.select(Fact.plain))
    assert '"size": "M"' in plain
    assert "long sleeves" in plain


def test_colours_of_a_shop_are_choices_of_the_field():
    shop = {
        "米色": "earth",
        "粉红": "pink",
        "深蓝": "blue",
        "藏青": "blue",
        "酒红": "red",
        "米白": "earth",
        "Navy Blue": "blue",
        "wine red": "red",
        "Zebra": "",
    }
    assert {word: colours.key_of(word) for word in shop} == shop
