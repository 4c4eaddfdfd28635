"""Four eyes: another person decides, or, where nobody could, the highest acts alone after ten minutes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from relcrm import clock, db, jobs
from relcrm.customers import queries as customers
from relcrm.errors import BadValue, NotAllowed, NotFound, RuleError
from relcrm.loyalty import approvals
from relcrm.loyalty.approvals_models import Approval
from relcrm.staff.models import AuditEvent, StaffMember
from tests import factories

DONE: list[dict[str, int]] = []


@pytest.fixture(autouse=True)
def a_kind(monkeypatch):
    DONE.clear()

    def apply(_tx, row):
        if row.parameters["points"] == 13:
            raise RuleError("no")
        DONE.append(row.parameters)

    kind = approvals.Kind("thing", "A thing", lambda parameters, _lang: f"{parameters['points']} points more", apply)
    monkeypatch.setitem(approvals.kinds, "thing", kind)


def propose(number, points=800, *, reason="Wrong receipt", confirmed=False):
    with db.write_tx() as tx:
        actor = tx.merge(factories.staff(number))
        seen = customers.seen_by(actor, factories.customer("Cleo"))
        return approvals.propose(tx, actor, seen, "thing", {"points": points}, reason, confirmed=confirmed).public_id


def decide(number, public_id, yes=True, said=""):
    with db.write_tx() as tx:
        actor = tx.merge(factories.staff(number))
        approvals.decide(tx, actor, approvals.get(actor, public_id), yes, said)


def status(public_id):
    return db.session().scalar(sa.select(Approval.status).where(Approval.public_id == public_id))


def leave(*numbers):
    with db.write_tx() as tx:
        tx.execute(sa.update(StaffMember).where(StaffMember.number.in_(numbers)).values(left_on=clock.today("UTC")))


def test_another_person_of_at_least_her_role_decides(ctx):
    made = propose("ben")
    assert DONE == []
    decide("ari", made)
    assert (DONE, status(made)) == ([{"points": 800}], "approved")


def test_who_proposed_never_decides(ctx):
    made = propose("ben")
    with pytest.raises(NotAllowed) as refused:
        decide("ben", made)
    assert refused.value.code == "four_eyes"
    assert DONE == []


def test_a_lower_role_does_not_decide(ctx):
    made = propose("ari")
    with pytest.raises(NotAllowed) as refused:
        decide("ben", made)
    assert refused.value.code == "not_yours"
    assert approvals.waiting_for(factories.staff("ben")) == ([], False)


def test_who_may_not_see_her_does_not_know_of_it(ctx):
    made = propose("ben")
    assert approvals.count_waiting(factories.staff("olu")) == 0
    with pytest.raises(NotFound):
        decide("olu", made)


def test_of_a_closed_file_nothing_waits_and_no_name_is_shown(ctx, sign_in):
    propose("ben")
    with db.write_tx() as tx:
        factories.customer("Cleo").closed_at = clock.now()
        tx.flush()
    assert approvals.count_waiting(factories.staff("hua")) == 0
    page = sign_in("ben").get("/approvals").text
    assert "800 points more" in page
    assert "Cleo" not in page


def test_an_associate_neither_proposes_nor_decides(ctx):
    with pytest.raises(NotAllowed):
        propose("ana")
    made = propose("ben")
    with pytest.raises(NotFound):
        decide("ana", made)


def test_what_is_decided_is_not_decided_again(ctx):
    made = propose("ben")
    decide("hua", made, yes=False, said="Ask her again")
    with pytest.raises(RuleError) as refused:
        decide("ari", made)
    assert refused.value.code == "decided"
    assert (DONE, status(made)) == ([], "declined")


def test_what_cannot_be_done_stays_undecided(ctx):
    made = propose("ben", 13)
    with pytest.raises(RuleError):
        decide("hua", made)
    assert status(made) == "waiting"


@pytest.mark.parametrize(("reason", "code"), [("", "no_reason"), ("x" * 301, "long"), ("she is pregnant", "forbidden")])
def test_the_reason_says_something_that_may_be_kept(ctx, reason, code):
    with pytest.raises(BadValue) as refused:
        propose("ben", reason=reason)
    assert refused.value.code == code


def test_where_nobody_is_above_one_acts_alone_after_ten_minutes(ctx, at):
    with pytest.raises(BadValue) as refused:
        propose("hua")
    assert (refused.value.code, refused.value.field) == ("act_alone", "confirm")
    made = propose("hua", confirmed=True)
    jobs.run_now("approvals_alone")
    assert DONE == []
    at(clock.now() + timedelta(minutes=10))
    jobs.run_now("approvals_alone")
    jobs.run_now("approvals_alone")
    assert (DONE, status(made)) == ([{"points": 800}], "approved")
    assert "acted_alone" in db.session().scalars(sa.select(AuditEvent.act)).all()


def test_what_one_does_alone_can_be_taken_back_in_time(ctx, at):
    made = propose("hua", confirmed=True)
    with db.write_tx() as tx:
        hua = tx.merge(factories.staff("hua"))
        approvals.withdraw(tx, hua, approvals.get(hua, made))
    at(clock.now() + timedelta(minutes=11))
    jobs.run_now("approvals_alone")
    assert (DONE, status(made)) == ([], "withdrawn")


def test_what_could_not_be_done_alone_lapses(ctx, at):
    made = propose("hua", 13, confirmed=True)
    at(clock.now() + timedelta(minutes=11))
    jobs.run_now("approvals_alone")
    assert status(made) == "lapsed"


def test_a_manager_is_not_alone_while_an_owner_works_here(ctx):
    leave("ari")
    assert status(propose("ben")) == "waiting"


def test_the_page_lists_what_waits_and_takes_the_answer(ctx, sign_in):
    made = propose("ben")
    hua = sign_in("hua")
    assert "800 points more for" in hua.get("/approvals").text
    answer = hua.post(f"/approvals/{made}", data={"decision": "yes", "said": "Yes, seen"})
    assert (answer.status_code, DONE) == (303, [{"points": 800}])
    page = sign_in("ben").get("/approvals").text
    assert "approved by Hua" in page
    assert "Yes, seen" in page
