"""The checklist before she leaves: taps, problems, her answer, and finishing; with and without script."""

import pytest
import sqlalchemy as sa

from relcrm import db
from relcrm.consent import ledger
from relcrm.consent import rules as consent_rules
from relcrm.errors import BadValue, NotAllowed, RuleError
from relcrm.handover import contact_card, reading, rules, steps
from relcrm.handover.models import AfterSales, Handover, HandoverStep
from relcrm.products import care
from relcrm.purchases import queries
from relcrm.purchases.models import Purchase
from relcrm.purchases.rules import Line
from relcrm.staff.models import Store
from tests import factories, goods
from tests.loyalty import tier_book
from tests.page_forms import form_to
from tests.purchases.selling import bring_back, sell

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
REQUIRED = ("count", "look", "parts", "function", "same", "care", "promise", "papers", "card", "door")


def bought(*lines, name="Noor", by="ana"):
    with db.write_tx() as tx:
        rules.start(tx)
        return sell(
            tx, tx.merge(factories.staff(by)), factories.customer(name), lines=lines or (Line("Coat", 500, category="outerwear"),)
        ).id


def act(purchase_id, how, *args, by="ana", **more):
    with db.write_tx() as tx:
        return how(tx, tx.merge(factories.staff(by)), tx.get_one(Purchase, purchase_id), *args, **more)


def sheet_of(purchase_id):
    purchase = db.session().get_one(Purchase, purchase_id)
    return reading.sheet(purchase, queries.lines_of(purchase.id))


def states(purchase_id):
    return {row.step: row.state for row in reading.marks(purchase_id)}


def test_a_handover_is_left_and_gone_on_with(ctx):
    coat = bought()
    act(coat, rules.mark, "count", "done")
    act(coat, rules.mark, "look", "done")
    act(coat, rules.mark, "look", "")
    assert states(coat) == {"count": "done"}
    act(coat, rules.mark, "look", "done", by="ben")
    act(coat, rules.finish)
    sheet = sheet_of(coat)
    assert sheet.head.finished_by_id == factories.staff("ana").id
    assert [step.key for step in sheet.skipped] == ["parts", "function", "same", "care", "promise", "papers", "card", "door"]
    with pytest.raises(RuleError, match="finished"):
        act(coat, rules.mark, "door", "done")


def test_nothing_leaves_uncounted_or_while_something_is_held_back(ctx):
    coat = bought()
    act(coat, rules.mark, "look", "done")
    with pytest.raises(RuleError, match="not_counted"):
        act(coat, rules.finish)
    act(coat, rules.mark, "count", "done")
    act(coat, rules.mark, "parts", "held", note="no spare button", line_id=sheet_of(coat).lines[0].id)
    with pytest.raises(RuleError, match="held"):
        act(coat, rules.finish)
    act(coat, rules.mark, "parts", "fixed", note="no spare button", line_id=sheet_of(coat).lines[0].id)
    act(coat, rules.finish)
    (problem,) = sheet_of(coat).problems
    assert (problem.step, problem.note, problem.line_id) == ("parts", "no spare button", sheet_of(coat).lines[0].id)


@pytest.mark.parametrize(
    ("key", "state", "note", "code"),
    [("door", "held", "", "no_problem_here"), ("what", "done", "", "no_step"), ("look", "fixed", "x" * 201, "long")],
)
def test_what_makes_no_sense_is_refused(ctx, key, state, note, code):
    coat = bought()
    with pytest.raises(BadValue, match=code):
        act(coat, rules.mark, key, state, note=note)
    assert db.session().get(Handover, coat) is None


def test_a_note_is_checked_like_every_other_and_a_strange_line_is_none(ctx):
    coat, other = bought(), bought(name="Cleo")
    with pytest.raises(BadValue):
        act(coat, rules.mark, "look", "fixed", note="11010519491231002X")
    act(coat, rules.mark, "look", "fixed", note="seam", line_id=sheet_of(other).lines[0].id)
    assert reading.marks(coat)[0].line_id is None


def test_the_versions_of_what_was_told_stay_with_the_handover(ctx):
    coat = goods.product("Coat")
    made = bought(Line("Coat", 500, product_id=coat.id))
    sheet = sheet_of(made)
    (note,) = sheet.notes
    act(made, rules.mark, "care", "done", told=rules.told_at("care", sheet.promise, sheet.notes))
    act(made, rules.mark, "promise", "done", told=rules.told_at("promise", sheet.promise, sheet.notes))
    with db.write_tx() as tx:
        rules.promise(tx, tx.merge(factories.staff("hua")), {"zh": "十四天可以换", "en": ""})
    with db.write_tx() as tx:
        seen = {column: getattr(care.current(note.key), column) for column in care.COLUMNS}
        care.write(tx, tx.merge(factories.staff("ben")), note.key, note.version, {**seen, "zh": "别晒"})
    told = {row.step: row.told for row in reading.marks(made)}
    assert told == {"care": {"care": {note.key: 1}}, "promise": {"promise": sheet.promise.id}}
    assert (sheet_of(made).promise.en, sheet_of(made).notes[0].version) == ("十四天可以换", 2)


def test_parts_and_notes_are_those_of_all_that_was_bought(ctx):
    coat = goods.product("Coat")
    made = sheet_of(bought(Line("Coat", 500, quantity=2, product_id=coat.id), Line("Boots", 9, category="shoes"), Line("Odd thing", 1)))
    assert {note.key for note in made.notes} == {"coat", "leather"}
    assert {"Belt", "Laces"} <= {part["en"] for part in made.parts}
    assert made.pieces == 4
    jar = goods.product("Cream", key="skincare").id
    cream = sheet_of(bought(Line("Cream", 5, product_id=jar)))
    assert steps.FUNCTION not in {step.key for step in cream.steps}


def test_her_answer_goes_into_the_ledger_and_is_not_asked_for_twice(ctx):
    noor, coat = factories.customer("Noor"), bought()
    assert ledger.may(noor.id, "callback").code == "DENIED"
    assert sheet_of(coat).asked == "rest"
    ruth = bought(name="Cleo")
    assert (sheet_of(ruth).asked, "call" in {step.key for step in sheet_of(ruth).skipped}) == ("yes", False)


def test_a_yes_at_the_door_is_a_grant_and_a_no_is_a_denial(ctx, fresh):
    for said, standing in ((True, "OK"), (False, "DENIED")):
        her = fresh()
        coat = bought(name=her)
        with db.write_tx() as tx:
            purchase = tx.get_one(Purchase, coat)
            _row, seen = queries.get(factories.staff("ana"), purchase.public_id)
            rules.hear(tx, tx.merge(factories.staff("ana")), purchase, seen, said, lang="en")
        assert ledger.may(factories.customer(her).id, "callback").code == standing
        assert reading.marks(coat)[0].told == {"yes": said}


@pytest.fixture
def fresh(ctx):
    people = iter((("Ruth", "13900000001"), ("Vera", "13900000002")))

    def made():
        name, phone = next(people)
        factories.meet(name, phone)
        return name

    return made


def test_extras_go_on_and_off(ctx):
    coat = bought()
    for key in ("gift_wrap", "carry"):
        act(coat, rules.extra, key, {})
    assert reading.marks(coat)[0].told == {"extras": ["carry", "gift_wrap"], "said": {}}
    for key in ("gift_wrap", "carry"):
        act(coat, rules.extra, key, {})
    assert states(coat) == {}
    with pytest.raises(BadValue, match="no_extra"):
        act(coat, rules.extra, "tier:0", {})


def test_what_her_tier_brings_is_offered_and_kept_in_its_words(ctx, sign_in):
    tier_book.go_live()
    coat = bought(Line("Coat", 250_000))
    public_id, ana = db.session().get_one(Purchase, coat).public_id, sign_in("ana")
    form = form_to(ana.get(f"/handover/{public_id}").text, f"/handover/{public_id}/mark")
    page = ana.post(f"/handover/{public_id}/mark", data={**form, "mark": "extras=tier:0"}, headers=FRAGMENT).text
    db.session().rollback()
    words = reading.marks(coat)[0].told["said"]["tier:0"]
    assert "15" in words  # of Silver: a longer time to exchange
    assert words in page


def test_a_closed_file_gets_no_marks_and_an_auditor_makes_none(ctx):
    coat = bought()
    with pytest.raises(NotAllowed):
        act(coat, rules.mark, "count", "done", by="quinn")
    with db.write_tx() as tx:
        ana = tx.merge(factories.staff("ana"))
        consent_rules.withdraw(tx, factories.customer("Noor").id, ledger.SERVICE, actor=ana, store_id=1, lang="en")
    with pytest.raises(RuleError, match="closed"):
        act(coat, rules.mark, "count", "done")


def test_twelve_taps_from_the_sale_to_the_door_without_script(ctx, sign_in):
    coat = db.session().get_one(Purchase, bought()).public_id
    ana = sign_in("ana")
    assert f'href="/handover/{coat}"' in ana.get(f"/purchases/{coat}").text
    taps = 1
    for key in REQUIRED:
        form = form_to(ana.get(f"/handover/{coat}").text, f"/handover/{coat}/mark")
        answer = ana.post(f"/handover/{coat}/mark", data={**form, "mark": f"{key}=done"})
        assert answer.status_code == 303
        taps += 1
    form = form_to(ana.get(f"/handover/{coat}").text, f"/handover/{coat}/finish")
    assert ana.post(f"/handover/{coat}/finish", data=form).location == f"/purchases/{coat}"
    assert taps + 1 <= 13
    assert "Handed over" in ana.get(f"/purchases/{coat}").text
    assert f"/handover/{coat}/mark" not in ana.get(f"/handover/{coat}").text


def test_a_tap_with_script_brings_the_list_back_and_a_refusal_says_why(ctx, sign_in):
    coat = db.session().get_one(Purchase, bought()).public_id
    ana = sign_in("ana")
    form = form_to(ana.get(f"/handover/{coat}").text, f"/handover/{coat}/mark")
    page = ana.post(f"/handover/{coat}/mark", data={**form, "mark": "parts=held", "note-parts": "button"}, headers=FRAGMENT).text
    assert page.lstrip().startswith('<div id="handover">')
    assert "button · held back" in page
    refused = ana.post(f"/handover/{coat}/finish", data=form)
    assert refused.status_code == 422
    assert "Something is held back" in refused.text
    left = ana.get(f"/customers/{factories.customer('Noor').public_id}").text
    assert "left for later, 1 steps done" in left
    assert f"/handover/{coat}" in left


def test_a_return_is_not_handed_over(ctx, sign_in):
    coat = bought()
    with db.write_tx() as tx:
        back = bring_back(tx, tx.merge(factories.staff("ana")), tx.get_one(Purchase, coat), {1: 1}).public_id
    assert "/handover/" not in sign_in("ana").get(f"/purchases/{back}").text


def test_the_card_names_store_and_associate_and_its_code_reads_as_a_contact(ctx, sign_in):
    with db.write_tx() as tx:
        tx.query(Store).filter_by(name="North").one().phone = "057187002216"
    page = sign_in("ana").get("/handover/card").text
    north = db.session().scalar(sa.select(Store).where(Store.name == "North"))
    assert north.phone in page
    assert "Ana" in page
    assert page.count('class="qr"') == 1
    words = contact_card.vcard(factories.staff("ana"), north)
    assert words.startswith("BEGIN:VCARD\r\nVERSION:3.0\r\nN:;")
    assert f"TEL:{north.phone}" in words
    assert "No store, no card" in sign_in("hua").get("/handover/card").text


def test_the_owner_writes_the_promise(ctx, sign_in):
    hua = sign_in("hua")
    form = form_to(hua.get("/handover/promise").text, "")
    assert hua.post("/handover/promise", data={**form, "zh": "", "en": " "}).status_code == 422
    assert hua.post("/handover/promise", data={**form, "zh": "七天", "en": "Seven days"}).status_code == 303
    db.session().rollback()
    assert [(row.zh, row.en) for row in db.session().scalars(sa.select(AfterSales))] == [("七天", "Seven days")]


def test_steps_go_with_their_purchase(ctx):
    coat = bought()
    act(coat, rules.mark, "count", "done")
    with db.write_tx() as tx:
        tx.execute(sa.delete(Purchase).where(Purchase.id == coat))
    assert db.session().scalars(sa.select(HandoverStep)).all() == []
