"""Two at once: one tap sent twice is one purchase, and the last piece comes back once."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from relcrm import db
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.purchases.rules import Line
from relcrm.staff import sessions
from tests import factories
from tests.purchases.selling import sell


def together(app, clients, path, forms):
    """Post each form by its own client from its own thread; none gets the write lock before both wait for it."""
    waiting = threading.Barrier(len(clients) + 1, timeout=30)
    first = threading.local()

    def stand_in_line(_conn, _cursor, statement, *_rest):
        if statement == "BEGIN IMMEDIATE" and threading.current_thread() is not threading.main_thread() and not hasattr(first, "came"):
            first.came = True
            waiting.wait()

    with app.app_context():
        engine = db.sql.engine
    held = db.sqlite3.connect(engine.url.database, isolation_level=None, timeout=30)
    sa.event.listen(engine, "before_cursor_execute", stand_in_line)
    try:
        held.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(len(clients)) as tills:
            answers = [tills.submit(client.post, path, data=form) for client, form in zip(clients, forms, strict=True)]
            waiting.wait()
            held.execute("COMMIT")
            return [answer.result(60) for answer in answers]
    finally:
        sa.event.remove(engine, "before_cursor_execute", stand_in_line)
        held.close()


def count(app, model):
    with app.app_context():
        found = db.session().scalar(sa.select(sa.func.count()).select_from(model))
        db.session().close()
        return found


@pytest.fixture
def cleo(app):
    with app.app_context():
        her = factories.customer("Cleo").public_id
        db.session().close()
    return her


def test_the_same_tap_twice_at_once_is_one_purchase(app, sign_in, cleo):
    ana = sign_in("ana")
    twin = app.test_client()
    twin.set_cookie("relcrm", ana.get_cookie("relcrm").value)
    form = {"client_key": "one-tap", "lines-0-name": "Coat", "lines-0-price": "10"}
    answers = together(app, [ana, twin], f"/purchases/for/{cleo}", [form, form])
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert count(app, Purchase) == 1


@pytest.fixture
def sold(app):
    with app.app_context(), db.write_tx() as tx:
        made = sell(tx, tx.merge(factories.staff("ana")), factories.customer("Cleo"), lines=[Line("Coat", 1000)])
        line = tx.scalar(sa.select(PurchaseLine.id))
        return made.public_id, line


def test_two_tills_take_the_same_piece_back_and_one_is_told(app, sign_in, sold):
    public_id, line = sold
    forms = [{"client_key": key, f"back-{line}": "1"} for key in ("till-1", "till-2")]
    answers = together(app, [sign_in("ana"), sign_in("ben")], f"/purchases/{public_id}/returns", forms)
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert "can still come back" in next(answer for answer in answers if answer.status_code == 422).text
    assert count(app, Purchase) == 2


def _post(folder, cookie, path, form, answers):
    """One process of the service that takes one request."""
    import relcrm
    from relcrm import config

    app = relcrm.create_app(config.read({"RELCRM_DATA_DIR": folder}))
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = cookie, True
    answers.put((client.post(path, data=form).status_code, form["client_key"]))


def test_two_processes_post_one_key_and_one_return_each(app, cleo, sold):
    """The lock is the database's, not the process's."""
    public_id, line = sold
    with app.app_context():
        with db.write_tx() as tx:
            cookie = sessions.open_session(tx, tx.merge(factories.staff("ana")), device="test", shop_phone=False)
        db.session().close()
        db.sql.engine.dispose()
        folder = str(app.config["RELCRM"].data_dir)
    spawn = multiprocessing.get_context("spawn")
    for path, forms, statuses, receipts in (
        (f"/purchases/for/{cleo}", [{"client_key": "one-tap", "lines-0-name": "Hat", "lines-0-price": "5"}] * 2, [303, 303], 2),
        (f"/purchases/{public_id}/returns", [{"client_key": key, f"back-{line}": "1"} for key in ("a", "b")], [303, 422], 3),
    ):
        answers = spawn.Queue()
        tills = [spawn.Process(target=_post, args=(folder, cookie, path, form, answers)) for form in forms]
        for till in tills:
            till.start()
        found = sorted(answers.get(timeout=90)[0] for _till in tills)
        for till in tills:
            till.join(30)
        assert found == statuses
        assert count(app, Purchase) == receipts
