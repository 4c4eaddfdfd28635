"""What an old file told without a consent is asked at the next visit: first the consent, then the thing itself."""

import sqlalchemy as sa

from relcrm import db
from relcrm.consent import ledger
from relcrm.customers import asking_first
from relcrm.customers.import_models import AskFirst
from tests import factories
from tests.customers.importing import bring_in, table

HEADER = ("Name", "Phone", "Birthday", "Gender", "Associate")


def imported(app) -> str:
    with app.app_context():
        bring_in(table([("Lin Xiaomei", "13800000001", "1985-03-02", "female", "Ana"), ("Mei", "13800000002", "", "", "")], HEADER))
        return factories.customer("Lin").public_id


def test_the_first_page_leads_to_whom_to_ask(app, sign_in):
    imported(app)
    for who in ("ana", "ben"):
        assert "/customers/to-ask" in sign_in(who).get("/customers").text
        page = sign_in(who).get("/customers/to-ask").text
        assert "Lin Xiaomei" in page
        assert "Birthday · Gender" in page
        assert "Mei<" not in page
    assert "/customers/to-ask" not in sign_in("olu").get("/customers").text
    assert "Lin" not in sign_in("olu").get("/customers/to-ask").text
    assert "Lin" not in sign_in("ada").get("/customers/to-ask").text  # ada is no manager, and Lin is Ana's


def test_asked_in_place_consent_first_then_the_thing(app, sign_in):
    lin, ana = imported(app), sign_in("ana")
    page = ana.get(f"/customers/{lin}").text
    assert "an old file told “Birthday”" in page
    assert f"/customers/{lin}/consents/greeting" in page
    answer = ana.post(f"/customers/{lin}/consents/greeting", data={"answer": "yes"})
    assert answer.headers["Location"].endswith(f"/customers/{lin}")
    again = ana.get(f"/customers/{lin}").text
    assert "an old file told “Gender”" in again  # profiling is still to be asked
    ana.post(f"/customers/{lin}/consents/profiling", data={"answer": "no"})
    last = ana.get(f"/customers/{lin}").text
    assert "lunar" in last
    with app.app_context():
        assert set(db.session().scalars(sa.select(AskFirst.key))) == {"birthday"}


def test_rather_not_say_takes_it_off_the_list(app, sign_in):
    lin, ana = imported(app), sign_in("ana")
    for key in ("birthday", "gender"):
        ana.post(f"/customers/{lin}/questions/{key}", data={"why": "does_not_say"})
    assert "Lin" not in ana.get("/customers/to-ask").text


def test_who_said_no_before_is_not_asked_because_of_a_file(ctx):
    bring_in(table([("Noor Ali", factories.NOOR_PHONE, "1985-03-02", "", "")], HEADER))
    noor = factories.customer("Noor")
    from relcrm.customers import queries

    seen = queries.seen_by(factories.staff("ana"), noor)
    assert not ledger.may_ask(noor.id, "greeting")
    assert asking_first.purpose_first(seen, asking_first.keys_of(noor.id), set()) is None
