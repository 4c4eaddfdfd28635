"""Bringing a product file in: columns guessed, sizes collected, nothing doubled, bad rows handed back."""

import io

import pytest
import sqlalchemy as sa

from relcrm import db, jobs
from relcrm.errors import BadValue
from relcrm.products import columns, import_writing, imports, queries, rules, search
from relcrm.products.models import Category, Product, ProductBarcode, ProductImport, ProductImportRow
from relcrm.products.tasks import PIECE_ROWS
from tests import factories, goods

ZH = ("品名", "货号", "条码", "类别", "售价", "尺码", "颜色")
EN = ("Name", "SKU", "Barcode", "Category", "Price", "Size", "Colour")
COATS = [
    ("羊绒大衣", "CO-1", "6901", "外套", "2999", "S", "驼色"),
    ("羊绒大衣", "CO-1", "6902", "外套", "2999", "M", "驼色"),
    ("乐福鞋", "SH-1", "6903", "鞋", "¥899.50", "36,37", "黑"),
    ("羊绒大衣", "CO-1", "6904", "外套", "2999", "M", "藏青"),
]


def counts(batch):
    return batch.added, batch.changed, batch.same, batch.refused


def by_code(code):
    return db.session().query(Product).filter_by(code=code).one()


@pytest.mark.parametrize(
    ("header", "targets"),
    [
        (ZH, ["name", "code", "barcode", "category", "price", "size", "colour"]),
        (EN, ["name", "code", "barcode", "category", "price", "size", "colour"]),
        (("商品名称*", "商品编码（必填）", "国际条码", "商品分类", "零售价(元)", "规格", "颜色"), ["name", "code", "barcode", "category", "price", "size", "colour"]),
        (("品名", "英文名", "款号", "库存", "吊牌价"), ["name", "name_2", "code", "", "price"]),
        (("Handle", "SKU", "Name", "Category", "Price [North]", "Cost"), ["code", "", "name", "category", "price", ""]),
        (("Item Name", "Variation Name", "GTIN", "Price", "Description"), ["name", "", "barcode", "price", "selling"]),
    ],
)  # fmt: skip
def test_columns_are_guessed_from_their_names(header, targets):
    assert columns.guess(header) == targets


@pytest.mark.parametrize("header", [ZH, EN])
def test_rows_of_one_number_are_one_product_in_all_its_sizes(ctx, header):
    batch = goods.bring_in(goods.table(COATS, header))
    assert (batch.status, batch.rows_done, *counts(batch)) == ("done", 4, 2, 0, 0, 0)
    coat = by_code("CO-1")
    assert (coat.name, coat.price_minor, coat.sizes, coat.colours) == ("羊绒大衣", 299900, ["S", "M"], ["驼色", "藏青"])
    assert db.session().get_one(Category, coat.category_id).key == "outerwear"
    assert (by_code("SH-1").sizes, by_code("SH-1").price_minor) == (["36", "37"], 89950)


def test_every_barcode_of_a_product_finds_it_with_its_size(ctx):
    goods.bring_in(goods.table(COATS, ZH))
    coat = by_code("CO-1")
    assert coat.barcode == "6901"
    assert [rules.by_barcode(code).id for code in ("6901", "6902", "6904")] == [coat.id] * 3
    assert rules.variant("6904") == ("M", "藏青")
    assert [one.id for one in search.find("6904")] == [coat.id]


def test_the_same_file_again_changes_nothing(ctx):
    goods.bring_in(goods.table(COATS, ZH))
    before = [(one.version, one.sizes) for one in db.session().scalars(sa.select(Product).order_by(Product.id))]
    assert counts(goods.bring_in(goods.table(COATS, ZH))) == (0, 0, 2, 0)
    assert [(one.version, one.sizes) for one in db.session().scalars(sa.select(Product).order_by(Product.id))] == before
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ProductBarcode)) == 2


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (("品名", "类别", "条码"), ("蚕丝被", "床品", "777")),
        (("品名", "类别", "售价"), ("蚕丝被", "床品", "1")),
        (("品名", "售价"), ("蚕丝被", "1")),
    ],
)
def test_without_a_number_the_barcode_or_the_name_tells_it_is_the_same(ctx, header, row):
    assert counts(goods.bring_in(goods.table([row], header))) == (1, 0, 0, 0)
    assert counts(goods.bring_in(goods.table([row], header))) == (0, 0, 1, 0)


def test_a_file_completes_what_is_there_and_is_silent_about_the_rest(ctx):
    coat = goods.product("羊绒大衣", code="CO-1", price="2500", sizes="XL", selling="轻。")
    assert counts(goods.bring_in(goods.table(COATS[:1], ZH))) == (0, 1, 0, 0)
    coat = db.session().get_one(Product, coat.id)
    assert (coat.price_minor, coat.sizes, coat.selling) == (299900, ["XL", "S"], "轻。")
    assert [one.id for one in search.find("6901")] == [coat.id]


def test_a_product_noted_without_a_number_gets_that_of_its_barcode(ctx):
    coat = goods.product("羊绒大衣", barcode="6901")
    goods.bring_in(goods.table(COATS[:1], ZH))
    assert db.session().get_one(Product, coat.id).code == "CO-1"


def test_bad_rows_come_back_with_their_reason_and_the_good_ones_are_in(ctx):
    goods.product("Coat", code="X", barcode="6903")
    rows = [("", "N-1", "", "", "", "", ""), ("Hat", "N-2", "", "", "dear", "", ""), *COATS, ("Sci", "N-3", "6.9E+12", "", "", "", "")]
    batch = goods.bring_in(goods.table(rows, EN))
    assert counts(batch) == (1, 0, 0, 4)
    back = imports.refused(batch)
    assert [row.number for row, _why in back] == [2, 3, 6, 8]
    assert [why.split()[0] for _row, why in back] == ["Please", "This", "Another", "Excel"]
    assert back[1][0].cells == rows[1]


def test_the_second_row_stands_in_for_a_bad_first_one(ctx):
    batch = goods.bring_in(goods.table([("Hat", "N-2", "dear", "S"), ("Hat", "N-2", "30", "M")], ("Name", "SKU", "Price", "Size")))
    assert counts(batch) == (1, 0, 0, 1)
    assert (by_code("N-2").price_minor, by_code("N-2").sizes) == (3000, ["M"])


def test_a_category_that_is_new_is_made_once(ctx):
    goods.bring_in(goods.table([("Scarf", "围巾"), ("Shawl", "围巾"), ("Boot", "Women > Shoes"), ("Thing", "")], ("Name", "Category")))
    names = {one.name: db.session().get_one(Category, one.category_id).zh for one in db.session().query(Product)}
    assert names == {"Scarf": "围巾", "Shawl": "围巾", "Boot": "鞋", "Thing": "其他"}


def test_too_many_categories_are_refused_row_by_row(ctx):
    room = import_writing.MOST_CATEGORIES - len(queries.categories())
    batch = goods.bring_in(goods.table([(f"Thing {n}", f"Kind {n}") for n in range(room + 2)], ("Name", "Category")))
    assert counts(batch) == (room, 0, 0, 2)


@pytest.mark.parametrize(
    ("header", "row", "code"),
    [
        (("姓名", "手机"), ("王芳", "13800001111"), "file_customers"),
        (("Name", "Price", "Birthday"), ("x", "1", "1.1."), "file_customers"),
        (("Colour", "Weight"), ("red", "1"), "file_no_name"),
        (("Name", "Weight"), ("x", "1"), "file_no_name"),
        (("Name", "SKU"), None, "file_empty"),
    ],
)
def test_what_is_no_list_of_products_is_refused(header, row, code):
    with pytest.raises(BadValue) as refused:
        goods.opened(goods.table([row] if row else [], header))
    assert (refused.value.code, refused.value.field) == (code, "file")


def test_a_picture_is_refused_in_words_about_lists():
    with pytest.raises(BadValue) as refused:
        goods.opened(b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "goods.csv")
    assert refused.value.code == "file_kind"
    assert "customer" not in str(refused.value.message)


def test_a_workbook_is_read(ctx):
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.add_worksheet("说明").write_row(0, 0, ["商品清单"])
        sheet = book.add_worksheet("商品")
        sheet.write_row(0, 0, ["云衣 2026 秋"])
        sheet.write_row(2, 0, ZH)
        for place, row in enumerate(COATS, 3):
            sheet.write_row(place, 0, row)
        sheet.write_row(8, 0, ("帽子", "HA-1", 6901234000019, "帽子", 199, "", ""))
    assert counts(goods.bring_in(file.getvalue(), name="till.xlsx")) == (3, 0, 0, 0)
    assert (by_code("HA-1").barcode, by_code("HA-1").price_minor) == ("6901234000019", 19900)


def test_a_long_file_waits_for_the_worker_who_goes_piece_by_piece(ctx):
    size = imports.AT_ONCE + 10
    rows = [(f"Shirt {n // 2}", f"TS-{n // 2}", "dear" if n == 7 else "99", "SM"[n % 2]) for n in range(size)]
    batch = goods.bring_in(goods.table(rows, ("Name", "SKU", "Price", "Size")))
    assert (batch.status, batch.rows_done, db.session().query(Product).count()) == ("running", 0, 0)
    with db.write_tx() as tx:
        from relcrm.products import tasks

        assert tasks.piece(tx, None)
    assert db.session().get_one(ProductImport, batch.id).rows_done == PIECE_ROWS
    jobs.run_now(imports.NAME)
    batch = db.session().get_one(ProductImport, batch.id)
    assert (batch.status, batch.rows_done, *counts(batch)) == ("done", size, size // 2, 0, 0, 1)
    assert [row.number for row in db.session().query(ProductImportRow)] == [9]
    assert by_code("TS-0").sizes == ["S", "M"]


def test_too_many_rows_are_refused_before_anything_is_written():
    rows = [(f"T{n}", "1") for n in range(20_001)]
    with pytest.raises(BadValue) as refused:
        goods.opened(goods.table(rows, ("Name", "Price")))
    assert refused.value.code == "file_too_many_rows"


def test_refused_rows_are_forgotten_after_a_week(ctx, at):
    from datetime import timedelta

    from relcrm import clock

    goods.bring_in(goods.table([("Hat", "dear")], ("Name", "Price")))
    at(clock.now() + timedelta(days=8))
    goods.bring_in(goods.table([("Hat", "30")], ("Name", "Price")))
    assert db.session().query(ProductImportRow).count() == 0


def test_nobody_but_managers_brings_files_in(ctx):
    from relcrm.errors import NotAllowed

    with pytest.raises(NotAllowed):
        goods.bring_in(goods.table(COATS, ZH), by="ana")
    assert factories.staff("ana").holds("associate")
