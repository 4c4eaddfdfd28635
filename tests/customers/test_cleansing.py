"""What should be mended stands on its list, leaves it when it is mended, and is nobody's business once a consent is gone."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from relcrm import clock, db, jobs
from relcrm.consent import bound
from relcrm.consent import rules as consent_rules
from relcrm.customers import cleansing, facts, queries, rules
from relcrm.customers.cleansing_models import KINDS, CleanFinding
from relcrm.customers.models import ContactPoint, Customer, CustomerStore, Fact
from relcrm.staff.models import StaffMember, Store
from tests import factories

PHONE = "+8613912340011"
WRONG = {"calendar": "lunar", "year": 1987, "month": 2, "day": 30, "leap": False, "leap_policy": "leap_if_present"}


def north():
    return db.session().scalars(sa.select(Store).where(Store.name == "North")).one()


def count():
    """What the worker does at night."""
    assert jobs.run_now("clean_file")


def minute():
    assert jobs.run_now("changed_files")


def kinds(customer_id):
    return set(db.session().scalars(sa.select(CleanFinding.kind).where(CleanFinding.customer_id == customer_id)))


def change(customer_id, what):
    """Ana changes something by the rule `what`(tx, actor, seen)."""
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        what(tx, ana, queries.get(ana, tx.get_one(Customer, customer_id).public_id))


def told(customer_id, key, value):
    change(customer_id, lambda tx, ana, seen: facts.put_fact(tx, ana, seen, key, value))


@pytest.fixture
def lin(ctx):
    """Ana's, with a phone that is right and one thing known."""
    made = factories.meet("林晓燕", PHONE, {"greeting": True})
    told(made, "service_style", ["browse"])
    return made


def by_force(model, customer_id, **values):
    """As it came from an older book, past the rules of today."""
    with db.write_tx() as tx:
        tx.execute(sa.update(model).where(model.customer_id == customer_id).values(**values))


def wrong_birthday(customer_id):
    told(customer_id, "birthday", {**WRONG, "day": 29})
    with db.write_tx() as tx:
        row = tx.scalars(sa.select(Fact.id).where(Fact.customer_id == customer_id, Fact.key == "birthday")).one()
        bound.put(
            tx, Fact, customer_id=customer_id, basis="greeting", until=bound.FOREVER, key={"id": row}, values={"plain": json.dumps(WRONG)}
        )


def leave(customer_id):
    with db.write_tx() as tx:
        tx.execute(sa.update(StaffMember).where(StaffMember.number == "ana").values(left_on=clock.today("Asia/Shanghai")))


def test_a_file_in_order_is_on_no_list(lin):
    count()
    assert kinds(lin) == set()


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda one: by_force(ContactPoint, one, value="+8612800003921"), "phone_wrong"),
        (lambda one: by_force(ContactPoint, one, value="+8613800138000"), "phone_wrong"),
        (lambda one: by_force(ContactPoint, one, unreachable=True), "unreachable"),
        (lambda one: by_force(ContactPoint, one, kind="email", value="lin@gmial.com"), "email_wrong"),
        (lambda one: by_force(CustomerStore, one, since=clock.now() + timedelta(days=3)), "date_wrong"),
        (lambda one: by_force(CustomerStore, one, since=clock.now().replace(year=1899)), "date_wrong"),
        (wrong_birthday, "date_wrong"),
        (leave, "no_associate"),
    ],
    ids=["impossible", "placeholder", "unreachable", "email", "future", "past", "birthday", "left"],
)  # fmt: skip
def test_each_trouble_is_found_and_gone_when_there_is_none(lin, spoil, kind):
    spoil(lin)
    count()
    assert kinds(lin) == {kind}
    assert cleansing.counts(north())[kind] >= 1


def test_a_file_that_holds_nothing_is_empty_and_one_fact_fills_it(ctx):
    made = factories.meet("林晓燕", PHONE)
    count()
    assert kinds(made) == {"empty"}
    told(made, "service_style", ["browse"])
    minute()
    assert kinds(made) == set()


def test_a_file_nobody_confirmed_is_stale_until_she_is_met(lin, at):
    at(clock.now() + timedelta(days=560))
    count()
    assert kinds(lin) == {"stale"}
    change(lin, lambda tx, ana, seen: facts.add_note(tx, ana, seen, "试了外套"))
    count()
    assert kinds(lin) == set()


def test_whoever_has_no_associate_is_listed_until_she_has_one(lin):
    with db.write_tx() as tx:
        tx.get_one(Customer, lin).owner_id = None
    count()
    assert kinds(lin) == {"no_associate"}
    change(lin, lambda tx, ana, seen: rules.choose_associate(tx, ana, seen, ana))
    minute()
    assert kinds(lin) == set()


def test_two_troubles_are_two_lines_and_mending_one_leaves_the_other(lin):
    change(lin, lambda tx, ana, seen: rules.add_contact(tx, ana, seen, "email", "lin@test.com"))
    change(lin, lambda tx, ana, seen: rules.add_contact(tx, ana, seen, "phone", "+8613800138000"))
    minute()
    assert kinds(lin) == {"email_wrong", "phone_wrong"}
    bad = next(point.id for point in queries.contacts(lin) if point.kind == "email")
    change(lin, lambda tx, ana, seen: rules.remove_contact(tx, ana, seen, bad))
    minute()
    assert kinds(lin) == {"phone_wrong"}


def test_a_birthday_is_judged_only_while_it_may_be_read(lin):
    wrong_birthday(lin)
    count()
    assert kinds(lin) == {"date_wrong"}
    with db.write_tx() as tx:
        consent_rules.withdraw(tx, lin, "greeting", actor=factories.staff("ana"), store_id=1, lang="en")
    assert kinds(lin) == set()
    count()
    assert kinds(lin) == set()


def test_whose_service_ended_is_on_no_list(lin):
    by_force(ContactPoint, lin, unreachable=True)
    count()
    with db.write_tx() as tx:
        consent_rules.withdraw(tx, lin, "service", actor=factories.staff("ana"), store_id=1, lang="en")
    minute()
    assert kinds(lin) == set()


def test_judging_in_pieces_is_the_same_as_in_one(ctx):
    for n in range(7):
        factories.meet("林晓燕", f"+861391234001{n}")
    count()
    whole = set(map(tuple, db.session().execute(sa.select(CleanFinding.store_id, CleanFinding.kind, CleanFinding.customer_id))))
    assert len(whole) >= 7
    with db.write_tx() as tx:
        tx.execute(sa.delete(CleanFinding))
    after = 0
    while after is not None:
        with db.write_tx() as tx:
            after = cleansing.sweep(tx, after, 2)
    assert set(map(tuple, db.session().execute(sa.select(CleanFinding.store_id, CleanFinding.kind, CleanFinding.customer_id)))) == whole


def test_the_page_counts_each_line_opens_its_list_and_the_list_opens_the_file(app, lin, sign_in):
    change(lin, lambda tx, ana, seen: rules.add_contact(tx, ana, seen, "email", "lin@gmial.com"))
    ben = sign_in("ben")
    assert "not counted yet" in ben.get("/clean-file").get_data(as_text=True)
    count()
    page = ben.get("/clean-file").get_data(as_text=True)
    assert 'href="/clean-file/email_wrong"' in page
    assert "counted" in page
    page = ben.get("/clean-file/email_wrong").get_data(as_text=True)
    assert "…@gmial.com: perhaps gmail.com?" in page
    assert f"/customers/{db.session().get_one(Customer, lin).public_id}" in page
    assert "lin@" not in page


def test_what_was_mended_is_not_shown_even_before_the_worker_came(app, lin, sign_in):
    change(lin, lambda tx, ana, seen: rules.add_contact(tx, ana, seen, "email", "lin@gmial.com"))
    count()
    bad = next(point.id for point in queries.contacts(lin) if point.kind == "email")
    change(lin, lambda tx, ana, seen: rules.remove_contact(tx, ana, seen, bad))
    assert "Nothing to mend here" in sign_in("ben").get("/clean-file/email_wrong").get_data(as_text=True)


def test_counting_again_is_asked_of_the_worker_once(app, ctx, sign_in):
    ben = sign_in("ben")
    count()
    assert not cleansing.is_counting()
    assert ben.post("/clean-file/count").status_code == 303
    db.session().rollback()
    assert cleansing.is_counting()
    assert "being counted now" in ben.get("/clean-file").get_data(as_text=True)
    jobs.run_due("UTC")
    assert not cleansing.is_counting()


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_opens(app, ctx, sign_in, kind):
    assert sign_in("hua").get(f"/clean-file/{kind}").status_code == 200


def test_a_manager_cleans_her_own_store_only(app, ctx, sign_in):
    south, mine = (db.session().scalar(sa.select(Store.public_id).where(Store.name == name)) for name in ("South", "North"))
    assert sign_in("ben").get(f"/clean-file?store={mine}").status_code == 200
    assert sign_in("ben").get(f"/clean-file?store={south}").status_code == 404
    assert sign_in("ben").get("/clean-file/nothing").status_code == 404
    assert sign_in("ana").get("/clean-file").status_code == 403


def test_a_list_holds_fifty_and_more_rows_cost_no_more_queries(app, ctx, sign_in):
    def look():
        seen = []
        sa.event.listen(db.sql.engine, "before_cursor_execute", listener := lambda *_args: seen.append(1))
        page = ben.get("/clean-file/empty").get_data(as_text=True)
        sa.event.remove(db.sql.engine, "before_cursor_execute", listener)
        return page, len(seen)

    ben = sign_in("ben")
    factories.meet("林晓燕", PHONE)
    count()
    few = look()[1]
    for n in range(51):
        factories.meet("林晓燕", f"+861371234{n:04d}")
    count()
    page, many = look()
    assert page.count('class="card row"') == cleansing.PAGE
    assert 'rel="next"' in page
    assert many == few
