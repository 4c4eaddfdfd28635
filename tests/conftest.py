"""One app and one migrated book with the cast per test process; every test that touches it gets a fresh copy of the file."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

import relcrm
from relcrm import clock, config, crypt, db, schema
from relcrm.customers import import_files
from relcrm.staff import sessions
from tests import factories, gate_watch

settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.load_profile("shared")
OF_THE_TESTS = ("RELCRM_SOAK_SECONDS", "RELCRM_HISTORIES")
for name in [name for name in os.environ if name.startswith("RELCRM_") and name not in OF_THE_TESTS]:
    del os.environ[name]


class Client(FlaskClient):
    """Each request has its own app context, as in life; one held open would make everybody the first person."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        self.environ_base.setdefault("HTTP_ACCEPT_LANGUAGE", "en")
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def _book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Path, Path]:
    folder = tmp_path_factory.mktemp("book")
    config.make_secrets(folder)
    app = relcrm.create_app(config.read({"RELCRM_DATA_DIR": str(folder)}), check_schema=False)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    with app.app_context():
        schema.migrate()
        factories.cast()
        db.session().close()
        db.sql.engine.dispose()
    live, blank = folder / "relcrm.db", folder / "blank.db"
    with closing(db.sqlite3.connect(live)) as source, closing(db.sqlite3.connect(blank)) as target:
        source.backup(target)
    return app, live, blank


@pytest.fixture(autouse=True)
def passed_by(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Whatever a test of the app does, no statement reads what hangs on a consent without asking whether it stands."""
    if "app" not in request.fixturenames:
        yield []
        return
    with gate_watch.watching() as passed_by:
        yield passed_by
    assert not passed_by, gate_watch.TEACH + passed_by[0]


@pytest.fixture
def app(_book: tuple[Flask, Path, Path]) -> Iterator[Flask]:
    app, live, blank = _book
    for tail in ("-wal", "-shm"):
        Path(f"{live}{tail}").unlink(missing_ok=True)
    shutil.copyfile(blank, live)
    # Another app of this process (a demo chain) may have brought its own keys, folder and clock.
    crypt.use_keys(app.config["RELCRM"].field_keys)
    import_files.use_folder(live.parent / "imports")
    clock.follow(None)
    yield app
    with app.app_context():
        db.sql.engine.dispose()


@pytest.fixture
def ctx(app: Flask) -> Iterator[Flask]:
    """For tests that call rules and queries themselves."""
    with app.app_context():
        yield app
        db.session().close()


@pytest.fixture
def sign_in(app: Flask) -> Any:
    """sign_in("ana") -> a client signed in as that person of the cast."""

    def as_person(number: str, **headers: str) -> FlaskClient:
        with app.app_context():
            staff = factories.staff(number)
            with db.write_tx() as tx:
                token = sessions.open_session(tx, tx.merge(staff), device="test", shop_phone=False)
            db.session().close()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return as_person


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """at(instant): from now on the clock says so."""

    def move(instant: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    return move
