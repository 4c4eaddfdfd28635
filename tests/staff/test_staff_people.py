"""Colleagues: the list, inviting, changing, roles, leaving and coming back."""

import re

import pytest
import sqlalchemy as sa

from relcrm import db
from relcrm.staff import founding, leaving
from relcrm.staff.leaving import Left
from relcrm.staff.models import AuditEvent, Membership, StaffMember, Store
from tests.factories import PASSWORD

NEW = "four wild swans"


def invite(client, sid, **more):
    data = {"client_key": "key-1", "name": "Lin Qing", "number": "1007", "phone": "", "role": "associate", "store": sid("North"), **more}
    return client.post("/staff/new", data=data)


def roles(look, number):
    rows = look(
        lambda s: (
            s.query(Membership.role, Store.name)
            .join(Membership.staff)
            .outerjoin(Membership.store)
            .filter(StaffMember.number == number)
            .all()
        )
    )
    return sorted((role, name or "") for role, name in rows)


def version(look, number):
    return look(lambda s: s.query(StaffMember.version).filter_by(number=number).scalar())


def test_a_manager_invites_and_the_newcomer_chooses_a_password_and_works(sign_in, sid, app, look, acts):
    page = invite(sign_in("ben"), sid, phone="138 0000 1111").text
    path = re.search(r"/join/[\w-]+", page)[0]
    newcomer = app.test_client()
    newcomer.post(path, data={"password": NEW})
    assert "<b>North</b></h2>" in newcomer.get("/store").text
    assert roles(look, "1007") == [("associate", "North")]
    assert look(lambda s: s.query(StaffMember).filter_by(number="1007").one().phone) == "+8613800001111"
    assert acts()[-5:] == ["role_given", "staff_invited", "link_made", "link_used", "signed_in"]


def test_a_double_tap_invites_one_person_and_both_answers_show_a_link(sign_in, sid, look):
    ben = sign_in("ben")
    first, second = invite(ben, sid), invite(ben, sid)
    assert (first.status_code, second.status_code) == (200, 200)
    assert "/join/" in second.text
    assert look(lambda s: s.query(StaffMember).filter_by(number="1007").count()) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"number": "ANA"}, "belongs to a colleague already"),
        ({"number": "10 07"}, "without spaces"),
        ({"number": "x" * 33}, "At most 32"),
        ({"name": "<script>"}, "A name has no"),
        ({"name": ""}, "Please fill this in"),
        ({"phone": "1380000111x"}, "digits only"),
        ({"phone": "138000011"}, "digits"),
        ({"store": ""}, "Choose the store"),
        ({"role": "king"}, "Choose a role"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(sign_in, sid, look, typed, words):
    answer = invite(sign_in("ben"), sid, **typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Lin Qing"' in answer.text or "name" in typed
    assert look(lambda s: s.query(StaffMember).filter_by(number="1007").count()) == 0


def test_a_phone_belongs_to_one_person(sign_in, sid, change):
    change("ana", phone="+8613800001111")
    assert "This phone belongs to a colleague already" in invite(sign_in("ben"), sid, phone="13800001111").text


def test_a_role_of_the_whole_chain_has_no_store(sign_in, sid):
    assert "leave the store empty" in invite(sign_in("hua"), sid, role="auditor").text
    assert invite(sign_in("hua"), sid, role="auditor", store="").status_code == 200


def test_the_list_takes_the_same_queries_for_many_as_for_few(sign_in, app):
    ben = sign_in("ben")

    def queries():
        seen = []
        with app.app_context():
            engine = db.sql.engine
        sa.event.listen(engine, "before_cursor_execute", count := lambda *args: seen.append(args[2]))
        page = ben.get("/staff").text
        sa.event.remove(engine, "before_cursor_execute", count)
        return len(seen), page.count('class="card row"')

    few = queries()
    with app.app_context(), db.write_tx() as tx:
        north = tx.query(Store).filter_by(name="North").one()
        for number in range(40):
            person = founding.new_staff(f"n{number}", f"Name {number:02}")
            tx.add(person)
            tx.flush()
            tx.add(Membership(staff_id=person.id, store_id=north.id, role="associate"))
    many = queries()
    assert (few[0], few[1], many[1]) == (many[0], 4, 30)
    assert "Name 39" in ben.get("/staff?page=2").text


def test_name_number_and_phone_are_changed_and_the_trail_holds_keys_only(sign_in, pid, look):
    data = {"version": version(look, "ana"), "name": "Ana Lin", "number": "ana", "phone": "138 0000 1111"}
    assert sign_in("ben").post(f"/staff/{pid('ana')}/edit", data=data).status_code == 303
    person = look(lambda s: s.query(StaffMember).filter_by(number="ana").one())
    assert (person.name, person.phone) == ("Ana Lin", "+8613800001111")
    last = look(lambda s: s.query(AuditEvent).order_by(AuditEvent.id.desc()).first())
    assert (last.act, last.keys, last.target) == ("staff_changed", "name phone", person.public_id)


def test_two_who_change_the_same_person_lose_nothing(sign_in, pid, look):
    seen, path = version(look, "ana"), f"/staff/{pid('ana')}/edit"
    sign_in("hua").post(path, data={"version": seen, "name": "Ana One", "number": "ana", "phone": ""})
    answer = sign_in("ben").post(path, data={"version": seen, "name": "Ana Two", "number": "ana", "phone": ""})
    assert answer.status_code == 409
    assert "On file now" in answer.text
    assert "<dd>Ana One</dd>" in answer.text
    assert 'value="Ana Two"' in answer.text
    fresh = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)[1]
    assert sign_in("ben").post(path, data={"version": fresh, "name": "Ana Two", "number": "ana", "phone": ""}).status_code == 303
    assert look(lambda s: s.query(StaffMember).filter_by(number="ana").one().name) == "Ana Two"


def test_roles_are_given_and_ended_per_store(sign_in, pid, sid, look):
    hua = sign_in("hua")
    assert hua.post(f"/staff/{pid('ana')}/roles", data={"role": "associate", "store": sid("South")}).status_code == 303
    assert roles(look, "ana") == [("associate", "North"), ("associate", "South")]
    hua.post(f"/staff/{pid('ana')}/roles/end", data={"role": "associate", "store": sid("North")})
    assert roles(look, "ana") == [("associate", "South")]


def test_a_role_is_given_once(sign_in, pid, sid):
    answer = sign_in("ben").post(f"/staff/{pid('ana')}/roles", data={"role": "associate", "store": sid("North")})
    assert answer.status_code == 422
    assert "held there already" in answer.text


def test_the_only_role_does_not_end(sign_in, pid, sid, look):
    answer = sign_in("ben").post(f"/staff/{pid('ana')}/roles/end", data={"role": "associate", "store": sid("North")})
    assert answer.status_code == 409
    assert roles(look, "ana") == [("associate", "North")]


def test_who_leaves_is_out_at_once_and_her_roles_stay_as_history(sign_in, pid, look, door, living):
    ana, _ = door("ana")
    assert sign_in("ben").post(f"/staff/{pid('ana')}/leave").status_code == 303
    assert ana.get("/account").status_code == 303
    assert living("ana") == 0
    assert door("ana")[1].status_code == 422
    person = look(lambda s: s.query(StaffMember).filter_by(number="ana").one())
    assert (person.left_on is not None, person.password_hash, person.phone) == (True, None, None)
    assert roles(look, "ana") == [("associate", "North")]
    assert "left" in sign_in("ben").get("/staff").text


def test_who_comes_back_needs_a_new_link(sign_in, pid, door):
    ben = sign_in("ben")
    ben.post(f"/staff/{pid('ana')}/leave")
    assert ben.post(f"/staff/{pid('ana')}/link").status_code == 409
    ben.post(f"/staff/{pid('ana')}/return")
    assert door("ana", PASSWORD)[1].status_code == 422
    assert "/join/" in ben.post(f"/staff/{pid('ana')}/link").text


def test_before_somebody_leaves_the_page_says_what_stays_behind(sign_in, pid, monkeypatch):
    monkeypatch.setattr(
        leaving, "stays_behind", [lambda person: Left(f"12 customers stay {person.name}'s", 12), lambda _person: Left("no lists", 0)]
    )
    page = sign_in("ben").get(f"/staff/{pid('ana')}/leave").text
    assert "12 customers stay Ana" in page
    assert "no lists" not in page


def test_the_last_owner_neither_leaves_nor_loses_the_role(sign_in, pid, look, sid):
    hua = sign_in("hua")
    assert hua.post(f"/staff/{pid('hua')}/leave").status_code == 409
    hua.post(f"/staff/{pid('hua')}/roles", data={"role": "associate", "store": sid("North")})
    answer = hua.post(f"/staff/{pid('hua')}/roles/end", data={"role": "owner", "store": ""})
    assert answer.status_code == 409
    assert "There must always be an owner" in answer.text
    assert ("owner", "") in roles(look, "hua")


def test_an_owner_who_never_signed_in_does_not_count_as_the_other_owner(sign_in, pid, sid, app, look):
    hua = sign_in("hua")
    path = re.search(r"/join/[\w-]+", invite(hua, sid, role="owner", store="").text)[0]
    assert hua.post(f"/staff/{pid('hua')}/leave").status_code == 409
    app.test_client().post(path, data={"password": NEW})
    assert hua.post(f"/staff/{pid('hua')}/leave").status_code == 303
    assert look(lambda s: s.query(StaffMember).filter_by(number="hua").one().left_on) is not None


def test_a_manager_signs_out_one_device_or_all(sign_in, pid, door, living):
    (one, _), (two, _), (three, _) = door("ana"), door("ana"), door("ana")
    ben = sign_in("ben")
    ids = re.findall(r'name="device" value="([\w-]+)"', ben.get(f"/staff/{pid('ana')}").text)
    assert len(ids) == 3
    ben.post(f"/staff/{pid('ana')}/sessions/end", data={"device": ids[0]})
    assert living("ana") == 2
    ben.post(f"/staff/{pid('ana')}/sessions/end")
    assert [client.get("/account").status_code for client in (one, two, three)] == [303, 303, 303]
