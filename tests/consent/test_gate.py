"""The read gate on every way SQLAlchemy offers to come at a row, and the watch that catches the ways around it."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, relationship, selectinload

from relcrm import db
from relcrm.consent import bound, ledger
from relcrm.consent import rules as consent_rules
from relcrm.customers import facts, queries
from relcrm.customers.models import Customer, Fact, FamilyMember, Note, Tag
from tests import factories, gate_watch

if not hasattr(Customer, "facts_for_test"):  # no collection of bound rows exists in the program; here one stands for those to come
    Customer.facts_for_test = relationship(Fact, viewonly=True, lazy="raise_on_sql", primaryjoin=Fact.customer_id == Customer.id)


@pytest.fixture
def hidden(ctx):
    """Cleo's file with one readable fact (service) and one of each kind hidden by the withdrawal of profiling; her id."""
    with db.write_tx() as tx:
        ana = factories.staff("ana")
        seen = queries.get(ana, factories.customer("Cleo").public_id)
        facts.put_fact(tx, ana, seen, "pain_point", "sleeves too long")
        facts.put_fact(tx, ana, seen, "work_status", "retired")
        facts.add_family(tx, ana, seen, {"value": "partner", "text": "Bobo"}, is_child=False)
        facts.add_tag(tx, ana, seen, "early bird")
        consent_rules.withdraw(tx, seen.customer.id, "profiling", actor=ana, store_id=None, lang="en")
        return seen.customer.id


def _keys(statement):
    return [row[0] for row in db.session().execute(statement)]


def _raw():
    """A connection past the program, to see what it hides."""
    return closing(sqlite3.connect(db.sql.engine.url.database))


def _id_of_hidden(table):
    with _raw() as raw:
        return raw.execute(f"SELECT id FROM {table} WHERE readable_until IS NULL").fetchone()[0]


STATEMENTS = {
    "entity": lambda: sa.select(Fact.key),
    "whole": lambda: sa.select(Fact.key).where(Fact.id > 0).order_by(Fact.id),
    "alias": lambda: (lambda a: sa.select(a.key))(aliased(Fact)),
    "join": lambda: sa.select(Fact.key).select_from(Customer).join(Fact, Fact.customer_id == Customer.id),
    "subquery": lambda: (lambda s: sa.select(s.c.key))(sa.select(Fact.key).subquery()),
    "cte": lambda: (lambda s: sa.select(s.c.key))(sa.select(Fact.key).cte()),
    "union": lambda: sa.union_all(
        sa.select(Fact.key).where(Fact.key == "work_status"), sa.select(Fact.key).where(Fact.key == "pain_point")
    ),
    "union_of_subqueries": lambda: sa.select(
        sa.union(sa.select(Fact.key), sa.select(Fact.key).where(Fact.key == "work_status")).subquery().c.key
    ),
    "aliased_subquery": lambda: (lambda a: sa.select(a.key))(aliased(Fact, sa.select(Fact).subquery())),
    "max": lambda: sa.select(sa.func.max(Fact.key)),
    "min": lambda: sa.select(sa.func.min(Fact.key)),
}


@pytest.mark.parametrize("way", STATEMENTS)
def test_no_statement_yields_a_hidden_row(hidden, way):
    assert _keys(STATEMENTS[way]()) == ["pain_point"]


@pytest.mark.parametrize("model", [FamilyMember, Tag])
def test_no_kind_of_bound_row_is_left_out(hidden, model):
    assert db.session().scalars(sa.select(model)).all() == []
    assert db.session().query(model).count() == 0


def test_every_bound_kind_is_known():
    assert {kind.__tablename__ for kind in bound.kinds()} == {"fact", "family_member", "note", "tag", "customer_score"}
    assert Note in bound.kinds()


def test_get_by_primary_key_finds_nothing(hidden):
    assert db.session().get(Fact, _id_of_hidden("fact")) is None
    assert db.session().get(Tag, _id_of_hidden("tag")) is None


def test_counts_and_exists_do_not_count_it(hidden):
    hers = Fact.customer_id == Customer.id
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Fact)) == 1
    assert db.session().scalar(sa.select(sa.func.count(Fact.id))) == 1
    gone = sa.select(Fact.id).where(hers, Fact.key == "work_status").exists()
    assert db.session().scalars(sa.select(Customer.id).where(gone)).all() == []
    counted = sa.select(Customer.id, sa.select(sa.func.count(Fact.id)).where(hers).scalar_subquery()).where(Customer.id == hidden)
    assert db.session().execute(counted).one() == (hidden, 1)


@pytest.mark.parametrize("load", [joinedload, selectinload])
def test_loading_with_the_customer_does_not_bring_it_along(hidden, load):
    cleo = db.session().scalars(sa.select(Customer).where(Customer.id == hidden).options(load(Customer.facts_for_test))).unique().one()
    assert [fact.key for fact in cleo.facts_for_test] == ["pain_point"]


def test_an_outer_join_keeps_the_customer_and_drops_the_row(hidden):
    on_it = sa.and_(Fact.customer_id == Customer.id, Fact.key == "work_status")
    row = db.session().execute(sa.select(Customer.id, Fact.key).outerjoin(Fact, on_it).where(Customer.id == hidden)).one()
    assert row == (hidden, None)


def test_bulk_statements_do_not_touch_it(hidden):
    with db.write_tx() as tx:
        assert tx.execute(sa.update(Fact).values(source="observed")).rowcount == 1
        assert tx.execute(sa.delete(Tag)).rowcount == 0
        assert tx.query(FamilyMember).delete() == 0
    with _raw() as raw:
        assert raw.execute("SELECT source FROM fact WHERE key = 'work_status'").fetchone() == ("told",)


def test_what_was_loaded_before_the_withdrawal_is_not_kept_after_it(ctx):
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        seen = queries.get(ana, factories.customer("Cleo").public_id)
        facts.put_fact(tx, ana, seen, "work_status", "retired")
    customer_id = factories.customer("Cleo").id
    with db.write_tx() as tx:
        row = tx.scalars(sa.select(Fact)).one()
        consent_rules.withdraw(tx, customer_id, "profiling", actor=factories.staff("ana"), store_id=None, lang="en")
        assert row not in tx
        assert tx.scalars(sa.select(Fact)).all() == []
    assert db.session().get(Fact, row.id) is None


def test_bound_rows_are_written_inside_write_tx_only(hidden):
    with pytest.raises(RuntimeError, match="write_tx"):
        bound.purge(db.session())


def test_a_row_that_has_run_out_needs_no_job(hidden, at):
    with db.write_tx() as tx:
        ana = factories.staff("ana")
        seen = queries.get(ana, factories.customer("Cleo").public_id)
        facts.put_fact(tx, ana, seen, "festival_pref", ["cny"])
        end = ledger.may(hidden, "greeting").until
    query = sa.select(Fact.key).where(Fact.key == "festival_pref")
    at(end - timedelta(microseconds=1))
    assert _keys(query) == ["festival_pref"]
    at(end)
    assert _keys(query) == []


AROUND = {
    "core": lambda session: session.execute(sa.select(Fact.__table__.c.key)),
    "text": lambda session: session.execute(sa.text("SELECT plain FROM fact")),
    "from_statement": lambda session: session.scalars(sa.select(Fact).from_statement(sa.text("SELECT * FROM fact"))),
    "connection": lambda session: session.connection().execute(sa.select(Fact.__table__)),
    "join_in_text": lambda session: session.execute(sa.text("SELECT t.name FROM customer c JOIN tag t ON t.customer_id = c.id")),
}


@pytest.mark.parametrize("way", AROUND)
def test_the_watch_of_all_tests_sees_every_way_around(ctx, passed_by, way):
    AROUND[way](db.session())
    assert passed_by.pop()
    assert passed_by == []


@pytest.mark.parametrize(
    ("statement", "is_around"),
    [
        ("SELECT fact.readable_until FROM fact", True),
        ("SELECT a.id FROM fact AS a, note WHERE a.readable_until > ?", True),
        ("UPDATE fact SET plain = ? RETURNING id", True),
        ("SELECT fact.id FROM fact WHERE fact.readable_until > ?", False),
        ("UPDATE fact SET plain = ? WHERE id = ?", False),
        ("SELECT id FROM fact_figure", False),
    ],
)
def test_the_watch_knows_what_it_looks_for(statement, is_around):
    assert gate_watch.ungated(statement) is is_around
