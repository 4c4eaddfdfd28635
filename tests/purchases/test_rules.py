"""Selling and taking back: what is refused, what is written, and that the sums follow at once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from relcrm import clock, db
from relcrm.consent import rules as consent_rules
from relcrm.customers import imports
from relcrm.customers import queries as customers
from relcrm.customers import rules as customer_rules
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.models import CustomerStore
from relcrm.errors import BadValue, NotAllowed, NotFound, RuleError
from relcrm.purchases import products_seam, queries
from relcrm.purchases.models import CustomerTotals, Purchase, PurchaseLine
from relcrm.purchases.rules import Line
from tests import factories, goods
from tests.customers.importing import bring_in, table, work
from tests.purchases.selling import bring_back, sell, store_of


def today():
    return clock.today("Asia/Shanghai")


def selling(*goods, by="ana", name="Cleo", **more):
    with db.write_tx() as tx:
        return sell(tx, tx.merge(factories.staff(by)), factories.customer(name), *goods, **more).id


def coming_back(purchase_id, back, by="ana", **more):
    with db.write_tx() as tx:
        return bring_back(tx, tx.merge(factories.staff(by)), tx.get_one(Purchase, purchase_id), back, **more).id


def sums(name="Cleo"):
    row = db.session().get(CustomerTotals, (factories.customer(name).id, "CNY"))
    return row and (row.purchases, row.visit_days, row.items, row.spend_minor, row.last_on)


def purchase(purchase_id):
    return db.session().get_one(Purchase, purchase_id)


def test_a_sale_of_two_lines_is_in_the_sums_at_once(ctx):
    made = purchase(selling(lines=[Line("Coat", 128_000), Line("Scarf", 34_000, quantity=2, discount_minor=8_000)]))
    assert (made.kind, made.total_minor, made.kept_minor, made.kept_items) == ("sale", 188_000, 188_000, 3)
    assert sums() == (1, 1, 3, 188_000, today())


def test_receipts_of_one_day_in_one_store_are_one_visit_and_two_purchases(ctx):
    selling(("Coat", 100))
    selling(("Scarf", 100))
    selling(("Belt", 100), on=today() - timedelta(days=1))
    assert sums() == (3, 2, 3, 300, today())


def test_what_is_written_down_later_counts_on_its_day(ctx):
    made = purchase(selling(("Coat", 100), on=today() - timedelta(days=40)))
    assert sums()[-1] == made.sold_on == today() - timedelta(days=40)
    assert made.sold_at < clock.now() - timedelta(days=39)
    assert clock.now() - made.at < timedelta(minutes=1)


@pytest.mark.parametrize(("days", "code"), [(1, "day_to_come"), (-1100, "day_too_old")])
def test_a_day_that_cannot_be_is_refused(ctx, days, code):
    with pytest.raises(BadValue) as refused:
        selling(("Coat", 100), on=today() + timedelta(days=days))
    assert (refused.value.code, refused.value.field) == (code, "sold_on")


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (Line("", 100, place=2), "no_name", "lines-2-name"),
        (Line("x" * 81, 100), "long", "lines-0-name"),
        (Line("Coat", 100, quantity=0), "pieces", "lines-0-quantity"),
        (Line("Coat", 100, quantity=1000), "pieces", "lines-0-quantity"),
        (Line("Coat", 100, discount_minor=101), "discount", "lines-0-discount"),
        (Line("Coat", 100, category="cars"), "unknown_category", "lines-0-category"),
        (Line("Coat for 11010519491231002X", 100), "forbidden", "lines-0-name"),
    ],
)
def test_a_line_that_cannot_be_kept_names_its_input(ctx, line, code, field):
    with pytest.raises(BadValue) as refused:
        selling(lines=[line])
    assert (refused.value.code, refused.value.field) == (code, field)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Purchase)) == 0


def test_a_maternity_dress_is_a_dress_but_a_note_says_nothing_of_health(ctx):
    selling(("孕妇裙", 100))
    with pytest.raises(BadValue) as refused:
        selling(("Dress", 100), note="她怀孕了")
    assert (refused.value.code, refused.value.field) == ("forbidden", "note")


def test_a_receipt_without_lines_is_none(ctx):
    with pytest.raises(BadValue):
        selling()


def test_zero_value_receipts_are_no_purchases(ctx):
    selling(("Spare button", 0))
    assert sums() == (0, 0, 0, 0, None)


def test_staff_purchases_stand_apart(ctx):
    selling(("Coat", 500), for_staff=True)
    selling(("Scarf", 100))
    row = db.session().get_one(CustomerTotals, (factories.customer("Cleo").id, "CNY"))
    assert (row.purchases, row.spend_minor, row.staff_purchases, row.staff_minor) == (1, 100, 1, 500)


def test_a_return_is_booked_to_its_order_and_is_no_visit(ctx):
    bought = selling(lines=[Line("Coat", 1000), Line("Scarf", 100, quantity=3)], on=today() - timedelta(days=10))
    back = purchase(coming_back(bought, {2: 2}))
    assert (back.kind, back.total_minor, back.kept_minor) == ("return", -200, 0)
    assert (purchase(bought).total_minor, purchase(bought).kept_minor, purchase(bought).kept_items) == (1300, 1100, 2)
    assert sums() == (1, 1, 2, 1100, today() - timedelta(days=10))


def test_what_came_back_whole_was_no_purchase(ctx):
    bought = selling(("Coat", 1000))
    coming_back(bought, {1: 1})
    assert sums() == (0, 0, 0, 0, None)


def test_an_exchange_is_one_receipt_with_both_sides(ctx):
    bought = selling(lines=[Line("Coat", 1000, size="M")], on=today() - timedelta(days=3))
    made = purchase(coming_back(bought, {1: 1}, lines=[Line("Coat", 1200, size="L")]))
    assert (made.kind, made.total_minor, made.kept_minor) == ("exchange", 200, 1200)
    assert sums() == (1, 1, 1, 1200, today())


def test_the_last_piece_takes_what_rounding_left(ctx):
    bought = selling(lines=[Line("Socks", 3334, quantity=3, discount_minor=2)])
    amounts = [purchase(coming_back(bought, {1: 1})).total_minor for _piece in range(3)]
    assert amounts == [-3333, -3333, -3334]
    assert purchase(bought).kept_minor == 0


@pytest.mark.parametrize("pieces", [3, 99, -1])
def test_never_more_comes_back_than_was_bought(ctx, pieces):
    bought = selling(lines=[Line("Socks", 100, quantity=3)])
    coming_back(bought, {1: 1})
    with pytest.raises(RuleError) as refused:
        coming_back(bought, {1: pieces})
    assert refused.value.code == "more_than_bought"


def test_a_line_of_another_receipt_does_not_come_back_here(ctx):
    bought, other = selling(("Coat", 100)), selling(("Scarf", 100))
    with pytest.raises(NotFound), db.write_tx() as tx:
        ana = tx.merge(factories.staff("ana"))
        wrong = queries.lines_of(other)[0].id
        her = customers.seen_by(ana, factories.customer("Cleo"))
        from relcrm.purchases import rules

        rules.give_back(tx, ana, store_of(tx, "North"), her, tx.get_one(Purchase, bought), {wrong: 1}, [], rules.Receipt(today()))


@pytest.mark.parametrize(("back", "on", "code"), [({}, 0, "nothing_back"), ({1: 0}, 0, "nothing_back"), ({1: 1}, -6, "before_sale")])
def test_a_return_says_what_and_comes_after_the_sale(ctx, back, on, code):
    bought = selling(("Coat", 100), on=today() - timedelta(days=5))
    with pytest.raises(BadValue) as refused:
        coming_back(bought, back, on=today() + timedelta(days=on))
    assert refused.value.code == code


def test_goods_come_back_where_their_currency_is_taken(ctx):
    bought = selling(("Coat", 100))
    with db.write_tx() as tx:
        store_of(tx, "South").currency = "GBP"
    with pytest.raises(RuleError) as refused:
        coming_back(bought, {1: 1}, by="olu", store="South")
    assert refused.value.code == "other_currency"


def test_currencies_are_never_added(ctx):
    with db.write_tx() as tx:
        store_of(tx, "South").currency = "GBP"
    selling(("Coat", 100))
    selling(("Scarf", 7), by="olu", store="South")
    rows = db.session().execute(sa.select(CustomerTotals.currency, CustomerTotals.spend_minor).order_by(CustomerTotals.currency)).all()
    assert [tuple(row) for row in rows] == [("CNY", 100), ("GBP", 7)]


@pytest.mark.parametrize("by", ["ari", "hua", "quinn", "olu"])
def test_only_who_sells_in_that_store_records(ctx, by):
    with pytest.raises(NotAllowed):
        selling(("Coat", 100), by=by)


def test_nothing_is_noted_of_who_closed_her_file_and_what_was_stays(ctx):
    bought = selling(("Coat", 100))
    with db.write_tx() as tx:
        consent_rules.withdraw(tx, factories.customer("Cleo").id, "service", actor=tx.merge(factories.staff("ana")), store_id=1, lang="en")
    with pytest.raises(RuleError) as refused:
        selling(("Scarf", 100))
    assert refused.value.code == "closed"
    with pytest.raises(NotFound):
        queries.get(factories.staff("ben"), purchase(bought).public_id)
    assert sums()[3] == 100


def test_buying_links_her_to_the_store(ctx):
    selling(("Coat", 100), by="olu", store="South")
    links = db.session().execute(sa.select(CustomerStore.how).where(CustomerStore.customer_id == factories.customer("Cleo").id)).scalars()
    assert sorted(links) == ["capture", "purchase"]


def test_a_purchase_of_another_store_is_not_there_for_who_does_not_know_her(ctx):
    bought = purchase(selling(("Coat", 100))).public_id
    with pytest.raises(NotFound):
        queries.get(factories.staff("olu"), bought)
    with db.write_tx() as tx:
        customer_rules.link(tx, factories.customer("Cleo"), store_of(tx, "South"), "she_is_here")
    assert queries.get(factories.staff("olu"), bought)[0].public_id == bought


def test_an_imported_customer_with_a_purchase_is_not_taken_back(ctx, at):
    batch = bring_in(table([("Mei Chen", "13811110001"), ("Bo Wang", "13811110002")], ("Name", "Phone"))).id
    at(clock.now() + timedelta(minutes=5))
    selling(("Coat", 100), name="Mei", by="ben")
    with db.write_tx() as tx:
        imports.revert(tx, factories.staff("ben"), tx.get_one(ImportBatch, batch))
    work()
    reverted = db.session().get_one(ImportBatch, batch)
    assert (reverted.undone, reverted.stayed) == (1, 1)
    assert factories.customer("Mei").closed_at is None


def test_goods_sold_before_are_offered_by_their_first_letters_in_that_store(ctx):
    selling(lines=[Line("Linen shirt", 68_000, category="tops", size="M", colour="white")])
    selling(lines=[Line("linen Shirt", 70_000, size="L")], name="Noor")
    selling(("羊绒大衣", 568_000), ("for Mrs Wang's mother", 100))
    selling(("羊绒大衣", 568_000), name="Noor")
    selling(("for Mrs Wang's mother", 100))
    north, south = store_of(db.session(), "North"), store_of(db.session(), "South")
    (found,) = products_seam.suggest(north, "LIN")
    assert (found.name, found.category, found.sizes, found.colours, found.price_minor) == (
        "linen Shirt",
        "tops",
        ("L", "M"),
        ("white",),
        70_000,
    )
    assert [one.name for one in products_seam.suggest(north, "羊绒")] == ["羊绒大衣"]
    assert products_seam.suggest(north, "for") == []  # typed freely for one customer alone: it may be about her
    assert products_seam.suggest(south, "lin") == products_seam.suggest(north, "") == products_seam.suggest(north, "shirt") == []


def test_lines_keep_what_was_said_of_each_piece(ctx):
    coat = goods.product("Coat").id
    made = selling(
        lines=[
            Line("Coat", 100, category="outerwear", size="M", colour="navy", is_gift=True, product_id=coat),
            Line("Hat", 5, product_id=-7),
        ]
    )
    line, hat = db.session().scalars(sa.select(PurchaseLine).where(PurchaseLine.purchase_id == made).order_by(PurchaseLine.position))
    assert (line.category, line.size, line.colour, line.is_gift, line.product_id, line.position) == (
        "outerwear",
        "M",
        "navy",
        True,
        coat,
        1,
    )
    assert hat.product_id is None  # no such product
