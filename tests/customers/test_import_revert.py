"""A file can be taken back as a whole: what it made and what it added goes, what somebody worked on since stays and is shown."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from relcrm import chain, clock, db
from relcrm.consent import bound, ledger
from relcrm.consent import rules as consent_rules
from relcrm.consent.models import ConsentEvent, ConsentState
from relcrm.customers import facts, imports, queries, rules, search
from relcrm.customers.import_models import AskFirst, ImportBatch, ImportRow
from relcrm.customers.models import ContactPoint, Customer, CustomerStore, Fact, Note, SearchKey, Tag
from relcrm.errors import RuleError
from tests import factories
from tests.customers.importing import bring_in, counts, members, table, work

HEADER = ("Name", "Phone", "E-mail", "Salutation", "Birthday", "Tags", "Address", "Notes")
CLEO = ("Cleo Zhou", factories.CLEO_PHONE, "cleo@example.com", "Ms", "1985-03-02", "linen", "12 Lake Road", "likes linen")


def take_back(batch: ImportBatch, by: str = "ben") -> ImportBatch:
    batch_id = batch.id
    with db.write_tx() as tx:
        imports.revert(tx, factories.staff(by), tx.get_one(ImportBatch, batch_id))
    work()
    return db.session().get_one(ImportBatch, batch_id)


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    """All that is readable or findable of anybody, without the histories and the tombstones."""
    wanted = {
        "customers": sa.select(Customer.name, Customer.salutation, Customer.language, Customer.owner_id).where(
            Customer.closed_at.is_(None)
        ),
        "contacts": sa.select(ContactPoint.kind, ContactPoint.value, ContactPoint.is_main),
        "stores": sa.select(CustomerStore.customer_id, CustomerStore.store_id, CustomerStore.how),
        "facts": sa.select(Fact.customer_id, Fact.key, Fact.plain),
        "tags": sa.select(Tag.customer_id, Tag.name),
        "notes": sa.select(Note.customer_id, Note.words),
        "keys": sa.select(SearchKey.customer_id, SearchKey.key),
        "ask": sa.select(AskFirst.customer_id, AskFirst.key),
    }
    return {name: sorted(tuple(map(str, row)) for row in db.session().execute(query)) for name, query in wanted.items()}


def seen(name: str, by: str = "ana"):
    return queries.seen_by(factories.staff(by), factories.customer(name))


def test_the_book_is_as_before_for_everybody_who_reads_it(ctx):
    before = snapshot()
    batch = bring_in(table([CLEO, *([f"Guest {i}", f"138{i:08d}", "", "", "1980-01-02", "x", "", "note"] for i in range(60))], HEADER))
    assert counts(batch) == ("done", 60, 1, 0, 0)
    reverted = take_back(batch)
    assert (reverted.status, reverted.undone, reverted.stayed) == ("reverted", 61, 0)
    assert snapshot() == before
    assert list(chain.broken(db.session(), ConsentEvent)) == []


def test_nothing_stands_for_who_is_gone_and_the_history_says_so(ctx):
    batch = bring_in(members(1))
    guest = factories.customer("Guest").id
    take_back(batch)
    assert ledger.may(guest, "service").code == "WITHDRAWN"
    states = db.session().scalars(sa.select(ConsentState.standing).where(ConsentState.customer_id == guest)).all()
    assert states == ["WITHDRAWN"]
    assert [event.action for event in ledger.events_of(guest)] == ["grant", "withdraw"]
    gone = db.session().get_one(Customer, guest)
    assert (gone.name, gone.owner_id, gone.closed_at is None) == ("", None, False)


def test_the_same_file_can_come_in_again_after_that(ctx):
    take_back(bring_in(members(3)))
    assert counts(bring_in(members(3))) == ("done", 3, 0, 0, 0)


def note(name: str) -> None:
    with db.write_tx() as tx:
        facts.add_note(tx, tx.merge(factories.staff("ben")), seen(name, "ben"), "asked for blue")


def confirmed_contact(name: str) -> None:
    with db.write_tx() as tx:
        rules.add_contact(tx, tx.merge(factories.staff("ben")), seen(name, "ben"), "email", "new@example.com")


def answered(name: str) -> None:
    with db.write_tx() as tx:
        one = factories.customer(name).id
        consent_rules.answer(tx, one, "callback", True, actor=factories.staff("ben"), store_id=1, lang="en")


def served(name: str) -> None:
    with db.write_tx() as tx:
        rules.serve(tx, tx.merge(factories.staff("ana")), seen(name))


@pytest.mark.parametrize("work_on", [note, confirmed_contact, answered, served])
def test_whoever_was_worked_on_since_stays_and_is_shown(ctx, at, work_on):
    batch = bring_in(table([("Mei Chen", "13811110001"), ("Bo Wang", "13811110002")], ("Name", "Phone")))
    at(clock.now() + timedelta(minutes=5))
    work_on("Mei")
    reverted = take_back(batch)
    assert (reverted.undone, reverted.stayed) == (1, 1)
    assert factories.customer("Mei").closed_at is None
    rows, more = imports.stayed(factories.staff("ben"), reverted, 0)
    assert ([(row.line, row.stayed, customer.name) for row, customer in rows], more) == ([(2, "changed", "Mei Chen")], False)


def test_of_somebody_known_only_the_untouched_parts_are_taken_out(ctx, at):
    batch = bring_in(table([CLEO], HEADER))
    at(clock.now() + timedelta(minutes=5))
    with db.write_tx() as tx:
        ben = tx.merge(factories.staff("ben"))
        fact = tx.scalar(sa.select(Fact).where(Fact.key == "address"))
        tx.execute(sa.select(1))
        facts.confirm_fact(tx, ben, seen("Cleo", "ben"), fact.id)
    reverted = take_back(batch)
    assert (reverted.undone, reverted.stayed) == (0, 1)
    cleo = factories.customer("Cleo")
    left = set(db.session().scalars(sa.select(Fact.key).where(Fact.customer_id == cleo.id)))
    assert left == {"address"}
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Note)) == 0
    assert (cleo.salutation, len(queries.contacts(cleo.id))) == ("", 1)
    assert set(db.session().scalars(sa.select(SearchKey.key).where(SearchKey.customer_id == cleo.id))) == search.expected(cleo)


def test_a_later_file_keeps_whom_it_completed(ctx):
    first = bring_in(table([("Mei Chen", "13811110001")], ("Name", "Phone")))
    bring_in(table([("Mei Chen", "13811110001", "mei@example.com")], ("Name", "Phone", "E-mail")))
    assert take_back(first).stayed == 1
    assert len(queries.contacts(factories.customer("Mei").id)) == 2


def test_rows_joined_in_one_file_go_together(ctx):
    content = table([("Mei Chen", "13811110001", ""), ("Mei Chen", "13811110001", "mei@example.com")], ("Name", "Phone", "E-mail"))
    batch = bring_in(content)
    tally = imports.tally_of(batch)
    assert (tally.created, tally.merged, tally.refused) == (1, 1, 0)
    assert len(queries.contacts(factories.customer("Mei").id)) == 2
    reverted = take_back(batch)
    assert (reverted.undone, reverted.stayed) == (2, 0)
    assert db.session().query(Customer).filter_by(name="Mei Chen").count() == 0


def test_after_30_days_it_stays_and_the_trace_of_its_rows_goes(ctx, at):
    from relcrm import jobs

    batch = bring_in(members(2))
    at(clock.now() + timedelta(days=31))
    with pytest.raises(RuleError) as refused:
        take_back(batch)
    assert refused.value.code == "too_late"
    jobs.run_now("import_sweep")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ImportRow)) == 0


def test_no_hidden_value_is_left_behind(ctx):
    batch = bring_in(table([CLEO], HEADER))
    fresh = bring_in(table([("Mei Chen", "13811110001", "", "", "", "", "1 Road", "a note")], HEADER))
    take_back(fresh)
    take_back(batch)
    with db.write_tx() as tx, bound._lifted(tx) as inner:
        everything = [
            inner.scalar(sa.select(sa.func.count()).select_from(model), execution_options=bound._options()) for model in (Fact, Note, Tag)
        ]
    assert everything == [0, 0, 0]


def test_stopping_keeps_the_file_for_going_on(ctx):
    from relcrm.customers import import_job

    with_rows = members(300)
    from tests.customers.importing import choose

    batch_id = choose(with_rows, start=True).id
    with db.write_tx() as tx:
        import_job.step(tx, tx.get_one(ImportBatch, batch_id))
        imports.stop(tx, factories.staff("ben"), tx.get_one(ImportBatch, batch_id))
    work()
    batch = db.session().get_one(ImportBatch, batch_id)
    done = batch.rows_done
    assert (batch.status, 0 < done < 300, imports.may_go_on(batch)) == ("stopped", True, True)
    with db.write_tx() as tx:
        imports.start(tx, factories.staff("ben"), tx.get_one(ImportBatch, batch_id))
    work()
    batch = db.session().get_one(ImportBatch, batch_id)
    assert counts(batch) == ("done", 300, 0, 0, 0)
    assert batch.kept_as == ""
