"""The one-time link: made by who may, seen without harm, used once, gone after seven days."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from relcrm.staff import links
from relcrm.staff.models import Invitation, StaffMember
from tests.factories import PASSWORD

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
NEW = "four wild swans"


@pytest.fixture
def link(sign_in, pid):
    """link("ana") -> the path of a fresh link that Ben made for her."""

    def make(number="ana", by="ben"):
        page = sign_in(by).post(f"/staff/{pid(number)}/link").text
        return re.search(r'value="http://localhost(/join/[\w-]{43})"', page)[1]

    return make


def test_the_link_is_shown_with_a_code_that_the_policy_lets_through(sign_in, pid):
    answer = sign_in("ben").post(f"/staff/{pid('ana')}/link")
    assert answer.status_code == 200
    assert '<img src="data:image/svg+xml' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_a_hash_of_the_link_is_kept(link, look):
    token = link().removeprefix("/join/")
    [row] = look(lambda s: s.query(Invitation).all())
    assert row.token_hash != token
    assert len(row.token_hash) == 64


def test_looking_at_the_link_consumes_nothing(link, app):
    path, client = link(), app.test_client()
    for _ in range(3):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Ana" in answer.text
    assert client.head(path).status_code == 200


def test_the_link_sets_the_password_and_signs_in(link, app, door):
    client = app.test_client()
    assert client.post(link(), data={"password": NEW}).location == "/"
    assert "Ana" in client.get("/account").text
    assert door("ana", NEW)[1].status_code == 303
    assert door("ana", PASSWORD)[1].status_code == 422


def test_the_link_works_once(link, app):
    path = link()
    app.test_client().post(path, data={"password": NEW})
    for answer in (app.test_client().get(path), app.test_client().post(path, data={"password": "five grey owls"})):
        assert answer.status_code == 410
        assert "used" in answer.text


def test_the_link_lasts_seven_days(link, app, at, sign_in, pid):
    at(NOON)
    path = link()
    at(NOON + timedelta(days=7) - timedelta(seconds=1))
    assert app.test_client().get(path).status_code == 200
    at(NOON + timedelta(days=7))
    assert app.test_client().get(path).status_code == 410
    assert app.test_client().post(path, data={"password": NEW}).status_code == 410


def test_a_newer_link_ends_the_older_one(link, app):
    older, newer = link(), link()
    assert app.test_client().get(older).status_code == 410
    assert app.test_client().get(newer).status_code == 200


def test_a_weak_password_consumes_nothing_and_says_why(link, app):
    path = link()
    answer = app.test_client().post(path, data={"password": "short"})
    assert answer.status_code == 422
    assert "At least 8 characters" in answer.text
    assert app.test_client().post(path, data={"password": NEW}).status_code == 303


def test_a_link_that_never_was_is_answered_like_one_that_is_gone(app):
    assert app.test_client().get("/join/never").status_code == 410


def test_using_the_link_ends_what_was_signed_in_before(link, app, door, living):
    thief, _ = door("ana")
    app.test_client().post(link(), data={"password": NEW})
    assert thief.get("/account").status_code == 303
    assert living("ana") == 1


def test_using_the_link_frees_who_was_locked_out(link, app, door):
    for _ in range(5):
        door("ana", "wrong words")
    app.test_client().post(link(), data={"password": NEW})
    assert door("ana", NEW)[1].status_code == 303


def test_a_manager_who_tries_the_link_on_her_own_phone_is_signed_out_there(link, door, living):
    path = link()
    client, _ = door("ben")
    before = living("ben")
    client.post(path, data={"password": NEW})
    assert living("ben") == before - 1
    assert "Ana" in client.get("/account").text


def test_until_it_is_used_the_present_password_works(link, door):
    link()
    assert door("ana")[1].status_code == 303


def test_the_link_of_somebody_who_left_is_dead(link, app, sign_in, pid):
    path = link()
    sign_in("ben").post(f"/staff/{pid('ana')}/leave")
    assert app.test_client().get(path).status_code == 410
    assert app.test_client().post(path, data={"password": NEW}).status_code == 410


def test_two_who_send_at_the_same_time_do_not_both_enter(ctx):
    from relcrm import db
    from relcrm.errors import NotFound
    from tests import factories

    ana = factories.staff("ana").id
    with db.write_tx() as tx:
        token = links.make(tx, tx.get_one(StaffMember, ana), None)
    with db.write_tx() as tx:
        links.use(tx, token, "first")
    with pytest.raises(NotFound), db.write_tx() as tx:
        links.use(tx, token, "second")
    assert factories.staff("ana").password_hash == "first"
