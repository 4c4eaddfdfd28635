"""The state function of DOMAIN §1.4 and the answers of may(); "Acceptance test n" are those of DOMAIN section 1."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from relcrm import chain, clock, db
from relcrm.consent import ledger, notices, tasks
from relcrm.consent.models import AccessEvent, ConsentEvent, ConsentState
from relcrm.staff.models import AuditEvent
from tests import factories

DAY = timedelta(days=1)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def event(number, action, *, after=0, channel="any", purpose="greeting", until=None, version=1):
    when = START + timedelta(days=after)
    until = START + timedelta(days=until) if until is not None else ledger.valid_until(purpose, action, when)
    return ConsentEvent(
        id=number, purpose=purpose, channel=channel, action=action, occurred_at=when, valid_until=until, notice_version=version
    )


def code(*events, after=0, channel="any", cuts=None):
    return ledger.standing(events, channel, START + timedelta(days=after), cuts or {}).code


def test_rule_1_only_what_has_happened_by_then_counts_and_in_the_order_it_happened():
    late_written = [event(1, "withdraw", after=5), event(2, "grant", after=1)]
    assert [code(*late_written, after=day) for day in (0, 1, 4, 5)] == ["NO_CONSENT", "OK", "OK", "WITHDRAWN"]


@pytest.mark.parametrize(("action", "answer"), [("deny", "DENIED"), ("withdraw", "WITHDRAWN")])
def test_rule_2_a_no_on_any_closes_every_channel(action, answer):
    events = [event(1, "grant"), event(2, "grant", channel="sms"), event(3, action, after=1)]
    assert [code(*events, after=2, channel=one) for one in ("any", "sms", "wechat")] == [answer] * 3


def test_rule_2_a_no_on_a_channel_closes_that_channel_alone():
    events = [event(1, "grant"), event(2, "deny", after=1, channel="sms")]
    assert [code(*events, after=2, channel=one) for one in ("any", "sms", "wechat")] == ["OK", "DENIED", "OK"]


def test_rule_2_a_later_grant_reopens_only_what_it_names():
    closed = [event(1, "grant"), event(2, "withdraw", after=1)]
    one = [*closed, event(3, "grant", after=2, channel="sms")]
    assert [code(*one, after=3, channel=c) for c in ("sms", "wechat", "any")] == ["OK", "WITHDRAWN", "WITHDRAWN"]
    own = [event(1, "grant"), event(2, "deny", after=1, channel="sms"), event(3, "grant", after=2)]
    assert [code(*own, after=3, channel=c) for c in ("sms", "any")] == ["DENIED", "OK"]
    assert code(*own, event(4, "grant", after=4, channel="sms"), after=5, channel="sms") == "OK"


def test_rule_2_a_spoken_yes_that_only_waits_reopens_nothing():
    events = [event(1, "grant"), event(2, "deny", after=1, channel="sms"), event(3, "pending", after=2, channel="sms")]
    assert code(*events, event(4, "grant", after=3), after=20, channel="sms") == "NO_CONSENT"


@pytest.mark.parametrize("first", ["grant", "withdraw"])
def test_rule_3_at_equal_times_the_no_wins(first):
    """Acceptance test 6: two events at the same second, whichever was written first."""
    second = {"grant": "withdraw", "withdraw": "grant"}[first]
    assert code(event(1, first), event(2, second)) == "WITHDRAWN"


def test_rule_4_a_consent_ends_at_its_instant_without_any_row():
    given = event(1, "grant", until=100)
    assert [code(given, after=day) for day in (99, 100, 101)] == ["OK", "EXPIRED", "EXPIRED"]


@pytest.mark.parametrize("row", ["expire", "supersede"])
def test_rule_4_the_row_of_the_nightly_job_is_history_and_decides_nothing(row):
    events = [event(1, "grant", until=100), event(2, "grant", after=50, channel="sms", until=500), event(3, row, after=100)]
    assert [code(*events, after=101, channel=one) for one in ("any", "sms")] == ["EXPIRED", "OK"]
    renewed = [event(1, "grant", until=100), event(2, "renew", after=99, until=800), event(3, row, after=100)]
    assert code(*renewed, after=101) == "OK"


def test_a_new_yes_can_wait_after_the_old_one_ran_out():
    events = [event(1, "confirm", channel="sms", purpose="marketing", until=100), event(2, "pending", after=110, channel="sms")]
    assert code(*events, after=111, channel="sms") == "PENDING"


CUTS = {"greeting": [(2, START + 60 * DAY)]}


def test_rule_5_on_its_date_a_material_notice_ends_older_grants():
    """Acceptance test 8."""
    old = event(1, "grant")
    assert [code(old, after=day, cuts=CUTS) for day in (59, 60, 900)] == ["OK", "SUPERSEDED", "SUPERSEDED"]


def test_rule_5_grants_and_renewals_under_the_new_version_stand():
    assert code(event(1, "grant", version=2), after=61, cuts=CUTS) == "OK"
    assert code(event(1, "grant"), event(2, "renew", after=40, version=2), after=61, cuts=CUTS) == "OK"


def test_rule_5_a_consent_that_ends_before_the_date_has_expired():
    assert code(event(1, "grant", until=50), after=61, cuts=CUTS) == "EXPIRED"


def test_rule_5_of_several_versions_the_first_later_one_cuts():
    cuts = {"greeting": [(2, START + 60 * DAY), (3, START + 90 * DAY)]}
    assert ledger.standing([event(1, "grant")], "any", START, cuts).until == START + 60 * DAY
    assert ledger.standing([event(1, "grant", version=2)], "any", START, cuts).until == START + 90 * DAY


def test_rule_6_an_import_without_evidence_opens_nothing():
    assert code(event(1, "import")) == "NO_CONSENT"
    assert code(event(1, "grant"), event(2, "import", after=1), after=2) == "OK"


def test_marketing_granted_for_one_channel_is_refused_on_another():
    """Acceptance test 2."""
    events = [event(1, "confirm", channel="sms", purpose="marketing")]
    assert [code(*events, channel=one) for one in ("sms", "wecom")] == ["OK", "NO_CHANNEL"]
    assert code(*events, event(2, "withdraw", after=1, purpose="marketing"), after=2, channel="sms") == "WITHDRAWN"


def test_a_spoken_marketing_yes_waits_seven_days_and_is_never_usable():
    """Acceptance test 3 and C-5."""
    spoken = event(1, "pending", channel="sms", purpose="marketing")
    assert [code(spoken, after=day, channel="sms") for day in (0, 6, 7, 400)] == ["PENDING", "PENDING", "NO_CONSENT", "NO_CONSENT"]
    assert code(spoken, event(2, "confirm", after=3, channel="sms", purpose="marketing"), after=30, channel="sms") == "OK"


@pytest.mark.parametrize(
    ("purpose", "months"),
    [("callback", 24), ("greeting", 24), ("marketing", 12), ("profiling", 24), ("survey", 12), ("special:health", 12),
     ("service", None), ("community", None)],
)  # fmt: skip
def test_each_purpose_is_valid_as_long_as_the_handbook_says(purpose, months):
    expected = START.replace(year=START.year + months // 12) if months else None
    assert ledger.valid_until(purpose, "grant", START) == expected


def test_months_end_on_the_last_day_where_the_day_is_missing():
    assert ledger.add_months(datetime(2024, 2, 29, tzinfo=UTC), 12) == datetime(2025, 2, 28, tzinfo=UTC)
    assert ledger.add_months(datetime(2025, 12, 31, tzinfo=UTC), 2) == datetime(2026, 2, 28, tzinfo=UTC)
    assert ledger.add_months(datetime(2026, 12, 1, tzinfo=UTC), 12) == datetime(2027, 12, 1, tzinfo=UTC)


def _events_with_asks(*steps):
    return [
        ConsentEvent(id=n, purpose="profiling", channel="any", action=action, occurred_at=START + day * DAY, asked_by_staff=asked)
        for n, (action, day, asked) in enumerate(steps, 1)
    ]


def _may_ask(events, day):
    again = ledger.not_before(events, START + timedelta(days=day))
    return again is None


def test_after_a_no_there_is_rest_for_180_days():
    """Acceptance test 4, its days: 179 refused, 180 accepted."""
    events = _events_with_asks(("deny", 0, True))
    assert [_may_ask(events, day) for day in (0, 179, 179.99, 180, 500)] == [False, False, False, True, True]


def test_after_two_asks_there_is_no_third():
    """Acceptance test 4: accepted once."""
    events = _events_with_asks(("deny", 0, True), ("deny", 180, True))
    assert [_may_ask(events, day) for day in (181, 400, 5000)] == [False] * 3
    assert ledger.not_before(events, START + 400 * DAY).year == 9999


def test_what_she_said_unasked_is_no_ask():
    events = _events_with_asks(("deny", 0, False), ("deny", 10, False), ("deny", 20, True))
    assert _may_ask(events, 200)


def test_after_a_withdrawal_there_is_rest_for_365_days():
    events = _events_with_asks(("grant", 0, True), ("withdraw", 10, False))
    assert [_may_ask(events, day) for day in (10, 374, 375)] == [False, False, True]


def test_a_new_yes_ends_the_rest():
    events = _events_with_asks(("deny", 0, True), ("grant", 5, False))
    assert _may_ask(events, 6)


def test_who_was_never_asked_may_be_asked():
    assert _may_ask([], 0)


@pytest.fixture
def cleo(ctx, at):
    """Cleo's id, the clock on a day after the cast was made."""
    at(clock.now() + DAY)
    return factories.customer("Cleo").id


def _append(cleo, purpose, action, **more):
    with db.write_tx() as tx:
        return ledger.append(tx, cleo, purpose, action, method="signed_paper", lang="en", **more).id


def test_may_names_the_event_that_allows_it(cleo):
    given = _append(cleo, "marketing", "confirm", channel="sms")
    now = ledger.may(cleo, "marketing", "sms")
    assert (now.allowed, now.code, now.event_id) == (True, "OK", given)
    assert ledger.may(cleo, "marketing", "wecom").code == "NO_CHANNEL"
    assert ledger.may(cleo, "survey", at=clock.now() - 30 * DAY).code == "NO_CONSENT"


def test_an_event_keeps_the_notice_that_was_told(cleo):
    row = db.session().get(ConsentEvent, _append(cleo, "callback", "renew"))
    told = notices.current("enrol", "en")
    assert (row.notice_id, row.notice_version, row.notice_sha256) == (told.id, 1, told.sha256)
    sensitive = db.session().get(ConsentEvent, _append(cleo, "special:health", "grant"))
    assert sensitive.notice_sha256 == notices.current("special:health", "en").sha256 != told.sha256


def _derived(cleo):
    events, cuts, rows = ledger.events_of(cleo), notices.cuts(), {}
    for purpose in {e.purpose for e in events}:
        mine = [e for e in events if e.purpose == purpose]
        for row in ledger.derived(cleo, purpose, mine, clock.now(), cuts):
            rows[row.purpose, row.channel] = (row.standing, row.until, row.event_id)
    return rows


def _states(cleo):
    rows = db.session().scalars(sa.select(ConsentState).where(ConsentState.customer_id == cleo))
    return {(row.purpose, row.channel): (row.standing, row.until, row.event_id) for row in rows}


def test_the_state_follows_in_the_same_transaction_and_equals_its_derivation(cleo):
    _append(cleo, "marketing", "confirm", channel="sms")
    _append(cleo, "marketing", "pending", channel="email")
    _append(cleo, "greeting", "withdraw", channel="sms")
    assert _states(cleo) == _derived(cleo)
    assert _states(cleo)["marketing", "sms"][0] == "OK"
    assert _states(cleo)["greeting", "sms"][0] == "WITHDRAWN"


def _until_nothing_is_left(job):
    cursor = "begin"
    for _ in range(50):
        with db.write_tx() as tx:
            cursor = job(tx, None if cursor == "begin" else cursor)
        if cursor is None:
            return
    raise AssertionError("the job never comes to its end")


def _actions(cleo, purpose):
    return [(e.action, e.channel) for e in ledger.events_of(cleo, purpose)]


def test_the_nightly_job_writes_what_ran_out_once(cleo, at):
    _append(cleo, "marketing", "pending", channel="email")
    before = {key: ledger.may(cleo, *key).code for key in _states(cleo)}
    at(clock.now() + 3 * 366 * DAY)
    after = {key: ledger.may(cleo, *key).code for key in before}
    for _ in range(2):
        _until_nothing_is_left(tasks.expire)
    assert before["greeting", "any"] == "OK"
    assert _actions(cleo, "greeting") == [("grant", "any"), ("expire", "any")]
    assert _actions(cleo, "marketing") == [("pending", "email"), ("expire", "email")]
    assert {key: ledger.may(cleo, *key).code for key in before} == after
    assert _states(cleo) == _derived(cleo)


def test_the_nightly_job_calls_the_end_by_a_notice_by_its_name(cleo, at):
    with db.write_tx() as tx:
        notices.publish(tx, dict.fromkeys(("legal_name", "legal_address", "privacy_contact"), "x"), kinds=("enrol",), changes=("greeting",))
    _until_nothing_is_left(tasks.follow_notices)
    at(clock.now() + 31 * DAY)
    _until_nothing_is_left(tasks.expire)
    assert _actions(cleo, "greeting") == [("grant", "any"), ("supersede", "any")]
    assert ledger.may(cleo, "greeting").code == "SUPERSEDED"


CHAINS = {"consent_event": ConsentEvent, "access_event": AccessEvent, "audit_event": AuditEvent}


@pytest.fixture
def chained(cleo, sign_in, app):
    """Some rows in each of the three chains."""
    client = sign_in("ana")
    for name in ("Cleo", "Noor"):
        client.get(f"/customers/{factories.customer(name).public_id}")
    client.post(f"/customers/{factories.customer('Cleo').public_id}/serving")
    sign_in("ben").post(f"/customers/{factories.customer('Cleo').public_id}/reveal", data={"what": "phone", "reason": "she calls back"})
    db.session().rollback()
    return CHAINS


def _raw(*statements):
    with closing(sqlite3.connect(db.sql.engine.url.database)) as raw:
        for statement in statements:
            raw.execute(statement)
        raw.commit()


@pytest.mark.parametrize("table", CHAINS)
def test_every_chain_holds_as_the_program_writes_it(chained, table):
    assert db.session().scalar(sa.select(sa.func.count()).select_from(chained[table])) >= 2
    assert list(chain.broken(db.session(), chained[table])) == []


@pytest.mark.parametrize("table", CHAINS)
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {} WHERE id = 1"])
def test_the_database_itself_refuses_to_change_a_chained_row(chained, table, change):
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        _raw(change.format(table))


EDITS = {
    "consent_event": "UPDATE consent_event SET action = 'grant' WHERE id = (SELECT min(id) FROM consent_event WHERE action = 'deny')",
    "access_event": "UPDATE access_event SET staff_id = 2 WHERE id = 1",
    "audit_event": "UPDATE audit_event SET act = 'nothing' WHERE id = 2",
}


@pytest.mark.parametrize("table", CHAINS)
def test_a_chain_breaks_where_a_row_was_edited(chained, table):
    """Acceptance test 10."""
    _raw(f"DROP TRIGGER {table}_no_update", EDITS[table])
    assert len(list(chain.broken(db.session(), chained[table]))) == 1


@pytest.mark.parametrize("table", CHAINS)
def test_a_chain_breaks_where_a_row_was_taken_out(chained, table):
    _raw(f"DROP TRIGGER {table}_no_delete", "PRAGMA foreign_keys=OFF", f"DELETE FROM {table} WHERE id = 1")
    assert list(chain.broken(db.session(), chained[table])) == [2]


def test_a_chain_holds_for_an_instant_from_another_zone(cleo):
    shanghai = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
    _append(cleo, "survey", "renew", occurred_at=shanghai)
    db.session().rollback()
    assert list(chain.broken(db.session(), ConsentEvent)) == []


def test_words_beside_the_chain_can_be_erased_and_the_chain_holds(chained):
    sealed = db.session().scalars(sa.select(AccessEvent.reason_hmac).where(AccessEvent.reason_hmac.is_not(None))).one()
    words = db.session().scalars(sa.select(chain.ChainedText)).one()
    assert (words.words, chain.seal_words(words.salt, words.words)) == ("she calls back", sealed)
    _raw("DELETE FROM chained_text")
    assert list(chain.broken(db.session(), AccessEvent)) == []
