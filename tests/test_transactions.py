"""Two processes at one book lose nothing and double nothing; a look is written down or not shown."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from relcrm import clock, config, db, schema
from relcrm.consent.models import AccessEvent
from relcrm.customers import facts, queries
from relcrm.customers.models import ContactPoint, Customer, Fact, LatelySeen
from tests import factories

SECONDS = float(os.environ.get("RELCRM_SOAK_SECONDS", "6"))
PROGRAM = Path(__file__).with_name("soak.py")


def _environment(folder, journal):
    root = str(schema.PACKAGE.parent)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RELCRM_")}
    return {**kept, "PYTHONPATH": root, "RELCRM_DATA_DIR": str(folder), "SOAK_JOURNAL": journal}


def _run(folder, journal):
    """What each of two real processes says it did: acknowledged writes, refusals, and errors."""
    command = [sys.executable, "-W", "error", str(PROGRAM), str(SECONDS)]
    till = [
        subprocess.Popen(
            [*command, name],
            env=_environment(folder, journal),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b")
    ]
    for one in till:
        assert one.stdout.readline().strip() == "ready", one.stderr.read()
    for one in till:  # both begin together
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [one.communicate(timeout=SECONDS + 120) for one in till]
    assert [one.returncode for one in till] == [0, 0], told[0][1] + told[1][1]
    return [json.loads(out) for out, _err in told]


@pytest.fixture
def chain_book(tmp_path):
    """A book of its own, with the cast, made by this program in a folder of its own."""
    config.make_secrets(tmp_path)
    subprocess.run([sys.executable, str(PROGRAM), "0", "make"], env=_environment(tmp_path, "WAL"), check=True)
    return tmp_path


def _rows(folder, query):
    connection = db.sqlite3.connect(folder / "relcrm.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("journal", ["WAL", "TRUNCATE"])
def test_two_processes_capturing_and_editing_lose_and_double_nothing(chain_book, journal):
    a, b = _run(chain_book, journal)
    assert a["errors"] == b["errors"] == []
    assert a["journal"] == b["journal"] == journal.lower()
    phones = [phone for (phone,) in _rows(chain_book, "SELECT value FROM contact_point WHERE kind = 'phone'")]
    assert len(phones) == len(set(phones))
    captured = {*a["captured"], *b["captured"]}
    assert len(captured) == len(a["captured"]) + len(b["captured"]), "one number was acknowledged as new to both"
    assert set(phones) - {factories.CLEO_PHONE, factories.NOOR_PHONE} == captured
    assert a["known"] + b["known"] > 0, "the two never raced for the same number"
    notes = {words for (words,) in _rows(chain_book, "SELECT words FROM note")}
    assert notes == {*a["notes"], *b["notes"]}
    version, language = _rows(chain_book, "SELECT version, language FROM customer WHERE name LIKE 'Cleo%'")[0]
    edits = a["edits"] + b["edits"]
    assert int(language or 0) == edits, "an edit was overwritten"
    assert version >= edits
    assert a["broken"] == b["broken"] == []
    print(f"{journal}: {SECONDS:g} s, {len(captured)} captured, {a['known'] + b['known']} known, {len(notes)} notes, {edits} edits")


# record() and settle()


def _looks(app):
    with app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(AccessEvent))


@pytest.fixture
def cleo(app):
    with app.app_context():
        return f"/customers/{factories.customer('Cleo').public_id}"


def test_a_look_leaves_its_row_and_is_lately_seen(app, sign_in, cleo):
    assert sign_in("ana").get(cleo).status_code == 200
    assert _looks(app) == 1
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(LatelySeen)) == 1


def test_what_cannot_be_written_down_is_not_shown(app, sign_in, cleo):
    client = sign_in("ana")
    with app.app_context():
        database = db.sql.engine.url.database
    raw = db.sqlite3.connect(database)
    raw.execute("CREATE TRIGGER full_disk BEFORE INSERT ON access_event BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    raw.commit()
    answer = client.get(cleo)
    assert answer.status_code == 503
    assert "Cleo" not in answer.text
    raw.execute("DROP TRIGGER full_disk")
    raw.commit()
    raw.close()
    assert client.get(cleo).status_code == 200
    assert _looks(app) == 1


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"X-Poll": "1"}])
def test_a_prefetch_leaves_no_row(app, sign_in, cleo, headers):
    client = sign_in("ana")
    client.get(cleo, headers=headers)
    client.head(cleo)
    assert _looks(app) == 0


@pytest.mark.parametrize("path", ["/nothing", "/reveal"])
def test_a_look_that_was_not_granted_leaves_no_row(app, sign_in, cleo, path):
    assert sign_in("olu").post(f"{cleo}{path}", data={"reason": "curious"}).status_code == 404
    assert _looks(app) == 0


def test_a_refused_act_leaves_no_row_and_changes_nothing(app, sign_in, cleo):
    answer = sign_in("quinn").post(f"{cleo}/serving")
    assert answer.status_code == 403
    assert sign_in("ana").post(f"{cleo}/facts/comm_style", data={"value": "no such style"}).status_code == 422
    assert _looks(app) == 0


def test_an_error_inside_the_transaction_takes_its_look_back(ctx):
    with pytest.raises(ZeroDivisionError), db.write_tx():
        db.record(lambda tx: tx.add(LatelySeen(staff_id=1, customer_id=1, at=clock.now())))
        raise ZeroDivisionError
    assert db.session().scalar(sa.select(sa.func.count()).select_from(LatelySeen)) == 0


def test_what_was_loaded_before_does_not_stand_in_the_way_of_writing(ctx, passed_by):
    """A fact in hand when the transaction begins: it is let go without being read again, and the writing works."""
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        facts.put_fact(tx, ana, queries.get(ana, factories.customer("Cleo").public_id), "pain_point", "buttons")
    held = db.session().scalars(sa.select(Fact)).one()
    with db.write_tx() as tx:
        tx.scalars(sa.select(Customer)).first().salutation = "ms"
    assert held not in db.session()
    assert passed_by == []
    assert "ms" in db.session().scalars(sa.select(Customer.salutation)).all()


def test_the_number_of_another_till_is_answered_not_doubled(ctx):
    """The unique key is the last word: both saw nobody, one is told that she is known."""
    with pytest.raises(sa.exc.IntegrityError), db.write_tx() as tx:
        for name in ("Cleo", "Noor"):
            tx.add(
                ContactPoint(
                    customer_id=factories.customer(name).id, kind="card", value="A-1", added_at=factories.customer(name).created_at
                )
            )
            tx.flush()
    assert db.session().scalars(sa.select(ContactPoint).where(ContactPoint.kind == "card")).all() == []
