"""The bulk writer against the gates: everything it wrote is what the program itself would have written."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from relcrm import chain, db
from relcrm.consent import bound, ledger, notices
from relcrm.consent.models import ConsentEvent, ConsentState
from relcrm.customers import search
from relcrm.customers.models import Customer, CustomerStore, Fact, FamilyMember, Note, SearchKey, Tag
from relcrm.demo import bulk, people
from relcrm.demo import chain as demo_chain
from relcrm.staff.models import AuditEvent
from tests.demo.conftest import CUSTOMERS, NOW, Build

STANDINGS = {"OK", "DENIED", "WITHDRAWN", "EXPIRED", "SUPERSEDED", "PENDING", "NO_CONSENT"}


def ids(book: Session) -> list[int]:
    return list(book.scalars(sa.select(Customer.id).order_by(Customer.id)))


def states(rows: Any) -> set[tuple[Any, ...]]:
    return {(row.customer_id, row.purpose, row.channel, row.standing, row.since, row.until, row.event_id) for row in rows}


def test_the_ledger_is_one_unbroken_chain_in_the_order_of_time(book: Session) -> None:
    assert list(chain.broken(book, ConsentEvent)) == []
    assert list(chain.broken(book, AuditEvent)) == []
    instants = list(book.scalars(sa.select(ConsentEvent.recorded_at).order_by(ConsentEvent.id)))
    assert len(instants) > CUSTOMERS
    assert instants == sorted(instants)


def test_a_changed_row_breaks_the_chain(build: Build) -> None:
    app, path = build(seed=5, customers=12)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP TRIGGER consent_event_no_update; UPDATE consent_event SET lang = 'xx' WHERE id = 9")
    with app.app_context():
        assert list(chain.broken(db.session(), ConsentEvent)) == [9]
        db.session().close()
        db.sql.engine.dispose()


def test_nothing_happens_in_the_future(book: Session) -> None:
    assert book.scalar(sa.select(sa.func.max(ConsentEvent.recorded_at))) <= NOW
    for model in (Fact, FamilyMember, Note, Tag):
        assert book.scalar(sa.select(sa.func.max(model.noted_at)), execution_options={bound.LIFTED: True}) <= NOW


def test_states_are_those_that_follow_from_the_ledger(book: Session) -> None:
    derived, cuts = [], notices.cuts()
    for customer_id in ids(book):
        events = ledger.events_of(customer_id)
        for purpose in {event.purpose for event in events}:
            own = [event for event in events if event.purpose == purpose]
            derived += ledger.derived(customer_id, purpose, own, NOW, cuts)
    assert states(book.scalars(sa.select(ConsentState))) == states(derived)


def test_bound_rows_are_readable_exactly_as_long_as_their_consent_stands(book: Session) -> None:
    rows = [row for model in bound.kinds() for row in book.scalars(sa.select(model), execution_options={bound.LIFTED: True})]
    wrong = [row for row in rows if row.readable_until != ledger.until_of(row.customer_id, row.basis)]
    assert wrong == []
    hidden = [row for row in rows if row.readable_until is None]
    assert hidden
    assert len(hidden) < len(rows) / 10
    assert all((row.purge_at is None) == (row.readable_until is not None) for row in rows)
    assert all(NOW < row.purge_at <= NOW + bound.KEPT_AFTER_WITHDRAWAL for row in hidden)


def test_facts_name_the_consent_they_rest_on(book: Session) -> None:
    for fact in book.scalars(sa.select(Fact)):
        assert fact.event_id == ledger.may(fact.customer_id, fact.basis).event_id


def test_search_keys_are_those_the_program_expects(book: Session) -> None:
    stored: dict[int, set[tuple[int, str]]] = {}
    for row in book.execute(sa.select(SearchKey)).scalars():
        stored.setdefault(row.customer_id, set()).add((row.store_id, row.key))
    for customer in book.scalars(sa.select(Customer)):
        stores = book.scalars(sa.select(CustomerStore.store_id).where(CustomerStore.customer_id == customer.id)).all()
        keys = set() if customer.closed_at else search.expected(customer)
        assert stored.get(customer.id, set()) == {(store, key) for store in stores for key in keys}
    assert {row.owner_id for row in book.scalars(sa.select(SearchKey))} > {None}


def test_every_standing_occurs(book: Session) -> None:
    assert set(book.scalars(sa.select(ConsentState.standing).distinct())) == STANDINGS
    confirmed = sa.select(ConsentState.customer_id).where(ConsentState.purpose == "marketing", ConsentState.standing == "OK")
    assert ledger.may(book.scalars(confirmed).first() or 0, "marketing", "post").code == "NO_CHANNEL"
    acts = set(book.scalars(sa.select(ConsentEvent.action).distinct()))
    assert acts == {"grant", "deny", "withdraw", "expire", "renew", "supersede", "import", "pending", "confirm"}


def test_nobody_is_in_the_book_without_having_enrolled(book: Session) -> None:
    enrolled = book.scalars(sa.select(ConsentEvent.customer_id).where(ConsentEvent.purpose == "service", ConsentEvent.action == "grant"))
    assert sorted(enrolled) == ids(book) == list(range(1, CUSTOMERS + 1))
    closed = book.scalars(sa.select(Customer.id).where(Customer.closed_at.is_not(None))).all()
    assert [one for one in ids(book) if not ledger.may(one, "service").allowed] == list(closed)


def test_some_customers_are_known_in_two_stores_and_their_home_is_one_of_them(book: Session) -> None:
    links = book.execute(sa.select(CustomerStore.customer_id, sa.func.count()).group_by(CustomerStore.customer_id)).all()
    assert len(links) == CUSTOMERS
    assert 0.03 < sum(count == 2 for _one, count in links) / CUSTOMERS < 0.15
    homes = sa.select(Customer.id).join(
        CustomerStore, sa.and_(CustomerStore.customer_id == Customer.id, CustomerStore.store_id == Customer.home_store_id)
    )
    assert len(book.scalars(homes).all()) == CUSTOMERS


def test_the_database_is_whole_and_has_all_its_indexes(made: tuple[Flask, Path], blank: Path) -> None:
    def indexes(path: Path) -> set[str]:
        with closing(sqlite3.connect(path)) as connection:
            return set(connection.execute("SELECT name || coalesce(sql, '') FROM sqlite_master WHERE type IN ('index', 'trigger')"))

    with closing(sqlite3.connect(made[1])) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert indexes(made[1]) == indexes(blank)


def dump(path: Path) -> list[tuple[Any, ...]]:
    """Every row of every table but passwords, which are salted anew each time."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE staff_member SET password_hash = ''")
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return [(table, *row) for table in tables for row in connection.execute(f"SELECT * FROM {table}")]


def test_the_same_seed_makes_the_same_chain(build: Build) -> None:
    assert dump(build(seed=3)[1]) == dump(build(seed=3)[1])


def test_another_seed_makes_another_chain(build: Build) -> None:
    one, other = dump(build(seed=3, customers=40)[1]), dump(build(seed=4, customers=40)[1])
    assert len([row for row in one if row[0] == "customer" and row not in other]) == 40


def test_several_processes_make_the_same_chain_as_one(build: Build, monkeypatch: Any) -> None:
    alone = dump(build(seed=3, customers=60)[1])
    monkeypatch.setattr(demo_chain, "LARGE", 1)
    monkeypatch.setattr(bulk, "PART", 25)
    assert dump(build(seed=3, customers=60)[1]) == alone


def test_customers_can_be_drawn_from_any_place_on() -> None:
    world = build_world()
    whole = [person.public_id for person in people.people(world, 0, 30)]
    parts = ((0, 4), (4, 9), (9, 20), (20, 30))
    assert [person.public_id for part in parts for person in people.people(world, *part)] == whole


def build_world() -> Any:
    from relcrm.demo import world

    staff = {number: n for n, number in enumerate(("ana", "ada", "103", "106"), start=1)}
    places = tuple(
        world.Place(n, name, country, lang, (1, 2), 3)
        for n, (name, country, lang) in enumerate((("人民路店", "CN", "zh"), ("湖滨店", "CN", "zh"), ("Marylebone", "GB", "en")), start=1)
    )
    shelf = (world.Article(1, "Coat", "outerwear", 500, ("M",), ()),)
    told = (world.Told(1, 1, "0" * 64, NOW.replace(year=2020)),)
    return world.World(7, 30, NOW, NOW.replace(year=2024), places, (2, 1, 1), staff, {"zh": told, "en": told}, {}, shelf)
