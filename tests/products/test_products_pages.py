"""The pages of products as a browser without script sees them."""

import io

import pytest
import sqlalchemy as sa

from relcrm import db
from relcrm.products import care, rules
from relcrm.products.models import Product
from tests import factories, goods
from tests.page_forms import form_to


@pytest.fixture
def coat(app):
    with app.app_context():
        made = goods.product(
            code="CO-2601",
            barcode="6901234000019",
            price="2999",
            sizes="S, M",
            selling="Light & warm.",
            competitors="Theirs is single-faced.",
        )
        public_id = made.public_id
        db.session().close()
    return public_id


def test_the_store_page_leads_to_the_products(sign_in):
    assert 'href="/products"' in sign_in("ana").get("/store").text


def test_the_counter_reads_all_there_is_to_know(sign_in, coat):
    page = sign_in("ana").get(f"/products/{coat}").text
    for words in (
        "¥2,999",
        "CO-2601",
        "Light &amp; warm.",
        "Spare button",
        "Coats and woollen cloth",
        "Theirs is single-faced.",
        "Is it warm enough",
    ):
        assert words in page, words
    assert "/edit" not in page


def test_managers_see_the_way_to_change_it(sign_in, coat):
    assert f"/products/{coat}/edit" in sign_in("ben").get(f"/products/{coat}").text


def test_the_search_works_without_script_and_as_a_fragment(sign_in, coat):
    ana = sign_in("ana")
    whole = ana.post("/products/search", data={"q": "dayi"})
    part = ana.post("/products/search", data={"q": "dayi"}, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert coat in whole.text
    assert "<html" in whole.text
    assert coat in part.text
    assert "<html" not in part.text
    assert 'data-typed="dayi"' in part.text
    assert "No product is found" in ana.post("/products/search", data={"q": "nothing such"}).text


def test_what_was_typed_is_never_taken_for_markup(sign_in):
    assert "<b>x" not in sign_in("ana").post("/products/search", data={"q": "<b>x"}).text


def test_a_product_is_added_once_however_often_it_is_sent(app, sign_in):
    ben = sign_in("ben")
    form = form_to(ben.get("/products/new").text, "/products/new", at="/products/new")
    data = form | {"name": "Wool cape", "price": "1299", "sizes": "S, M", "active": "y"}
    answers = [ben.post("/products/new", data=data) for _tap in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    with app.app_context():
        made = db.session().query(Product).one()
        assert (made.price_minor, made.currency, made.sizes, made.active) == (129900, "CNY", ["S", "M"], True)


def test_what_is_refused_comes_back_with_what_was_typed(sign_in):
    ben = sign_in("ben")
    form = form_to(ben.get("/products/new").text, "/products/new", at="/products/new")
    answer = ben.post("/products/new", data=form | {"name": "Wool cape", "price": "dear"})
    assert answer.status_code == 422
    assert "Wool cape" in answer.text
    assert "This is no price" in answer.text


def test_the_form_of_a_product_holds_what_is_on_file_and_saves_it_unchanged(app, sign_in, coat):
    ben, at = sign_in("ben"), f"/products/{coat}/edit"
    page = ben.get(at).text
    for value in ('value="2999"', 'value="S, M"', 'value="CO-2601"', "Light &amp; warm."):
        assert value in page, value


def test_two_who_change_it_at_once_see_both_versions(app, sign_in, coat):
    ben, at = sign_in("ben"), f"/products/{coat}/edit"
    form = form_to(ben.get(at).text, at, at=at)
    first = ben.post(at, data=form | {"name": "Cape", "price": "1999", "active": "y"})
    second = ben.post(at, data=form | {"name": "Long coat", "price": "2999", "active": "y"})
    assert (first.status_code, second.status_code) == (303, 409)
    assert "On file now" in second.text
    assert "Cape" in second.text
    assert "1999" in second.text
    assert "Long coat" in second.text


def test_a_product_taken_off_sale_is_not_found_any_more_but_stays_on_file(app, sign_in, coat):
    ben, at = sign_in("ben"), f"/products/{coat}/edit"
    form = form_to(ben.get(at).text, at, at=at)
    form.pop("active", None)
    assert ben.post(at, data=form | {"name": "Coat"}).status_code == 303
    assert "not sold any more" in ben.get(f"/products/{coat}").text
    assert coat not in ben.post("/products/search", data={"q": "coat"}).text


def test_what_goes_with_it_is_searched_added_and_taken_off(app, sign_in, coat):
    with app.app_context():
        gloves = goods.product("Nappa gloves", key="gloves").public_id
        db.session().close()
    ben, at = sign_in("ben"), f"/products/{coat}/accessories"
    assert gloves in ben.post(f"{at}/search", data={"q": "gloves"}).text
    assert ben.post(f"{at}/{gloves}").status_code == 303
    assert f"/products/{gloves}" in ben.get(f"/products/{coat}").text
    assert gloves not in ben.post(f"{at}/search", data={"q": "gloves"}).text.split('id="results"')[1]
    ben.post(f"{at}/{gloves}/removal")
    assert f"/products/{gloves}" not in ben.get(f"/products/{coat}").text


def test_a_category_page_is_paged_by_fifty(app, sign_in):
    with app.app_context():
        for number in range(51):
            goods.product(f"Coat {number:02}")
        where = goods.category("outerwear").public_id
        db.session().close()
    ana = sign_in("ana")
    first, second = (ana.get(f"/products/categories/{where}?page={page}").text for page in (1, 2))
    assert "Coat 49" in first
    assert "Coat 50" not in first
    assert "Coat 50" in second
    assert "Coat 49" not in second


def test_a_category_is_added_and_changed(app, sign_in):
    ben = sign_in("ben")
    form = form_to(ben.get("/products/categories/new").text, "/products/categories/new", at="/products/categories/new")
    made = ben.post("/products/categories/new", data=form | {"zh": "围巾", "en": "Scarves", "parts": "标签 / Label"})
    at = f"{made.location}/edit"
    form = form_to(ben.get(at).text, at, at=at)
    assert ben.post(at, data=form | {"zh": "围巾", "en": "Scarves and shawls", "parts": "标签 / Label\n流苏 / Fringe"}).status_code == 303
    page = ben.get(made.location).text
    assert "Scarves and shawls" in page
    assert "Fringe" in page


def test_a_care_note_is_shown_in_her_language_whatever_that_of_the_reader(sign_in):
    ana = sign_in("ana")
    zh, en = (ana.get(f"/products/care/silk?in={lang}").text for lang in ("zh", "en"))
    assert "深浅分开" in zh
    assert "Keep darks and lights apart" not in zh
    assert 'lang="zh-CN"' in zh
    assert "Keep darks and lights apart" in en
    assert "深浅分开" not in en
    assert "North" in en
    assert "The sewn-in label" in en


def test_without_script_the_note_can_be_copied_and_nothing_is_offered_that_does_not_work(sign_in):
    page = sign_in("ana").get("/products/care/silk?in=en").text
    assert "· Keep darks and lights apart" in page.split("<textarea")[1]
    for button in ("data-print", "data-share", "data-copy"):
        assert page.split(button)[0].rsplit("<button", 1)[1].endswith("hidden "), button


@pytest.mark.parametrize("path", ["/products", "/products/new"])
def test_the_scan_button_is_hidden_until_the_browser_can(sign_in, path):
    page = sign_in("ben").get(path).text
    assert page.split("data-scan")[0].rsplit("<button", 1)[1].endswith("hidden ")


def test_a_new_version_is_shown_and_the_old_one_stays_readable(app, sign_in):
    ben, at = sign_in("ben"), "/products/care/silk/edit"
    form = form_to(ben.get(at).text, at, at=at)
    with app.app_context():
        note = care.current("silk")
        words = {column: getattr(note, column) for column in care.COLUMNS}
        db.session().close()
    answer = ben.post(at, data=form | words | {"en": "Wash alone.\r\nHang in the shade."})
    assert answer.status_code == 303
    assert "Hang in the shade." in ben.get("/products/care/silk?in=en").text
    old = ben.get("/products/care/silk?in=en&version=1").text
    assert "Keep darks and lights apart" in old
    assert "This is an old version." in old
    versions = ben.get("/products/care/silk/versions").text
    assert "Version 2" in versions
    assert "Ben" in versions
    assert "came with the program" in versions
    assert ben.post(at, data=form | words | {"en": "Late."}).status_code == 409


def test_a_file_goes_in_and_its_bad_rows_come_back(sign_in):
    ben = sign_in("ben")
    form = form_to(ben.get("/products/import").text, "/products/import", at="/products/import")
    content = goods.table([("Scarf", "SC-1", "359"), ("=Hat", "HA-1", "dear")], ("Name", "SKU", "Price"))
    sent = {**form, "currency": "CNY", "file": (io.BytesIO(content), "goods.csv")}
    answer = ben.post("/products/import", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    page = ben.get(answer.location).text
    assert "This is no price" in page
    assert "1 row was not taken" in page
    assert "Article number" in page
    back = ben.get(f"{answer.location}/refused.csv")
    assert back.headers["Content-Disposition"].startswith("attachment")
    assert "'=Hat,HA-1,dear" in back.get_data(as_text=True)


def test_a_list_of_customers_is_refused_before_a_name_is_written(app, sign_in):
    ben = sign_in("ben")
    form = form_to(ben.get("/products/import").text, "/products/import", at="/products/import")
    content = goods.table([("王芳", "13800001111", "1")], ("姓名", "手机", "价格"))
    sent = {**form, "currency": "CNY", "file": (io.BytesIO(content), "m.csv")}
    answer = ben.post("/products/import", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "columns about customers" in answer.text
    with app.app_context():
        assert db.session().query(Product).count() == 0


def test_no_page_asks_more_often_where_there_is_more(app, sign_in, coat):
    ana = sign_in("ana")
    with app.app_context():
        paths = [f"/products/{coat}", f"/products/categories/{goods.category('gloves').public_id}", "/products"]
    few = [_asked(ana, path) for path in [paths[0], *paths]][1:]
    with app.app_context():
        for number in range(25):
            gloves = goods.product(f"Gloves {number}", key="gloves").public_id
            with db.write_tx() as tx:
                rules.add_accessory(tx, factories.staff("ben"), rules.get(coat), rules.get(gloves))
        db.session().close()
    many = [_asked(ana, path) for path in paths]
    assert many == few


def _asked(client, path):
    seen = []
    sa.event.listen(sa.Engine, "before_cursor_execute", count := lambda *_args: seen.append(1))
    try:
        assert client.get(path).status_code == 200
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)
    return len(seen)
