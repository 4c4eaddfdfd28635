"""Two files of one person become one: consents as the stricter of both, rows to the winner, and who may do it."""

import pytest
import sqlalchemy as sa
from flask_babel import force_locale

from relcrm import chain, db
from relcrm.consent import ledger, notices, tasks
from relcrm.consent.models import AccessEvent, Alias, ConsentEvent, ConsentState
from relcrm.customers import facts, imports, lists, merge_tables, merging, queries, rules, timeline
from relcrm.customers.cleansing_models import DuplicateSuspect
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.models import ContactPoint, Customer, CustomerListEntry, CustomerStore, SearchKey
from relcrm.errors import NotAllowed, NotFound, RuleError
from relcrm.staff.models import AuditEvent, Store
from tests import factories
from tests.customers import importing
from tests.customers.merging_cast import ALL, DAY, Two

HOBBIES = {"values": [], "texts": ["tea"]}
AVOID = {"values": ["wool"], "texts": []}


def code(customer_id, purpose, channel="any"):
    db.session().rollback()
    return ledger.may(customer_id, purpose, channel).code


def test_every_table_that_names_a_customer_says_what_a_merge_does_with_it(app):
    naming = set()
    for mapper in db.Model.registry.mappers:
        columns = mapper.local_table.columns
        refers = any(key.column.table.name == "customer" for column in columns for key in column.foreign_keys)
        if (refers or "customer_id" in columns) and mapper.class_ is not Customer:
            naming.add(mapper.class_)
    assert naming - merge_tables.declared() == set(), "say in relcrm/customers/merge_tables.py (joins, stays) what becomes of their rows"
    assert merge_tables.declared() - naming == set()


@pytest.mark.parametrize(
    ("mia", "may", "answer"),
    [
        (None, None, "NO_CONSENT"),
        (True, None, "OK"),
        (None, True, "OK"),
        (True, True, "OK"),
        (True, False, "DENIED"),
        (False, True, "DENIED"),
        (False, None, "DENIED"),
        (None, False, "DENIED"),
    ],
)
def test_of_two_answers_the_no_stands_and_silence_says_nothing(ctx, at, mia, may, answer):
    said = [{} if one is None else {"greeting": one} for one in (mia, may)]
    two = Two(at, *said)
    two.merge()
    assert code(two.mia, "greeting") == code(two.may, "greeting") == answer
    kept = db.session().get(ConsentState, (two.mia, "greeting", "any"))
    assert (kept.standing if kept else "NO_CONSENT") == answer


def test_a_merge_with_somebody_who_refused_everything_leaves_no_consent_that_was_refused(ctx, at):
    at(Two(at).now)
    cleo, noor = factories.customer("Cleo").id, factories.customer("Noor").id
    with db.write_tx() as tx:
        one, other = (queries.seen_by(factories.staff("ana"), tx.get(Customer, her)) for her in (cleo, noor))
        merging.merge(
            tx, factories.staff("ana"), one, other, merging.Choice(), versions=(one.customer.version, other.customer.version)
        )  # fmt: skip
    refused = (*factories.OPTIONAL, "marketing")
    assert {code(cleo, purpose) for purpose in refused} == {"DENIED"}
    assert {key: now.code for key, now in ledger.overview(cleo).items()} == {**dict.fromkeys(refused, "DENIED"), "service": "OK"}
    states = db.session().scalars(sa.select(ConsentState).where(ConsentState.customer_id.in_((cleo, noor)))).all()
    assert {(one.customer_id, one.standing) for one in states if one.purpose != "service"} == {(cleo, "DENIED")}


def test_what_ran_out_on_one_file_is_stricter_than_a_yes_on_the_other_and_of_two_yeses_the_earlier_end_counts(ctx, at):
    two = Two(at, {"greeting": True})
    two.later(days=400)
    two.say(two.may, "greeting")
    first, second = ledger.may(two.mia, "greeting").until, ledger.may(two.may, "greeting").until
    alias = two.merge()
    assert ledger.may(two.mia, "greeting").until == min(first, second)
    two.undo(alias)
    two.later(days=400)
    two.merge()
    assert code(two.mia, "greeting") == "EXPIRED"


def test_her_yes_after_the_merge_is_newer_than_the_no_of_either_file(ctx, at):
    two = Two(at, {"greeting": True}, {"greeting": False})
    two.merge()
    two.say(two.mia, "greeting", True)
    assert code(two.mia, "greeting") == "OK"
    written = db.session().scalars(sa.select(ConsentEvent.customer_id).order_by(ConsentEvent.id.desc())).first()
    assert written == two.mia
    two.withdraw(two.may, "greeting")
    assert code(two.mia, "greeting") == "WITHDRAWN"


def test_a_channel_closed_by_name_on_one_file_stays_closed_on_both(ctx, at):
    two = Two(at)
    two.say(two.mia, "marketing", True, channel="sms")
    two.say(two.may, "marketing", False, channel="sms")
    two.say(two.may, "marketing", True, channel="wechat")
    two.merge()
    assert [code(two.mia, "marketing", channel) for channel in ("sms", "wechat", "email")] == ["DENIED", "PENDING", "NO_CONSENT"]


def test_a_new_notice_ends_the_consents_of_both_and_the_nightly_rows_say_so(ctx, at):
    two = Two(at, {"greeting": True}, {"greeting": True})
    two.merge()
    two.later()
    with db.write_tx() as tx:
        notices.publish(tx, dict.fromkeys(("legal_name", "legal_address", "privacy_contact"), "x"), kinds=("enrol",), changes=("greeting",))
    with db.write_tx() as tx:
        while tasks.follow_notices(tx, None):
            pass
    assert ledger.may(two.mia, "greeting").until == two.now + 30 * DAY
    two.later(days=31)
    with db.write_tx() as tx:
        tasks.expire(tx, None)
    assert code(two.mia, "greeting") == "SUPERSEDED"


def test_three_files_become_one_in_any_order(ctx, at):
    two = Two(at, {"greeting": True}, {"survey": False})
    third = factories.meet("Mae Tan", "+8613955550003", {"greeting": False, "survey": True})
    two.merge()
    two.merge(third, two.mia)
    assert {code(one, purpose) for one in (two.mia, two.may, third) for purpose in ("greeting", "survey")} == {"DENIED"}
    two.say(third, "greeting", True)
    assert (code(two.may, "greeting"), code(third, "survey")) == ("OK", "DENIED")
    assert merging.winner_of(factories.staff("ana"), public_id(two.may)).id == third


def public_id(customer_id):
    return db.session().get(Customer, customer_id).public_id


def test_asking_for_her_events_takes_one_query_merged_or_not(ctx, at):
    two, sent = Two(at, ALL, ALL), []
    sa.event.listen(sa.Engine, "before_cursor_execute", lambda *parts: sent.append(parts[2]))
    counts = []
    for merged in (False, True):
        if merged:
            two.merge()
        db.session().rollback()
        del sent[:]
        ledger.events_of(two.mia)
        counts.append(len([one for one in sent if "consent_event" in one]))
    assert counts == [1, 1]


def test_the_loser_is_found_by_nobody_and_all_her_rows_are_the_winners(ctx, at):
    two = Two(at, ALL, ALL)
    two.tell(two.may, "usage_habit", "at the weekend")
    two.tell(two.may, "hobbies", HOBBIES)
    two.note(two.may, "likes the window seat")
    with db.write_tx() as tx:
        ana, seen = factories.staff("ana"), two.seen(two.may)
        facts.add_tag(tx, ana, seen, "regular")
        facts.add_family(tx, ana, seen, {"value": "partner", "text": "Bobo"}, is_child=False)
        lists.put_on(tx, ana, lists.make(tx, ana, tx.query(Store).first(), "Spring"), seen)
        rules.add_contact(tx, ana, seen, "wechat", "window_seat7")
    two.merge()
    assert not two.is_there(two.may)
    assert {"at the weekend", "tea", "Bobo Partner", "regular", "likes the window seat", "window_seat7"} <= two.told(two.mia)
    assert {two.finds(text).pop() for text in ("13955550001", "13955550002", "window_seat7", "Bobo")} == {"Mia Tan"}
    assert two.finds("May Tan") == set()
    assert {row.customer_id for row in db.session().scalars(sa.select(CustomerListEntry))} == {two.mia}
    assert db.session().scalars(sa.select(SearchKey).where(SearchKey.customer_id == two.may)).all() == []
    mains = sa.select(ContactPoint.value).where(ContactPoint.customer_id == two.mia, ContactPoint.is_main, ContactPoint.kind == "phone")
    assert db.session().scalars(mains).all() == ["+8613955550001"]


def test_chained_rows_keep_the_id_they_were_written_with(ctx, at):
    two = Two(at, ALL, ALL)
    before = db.session().execute(sa.select(ConsentEvent.id, ConsentEvent.customer_id)).all()
    two.undo(two.merge())
    two.merge(two.may, two.mia)
    after = db.session().execute(sa.select(ConsentEvent.id, ConsentEvent.customer_id)).all()
    assert after[: len(before)] == before
    assert [list(chain.broken(db.session(), model)) for model in (ConsentEvent, AuditEvent, AccessEvent)] == [[], [], []]


def test_where_both_say_something_the_chosen_word_stands(ctx, at):
    two = Two(at, ALL, ALL)
    for key, one, other in (("usage_habit", "at work", "at the weekend"), ("pain_point", "buttons", "zips")):
        two.tell(two.mia, key, one)
        two.tell(two.may, key, other)
    two.merge(own=("name",), take=(two.fact(two.may, "pain_point").id,))
    assert two.values(two.mia) == {"usage_habit": "at work", "pain_point": "zips"}
    assert two.values(two.may) == {}
    assert db.session().get(Customer, two.mia).name == "May Tan"
    assert (two.rows_left(two.mia), two.rows_left(two.may)) == (2, 2)


def test_what_the_winner_did_not_say_yet_she_takes_over(ctx, at):
    two = Two(at)
    with db.write_tx() as tx:
        seen = two.seen(two.may)
        rules.change_identity(tx, factories.staff("ana"), seen, {"salutation": "ms", "address_as": "Sister Tan"}, seen.customer.version)
    two.merge()
    one = db.session().get(Customer, two.mia)
    assert (one.name, one.salutation, one.address_as) == ("Mia Tan", "ms", "Sister Tan")


def test_rows_whose_basis_stands_no_more_are_hidden_and_go_when_the_undo_is_over(ctx, at):
    two = Two(at, ALL, {"profiling": False})
    two.say(two.mia, "special:health")
    two.say(two.may, "special:health", False)
    two.tell(two.mia, "hobbies", HOBBIES)
    two.tell(two.mia, "material_avoid", AVOID)
    two.merge()
    assert two.values(two.mia) == {}
    for days, left in ((29, 2), (2, 0)):
        two.later(days=days)
        with db.write_tx() as tx:
            tasks.purge(tx, None)
        assert two.rows_left(two.mia) == left, days


def test_what_was_hidden_before_the_merge_keeps_its_date(ctx, at):
    two = Two(at, ALL, ALL)
    two.tell(two.may, "hobbies", HOBBIES)
    two.withdraw(two.may, "profiling")
    two.later(days=10)
    two.merge()
    two.later(days=6)
    with db.write_tx() as tx:
        tasks.purge(tx, None)
    assert two.rows_left(two.mia) + two.rows_left(two.may) == 0


def test_her_new_yes_brings_back_what_the_merge_hid_but_nothing_sensitive(ctx, at):
    two = Two(at, ALL, {"profiling": False})
    two.say(two.mia, "special:health")
    two.say(two.may, "special:health", False)
    two.tell(two.mia, "hobbies", HOBBIES)
    two.tell(two.mia, "material_avoid", AVOID)
    two.merge()
    two.say(two.mia, "profiling")
    two.say(two.mia, "special:health")
    assert two.values(two.mia) == {"hobbies": HOBBIES}


@pytest.mark.parametrize("purpose", ["profiling", "special:health"])
def test_her_own_no_after_the_merge_takes_what_was_only_kept_for_the_undo(ctx, at, purpose):
    two = Two(at, ALL, {"profiling": False})
    two.say(two.mia, "special:health")
    two.say(two.may, "special:health", False)
    two.tell(two.mia, "hobbies", HOBBIES)
    two.tell(two.mia, "material_avoid", AVOID)
    two.merge()
    two.say(two.mia, purpose, False)
    two.later(days=16 if purpose == "profiling" else 0, seconds=1)
    with db.write_tx() as tx:
        tasks.purge(tx, None)
    assert two.rows_left(two.mia, purpose) == 0


def test_she_leaves_as_one_person(ctx, at):
    two = Two(at, ALL, ALL)
    two.merge()
    two.withdraw(two.mia, "service")
    assert not two.is_there(two.mia)
    assert two.finds("13955550002") == set()


def test_both_stores_know_her_since_the_earlier_day(ctx, at):
    two = Two(at)
    elder = factories.meet("Mia T", "+8613955550009", by="olu", store="South")
    two.later(days=3)
    newer = factories.meet("Mia Tan", "+8613955550008")
    with db.write_tx() as tx:
        rules.link(tx, tx.get(Customer, newer), tx.query(Store).filter_by(name="South").one(), "she_is_here")
    two.merge(newer, elder, by="ari")
    since = {row.store_id: row.how for row in db.session().scalars(sa.select(CustomerStore).where(CustomerStore.customer_id == newer))}
    assert sorted(since.values()) == ["capture", "capture"]
    assert two.is_there(newer, "olu")


@pytest.mark.parametrize(("who", "may"), [("ana", True), ("ada", False), ("ben", True), ("ari", True), ("hua", True), ("quinn", False)])
def test_who_manages_all_their_stores_or_is_the_associate_of_both_merges(ctx, at, who, may):
    two = Two(at)
    if may:
        assert two.merge(by=who)
    else:
        with pytest.raises(NotAllowed):
            two.merge(by=who)


@pytest.mark.parametrize(("who", "may"), [("ana", False), ("ben", False), ("ari", True), ("hua", True)])
def test_a_customer_of_two_stores_is_merged_by_who_has_both(ctx, at, who, may):
    two = Two(at)
    with db.write_tx() as tx:
        rules.link(tx, tx.get(Customer, two.may), tx.query(Store).filter_by(name="South").one(), "she_is_here")
    if may:
        assert two.merge(by=who)
    else:
        with pytest.raises(NotAllowed):
            two.merge(by=who)


def test_who_sees_only_one_of_them_learns_nothing_of_the_other(ctx, at):
    two = Two(at)
    other = factories.meet("Una Far", "+8613955550007", by="olu", store="South")
    with pytest.raises(NotFound):
        two.merge(two.mia, other)


def test_the_associate_of_one_of_them_does_not_merge(ctx, at):
    two = Two(at)
    with db.write_tx() as tx:
        rules.choose_associate(tx, factories.staff("ben"), two.seen(two.may), factories.staff("ada"))
    for who in ("ana", "ada"):
        with pytest.raises(NotAllowed):
            two.merge(by=who)


def test_two_people_merging_at_once_one_is_told(ctx, at):
    two = Two(at)
    seen = tuple(db.session().get(Customer, one).version for one in (two.mia, two.may))
    third = factories.meet("Mae Tan", "+8613955550003")
    two.merge(two.mia, third)
    with pytest.raises(RuleError) as refused:
        two.merge(versions=seen)
    assert refused.value.code == "conflict"
    two.merge()
    with pytest.raises(NotFound):
        two.merge(two.may, two.mia)


def test_a_customer_is_not_merged_with_herself_nor_with_somebody_under_age(ctx, at):
    two = Two(at)
    with pytest.raises(RuleError) as refused:
        two.merge(two.mia, two.mia)
    assert refused.value.code == "one_already"
    with db.write_tx() as tx:
        tx.get(Customer, two.may).is_minor = True
    with pytest.raises(RuleError) as refused:
        two.merge()
    assert refused.value.code == "minor"


def test_a_merge_leaves_rows_in_the_trail_and_both_histories_in_the_timeline(ctx, at):
    two = Two(at, {"greeting": True}, {"survey": False})
    two.note(two.may, "likes the window seat")
    two.merge(by="ben")
    acts = db.session().scalars(sa.select(AuditEvent).where(AuditEvent.act.like("%merged%"))).all()
    assert [one.target for one in acts] == [public_id(two.mia), public_id(two.may)]
    with force_locale("en"):
        full = timeline.page(two.seen(two.mia, "ben"), "en", two.now + DAY)[0]
        own = timeline.page(two.seen(two.mia), "en", two.now + DAY)[0]
    assert [sum(entry.kind == kind for entry in full) for kind in ("consents", "merges")] == [4, 1]
    assert "likes the window seat" in {entry.title for entry in own}


def test_the_address_of_the_loser_leads_to_the_winner_for_who_may_see_her(ctx, at):
    two = Two(at)
    lost = public_id(two.may)
    two.merge()
    assert merging.winner_of(factories.staff("ana"), lost).id == two.mia
    assert merging.winner_of(factories.staff("olu"), lost) is None
    assert merging.winner_of(factories.staff("ana"), "nobody") is None
    assert merging.winner_of(factories.staff("ana"), public_id(two.mia)) is None


def test_one_file_goes_into_one_other_only_says_the_database_too(ctx, at):
    two = Two(at)
    two.merge()
    again = Alias(loser_id=two.may, winner_id=factories.customer("Cleo").id, merged_at=two.now, merged_by_id=1)
    with pytest.raises(sa.exc.IntegrityError), db.write_tx() as tx:
        tx.add(again)


@pytest.mark.parametrize("undone", [False, True])
def test_who_was_merged_is_not_taken_back_with_the_file_that_brought_her(ctx, at, undone):
    two = Two(at)
    batch = importing.bring_in(importing.members(3))
    one = factories.customer("Guest 1")
    alias = two.merge(two.mia, one.id, by="hua")
    if undone:
        two.undo(alias, by="hua")
    two.later()
    with db.write_tx() as tx:
        imports.revert(tx, factories.staff("ben"), tx.get_one(ImportBatch, batch.id))
    importing.work()
    assert db.session().get_one(ImportBatch, batch.id).stayed == 1
    assert two.told(two.mia)


def test_a_likely_pair_that_became_one_waits_no_more_and_waits_again_after_the_undo(ctx, at):
    two = Two(at)
    with db.write_tx() as tx:
        pair = {"a_store_id": 1, "b_store_id": 1, "score": 90, "found_at": two.now, "public_id": "pair"}
        tx.add(DuplicateSuspect(a_id=two.mia, b_id=two.may, why="name_same", **pair))
    status = sa.select(DuplicateSuspect.status).where(DuplicateSuspect.public_id == "pair")
    alias = two.merge()
    assert db.session().scalar(status) == "merged"
    two.undo(alias)
    assert db.session().scalar(status) in ("open", None)
