"""Two tills note the same contact at the same instant: one customer comes of it, and the slower till is told who she is."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from relcrm import db
from relcrm.customers.models import ContactPoint, Customer, CustomerStore
from tests import factories

PHONE, CARD = "13912340011", "VIP20261"


def together(app, clients, forms):
    """Post each form by its own client from its own thread; none gets the write lock before both wait for it."""
    waiting = threading.Barrier(len(clients) + 1, timeout=30)
    first = threading.local()

    def stand_in_line(conn, cursor, statement, parameters, context, executemany):
        if statement == "BEGIN IMMEDIATE" and threading.current_thread() is not threading.main_thread() and not hasattr(first, "came"):
            first.came = True
            waiting.wait()

    with app.app_context():
        engine = db.sql.engine
    held = db.sqlite3.connect(engine.url.database, isolation_level=None, timeout=30)
    sa.event.listen(engine, "before_cursor_execute", stand_in_line)
    try:
        held.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(len(clients)) as tills:
            answers = [tills.submit(client.post, "/customers/new", data=form) for client, form in zip(clients, forms, strict=True)]
            waiting.wait()
            held.execute("COMMIT")
            return [answer.result(60) for answer in answers]
    finally:
        sa.event.remove(engine, "before_cursor_execute", stand_in_line)
        held.close()


def form(name, key, **contacts):
    return {"name": name, "client_key": key, "callback": "yes", "other_kind": "card", "contact": "", **contacts}


def holders(app, value):
    with app.app_context():
        found = (
            db.session().execute(sa.select(Customer.name, Customer.public_id).join(ContactPoint).where(ContactPoint.value == value)).all()
        )
        db.session().close()
        return found


@pytest.mark.parametrize(
    ("contacts", "value"),
    [
        ({"phone": PHONE}, "+8613912340011"),
        ({"other_kind": "card", "contact": CARD}, CARD),
        ({"other_kind": "wechat", "contact": "lin_xiao"}, "lin_xiao"),
    ],
    ids=["phone", "card", "wechat"],
)
def test_of_two_tills_one_notes_her_and_the_other_is_told_who_she_is(app, sign_in, contacts, value):
    clients = [sign_in("ana"), sign_in("ben")]
    answers = together(app, clients, [form("林晓", "key-a", **contacts), form("林小姐", "key-b", **contacts)])
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    (made,) = holders(app, value)
    loser = next(answer for answer in answers if answer.status_code == 422).get_data(as_text=True)
    assert f'href="/customers/{made.public_id}"' in loser
    assert made.name in loser
    typed = ({"林晓", "林小姐"} - {made.name}).pop()
    assert f'value="{typed}"' in loser
    assert f'value="{next(reversed(contacts.values()))}"' in loser
    assert 'name="callback" value="yes" form="capture" checked' in loser


def test_a_till_of_another_store_is_offered_she_is_here_and_ask_to_share(app, sign_in):
    answers = together(app, [sign_in("ana"), sign_in("olu")], [form("林晓", "key-a", phone=PHONE), form("林晓", "key-b", phone=PHONE)])
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert len(holders(app, "+8613912340011")) == 1
    loser = next(answer for answer in answers if answer.status_code == 422).get_data(as_text=True)
    assert "She is here" in loser
    assert "Ask to share" in loser
    assert 'value="13912340011"' in loser


def test_the_same_tap_twice_at_once_is_one_customer_and_both_taps_arrive_at_her(app, sign_in):
    client = sign_in("ana")
    twin = app.test_client()
    cookie = client.get_cookie("relcrm")
    twin.set_cookie("relcrm", cookie.value)
    answers = together(app, [client, twin], [form("林晓", "key-a", phone=PHONE)] * 2)
    (made,) = holders(app, "+8613912340011")
    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(303, f"/customers/{made.public_id}")] * 2
    with app.app_context():
        assert (
            db.session().scalar(
                sa.select(sa.func.count())
                .select_from(CustomerStore)
                .join(Customer, Customer.id == CustomerStore.customer_id)
                .where(Customer.public_id == made.public_id)
            )
            == 1
        )
        db.session().close()


def check(client, **typed):
    return client.post("/customers/check", data=typed).get_data(as_text=True)


@pytest.mark.parametrize("typed", ["欧阳静", "欧阳婧", "Ouyang Jing", "jing ouyang"])
def test_while_a_name_is_typed_whoever_of_this_store_is_called_so_is_shown(app, ctx, sign_in, typed):
    factories.meet("欧阳静", "+8613512346600")
    assert "Is it her?" in check(sign_in("ana"), name=typed)


@pytest.mark.parametrize("typed", ["欧阳", "欧阳女士", "静", "欧阳敏", "", "<b>"])
def test_half_a_name_or_another_name_asks_nothing(app, ctx, sign_in, typed):
    factories.meet("欧阳静", "+8613512346600")
    assert "Is it her?" not in check(sign_in("ana"), name=typed)


def test_at_most_three_are_shown_and_the_one_with_nearly_this_phone_stands_first(app, ctx, sign_in):
    for n in range(4):
        factories.meet("王伟", f"+861381000000{n}")
    near = factories.meet("王维", "+8613712345679")
    public_id = db.session().get_one(Customer, near).public_id
    page = check(sign_in("ana"), name="王伟", phone="13712345678")
    assert page.count('class="card row"') == 3
    assert page.index(public_id) == min(
        page.index(f"/customers/{one.public_id}") for one in db.session().query(Customer) if one.public_id in page
    ) + len("/customers/")


def test_customers_of_other_stores_are_never_hinted_at(app, ctx, sign_in):
    factories.meet("孙丽丽", "+8613612348802", by="olu", store="South")
    assert "Is it her?" not in check(sign_in("ana"), name="孙丽丽", phone="13612348803")


def test_a_hint_hinders_nobody(app, ctx, sign_in):
    factories.meet("欧阳静", "+8613512346600")
    answer = sign_in("ana").post("/customers/new", data=form("欧阳静", "key-a", phone="13512346601"))
    assert answer.status_code == 303


def test_an_exact_number_is_said_instead_of_a_guess(app, ctx, sign_in):
    factories.meet("欧阳静", "+8613512346600")
    page = check(sign_in("ana"), name="欧阳静", phone="13512346600")
    assert "in the book already" in page
    assert "Is it her?" not in page
