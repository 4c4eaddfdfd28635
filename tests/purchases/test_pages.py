"""The pages of purchases: recording in a few taps with and without script, lists of any length, and what each reader sees."""

import re

import pytest
import sqlalchemy as sa

from relcrm import db
from relcrm.purchases.models import CustomerTotals, Purchase, PurchaseLine
from relcrm.purchases.rules import Line
from tests import factories
from tests.page_forms import form_to
from tests.purchases import many
from tests.purchases.selling import sell

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def her(ctx):
    return factories.customer("Cleo").public_id


def sold(*lines, name="Cleo", **more):
    with db.write_tx() as tx:
        return sell(tx, tx.merge(factories.staff("ana")), factories.customer(name), lines=lines, **more).public_id


def receipts():
    db.session().rollback()
    return db.session().scalars(sa.select(Purchase)).all()


def line(place, name, price, **more):
    return {f"lines-{place}-name": name, f"lines-{place}-price": price, **{f"lines-{place}-{key}": value for key, value in more.items()}}


def test_from_her_page_to_a_recorded_purchase(her, sign_in):
    ana = sign_in("ana")
    page = ana.get(f"/customers/{her}").text
    assert f'href="/purchases/for/{her}"' in page
    form = form_to(ana.get(f"/purchases/for/{her}").text, f"/purchases/for/{her}")
    answer = ana.post(f"/purchases/for/{her}", data={**form, **line(0, "Linen shirt", "¥1,299", size="M", quantity="2")})
    (made,) = receipts()
    assert (answer.status_code, answer.location) == (303, f"/purchases/{made.public_id}")
    assert (made.total_minor, made.sold_by_id) == (259_800, factories.staff("ana").id)
    shown = ana.get(answer.location).text
    assert "Linen shirt" in shown
    assert "CN¥2,598" in shown
    assert "M · × 2" in shown


def test_a_double_tap_is_one_purchase(her, sign_in):
    ana = sign_in("ana")
    form = {**form_to(ana.get(f"/purchases/for/{her}").text, f"/purchases/for/{her}"), **line(0, "Coat", "10")}
    first, second = (ana.post(f"/purchases/for/{her}", data=form).location for _tap in range(2))
    assert first == second
    assert len(receipts()) == 1


def test_the_plain_form_has_three_lines_and_one_more_on_demand(her, sign_in):
    ana = sign_in("ana")
    page = ana.get(f"/purchases/for/{her}").text
    assert [f'name="lines-{n}-name"' in page for n in range(4)] == [True, True, True, False]
    form = {**form_to(page, f"/purchases/for/{her}"), **line(0, "Coat", "10"), "more": "1"}
    again = ana.post(f"/purchases/for/{her}", data=form)
    assert again.status_code == 200
    assert 'name="lines-3-name"' in again.text
    assert 'value="Coat"' in again.text
    assert receipts() == []


@pytest.mark.parametrize(
    ("typed", "words", "input_id"),
    [
        (line(1, "Coat", "12,3,4"), "This is no price.", "lines-1-price"),
        (line(0, "Coat", ""), "Write the price; 0 if it was free.", "lines-0-price"),
        (line(0, "", "12"), "Write what it is.", "lines-0-name"),
        (line(0, "Coat", "12", quantity="two"), "A number of pieces", "lines-0-quantity"),
        (line(0, "Coat", "12") | {"sold_on": "2999-01-01"}, "This day is still to come.", "sold_on"),
        (line(0, "Coat", "12") | {"note": "她是基督徒"}, "Please leave out", "note"),
        ({}, "Write what she bought and its price.", "lines-0-name"),
    ],
)
def test_a_refusal_stands_at_its_input_and_nothing_typed_is_lost(her, sign_in, typed, words, input_id):
    ana = sign_in("ana")
    form = {**form_to(ana.get(f"/purchases/for/{her}").text, f"/purchases/for/{her}"), **typed}
    answer = ana.post(f"/purchases/for/{her}", data=form)
    assert answer.status_code == 422
    assert f'href="#{input_id}"' in answer.text
    assert re.search(rf'id="{input_id}-err"[^§]*?{re.escape(words)}', answer.text)
    for value in typed.values():
        assert not value or value in answer.text
    assert receipts() == []


def test_goods_are_offered_while_typing_and_fill_the_line(her, sign_in):
    sold(Line("Linen shirt", 68_050, category="tops", size="M", colour="white"), Line("Linen shirt", 68_050, size="L", colour="sand"))
    ana = sign_in("ana")
    with ana.application.app_context(), db.write_tx() as tx:  # offered is what two customers bought
        sell(tx, tx.merge(factories.staff("ana")), factories.customer("Noor"), ("Linen shirt", 68_050))
    offered = ana.post(f"/purchases/for/{her}/goods?place=1", data=line(1, "lin", ""), headers=FRAGMENT).text
    assert '{"take": "Linen shirt"}' in offered
    filled = ana.post(f"/purchases/for/{her}/line?place=1", data=line(1, "lin", "") | {"take": "Linen shirt"}, headers=FRAGMENT).text
    assert 'id="line-1"' in filled
    assert 'value="680.50"' in filled
    assert re.search(r'<option selected value="tops"', filled)
    assert all(f'name="lines-1-size" value="{size}"' in filled for size in ("M", "L"))


def test_nothing_typed_is_in_an_address(her, sign_in):
    page = sign_in("ana").get(f"/purchases/for/{her}").text
    assert 'hx-get="' not in page
    assert page.count(f'hx-post="/purchases/for/{her}/goods?place=') == 3


def test_whose_purchase_is_found_like_every_customer(her, sign_in):
    ana = sign_in("ana")
    assert "Whose is it?" in ana.get("/purchases/new").text
    found = ana.post("/purchases/new", data={"q": "3921"}, headers=FRAGMENT).text
    assert f'href="/purchases/for/{her}"' in found
    assert "<html" not in found


def test_what_came_back_is_chosen_by_line(her, sign_in):
    made = sold(Line("Coat", 100_000), Line("Socks", 1_000, quantity=3))
    ana = sign_in("ana")
    page = ana.get(f"/purchases/{made}/returns").text
    (socks,) = [row.id for row in db.session().scalars(sa.select(PurchaseLine).where(PurchaseLine.name == "Socks"))]
    form = form_to(page, f"/purchases/{made}/returns") | {f"back-{socks}": "2"}
    answer = ana.post(f"/purchases/{made}/returns", data=form)
    assert answer.status_code == 303
    assert "-CN¥20" in ana.get(answer.location).text
    first = ana.get(f"/purchases/{made}").text
    assert "2 came back since" in first
    assert "CN¥1,010 after what came back." in first
    refused = ana.post(f"/purchases/{made}/returns", data=form | {"client_key": "another"})
    assert refused.status_code == 422
    assert "Only 1 of “Socks” can still come back." in refused.text


def test_the_card_and_the_timeline_say_what_she_bought_last(her, sign_in):
    made = sold(Line("Coat", 100), Line("Scarf", 100), Line("Belt", 100), Line("Hat", 100))
    page = sign_in("ana").get(f"/customers/{her}").text
    assert "<dt>Bought</dt>" in page
    assert re.search(r"Coat, Scarf and 2 more on \d+ \w+", page)
    assert f'href="/purchases/{made}">Bought Coat, Scarf and 2 more</a>' in page


@pytest.mark.parametrize(
    ("by", "sum_shown", "visits", "single"),
    [
        ("ana", False, True, True),
        ("ada", False, False, True),
        ("ben", True, True, True),
        ("hua", True, True, True),
        ("quinn", True, True, False),
    ],
)
def test_sums_are_for_managers_and_single_prices_for_who_serves(her, sign_in, by, sum_shown, visits, single):
    made = sold(Line("Coat", 128_000))
    sold(Line("Scarf", 34_000))
    page = sign_in(by).get(f"/purchases/of/{her}").text
    assert ("Spent in all" in page, "CN¥1,620" in page) == (sum_shown, sum_shown)
    assert ("<dt>Visits</dt>" in page) is visits
    assert ("CN¥1,280" in page, f"/purchases/{made}" in page) == (single, single)
    if not single:
        assert "Cleo" not in page
        profile = sign_in(by).get(f"/customers/{her}").text
        assert "Coat" not in profile


def test_every_look_leaves_its_row(her, sign_in):
    from relcrm.consent.models import AccessEvent

    made = sold(Line("Coat", 100))
    ada = sign_in("ada")
    ada.get(f"/purchases/{made}")
    ada.get(f"/purchases/of/{her}")
    count = sa.select(sa.func.count()).where(AccessEvent.staff_id == factories.staff("ada").id)
    db.session().rollback()
    assert db.session().scalar(count) == 2


def queries_of(app, client, path):
    seen = []

    def look(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    with app.app_context():
        engine = db.sql.engine
    sa.event.listen(engine, "before_cursor_execute", look)
    try:
        assert client.get(path).status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", look)
    return [statement for statement in seen if statement.lstrip().upper().startswith("SELECT")]


def test_3000_purchases_cost_no_query_more_than_3(app, ctx, sign_in):
    factories.meet("Fay Wu", "13900000777", dict.fromkeys(factories.OPTIONAL, True))
    few, lots = factories.customer("Fay"), factories.customer("Cleo")
    many.buy(few.id, 3)
    many.buy(lots.id, 3000)
    assert db.session().get_one(CustomerTotals, (lots.id, "CNY")).purchases == 3000
    ids = {"few": few.public_id, "lots": lots.public_id}
    newest = {
        name: db.session().scalar(sa.select(Purchase.public_id).where(Purchase.customer_id == one).limit(1))
        for name, one in (("few", few.id), ("lots", lots.id))
    }
    db.session().rollback()
    client = sign_in("ben")
    client.get("/store")
    for path in ("/purchases/of/{her}", "/customers/{her}", "/customers/{her}/timeline", "/purchases/for/{her}", "/purchases/{newest}"):
        counts = [len(queries_of(app, client, path.format(her=ids[name], newest=newest[name]))) for name in ("few", "lots")]
        assert counts[0] == counts[1], path
    page = client.get(f"/purchases/of/{ids['lots']}?page=100").text
    assert page.count('class="card row"') == 30
    assert "page=101" not in page
