"""The pages of a merge from the profile to the undo, as a browser without script sends them."""

import re

import pytest
import sqlalchemy as sa

from relcrm import db
from relcrm.consent.models import AccessEvent, Alias
from relcrm.customers import facts, rules
from relcrm.customers.models import Customer, Fact
from tests import factories
from tests.customers.merging_cast import ALL, Two
from tests.page_forms import form_to


@pytest.fixture
def two(app, at):
    with app.app_context():
        two = Two(at, ALL, {"greeting": False})
        two.say(two.may, "profiling")
        for her, words in ((two.mia, "at work"), (two.may, "at home")):
            two.tell(her, "usage_habit", words)
        two.tell(two.may, "hobbies", {"values": [], "texts": ["tea"]})
        two.ids = [db.session().get(Customer, her).public_id for her in (two.mia, two.may)]
        db.session().close()
        yield two


def compare(two, client, winner=0):
    return f"/customers/{two.ids[0]}/merge/{two.ids[1]}?winner={two.ids[winner]}"


def send(two, client, winner=0, **changed):
    page = client.get(compare(two, client, winner)).text
    mine, other = two.ids[winner], two.ids[1 - winner]
    path = f"/customers/{mine}/merge/{other}"
    return client.post(path, data={**form_to(page, path), **changed})


def test_from_the_search_for_the_other_file_to_one_file_and_back(two, sign_in):
    ana = sign_in("ana")
    assert f"/customers/{two.ids[0]}/merge" in ana.get(f"/customers/{two.ids[0]}").text
    found = ana.post(f"/customers/{two.ids[0]}/merge", data={"q": "may"}).text
    assert f'href="/customers/{two.ids[0]}/merge/{two.ids[1]}"' in found
    assert "Mia Tan</" not in found.split('id="results"')[1]
    assert send(two, ana).headers["Location"].endswith(f"/customers/{two.ids[0]}")
    page = ana.get(f"/customers/{two.ids[0]}").text
    assert "Two files are one now." in page
    assert "Merged with May Tan" in page
    undo = re.search(r'action="([^"]+/undo)"', page)[1]
    two.later()
    assert "/meanwhile" in ana.post(undo).headers["Location"]
    assert "Two files again, as they were." in ana.get(f"/customers/{two.ids[1]}").text


def test_both_are_side_by_side_and_a_no_is_pointed_out(two, sign_in):
    page = sign_in("ana").get(compare(two, None)).text
    for words in ("Mia Tan", "May Tan", "at work", "at home", "She said no once: no stands.", "This file stays"):
        assert words in page, words
    assert page.count("She said no once") == 1
    assert form_to(page, f"/merge/{two.ids[1]}")["winner"] == two.ids[0]


def test_the_fuller_file_stays_unless_somebody_turns_it_round(two, sign_in):
    ana = sign_in("ana")
    page = ana.get(f"/customers/{two.ids[0]}/merge/{two.ids[1]}").text
    assert form_to(page, f"/merge/{two.ids[0]}")["winner"] == two.ids[1]
    assert send(two, ana, winner=0).headers["Location"].endswith(two.ids[0])


def test_the_newer_word_is_chosen_beforehand_and_the_person_may_choose_the_other(two, sign_in):
    ana = sign_in("ana")
    page = ana.get(compare(two, ana)).text
    field = next(name for name in form_to(page, f"/merge/{two.ids[1]}") if name.startswith("fact-"))
    assert form_to(page, f"/merge/{two.ids[1]}")[field] == "loser"
    send(two, ana, **{field: "winner", "own-name": "loser"})
    assert two.values(two.mia)["usage_habit"] == "at work"
    assert db.session().get(Customer, two.mia).name == "May Tan"


def test_a_double_tap_is_one_merge(two, sign_in):
    ana = sign_in("ana")
    page = ana.get(compare(two, ana)).text
    path = f"/customers/{two.ids[0]}/merge/{two.ids[1]}"
    answers = [ana.post(path, data=form_to(page, path)) for _tap in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {f"/customers/{two.ids[0]}"}
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Alias)) == 1


def test_of_two_people_the_second_is_told(two, sign_in):
    ana, ben = sign_in("ana"), sign_in("ben")
    page = ben.get(compare(two, ben, winner=1)).text
    path = f"/customers/{two.ids[1]}/merge/{two.ids[0]}"
    send(two, ana)
    answer = ben.post(path, data=form_to(page, path))
    assert answer.headers["Location"].endswith(two.ids[0])
    assert "joined to another a moment ago" in ben.get(answer.headers["Location"]).text


def test_a_change_since_the_page_was_opened_is_told_and_the_choice_is_kept(two, sign_in):
    ana = sign_in("ana")
    page, path = ana.get(compare(two, ana)).text, f"/customers/{two.ids[0]}/merge/{two.ids[1]}"
    two.later()
    with db.write_tx() as tx:
        seen = two.seen(two.may)
        rules.change_identity(tx, factories.staff("ana"), seen, {"name": "Maya Tan"}, seen.customer.version)
    answer = ana.post(path, data={**form_to(page, path), "own-name": "loser"})
    assert answer.status_code == 422
    assert "Somebody changed one of the two a moment ago" in answer.text
    assert form_to(answer.text, path)["own-name"] == "loser"
    assert ana.post(path, data=form_to(answer.text, path)).status_code == 303


@pytest.mark.parametrize(
    ("way", "page"), [("get", ""), ("get", "/timeline"), ("get", "/consents"), ("post", "/notes"), ("post", "/serving")]
)
def test_the_old_address_leads_to_the_file_that_stayed(two, sign_in, way, page):
    ana = sign_in("ana")
    send(two, ana)
    answer = getattr(ana, way)(f"/customers/{two.ids[1]}{page}", data={"words": "lost?"} if way == "post" else None)
    assert answer.headers["Location"] == f"/customers/{two.ids[0]}{page if way == 'get' else ''}"
    assert getattr(sign_in("olu"), way)(f"/customers/{two.ids[1]}{page}").status_code == 404


def test_what_the_reader_may_not_see_is_not_on_the_page(two, sign_in):
    with db.write_tx() as tx:
        ana = factories.staff("ana")
        for her in (two.mia, two.may):
            facts.add_note(tx, ana, two.seen(her), "window seat")
    two.say(two.mia, "special:health")
    two.say(two.may, "special:health", False)
    two.tell(two.mia, "material_avoid", {"values": ["wool"], "texts": []})
    own, managed, area = (sign_in(who).get(compare(two, None)).text for who in ("ana", "ben", "ari"))
    assert "139 5555 0001" in own
    for page in (managed, area):
        assert "5555 0001" not in page
        assert "health" not in page.lower()
    assert "at home" in own
    assert "at home" not in managed + area
    assert "window seat" not in own + managed + area


def test_looking_at_two_files_leaves_two_rows(two, sign_in):
    sign_in("ben").get(compare(two, None))
    looks = db.session().scalars(sa.select(AccessEvent.customer_id).where(AccessEvent.kind == "profile")).all()
    assert sorted(looks) == [two.mia, two.may]


def test_after_an_undo_what_was_noted_meanwhile_is_moved_by_hand(two, sign_in):
    ana = sign_in("ana")
    send(two, ana)
    two.tell(two.mia, "pain_point", "zips")
    two.say(two.mia, "greeting", True)
    alias = db.session().scalar(sa.select(Alias.id))
    two.later()
    where = ana.post(f"/customers/{two.ids[0]}/merges/{alias}/undo").headers["Location"]
    page = ana.get(where).text
    assert "Belongs to May Tan" in page
    assert "zips" in page
    assert "it counts for neither" in page
    row = db.session().scalar(sa.select(Fact.id).where(Fact.key == "pain_point"))
    ana.post(where, data={"kind": "fact", "row": str(row)})
    assert "Belongs to Mia Tan" in ana.get(where).text
    assert two.values(two.may)["pain_point"] == "zips"
    assert "Was one file with May Tan" in ana.get(f"/customers/{two.ids[0]}").text
    for kind, one in (("fact", "x"), ("nothing", "1"), ("fact", "99999999999999999999999999")):
        assert ana.post(where, data={"kind": kind, "row": one}).status_code == 404


def test_a_field_that_was_edited_since_is_told_after_the_undo(two, sign_in):
    ana = sign_in("ana")
    send(two, ana, **{"own-name": "loser"})
    two.later()
    with db.write_tx() as tx:
        seen = two.seen(two.mia)
        rules.change_identity(tx, factories.staff("ana"), seen, {"name": "Maria"}, seen.customer.version)
    alias = db.session().scalar(sa.select(Alias.id))
    where = ana.post(f"/customers/{two.ids[0]}/merges/{alias}/undo").headers["Location"]
    assert "Changed by hand since, and left so: Name." in ana.get(where).text
