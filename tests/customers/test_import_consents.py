"""What a file may prove: consents by a column or by the paper that everybody signed, and what may then be kept (DOMAIN §1.4 rule 6)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from relcrm import chain, clock, db
from relcrm.consent import ledger
from relcrm.consent.models import ConsentEvent
from relcrm.customers import imports, search
from relcrm.customers.import_models import AskFirst, ImportPaper
from relcrm.customers.models import Fact, SearchKey, Tag
from relcrm.errors import BadValue
from relcrm.i18n import speaking
from tests import factories
from tests.customers.importing import bring_in, choose, counts, table, work

HEADER = ("Name", "Phone", "Birthday", "Gender", "Tags", "Calls", "Wishes", "Memory", "Offers")
MAPPING = ("name", "phone", "birthday", "gender", "tags", "consent_callback", "consent_greeting", "consent_profiling", "consent_marketing")


def row(calls="", wishes="", memory="", offers="", *, name="Lin Xiaomei", phone="13800000001"):
    return (name, phone, "1985-03-02", "female", "linen", calls, wishes, memory, offers)


def facts(name: str) -> dict[str, object]:
    return {fact.key: fact.value for fact in db.session().scalars(sa.select(Fact).where(Fact.customer_id == factories.customer(name).id))}


def tags(name: str) -> list[str]:
    return list(db.session().scalars(sa.select(Tag.name).where(Tag.customer_id == factories.customer(name).id)))


def asked(name: str) -> set[str]:
    return set(db.session().scalars(sa.select(AskFirst.key).where(AskFirst.customer_id == factories.customer(name).id)))


def from_columns(*rows, by: str = "hua"):
    return bring_in(table(rows, HEADER), by=by, mapping=MAPPING, proves=by == "hua")


def with_paper(content: bytes, purposes: str, *, signed_on: date, words: str = "I agree to calls and wishes."):
    """Brought in by the owner, who declares a paper first."""
    with speaking("en"):
        batch = choose(content, by="hua")
        with db.write_tx() as tx:
            batch = tx.merge(batch)
            owner = factories.staff("hua")
            imports.declare(tx, owner, batch, purposes=purposes.split(), words=words, scan=b"", scan_name="", signed_on=signed_on)
            imports.start(tx, owner, batch)
            batch_id = batch.id
    work()
    return db.session().get_one(type(batch), batch_id)


def test_a_yes_in_a_column_is_a_grant_of_that_purpose_alone(ctx):
    batch = from_columns(row(wishes="yes"))
    lin = factories.customer("Lin").id
    assert [ledger.may(lin, key).code for key in ("greeting", "callback", "profiling", "marketing")] == ["OK", *["NO_CONSENT"] * 3]
    [event] = ledger.events_of(lin, "greeting")
    assert (event.method, event.evidence_kind, event.evidence_sha256) == ("import_legacy", "import_column", batch.file_sha256)
    assert (event.notice_sha256, len(batch.file_sha256)) == (None, 64)
    assert facts("Lin")["birthday"]["year"] == 1985
    assert "gender" not in facts("Lin")
    assert tags("Lin") == []
    assert imports.tally_of(batch).unstored == {"gender": 1, "tags": 1}
    assert asked("Lin") == {"gender"}


def test_every_yes_keeps_every_value_and_offers_wait_for_her_own_word(ctx):
    from_columns(row("yes", "yes", "yes", "yes"))
    lin = factories.customer("Lin").id
    assert {key: ledger.may(lin, key).code for key in ("callback", "greeting", "profiling")} == dict.fromkeys(
        ("callback", "greeting", "profiling"), "OK"
    )
    assert ledger.may(lin, "marketing", "sms").code == "PENDING"
    assert (set(facts("Lin")), tags("Lin"), asked("Lin")) == ({"birthday", "gender"}, ["linen"], set())
    keys = set(db.session().scalars(sa.select(SearchKey.key).where(SearchKey.customer_id == lin)))
    assert keys == search.expected(factories.customer("Lin"))
    assert list(chain.broken(db.session(), ConsentEvent)) == []


def test_a_no_in_a_column_is_her_no_and_stands_above_the_paper(ctx):
    content = table([row(wishes="no")], HEADER)
    with speaking("en"):
        batch = choose(content, by="hua")
        with db.write_tx() as tx:
            batch = tx.merge(batch)
            owner = factories.staff("hua")
            imports.choose(batch, MAPPING, owner, proves=True)
            imports.declare(
                tx, owner, batch, purposes=["greeting", "callback"], words="I agree", scan=b"", scan_name="", signed_on=date(2026, 1, 5)
            )
            imports.start(tx, owner, batch)
    work()
    lin = factories.customer("Lin").id
    assert (ledger.may(lin, "greeting").code, ledger.may(lin, "callback").code) == ("DENIED", "OK")
    assert not ledger.may_ask(lin, "greeting")
    assert "birthday" not in facts("Lin")


def test_a_paper_lasts_from_the_day_it_was_signed(ctx):
    today = clock.today("Asia/Shanghai")
    batch = with_paper(table([row()], HEADER), "greeting callback", signed_on=today - timedelta(days=100))
    lin = factories.customer("Lin").id
    now = ledger.may(lin, "greeting")
    assert now.code == "OK"
    assert now.until == ledger.add_months(datetime.combine(today - timedelta(days=100), time(), ZoneInfo("Asia/Shanghai")), 24)
    paper = db.session().get_one(ImportPaper, batch.id)
    [event] = ledger.events_of(lin, "callback")
    assert (event.evidence_kind, event.evidence_sha256) == ("import_paper", paper.sha256)
    assert set(facts("Lin")) == {"birthday"}


def test_a_paper_older_than_the_consent_lasts_proves_nothing_today(ctx):
    batch = with_paper(table([row()], HEADER), "greeting", signed_on=clock.today("UTC") - timedelta(days=3 * 365))
    assert ledger.may(factories.customer("Lin").id, "greeting").code == "EXPIRED"
    assert facts("Lin") == {}
    assert imports.tally_of(batch).unstored["birthday"] == 1


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"purposes": ["special:health"]}, "paper_purpose"),
        ({"words": "", "scan": b""}, "paper_missing"),
        ({"signed_on": None}, "paper_day"),
        ({"signed_on": date(2090, 1, 1)}, "paper_day"),
    ],
)
def test_a_paper_without_proof_or_day_is_refused(ctx, told, code):
    batch = choose(table([row()], HEADER), by="hua")
    good = {"purposes": ["greeting"], "words": "I agree", "scan": b"", "scan_name": "", "signed_on": date(2026, 1, 5)}
    with pytest.raises(BadValue) as refused, db.write_tx() as tx:
        imports.declare(tx, factories.staff("hua"), tx.merge(batch), **{**good, **told})
    assert refused.value.code == code
    assert db.session().get(ImportPaper, batch.id) is None


def test_only_the_owner_says_that_a_yes_is_proved_and_a_no_always_counts(ctx):
    batch = from_columns(row("yes", "no"), by="ben")
    lin = factories.customer("Lin").id
    assert (ledger.may(lin, "callback").code, ledger.may(lin, "greeting").code) == ("NO_CONSENT", "DENIED")
    assert imports.tally_of(batch).unstored == {"birthday": 1, "gender": 1, "tags": 1, "consent_callback": 1}
    assert asked("Lin") == {"gender"}
    late = choose(table([row("yes")], HEADER), by="ben")
    with db.write_tx() as tx:
        imports.choose(tx.merge(late), MAPPING, factories.staff("ben"), proves=True)
    assert not db.session().get_one(type(late), late.id).proves


def test_of_somebody_known_no_answer_is_touched_and_only_standing_purposes_fill(ctx):
    batch = from_columns(
        row("yes", "yes", "yes", name="Noor Ali", phone=factories.NOOR_PHONE),
        row("no", "no", "no", name="Cleo Zhou", phone=factories.CLEO_PHONE),
    )
    noor, cleo = factories.customer("Noor").id, factories.customer("Cleo").id
    assert {ledger.may(noor, key).code for key in ("callback", "greeting", "profiling")} == {"DENIED"}
    assert {ledger.may(cleo, key).code for key in ("callback", "greeting", "profiling")} == {"OK"}
    assert (facts("Noor"), tags("Noor")) == ({}, [])
    assert (set(facts("Cleo")), tags("Cleo")) == ({"birthday", "gender"}, ["linen"])
    assert counts(batch) == ("done", 0, 1, 1, 0)


def test_under_18_nothing_but_service_whatever_the_columns_say(ctx):
    year = clock.today("UTC").year - 15
    batch = from_columns(("Bo Lin", "13800000002", f"{year}-01-01", "male", "linen", "yes", "yes", "yes", "yes"))
    bo = factories.customer("Bo")
    assert bo.is_minor
    assert (ledger.may(bo.id, "profiling").code, ledger.may(bo.id, "marketing", "sms").code) == ("NO_CONSENT", "NO_CONSENT")
    assert "gender" not in facts("Bo")
    assert counts(batch) == ("done", 1, 0, 0, 0)


def test_bringing_it_in_again_doubles_no_consent_and_no_value(ctx):
    from_columns(row("yes", "yes", "yes", "yes"))
    events = db.session().scalar(sa.select(sa.func.count()).select_from(ConsentEvent))
    assert counts(from_columns(row("yes", "yes", "yes", "yes"))) == ("done", 0, 0, 1, 0)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ConsentEvent)) == events
    assert tags("Lin") == ["linen"]
