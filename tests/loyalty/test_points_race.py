"""Two tills at once: the same points are redeemed once, and the other one is told; one tap sent twice redeems once."""

import multiprocessing

import pytest
import sqlalchemy as sa

from relcrm import db
from relcrm.loyalty.points_models import PointsEntry, PointsLot
from relcrm.staff import sessions
from tests import factories
from tests.loyalty.keeping import adjust, faults, rules_on
from tests.purchases.test_race import _post, together


@pytest.fixture(params=["WAL", "TRUNCATE"])
def hers(app, request, monkeypatch):
    """Cleo has 100 points, in a book with this journal."""
    monkeypatch.setattr(db, "JOURNAL_MODE", request.param)
    with app.app_context():
        db.sql.engine.dispose()
        with db.write_tx() as tx:
            rules_on(tx)
            adjust(tx, 100, her="Cleo")
        assert db.session().connection().exec_driver_sql("PRAGMA journal_mode").scalar() == request.param.lower()
        her = factories.customer("Cleo").public_id
        db.session().close()
    return her


def redeemed(app):
    with app.app_context():
        burned = db.session().scalar(sa.select(sa.func.sum(PointsEntry.active)).where(PointsEntry.kind == "burn"))
        left = db.session().scalar(sa.select(sa.func.sum(PointsLot.remaining)))
        wrong = faults()
        db.session().close()
    assert wrong == []
    return -burned, left


def test_two_tills_redeem_the_same_points_and_one_is_told(app, sign_in, hers):
    forms = [{"client_key": key, "amount": "80"} for key in ("till-1", "till-2")]
    answers = together(app, [sign_in("ana"), sign_in("ben")], f"/points/of/{hers}/redeem", forms)
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert "She has 20 points to redeem now." in next(answer for answer in answers if answer.status_code == 422).text
    assert redeemed(app) == (80, 20)


def test_the_same_tap_twice_at_once_redeems_once(app, sign_in, hers):
    ana = sign_in("ana")
    twin = app.test_client()
    twin.set_cookie("relcrm", ana.get_cookie("relcrm").value)
    form = {"client_key": "one-tap", "amount": "30"}
    answers = together(app, [ana, twin], f"/points/of/{hers}/redeem", [form, form])
    assert [answer.status_code for answer in answers] == [303, 303]
    assert redeemed(app) == (30, 70)


def test_two_processes_redeem_the_same_points_once(app, hers):
    """The lock is the database's, not the process's."""
    with app.app_context():
        with db.write_tx() as tx:
            cookie = sessions.open_session(tx, tx.merge(factories.staff("ana")), device="test", shop_phone=False)
        db.session().close()
        db.sql.engine.dispose()
        folder = str(app.config["RELCRM"].data_dir)
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    forms = [{"client_key": key, "amount": "100"} for key in ("a", "b")]
    tills = [spawn.Process(target=_post, args=(folder, cookie, f"/points/of/{hers}/redeem", form, answers)) for form in forms]
    for till in tills:
        till.start()
    found = sorted(answers.get(timeout=90)[0] for _till in tills)
    for till in tills:
        till.join(30)
    assert found == [303, 422]
    assert redeemed(app) == (100, 0)
