"""What a row of a customer file does to the book."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from relcrm import chain, clock, db, jobs
from relcrm.consent import enrolment, ledger
from relcrm.consent import rules as consent_rules
from relcrm.consent.models import ConsentEvent, ConsentState
from relcrm.customers import import_files, import_job, imports, search
from relcrm.customers.import_models import ImportBatch, ImportRefusal
from relcrm.customers.models import ContactPoint, Customer, CustomerStore, Fact, Note, SearchKey, Tag
from relcrm.i18n import speaking
from tests import factories
from tests.customers.importing import bring_in, choose, counts, members, reasons, table, work

FULL = ("Lin Xiaomei", "13800000001", "lin@example.com", "1985-03-02", "female", "linen", "12 Lake Road", "likes linen")


def row(name="Mei Chen", phone="13811110001", email="", birthday="", gender="", tags="", address="", note=""):
    return (name, phone, email, birthday, gender, tags, address, note)


def contacts(customer: Customer) -> set[tuple[str, str]]:
    rows = db.session().scalars(sa.select(ContactPoint).where(ContactPoint.customer_id == customer.id))
    return {(point.kind, point.value) for point in rows}


def test_a_file_brings_identity_contacts_and_what_service_needs(ctx):
    assert counts(bring_in(table([FULL]))) == ("done", 1, 0, 0, 0)
    lin = factories.customer("Lin")
    assert contacts(lin) == {("phone", "+8613800000001"), ("email", "lin@example.com")}
    [fact] = db.session().scalars(sa.select(Fact).where(Fact.customer_id == lin.id))
    assert (fact.key, fact.value["line"], fact.source, fact.basis) == ("address", "12 Lake Road", "imported", "service")
    assert [note.words for note in db.session().scalars(sa.select(Note).where(Note.customer_id == lin.id))] == ["likes linen"]


def test_what_hangs_on_another_consent_is_counted_and_never_stored(ctx):
    batch = bring_in(table([FULL]))
    lin = factories.customer("Lin")
    assert imports.tally_of(batch).unstored == {"birthday": 1, "gender": 1, "tags": 1}
    with db.write_tx() as tx:  # not even a hidden row that a later grant could bring back
        for purpose in ("greeting", "profiling"):
            ledger.append(tx, lin.id, purpose, "grant", method="in_person_verbal", lang="en")
    keys = db.session().scalars(sa.select(Fact.key).where(Fact.customer_id == lin.id)).all()
    assert keys == ["address"]
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Tag)) == 0


def test_a_file_grants_service_and_nothing_else(ctx):
    bring_in(table([FULL]))
    lin = factories.customer("Lin")
    [event] = ledger.events_of(lin.id)
    assert (event.purpose, event.action, event.method, event.actor_staff_id) == (
        "service",
        "grant",
        "import_legacy",
        factories.staff("ben").id,
    )
    assert ledger.may(lin.id, "callback").code == "NO_CONSENT"


def test_enrolling_many_writes_what_enrolling_one_writes(ctx):
    actor = factories.staff("ben")
    with db.write_tx() as tx:
        people = [Customer(public_id=f"x{i}", name="X", home_store_id=1, created_at=clock.now()) for i in range(3)]
        tx.add_all(people)
        tx.flush()
        consent_rules.enrol(tx, people[0].id, actor=actor, store_id=1, lang="en", method="import_legacy")
        enrolment.enrol_many(tx, [enrolment.Newcomer(one.id, 1) for one in people[1:]], actor_id=actor.id, lang="en")
        alone, *many = (tx.scalar(sa.select(ConsentEvent).where(ConsentEvent.customer_id == one.id)) for one in people)
        states = [tx.scalar(sa.select(ConsentState).where(ConsentState.customer_id == one.id)) for one in people]
    own = {"id", "customer_id", "occurred_at", "recorded_at", "hash", "prev_hash"}
    shared = [column.key for column in ConsentEvent.__mapper__.columns if column.key not in own]
    assert all(getattr(event, key) == getattr(alone, key) for event in many for key in shared)
    assert {(state.purpose, state.channel, state.standing, state.until) for state in states} == {("service", "any", "OK", None)}
    assert list(chain.broken(db.session(), ConsentEvent)) == []


def test_newcomers_are_found_by_the_keys_that_reindexing_writes(ctx):
    bring_in(table([FULL, row("王小明", "13811110009")]))
    for name in ("Lin", "王小明"):
        customer = factories.customer(name)
        written = set(db.session().scalars(sa.select(SearchKey.key).where(SearchKey.customer_id == customer.id)))
        assert written == search.expected(customer) != set()


def test_the_same_file_twice_doubles_nobody(ctx):
    content = table([FULL, row()])
    bring_in(content)
    before = db.session().scalar(sa.select(sa.func.count()).select_from(Customer))
    assert counts(bring_in(content)) == ("done", 0, 0, 2, 0)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Customer)) == before
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Note)) == 1


def test_somebody_known_gets_what_is_missing_and_keeps_what_is_there(ctx):
    batch = bring_in(table([row("Somebody Else", factories.CLEO_PHONE, "cleo@example.com", note="new words")]))
    cleo = factories.customer("Cleo")
    assert counts(batch) == ("done", 0, 1, 0, 0)
    assert contacts(cleo) == {("phone", factories.CLEO_PHONE), ("email", "cleo@example.com")}
    assert [note.words for note in db.session().scalars(sa.select(Note))] == ["new words"]
    assert (cleo.name, imports.tally_of(batch).unstored) == ("Cleo Zhou", {"name": 1})


def test_the_form_of_address_fills_an_empty_place_only(ctx):
    header = ("Name", "Phone", "Salutation")
    bring_in(table([("Cleo Zhou", factories.CLEO_PHONE, "Ms")], header))
    assert factories.customer("Cleo").salutation == "ms"
    assert counts(bring_in(table([("Cleo Zhou", factories.CLEO_PHONE, "Mr")], header))) == ("done", 0, 0, 1, 0)
    assert factories.customer("Cleo").salutation == "ms"


def test_a_customer_of_another_store_is_refused_without_saying_who(ctx):
    batch = bring_in(table([row("Anybody", factories.CLEO_PHONE)]), by="olu", store="South")
    assert counts(batch) == ("done", 0, 0, 0, 1)
    assert reasons(batch)[2].startswith("Is in the book of another store.")
    assert "Cleo" not in reasons(batch)[2]
    cleo = factories.customer("Cleo")
    assert db.session().scalars(sa.select(CustomerStore.store_id).where(CustomerStore.customer_id == cleo.id)).all() == [cleo.home_store_id]


def test_a_number_that_came_before_is_refused_with_its_row(ctx):
    batch = bring_in(table([row("Mei"), row("Lin", "13811110002"), row("Mei again")]))
    assert counts(batch) == ("done", 2, 0, 0, 1)
    assert reasons(batch) == {4: "Phone: Same phone number as row 2."}


def test_a_refused_row_claims_no_number(ctx):
    batch = bring_in(table([row("Mei", email="no address"), row("Mei")]))
    assert counts(batch) == ("done", 1, 0, 0, 1)


def test_numbers_of_two_customers_in_one_row_are_refused(ctx):
    header = ("Name", "Phone", "Second phone")
    batch = bring_in(table([("Both", factories.CLEO_PHONE, factories.NOOR_PHONE)], header), mapping=["name", "phone", "phone_2"])
    assert reasons(batch) == {2: "These numbers belong to two different customers in the book."}


def test_a_file_does_not_open_what_she_ended(ctx):
    noor = factories.customer("Noor")
    with db.write_tx() as tx:
        consent_rules.withdraw(tx, noor.id, "service", actor=factories.staff("ana"), store_id=noor.home_store_id, lang="en")
    batch = bring_in(table([row("Noor Ali", factories.NOOR_PHONE)]))
    assert "ended her file" in reasons(batch)[2]
    assert db.session().get_one(Customer, noor.id).closed_at is not None


def test_a_child_is_refused_and_a_teenager_is_for_service_only(ctx):
    year = clock.today("Asia/Shanghai").year
    batch = bring_in(table([row("Kid", birthday=f"{year - 9}-01-05"), row("Teen", "13811110002", birthday=f"{year - 16}-01-05")]))
    assert counts(batch) == ("done", 1, 0, 0, 1)
    assert "under 14" in reasons(batch)[2]
    assert factories.customer("Teen").is_minor


@pytest.mark.parametrize("note", ["she is pregnant", "her card is 4111 1111 1111 1111", "x" * 501])
def test_words_that_may_not_be_kept_refuse_the_row(ctx, note):
    batch = bring_in(table([row(note=note)]))
    assert counts(batch) == ("done", 0, 0, 0, 1)
    assert reasons(batch)[2].startswith("Notes: ")


def test_a_city_alone_is_a_region_and_waits_for_her_yes(ctx):
    batch = bring_in(table([("Mei", "13811110001", "Hangzhou")], ("Name", "Phone", "City")))
    assert imports.tally_of(batch).unstored == {"region": 1}
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Fact)) == 0


def test_her_associate_is_one_of_the_store_or_nobody(ctx):
    header = ("Name", "Phone", "Associate")
    batch = bring_in(table([("Mei", "13811110001", "ANA"), ("Lin", "13811110002", "Ada"), ("Wu", "13811110003", "Olu")], header))
    owners = [factories.customer(name).owner_id for name in ("Mei", "Lin", "Wu")]
    assert owners == [factories.staff("ana").id, factories.staff("ada").id, None]
    assert imports.tally_of(batch).unstored == {"associate": 1}


def test_the_store_knows_her_since_she_registered(ctx):
    bring_in(table([("Mei", "13811110001", "2019-05-01")], ("Name", "Phone", "Registered on")))
    since = db.session().scalar(sa.select(CustomerStore.since).where(CustomerStore.customer_id == factories.customer("Mei").id))
    assert since.astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat() == "2019-05-01"


def test_a_yes_in_a_file_is_no_consent(ctx):
    header = ("Name", "Phone", "May we send greetings?")
    bring_in(table([("Mei", "13811110001", "yes")], header))
    assert [event.purpose for event in ledger.events_of(factories.customer("Mei").id)] == ["service"]


def test_columns_are_what_they_were_last_time(ctx):
    content = table([("Mei", "13811110001", "linen")], ("Name", "Phone", "Remark"))
    bring_in(content, mapping=["name", "phone", "skip"])
    assert imports.remembered(db.session().scalar(sa.select(ImportBatch.signature))) == ["name", "phone", "skip"]
    assert choose(content).mapping == '["name", "phone", "skip"]'


def test_a_run_leaves_no_file_behind(ctx):
    name = choose(members(3), start=True).kept_as
    path = import_files._folder / name
    assert path.exists()
    work()
    assert not path.exists()


def test_a_file_nobody_went_on_with_is_given_up_after_a_day(ctx, at):
    batch = choose(members(1))
    batch_id, path = batch.id, import_files._folder / batch.kept_as
    jobs.run_now("import_sweep")
    assert db.session().get_one(ImportBatch, batch_id).status == "mapping"
    at(clock.now() + timedelta(hours=25))
    jobs.run_now("import_sweep")
    assert db.session().get_one(ImportBatch, batch_id).status == "stopped"
    assert not path.exists()


def test_refused_rows_are_forgotten_after_seven_days(ctx, at):
    batch = bring_in(table([row(phone="12")]))
    at(clock.now() + timedelta(days=6, hours=23))
    jobs.run_now("import_sweep")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ImportRefusal)) == 1
    at(clock.now() + timedelta(hours=2))
    jobs.run_now("import_sweep")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ImportRefusal)) == 0
    assert db.session().get_one(ImportBatch, batch.id).header is None


def test_refused_rows_lie_sealed(ctx):
    bring_in(table([row("Mei", "12")]))
    assert b"Mei" not in db.session().scalar(sa.select(ImportRefusal.sealed))


def test_a_kept_file_is_sealed_and_for_its_owner_alone(ctx):
    path = import_files._folder / choose(members(2)).kept_as
    assert (path.stat().st_mode & 0o777, b"Guest" in path.read_bytes()) == (0o600, False)


def test_a_file_that_vanished_ends_its_import(ctx):
    batch = choose(members(2), start=True)
    batch_id = batch.id
    import_files.drop(batch.kept_as)
    work()
    batch = db.session().get_one(ImportBatch, batch_id)
    assert (batch.status, batch.failure) == ("failed", "file_gone")


def test_a_long_file_is_counted_by_the_worker(ctx):
    batch_id = choose(members(imports.AT_ONCE + 1)).id
    assert db.session().get_one(ImportBatch, batch_id).status == "checking"
    work()
    batch = db.session().get_one(ImportBatch, batch_id)
    assert batch.status == "mapping"
    assert imports.preview(batch).tally.created == imports.AT_ONCE + 1


def test_a_process_that_finds_the_work_half_done_goes_on_behind_it(ctx):
    content = table([*(row(f"Guest {i}", f"138{i:08d}") for i in range(60)), row("Twice", "13800000003")])
    batch_id = choose(content, start=True).id
    with speaking("en"), db.write_tx() as tx:
        import_job.step(tx, tx.get(ImportBatch, batch_id))
    import_job._reading = None  # what a kill does to a process
    work()
    batch = db.session().get_one(ImportBatch, batch_id)
    assert counts(batch) == ("done", 60, 0, 0, 1)
    assert "row 5" in reasons(batch)[62]
