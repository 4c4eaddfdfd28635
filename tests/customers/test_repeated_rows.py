"""Files whose rows are events of the same people: the card number stands for the name, one customer each, cells separated by blanks."""

import sqlalchemy as sa

from relcrm.customers import files
from relcrm.customers.import_models import ImportRow
from relcrm.customers.models import ContactPoint, Customer
from relcrm.db import session
from tests.customers.importing import bring_in

BLANKS = (
    " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n 00002 19970112  5   77.00\n"
)


def test_runs_of_blanks_separate_the_cells(tmp_path):
    path = tmp_path / "sales.txt"
    path.write_text(BLANKS)
    table = files.open_table(path, path.name)
    assert table.delimiter == " "
    assert table.header == ("customer_id", "date", "number_of_cds", "dollar_value")
    assert [row.cells for row in table.rows()][2] == ("00002", "19970112", "5", "77.00")


def test_names_of_two_words_are_no_columns(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("Name\nLi Na\nWang Wei\n")
    assert files.open_table(path, path.name).header == ("Name",)


def test_a_card_number_stands_for_the_name_and_repeated_rows_are_one_customer(ctx):
    cards = [f"{n:05d}" for n in (1, 2, 2, 2, 3, 1)]
    batch = bring_in(("id,when\n" + "".join(f"{card},x\n" for card in cards)).encode(), mapping=["card_name", "skip"])
    found = session().execute(sa.select(Customer.name, ContactPoint.value).join(ContactPoint).where(ContactPoint.kind == "card")).all()
    assert sorted(tuple(row) for row in found) == [(one, one) for one in ("00001", "00002", "00003")]
    outcomes = session().scalars(sa.select(ImportRow.outcome).where(ImportRow.batch_id == batch.id).order_by(ImportRow.line)).all()
    assert outcomes == ["created", "created", "merged", "merged", "created", "merged"]
