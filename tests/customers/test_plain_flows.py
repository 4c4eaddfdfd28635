"""The shop's day as plain pages: a client that knows links and forms and nothing else, with the real CSRF check."""

import re

import pytest

from tests import factories
from tests.page_forms import form_to


class Visitor:
    """Follows links, fills forms as they stand on the page, and remembers where it is."""

    def __init__(self, client, lang):
        self.client, self.page, self.here = client, "", ""
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = lang

    def go(self, path):
        return self._at(self.client.get(path, follow_redirects=True))

    def send(self, action, **typed):
        data = {**form_to(self.page, action, self.here), **typed}
        address = next(full for full in (*re.findall(r'action="([^"]*)"', self.page), self.here) if full.endswith(action))
        return self._at(self.client.post(address, data=data, follow_redirects=True))

    def _at(self, answer):
        self.page, self.here = answer.text, answer.request.path
        assert answer.status_code < 400 or answer.status_code in (409, 422), (self.here, answer.status_code)
        return answer.status_code

    def link(self, pattern):
        found = re.search(f'href="([^"]*{pattern}[^"]*)"', self.page)
        assert found, f"no link to {pattern} here"
        return self.go(found[1])


@pytest.fixture(params=["zh", "en"])
def visitor(request, app, monkeypatch):
    """visitor("ana") -> somebody who came in through the door with her password."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)

    def come_in(number):
        one = Visitor(app.test_client(), request.param)
        one.go("/sign-in")
        one.send("/sign-in", login=number, password=factories.PASSWORD)
        assert one.here == "/customers"
        return one

    return come_in


def open_cleo(one):
    one.go("/customers")
    one.send("/customers/search", q="3921")
    one.link("/customers/(?!new|lists)")


def test_capture_find_and_open(visitor):
    ana = visitor("ana")
    ana.link("/customers/new")
    assert ana.send("/customers/new", name="林姐", phone="139 1234 5678") == 200
    assert "林姐" in ana.page
    ana.go("/customers")
    ana.send("/customers/search", q="5678")
    assert "<mark>5678</mark>" in ana.page


def test_a_second_tap_makes_no_second_customer(visitor):
    ana = visitor("ana")
    ana.go("/customers/new")
    form = {**form_to(ana.page, "/customers/new", "/customers/new"), "name": "林姐", "phone": "13912345678"}
    first, second = (ana.client.post("/customers/new", data=form).location for _tap in range(2))
    assert first == second


def test_the_question_is_answered_and_the_fact_stands_in_the_card(visitor):
    ana = visitor("ana")
    open_cleo(ana)
    ana.link("/facts/birthday")
    ana.send("/facts/birthday", month="8", day="15", calendar="lunar")
    assert re.search("八月十五|8th lunar month", ana.page)


def test_what_is_taken_back_is_gone(visitor):
    ana = visitor("ana")
    open_cleo(ana)
    ana.send("/tags", name="羊绒")
    assert "羊绒" in ana.page
    ana.link("/consents")
    ana.send("/consents/profiling/withdrawal")
    assert "羊绒" not in ana.page


def test_a_note_is_kept_and_a_forbidden_one_is_handed_back(visitor):
    ana = visitor("ana")
    open_cleo(ana)
    assert ana.send("/notes", words="她是基督徒") == 422
    assert "她是基督徒</textarea>" in ana.page
    open_cleo(ana)
    assert ana.send("/notes", words="周末来试大衣") == 200
    assert "周末来试大衣" in ana.page


def test_a_colleague_serves_her(visitor):
    ada = visitor("ada")
    open_cleo(ada)
    assert "138 0000 3921" not in ada.page
    ada.send("/serving")
    assert "138 0000 3921" in ada.page


def test_another_store_finds_her_by_the_complete_number_only(visitor):
    olu = visitor("olu")
    for typed in ("Cleo", "3921", "1380000392"):
        olu.go("/customers")
        olu.send("/customers/search", q=typed)
        assert "/meetings" not in olu.page, typed
    olu.send("/customers/search", q=factories.CLEO_PHONE.removeprefix("+86"))
    olu.send("/meetings", act="here")
    assert "Cleo Zhou" in olu.page


def test_a_form_without_its_token_is_not_taken(visitor):
    ana = visitor("ana")
    assert ana.client.post("/customers/new", data={"name": "林姐", "phone": "13912345678"}).status_code == 400
