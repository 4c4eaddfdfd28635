"""Whatever is typed into whichever field: a clear word in the reader's language, nothing lost, nothing wrong stored, never a crash."""

import html
import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

from relcrm import clock, db
from relcrm.consent.models import FieldSwitch
from relcrm.customers.models import Customer
from tests import factories
from tests.page_forms import Forms

SCRIPT = "<script>alert('her')</script>"
SQL = "'; DROP TABLE customer; --"
LONG = "王" * 500
EMOJI = "☎️📞🎉"
JUNK = (SCRIPT, SQL, LONG, EMOJI, "\x00\x07", "%s %(x)s {{ 7*7 }}", "‮" + "ﷺ" * 50)
# Tables that a mere look or a refused try writes: who looked, whose turn, which key was answered.
LEAVES_TRACES = {"access_event", "audit_event", "staff_session", "lately_seen", "search_key", "sign_in_attempt", "client_key"}
# Where the form of an address without a page of its own stands.
HOLDS = {"/notes": "", "/tags": "", "/contacts": "/edit"}
NO_LUNAR_30 = 1988  # its second lunar month has 29 days


def rows(app) -> dict[str, int]:
    """How many rows each table holds, hidden ones too, without the tables that a look writes."""
    with closing(sqlite3.connect(app.config["RELCRM"].data_dir / "relcrm.db")) as book:
        names = [name for name in db.sql.metadata.tables if name not in LEAVES_TRACES]
        return {name: book.execute(f"select count(*) from {name}").fetchone()[0] for name in names}


@pytest.fixture(params=["zh", "en"])
def desk(request, app, sign_in):
    """desk(path, **typed) posts as Ana in one language and checks what every refusal owes her."""
    client = sign_in("ana")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = request.param
    with app.app_context():
        her = factories.customer("Cleo").public_id
    before = rows(app)

    def refused(path, **typed):
        path = path.format(her=her)
        stands = next((HOLDS[end] for end in HOLDS if path.endswith(end)), None)
        page = path if stands is None else path.rsplit("/", 1)[0] + stands
        [form] = [one for one in Forms(client.get(page).text, page).found if one["action"] == path and {*typed} & {*one["typed"]}]
        answer = client.post(path, data={**form["data"], **typed})
        assert answer.status_code in (409, 422), (path, typed, answer.status_code)
        assert 'class="err"' in answer.text or 'role="alert"' in answer.text
        said = " ".join(re.findall(r'class="(?:err|errors)".*?</(?:p|div)>', answer.text, re.DOTALL))
        assert re.search("[一-鿿]" if request.param == "zh" else "[A-Za-z]{3}", re.sub("<[^>]+>", "", said)), said
        kept = answer.text.replace("&#34;", '"')
        for value in typed.values():  # of a radio button only the chosen value stands there
            assert html.escape(value).replace("&quot;", '"').replace("&#x27;", "&#39;") in kept, f"{value!r} was lost"
        assert rows(app) == before
        return answer.text

    return refused


@pytest.mark.parametrize(
    "phone", ["13x9123456", "call me", EMOJI, "139" * 170, "+8613912", "139123456789012", "' OR 1=1 --", SCRIPT, "+99912345678", "０"]
)
def test_a_wrong_phone_is_refused_at_capture(desk, phone):
    assert 'id="phone-err"' in desk("/customers/new", name="Sister Lin", phone=phone)


@pytest.mark.parametrize("name", [LONG, SCRIPT, EMOJI, "12345", "<b>Lin</b>", "", "​"])
def test_a_wrong_name_is_refused_at_capture(desk, name):
    assert 'id="name-err"' in desk("/customers/new", name=name, phone="13912345678")


def test_without_any_contact_nobody_is_captured(desk):
    assert 'id="phone-err"' in desk("/customers/new", name="Sister Lin", phone="")


@pytest.mark.parametrize("kind", ["wechat", "wecom", "card"])
@pytest.mark.parametrize("contact", [LONG, EMOJI * 20 + " x", "a b c"])
def test_a_wrong_handle_or_card_is_refused(desk, kind, contact):
    if kind == "card" and contact == "a b c":
        contact = "!!"
    desk("/customers/new", name="Sister Lin", other_kind=kind, contact=contact)


BIRTHDAYS = {
    "a lunar month that is too short": {"calendar": "lunar", "year": str(NO_LUNAR_30), "month": "2", "day": "30"},
    "a solar 30 February": {"calendar": "solar", "year": "1990", "month": "2", "day": "30"},
    "a solar 30 February of no year": {"calendar": "solar", "year": "", "month": "2", "day": "30"},
    "a thirteenth month": {"calendar": "solar", "year": "1990", "month": "13", "day": "1"},
    "a leap month that never was": {"calendar": "lunar", "year": str(NO_LUNAR_30), "month": "2", "day": "1", "leap": "1"},
    "letters": {"calendar": "solar", "year": "199x", "month": "May", "day": "two"},
    "a minus": {"calendar": "solar", "year": "-1990", "month": "-5", "day": "-2"},
    "another century": {"calendar": "solar", "year": "1066", "month": "10", "day": "14"},
    "digits without end": {"calendar": "solar", "year": "9" * 400, "month": "1", "day": "1"},
}


@pytest.mark.parametrize("typed", BIRTHDAYS.values(), ids=BIRTHDAYS)
def test_a_day_that_is_none_is_no_birthday(desk, typed):
    desk("/customers/{her}/facts/birthday", **typed)


@pytest.mark.parametrize("age", [-1, 0, 13])
def test_a_birthday_in_the_future_or_of_a_child_is_refused(desk, age):
    born = clock.now().date() - timedelta(days=age * 365 + 5 if age >= 0 else -40)
    desk("/customers/{her}/facts/birthday", calendar="solar", year=str(born.year), month=str(born.month), day=str(born.day))


def test_a_day_before_she_is_fourteen_is_still_a_child(desk):
    tomorrow = clock.now().date() + timedelta(days=2)
    year = tomorrow.year - 14
    born = date(year, tomorrow.month, min(tomorrow.day, 28))
    desk("/customers/{her}/facts/birthday", calendar="solar", year=str(born.year), month=str(born.month), day=str(born.day))


@pytest.mark.parametrize("words", ["", "   ", "王" * 501, "她是基督徒", "her card is 4111 1111 1111 1111"])
def test_a_note_is_refused_and_stands_where_it_was(desk, words):
    desk("/customers/{her}/notes", words=words)


@pytest.mark.parametrize("name", ["", "王" * 21, "穆斯林"])
def test_a_wrong_tag_is_refused(desk, name):
    desk("/customers/{her}/tags", name=name)


@pytest.mark.parametrize("name", ["", "王" * 41])
def test_a_list_needs_a_name(desk, name):
    desk("/customers/lists", name=name)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("phone", "not a phone"), ("email", "her at home"), ("email", "x" * 400 + "@y.z"), ("wechat", "a b"), ("card", EMOJI)],
)
def test_a_wrong_contact_is_refused(desk, kind, value):
    desk("/customers/{her}/contacts", kind=kind, value=value)


@pytest.mark.parametrize(("name", "address_as"), [(LONG, ""), (SCRIPT, ""), ("", ""), ("Cleo", "王" * 21)])
def test_a_wrong_name_is_refused_in_the_file(desk, name, address_as):
    desk("/customers/{her}/edit", name=name, address_as=address_as)


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("contact_time", {"weekday": "soon"}), ("contact_time", {"weekday": "25:00-26:00"}), ("address", {"line": "x", "postcode": "€€€"}),
        ("latent_need", {"text": "a coat", "date": "2024-02-31"}), ("pain_point", {"text": LONG * 3}), ("pain_point", {"text": ""}),
        ("important_dates", {"text": "wedding", "calendar": "solar", "month": "2", "day": "30"}), ("product_spec", {"size": LONG}),
    ],
)  # fmt: skip
def test_a_wrong_fact_is_refused(desk, key, typed):
    desk(f"/customers/{{her}}/facts/{key}", **typed)


def pages(her: str) -> list[str]:
    more = (
        "",
        "/facts/birthday",
        "/facts/pain_point",
        "/facts/address",
        "/facts/occupation",
        "/facts/contact_time",
        "/family/adult",
        "/edit",
    )
    return ["/customers", "/customers/new", "/customers/lists", *(f"/customers/{her}{path}" for path in more)]


@pytest.mark.parametrize("junk", JUNK, ids=["script", "sql", "long", "emoji", "control", "template", "right-to-left"])
def test_every_field_of_every_form_takes_anything_and_shows_it_harmless(app, sign_in, junk):
    client, tried = sign_in("ana"), 0
    with app.app_context():
        her = factories.customer("Cleo").public_id
    for path in pages(her):
        for form in Forms(client.get(path).text, path).found:
            if form["method"] == "post" and form["typed"]:
                tried += 1
                data = {**form["data"], **dict.fromkeys(form["typed"], junk)}
                answer = client.post(form["action"], data=data, follow_redirects=True)
                assert answer.status_code < 500, (form["action"], data)
                assert SCRIPT not in answer.text, form["action"]
    assert tried >= 12, "the walk must reach the forms"
    for path in [*pages(her), f"/customers/{her}/timeline"]:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert SCRIPT not in answer.text, path
    with app.app_context():
        assert db.session().query(Customer).filter_by(public_id=her).count() == 1, "the table is still there"


def test_a_text_with_tags_that_may_be_kept_is_shown_as_text(app, sign_in):
    client = sign_in("ana")
    with app.app_context():
        her = factories.customer("Cleo").public_id
    client.post(f"/customers/{her}/notes", data={"words": f"hems {SCRIPT}"})
    [form] = [one for one in Forms(client.get(f"/customers/{her}/edit").text, "").found if "address_as" in one["typed"]]
    client.post(f"/customers/{her}/edit", data={**form["data"], "name": "Cleo Zhou", "address_as": "<i>Cleo</i>"})
    page = client.get(f"/customers/{her}").text
    assert SCRIPT not in page
    assert "<i>Cleo" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;i&gt;Cleo" in page


BODIES = {
    "nothing": {"data": {}},
    "script everywhere": {"data": "WORDS", "junk": SCRIPT},
    "long everywhere": {"data": "WORDS", "junk": LONG},
    "numbers without end": {"data": "WORDS", "junk": "9" * 300},
    "bytes that are no text": {"data": b"name=%ff%fe&phone=%c3%28&q=%00&words=%ed%a0%80", "content_type": "application/x-www-form-urlencoded"},
    "json": {"data": b'{"name": [1, {"x": null}]}', "content_type": "application/json"},
    "a broken upload": {"data": b"--x\r\nContent-Disposition: form-data; name=", "content_type": "multipart/form-data; boundary=x"},
    "a picture": {"data": b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "content_type": "image/png"},
}  # fmt: skip
WORDS = re.findall(
    r"\w+",
    """name phone contact other_kind q words value label kind text reason what why answer channel wish act meeting store list associate login
    password lang year month day calendar leap category size model fit province city line postcode use weekday weekend avoid date source slot
    asked version client_key prefill callback greeting marketing profiling salutation address_as language shop_phone winner versions row""",
)


NUMBERS = ("row_id", "inform_id", "alias_id")


def posts(app, her: str, other: str) -> list[str]:
    """Every POST address there is, with true and with made-up ids."""
    values = {"public_id": her, "other_public_id": other, "key": "birthday", "kind": "adult", "list_id": "nobody", "token": "x"}
    values |= dict.fromkeys(NUMBERS, 1)
    found = []
    with app.test_request_context():
        urls = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if "POST" in (rule.methods or ()) and rule.endpoint != "staff.sign_out":
                true = {name: values.get(name, "x") for name in rule.arguments}
                wild = {name: "profiling" if name == "key" else 10**30 if name in NUMBERS else v for name, v in true.items()}
                found += [urls.build(rule.endpoint, each, method="POST") for each in (true, wild)]
    return sorted(set(found))


@pytest.mark.parametrize("who", ["ana", "hua", ""])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_post_ends_in_a_crash(app, sign_in, who, body):
    client = sign_in(who) if who else app.test_client()
    with app.app_context():
        her, other = (factories.customer(name).public_id for name in ("Cleo", "Noor"))
    sent = {"data": dict.fromkeys(WORDS, body["junk"])} if body.get("junk") else body
    addresses = posts(app, her, other)
    assert len(addresses) > 25
    for address in addresses:
        answer = client.post(address, **sent)
        assert answer.status_code < 500, f"{address} broke: {answer.text[:300]}"
        assert SCRIPT not in answer.text


@pytest.mark.parametrize("path", ["/customers/{her}/timeline?before=x&kind=y", "/customers/{her}/timeline?before=9999-12-31", "/customers/lists/x?page=y",
    "/customers/{her}/facts/birthday?slot=" + "x" * 900, "/customers/{her}/facts/nothing", "/customers/%00", "/customers/{her}/consents/nothing",
    "/customers/{her}/timeline?before=9999-12-31T23:59:59-12:00", "/sign-in?next=//evil.example", "/customers/{her}/timeline?before=0001-01-01T00:00:00%2B14:00"])  # fmt: skip
def test_no_address_ends_in_a_crash(app, sign_in, path):
    with app.app_context():
        her = factories.customer("Cleo").public_id
    assert sign_in("ana").get(path.format(her=her)).status_code < 500


def test_a_sensitive_field_that_the_shop_keeps_takes_no_nonsense_either(app, sign_in):
    client = sign_in("ana")
    with app.app_context():
        her = factories.customer("Cleo").public_id
        with db.write_tx() as tx:
            tx.merge(FieldSwitch(key="ethnicity", is_on=True, at=clock.now(), by_id=factories.staff("hua").id))
    for value in (SCRIPT, "nobody", ""):
        assert client.post(f"/customers/{her}/facts/ethnicity", data={"value": value}).status_code in (409, 422)
