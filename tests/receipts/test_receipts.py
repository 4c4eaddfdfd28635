"""What a file of receipts does to the book: matched, once, returns to their sale, kept for who comes later, taken back whole."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from relcrm import clock, db, doctor, jobs
from relcrm.consent import rules as consent_rules
from relcrm.customers.models import CustomerStore
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.receipts.models import WaitingContact, WaitingLine
from relcrm.receipts.tally import Tally
from relcrm.staff import settings
from tests import factories
from tests.customers.importing import work
from tests.purchases import selling
from tests.receipts.files import CLEO, HEADER, NOBODY, NOOR, bring_in, day, lines, reasons, revert, table, totals


def sound() -> bool:
    return [fault for check in doctor.checks for fault in check.faults(False)] == []


SALE = ("R1", day(30), CLEO, "Linen shirt", "2", "600.00")
SCARF = ("R1", day(30), CLEO, "Scarf", "1", "199.50")


def test_rows_of_one_number_are_one_receipt_of_who_has_that_phone(ctx):
    bring_in(table([SALE, SCARF, ("R2", day(3), NOOR, "Belt", "1", "80")]))
    assert lines() == [("R1", "Linen shirt", 2, 60000), ("R1", "Scarf", 1, 19950)]
    assert totals() == (1, 1, 79950)
    assert totals("Noor") == (1, 1, 8000)
    assert sound()


def test_the_same_file_again_changes_nothing(ctx):
    bring_in(table([SALE, SCARF]))
    batch = bring_in(table([SALE, SCARF]))
    assert len(lines()) == 2
    assert (Tally.read(batch.did).known, Tally.read(batch.did).booked) == (2, 0)


def test_an_extended_file_adds_what_is_new(ctx):
    bring_in(table([SALE]))
    bring_in(table([SALE, SCARF, ("R2", day(2), CLEO, "Belt", "1", "80")]))
    assert [line[1] for line in lines()] == ["Linen shirt", "Scarf", "Belt"]
    assert totals() == (2, 2, 87950)


def test_the_same_numbers_of_another_till_are_other_receipts(ctx):
    bring_in(table([SALE]), source="front")
    bring_in(table([SALE]), source="back")
    assert len(lines()) == 2


def test_a_till_that_begins_at_one_every_morning_loses_no_receipt(ctx):
    bring_in(table([("1", day(2), CLEO, "Belt", "1", "80"), ("1", day(1), CLEO, "Belt", "1", "80")]))
    assert totals() == (2, 2, 16000)
    bring_in(table([("1", day(1), CLEO, "Belt", "1", "80")]))
    assert totals() == (2, 2, 16000)


def test_without_numbers_twins_of_one_file_survive_and_a_second_import_changes_nothing(ctx):
    header = ("Date", "Phone", "Quantity", "Amount")
    rows = [(day(5), CLEO, "1", "12.00"), (day(5), CLEO, "1", "12.00"), (day(4), CLEO, "1", "0")]
    bring_in(table(rows, header))
    bring_in(table(rows, header))
    assert [line[1:] for line in lines()] == [("Receipt", 1, 1200), ("Receipt", 1, 1200), ("Receipt", 1, 0)]
    assert totals() == (1, 2, 2400)
    bring_in(table([*rows, rows[0]], header))
    assert totals() == (1, 3, 3600)


def test_zero_value_counts_when_the_owner_says_so(ctx):
    bring_in(table([("R1", day(5), CLEO, "Belt", "1", "80"), ("R2", day(4), CLEO, "Gift", "1", "0")]))
    assert totals() == (1, 1, 8000)
    with db.write_tx() as tx:
        settings.put(tx, "count_zero_value", True)
    work()
    assert totals() == (2, 2, 8000)
    with db.write_tx() as tx:
        settings.put(tx, "count_zero_value", False)
    work()
    assert totals() == (1, 1, 8000)


def test_what_came_back_whole_is_no_purchase_of_value_zero(ctx):
    with db.write_tx() as tx:
        settings.put(tx, "count_zero_value", True)
    bring_in(table([SALE, ("R9", day(2), CLEO, "Linen shirt", "-2", "-600")]))
    assert totals() == (0, 0, 0)


@pytest.mark.parametrize("order", [1, -1])
def test_a_return_finds_its_sale_wherever_it_stands_in_the_file(ctx, order):
    back = ("R7", day(10), CLEO, "Linen shirt", "-1", "-300")
    bring_in(table([SALE, SCARF, back][::order]))
    assert totals() == (1, 1, 49950)
    line = db.session().scalar(sa.select(PurchaseLine).where(PurchaseLine.quantity == -1))
    sale = db.session().get_one(PurchaseLine, line.returns_line_id)
    assert (sale.name, sale.quantity) == ("Linen shirt", 2)
    assert db.session().get_one(Purchase, line.purchase_id).kind == "return"
    assert sound()


def test_a_return_goes_to_the_newest_sale_unless_it_names_another(ctx):
    header = (*HEADER, "Original receipt")
    old, new = ("R1", day(30), CLEO, "Belt", "1", "80", ""), ("R2", day(20), CLEO, "Belt", "1", "80", "")
    bring_in(table([old, new, ("R3", day(5), CLEO, "Belt", "-1", "-80", "R1"), ("R4", day(4), CLEO, "Belt", "-1", "-80", "")], header))
    rows = db.session().execute(sa.select(Purchase.receipt_number, PurchaseLine.returns_line_id).join(PurchaseLine)).all()
    sold = dict(db.session().execute(sa.select(PurchaseLine.id, Purchase.receipt_number).join(Purchase)).all())
    assert {number: sold[line] for number, line in rows if line} == {"R3": "R1", "R4": "R2"}


def test_a_return_without_a_sale_is_told_and_kept_until_a_file_brings_the_sale(ctx):
    back = ("R7", day(10), CLEO, "Linen shirt", "-1", "-300")
    batch = bring_in(table([back]))
    assert "No sale of these goods" in reasons(batch)[2]
    assert totals() is None
    bring_in(table([SALE]))
    assert totals() == (1, 1, 30000)
    assert reasons(batch) == {}
    bring_in(table([SALE, back]))
    assert totals() == (1, 1, 30000)


def test_more_than_was_bought_does_not_come_back(ctx):
    batch = bring_in(table([SALE, ("R7", day(10), CLEO, "Linen shirt", "-3", "-900")]))
    assert totals() == (1, 1, 60000)
    assert list(reasons(batch)) == [3]


def test_receipts_of_a_stranger_become_hers_when_she_comes(ctx):
    batch = bring_in(table([("R5", day(30), NOBODY, "Coat", "1", "900"), ("R6", day(20), NOBODY, "Coat", "-1", "-900"), SALE]))
    assert Tally.read(batch.did).waiting == 2
    stored = db.session().execute(sa.select(WaitingLine.sealed, WaitingContact.fingerprint).join(WaitingContact)).all()
    assert all(NOBODY.encode() not in part for row in stored for part in row)
    her = factories.meet("Mei Lin", f"+86{NOBODY}")
    work()
    assert [line[1:] for line in lines("Mei")] == [("Coat", 1, 90000), ("Coat", -1, -90000)]
    assert db.session().scalar(sa.select(sa.func.count()).select_from(WaitingLine)) == 0
    assert her == factories.customer("Mei").id
    bring_in(table([("R5", day(30), NOBODY, "Coat", "1", "900")]))
    assert len(lines("Mei")) == 2


def test_what_waits_is_not_doubled_by_the_same_file(ctx):
    for _time in range(2):
        bring_in(table([("R1", day(30), NOBODY, "Coat", "1", "900")]))
    assert db.session().scalar(sa.select(sa.func.count()).select_from(WaitingLine)) == 1


def test_what_waits_is_forgotten_after_thirteen_months(ctx, at):
    bring_in(table([("R1", day(30), NOBODY, "Coat", "1", "900")]))
    at(clock.now() + timedelta(days=400))
    jobs.run_now("receipt_sweep")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(WaitingContact)) == 0


def test_who_ended_her_file_gets_no_receipt(ctx):
    her = factories.customer("Cleo")
    with db.write_tx() as tx:
        consent_rules.withdraw(tx, her.id, "service", actor=factories.staff("ana"), store_id=her.home_store_id, lang="en")
    batch = bring_in(table([SALE]))
    assert "ended her file" in reasons(batch)[2]
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Purchase)) == 0


def test_a_customer_of_another_store_is_not_written_to(ctx):
    factories.meet("Sue South", "+8613700009999", by="olu", store="South")
    batch = bring_in(table([("R1", day(3), "13700009999", "Coat", "1", "900")]))
    assert "book of another store" in reasons(batch)[2]


def test_a_store_column_says_where_and_the_store_knows_her_from_then_on(ctx):
    bring_in(table([("R1", day(3), CLEO, "Coat", "1", "900", "South")], (*HEADER, "Store")), by="hua")
    her = factories.customer("Cleo").id
    stores = db.session().scalars(sa.select(CustomerStore.how).where(CustomerStore.customer_id == her)).all()
    assert sorted(stores) == ["capture", "purchase"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("R1", "", CLEO, "Coat", "1", "900"), "day is missing"),
        (("R1", "2011-01-01", CLEO, "Coat", "1", "900"), "three years"),
        (("R1", "2999-01-01", CLEO, "Coat", "1", "900"), "future"),
        (("R1", day(1), CLEO, "Coat", "one", "900"), "no number of pieces"),
        (("R1", day(1), CLEO, "Coat", "1", "$900"), "sells in CNY"),
        (("R1", day(1), CLEO, "for 110101199003074717", "1", "900"), "number"),
    ],
)
def test_a_row_that_cannot_be_taken_comes_back_with_its_reason(ctx, row, words):
    batch = bring_in(table([row, SALE]))
    assert words in reasons(batch)[2]
    assert len(lines()) == 2 - 1


def test_taken_back_all_is_gone(ctx):
    bring_in(table([("R0", day(60), CLEO, "Belt", "1", "80")]))
    before = lines(), totals()
    batch = bring_in(table([SALE, SCARF, ("R7", day(10), CLEO, "Linen shirt", "-1", "-300"), ("R8", day(9), NOBODY, "Coat", "1", "900")]))
    reverted = revert(batch)
    assert (reverted.status, reverted.stayed) == ("reverted", 0)
    assert (lines(), totals()) == before
    assert db.session().scalar(sa.select(sa.func.count()).select_from(WaitingLine)) == 0
    assert sound()


def test_what_came_back_at_the_counter_since_keeps_its_sale(ctx):
    batch = bring_in(table([SALE, ("R2", day(3), CLEO, "Belt", "1", "80")]))
    with db.write_tx() as tx:
        sale = tx.scalar(sa.select(Purchase).where(Purchase.receipt_number == "R1"))
        selling.bring_back(tx, factories.staff("ben"), sale, {1: 1})
    reverted = revert(batch)
    assert reverted.stayed == 1
    assert totals() == (1, 1, 30000)
    assert sound()
