"""One's own account: password, devices, language."""

from relcrm.staff.models import StaffSession
from tests.factories import PASSWORD

NEW = "four wild swans"


def devices(look, number="ana"):
    return look(
        lambda s: [
            row.public_id for row in s.query(StaffSession).join(StaffSession.staff).filter_by(number=number).order_by(StaffSession.id)
        ]
    )


def test_the_account_says_who_she_is_and_what_she_may_in_words(sign_in):
    page = sign_in("ari").get("/account").text
    assert "Ari" in page
    assert page.count("Area manager") == 2
    assert "North" in page
    assert "South" in page


def test_a_new_password_opens_the_door_and_the_old_one_does_not(door):
    client, _ = door("ana")
    assert client.post("/account/password", data={"old": PASSWORD, "password": NEW}).location == "/account"
    assert "Your password is changed" in client.get("/account").text
    assert door("ana", NEW)[1].status_code == 303
    assert door("ana", PASSWORD)[1].status_code == 422


def test_a_new_password_signs_out_all_other_devices_and_not_this_one(door, living):
    (one, _), (other, _) = door("ana"), door("ana")
    one.post("/account/password", data={"old": PASSWORD, "password": NEW})
    assert one.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert living("ana") == 1


def test_a_wrong_old_password_changes_nothing_and_counts_as_a_try(door):
    client, _ = door("ana")
    for _ in range(5):
        answer = client.post("/account/password", data={"old": "wrong words", "password": NEW})
        assert answer.status_code == 422
        assert "This is not the password you have now" in answer.text
    assert "Too many wrong tries" in client.post("/account/password", data={"old": PASSWORD, "password": NEW}).text
    assert door("ben")[1].status_code == 303


def test_a_weak_new_password_is_refused_in_words_before_anything_else(door):
    client, _ = door("ana")
    for weak, words in (("short", "At least 8 characters"), ("aaaaaaaaa", "too easy to guess")):
        answer = client.post("/account/password", data={"old": PASSWORD, "password": weak})
        assert answer.status_code == 422
        assert words in answer.text
    assert door("ana")[1].status_code == 303


def test_devices_are_listed_with_this_one_marked_and_can_be_ended_one_by_one(door, look, living):
    (one, _), (other, _) = door("ana"), door("ana", shop_phone="y")
    page = one.get("/account").text
    assert page.count("this one") == 1
    # The apostrophe is written as an entity.
    assert page.count("phone</span>") == 1
    one.post(f"/account/devices/{devices(look)[1]}/end")
    assert other.get("/account").status_code == 303
    assert living("ana") == 1


def test_all_other_devices_end_at_once(door, living):
    clients = [door("ana")[0] for _ in range(3)]
    clients[0].post("/account/devices/end")
    assert [client.get("/account").status_code for client in clients] == [200, 303, 303]
    assert living("ana") == 1


def test_nobody_ends_a_device_of_somebody_else_by_its_id(door, look, living):
    door("ben")
    ana, _ = door("ana")
    assert ana.post(f"/account/devices/{devices(look, 'ben')[0]}/end").status_code == 303
    assert living("ben") == 1


def test_the_acts_stand_in_the_trail_without_any_value(door, acts):
    client, _ = door("ana")
    client.post("/account/password", data={"old": PASSWORD, "password": NEW})
    client.post("/account/devices/end")
    assert acts()[-3:] == ["signed_in", "password_changed", "sessions_ended"]
