"""Versions of notices: what is told, hashed, and what a material change ends on its date."""

import hashlib
from datetime import timedelta

import pytest
import sqlalchemy as sa

from relcrm import clock, db
from relcrm.consent import ledger, notices, tasks
from relcrm.consent import rules as consent_rules
from relcrm.consent.models import ConsentState, Notice
from relcrm.customers import facts, queries
from relcrm.customers.models import Fact
from tests import factories

DAY = timedelta(days=1)
SLOTS = {"legal_name": "Cloud Clothing Ltd", "legal_address": "1 Lake Road", "privacy_contact": "Hua"}


@pytest.fixture
def cleo(ctx, at):
    at(clock.now() + DAY)
    return factories.customer("Cleo").id


def _publish(**more):
    with db.write_tx() as tx:
        notices.publish(tx, SLOTS, **more)


def _follow():
    with db.write_tx() as tx:
        return tasks.follow_notices(tx, None)


def test_every_notice_is_there_in_both_languages_with_the_hash_of_its_words(ctx):
    rows = db.session().scalars(sa.select(Notice)).all()
    assert {row.kind for row in rows} == {
        "enrol",
        *(f"special:{g}" for g in ("ethnicity", "health", "minor", "housing", "values", "identity")),
    }
    for row in rows:
        assert row.sha256 == hashlib.sha256(f"{row.spoken}\n{row.text}".encode()).hexdigest()
        assert "{" not in row.spoken + row.text
    assert len({(row.kind, row.lang) for row in rows}) == len(rows) == 14


def test_the_newest_published_version_is_told_in_the_language_asked_for(cleo):
    _publish(kinds=("enrol",))
    assert [(notices.current("enrol", lang).version, notices.current("enrol", lang).lang) for lang in ("zh", "en")] == [
        (2, "zh"),
        (2, "en"),
    ]
    assert notices.current("special:health", "en").version == 1
    assert notices.current("special:health", "fr").version == 1
    assert notices.current("nothing", "en") is None


def test_a_plain_version_ends_nothing(cleo, at):
    _publish()
    at(clock.now() + 31 * DAY)
    assert notices.cuts() == {}
    assert ledger.may(cleo, "greeting").allowed


def test_a_material_version_ends_the_named_purposes_30_days_later_and_service_never(cleo, at):
    """Acceptance test 8."""
    _publish(kinds=("enrol",), changes=("greeting", "service"))
    start = clock.now()
    at(start + 30 * DAY - timedelta(seconds=1))
    assert ledger.may(cleo, "greeting").code == "OK"
    at(start + 30 * DAY)
    assert {key: ledger.may(cleo, key).code for key in ("greeting", "callback", "service")} == {
        "greeting": "SUPERSEDED", "callback": "OK", "service": "OK",
    }  # fmt: skip


def test_telling_her_and_her_yes_is_one_tap_that_carries_on(cleo, at):
    _publish(kinds=("enrol",), changes=("greeting",))
    with db.write_tx() as tx:
        consent_rules.renew(tx, cleo, "greeting", actor=factories.staff("ana"), store_id=None, lang="en")
    at(clock.now() + 31 * DAY)
    assert ledger.may(cleo, "greeting").code == "OK"


def test_versions_of_another_notice_end_nothing_here(cleo, at):
    """Each kind counts its own versions: three of the notice on health are not newer than the first of enrolment."""
    for _ in range(3):
        _publish(kinds=("special:health",), changes=("special:health", "greeting"))
    assert set(notices.cuts()) == {"special:health"}
    at(clock.now() + 31 * DAY)
    assert ledger.may(cleo, "greeting").allowed


def test_a_yes_under_the_new_version_of_its_own_notice_is_not_cut_by_higher_numbers_of_others(cleo, at):
    for _ in range(3):
        _publish(kinds=("special:health",))
    _publish(changes=("greeting",))
    with db.write_tx() as tx:
        consent_rules.renew(tx, cleo, "greeting", actor=factories.staff("ana"), store_id=None, lang="en")
    at(clock.now() + 31 * DAY)
    assert ledger.may(cleo, "greeting").allowed


def test_what_hangs_on_it_is_readable_until_that_date_and_no_longer(cleo, at):
    with db.write_tx() as tx:
        ana = factories.staff("ana")
        facts.put_fact(tx, ana, queries.get(ana, factories.customer("Cleo").public_id), "festival_pref", ["cny"])
    _publish(kinds=("enrol",), changes=("greeting",))
    effective = clock.now() + 30 * DAY
    assert _follow() is None
    assert db.session().scalars(sa.select(Fact.readable_until)).one() == effective
    state = db.session().get(ConsentState, (cleo, "greeting", "any"))
    assert (state.standing, state.until) == ("OK", effective)
    at(effective)
    assert db.session().scalars(sa.select(Fact)).all() == []


def test_the_walk_comes_in_pieces_and_to_an_end(cleo, monkeypatch):
    for number in range(7):
        factories.meet(f"Guest {number}", f"+86139000022{number:02}", {"greeting": True, "callback": True})
    _publish(kinds=("enrol",), changes=("greeting", "callback"))
    effective = clock.now() + 30 * DAY
    monkeypatch.setattr(tasks, "A_PIECE", 3)
    rounds = 1
    while _follow() is not None:
        rounds += 1
        assert rounds < 20
    assert rounds > 3
    ends = sa.select(ConsentState.until).where(ConsentState.purpose.in_(("greeting", "callback")), ConsentState.standing == "OK")
    assert set(db.session().scalars(ends)) == {effective}
