"""A material notice ends older grants on its date, in the ledger at once and in the rows before that date."""

from datetime import timedelta

import sqlalchemy as sa

from relcrm import clock, db, jobs
from relcrm.consent import ledger, notices
from relcrm.customers import facts, queries
from relcrm.customers.models import Fact
from tests import factories

SLOTS = {"legal_name": "Cloud", "legal_address": "1 Lake Road", "privacy_contact": "Hua"}


def test_facts_under_an_ended_grant_are_hidden_on_the_date_of_the_notice(ctx, at):
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        ana = tx.merge(ana)
        seen = queries.seen_by(ana, factories.customer("Cleo"))
        facts.put_fact(tx, ana, seen, "gender", "female")
        notices.publish(tx, SLOTS, kinds=("enrol",), changes=("profiling",))
    cleo = factories.customer("Cleo").id
    assert "follow_notices" in jobs.run_due("UTC")
    start = clock.now()
    at(start + timedelta(days=29))
    assert ledger.may(cleo, "profiling").code == "OK"
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Fact)) == 1
    at(start + timedelta(days=31))
    assert ledger.may(cleo, "profiling").code in ("SUPERSEDED", "EXPIRED")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Fact)) == 0
    assert ledger.may(cleo, "callback").code == "OK"
    assert ledger.may(cleo, "service").code == "OK"
