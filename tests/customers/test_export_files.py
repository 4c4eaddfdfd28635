"""The files themselves: they come back through the import, open in Excel and on a phone, and never show what does not stand."""

import csv
import io
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from relcrm import db
from relcrm.consent import catalogue, ledger
from relcrm.consent import rules as consent_rules
from relcrm.customers import cells, columns, export_columns, export_files, export_run, export_sources, exporting, facts, queries, rules
from relcrm.customers.export_columns import CONTACTS, exportable, item
from relcrm.customers.export_log import Wish
from relcrm.customers.exporting import Row
from relcrm.customers.files import open_table
from relcrm.customers.models import Customer
from relcrm.customers.rows import read_row
from relcrm.customers.vcard import HEADER, open_cards
from relcrm.i18n import speaking
from relcrm.staff.models import Store
from tests import factories

SOLAR = {"calendar": "solar", "year": 1985, "month": 11, "day": 3, "leap": False, "leap_policy": "leap_if_present"}
ADDRESS = {"province": "浙江省", "city": "杭州市", "district": "西湖区", "line": "文三路 12 号", "postcode": "310000", "use": ["delivery"]}
EVERYTHING = exportable()
TODAY = date(2026, 11, 22)
BIRTHDAYS = (
    SOLAR,
    {**SOLAR, "year": None},
    {**SOLAR, "year": None, "day": None},
    {**SOLAR, "day": None},
    {**SOLAR, "calendar": "lunar", "month": 8, "day": 15},
    {**SOLAR, "calendar": "lunar", "year": None, "month": 4, "leap": True, "day": 2},
)


def tell(her, key, value):
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        facts.put_fact(tx, ana, queries.get(ana, tx.get_one(Customer, her).public_id), key, value)


@pytest.fixture
def full(ctx):
    """A customer with something in every field an import knows, in the hands of an area manager and, alone, of a store manager."""
    her = factories.meet("欧阳静", "+8613512346600", {"greeting": True, "profiling": True})
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        seen = queries.get(ana, tx.get_one(Customer, her).public_id)
        for kind, value in (("phone", "+447911123456"), ("email", "jing@example.com"), ("wechat", "ouyang_jing"), ("card", "A0012")):
            rules.add_contact(tx, ana, seen, kind, value)
        seen.customer.salutation, seen.customer.language = "ms", "zh-CN"
        facts.add_tag(tx, ana, seen, "老客")
        facts.add_tag(tx, ana, seen, "linen")
    for key, value in (("birthday", SOLAR), ("gender", "female"), ("address", ADDRESS), ("hobbies", {"values": [], "texts": ["茶"]})):
        tell(her, key, value)
    return her


def made(by, format_="csv", lang="en", fields=EVERYTHING):
    with speaking(lang):
        actor = factories.staff(by)
        north = db.session().scalars(sa.select(Store).where(Store.name == "North")).one()
        offered = {one.key for one in export_sources.offered(actor, [north], lang)}
        wish = Wish(f"store:{north.public_id}", tuple(key for key in fields if key in offered), format_, "moving house", lang)
        return b"".join(export_run.make(actor.id, wish).chunks())


def read_again(path: Path, content: bytes, name: str):
    """The draft of 欧阳静 as an import reads it."""
    (path / name).write_bytes(content)
    table = open_table(path / name, name)
    mapping = [guessed.target for guessed in columns.guess(table.header, table.sample())]
    with speaking("en"):
        found = [read_row(row, mapping, "CN", TODAY) for row in table.rows()]
    return next(draft for draft in found if draft.name == "欧阳静"), dict(zip(table.header, mapping, strict=True))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_an_area_managers_file_comes_back_through_the_import(full, tmp_path, lang, format_):
    draft, _mapping = read_again(tmp_path, made("ari", format_, lang), f"m.{format_}")
    assert [problem.code for problem in draft.problems] == []
    assert (draft.phones, draft.email, draft.wechat, draft.card) == (
        ("+8613512346600", "+447911123456"),
        "jing@example.com",
        "ouyang_jing",
        "A0012",
    )
    assert (draft.salutation, draft.language, draft.home_store, draft.associate) == ("ms", "zh-CN", "North", "Ana")
    assert draft.birthday is not None
    assert draft.birthday.as_dict() == SOLAR
    assert draft.registered_on is not None


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_only_a_store_manager_may_take_comes_back_too(full, tmp_path, lang):
    draft, _mapping = read_again(tmp_path, made("ben", "csv", lang), "m.csv")
    assert {problem.code for problem in draft.problems} == {"contact_missing"}
    assert (draft.gender, set(draft.tags), draft.birthday.year, draft.birthday.day) == ("female", {"老客", "linen"}, None, 3)
    assert draft.address == {key: value for key, value in ADDRESS.items() if key != "use"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_column_is_taken_for_another_one(ctx, lang):
    own = {
        "phone": "phone phone_2 phone_3",
        "email": "email email_2",
        "address": "address_province address_city address_district address_line address_postcode",
    }
    with speaking(lang):
        for key in exportable():
            found = [columns.guess([header, "x"], [])[0].target for header in item(key, lang).headers]
            mine = {*own.get(key, key).split(), "skip"}
            assert set(found) <= mine, (key, item(key, lang).headers, found)


@pytest.mark.parametrize("born", BIRTHDAYS, ids=str)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_kind_of_birthday_is_read_again(ctx, born, lang):
    from relcrm.birthday_cells import read_text

    cell = export_columns.fact_cells("birthday", [born], "full", lang)[0]
    assert read_text(cell, TODAY).as_dict() == born
    without = export_columns.fact_cells("birthday", [born], "day_month", lang)[0]
    assert "1985" not in without
    assert read_text(without, TODAY).as_dict() == {**born, "year": None}


@pytest.mark.parametrize(
    ("key", "reader"), [("salutation", cells.salutation), ("preferred_language", cells.language), ("gender", cells.gender)]
)
def test_every_word_of_a_closed_list_is_read_again(ctx, key, reader):
    for choice in catalogue.field(key).choices:
        assert {reader(choice.zh), reader(choice.en)} == {choice.key}


def a_row(*cells):
    return Row(1, {"name": [cells[0]], **({"phone": list(cells[1:])} if cells[1:] else {})}, 1, frozenset({"service"}))


def written(format_, rows, fields=("name", "phone")):
    file = io.BytesIO()
    with speaking("en"), export_files.writing(format_, file, [item(key, "en") for key in fields]) as writer:
        writer.write(rows, {1: "pub-1"})
    return file.getvalue()


def test_nothing_in_a_csv_file_runs_as_a_formula(ctx):
    content = written("csv", [a_row("=HYPERLINK(1)", "+8613800003921", "", "")])
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1] == ["'=HYPERLINK(1)", "\t+8613800003921", "", ""]


def test_excel_cells_are_text(ctx, tmp_path):
    from python_calamine import load_workbook

    path = tmp_path / "m.xlsx"
    path.write_bytes(written("xlsx", [a_row("=1+1", "+8613800003921", "013800003921", "https://x.example")]))
    lines = load_workbook(path).get_sheet_by_index(0).to_python()
    assert lines == [["Name", "Phone", "Second phone", "Third phone"], ["=1+1", "+8613800003921", "013800003921", "https://x.example"]]


def test_a_card_opens_on_a_phone(full, tmp_path):
    (tmp_path / "m.vcf").write_bytes(made("ari", "vcf"))
    cards = [dict(zip(HEADER, row.cells, strict=True)) for row in open_cards(tmp_path / "m.vcf", "m.vcf").rows()]
    her = next(card for card in cards if card["Name"] == "欧阳静")
    assert {key: her[key] for key in ("Phone", "Phone 2", "E-mail", "Birthday", "Note", "Tags")} == {
        "Phone": "+8613512346600", "Phone 2": "+447911123456", "E-mail": "jing@example.com", "Birthday": "1985-11-03", "Note": "", "Tags": "",
    }  # fmt: skip
    text = (tmp_path / "m.vcf").read_text("utf-8")
    assert "N:欧阳;静;;;" in text
    assert f"UID:{db.session().get_one(Customer, full).public_id}" in text


def test_the_log_of_cards_names_only_what_cards_hold(full):
    assert Wish("stores", ("phone", "tags", "gender"), "vcf", "x", "en").kept == ("name", "phone")
    assert not Wish("stores", ("tags", "gender"), "vcf", "x", "en").with_phones


@given(st.text(min_size=1, max_size=120))
def test_any_name_is_one_card_with_short_lines(ctx, name):
    with speaking("en"):
        content = written("vcf", [a_row(name)], ("name",))
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert content.count(b"BEGIN:VCARD\r\n") == 1


def test_twenty_thousand_rows_need_no_more_memory_than_two_thousand(ctx, tmp_path):
    def peak(format_, pieces):
        rows = [a_row(f"Guest {number}", f"+86138{number:08d}", "", "") for number in range(500)]
        with (tmp_path / "big").open("wb+") as file, speaking("en"):
            tracemalloc.start()
            with export_files.writing(format_, file, [item("name", "en"), item("phone", "en")]) as writer:
                for _piece in range(pieces):
                    writer.write(rows, {1: "pub-1"})
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return most

    for format_ in ("csv", "vcf", "xlsx"):
        peak(format_, 1)
        assert peak(format_, 40) < peak(format_, 4) + 1_000_000, format_


VALUES = {
    "hobbies": {"values": [], "texts": ["zqhobby"]},
    "region": {"province": "zqregion", "city": "", "district": ""},
    "important_dates": {"label": "zqdates", "calendar": "solar", "month": 6, "day": 1},
    "fit_note": "zqfit",
    "usage_habit": "zqusage",
}
PURPOSES = ("service", "greeting", "profiling")


@settings(max_examples=20, derandomize=True, database=None)
@given(st.lists(st.tuples(st.sampled_from(PURPOSES[1:]), st.booleans()), max_size=5), st.booleans(), st.booleans())
def test_whatever_she_says_no_cell_shows_what_does_not_stand(full, said, minor, leaves):
    for key, value in VALUES.items():
        if ledger.may(full, catalogue.field(key).basis).allowed:
            tell(full, key, value)
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        her = tx.get_one(Customer, full)
        her.is_minor = False
        for purpose, yes in said:
            if yes:
                consent_rules.answer(tx, full, purpose, True, actor=ana, store_id=her.home_store_id, lang="en", her_own_wish=True)
            else:
                consent_rules.withdraw(tx, full, purpose, actor=ana, store_id=her.home_store_id, lang="en")
        her.is_minor = minor
    stands = {purpose for purpose in PURPOSES if ledger.may(full, purpose).allowed}
    for number in ("ben", "ari", "hua", "olu", "ana", "quinn"):
        with speaking("en"):
            rows = exporting.rows_for(factories.staff(number), [db.session().get_one(Customer, full)], EVERYTHING)
        assert bool(rows) == (number in ("ben", "ari", "hua"))
        for row in rows:
            for key, shown in row.cells.items():
                basis = export_columns.basis_of(key)
                assert not any(shown) or (basis in stands and basis in row.purposes and (basis == "service" or not minor)), (number, key)
            assert row.event_id == max(ledger.may(full, purpose).event_id for purpose in row.purposes)
            assert not any(any(row.cells[kind]) for kind in CONTACTS) or number != "ben"
    if leaves:
        with db.write_tx() as tx:
            consent_rules.withdraw(tx, full, "service", actor=ana, store_id=tx.get_one(Customer, full).home_store_id, lang="en")
        assert exporting.rows_for(factories.staff("hua"), [db.session().get_one(Customer, full)], EVERYTHING) == []
        with db.write_tx() as tx:
            consent_rules.enrol(tx, full, actor=ana, store_id=tx.get_one(Customer, full).home_store_id, lang="en")
            tx.get_one(Customer, full).closed_at = None
