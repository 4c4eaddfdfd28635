"""A tier by hand: a reason, an end within 180 days, two people; it never takes what she earned."""

from datetime import timedelta

import pytest

from relcrm import clock, db
from relcrm.customers import queries
from relcrm.errors import BadValue, NotAllowed, RuleError
from relcrm.loyalty import approvals, tier_by_hand, tier_queries, tier_states
from relcrm.loyalty.approvals_models import Approval
from relcrm.loyalty.tier_models import TierGrant
from tests import factories
from tests.loyalty.tier_book import buy, go_live, kinds, tier


def seen(number):
    return queries.seen_by(factories.staff(number), factories.customer("Cleo"))


def in_days(n):
    return clock.today("Asia/Shanghai") + timedelta(days=n)


def propose(number="ben", key="gold", days=90, reason="Her coat took three weeks to mend"):
    with db.write_tx() as tx:
        return tier_by_hand.propose(tx, tx.merge(factories.staff(number)), seen(number), key, in_days(days), reason).public_id


def decide(public_id, number="ari"):
    with db.write_tx() as tx:
        row = tx.query(Approval).filter_by(public_id=public_id).one()
        approvals.decide(tx, tx.merge(factories.staff(number)), row, True)


def test_what_another_person_approved_lifts_her_until_its_day(ctx, at):
    go_live()
    buy("Cleo", 2_500)
    decide(propose())
    assert (tier("Cleo").tier, tier("Cleo").earned, tier("Cleo").valid_until) == ("gold", "silver", in_days(90))
    assert kinds("Cleo") == ["up", "manual"]
    [(grant, row, proposer, decider)] = tier_by_hand.given(factories.customer("Cleo").id)
    assert (grant.tier, row.reason, proposer, decider) == ("gold", "Her coat took three weeks to mend", "Ben", "Ari")
    at(clock.now() + timedelta(days=90))
    with db.write_tx() as tx:
        tier_states.follow(tx, tier_states.due(tx, 9))
    assert (tier("Cleo").tier, kinds("Cleo")[-1]) == ("silver", "manual_end")


def test_who_proposed_does_not_approve(ctx):
    go_live()
    made = propose()
    with pytest.raises(NotAllowed):
        decide(made, "ben")
    assert db.session().query(TierGrant).count() == 0


@pytest.mark.parametrize("change", [{"days": 181}, {"days": 0}, {"key": "regular"}, {"key": "nothing"}, {"reason": ""}])
def test_without_reason_end_or_a_higher_tier_nothing_is_proposed(ctx, change):
    go_live()
    with pytest.raises(BadValue):
        propose(**change)


def test_what_is_approved_after_its_day_is_not_done(ctx, at):
    go_live()
    made = propose(days=5)
    at(clock.now() + timedelta(days=5))
    with pytest.raises(RuleError):
        decide(made)


def test_the_page_proposes_and_says_who_decides(app, sign_in):
    with app.app_context():
        go_live()
        her = factories.customer("Cleo").public_id
        db.session().close()
    ben = sign_in("ben")
    assert "Another person decides" in ben.get(f"/tiers/of/{her}/lift").text
    bad = ben.post(f"/tiers/of/{her}/lift", data={"tier": "gold", "until": in_days(300).isoformat(), "reason": "A late repair"})
    assert bad.status_code == 422
    good = ben.post(f"/tiers/of/{her}/lift", data={"tier": "gold", "until": in_days(30).isoformat(), "reason": "A late repair"})
    assert good.status_code == 303
    assert "not decided yet" in ben.get(f"/tiers/of/{her}").text
    twice = ben.post(f"/tiers/of/{her}/lift", data={"tier": "gold", "until": in_days(30).isoformat(), "reason": "A late repair"})
    assert "is proposed for her already" in twice.text
    with app.app_context():
        made = db.session().query(Approval).one()
        with app.test_request_context(headers={"Accept-Language": "en"}):
            assert approvals.kinds[made.kind].words(made.parameters, "en").startswith("Gold until ")
        decide(made.public_id)
        assert tier_queries.brief(seen("ben")).tier == "gold"
        db.session().close()
    page = ben.get(f"/tiers/of/{her}").text
    assert "A late repair" in page
    assert "approved by Ari" in page
