"""What customers bring along from the book before: shown with its file, taken back with it, never earned and never scored."""

from datetime import date

import pytest
import sqlalchemy as sa

from relcrm import db
from relcrm.customers import import_words, imports
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.openings import OpeningBalance
from relcrm.i18n import speaking
from relcrm.loyalty.points_models import PointsEntry
from relcrm.measures.models import Score
from relcrm.purchases.models import CustomerTotals
from tests import factories
from tests.customers.importing import bring_in, table, work
from tests.loyalty import keeping, tier_book

HEADER = ("Name", "Phone", "Total spent", "Last purchase", "Points", "Points expiry", "Tier", "Tier until", "储值余额")
GALA = ("Gala Moss", "13800001122", "¥18,640.50", "2026-05-03", "2340", "2099-12-31", "金卡", "2099-06-30", "500")


@pytest.fixture
def rules(ctx):
    tier_book.go_live(date(2020, 1, 1))
    with db.write_tx() as tx:
        keeping.rules_on(tx)


def opened(name="Gala"):
    query = sa.select(OpeningBalance).where(OpeningBalance.customer_id == factories.customer(name).id).order_by(OpeningBalance.line)
    return db.session().scalars(query).all()


def revert(batch):
    with db.write_tx() as tx:
        imports.revert(tx, factories.staff("hua"), tx.get_one(ImportBatch, batch.id))
    work()
    return db.session().get_one(ImportBatch, batch.id)


def test_points_tier_and_total_come_in_and_count_for_nothing_else(rules):
    batch = bring_in(table([GALA], HEADER))
    assert imports.tally_of(batch).created == 1
    (row,) = opened()
    assert (row.total_minor, row.currency, row.last_on, row.points, row.points_until) == (
        1_864_050,
        "CNY",
        date(2026, 5, 3),
        2340,
        date(2099, 12, 31),
    )
    assert keeping.balance() == (0, 2340, 0)
    assert keeping.lots() == [(2340, date(2099, 12, 31))]
    assert keeping.rows()[0][0] == "opening"
    tier = tier_book.tier("Gala")
    assert (tier.tier, tier.valid_until) == ("gold", date(2099, 6, 30))
    assert tier_book.kinds("Gala") == ["opening"]
    assert db.session().scalars(sa.select(CustomerTotals)).all() == []
    assert db.session().scalars(sa.select(Score)).all() == []
    assert keeping.faults() == []


def test_the_same_file_again_and_another_one_add_nothing(rules):
    bring_in(table([GALA], HEADER))
    for again in (GALA, (*GALA[:4], "99", *GALA[5:])):
        bring_in(table([again], HEADER))
    assert len(opened()) == 1
    assert keeping.balance() == (0, 2340, 0)


@pytest.mark.parametrize("written", ["金", "金卡", "金卡会员", "Gold", "gold card", "GOLD"])
def test_a_tier_is_known_however_it_is_written(rules, written):
    bring_in(table([(*GALA[:6], written, "", "")], HEADER))
    assert tier_book.tier("Gala").tier == "gold"


def test_every_row_of_points_is_a_lot_but_the_total_counts_once(rules):
    later = (*GALA[:4], "60", "2099-01-31", *GALA[6:])
    bring_in(table([GALA, later], HEADER))
    assert keeping.lots() == [(2340, date(2099, 12, 31)), (60, date(2099, 1, 31))]
    assert [row.total_minor for row in opened()] == [1_864_050, None]


def test_a_lot_without_a_day_ends_by_the_rule(rules, at):
    at(keeping.noon(date(2026, 11, 22)))
    bring_in(table([(*GALA[:5], "", *GALA[6:])], HEADER))
    assert keeping.lots() == [(2340, date(2027, 11, 30))]


def test_the_file_is_taken_back_with_all_it_opened(rules):
    batch = bring_in(table([GALA], HEADER))
    her = factories.customer("Gala").id
    assert revert(batch).status == "reverted"
    sums = sa.select(sa.func.sum(PointsEntry.active)).where(PointsEntry.customer_id == her)
    assert db.session().scalar(sums) == 0
    assert db.session().scalars(sa.select(OpeningBalance)).all() == []
    assert keeping.faults() == []


def test_of_somebody_known_only_what_is_left_goes_and_that_a_part_stays_is_said(rules):
    factories.meet("Gala Moss", "+8613800001122")
    batch = bring_in(table([GALA], HEADER))
    assert tier_book.tier("Gala").tier == "gold"
    with db.write_tx() as tx:
        keeping.redeem(tx, 340)
    after = revert(batch)
    assert (after.status, after.stayed) == ("reverted", 1)
    assert keeping.balance() == (0, 0, 0)
    assert tier_book.tier("Gala") is None
    assert keeping.faults() == []


def test_bad_values_hold_their_row_back_with_a_reason(rules):
    rows = [
        (*GALA[:2], "12 or 13", *GALA[3:]), ("Ada Bo", "13800001123", "5", "", "12.5", "", "", "", ""), ("Ida Bo", "13800001124", "", "2099-01-01", "", "", "", "", ""),
        ("Una Bo", "13800001125", "", "", "", "", "Platinum", "", ""), ("Ria Bo", "13800001126", "", "", "7", "soon", "", "", ""),
    ]  # fmt: skip
    batch = bring_in(table(rows, HEADER))
    assert imports.tally_of(batch).refused == 5
    why = [words for _row, words in imports.refused_rows(batch)]
    assert [part in words for part, words in zip(("price", "whole number", "future", "Platinum", "no date"), why, strict=True)] == [
        True
    ] * 5


def test_without_rules_for_points_they_are_left_out_and_said_so(ctx):
    batch = bring_in(table([(*GALA[:6], "", "", "")], HEADER))
    tally = imports.tally_of(batch)
    assert (tally.created, tally.stored["opening_total"], tally.unstored["points_rules"]) == (1, 1, 1)
    with speaking("en"):
        assert "no rules for points" in str(import_words.needs(tally.unstored, "en")[0])
    assert keeping.balance() == (0, 0, 0)


def test_the_preview_names_what_is_not_kept_here(rules, sign_in):
    from tests.customers.importing import choose

    batch = choose(table([GALA], HEADER))
    page = sign_in("ben").get(f"/imports/{batch.public_id}").text
    assert "stored value and punch cards stay in the till" in page
    assert "Opening balance: points" in page


def test_the_pages_show_it_with_its_file(rules, sign_in):
    bring_in(table([GALA], HEADER))
    her = factories.customer("Gala").public_id
    ben = sign_in("ben")
    page = ben.get(f"/purchases/of/{her}").text
    assert "CN¥18,640.50" in page
    assert "From members.csv. Counts for no tier, points or score." in page
    assert "Brought along, members.csv" in ben.get(f"/points/of/{her}").text
    assert "18,640" not in sign_in("ana").get(f"/purchases/of/{her}").text


def test_a_merge_takes_it_along(rules):
    bring_in(table([GALA], HEADER))
    assert keeping.balance() == (0, 2340, 0)
    noor = factories.customer("Noor")
    assert db.session().scalars(sa.select(OpeningBalance).where(OpeningBalance.customer_id == noor.id)).all() == []
