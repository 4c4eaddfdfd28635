"""Finding products: by a part of the name, pinyin, initials, article number, barcode."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from relcrm import db
from relcrm.products import keys, rules, search
from relcrm.products.models import ProductKey
from tests import factories, goods


@pytest.mark.parametrize(
    "typed",
    [
        "羊绒", "大衣", "双面羊绒长大衣", "dayi", "dy", "smyrcdy", "smyrzdy", "smyr", "shuangmian", "shuangmianyr", "zhangdayi", "chang",
        "coat", "cashmere coat", "COAT", "Double-faced", "大衣 coat", "co2601", "CO-2601", "2601", "6901234000019", "690123", "0019", "羊绒 2601",
    ],
)  # fmt: skip
def test_a_product_is_found_by(ctx, typed):
    coat = goods.product(code="CO-2601", barcode="6901234000019")
    goods.product("蚕丝被 Silk quilt", key="bedding", code="BE-1")
    assert [one.id for one in search.find(typed)] == [coat.id]


def test_every_word_must_be_met(ctx):
    goods.product()
    assert search.find("大衣 silk") == []


def test_nothing_typed_finds_nothing(ctx):
    goods.product()
    assert search.find("") == search.find("  -- ") == []


def test_the_whole_number_comes_first_then_names_that_begin_so(ctx):
    names = [("Wool coat", "A1"), ("Coat hanger", "A12"), ("Belt", "COAT")]
    for name, code in names:
        goods.product(name, code=code)
    assert [one.name for one in search.find("coat")] == ["Belt", "Coat hanger", "Wool coat"]
    assert [one.code for one in search.find("a1")] == ["A1", "A12"]


def test_a_whole_number_is_found_among_very_many(ctx, monkeypatch):
    monkeypatch.setattr(search, "CANDIDATES", 3)
    for number in range(8):
        goods.product(f"Scarf {number}", code=f"X1{number}")
    wanted = goods.product("Shawl", code="X1", barcode="X1777")
    assert [search.find(typed, 1)[0].id for typed in ("X1", "x1", "X1777")] == [wanted.id] * 3


def test_what_is_not_sold_any_more_is_not_found(ctx):
    goods.product(active=False)
    assert search.find("大衣") == []


def test_no_more_than_asked_for_are_found(ctx):
    for number in range(5):
        goods.product(f"Scarf {number}")
    assert len(search.find("scarf", 3)) == 3


def test_a_new_name_is_found_and_the_old_one_is_not(ctx):
    coat = goods.product()
    with db.write_tx() as tx:
        coat = rules.get(coat.public_id)
        values = {"name": "羊毛斗篷 Wool cape", "category": goods.category("outerwear"), "currency": "CNY"}
        rules.change(tx, factories.staff("ben"), coat, coat.version, values)
    assert search.find("dayi") == []
    assert [one.id for one in search.find("doupeng")] == [coat.id]


def test_the_table_holds_what_it_should(ctx):
    coat = goods.product(code="CO-2601", barcode="6901234000019")
    held = set(db.session().scalars(sa.select(ProductKey.key).where(ProductKey.product_id == coat.id)))
    assert held == search.expected(coat)


@given(st.text(max_size=200))
def test_whatever_is_pasted_is_read(typed):
    assert len(keys.terms(typed)) <= keys.MOST_TERMS


@given(st.text(alphabet="大衣羊绒长裙单肩包重工行李abcXY-1 ", min_size=1, max_size=30))
def test_every_product_is_found_by_its_own_name(name):
    held = keys.keys_of(name, "")
    for term in keys.terms(name):
        assert any(low <= key < high for key in held for low, high in term.ranges), term
