"""Adding and changing products, categories, accessories and care notes."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

import relcrm
from relcrm import db
from relcrm.consent import catalogue
from relcrm.errors import BadValue, NotAllowed, NotFound, RuleError
from relcrm.products import care, founding, queries, rules
from relcrm.products.models import CareNote, Category, Product, ProductBarcode
from relcrm.staff.models import AuditEvent
from tests import factories, goods

NOTES = json.loads((Path(relcrm.__file__).parent / "products" / "care_notes.json").read_text("utf-8"))


def refusal_of(**values):
    with pytest.raises((BadValue, RuleError)) as refusal:
        goods.product(**values)
    return refusal.value.code, refusal.value.field


def test_a_chain_starts_with_the_categories_of_the_field_catalogue(ctx):
    held = {one.key: (one.zh, one.en) for one in queries.categories()}
    assert {"outerwear", "shoes", "rings"} <= set(catalogue.categories())
    assert set(catalogue.categories()) <= set(held)
    assert {key: one.zh for key, one in catalogue.categories().items() if key != "rings"} == {
        key: held[key][0] for key in catalogue.categories() if key != "rings"
    }


def test_every_starting_category_has_parts_words_and_a_care_note(ctx):
    notes = {note.key for note in care.all_current()}
    for one in queries.categories():
        assert one.care_key in notes, one.key
        assert all((one.selling, one.doubts, one.parts, *(part[lang] for part in one.parts for lang in ("zh", "en")))), one.key


def test_starting_twice_adds_nothing(ctx):
    before = len(queries.categories()), len(care.all_current())
    with db.write_tx() as tx:
        founding.start(tx)
    assert (len(queries.categories()), len(care.all_current())) == before


def test_the_care_notes_are_those_of_the_library(ctx):
    held = [(note.key, note.version, note.zh.split("\n"), note.en.split("\n")) for note in care.all_current()]
    assert held[: len(NOTES)] == [(row["key"], 1, row["notes_zh"], row["notes_en"]) for row in NOTES]
    assert [key for key, *_rest in held[len(NOTES) :]] == ["coat"], "woollen cloth is not washed like knitwear"


def test_a_product_keeps_what_was_typed_in_its_one_spelling(ctx):
    coat = goods.product(
        "  Wool \t coat ", code=" A 1 ", barcode="690 1234 000019", sizes="S,M， L、M", colours="170/92A\nnavy blue", price="¥1,299"
    )
    assert (coat.name, coat.code, coat.barcode) == ("Wool coat", "A 1", "6901234000019")
    assert (coat.sizes, coat.colours, coat.price_minor) == (["S", "M", "L"], ["170/92A", "navy blue"], 129900)


def test_a_number_and_a_barcode_belong_to_one_product(ctx):
    coat = goods.product(code="A1", barcode="111")
    assert refusal_of(name="Other", code="A1") == ("code_taken", "code")
    assert refusal_of(name="Other", barcode="1 1 1") == ("barcode_taken", "barcode")
    with db.write_tx() as tx:
        tx.add(ProductBarcode(barcode="222", product_id=coat.id))
    assert refusal_of(name="Other", barcode="222") == ("barcode_taken", "barcode")


def test_products_without_numbers_do_not_clash(ctx):
    first, second = goods.product("Coat"), goods.product("Cape")
    assert first.code == second.code == first.barcode == ""


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"name": " "}, "product_name_empty", "name"),
        ({"price": "dear"}, "money_unreadable", "price"),
        ({"name": "x" * 121}, "too_long", "name"),
        ({"sizes": ",".join(map(str, range(81)))}, "too_many", "sizes"),
        ({"barcode": "9" * 41}, "barcode_long", "barcode"),
        ({"currency": "XXZ"}, "currency_unknown", "currency"),
        ({"care_key": "none_such"}, "care_key_unknown", "care_key"),
        ({"selling": "x" * 2001}, "too_long", "selling"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(ctx, values, code, field):
    assert refusal_of(**values) == (code, field)


def test_a_product_is_found_by_any_of_its_barcodes(ctx):
    coat = goods.product(barcode="111", active=False)
    with db.write_tx() as tx:
        tx.add(ProductBarcode(barcode="222", product_id=coat.id, size="M", colour="navy"))
    assert [found and found.id for found in map(rules.by_barcode, ("111", " 22 2 ", "333", ""))] == [coat.id, coat.id, None, None]
    assert (rules.variant("222"), rules.variant("111")) == (("M", "navy"), ("", ""))


def test_what_is_not_there_is_not_found(ctx):
    for look in (rules.get, queries.category, care.current):
        with pytest.raises(NotFound):
            look("nowhere")


@pytest.mark.parametrize("number", ["ana", "quinn"])
def test_only_managers_and_the_owner_change_products(ctx, number):
    with pytest.raises(NotAllowed):
        goods.product(by=number)
    with pytest.raises(NotAllowed), db.write_tx() as tx:
        care.write(tx, factories.staff(number), "silk", 1, {"title_zh": "x", "zh": "x"})


@pytest.mark.parametrize("number", ["ben", "ari", "hua"])
def test_managers_and_the_owner_may(ctx, number):
    assert goods.product(by=number).id


def test_two_who_change_a_product_at_once_lose_nothing(ctx):
    coat = goods.product()
    values = {"name": "Cape", "category": goods.category("outerwear"), "currency": "CNY"}
    with db.write_tx() as tx:
        rules.change(tx, factories.staff("ben"), rules.get(coat.public_id), 1, values)
    with pytest.raises(RuleError) as refusal, db.write_tx() as tx:
        rules.change(tx, factories.staff("hua"), rules.get(coat.public_id), 1, values | {"name": "Coat"})
    assert refusal.value.code == "changed_meanwhile"
    assert db.session().get_one(Product, coat.id).name == "Cape"


def test_the_trail_names_the_fields_that_changed_and_no_values(ctx):
    coat = goods.product()
    with db.write_tx() as tx:
        rules.change(
            tx, factories.staff("ben"), rules.get(coat.public_id), 1,
            {"name": "Cape", "price": "12", "category": goods.category("outerwear"), "currency": "CNY"},
        )  # fmt: skip
    row = db.session().scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (row.act, row.target, set(row.keys.split())) == ("product_changed", coat.public_id, {"name", "price_minor"})


def test_accessories_are_put_once_and_taken_off(ctx):
    coat, gloves = goods.product(), goods.product("Gloves", key="gloves")
    ben = factories.staff("ben")
    for change, expected in ((rules.add_accessory, 1), (rules.add_accessory, 1), (rules.remove_accessory, 0)):
        with db.write_tx() as tx:
            change(tx, ben, rules.get(coat.public_id), rules.get(gloves.public_id))
        assert len(queries.accessories(rules.get(coat.public_id))) == expected


def test_nothing_goes_with_itself(ctx):
    coat = goods.product()
    with pytest.raises(RuleError) as refusal, db.write_tx() as tx:
        rules.add_accessory(tx, factories.staff("ben"), rules.get(coat.public_id), rules.get(coat.public_id))
    assert refusal.value.code == "own_accessory"


def test_parts_are_typed_in_both_languages_or_one():
    parts = rules.read_parts("备扣 / Spare button\n\nHood\n拉链 ／ Zip")
    assert parts == [{"zh": "备扣", "en": "Spare button"}, {"zh": "Hood", "en": "Hood"}, {"zh": "拉链", "en": "Zip"}]
    assert rules.read_parts(rules.typed_parts(parts)) == parts


def test_two_categories_do_not_share_a_name(ctx):
    with pytest.raises(RuleError) as refusal, db.write_tx() as tx:
        rules.make_category(tx, factories.staff("ben"), {"zh": "鞋子", "en": "Shoes"})
    assert refusal.value.code == "category_taken"


def test_a_category_of_ones_own_has_a_key_of_its_own(ctx):
    with db.write_tx() as tx:
        made = rules.make_category(tx, factories.staff("ben"), {"zh": "围巾", "parts": "标签"})
        assert (made.zh, made.en, made.key[:4]) == ("围巾", "围巾", "own_")


def write(seen, key="silk", **words):
    note = care.current(key)
    values = {column: getattr(note, column) for column in care.COLUMNS} | words
    with db.write_tx() as tx:
        return care.write(tx, factories.staff("ben"), key, seen, values).version


def test_a_changed_note_is_a_new_version_and_the_old_one_stays(ctx):
    before = care.current("silk").en
    assert write(1, en="Wash alone.\n\nHang in the shade.") == 2
    assert care.current("silk").en == "Wash alone.\nHang in the shade."
    assert care.version("silk", 1).en == before
    assert [note.version for note in care.versions("silk")] == [2, 1]
    assert care.current("silk").changed_by_id == factories.staff("ben").id


def test_saving_a_note_without_a_change_adds_no_version(ctx):
    assert write(1) == 1


def test_whoever_wrote_on_an_old_version_is_told(ctx):
    write(1, tip_en="cold")
    with pytest.raises(RuleError) as refusal:
        write(1, tip_en="colder")
    assert refusal.value.code == "changed_meanwhile"


def test_a_note_needs_a_title_and_a_sentence(ctx):
    for words, code in (({"title_zh": "", "title_en": " "}, "product_title_zh_empty"), ({"zh": "", "en": "\n"}, "care_empty")):
        with pytest.raises(BadValue) as refusal:
            write(1, **words)
        assert refusal.value.code == code


def test_one_language_stands_for_both_until_it_is_translated(ctx):
    write(1, zh="", en="Wash alone.")
    assert care.told(care.current("silk"), "zh").lines == ("Wash alone.",)


def test_the_note_in_force_follows_the_product_then_its_category(ctx):
    down = goods.product("Down jacket", care_key="down")
    coat = goods.product("Coat")
    assert [note and note.key for note in map(care.note_for, (down, coat))] == ["down", "coat"]
    with db.write_tx() as tx:
        tx.query(Category).filter_by(key="outerwear").one().care_key = None
    assert care.note_for(rules.get(coat.public_id)) is None


def test_every_note_is_there_once_in_its_newest_version(ctx):
    write(1, tip_en="cold")
    current = care.all_current()
    assert len(current) == len({note.key for note in current}) == db.session().scalar(sa.select(sa.func.count(sa.distinct(CareNote.key))))
    assert next(note for note in current if note.key == "silk").version == 2


def test_the_plain_text_for_a_message_has_every_sentence(ctx):
    told = care.told(care.current("silk"), "zh")
    assert told.plain.splitlines() == ["真丝与丝绒", *(f"· {one}" for one in NOTES[1]["notes_zh"])]
