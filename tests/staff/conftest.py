"""Looking into the book from outside a request."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from relcrm import db
from relcrm.staff.models import AuditEvent, StaffMember, StaffSession, Store
from tests.factories import PASSWORD


@pytest.fixture
def look(app: Flask) -> Any:
    """look(lambda s: …) -> what a fresh database session answers."""

    def ask(question: Callable[[Any], Any]) -> Any:
        with app.app_context():
            answer = question(db.session())
            db.session().close()
            return answer

    return ask


@pytest.fixture
def pid(look: Any) -> Any:
    """pid("ana") -> her public id."""
    return lambda number: look(lambda s: s.query(StaffMember.public_id).filter_by(number=number).scalar())


@pytest.fixture
def sid(look: Any) -> Any:
    """sid("North") -> the public id of that store."""
    return lambda name: look(lambda s: s.query(Store.public_id).filter_by(name=name).scalar())


@pytest.fixture
def change(app: Flask) -> Any:
    """change("ana", phone="+86…") -> the row is so from now on."""

    def put(number: str, **values: Any) -> None:
        with app.app_context(), db.write_tx() as tx:
            tx.query(StaffMember).filter_by(number=number).update(values)

    return put


@pytest.fixture
def acts(look: Any) -> Any:
    """The acts of the audit trail, oldest first, without those that were refused."""
    return lambda: look(lambda s: [row.act for row in s.query(AuditEvent).order_by(AuditEvent.id) if row.act != "refused"])


@pytest.fixture
def living(look: Any) -> Any:
    """living("ana") -> how many of her sessions have not ended."""

    def count(number: str) -> int:
        return look(
            lambda s: (
                s.query(StaffSession).join(StaffSession.staff).filter(StaffMember.number == number, StaffSession.ended_at.is_(None)).count()
            )
        )

    return count


@pytest.fixture
def door(app: Flask) -> Any:
    """door(login, password) -> (client, answer) at the sign-in page, as a browser that speaks English."""

    def knock(login: str, password: str = PASSWORD, *, client: Any = None, path: str = "/sign-in", **more: Any) -> Any:
        client = client or app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client, client.post(path, data={"login": login, "password": password, **more})

    return knock
