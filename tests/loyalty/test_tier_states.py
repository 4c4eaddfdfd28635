"""Tiers in the book: written with the purchase, never at odds with the lines, looked at again on their day only."""

from datetime import date, timedelta
from random import Random

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

import relcrm
from relcrm import cli_doctor, clock, db, jobs
from relcrm.customers import merge_undo, merging, queries
from relcrm.customers.models import Customer
from relcrm.loyalty import tier_events, tier_queries, tier_rules, tier_states
from relcrm.loyalty.tier_models import CustomerTier, TierChange, TierRuleSet, TierTold
from relcrm.loyalty.tier_spans import Frozen, Opening
from relcrm.purchases import totals
from relcrm.purchases.models import Purchase
from tests import factories
from tests.loyalty.tier_book import buy, go_live, kinds, tier
from tests.purchases import many
from tests.purchases.selling import bring_back


def seen(number="ana", name="Cleo"):
    actor = factories.staff(number)
    return queries.seen_by(actor, factories.customer(name))


def statements(act):
    """How many statements the database was asked."""
    asked = []
    engine = db.sql.engine
    listener = lambda *args: asked.append(args[2])  # noqa: E731
    sa.event.listen(engine, "before_cursor_execute", listener)
    try:
        act()
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    return len(asked)


def test_a_purchase_that_reaches_a_tier_writes_it_with_its_reason(ctx):
    go_live()
    buy("Cleo", 8_600)
    row = tier("Cleo")
    today = clock.today("Asia/Shanghai")
    assert (row.tier, row.since, row.valid_until, row.next_on) == ("gold", today, today + timedelta(365), today + timedelta(365))
    change = db.session().get(TierChange, (factories.customer("Cleo").id, 1))
    assert (change.kind, change.before, change.after) == ("up", "regular", "gold")
    assert change.why == {"spent": 860_000, "currency": "CNY", "threshold": 800_000, "until": row.valid_until.isoformat()}


def test_who_stays_in_the_lowest_tier_has_no_row(ctx):
    go_live()
    buy("Cleo", 100)
    assert tier("Cleo") is None
    assert tier_queries.stand(seen()).level.key == "regular"


def test_without_rules_nothing_is_written(ctx):
    buy("Cleo", 9_000)
    assert tier("Cleo") is None
    assert tier_queries.stand(seen()) is None


def test_what_comes_back_is_booked_to_its_order_on_its_own_day(ctx):
    go_live()
    bought = buy("Cleo", 2_500, days_ago=40)
    assert tier("Cleo").tier == "silver"
    with db.write_tx() as tx:
        bring_back(tx, tx.merge(factories.staff("ana")), tx.get_one(Purchase, bought), {1: 1})
    assert (tier("Cleo").tier, kinds("Cleo")) == ("silver", ["up"])
    other = buy("Noor", 2_500, days_ago=20)
    with db.write_tx() as tx:
        bring_back(tx, tx.merge(factories.staff("ana")), tx.get_one(Purchase, other), {1: 1})
    assert (tier("Noor").tier, kinds("Noor")) == ("regular", ["up", "reversed"])


def test_staff_purchases_count_for_nothing(ctx):
    go_live()
    buy("Cleo", 9_000, for_staff=True)
    assert tier("Cleo") is None


def test_who_refused_everything_has_the_same_tier(ctx):
    go_live()
    for name in ("Cleo", "Noor"):
        buy(name, 2_500)
    assert tier("Cleo").tier == tier("Noor").tier == "silver"


def test_a_late_entry_counts_on_its_own_day(ctx):
    go_live()
    buy("Cleo", 1_500, days_ago=10)
    buy("Cleo", 600, days_ago=100)
    assert tier("Cleo").since == clock.today("Asia/Shanghai") - timedelta(10)


def test_the_nightly_walk_looks_only_at_those_whose_day_has_come(ctx, at):
    go_live()
    buy("Cleo", 2_500)
    buy("Noor", 2_500, days_ago=5)
    at(clock.now() + timedelta(days=361))
    assert tier_states.due(db.session(), 100) == [factories.customer("Noor").id]
    assert jobs.run_now("tier_days")
    assert (tier("Noor").grace_until is not None, tier("Cleo").grace_until) == (True, None)
    assert tier_states.due(db.session(), 100) == []
    assert kinds("Noor") == ["up", "grace"]


def test_due_customers_are_found_by_the_index_of_their_day(ctx):
    plan = "EXPLAIN QUERY PLAN "
    query = sa.select(CustomerTier.customer_id).where(CustomerTier.next_on <= date(2030, 1, 1)).order_by(CustomerTier.next_on).limit(9)
    with db.sql.engine.connect() as connection:
        words = " ".join(str(row) for row in connection.exec_driver_sql(plan + str(query.compile(compile_kwargs={"literal_binds": True}))))
    assert "ix_customer_tier_next_on" in words


def test_new_rules_are_walked_over_everybody_on_their_day(ctx, at):
    buy("Cleo", 2_500)
    with db.write_tx() as tx:
        row = tier_rules.begin(tx, None)
        tier_rules.publish(tx, None, row, clock.today("Asia/Shanghai") + timedelta(days=2), row.version)
    jobs.run_now("tier_rules")
    assert tier("Cleo") is None
    at(clock.now() + timedelta(days=2))
    jobs.run_now("tier_rules")
    assert (tier("Cleo").tier, kinds("Cleo")) == ("silver", ["start"])
    assert db.session().scalar(sa.select(TierRuleSet.walk_at)) is None


def test_the_day_begins_store_by_store(ctx, at):
    """At 20:00 UTC it is tomorrow in Shanghai."""
    go_live()
    noon = (clock.now() + timedelta(days=1)).replace(hour=12)
    at(noon)
    buy("Cleo", 2_500)
    at((noon + timedelta(days=364)).replace(hour=15))
    jobs.run_now("tier_days")
    assert tier("Cleo").grace_until is None
    at((noon + timedelta(days=364)).replace(hour=20))
    jobs.run_now("tier_days")
    assert tier("Cleo").grace_until == noon.date() + timedelta(days=365 + 30)


def test_as_many_statements_for_many_customers_and_purchases_as_for_few(ctx):
    go_live()
    cleo, noor = factories.customer("Cleo").id, factories.customer("Noor").id
    buy("Cleo", 3)
    buy("Noor", 3)

    def again(*ids):
        with db.write_tx() as tx:
            tier_states.follow(tx, ids)

    few = statements(lambda: again(cleo))
    many.buy(cleo, 300)
    buy("Noor", 9_000)
    assert statements(lambda: again(cleo, noor)) == few
    page = statements(lambda: tier_queries.stand(seen()))
    many.buy(cleo, 300)
    assert statements(lambda: tier_queries.stand(seen())) == page


def test_merging_adds_the_purchases_of_both_and_undoing_takes_them_apart(ctx):
    go_live()
    buy("Cleo", 1_500)
    buy("Noor", 1_500)
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        one, other = seen(), seen(name="Noor")
        versions = (one.customer.version, other.customer.version)
        noor, alias = other.customer.id, merging.merge(tx, tx.merge(ana), one, other, merging.Choice(), versions=versions).id
    assert tier("Cleo").tier == "silver"
    assert db.session().get(CustomerTier, noor) is None
    with db.write_tx() as tx:
        merge_undo.undo(tx, tx.merge(ana), seen(), alias)
    assert tier("Cleo") is None


def test_telling_her_outlives_the_rewriting_of_her_tier(ctx):
    go_live()
    buy("Cleo", 2_500)
    ana = factories.staff("ana")
    for _again in range(2):
        with db.write_tx() as tx:
            her = seen()
            stand = tier_queries.stand(her)
            tier_rules.tell(tx, tx.merge(ana), her, stand.rules.row, stand.state.tier)
    buy("Cleo", 9_000)
    told = tier_queries.told(factories.customer("Cleo").id)
    assert (told.tier, told.by_id, told.on) == ("silver", ana.id, clock.today("Asia/Shanghai"))
    assert db.session().query(TierTold).count() == 1


def test_later_features_bring_openings_and_complaints(ctx, monkeypatch):
    go_live()
    today = clock.today("Asia/Shanghai")
    cleo = factories.customer("Cleo").id
    brought = [(cleo, Opening(today - timedelta(60), "gold", today - timedelta(40))), (cleo, Frozen(today - timedelta(30)))]
    monkeypatch.setattr(tier_events, "sources", [lambda _tx, ids: [one for one in brought if one[0] in ids]])
    with db.write_tx() as tx:
        tier_states.follow(tx, [cleo])
    assert (tier("Cleo").tier, kinds("Cleo"), tier("Cleo").next_on) == ("gold", ["opening", "grace"], None)


@pytest.mark.parametrize(
    "spoil",
    [
        sa.update(CustomerTier).values(tier="diamond"),
        sa.update(CustomerTier).values(next_on=None),
        sa.delete(CustomerTier),
        sa.update(TierChange).values(why={}),
        sa.delete(TierChange),
    ],
)
def test_doctor_finds_a_tier_that_is_not_that_of_the_purchases_and_mends_it(ctx, monkeypatch, spoil):
    monkeypatch.setattr(relcrm, "create_app", lambda: ctx)
    go_live()
    buy("Cleo", 2_500)
    right = tier_states.held(db.session(), [factories.customer("Cleo").id])
    with db.write_tx() as tx:
        tx.execute(spoil)
    found = CliRunner().invoke(cli_doctor.doctor, [])
    assert "BAD  tiers equal the purchases" in found.output
    assert CliRunner().invoke(cli_doctor.doctor, ["--mend"]).exit_code == 0
    assert tier_states.held(db.session(), [factories.customer("Cleo").id]) == right


def test_doctor_does_not_call_wrong_what_waits_for_tonight(ctx, monkeypatch, at):
    monkeypatch.setattr(relcrm, "create_app", lambda: ctx)
    go_live()
    buy("Cleo", 2_500)
    at(clock.now() + timedelta(days=370))
    assert CliRunner().invoke(cli_doctor.doctor, []).exit_code == 0
    assert tier_queries.brief(seen()).grace_until is not None


def test_an_import_of_many_follows_in_batches(ctx):
    go_live()
    many.buy(factories.customer("Cleo").id, 20)
    with db.write_tx() as tx:
        totals.recompute(tx, [row.id for row in tx.query(Customer)])
    assert tier("Cleo").tier == "silver"


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_order_of_typing_the_book_holds_what_a_replay_gives(ctx, seed):
    """Sales and returns of the last two years, noted in any order: after each the rows are those of the purchases."""
    go_live()
    draw, cleo = Random(seed), factories.customer("Cleo").id
    for _n in range(8):
        days_ago, yuan = draw.randrange(700), draw.choice([300, 1_200, 2_500, 9_000])
        bought = buy("Cleo", yuan, days_ago=days_ago)
        if draw.random() < 0.4:
            with db.write_tx() as tx:
                on = clock.today("Asia/Shanghai") - timedelta(days=draw.randrange(days_ago + 1))
                bring_back(tx, tx.merge(factories.staff("ana")), tx.get_one(Purchase, bought), {1: 1}, on=on)
        assert tier_states.held(db.session(), [cleo]) == tier_states.derived(db.session(), [cleo])
