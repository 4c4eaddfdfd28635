"""Pairs who may be one person: found along indexes, shown to who may see both, decided once, gone with the consent they rest on."""

import itertools

import pytest
import sqlalchemy as sa

from relcrm import clock, db, jobs
from relcrm.consent import catalogue, values
from relcrm.consent import rules as consent_rules
from relcrm.customers import duplicates, facts, queries, rules, search
from relcrm.customers.cleansing_models import ChangedFile, DuplicateSuspect, SweepMark
from relcrm.customers.models import ContactPoint, Customer, SearchKey
from relcrm.staff.models import Store
from tests import factories

NUMBERS = itertools.count(10)
BORN = {"calendar": ["solar"], "year": ["1985"], "month": ["11"], "day": ["3"]}


def meet(name, phone="", told=None, **more):
    """Somebody new who said yes to wishes, with what she told."""
    made = factories.meet(name, phone or f"+86136{next(NUMBERS):02d}{next(NUMBERS) * 7919 % 999983:06d}", {"greeting": True}, **more)
    for key, raw in (told or {}).items():
        tell(made, key, raw, by=more.get("by", "ana"))
    return made


def tell(customer_id, key, raw, by="ana"):
    actor, field = factories.staff(by), catalogue.field(key)
    with db.write_tx() as tx:
        seen = queries.get(actor, tx.get_one(Customer, customer_id).public_id)
        facts.put_fact(tx, actor, seen, key, values.parse(field, raw, today=clock.today(seen.home.time_zone)))


def work():
    """What the worker does in the next minute."""
    assert jobs.run_now("changed_files")


def pairs():
    rows = db.session().execute(sa.select(DuplicateSuspect.a_id, DuplicateSuspect.b_id, DuplicateSuspect.why, DuplicateSuspect.status))
    return {(row.a_id, row.b_id): (row.why, row.status) for row in rows}


def only():
    return db.session().scalars(sa.select(DuplicateSuspect)).one()


@pytest.fixture
def near(ctx):
    """Two files of Ana's whose phones differ in one digit, found by the worker."""
    found = meet("林晓燕", "+8613912345678"), meet("林晓燕", "+8613912345679")
    work()
    return found


@pytest.fixture
def born_alike(ctx):
    found = meet("林晓燕", told={"birthday": BORN}), meet("林晓燕", told={"birthday": BORN})
    work()
    return found


def test_a_pair_is_noted_within_a_minute_with_codes_and_no_values(near):
    assert pairs() == {near: ("phone_near name_same", "open")}
    assert db.session().scalars(sa.select(ChangedFile)).all() == []


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ({"name": "林晓燕", "told": {"birthday": BORN}}, {"name": "Lin Xiaoyan", "told": {"birthday": BORN}}, "birthday_same"),
        (
            {"name": "Sarah O'Brien", "told": {"address": {"line": ["12 Baker Street Flat 2"], "use": ["delivery"]}}},
            {"name": "OBrien Sarah", "told": {"address": {"line": ["12 Baker St, Flat 2"], "use": ["card"]}}},
            "address_like",
        ),
        ({"name": "Jonathan Smith", "phone": "+447700900123"}, {"name": "Jonathon Smith", "phone": "+447700900132"}, "phone_near"),
    ],
    ids=["birthday", "address", "phone"],
)
def test_each_sign_is_found_along_its_index(ctx, first, second, code):
    both = meet(**first), meet(**second)
    work()
    assert code in pairs()[both][0]


def test_mail_names_and_accounts_are_found(ctx):
    both = meet("陈思远"), meet("陈思远")
    for one, kind, value in ((both[0], "email", "chen.siyuan@qq.com"), (both[1], "wechat", "ChenSiyuan")):
        with db.write_tx() as tx:
            ana = factories.staff("ana")
            rules.add_contact(tx, ana, queries.get(ana, tx.get_one(Customer, one).public_id), kind, value)
    work()
    assert pairs()[both][0] == "handle_like name_same"


def test_people_with_nothing_but_a_name_in_common_are_left_alone(ctx):
    meet("林晓燕"), meet("林晓燕"), meet("王伟", "+8613912345678"), meet("李娜", "+8613912345679")
    work()
    assert pairs() == {}


def test_the_nightly_sweep_finds_what_the_queue_never_saw_and_goes_on_where_it_ended(ctx):
    both = meet("林晓燕", "+8613912345678"), meet("林晓燕", "+8613912345679")
    with db.write_tx() as tx:
        tx.execute(sa.delete(ChangedFile))
    assert jobs.run_now("duplicates")
    assert list(pairs()) == [both]
    mark = db.session().get_one(SweepMark, "duplicates")
    assert mark.customer_id == both[1]
    third = meet("林晓燕", "+8613912345670")
    assert jobs.run_now("duplicates")
    assert set(pairs()) == {both, (both[0], third), (both[1], third)}


def test_a_sweep_in_pieces_finds_the_same_as_in_one(ctx):
    made = [meet("林晓燕", f"+861391234567{n}") for n in range(7)]
    with db.write_tx() as tx:
        tx.execute(sa.delete(ChangedFile))
    more = True
    while more:
        with db.write_tx() as tx:
            more = duplicates.sweep(tx, 2)
    assert set(pairs()) == set(itertools.combinations(made, 2))


def test_who_gets_the_id_of_somebody_deleted_is_compared_too(ctx):
    meet("林晓燕", "+8613912345678")
    gone = meet("周建国", "+8615912345679")
    assert jobs.run_now("duplicates")
    with db.write_tx() as tx:
        tx.execute(sa.delete(ChangedFile))
        tx.execute(sa.update(Customer).where(Customer.id == gone).values(name="林晓燕"))
        tx.execute(sa.update(ContactPoint).where(ContactPoint.customer_id == gone).values(value="+8613912345679"))
        tx.execute(sa.delete(SearchKey).where(SearchKey.customer_id == gone))
        search.index_newcomers(
            tx, [(gone, tx.get_one(Customer, gone).name, None, 1, [(one.kind, one.value) for one in queries.contacts(gone)])]
        )
    assert jobs.run_now("duplicates")
    assert pairs() == {}
    work()
    assert len(pairs()) == 1


def test_a_corrected_phone_dissolves_the_pair(near):
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        seen = queries.get(ana, tx.get_one(Customer, near[1]).public_id)
        rules.add_contact(tx, ana, seen, "phone", "+8615800001111")
        rules.remove_contact(tx, ana, seen, next(point.id for point in queries.contacts(near[1]) if point.value.endswith("79")))
    work()
    assert pairs() == {}


def test_a_withdrawn_consent_takes_its_reason_along_at_once(born_alike):
    assert pairs() == {born_alike: ("name_same birthday_same", "open")}
    with db.write_tx() as tx:
        consent_rules.withdraw(tx, born_alike[0], "greeting", actor=factories.staff("ana"), store_id=1, lang="en")
    assert pairs() == {}
    work()
    assert pairs() == {}


def test_what_is_left_after_a_withdrawal_is_found_again(ctx):
    both = meet("林晓燕", "+8613912345678", {"birthday": BORN}), meet("林晓燕", "+8613912345679", {"birthday": BORN})
    work()
    with db.write_tx() as tx:
        consent_rules.withdraw(tx, both[0], "greeting", actor=factories.staff("ana"), store_id=1, lang="en")
    work()
    assert pairs() == {both: ("phone_near name_same", "open")}


def test_a_consent_that_ran_out_is_not_spoken_of_even_before_the_worker_came(born_alike, at):
    shown, _more = duplicates.to_review(factories.staff("ben"), 1)
    assert len(shown) == 1
    at(clock.now().replace(year=clock.now().year + 6))
    shown, _more = duplicates.to_review(factories.staff("ben"), 1)
    assert shown == []


def test_whose_service_ended_is_in_no_pair(near):
    with db.write_tx() as tx:
        consent_rules.withdraw(tx, near[0], "service", actor=factories.staff("ana"), store_id=1, lang="en")
    assert duplicates.count(factories.staff("ben")) == 0
    work()
    assert pairs() == {}


@pytest.mark.parametrize(("who", "sees"), [("ana", 1), ("ada", 0), ("ben", 1), ("ari", 1), ("hua", 1), ("olu", 0)])
def test_a_pair_is_for_managers_of_both_and_for_who_serves_one_of_them(near, who, sees):
    reader = factories.staff(who)
    assert duplicates.count(reader) == sees
    assert len(duplicates.to_review(reader, 1)[0]) == sees


@pytest.mark.parametrize(("who", "sees"), [("ana", 0), ("ben", 0), ("olu", 0), ("ari", 1), ("hua", 1)])
def test_who_sees_only_one_of_them_learns_of_no_pair(ctx, who, sees):
    meet("林晓燕", "+8613912345678"), meet("林晓燕", "+8613912345679", by="olu", store="South")
    work()
    assert duplicates.count(factories.staff(who)) == sees


def test_once_both_are_known_to_a_store_its_manager_sees_the_pair(ctx):
    meet("林晓燕", "+8613912345678"), meet("林晓燕", "+8613912345679", by="olu", store="South")
    work()
    with db.write_tx() as tx:
        south = tx.scalars(sa.select(Store).where(Store.name == "South")).one()
        rules.link(tx, tx.get_one(Customer, only().a_id), south, "she_is_here")
    assert duplicates.count(factories.staff("olu")) == 1


@pytest.mark.parametrize(("who", "says"), [("ben", True), ("hua", True), ("ana", True)])
def test_the_reason_of_a_birthday_is_for_who_may_see_birthdays(born_alike, who, says):
    (shown,), _more = duplicates.to_review(factories.staff(who), 1)
    assert ("birthday_same" in shown.why) is says


def test_a_colleague_who_serves_one_of_two_does_not_hear_that_their_birthdays_are_the_same(ctx):
    meet("林晓燕", told={"birthday": BORN}), meet("林晓燕", told={"birthday": BORN}, by="ada")
    work()
    (shown,), _more = duplicates.to_review(factories.staff("ana"), 1)
    assert shown.why == ("name_same",)


def test_two_different_people_are_remembered_for_good_without_the_reasons(near):
    with db.write_tx() as tx:
        duplicates.tell_apart(tx, factories.staff("ben"), only())
    for one in near:
        tell(one, "birthday", BORN)
    work()
    assert jobs.run_now("duplicates")
    assert pairs() == {near: ("", "different")}
    assert duplicates.count(factories.staff("ben")) == 0


def test_what_was_told_apart_can_be_taken_back(near):
    with db.write_tx() as tx:
        duplicates.tell_apart(tx, factories.staff("ben"), only())
    (shown,) = duplicates.set_apart_lately(factories.staff("ben"))
    with db.write_tx() as tx:
        duplicates.take_back(tx, factories.staff("ben"), duplicates.get(factories.staff("ben"), shown.row.public_id))
    assert pairs() == {near: ("phone_near name_same", "open")}


def test_merging_takes_the_pair_away_and_undoing_brings_it_back(near):
    with db.write_tx() as tx:
        duplicates.merged(tx, factories.staff("ben"), near[1], near[0])
    assert duplicates.count(factories.staff("ben")) == 0
    with db.write_tx() as tx:
        duplicates.unmerged(tx, near[1], near[0])
    assert duplicates.count(factories.staff("ben")) == 1


def test_the_page_shows_both_and_why_and_takes_the_decision_and_its_undoing(app, near, sign_in):
    ben, row = sign_in("ben"), only()
    page = ben.get("/duplicates").get_data(as_text=True)
    assert page.count("林晓燕") >= 2
    assert "139 •••• 5678" in page
    assert "same name" in page
    assert "phone differs" in page
    assert "1 pair to look at" in ben.get("/store").get_data(as_text=True)
    assert ben.post(f"/duplicates/{row.public_id}/different").status_code == 303
    page = ben.get("/duplicates").get_data(as_text=True)
    assert "Nobody twice" in page
    assert "Told apart lately" in page
    assert ben.post(f"/duplicates/{row.public_id}/different/removal").status_code == 303
    assert "Nobody twice" not in ben.get("/duplicates").get_data(as_text=True)


@pytest.mark.parametrize("who", ["ada", "olu"])
def test_who_may_not_see_both_decides_nothing(app, near, sign_in, who):
    assert sign_in(who).post(f"/duplicates/{only().public_id}/different").status_code == 404
    assert pairs()[near][1] == "open"


def test_a_page_holds_fifty_and_one_store_is_shown_alone(app, ctx, sign_in):
    for n in range(20):
        meet("林晓燕", f"+86139123456{n:02d}")
    work()
    assert len(pairs()) > duplicates.PAGE
    ari = sign_in("ari")
    north, south = (db.session().scalar(sa.select(Store.public_id).where(Store.name == name)) for name in ("North", "South"))
    first = ari.get(f"/duplicates?store={north}").get_data(as_text=True)
    assert first.count('class="tiles"') == duplicates.PAGE
    assert 'rel="next"' in first
    assert "Nobody twice" in ari.get(f"/duplicates?store={south}").get_data(as_text=True)


def test_more_pairs_cost_no_more_queries(app, ctx, sign_in):
    def queries_of(path):
        count = []
        sa.event.listen(db.sql.engine, "before_cursor_execute", seen := lambda *_args: count.append(1))
        assert ben.get(path).status_code == 200
        sa.event.remove(db.sql.engine, "before_cursor_execute", seen)
        return len(count)

    ben = sign_in("ben")
    meet("林晓燕", "+8613912345600"), meet("林晓燕", "+8613912345601")
    work()
    few = queries_of("/duplicates")
    for n in range(2, 9):
        meet("林晓燕", f"+861391234560{n}")
    work()
    assert queries_of("/duplicates") == few
