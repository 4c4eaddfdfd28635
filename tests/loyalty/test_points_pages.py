"""The pages of points as people use them, and that more rows cost no more queries."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from relcrm import clock, db, jobs
from relcrm.loyalty.points_models import PointsEntry, PointsPolicy
from tests import factories
from tests.loyalty.keeping import adjust, balance, redeem, rules_on
from tests.purchases.selling import sell

CLEO = {"her": "Cleo"}


@pytest.fixture
def hers(app):
    """Cleo has 128 active points and 50 that wait."""
    with app.app_context():
        with db.write_tx() as tx:
            rules_on(tx)
            today, ana, cleo = clock.today("Asia/Shanghai"), tx.merge(factories.staff("ana")), factories.customer("Cleo")
            sell(tx, ana, cleo, ("Coat", 128_000), on=today - timedelta(days=10))
            sell(tx, ana, cleo, ("Shirt", 50_000))
            her = cleo.public_id
        db.session().close()
    return her


def stands(app):
    with app.app_context():
        found = balance(**CLEO)
        db.session().close()
        return found


def test_her_page_says_what_she_has_when_it_ends_and_what_waits(sign_in, hers):
    page = sign_in("ana").get(f"/points/of/{hers}").text
    for words in ("128", "¥12.80", "Active from", "Earned and active", "Earned, not active yet", "Redeem points"):
        assert words in page
    assert "Correct the points" not in page
    assert "Correct the points" in sign_in("ben").get(f"/points/of/{hers}").text


def test_her_card_says_it_too_and_leads_there(sign_in, hers):
    page = sign_in("ana").get(f"/customers/{hers}").text
    assert "128 to redeem · 50 more soon" in page
    assert f"/points/of/{hers}" in page


def test_an_auditor_sees_where_she_stands_and_no_rows(sign_in, hers):
    page = sign_in("quinn").get(f"/points/of/{hers}").text
    assert "128" in page
    assert "Earned and active" not in page
    assert "Zhou" not in page


def test_redeeming_by_a_chip_takes_one_tap_and_a_second_post_of_it_none(app, sign_in, hers):
    ana = sign_in("ana")
    page = ana.get(f"/points/of/{hers}/redeem").text
    assert "100 · CN¥10" in page
    assert "All 128 · CN¥12.80" in page
    form = {"client_key": "tap", "amount": "100", "for_what": "money"}
    for _tap in range(2):
        assert ana.post(f"/points/of/{hers}/redeem", data=form).status_code == 303
    assert stands(app) == (50, 28, 0)
    assert "Redeemed for CN¥10 off" in ana.get(f"/points/of/{hers}").text
    assert "Redeemed for CN¥10 off" in ana.get(f"/customers/{hers}").text


def test_another_number_from_the_page_before_is_not_taken_for_the_same_tap(app, sign_in, hers):
    ana, path = sign_in("ana"), f"/points/of/{hers}/redeem"
    assert ana.post(path, data={"client_key": "tap", "amount": "100"}).status_code == 303
    again = ana.post(path, data={"client_key": "tap", "points": "8"})
    assert (again.status_code, "booked a moment ago" in again.text) == (422, True)
    assert 'value="tap"' not in again.text
    assert stands(app) == (50, 28, 0)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Choose how many points"), ({"points": "many"}, "Write a whole number"), ({"points": "129"}, "She has 128 points"),
        ({"amount": "50", "for_what": "gift"}, "Write what she takes for them"), ({"amount": "-5"}, "Write a whole number"),
    ],
)  # fmt: skip
def test_what_cannot_be_redeemed_is_said_and_nothing_typed_is_lost(app, sign_in, hers, form, words):
    answer = sign_in("ana").post(f"/points/of/{hers}/redeem", data={"client_key": "k", "words": "A scarf?" if not form else "", **form})
    assert answer.status_code == 422
    assert words in answer.text
    assert stands(app) == (50, 128, 0)


def test_a_redemption_is_taken_back_on_the_page(app, sign_in, hers):
    ana = sign_in("ana")
    ana.post(f"/points/of/{hers}/redeem", data={"client_key": "k", "points": "20", "for_what": "gift", "words": "Free hemming"})
    page = ana.get(f"/points/of/{hers}").text
    assert "Redeemed: Free hemming" in page
    way = page.split('taken-back"')[0].rsplit('action="', 1)[1] + "taken-back"
    assert "taken-back" not in sign_in("ben").get(f"/points/of/{hers}").text
    assert ana.post(way).status_code == 303
    assert stands(app) == (50, 128, 0)
    assert ana.post(way).status_code == 409


def test_a_manager_corrects_and_a_large_correction_waits(app, sign_in, hers):
    ben, path = sign_in("ben"), f"/points/of/{hers}/correction"
    ben.post(path, data={"client_key": "a", "way": "fewer", "points": "28", "reason": "Given twice"})
    assert stands(app) == (50, 100, 0)
    assert ben.post(path, data={"client_key": "b", "way": "more", "points": "600", "reason": "Receipts lost"}).status_code == 303
    assert stands(app) == (50, 100, 0)
    assert "600 points more" in ben.get(f"/points/of/{hers}").text
    hua = sign_in("hua")
    assert "1 proposal waits for you" in hua.get("/store").text
    way = hua.get("/approvals").text.split('action="/approvals/', 1)[1].split('"')[0]
    assert hua.post(f"/approvals/{way}", data={"decision": "yes"}).status_code == 303
    assert stands(app) == (50, 700, 0)


def test_the_owner_alone_types_the_number_once_more(app, sign_in, hers, at):
    hua, path = sign_in("hua"), f"/points/of/{hers}/correction"
    form = {"client_key": "a", "way": "more", "points": "600", "reason": "Receipts lost"}
    refused = hua.post(path, data=form)
    assert (refused.status_code, "Type it once more to act alone" in refused.text) == (422, True)
    assert hua.post(path, data={**form, "confirm": "600"}).status_code == 303
    assert stands(app) == (50, 128, 0)
    at(clock.now() + timedelta(minutes=10))
    with app.app_context():
        jobs.run_now("approvals_alone")
        db.session().close()
    assert stands(app) == (50, 728, 0)


def test_the_owner_publishes_the_usual_rules_and_later_versions(app, sign_in):
    hua = sign_in("hua")
    page = hua.get("/points/rules").text
    assert "Points are not switched on" in page
    assert 'value="10"' in page
    today = clock.today("Asia/Shanghai")
    form = {
        "client_key": "a", "live_from": today.isoformat(), "currency": "CNY", "minor_per_point": "10", "value_minor": "0.1",
        "pending_days": "7", "expiry_months": "12", "breakage": "0", "big_points": "500",
    }  # fmt: skip
    assert hua.post("/points/rules", data=form).status_code == 303
    assert "holds now" in hua.get("/points/rules").text
    for wrong, words in (({}, "Choose tomorrow"), ({"value_minor": "x"}, "no price"), ({"pending_days": "a week"}, "whole number")):
        answer = hua.post("/points/rules", data={**form, "client_key": "b", **wrong})
        assert (answer.status_code, words in answer.text) == (422, True)
    form["live_from"] = (today + timedelta(days=1)).isoformat()
    assert hua.post("/points/rules", data={**form, "client_key": "c", "minor_per_point": "0"}).status_code == 303
    with app.app_context():
        found = db.session().scalars(sa.select(PointsPolicy).order_by(PointsPolicy.id)).all()
        assert [(row.minor_per_point, row.value_minor) for row in found] == [(1000, 10), (0, 10)]
        db.session().close()


def test_the_figure_of_what_is_open_is_there_after_the_night(app, sign_in, hers):
    hua = sign_in("hua")
    assert "Not counted yet" in hua.get("/points/liability").text
    with app.app_context():
        jobs.run_now("points_liability")
        db.session().close()
    page = hua.get("/points/liability").text
    for words in ("¥12.80", "128 active points × CN¥0.10 × 100%", "North"):
        assert words in page
    assert "North" not in sign_in("olu").get("/points/liability").text


def test_where_points_are_off_pages_say_so(app, sign_in):
    with app.app_context():
        her = factories.customer("Cleo").public_id
        db.session().close()
    for path in (f"/points/of/{her}", "/points/liability"):
        assert "Points are not switched on" in sign_in("ben").get(path).text
    assert "to redeem" not in sign_in("ana").get(f"/customers/{her}").text


def test_more_rows_cost_no_more_queries(app, sign_in, hers):
    ana, counts = sign_in("ana"), []
    with app.app_context():
        with db.write_tx() as tx:
            redeem(tx, 1, **CLEO)
        db.session().close()
    for _round in range(2):
        counts.append([queries(app, lambda path=path: ana.get(path)) for path in (f"/points/of/{hers}", f"/customers/{hers}")])
        with app.app_context():
            with db.write_tx() as tx:
                for _n in range(30):
                    redeem(tx, 1, **CLEO)
                    adjust(tx, 2, "Late receipt", **CLEO)
                assert tx.scalar(sa.select(sa.func.count()).select_from(PointsEntry)) == 63 + 60 * _round
            db.session().close()
    assert counts[0] == counts[1]
    page = ana.get(f"/points/of/{hers}").text
    assert "page=2" in page
    assert ana.get(f"/points/of/{hers}?page=2").status_code == 200


def queries(app, act):
    found = []

    def note(_conn, _cursor, statement, *_rest):
        found.append(statement)

    with app.app_context():
        engine = db.sql.engine
    act()
    sa.event.listen(engine, "before_cursor_execute", note)
    act()
    sa.event.remove(engine, "before_cursor_execute", note)
    return len([one for one in found if one.startswith("SELECT")])
