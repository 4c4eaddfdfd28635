"""The audit trail as owner and auditor read it."""

from relcrm import chain, db
from relcrm.staff import audit, trail
from relcrm.staff.models import AuditEvent
from tests import factories


def many(count):
    with db.write_tx() as tx:
        for _ in range(count):
            audit.note(tx, None, "store_changed")


def test_who_did_what_stands_there_in_words_with_names(sign_in, pid):
    sign_in("ben").post(f"/staff/{pid('ana')}/sessions/end")
    page = sign_in("quinn").get("/settings/audit").text
    assert "Ben signed out devices" in page
    assert "Ana" in page


def test_roles_and_stores_are_named(sign_in, pid, sid):
    sign_in("hua").post(f"/staff/{pid('ana')}/roles", data={"role": "associate", "store": sid("South")})
    page = sign_in("hua").get("/settings/audit").text
    assert "Hua gave a role" in page
    assert "Ana · South · Associate" in page


def test_fields_and_purposes_are_named_in_the_readers_language(sign_in):
    hua = sign_in("hua")
    hua.post("/settings/fields/hobbies", data={"is_on": "0"})
    assert "switched a field off" in hua.get("/settings/audit").text
    assert "<small>Hobbies" in hua.get("/settings/audit").text


def test_the_servers_own_acts_are_called_so(ctx):
    many(1)
    with ctx.test_request_context():
        assert trail.page(factories.staff("hua")).entries[0].who is None


def test_pages_go_back_without_gap_or_repeat_while_new_acts_arrive(ctx):
    many(120)
    with ctx.test_request_context():
        hua = factories.staff("hua")
        first = trail.page(hua)
        many(5)
        second = trail.page(hua, first.before)
        third = trail.page(hua, second.before)
    ids = [entry.id for page in (first, second, third) for entry in page.entries]
    assert ids == list(range(ids[0], 0, -1))
    assert third.before is None


def test_the_pages_are_linked(sign_in, app):
    with app.app_context():
        many(60)
    client = sign_in("quinn")
    first = client.get("/settings/audit").text
    path = first.split('href="/settings/audit?before=')[1].split('"')[0]
    assert "Newest" in client.get(f"/settings/audit?before={path}").text
    assert client.get("/settings/audit?before=x").status_code == 200


def test_the_chain_of_the_trail_holds(sign_in, pid, app):
    sign_in("ben").post(f"/staff/{pid('ana')}/leave")
    with app.app_context():
        assert list(chain.broken(db.session(), AuditEvent)) == []
