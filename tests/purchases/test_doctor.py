"""`relcrm doctor` finds what does not agree, names it, and ends with 1; --mend writes anew what follows from other rows."""

import json

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

import relcrm
from relcrm import cli_doctor, db, doctor
from relcrm.purchases import checks
from relcrm.purchases.models import CustomerTotals, Purchase, PurchaseLine
from tests import factories
from tests.purchases.selling import bring_back, sell


@pytest.fixture
def sold(ctx, monkeypatch):
    monkeypatch.setattr(relcrm, "create_app", lambda: ctx)
    with db.write_tx() as tx:
        ana = tx.merge(factories.staff("ana"))
        bought = sell(tx, ana, factories.customer("Cleo"), ("Coat", 500), ("Scarf", 100))
        bring_back(tx, ana, bought, {2: 1})
        sell(tx, ana, factories.customer("Noor"), ("Belt", 50))
        return bought.id


def run(*options):
    answer = CliRunner().invoke(cli_doctor.doctor, ["--json", *options])
    return answer.exit_code, {name: faults for name, faults in json.loads(answer.output).items() if faults}


def spoil(statement):
    with db.write_tx() as tx:
        tx.execute(statement)


def test_a_sound_book_is_called_sound(sold):
    assert run() == run("--deep") == (0, {})


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        (sa.update(CustomerTotals).values(spend_minor=1), "totals equal the purchases"),
        (sa.update(CustomerTotals).values(last_on=None), "totals equal the purchases"),
        (sa.delete(CustomerTotals), "totals equal the purchases"),
        (sa.update(Purchase).values(total_minor=1), "purchases equal their lines"),
        (sa.update(PurchaseLine).where(PurchaseLine.name == "Coat").values(line_minor=7), "purchases equal their lines"),
    ],
)
def test_sums_that_differ_are_named_and_mended(sold, statement, name):
    spoil(statement)
    code, found = run()
    assert code == 1
    assert name in found
    assert run("--mend") == run() == (0, {})


def test_totals_of_who_never_bought_are_found_and_mended(sold):
    spoil(sa.delete(PurchaseLine))
    spoil(sa.delete(Purchase))
    assert run()[1].keys() == {"totals equal the purchases"}
    assert run("--mend") == (0, {})


def test_more_back_than_bought_is_found(sold):
    spoil(sa.update(PurchaseLine).where(PurchaseLine.quantity < 0).values(quantity=-5))
    assert "nothing came back twice" in run()[1]


def test_a_changed_history_is_found(sold):
    with db.write_tx() as tx:
        tx.connection().exec_driver_sql("DROP TRIGGER consent_event_no_update")
        tx.connection().exec_driver_sql("UPDATE consent_event SET lang = 'xx' WHERE id = 3")
    code, found = run()
    assert (code, found) == (1, {"chains": ["consent_event 3 does not follow from the row before it"]})


def test_it_says_in_words_what_helps(sold):
    spoil(sa.update(CustomerTotals).values(spend_minor=1))
    answer = CliRunner().invoke(cli_doctor.doctor, [])
    assert answer.exit_code == 1
    assert "BAD  totals equal the purchases" in answer.output
    assert "what helps: relcrm doctor --mend" in answer.output
    assert "ok   chains" in answer.output


def test_a_customer_with_more_purchases_than_a_piece_ends_the_walk(sold, monkeypatch):
    monkeypatch.setattr(checks, "PIECE", 1)
    assert [list(check.faults(False)) for check in doctor.checks] == [[]] * len(doctor.checks)
