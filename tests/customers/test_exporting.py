"""What may be taken out of the book, by whom, and what the log keeps of it."""

import csv
import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from relcrm import chain, clock, db
from relcrm.consent import rules as consent_rules
from relcrm.consent.models import AccessEvent, ConsentEvent
from relcrm.customers import export_log, export_run, export_sources, exporting, facts, lists, merging, queries, rules
from relcrm.customers.export_columns import exportable
from relcrm.customers.export_log import Wish, row_hash
from relcrm.customers.export_models import ExportLog, ExportRow
from relcrm.customers.models import Customer
from relcrm.errors import BadValue, NotAllowed, NotFound, RuleError
from relcrm.i18n import speaking
from relcrm.staff.models import AuditEvent, Membership, Store
from tests import factories

BORN = {"calendar": "solar", "year": 1985, "month": 11, "day": 3, "leap": False, "leap_policy": "leap_if_present"}
BASICS = ("name", "associate", "birthday")


@pytest.fixture(autouse=True)
def english(ctx):
    with speaking("en"):
        yield


def store(name):
    return db.session().scalars(sa.select(Store).where(Store.name == name)).one()


def of_store(name):
    return f"store:{store(name).public_id}"


def told(name, key, value):
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        facts.put_fact(tx, ana, queries.get(ana, factories.customer(name).public_id), key, value)


def say(name, purpose, yes):
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        her = factories.customer(name)
        told = {"actor": ana, "store_id": her.home_store_id, "lang": "en"}
        if yes:
            consent_rules.answer(tx, her.id, purpose, True, her_own_wish=True, **told)
        else:
            consent_rules.withdraw(tx, her.id, purpose, **told)


def take(by, fields=BASICS, what="", format_="csv", why="invitation cards"):
    """The lines of the file."""
    made = export_run.make(factories.staff(by).id, Wish(what or of_store("North"), tuple(fields), format_, why, "en"))
    content = b"".join(made.chunks())
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) if format_ == "csv" else content


def crowd(count, by="ana", where="North"):
    for number in range(count):
        factories.meet(f"Guest {number}", f"+86139{number:04d}0000", by=by, store=where)


def refused(code, *args, **more):
    with pytest.raises((RuleError, BadValue, NotAllowed, NotFound)) as caught:
        take(*args, **more)
    assert caught.value.code == code
    return str(caught.value.message)


def test_a_managers_file_has_the_chosen_columns_of_the_customers_of_her_store(ctx):
    told("Cleo", "birthday", BORN)
    factories.meet("Sun Li", "+8613612348802", by="olu", store="South")
    assert take("ben") == [["Name", "Associate", "Birthday"], ["Cleo Zhou", "Ana", "11-03"], ["Noor Ali", "Ana", ""]]


def test_an_area_managers_file_knows_the_year_and_the_number(ctx):
    told("Cleo", "birthday", BORN)
    assert take("ari", ("name", "phone", "birthday"))[1] == ["Cleo Zhou", "\t+8613800003921", "", "", "1985-11-03"]


@pytest.mark.parametrize("by", ["ana", "quinn"])
def test_associates_and_auditors_take_nothing_out(ctx, by):
    refused("no_source", by)
    assert exporting.rows_for(factories.staff(by), [factories.customer("Cleo")], BASICS) == []


def test_a_manager_takes_out_nobody_of_another_store(ctx):
    refused("no_source", "olu")
    assert exporting.rows_for(factories.staff("olu"), [factories.customer("Cleo")], BASICS) == []


def test_a_day_of_a_manager_ends_after_fifty_customers_however_many_files(ctx):
    crowd(18)
    assert len(take("ben")) == 21
    assert len(take("ben")) == 21
    words = refused("export_limit", "ben")
    assert words == "This is 20 customers. You may take out 50 a day alone, and today 10 are left. For more ask Ari, Hua."
    assert export_log.left_today(factories.staff("ben"), [store("North")]) == 10
    assert len(take("ari")) == 21
    assert db.session().scalar(sa.select(sa.func.sum(ExportLog.row_count))) == 60


def test_the_day_is_that_of_the_store(ctx, at):
    at(clock.now().replace(hour=15, minute=50))  # 23:50 in Shanghai
    take("ben")
    assert export_log.left_today(factories.staff("ben"), [store("North")]) == 48
    at(clock.now() + timedelta(minutes=11))
    assert export_log.left_today(factories.staff("ben"), [store("North")]) == 50


def test_fifty_may_leave_and_fifty_one_may_not(ctx):
    crowd(49)
    refused("export_limit", "ben")
    say("Noor", "service", False)
    with db.write_tx() as tx:
        tx.execute(sa.update(Customer).where(Customer.name == "Noor Ali").values(closed_at=clock.now()))
    assert len(take("ben")) == 51


@pytest.mark.parametrize("key", ["phone", "email", "wechat", "card"])
def test_a_manager_takes_no_way_to_reach_anybody(ctx, key):
    assert "Ari, Hua" in refused("export_phones", "ben", ("name", key))


def test_who_manages_one_store_and_an_area_has_the_limits_where_she_is_store_manager(ctx):
    ben, south = factories.staff("ben").id, store("South").id
    with db.write_tx() as tx:
        tx.add(Membership(staff_id=ben, store_id=south, role="area_manager"))
    factories.meet("Sun Li", "+8613612348802", by="olu", store="South")
    assert take("ben", ("name", "phone"), of_store("South"))[1] == ["Sun Li", "\t+8613612348802", "", ""]
    refused("export_phones", "ben", ("name", "phone"), of_store("North"))
    refused("export_phones", "ben", ("name", "phone"), "stores")


@pytest.mark.parametrize(("why", "code"), [("", "no_why"), ("x" * 201, "long"), ("the divorced ones", "forbidden")])
def test_the_purpose_is_written_and_decent(ctx, why, code):
    refused(code, "ben", why=why)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ExportLog)) == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"format_": "pdf"}, "bad_format"),
        ({"fields": ()}, "no_fields"),
        ({"fields": ("notes",)}, "bad_fields"),
        ({"what": "store:x"}, "no_source"),
    ],
)
def test_what_is_not_offered_is_refused(ctx, more, code):
    refused(code, "ben", **more)


def test_an_empty_selection_makes_no_file(ctx):
    refused("export_empty", "olu", what=of_store("South"))


def test_what_is_withdrawn_is_not_in_the_next_file(ctx):
    told("Cleo", "birthday", BORN)
    say("Cleo", "greeting", False)
    assert take("ari")[1] == ["Cleo Zhou", "Ana", ""]
    say("Cleo", "service", False)
    assert [line[0] for line in take("ari")] == ["Name", "Noor Ali"]


def test_a_field_that_is_switched_off_is_neither_offered_nor_written(ctx):
    told("Cleo", "birthday", BORN)
    from relcrm.consent import catalogue

    with db.write_tx() as tx:
        consent_rules.switch_field(tx, catalogue.field("birthday"), False, actor=factories.staff("hua"))
    assert "birthday" not in {item.key for item in export_sources.offered(factories.staff("ari"), [store("North")], "en")}
    refused("bad_fields", "ari")
    rows = exporting.rows_for(factories.staff("ari"), [factories.customer("Cleo")], BASICS)
    assert rows[0].flat == ["Cleo Zhou", "Ana", ""]


def test_nothing_sensitive_nobody_else_and_no_note_may_be_chosen(ctx):
    assert not {"ethnicity", "material_avoid", "children", "family_members", "housing", "values", "notes", "referred_by", "spend"} & set(
        exportable()
    )


def test_a_sensitive_choice_of_an_ordinary_field_stays_in_the_book(ctx):
    say_identity = ("special:identity", True)
    hua = factories.staff("hua")
    with db.write_tx() as tx:
        consent_rules.assess(tx, "special:identity", "decided", True, actor=hua)
    say("Cleo", *say_identity)
    told("Cleo", "occupation", {"value": "police", "text": "inspector"})
    assert take("ben", ("name", "occupation"))[1] == ["Cleo Zhou", ""]
    told("Cleo", "occupation", {"value": "finance", "text": "banker"})
    assert "banker" in take("ben", ("name", "occupation"))[1][1]


def test_of_minors_only_what_service_needs(ctx):
    told("Cleo", "birthday", BORN)
    told("Cleo", "service_style", ["browse"])
    with db.write_tx() as tx:
        tx.execute(sa.update(Customer).where(Customer.name == "Cleo Zhou").values(is_minor=True))
    name, birthday, style = take("ben", ("name", "birthday", "service_style"))[1]
    assert (name, birthday, bool(style)) == ("Cleo Zhou", "", True)
    assert export_sources.agreed(factories.staff("ben"), export_sources.source(factories.staff("ben"), of_store("North"))) == {"service": 1}


def test_the_preview_counts_who_agreed(ctx):
    ben = factories.staff("ben")
    source = export_sources.source(ben, of_store("North"))
    assert export_sources.total(ben, source) == 2
    assert {key: count for key, count in export_sources.agreed(ben, source).items() if key in ("service", "greeting")} == {
        "service": 2,
        "greeting": 1,
    }


def test_a_list_and_a_cleansing_list_can_be_taken_out(ctx):
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        made = lists.make(tx, ana, store("North"), "Coats").public_id
        lists.put_on(tx, ana, lists.get(ana, made), queries.get(ana, factories.customer("Noor").public_id))
    assert [line[0] for line in take("ben", what=f"list:{made}")] == ["Name", "Noor Ali"]
    refused("no_source", "olu", what=f"list:{made}")
    from relcrm import jobs

    assert jobs.run_now("clean_file")
    assert [line[0] for line in take("ben", what=f"clean:empty:{store('North').public_id}")] == ["Name", "Cleo Zhou", "Noor Ali"]
    assert {source.what.split(":")[0] for source in export_sources.sources(factories.staff("ben"))} == {"store", "list"}


def test_the_log_holds_who_what_why_and_for_each_customer_the_event_that_allowed_it(ctx):
    told("Cleo", "birthday", BORN)
    lines = take("ben", why=" invitation  cards ")
    log = db.session().scalars(sa.select(ExportLog)).one()
    assert (log.actor_id, log.what, log.format, log.with_phones, log.row_count, log.why) == (
        factories.staff("ben").id, "store", "csv", False, 2, "invitation cards",
    )  # fmt: skip
    cleo, noor = factories.customer("Cleo").id, factories.customer("Noor").id
    rows = {row.customer_id: row for row in db.session().scalars(sa.select(ExportRow))}
    events = {row.customer_id: db.session().get_one(ConsentEvent, row.event_id) for row in rows.values()}
    assert {one: (events[one].customer_id, events[one].purpose, rows[one].purposes) for one in rows} == {
        cleo: (cleo, "greeting", "greeting service"), noor: (noor, "service", "service"),
    }  # fmt: skip
    assert rows[cleo].row_hash == row_hash(log.salt, lines[1])
    looks = db.session().scalars(sa.select(AccessEvent).where(AccessEvent.kind == "export")).all()
    assert [(look.customer_id, look.staff_id, look.store_id) for look in looks] == [
        (cleo, log.actor_id, store("North").id), (noor, log.actor_id, store("North").id),
    ]  # fmt: skip
    assert list(chain.broken(db.session(), AccessEvent)) == []
    note = db.session().scalars(sa.select(AuditEvent).where(AuditEvent.act == "list_taken_out")).one()
    assert (note.target, note.actor_id, note.keys) == (log.public_id, log.actor_id, "")


def test_no_value_is_in_the_log(ctx):
    told("Cleo", "birthday", BORN)
    take("ari", ("name", "phone", "birthday"))
    kept = [
        json.dumps([str(getattr(row, column.key)) for column in type(row).__mapper__.columns])
        for kind in (ExportLog, ExportRow)
        for row in db.session().scalars(sa.select(kind))
    ]
    assert len(kept) == 3
    assert not [text for text in kept if "Cleo" in text or "3921" in text or "1985" in text]


def test_everything_is_logged_before_the_first_byte(ctx, monkeypatch):
    monkeypatch.setattr(export_run, "A_PIECE", 2)
    crowd(5)
    made = export_run.make(factories.staff("ari").id, Wish(of_store("North"), ("name",), "csv", "cards", "en"))
    db.session().rollback()
    log = db.session().scalars(sa.select(ExportLog)).one()
    logged = db.session().scalar(sa.select(sa.func.count()).select_from(ExportRow))
    assert (made.file.tell(), log.row_count, logged) == (0, 7, 7)
    assert b"".join(made.chunks()).count(b"\r\n") == 8


def test_who_leaves_while_a_file_is_made_gets_none(ctx, monkeypatch):
    monkeypatch.setattr(export_run, "A_PIECE", 1)

    def leave(_count):
        with db.write_tx() as tx:
            tx.execute(sa.delete(Membership).where(Membership.staff_id == ari))
            ari_row = tx.get_one(type(factories.staff("ari")), ari)
            ari_row.left_on = clock.today("UTC")

    ari = factories.staff("ari").id
    with pytest.raises(NotAllowed):
        export_run.make(ari, Wish(of_store("North"), ("name",), "csv", "cards", "en"), tick=leave)


def test_what_she_says_while_her_piece_is_read_counts(ctx, monkeypatch):
    told("Cleo", "birthday", BORN)
    read, times = export_run._read, []

    def read_and_hear(*args):
        ready = read(*args)
        times.append(1)
        if len(times) == 1:
            say("Cleo", "greeting", False)
        return ready

    monkeypatch.setattr(export_run, "_read", read_and_hear)
    assert take("ari")[1] == ["Cleo Zhou", "Ana", ""]
    assert len(times) == 2


def test_a_file_under_way_counts_for_the_day_already(ctx):
    crowd(28)
    left = []
    export_run.make(
        factories.staff("ben").id,
        Wish(of_store("North"), ("name",), "csv", "cards", "en"),
        also=lambda _tx, _made: left.append(export_log.left_today(factories.staff("ben"), [store("North")])),
    ).file.close()
    assert left == [20]


def test_a_refused_file_leaves_nothing_in_the_log(ctx):
    refused("export_phones", "ben", ("name", "phone"))
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ExportRow)) == 0


def listed():
    log = db.session().scalars(sa.select(ExportLog)).one()
    return export_log.taken_back([log]).get(log.id, 0)


def test_who_takes_back_what_a_file_rests_on_is_counted_for_deletion(ctx):
    told("Cleo", "birthday", BORN)
    take("ben")
    say("Cleo", "survey", False)
    assert listed() == 0
    say("Cleo", "greeting", False)
    assert listed() == 1
    say("Noor", "service", False)
    assert listed() == 2
    ben = factories.staff("ben")
    with db.write_tx() as tx:
        export_log.deleted(tx, ben, export_log.past(ben, 1)[0][0])
    assert listed() == 0


def merge(winner, loser):
    with db.write_tx() as tx:
        ana = factories.staff("ana")
        one, other = (queries.seen_by(ana, factories.customer(name)) for name in (winner, loser))
        merging.merge(tx, ana, one, other, merging.Choice(), versions=(one.customer.version, other.customer.version))


def test_who_was_in_a_file_under_two_records_is_counted_under_both(ctx):
    take("ben")
    merge("Cleo", "Noor")
    assert listed() == 0
    say("Cleo", "service", False)
    assert listed() == 2


def test_a_merge_while_her_piece_is_read_counts(ctx, monkeypatch):
    read, times = export_run._read, []

    def read_and_merge(*args):
        ready = read(*args)
        times.append(1)
        if len(times) == 1:
            merge("Cleo", "Noor")
        return ready

    monkeypatch.setattr(export_run, "_read", read_and_merge)
    assert [line[0] for line in take("ari")] == ["Name", "Cleo Zhou"]


def test_a_value_that_was_not_in_the_file_does_not_list_it(ctx):
    take("ben")
    say("Cleo", "greeting", False)
    assert listed() == 0


def test_after_thirty_days_a_file_is_not_listed_any_more(ctx, at):
    told("Cleo", "birthday", BORN)
    take("ben")
    start = clock.now()
    at(start + timedelta(days=31))
    say("Cleo", "greeting", False)
    assert listed() == 0
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ExportRow).where(ExportRow.taken_back_at.is_not(None))) == 0


def test_managers_read_of_files_about_their_stores(ctx):
    factories.meet("Sun Li", "+8613612348802", by="olu", store="South")
    take("ben")
    take("hua", what="stores")
    seen = {
        number: [log.what for log in export_log.past(factories.staff(number), 1)[0]] for number in ("ben", "olu", "ari", "hua", "quinn")
    }
    assert seen == {
        "ben": ["stores", "store"],
        "olu": ["stores"],
        "ari": ["stores", "store"],
        "hua": ["stores", "store"],
        "quinn": ["stores", "store"],
    }


def test_more_customers_cost_no_more_queries(ctx):
    crowd(12)
    ben = factories.staff("ben")
    customers = export_sources.piece(ben, list(export_sources.ids(ben, export_sources.source(ben, of_store("North")))))

    def queries_for(some):
        seen = []

        def note(*_args):
            seen.append(1)

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            exporting.rows_for(ben, some, exportable())
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
        return len(seen)

    assert queries_for(customers[:1]) == queries_for(customers) <= 9


def test_a_customer_of_two_stores_is_in_the_file_of_both(ctx):
    with db.write_tx() as tx:
        rules.link(tx, factories.customer("Cleo"), tx.query(Store).filter_by(name="South").one(), "she_is_here")
    assert [line[0] for line in take("olu", what=of_store("South"))] == ["Name", "Cleo Zhou"]
