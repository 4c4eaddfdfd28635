"""Looking somebody up never reads a whole table, nor all of one kind: the plans are the same for three hundred and a million."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from relcrm import clock, db
from relcrm.demo.cast import PASSWORD
from tests.conftest import Client
from tests.demo.conftest import NOW, Build

HALF_A_TABLE = "sqlite_autoindex_contact_point_1 (kind=?)"


@pytest.fixture
def ana(build: Build, monkeypatch: pytest.MonkeyPatch) -> tuple[Flask, Any]:
    app, _path = build(seed=8, customers=60)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = app.test_client()
    assert client.post("/sign-in", data={"login": "ana", "password": PASSWORD}).status_code == 303
    return app, client


def plans(app: Flask, ask: Any) -> list[str]:
    """The steps SQLite takes for every statement of a request."""
    seen: list[tuple[str, Any]] = []
    steps: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, values))

    with app.app_context():
        engine = db.sql.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            ask()
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        with engine.connect() as connection:
            for statement, values in seen:
                steps += [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
        engine.dispose()
    return steps


@pytest.mark.parametrize("typed", ["王", "wxm", "3921", "13800003921", "老周", "0000", "qqxzz", "wxm_1988", "王 3921"])
def test_a_lookup_reads_by_a_key(ana: tuple[Flask, Any], typed: str) -> None:
    app, client = ana
    answers = []
    steps = plans(app, lambda: answers.append(client.post("/customers/search", data={"q": typed}, headers={"HX-Request": "true"})))
    assert answers[0].status_code == 200
    assert any("search_key" in step for step in steps)
    large = ("search_key", "customer", "contact_point", "customer_store", "consent_event", "consent_state", "fact", "family_member")
    assert [step for step in steps if step.startswith("SCAN") and step.split()[1] in large] == []
    assert [step for step in steps if HALF_A_TABLE in step] == []
