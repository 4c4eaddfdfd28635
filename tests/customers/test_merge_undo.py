"""A merge taken back: rows and words return, a no said meanwhile holds for both, and what is new is sorted by hand."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from relcrm import clock, db
from relcrm.consent import ledger, tasks
from relcrm.consent import rules as consent_rules
from relcrm.consent.models import ConsentState
from relcrm.customers import facts, lists, merge_undo, merging, rules
from relcrm.customers import tasks as customer_tasks
from relcrm.customers.merge_models import MergedRow, MergeImage
from relcrm.customers.models import AskRest, ContactPoint, Customer, CustomerListEntry, CustomerStore, Fact, LatelySeen, SearchKey
from relcrm.errors import NotAllowed, NotFound, RuleError
from relcrm.staff.models import AuditEvent, Store
from tests import factories
from tests.customers.merging_cast import ALL, Two

HOBBIES, OTHER = {"values": [], "texts": ["tea"]}, {"values": [], "texts": ["go"]}
AVOID = {"values": ["wool"], "texts": []}


def picture(two):
    """All that a merge may touch, of both."""
    db.session().rollback()
    session, both = db.session(), (two.mia, two.may)
    columns = {
        AskRest: ("customer_id", "key", "until"),
        ContactPoint: ("customer_id", "kind", "value", "is_main"),
        CustomerListEntry: ("customer_id", "list_id"),
        CustomerStore: ("customer_id", "store_id", "since", "how"),
        LatelySeen: ("customer_id", "staff_id", "at"),
        SearchKey: ("customer_id", "store_id", "key", "owner_id"),
        ConsentState: ("customer_id", "purpose", "channel", "standing", "since", "until", "event_id"),
        Customer: (
            "id", "name", "salutation", "address_as", "language", "home_store_id", "owner_id", "pause_until", "closed_at",
        ),
    }  # fmt: skip
    rows = {
        model.__name__: sorted(
            map(str, session.execute(sa.select(*(getattr(model, name) for name in names)).where((model.id if model is Customer else model.customer_id).in_(both))))
        )
        for model, names in columns.items()
    }  # fmt: skip
    return rows | {f"told {her}": two.told(her) for her in both} | {f"may {her}": ledger.overview(her) for her in both}


@pytest.fixture
def two(ctx, at):
    """Two full files of which some things say the same, some another, some only one."""
    two = Two(at, ALL, {"profiling": False, "greeting": True})
    two.say(two.mia, "special:health")
    two.tell(two.mia, "material_avoid", AVOID)
    two.tell(two.mia, "hobbies", HOBBIES)
    for her, habit in ((two.mia, "at work"), (two.may, "at the weekend")):
        two.tell(her, "usage_habit", habit)
        two.note(her, f"wears it {habit}")
    two.tell(two.may, "pain_point", "zips")
    with db.write_tx() as tx:
        ana, mia, may = factories.staff("ana"), two.seen(two.mia), two.seen(two.may)
        facts.add_tag(tx, ana, mia, "regular")
        facts.add_family(tx, ana, mia, {"value": "partner", "text": "Bobo"}, is_child=False)
        lists.put_on(tx, ana, lists.make(tx, ana, tx.query(Store).first(), "Spring"), may)
        rules.add_contact(tx, ana, may, "wechat", "window_seat7")
        facts.rest(tx, ana, may, "hobbies", "not_now", clock.now() + timedelta(days=9))
        rules.change_identity(tx, ana, may, {"salutation": "ms"}, may.customer.version)
        tx.get(Customer, two.may).pause_until = clock.today("UTC")
        tx.add(LatelySeen(staff_id=ana.id, customer_id=two.may, at=clock.now()))
    return two


@pytest.mark.parametrize("chosen", [False, True], ids=["her own words stand", "the other words stand"])
def test_an_undo_puts_everything_back(two, chosen):
    before = picture(two)
    take = (two.fact(two.may, "usage_habit").id,) if chosen else ()
    alias = two.merge(own=("name", "salutation", "owner_id") if chosen else (), take=take)
    assert db.session().get(Customer, two.mia).name == ("May Tan" if chosen else "Mia Tan")
    assert two.undo(alias).edited == ()
    assert picture(two) == before
    assert db.session().scalars(sa.select(MergedRow)).all() == db.session().scalars(sa.select(MergeImage)).all() == []


def test_merged_undone_and_merged_again_the_other_way_round(two):
    before = picture(two)
    two.undo(two.merge())
    two.undo(two.merge(two.may, two.mia), two.may)
    assert picture(two) == before


@pytest.mark.parametrize(("said", "code"), [(None, "OK"), (False, "DENIED"), ("withdraw", "WITHDRAWN")])
def test_a_no_said_meanwhile_holds_for_both_afterwards(ctx, at, said, code):
    two = Two(at, ALL, ALL)
    for her, words in ((two.mia, HOBBIES), (two.may, OTHER)):
        two.tell(her, "hobbies", words)
    alias = two.merge()
    if said == "withdraw":
        two.withdraw(two.mia, "profiling")
    elif said is not None:
        two.say(two.mia, "profiling", said)
    two.undo(alias)
    assert [ledger.may(her, "profiling").code for her in (two.mia, two.may)] == [code] * 2
    assert [two.values(her) for her in (two.mia, two.may)] == ([{"hobbies": HOBBIES}, {"hobbies": OTHER}] if code == "OK" else [{}, {}])


def test_a_no_by_one_channel_holds_for_both_by_that_channel(ctx, at):
    two = Two(at)
    alias = two.merge()
    two.say(two.mia, "marketing", False, channel="sms")
    two.undo(alias)
    assert [ledger.may(her, "marketing", "sms").code for her in (two.mia, two.may)] == ["DENIED"] * 2


@pytest.mark.parametrize("before", [False, None], ids=["she had said no", "she had said nothing"])
def test_a_yes_said_while_two_were_taken_for_one_counts_for_neither(ctx, at, before):
    said = {} if before is None else {"profiling": before}
    two = Two(at, said, said)
    alias = two.merge()
    two.say(two.mia, "profiling", True)
    two.tell(two.mia, "hobbies", HOBBIES)
    assert two.values(two.mia) == {"hobbies": HOBBIES}
    two.undo(alias)
    two.later()
    code = "NO_CONSENT" if before is None else "DENIED"
    assert [ledger.may(her, "profiling").code for her in (two.mia, two.may)] == [code] * 2
    assert two.values(two.mia) == {}
    two.say(two.mia, "profiling", True)
    assert two.values(two.mia) == {"hobbies": HOBBIES}
    assert ledger.may(two.may, "profiling").code == code


def test_a_yes_that_was_taken_back_and_given_again_meanwhile_stays_taken_back_and_its_rows_wait_fifteen_days(ctx, at):
    two = Two(at, ALL, ALL)
    two.tell(two.may, "hobbies", OTHER)
    alias = two.merge()
    two.withdraw(two.mia, "profiling")
    two.say(two.mia, "profiling", True)
    two.later(days=20)
    two.undo(alias)
    two.later(days=14)
    with db.write_tx() as tx:
        tasks.purge(tx, None)
    assert (two.rows_left(two.may, "profiling"), two.values(two.may)) == (1, {})


def test_who_left_and_came_back_meanwhile_is_the_one_in_the_book(ctx, at):
    two = Two(at)
    alias = two.merge()
    two.withdraw(two.mia, "service")
    two.later()
    with db.write_tx() as tx:
        consent_rules.enrol(tx, two.mia, actor=factories.staff("ana"), store_id=1, lang="en")
    two.undo(alias)
    assert (two.is_there(two.mia), two.is_there(two.may)) == (True, False)


def test_what_somebody_edited_since_stays_as_it_is_and_is_told(ctx, at):
    two = Two(at)
    alias = two.merge(own=("name",))
    with db.write_tx() as tx:
        seen = two.seen(two.mia)
        rules.change_identity(tx, factories.staff("ana"), seen, {"name": "Maria Tan"}, seen.customer.version)
    assert two.undo(alias).edited == ("name",)
    assert [db.session().get(Customer, her).name for her in (two.mia, two.may)] == ["Maria Tan", "May Tan"]


def test_what_was_taken_out_meanwhile_does_not_come_back(ctx, at):
    two = Two(at)
    row = two.tell(two.may, "usage_habit", "at work")
    alias = two.merge()
    with db.write_tx() as tx:
        facts.remove(tx, factories.staff("ana"), two.seen(two.mia), Fact, row)
    two.undo(alias)
    assert (two.values(two.mia), two.values(two.may)) == ({}, {})


def test_a_value_noted_in_the_place_of_one_that_gave_way_is_the_newer_and_stays(ctx, at):
    two = Two(at)
    for her, words in ((two.mia, "at work"), (two.may, "at home")):
        two.tell(her, "usage_habit", words)
    theirs = two.fact(two.may, "usage_habit").id
    alias = two.merge(take=(theirs,))
    with db.write_tx() as tx:
        facts.remove(tx, factories.staff("ana"), two.seen(two.mia), Fact, theirs)
    two.tell(two.mia, "usage_habit", "at sea")
    two.undo(alias)
    assert (two.values(two.mia), two.values(two.may)) == ({"usage_habit": "at sea"}, {})


@pytest.mark.parametrize(("days", "refused"), [(29, False), (30, True), (31, True)])
def test_after_thirty_days_it_is_too_late(ctx, at, days, refused):
    two = Two(at)
    alias = two.merge()
    two.later(days=days)
    assert (merging.lines(factories.staff("ana"), two.seen(two.mia))[0] is None) == refused
    if refused:
        with pytest.raises(RuleError) as told:
            two.undo(alias)
        assert told.value.code == "too_late"
    else:
        assert two.undo(alias)


def test_what_was_kept_for_the_undo_is_gone_after_thirty_days(ctx, at):
    two = Two(at, ALL, ALL)
    for her, words in ((two.mia, HOBBIES), (two.may, OTHER)):
        two.tell(her, "hobbies", words)
    two.merge(own=("name",))
    two.later(days=31)
    with db.write_tx() as tx:
        customer_tasks.forget_merges(tx, None)
        tasks.purge(tx, None)
    assert db.session().scalars(sa.select(MergedRow)).all() == db.session().scalars(sa.select(MergeImage)).all() == []
    assert (two.rows_left(two.may), two.values(two.mia)) == (0, {"hobbies": HOBBIES})


def test_merges_are_undone_in_reverse_order_only(ctx, at):
    two = Two(at, {"greeting": True}, {"survey": True})
    third = factories.meet("Mae Tan", "+8613955550003", {"callback": True})
    first = two.merge()
    second = two.merge(third, two.mia)
    for alias, winner in ((first, third), (second + 1, third)):
        with pytest.raises(NotFound):
            two.undo(alias, winner)
    two.undo(second, third)
    later = two.merge(two.mia, third)
    with pytest.raises(RuleError) as told:
        two.undo(first)
    assert told.value.code == "later_merge"
    two.undo(later)
    two.undo(first)
    standing = {her: {key for key, now in ledger.overview(her).items() if now.allowed} for her in (two.mia, two.may, third)}
    assert standing == {two.mia: {"service", "greeting"}, two.may: {"service", "survey"}, third: {"service", "callback"}}


def test_an_undo_twice_is_refused_and_leaves_its_row_in_the_trail(ctx, at):
    two = Two(at)
    alias = two.merge()
    two.undo(alias, by="ben")
    with pytest.raises(RuleError):
        two.undo(alias)
    assert db.session().scalar(sa.select(sa.func.count()).where(AuditEvent.act == "merge_undone")) == 1


@pytest.mark.parametrize("who", ["ada", "quinn"])
def test_who_may_not_merge_may_not_undo(ctx, at, who):
    two = Two(at)
    alias = two.merge()
    with pytest.raises(NotAllowed):
        two.undo(alias, by=who)


def sort(two, one, other, kind, row_id):
    two.later()
    with db.write_tx() as tx:
        merge_undo.sort(tx, factories.staff("ana"), two.seen(one), two.seen(other), kind, row_id)


def test_rows_made_meanwhile_stay_with_the_winner_and_are_moved_by_hand(ctx, at):
    two = Two(at, ALL, ALL)
    two.tell(two.mia, "pain_point", "buttons")
    alias = two.merge()
    fact = two.tell(two.mia, "hobbies", HOBBIES)
    with db.write_tx() as tx:
        rules.add_contact(tx, factories.staff("ana"), two.seen(two.mia), "phone", "+8613955550005")
    two.undo(alias)
    undone = merge_undo.last_undone(two.mia, two.may)
    listed = {kind: [row.id for row in merge_undo.made_meanwhile(kind, two.mia, undone)] for kind in merge_undo.SORTED}
    assert listed["fact"] == [fact]
    assert len(listed["contact_point"]) == 1
    sort(two, two.mia, two.may, "fact", fact)
    sort(two, two.mia, two.may, "contact_point", listed["contact_point"][0])
    assert (two.values(two.mia), two.values(two.may)) == ({"pain_point": "buttons"}, {"hobbies": HOBBIES})
    assert two.finds("13955550005") == {"May Tan"}
    sort(two, two.may, two.mia, "fact", fact)
    assert two.values(two.may) == {}


def test_a_row_is_not_moved_where_she_does_not_agree_to_it_or_its_place_is_taken_or_it_is_older(ctx, at):
    two = Two(at, ALL, ALL)
    old = two.tell(two.mia, "pain_point", "buttons")
    two.tell(two.may, "usage_habit", "at home")
    alias = two.merge()
    two.tell(two.mia, "hobbies", HOBBIES)
    two.undo(alias)
    two.withdraw(two.may, "profiling")
    fact = two.fact(two.mia, "hobbies").id
    for kind, row_id, error in (("fact", fact, RuleError), ("fact", old, NotFound), ("customer", 1, NotFound)):
        with pytest.raises(error):
            sort(two, two.mia, two.may, kind, row_id)
    assert two.values(two.mia) == {"pain_point": "buttons", "hobbies": HOBBIES}
