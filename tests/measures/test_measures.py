"""Scores of real customers: by night and after a purchase, only with her yes; figures of all together; what may suit whom."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from relcrm import clock, db, jobs
from relcrm.consent import rules as consent_rules
from relcrm.customers import queries as customers
from relcrm.measures import nightly, queries, scores, suggestions, together
from relcrm.measures.models import BoughtWith, MeasureFigures, Score, ScoreCuts
from relcrm.products import rules as products
from relcrm.purchases.models import Purchase
from relcrm.purchases.rules import Line
from tests import factories, goods
from tests.purchases.selling import bring_back, sell

PEOPLE = 30


def today():
    return clock.today("Asia/Shanghai")


def sold(name, *prices, ago=0, lines=(), by="ana", **more):
    with db.write_tx() as tx:
        goods_sold = [("Coat", price) for price in prices]
        her = factories.customer(name)
        return sell(tx, tx.merge(factories.staff(by)), her, *goods_sold, lines=lines, on=today() - timedelta(days=ago), **more).id


def night():
    assert jobs.run_now(nightly.NAME)
    assert jobs.run_now(together.NAME)
    db.session().rollback()


def score_of(name):
    db.session().rollback()
    return db.session().scalar(sa.select(Score).where(Score.customer_id == factories.customer(name).id))


def profiling(name, said_yes):
    with db.write_tx() as tx:
        ana, her = tx.merge(factories.staff("ana")), factories.customer(name)
        if said_yes:
            consent_rules.answer(tx, her.id, "profiling", True, actor=ana, store_id=1, lang="en", her_own_wish=True)
        else:
            consent_rules.withdraw(tx, her.id, "profiling", actor=ana, store_id=1, lang="en")


@pytest.fixture
def crowd(ctx):
    """Thirty more who agreed; the n-th bought 10·n yuan, 5·n days ago."""
    for n in range(1, PEOPLE + 1):
        factories.meet(f"P{n:02}", f"139000000{n:02}", {"profiling": True})
        sold(f"P{n:02}", 1_000 * n, ago=5 * n)


def test_by_night_everybody_who_agreed_is_scored_and_nobody_else(crowd, sign_in):
    sold("Noor", 100)
    night()
    rows = db.session().scalars(sa.select(Score)).all()
    assert len(rows) == PEOPLE
    for key in "rm":
        assert [sum(getattr(row, key) == n for row in rows) for n in range(1, 6)] == [6] * 5
    assert "once 100 people" in sign_in("ben").get("/measures").text
    assert ({row.f for row in rows}, {row.segment for row in rows}) == ({1}, {""})  # fewer than 100: no names yet
    best = score_of("P30")
    assert (best.r, best.m, best.spend_minor, best.last_on) == (1, 5, 30_000, today() - timedelta(days=150))
    assert db.session().get_one(ScoreCuts, "CNY").population == PEOPLE


def test_a_purchase_moves_her_at_once_by_last_nights_cuts(crowd):
    night()
    sold("P30", 500)
    moved = score_of("P30")
    assert (moved.r, moved.visits, moved.spend_minor) == (5, 2, 30_500)
    with db.write_tx() as tx:
        her = factories.customer("P30").id
        bought = tx.scalars(sa.select(Purchase).where(Purchase.customer_id == her).order_by(Purchase.id)).all()
        for one in bought:
            bring_back(tx, tx.merge(factories.staff("ana")), one, {1: 1})
    assert score_of("P30") is None  # nothing kept, nothing to score


def test_a_no_hides_her_score_at_once_and_a_second_night_does_not_bring_it_back(crowd):
    night()
    assert score_of("P05") is not None
    profiling("P05", False)
    assert score_of("P05") is None
    sold("P05", 700)
    night()
    assert score_of("P05") is None
    profiling("P05", True)
    night()
    assert score_of("P05").spend_minor == 5_700


def test_a_second_night_changes_nothing(crowd):
    night()
    before = db.session().execute(sa.select(Score.id, Score.r, Score.f, Score.m, Score.last_on).order_by(Score.id)).all()
    night()
    assert db.session().execute(sa.select(Score.id, Score.r, Score.f, Score.m, Score.last_on).order_by(Score.id)).all() == before


def test_the_window_cuts_visits_and_money_but_not_the_last_visit(ctx):
    sold("Cleo", 100, ago=500)
    sold("Cleo", 200, ago=400)
    night()
    old = score_of("Cleo")
    assert (old.visits, old.spend_minor, old.last_on) == (0, 0, today() - timedelta(days=400))


def test_staff_purchases_and_what_came_back_do_not_count(ctx):
    sold("Cleo", 900, for_staff=True)
    night()
    assert score_of("Cleo") is None
    whole = sold("Cleo", 300, 200)
    with db.write_tx() as tx:
        bring_back(tx, tx.merge(factories.staff("ana")), tx.get_one(Purchase, whole), {1: 1})
    assert score_of("Cleo").spend_minor == 200


def test_figures_of_all_together_by_hand(ctx):
    """Three bought; Cleo came back after 20 days and after 100, P01 after 40 days, Noor (who agreed to nothing) never."""
    factories.meet("P01 Li", "13900000101", {"profiling": True})
    for name, ago in (("Cleo", 120), ("Cleo", 100), ("Cleo", 20), ("P01", 95), ("P01", 55), ("Noor", 200)):
        sold(name, 100, ago=ago)
    night()
    figures = db.session().get_one(MeasureFigures, "CNY").figures
    assert {key: figures[key] for key in ("buyers", "back", "in_window", "back_in_window")} == {
        "buyers": 3, "back": 2, "in_window": 3, "back_in_window": 2,
    }  # fmt: skip
    assert figures["within"] == {"30": [1, 3], "90": [2, 3], "180": [0, 1], "365": [0, 0]}
    month = f"{today() - timedelta(days=200):%Y-%m}"
    assert figures["cohorts"][month] == [1]
    assert figures["stores"] == {"1": {"scored": 2}}


def test_customers_of_one_currency_are_never_measured_with_those_of_another(crowd):
    with db.write_tx() as tx:
        tx.execute(sa.text("UPDATE store SET currency = 'GBP' WHERE name = 'South'"))
    with db.write_tx() as tx:
        sell(tx, tx.merge(factories.staff("olu")), factories.customer("P01"), ("Tie", 99), store="South")
    night()
    assert {(row.currency, row.population) for row in db.session().scalars(sa.select(ScoreCuts))} == {("CNY", PEOPLE), ("GBP", 1)}


def seen_by(who, name):
    return customers.seen_by(factories.staff(who), factories.customer(name))


def test_a_segment_is_for_her_associate_and_the_store_manager(crowd):
    night()
    sees = {who: queries.of(seen_by(who, "P01")) is not None for who in ("ana", "ada", "ben", "hua", "quinn")}
    assert sees == {"ana": True, "ada": False, "ben": True, "hua": False, "quinn": False}


@pytest.fixture
def three(ctx):
    """Coat, scarf (belongs to it) and boots (bought with it on six receipts of others)."""
    coat, scarf, boots, other = (goods.product(name).id for name in ("Long coat", "Wool scarf", "Boots", "Umbrella"))
    with db.write_tx() as tx:
        tx.add(products.ProductAccessory(product_id=coat, accessory_id=scarf))
    for n in range(6):
        sold("Noor", lines=[Line("Long coat", 100, product_id=coat), Line("Boots", 50, product_id=boots)], ago=n)
    for n in range(9):
        sold("Noor", lines=[Line("Umbrella", 10, product_id=other)], ago=n)
    return coat


def test_what_may_suit_comes_with_its_reason(three):
    sold("Cleo", lines=[Line("Long coat", 100, product_id=three)], ago=3)
    night()
    found = suggestions.may_suit(seen_by("ana", "Cleo"), 5)
    assert [(one.product.name, one.because, one.together) for one in found] == [("Wool scarf", "Long coat", 0), ("Boots", "Long coat", 6)]
    pair = db.session().scalar(sa.select(BoughtWith.lift).where(BoughtWith.product_id == three))
    assert pair == pytest.approx(6 * 16 / (7 * 6))
    assert suggestions.may_suit(seen_by("ana", "Noor"), 5) == []  # she refused


def test_four_receipts_together_are_too_few(ctx):
    one, two = (goods.product(name).id for name in ("Cup", "Saucer"))
    for n in range(4):
        sold("Noor", lines=[Line("Cup", 9, product_id=one), Line("Saucer", 5, product_id=two)], ago=n)
    sold("Noor", 100)
    night()
    assert db.session().scalars(sa.select(BoughtWith)).all() == []


def test_pages_show_numbers_to_managers_names_to_the_store_and_reasons_on_the_card(three, sign_in):
    for n in range(1, 101):
        factories.meet(f"Q{n:03}", f"13700001{n:03}", {"profiling": True})
        sold(f"Q{n:03}", 100 * (101 - n), ago=n)
    sold("Cleo", lines=[Line("Long coat", 90_000, product_id=three)])
    night()
    her = factories.customer("Cleo").public_id
    card = sign_in("ana").get(f"/customers/{her}").text
    assert "Big, seldom: Bought 0 days ago, 1 visit in 365 days, spends more than 4 of 5" in card
    assert "Wool scarf (goes with Long coat)" in card
    page = sign_in("ana").get(f"/measures/of/{her}").text
    assert "Belongs to Long coat" in page
    assert "900" not in page  # amounts are for managers
    assert "CN¥900" in sign_in("ben").get(f"/measures/of/{her}").text
    assert sign_in("ana").get("/measures").status_code == 403
    overview = sign_in("ben").get("/measures").text
    assert 'href="/measures/CNY/big_seldom"' in overview
    assert "fewer than 5" not in overview.split("Big, seldom")[1][:400]
    assert "Cleo" in sign_in("ben").get("/measures/CNY/big_seldom").text
    assert "/measures/CNY/" not in sign_in("hua").get("/measures").text
    assert "Cleo" not in sign_in("hua").get("/measures/CNY/big_seldom").text


def test_the_owner_sets_the_window_and_the_night_runs_again(ctx, sign_in):
    sold("Cleo", 100, ago=500)
    night()
    hua = sign_in("hua")
    assert hua.post("/measures/window", data={"days": "-1"}).status_code == 422
    assert hua.post("/measures/window", data={"days": "0"}).status_code == 303
    jobs.run_due("Asia/Shanghai")
    assert score_of("Cleo").visits == 1


def test_after_a_merge_the_score_is_of_both_their_purchases(ctx):
    sold("Cleo", 100)
    assert scores.today(db.session()) == today()
    assert score_of("Cleo").spend_minor == 100
