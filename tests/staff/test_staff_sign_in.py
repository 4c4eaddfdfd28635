"""The door: who comes in, how often one may try, how long it lasts, where it leads."""

from datetime import UTC, datetime, timedelta

import pytest

from relcrm import db
from relcrm.staff import founding
from relcrm.staff.models import SignInAttempt
from tests.factories import PASSWORD

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def britain(app):
    """A third store whose numbers are British."""
    with app.app_context(), db.write_tx() as tx:
        tx.add(founding.new_store("York", country="GB", time_zone="Europe/London", language="en"))


@pytest.mark.parametrize("typed", ["ana", " ANA ", "ａｎａ", "13800001111", "138 0000 1111", "+86 138-0000-1111", "008613800001111"])
def test_staff_number_and_phone_open_the_door_however_they_are_written(door, change, typed):
    change("ana", phone="+8613800001111")
    client, answer = door(typed)
    assert answer.status_code == 303
    assert b"Ana" in client.get("/account").data


def test_a_phone_is_read_in_the_country_of_each_store(door, change, britain):
    change("ana", phone="+447911123456")
    assert door("07911 123456")[1].status_code == 303


def test_two_people_whose_phones_share_their_digits_are_told_apart_by_the_password(door, change, app):
    """0201 234 5678 style digits may be a number in two countries; each password opens its own account."""
    with app.app_context(), db.write_tx() as tx:
        tx.add(founding.new_store("Berlin", country="DE", time_zone="Europe/Berlin", language="en"))
        tx.add(founding.new_store("Paris", country="FR", time_zone="Europe/Paris", language="en"))
    from relcrm.staff import passwords

    change("ana", phone="+49612345678")
    change("ada", phone="+33612345678", password_hash=passwords.hashed("two wild swans"))
    client, answer = door("0612345678", "two wild swans")
    assert answer.status_code == 303
    assert b"Ada" in client.get("/account").data
    client, answer = door("0612345678")
    assert b"Ana" in client.get("/account").data


def test_nobody_learns_whether_the_number_or_the_password_was_wrong(door):
    known, unknown = door("ana", "wrong words")[1], door("nobody", "wrong words")[1]
    assert (known.status_code, unknown.status_code) == (422, 422)
    assert b"Number or password is not right" in known.data
    assert b"Number or password is not right" in unknown.data


def test_what_was_typed_stays_but_never_the_password(door):
    answer = door("1007", "a secret of mine")[1]
    assert b'value="1007"' in answer.data
    assert b"a secret of mine" not in answer.data


def test_five_wrong_tries_lock_for_a_quarter_of_an_hour(door, at):
    at(NOON)
    for _ in range(5):
        assert b"not right" in door("ana", "wrong words")[1].data
    assert b"Too many wrong tries" in door("ana")[1].data
    at(NOON + timedelta(minutes=14))
    assert door("ana")[1].status_code == 422
    at(NOON + timedelta(minutes=15, seconds=1))
    assert door("ana")[1].status_code == 303


def test_another_spelling_is_no_new_try(door, change, at):
    change("ana", phone="+8613800001111")
    at(NOON)
    for typed in ("ana", "ANA", "13800001111", "138 0000 1111", "+8613800001111"):
        door(typed, "wrong words")
    assert b"Too many wrong tries" in door("ana")[1].data


def test_tries_of_an_unknown_login_are_counted_over_its_spellings(door, at):
    at(NOON)
    for typed in ("13900002222", "139 0000 2222", "139-0000-2222", "139 00002222", "1390000 2222"):
        door(typed, "wrong words")
    assert b"Too many wrong tries" in door("13900002222", "wrong words")[1].data


def test_the_right_password_clears_what_went_wrong_before(door, at, look):
    at(NOON)
    for _ in range(4):
        door("ana", "wrong words")
    assert door("ana")[1].status_code == 303
    for _ in range(4):
        assert b"not right" in door("ana", "wrong words")[1].data
    assert door("ana")[1].status_code == 303
    assert look(lambda s: s.query(SignInAttempt).count()) == 8  # what the eight wrong ones left for the address


def test_one_person_locked_out_locks_nobody_else(door, at):
    at(NOON)
    for _ in range(6):
        door("ana", "wrong words")
    assert door("ben")[1].status_code == 303


def test_thirty_wrong_tries_from_one_address_lock_the_address(door, at):
    at(NOON)
    for number in range(30):
        door(f"guess{number}", "wrong words")
    assert b"Too many wrong tries" in door("ben")[1].data


def test_the_table_of_tries_holds_nothing_that_was_typed(door, look):
    door("13900002222", "wrong words")
    assert all("1390000" not in row.who and len(row.who) == 64 for row in look(lambda s: s.query(SignInAttempt).all()))


def test_ones_own_phone_asks_for_the_password_after_twelve_idle_hours(door, at):
    at(NOON)
    client, _ = door("ana")
    at(NOON + timedelta(hours=12))
    assert client.get("/store").status_code == 200
    at(NOON + timedelta(hours=24, minutes=1))
    assert client.get("/store").location.startswith("/sign-in")


def test_ones_own_phone_is_signed_in_for_thirty_days(door, at):
    at(NOON)
    client, _ = door("ana")
    for hours in range(11, 720, 11):
        at(NOON + timedelta(hours=hours))
        assert client.get("/store").status_code == 200
    at(NOON + timedelta(days=30, seconds=1))
    assert client.get("/store").location.startswith("/sign-in")
    assert b"Somebody else" not in client.get("/sign-in").data


def test_a_shops_phone_asks_after_ten_idle_minutes(door, at):
    at(NOON)
    client, _ = door("ana", shop_phone="y")
    for minutes in (9, 18, 27):
        at(NOON + timedelta(minutes=minutes))
        assert client.get("/store").status_code == 200
    at(NOON + timedelta(minutes=37, seconds=1))
    assert client.get("/store").location.startswith("/sign-in")


def test_the_idle_lock_knows_her_and_asks_for_the_password_alone(door, at, living):
    at(NOON)
    client, _ = door("ana", shop_phone="y")
    at(NOON + timedelta(minutes=11))
    page = client.get("/sign-in").text
    assert 'type="hidden" name="login" value="ana"' in page
    assert "Somebody else" in page
    assert 'name="shop_phone" value="y" checked' in page
    _, answer = door("ana", client=client, shop_phone="y")
    assert answer.status_code == 303
    assert living("ana") == 1


def test_a_wrong_password_at_the_idle_lock_still_asks_for_the_password_alone(door, at):
    at(NOON)
    client, _ = door("ana", shop_phone="y")
    at(NOON + timedelta(minutes=11))
    answer = door("ana", "wrong words", client=client)[1]
    assert answer.status_code == 422
    assert 'type="hidden" name="login" value="ana"' in answer.text


def test_somebody_else_takes_the_shops_phone_and_ends_who_was_there(door, at, living):
    at(NOON)
    client, _ = door("ana", shop_phone="y")
    at(NOON + timedelta(minutes=11))
    assert 'type="hidden" name="login"' not in client.get("/sign-in?other=1").text
    door("ben", client=client, shop_phone="y")
    assert (living("ana"), living("ben")) == (0, 1)


def test_signing_out_ends_the_session_and_leaves_nothing_of_hers(door, living, change):
    change("ana", language="zh")
    client, _ = door("ana")
    assert client.post("/sign-out").location == "/sign-in"
    assert living("ana") == 0
    assert client.get("/store").status_code == 303
    with client.session_transaction() as cookie:
        assert "lang" not in cookie


def test_a_stolen_cookie_ends_with_the_session(door):
    client, _ = door("ana")
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    client.post("/sign-out")
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    assert client.get("/store").status_code == 303


def test_the_language_chosen_at_the_door_becomes_hers(door, look, app):
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert client.post("/language", data={"lang": "zh"}).status_code == 303
    assert 'lang="zh-CN"' in client.get("/sign-in").text
    door("ana", client=client)
    assert '<html lang="zh-CN">' in client.get("/account").text
    client.post("/language", data={"lang": "en"})
    assert '<html lang="en">' in client.get("/account").text


def test_a_language_that_we_do_not_speak_changes_nothing(app):
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.post("/language", data={"lang": "<b>"})
    assert '<html lang="en">' in client.get("/sign-in").text


def test_the_language_switch_leads_back_to_the_page_with_its_question(app):
    answer = app.test_client().post("/language", data={"lang": "en"}, headers={"Referer": "http://localhost/sign-in?next=/staff"})
    assert answer.location == "/sign-in?next=/staff"


FOREIGN = [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/a\r\nX: y",
    "evil.example",
]


@pytest.mark.parametrize("wanted", FOREIGN)
def test_no_way_leads_from_the_door_to_another_site(app, door, wanted):
    from urllib.parse import quote

    _, answer = door("ana", path=f"/sign-in?next={quote(wanted, safe='')}")
    assert answer.location == "/"


@pytest.mark.parametrize("referrer", ["https://evil.example/x", "http://localhost//evil.example/x", "http://localhost/\\evil.example"])
def test_no_way_leads_from_the_language_switch_to_another_site(app, referrer):
    answer = app.test_client().post("/language", data={"lang": "en"}, headers={"Referer": referrer})
    assert answer.location == "/"


def test_after_signing_in_she_is_where_she_wanted_to_be(app, door):
    client = app.test_client()
    asked = client.get("/account?x=1")
    assert asked.location == "/sign-in?next=/account?x%3D1"
    assert door("ana", client=client, path=asked.location)[1].location == "/account?x=1"


def test_a_fragment_sends_the_whole_page_to_the_door_and_back_to_the_page(app):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/store"}
    answer = app.test_client().get("/account", headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/store")


def test_who_is_in_already_is_not_asked_again(sign_in):
    assert sign_in("ana").get("/sign-in?next=/account").location == "/account"


def test_who_has_left_does_not_come_in(door, change):
    change("ana", left_on=datetime(2026, 1, 1).date())
    assert door("ana")[1].status_code == 422


def test_somebody_invited_who_has_no_password_yet_does_not_come_in(door, change):
    change("ana", password_hash=None)
    assert door("ana", "")[1].status_code == 422
    assert door("ana", "nobody has this password")[1].status_code == 422


def test_the_device_is_named_as_people_call_it(app, door):
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0"
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    door("ana", PASSWORD, client=client)
    assert "Android WeChat" in client.get("/account").text
