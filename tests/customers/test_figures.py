"""CUS-15: the figures count what may be read, once a day, per store and associate."""

from relcrm import db, jobs
from relcrm.customers import facts, figures, queries
from tests import factories


def test_figures_count_readable_facts_only_and_managers_see_their_stores(ctx):
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        ana = tx.merge(ana)
        seen = queries.seen_by(ana, factories.customer("Cleo"))
        facts.put_fact(tx, ana, seen, "usage_habit", "every day to work")
        facts.put_fact(tx, ana, seen, "gender", "female")
    assert "file_figures" in jobs.run_due("UTC")
    [line] = figures.lines(factories.staff("ben"))
    assert (line.store, line.name, line.customers, line.filled, line.fresh) == ("North", "Ana", 2, 1.0, 100)
    assert figures.lines(factories.staff("ana")) == []
    assert figures.lines(factories.staff("olu")) == []


def test_a_withdrawn_consent_is_no_longer_counted(ctx):
    from relcrm.consent import rules as consent_rules

    ana = factories.staff("ana")
    with db.write_tx() as tx:
        ana = tx.merge(ana)
        seen = queries.seen_by(ana, factories.customer("Cleo"))
        facts.put_fact(tx, ana, seen, "gender", "female")
        consent_rules.withdraw(tx, seen.customer.id, "profiling", actor=ana, store_id=seen.home.id, lang="en")
    jobs.run_due("UTC")
    assert [line.filled for line in figures.lines(factories.staff("ben"))] == [0]
