"""The ground holds: one sound SQLite, transactions that lose nothing, looks that leave their rows."""

import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa

from relcrm import db, schema
from relcrm.staff.models import Store
from tests import factories


def test_sqlite_has_no_wal_reset_bug(ctx):
    assert db.session().scalar(sa.text("select sqlite_version()")) == sqlite3.sqlite_version
    assert sqlite3.sqlite_version_info >= (3, 51, 3)


def test_a_read_cannot_write(ctx):
    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        db.session().execute(sa.update(Store).values(name="x"))


def test_an_error_inside_write_tx_undoes_all_of_it(ctx):
    with pytest.raises(ZeroDivisionError), db.write_tx() as tx:
        tx.query(Store).first().name = "Elsewhere"
        tx.flush()
        raise ZeroDivisionError
    assert db.session().query(Store).filter_by(name="Elsewhere").count() == 0


def test_write_tx_refuses_to_nest_and_to_save_what_was_changed_before(ctx):
    with db.write_tx(), pytest.raises(RuntimeError, match="inside"), db.write_tx():
        pass
    db.session().query(Store).first().name = "Early"
    with pytest.raises(RuntimeError, match="outside"), db.write_tx():
        pass


def test_the_cast_is_there(ctx):
    assert factories.customer("Cleo").home_store_id == factories.customer("Noor").home_store_id


def test_signed_in_people_meet_a_page_and_strangers_the_door(app, sign_in):
    assert sign_in("ana").get("/store").status_code == 200
    answer = app.test_client().get("/store")
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_the_program_knows_its_newest_migration_without_alembic(ctx):
    from alembic.script import ScriptDirectory

    assert schema.head() == ScriptDirectory(str(schema.beside("migrations"))).get_current_head() == schema.at()


def test_the_service_does_not_carry_what_only_migrating_needs():
    loaded = "import sys, relcrm.cli, relcrm.background, relcrm.features, relcrm.web.filters; print([m for m in ('alembic', 'mako') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.strip() == "[]"
