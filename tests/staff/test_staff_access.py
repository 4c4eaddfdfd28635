"""Who may see and change whom: North and South, area, owner, auditor."""

import pytest

from relcrm import db
from relcrm.staff.models import Membership, StaffMember, Store

PAGES = ("", "/edit", "/link", "/leave")
ACTS = ("/edit", "/link", "/roles", "/roles/end", "/sessions/end", "/leave", "/return")
STAFF_PAGES = ("/staff", "/staff/new")
OWNER_PAGES = ("/stores/new", "/settings", "/settings/notices", "/settings/fields", "/settings/assessments/profiling")


def add_role(app, number, role, store):
    with app.app_context(), db.write_tx() as tx:
        person = tx.query(StaffMember).filter_by(number=number).one()
        place = tx.query(Store).filter_by(name=store).one() if store else None
        tx.add(Membership(staff_id=person.id, store_id=place.id if place else None, role=role))


def listed(client):
    page = client.get("/staff").text
    return {name for name in ("Ana", "Ada", "Ben", "Olu", "Ari", "Hua", "Quinn") if f'<span class="name">{name}</span>' in page}


@pytest.mark.parametrize("page", PAGES)
def test_the_manager_of_south_does_not_learn_that_staff_of_north_exist(sign_in, pid, page):
    olu = sign_in("olu")
    known, unknown = olu.get(f"/staff/{pid('ana')}{page}"), olu.get(f"/staff/nobody{page}")
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert "Ana" not in known.text


@pytest.mark.parametrize("act", ACTS)
def test_the_manager_of_south_changes_nobody_of_north(sign_in, pid, sid, act, acts):
    olu = sign_in("olu")
    before = acts()
    data = {"name": "X", "number": "x", "phone": "", "version": 1, "role": "associate", "store": sid("South")}
    assert olu.post(f"/staff/{pid('ana')}{act}", data=data).status_code == 404
    assert acts() == before


def test_each_manager_lists_the_people_of_her_stores(sign_in):
    assert listed(sign_in("ben")) == {"Ana", "Ada", "Ben", "Ari"}
    assert listed(sign_in("olu")) == {"Olu", "Ari"}
    assert listed(sign_in("ari")) == {"Ana", "Ada", "Ben", "Olu", "Ari"}
    assert listed(sign_in("hua")) == {"Ana", "Ada", "Ben", "Olu", "Ari", "Hua", "Quinn"}


@pytest.mark.parametrize("number", ["ana", "ada", "quinn"])
@pytest.mark.parametrize("page", STAFF_PAGES)
def test_associates_and_the_auditor_have_no_staff_pages(sign_in, pid, number, page):
    client = sign_in(number)
    assert client.get(page).status_code == 403
    assert client.get(f"/staff/{pid('ben')}").status_code == 403
    assert client.post("/staff/new", data={}).status_code == 403


@pytest.mark.parametrize("page", OWNER_PAGES)
@pytest.mark.parametrize(("number", "status"), [("ana", 403), ("ben", 403), ("ari", 403), ("quinn", 403), ("hua", 200)])
def test_settings_and_stores_are_the_owners(sign_in, number, status, page):
    assert sign_in(number).get(page).status_code == status


@pytest.mark.parametrize(("number", "status"), [("ana", 403), ("ben", 403), ("ari", 403), ("quinn", 200), ("hua", 200)])
def test_owner_and_auditor_read_the_trail(sign_in, number, status):
    assert sign_in(number).get("/settings/audit").status_code == status


def test_the_auditor_reads_and_changes_nothing(sign_in, pid, sid):
    quinn = sign_in("quinn")
    for path in (f"/staff/{pid('ana')}/leave", "/stores/new", f"/stores/{sid('North')}/edit", "/settings", "/settings/fields/hobbies"):
        assert quinn.post(path, data={}).status_code == 403


@pytest.mark.parametrize("act", ACTS)
def test_a_manager_does_not_touch_who_holds_a_role_she_does_not_give(sign_in, pid, sid, act, acts):
    """Ari works in Ben's store, so Ben sees him; what he is, Ben does not give."""
    ben = sign_in("ben")
    before = acts()
    data = {"name": "X", "number": "x", "phone": "", "version": 1, "role": "associate", "store": sid("North")}
    assert ben.post(f"/staff/{pid('ari')}{act}", data=data).status_code == 403
    assert acts() == before


def test_a_manager_does_not_raise_herself_or_others(sign_in, pid, sid, look):
    ben = sign_in("ben")
    for number, role, store in (
        ("ana", "store_manager", "North"),
        ("ben", "area_manager", "North"),
        ("ana", "owner", ""),
        ("ana", "associate", "South"),
    ):
        where = sid(store) if store else ""
        assert ben.post(f"/staff/{pid(number)}/roles", data={"role": role, "store": where}).status_code in (403, 404)
    assert look(lambda s: s.query(Membership).count()) == 8


def test_a_manager_invites_associates_into_her_store_only(sign_in, sid, look):
    ben = sign_in("ben")
    for role, store, status in (("store_manager", "North", 403), ("associate", "South", 404), ("owner", "", 403)):
        data = {"client_key": "k", "name": "Lin", "number": "9", "role": role, "store": sid(store) if store else ""}
        assert ben.post("/staff/new", data=data).status_code == status
    assert look(lambda s: s.query(StaffMember).filter_by(number="9").count()) == 0


def test_the_forms_offer_only_what_may_be_given(sign_in):
    page = sign_in("ben").get("/staff/new").text
    assert 'value="associate"' in page
    assert 'value="store_manager"' not in page
    assert "North" in page
    assert "South" not in page


def test_the_area_manager_moves_managers_within_her_stores(sign_in, pid, sid, app, look):
    ari = sign_in("ari")
    assert ari.post(f"/staff/{pid('olu')}/roles", data={"role": "store_manager", "store": sid("North")}).status_code == 303
    assert ari.post(f"/staff/{pid('olu')}/roles", data={"role": "area_manager", "store": sid("North")}).status_code == 403
    with app.app_context(), db.write_tx() as tx:
        tx.add(Store(public_id="east", name="East", time_zone="Asia/Shanghai", language="zh", currency="CNY", country="CN"))
    assert ari.post(f"/staff/{pid('olu')}/roles", data={"role": "associate", "store": "east"}).status_code == 404


def test_who_also_works_elsewhere_is_seen_with_the_roles_here_only(sign_in, pid, app):
    add_role(app, "ana", "associate", "South")
    page = sign_in("olu").get(f"/staff/{pid('ana')}").text
    assert "South" in page
    assert "North" not in page


def test_who_also_works_elsewhere_may_be_taken_out_here_but_not_thrown_out_of_the_chain(sign_in, pid, sid, app, look):
    add_role(app, "ana", "associate", "South")
    olu = sign_in("olu")
    assert olu.post(f"/staff/{pid('ana')}/leave").status_code == 403
    assert olu.post(f"/staff/{pid('ana')}/link").status_code == 403
    assert olu.post(f"/staff/{pid('ana')}/roles/end", data={"role": "associate", "store": sid("North")}).status_code == 404
    assert olu.post(f"/staff/{pid('ana')}/roles/end", data={"role": "associate", "store": sid("South")}).status_code == 303
    assert look(lambda s: s.query(Membership).join(Membership.staff).filter(StaffMember.number == "ana").count()) == 1


def test_being_an_associate_somewhere_gives_no_right_over_its_staff(sign_in, pid, app):
    add_role(app, "olu", "associate", "North")
    assert listed(sign_in("olu")) == {"Olu", "Ari"}
    assert sign_in("olu").get(f"/staff/{pid('ana')}").status_code == 404


def test_everybody_sees_the_stores_she_works_for_and_no_other(sign_in):
    for number, shown, hidden in (("ana", "North", "South"), ("olu", "South", "North")):
        page = sign_in(number).get("/store").text
        assert f"<b>{shown}</b></h2>" in page
        assert f"<b>{hidden}</b></h2>" not in page
    assert sign_in("ari").get("/store").text.count("</b></h2>") == 2
    assert sign_in("quinn").get("/store").text.count("</b></h2>") == 2


def test_a_store_that_is_not_hers_is_not_there(sign_in, app):
    assert sign_in("hua").get("/stores/nowhere/edit").status_code == 404


def test_signed_out_every_page_leads_to_the_door(app, pid):
    client = app.test_client()
    for page in (*STAFF_PAGES, *OWNER_PAGES, "/store", "/account", "/settings/audit", f"/staff/{pid('ana')}"):
        assert client.get(page).location.startswith("/sign-in?next=")
