"""What staff may do with a consent, and what follows in the file: hidden, brought back within 15 days, gone after."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from relcrm import clock, db
from relcrm.consent import bound, catalogue, ledger, tasks
from relcrm.consent import rules as consent_rules
from relcrm.consent.models import ConsentEvent
from relcrm.customers import facts, queries, search
from relcrm.customers.models import Fact, FamilyMember, SearchKey, Tag
from relcrm.errors import BadValue, NotAllowed, RuleError
from tests import factories

DAY = timedelta(days=1)


@pytest.fixture
def ana(ctx, at):
    at(clock.now() + DAY)
    return factories.staff("ana")


def _seen(name="Cleo"):
    return queries.get(factories.staff("ana"), factories.customer(name).public_id)


def _do(rule, *parts, name="Cleo", **more):
    with db.write_tx() as tx:
        actor = factories.staff("ana")
        seen = queries.get(actor, factories.customer(name).public_id)
        return rule(tx, seen.customer.id, *parts, actor=actor, store_id=seen.home.id, lang="en", **more)


def _answer(purpose, yes, **more):
    _do(consent_rules.answer, purpose, yes, **more)


def _refusal(call, *parts, error=RuleError, **more):
    with pytest.raises(error) as refused:
        call(*parts, **more)
    return refused.value.code


def _put(key, value, **more):
    with db.write_tx() as tx:
        actor = factories.staff("ana")
        facts.put_fact(tx, actor, queries.get(actor, factories.customer("Cleo").public_id), key, value, **more)


def _kept():
    return set(db.session().scalars(sa.select(Fact.key)))


def _open_sensitive(key):
    """The owner's assessment, the field switched on, and her separate yes."""
    hua = factories.staff("hua")
    with db.write_tx() as tx:
        consent_rules.assess(tx, catalogue.field(key).basis, "decided", True, actor=hua)
        consent_rules.switch_field(tx, catalogue.field(key), True, actor=hua)
    _answer(catalogue.field(key).basis, True)


def _purge():
    with db.write_tx() as tx:
        tasks.purge(tx, None)


# Asking


def test_a_no_is_left_in_peace_for_180_days_and_asked_once_more(ana, at):
    """Acceptance test 4."""
    said_no = db.session().scalars(sa.select(ConsentEvent).where(ConsentEvent.action == "deny", ConsentEvent.purpose == "profiling")).one()
    at(said_no.occurred_at + 179 * DAY)
    assert _refusal(_answer, "profiling", False, name="Noor") == "ask_too_soon"
    at(said_no.occurred_at + 180 * DAY)
    _answer("profiling", False, name="Noor")
    at(said_no.occurred_at + 5000 * DAY)
    assert _refusal(_answer, "profiling", True, name="Noor") == "ask_too_soon"


def test_she_may_always_change_it_by_herself(ana):
    _answer("profiling", True, name="Noor", her_own_wish=True)
    assert ledger.may(factories.customer("Noor").id, "profiling").allowed


def test_after_a_withdrawal_she_is_not_asked_for_a_year(ana, at):
    _do(consent_rules.withdraw, "callback")
    start = clock.now()
    at(start + 364 * DAY)
    assert _refusal(_answer, "callback", True) == "ask_too_soon"
    at(start + 365 * DAY)
    _answer("callback", True)


@pytest.mark.parametrize(
    ("purpose", "channel", "code"),
    [("callback", "any", "OK"), ("greeting", "any", "OK"), ("survey", "any", "OK"), ("profiling", "any", "OK"),
     ("marketing", "sms", "PENDING"), ("community", "any", "PENDING")],
)  # fmt: skip
def test_a_spoken_yes_counts_only_where_the_handbook_lets_it(ana, purpose, channel, code):
    """C-5: verbal grants count for callback, greeting, profiling and survey."""
    _answer(purpose, True, channel=channel)
    assert ledger.may(factories.customer("Cleo").id, purpose, channel).code == code


def test_marketing_is_asked_by_channel(ana):
    assert _refusal(_answer, "marketing", True, error=BadValue) == "channel_missing"
    assert _refusal(_answer, "marketing", True, error=BadValue, channel="pigeon") == "channel_unknown"


def test_what_needs_an_assessment_cannot_be_asked_before_it(ana):
    assert _refusal(_answer, "special:health", True) == "not_assessed"
    with db.write_tx() as tx:
        refused = _refusal(consent_rules.switch_field, tx, catalogue.field("material_avoid"), True, actor=ana)
    assert refused == "not_assessed"
    _open_sensitive("material_avoid")
    assert ledger.may(factories.customer("Cleo").id, "special:health").allowed


def test_a_later_no_of_the_owner_ends_the_asking(ana):
    with db.write_tx() as tx:
        consent_rules.assess(tx, "profiling", "no more", False, actor=factories.staff("hua"))
    assert _refusal(_answer, "profiling", True, name="Noor", her_own_wish=True) == "not_assessed"


# Taking back


def test_taking_back_twice_is_the_same_as_once(ana):
    for _ in range(2):
        _do(consent_rules.withdraw, "greeting")
    assert [e.action for e in ledger.events_of(factories.customer("Cleo").id, "greeting")] == ["grant", "withdraw"]


def test_what_waits_for_confirmation_can_be_taken_back(ana):
    _answer("marketing", True, channel="sms")
    _do(consent_rules.withdraw, "marketing")
    assert ledger.may(factories.customer("Cleo").id, "marketing", "sms").code == "WITHDRAWN"


def test_taking_back_on_every_channel_reaches_the_one_that_still_stands(ana):
    _do(consent_rules.withdraw, "greeting")
    _answer("greeting", True, channel="sms", her_own_wish=True)
    _do(consent_rules.withdraw, "greeting")
    assert ledger.may(factories.customer("Cleo").id, "greeting", "sms").code == "WITHDRAWN"


def test_a_consent_that_stands_is_renewed_and_no_other(ana):
    _do(consent_rules.renew, "greeting")
    assert ledger.may(factories.customer("Cleo").id, "greeting").until == ledger.add_months(clock.now(), 24)
    assert _refusal(_do, consent_rules.renew, "greeting", name="Noor") == "NO_CONSENT"


# What follows in the file


@pytest.fixture
def filed(ana):
    """One value under each of service, greeting, profiling and health, a relative and a tag."""
    _open_sensitive("material_avoid")
    _put("pain_point", "buttons come off")
    _put("festival_pref", ["cny"])
    _put("work_status", "retired")
    _put("material_avoid", {"values": ["wool"], "texts": ["allergic to wool"]})
    with db.write_tx() as tx:
        facts.add_family(tx, ana, _seen(), {"value": "partner", "text": "Bobo"}, is_child=False)
        facts.add_tag(tx, ana, _seen(), "early bird")
    return ana


def _nicknames():
    return sorted(db.session().scalars(sa.select(SearchKey.key).where(SearchKey.key.startswith("a"))))


def test_a_withdrawal_hides_what_hangs_on_it_and_its_search_keys_at_once(filed):
    assert _nicknames() == ["abobo"]
    _do(consent_rules.withdraw, "profiling")
    assert _kept() == {"pain_point", "festival_pref", "material_avoid"}
    assert db.session().scalars(sa.select(FamilyMember)).all() == db.session().scalars(sa.select(Tag)).all() == []
    assert _nicknames() == []


@pytest.mark.parametrize(("days", "comes_back"), [(0.1, True), (14.9, True), (15, False), (40, False)])
@pytest.mark.parametrize("job_ran", [True, False])
def test_her_yes_within_15_days_brings_back_what_was_hidden(filed, at, days, comes_back, job_ran):
    _do(consent_rules.withdraw, "profiling")
    at(clock.now() + timedelta(days=days))
    if job_ran:
        _purge()
    _answer("profiling", True, her_own_wish=True)
    assert ("work_status" in _kept()) is comes_back
    assert _nicknames() == (["abobo"] if comes_back else [])
    assert len(db.session().scalars(sa.select(Tag)).all()) == comes_back


def test_sensitive_values_never_come_back(filed, at):
    _do(consent_rules.withdraw, "special:health")
    at(clock.now() + DAY)
    _answer("special:health", True, her_own_wish=True)
    assert "material_avoid" not in _kept()


@pytest.mark.parametrize("job_ran", [True, False])
def test_sensitive_values_that_ran_out_never_come_back(filed, at, job_ran):
    at(ledger.may(factories.customer("Cleo").id, "special:health").until)
    if job_ran:
        _purge()
    assert "material_avoid" not in _kept()
    _answer("special:health", True)
    assert "material_avoid" not in _kept()


def test_what_ran_out_comes_back_within_15_days_of_its_end_however_late_the_job_came(filed, at):
    end = ledger.may(factories.customer("Cleo").id, "greeting").until
    at(end + 10 * DAY)
    with db.write_tx() as tx:
        tasks.expire(tx, None)
    at(end + 16 * DAY)
    _answer("greeting", True)
    assert "festival_pref" not in _kept()


def _all_rows():
    with db.write_tx() as tx, bound._lifted(tx) as inner:
        return set(inner.scalars(sa.select(Fact.key), execution_options=bound._options()))


def test_the_purge_deletes_what_is_due_and_nothing_else(filed, at):
    _do(consent_rules.withdraw, "profiling")
    at(clock.now() + 14 * DAY)
    _purge()
    assert _all_rows() == {"pain_point", "festival_pref", "material_avoid", "work_status"}
    at(clock.now() + DAY)
    _purge()
    assert _all_rows() == {"pain_point", "festival_pref", "material_avoid"}


def test_sensitive_values_are_sealed_and_deleted_the_moment_it_is_taken_back(filed):
    row = db.session().scalars(sa.select(Fact).where(Fact.key == "material_avoid")).one()
    assert row.plain is None
    assert b"wool" not in row.sealed
    assert row.value == {"values": ["wool"], "texts": ["allergic to wool"]}
    _do(consent_rules.withdraw, "special:health")
    assert "material_avoid" not in _all_rows()


def test_a_renewal_carries_the_rows_on(filed, at):
    end = ledger.may(factories.customer("Cleo").id, "greeting").until
    at(end - DAY)
    _do(consent_rules.renew, "greeting")
    at(end + DAY)
    assert "festival_pref" in _kept()


def test_without_the_service_consent_her_keys_are_gone_and_come_back_with_it(filed, at):
    her = factories.customer("Cleo").id
    _do(consent_rules.withdraw, "service")
    mine = sa.select(sa.func.count()).select_from(SearchKey).where(SearchKey.customer_id == her)
    assert db.session().scalar(mine) == 0
    at(clock.now() + DAY)
    with db.write_tx() as tx:
        consent_rules.enrol(tx, her, actor=factories.staff("ana"), store_id=1, lang="en")
    assert db.session().scalar(mine) > 10
    assert [one.id for one in search.find(filed, "bobo").customers] == [her]


# The write gate


def test_a_sensitive_field_without_its_consent_is_refused(ana):
    """Acceptance test 7."""
    hua = factories.staff("hua")
    with db.write_tx() as tx:
        consent_rules.assess(tx, "special:ethnicity", "decided", True, actor=hua)
        consent_rules.switch_field(tx, catalogue.field("ethnicity"), True, actor=hua)
    assert _refusal(_put, "ethnicity", "hui") == "NO_CONSENT"
    assert _all_rows() == set()


def test_what_the_owner_has_not_switched_on_is_refused_even_with_her_yes(ana):
    _open_sensitive("material_avoid")
    with db.write_tx() as tx:
        consent_rules.switch_field(tx, catalogue.field("material_avoid"), False, actor=factories.staff("hua"))
    assert _refusal(_put, "material_avoid", {"values": ["wool"], "texts": []}) == "field_off"


def test_allergies_are_noted_where_her_consent_is_for_them_and_nowhere_else(filed):
    assert "material_avoid" in _kept()
    assert _refusal(_put, "pain_point", "she is allergic to wool", error=BadValue) == "forbidden"


def test_a_colleague_notes_only_what_she_may_see(ana):
    with db.write_tx() as tx:
        ada = factories.staff("ada")
        seen = queries.get(ada, factories.customer("Cleo").public_id)
        refused = _refusal(facts.put_fact, tx, ada, seen, "comm_style", "quiet", error=NotAllowed)
    assert refused == "not_yours"


def test_confirming_makes_fresh_and_leaves_who_noted_it_and_when(filed, at):
    row = db.session().scalars(sa.select(Fact).where(Fact.key == "work_status")).one()
    row_id, noted_at = row.id, row.noted_at
    at(clock.now() + 100 * DAY)
    with db.write_tx() as tx:
        facts.confirm_fact(tx, filed, _seen(), row_id)
    row = db.session().get(Fact, row_id)
    assert (row.noted_at, row.confirmed_at, row.value) == (noted_at, clock.now(), "retired")


@pytest.mark.parametrize(
    ("key", "value"), [("age_band", "under_14"), ("birthday", {"calendar": "solar", "year": 2020, "month": 5, "day": 4})]
)
def test_no_file_is_kept_of_a_child(ana, key, value):
    full = {"leap": False, "leap_policy": "regular", **value} if isinstance(value, dict) else value
    assert _refusal(_put, key, full, error=BadValue) == "child"
    assert _kept() == set()


def test_who_turns_out_to_be_under_18_has_only_service_left(filed):
    _answer("marketing", True, channel="sms")
    _put("age_band", "14_17")
    her = factories.customer("Cleo")
    assert her.is_minor
    assert {key: ledger.may(her.id, key, channel).code for key, channel in (("profiling", "any"), ("marketing", "sms"))} == {
        "profiling": "WITHDRAWN",
        "marketing": "WITHDRAWN",
    }
    assert _kept() == {"pain_point", "festival_pref", "material_avoid"}
    assert _refusal(_answer, "profiling", True, her_own_wish=True) == "MINOR"
