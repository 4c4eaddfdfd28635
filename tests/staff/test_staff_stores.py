"""Stores: what everybody sees, what the owner changes, what other features hang in."""

import re

import pytest

from relcrm.staff import store_cards
from relcrm.staff.models import AuditEvent, Store
from relcrm.staff.store_cards import StoreCard

YORK = {
    "client_key": "key-1",
    "name": "York",
    "address": "1 Coney Street",
    "phone": "01904 123456",
    "hours": "every day 10 to 18",
    "time_zone": "Europe/London",
    "language": "en",
    "region": "uk",
    "currency": "gbp",
    "country": "GB",
}


def store(look, name):
    return look(lambda s: s.query(Store).filter_by(name=name).one_or_none())


def test_the_owner_adds_a_store(sign_in, look, acts):
    assert sign_in("hua").post("/stores/new", data=YORK).status_code == 303
    made = store(look, "York")
    assert (made.currency, made.country, made.time_zone, made.region) == ("GBP", "GB", "Europe/London", "uk")
    assert acts()[-1] == "store_opened"
    assert "1 Coney Street" in sign_in("hua").get("/store").text


def test_a_double_tap_adds_one_store(sign_in, look):
    hua = sign_in("hua")
    for _ in range(2):
        assert hua.post("/stores/new", data=YORK).status_code == 303
    assert look(lambda s: s.query(Store).count()) == 3


def test_a_new_store_is_proposed_like_the_first_one(sign_in):
    page = sign_in("hua").get("/stores/new").text
    for chosen in ("Asia/Shanghai", "CN", "cn", "zh"):
        assert re.search(rf'<option (selected value="{chosen}"|value="{chosen}" selected|selected="" value="{chosen}")', page), chosen
    assert 'value="CNY"' in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": " "}, "Please fill this in"),
        ({"name": "North"}, "There is a store with this name"),
        ({"phone": "call me"}, "digits only"),
        ({"currency": "XYZW"}, "At most 3"),
        ({"currency": "XQX"}, "Choose one of the list"),
        ({"time_zone": "Mars/Olympus"}, "Choose one of the list"),
        ({"country": "XX"}, "Choose one of the list"),
        ({"region": "mars"}, "Choose one of the list"),
        ({"address": "x" * 201}, "At most 200"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(sign_in, look, typed, words):
    answer = sign_in("hua").post("/stores/new", data={**YORK, **typed})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="every day 10 to 18"' in answer.text
    assert look(lambda s: s.query(Store).count()) == 2


def test_a_change_is_kept_and_the_trail_names_the_keys(sign_in, sid, look):
    north = store(look, "North")
    data = {**YORK, "name": "North", "version": north.version}
    assert sign_in("hua").post(f"/stores/{sid('North')}/edit", data=data).status_code == 303
    assert store(look, "North").hours == "every day 10 to 18"
    last = look(lambda s: s.query(AuditEvent).order_by(AuditEvent.id.desc()).first())
    assert last.act == "store_changed"
    assert "hours" in last.keys.split()
    assert "name" not in last.keys.split()


def test_saving_without_a_change_leaves_no_row(sign_in, sid, look, acts):
    hua, path = sign_in("hua"), f"/stores/{sid('North')}/edit"
    north = store(look, "North")
    before = acts()
    data = {key: getattr(north, key) for key in YORK if key != "client_key"}
    assert hua.post(path, data={**data, "version": north.version}).status_code == 303
    assert acts() == before


def test_two_who_change_the_same_store_lose_nothing(sign_in, sid, look):
    hua, path, seen = sign_in("hua"), f"/stores/{sid('North')}/edit", store(look, "North").version
    hua.post(path, data={**YORK, "name": "North", "hours": "10 to 20", "version": seen})
    answer = hua.post(path, data={**YORK, "name": "North", "hours": "11 to 22", "version": seen})
    assert answer.status_code == 409
    assert "<dd>10 to 20</dd>" in answer.text
    assert 'value="11 to 22"' in answer.text
    fresh = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)[1]
    assert hua.post(path, data={**YORK, "name": "North", "hours": "11 to 22", "version": fresh}).status_code == 303
    assert store(look, "North").hours == "11 to 22"


def test_a_feature_hangs_its_card_into_the_store_page(sign_in, monkeypatch):
    monkeypatch.setattr(store_cards, "cards", [StoreCard("staff/_language.html", lambda reader: {} if reader.number == "ana" else None)])
    assert sign_in("ana").get("/store").text.count('action="/language"') == 1
    assert sign_in("ben").get("/store").text.count('action="/language"') == 0


def test_the_store_page_counts_everybody_once(sign_in):
    assert "7 people" in sign_in("hua").get("/store").text
    assert "4 people" in sign_in("ben").get("/store").text
    assert "people" not in sign_in("ana").get("/store").text
