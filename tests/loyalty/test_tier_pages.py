"""The pages of tiers: the owner's way from nothing to live rules, why a customer has hers, and what she is shown."""

import re
from datetime import timedelta

import pytest

from relcrm import clock, db, jobs
from relcrm.consent.models import AccessEvent
from relcrm.customers import queries
from relcrm.customers.models import Customer
from relcrm.loyalty import tier_queries
from relcrm.loyalty.tier_models import TierLevel, TierRuleSet, TierSimulation, TierTold
from relcrm.staff.models import AuditEvent
from tests import factories
from tests.loyalty.tier_book import buy, go_live, tier


@pytest.fixture
def cleo(app):
    with app.app_context():
        return factories.customer("Cleo").public_id


def in_app(app, act, *args, **kwargs):
    with app.app_context():
        try:
            return act(*args, **kwargs)
        finally:
            db.session().close()


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def typed(client, public_id):
    """Everything that stands in the form of the draft, as a browser sends it."""
    page = client.get(f"/tiers/draft/{public_id}/edit").text
    found = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page))
    found |= {name: value for value, name in re.findall(r'<input[^>]* value="([^"]*)"[^>]* name="([^"]+)"', page)}
    for name, words in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\s*([^<]*)</textarea>', page):
        found[name] = words
    return found


def begun(client):
    return client.post("/tiers/draft").location.split("/")[3]


def test_the_owner_goes_from_nothing_to_live_rules(app, sign_in):
    in_app(app, buy, "Cleo", 2_500)
    hua = sign_in("hua")
    assert "No tiers yet" in text(hua.get("/tiers"))
    draft = begun(hua)
    form = typed(hua, draft)
    assert (form["tiers-1-threshold-CNY"], form["tiers-2-en"]) == ("2000", "Gold")
    assert hua.post(f"/tiers/draft/{draft}/edit", data=form).status_code == 303
    assert "see how many" in text(hua.get(f"/tiers/draft/{draft}"))
    hua.post(f"/tiers/draft/{draft}/simulation")
    assert "Counting" in text(hua.get(f"/tiers/draft/{draft}"))
    in_app(app, jobs.run_now, "tier_simulation")
    page = hua.get(f"/tiers/draft/{draft}")
    assert "Regular to Silver" in text(page)
    who = hua.get(f"/tiers/draft/{draft}/who?moment=at_once&before=regular&after=silver")
    assert "Cleo" in text(who)
    assert "Noor" not in text(who)
    version = re.search(r'name="version"[^>]*value="(\d+)"', page.text)[1]
    today = clock.today("Asia/Shanghai")
    assert hua.post(f"/tiers/draft/{draft}/publish", data={"version": version, "live_from": today.isoformat()}).status_code == 303
    in_app(app, jobs.run_now, "tier_rules")
    assert in_app(app, lambda: tier("Cleo").tier) == "silver"
    assert "Exchanges within 15 days" in text(sign_in("ana").get("/tiers"))
    assert in_app(app, lambda: db.session().query(AuditEvent).filter_by(act="tier_rules_published").count()) == 1


def test_a_draft_is_not_published_before_somebody_looked_who_would_change(app, sign_in):
    hua = sign_in("hua")
    draft = begun(hua)
    answer = hua.post(f"/tiers/draft/{draft}/publish", data={"version": "1", "live_from": clock.today("Asia/Shanghai").isoformat()})
    assert answer.status_code == 422
    assert in_app(app, lambda: db.session().query(TierRuleSet).one().status) == "draft"


def test_rules_do_not_begin_in_the_past(app, sign_in):
    hua = sign_in("hua")
    draft = begun(hua)
    hua.post(f"/tiers/draft/{draft}/simulation")
    in_app(app, jobs.run_now, "tier_simulation")
    version = in_app(app, lambda: db.session().query(TierRuleSet).one().version)
    day = (clock.today("Asia/Shanghai") - timedelta(days=3)).isoformat()
    answer = hua.post(f"/tiers/draft/{draft}/publish", data={"version": str(version), "live_from": day})
    assert answer.status_code == 422
    assert "from today or from a day to come" in text(answer)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tiers-2-threshold-CNY": "1500"}, "Each tier asks more"),
        ({"tiers-2-threshold-CNY": "many"}, "This is no price"),
        ({"tiers-2-threshold-CNY": ""}, "Write the amount"),
        ({"tiers-1-zh": "金卡", "tiers-1-en": "Gold"}, "same name"),
        ({"tiers-1-visits": "x"}, "A number of visits"),
        ({"window_days": "3"}, "From 30 to"),
        ({"window_days": ""}, "Write a number of days"),
        ({"tiers-3-benefits_en": "word " * 40}, "At most 8 lines"),
        ({f"tiers-{n}-{lang}": "" for n in (1, 2, 3) for lang in ("zh", "en")}, "Two tiers at least"),
    ],
)
def test_rules_that_make_no_sense_come_back_with_a_sentence_and_what_was_typed(app, sign_in, change, words):
    hua = sign_in("hua")
    draft = begun(hua)
    form = typed(hua, draft) | change
    answer = hua.post(f"/tiers/draft/{draft}/edit", data=form)
    assert answer.status_code == 422
    assert words in text(answer)
    assert 'value="20000"' in answer.text


def test_a_tier_without_a_name_is_left_out_and_one_more_is_added(app, sign_in):
    hua = sign_in("hua")
    draft = begun(hua)
    form = typed(hua, draft) | {"tiers-1-zh": "", "tiers-1-en": ""}
    more = hua.post(f"/tiers/draft/{draft}/edit", data=form | {"more": "1"})
    assert 'name="tiers-4-zh"' in more.text
    new = {"tiers-4-zh": "黑卡", "tiers-4-en": "Black", "tiers-4-threshold-CNY": "50000", "tiers-4-visits": "6"}
    assert hua.post(f"/tiers/draft/{draft}/edit", data=form | new).status_code == 303
    found = in_app(app, lambda: [(row.key, row.en, row.visits) for row in db.session().query(TierLevel).order_by(TierLevel.place)])
    assert [key for key, _en, _visits in found[:3]] == ["regular", "gold", "diamond"]
    assert found[3][1:] == ("Black", 6)


def test_two_owners_in_one_draft_do_not_overwrite_each_other(app, sign_in):
    hua = sign_in("hua")
    draft = begun(hua)
    form = typed(hua, draft)
    hua.post(f"/tiers/draft/{draft}/edit", data=form | {"grace_days": "20"})
    late = hua.post(f"/tiers/draft/{draft}/edit", data=form | {"grace_days": "10"})
    assert "Somebody changed this draft" in text(late)
    assert in_app(app, lambda: db.session().query(TierRuleSet).one().grace_days) == 20


def test_changing_the_draft_asks_for_a_new_count_and_throwing_it_away_leaves_nothing(app, sign_in):
    in_app(app, buy, "Cleo", 2_500)
    hua = sign_in("hua")
    draft = begun(hua)
    hua.post(f"/tiers/draft/{draft}/simulation")
    in_app(app, jobs.run_now, "tier_simulation")
    assert in_app(app, lambda: db.session().query(TierSimulation).count()) == 1
    hua.post(f"/tiers/draft/{draft}/edit", data=typed(hua, draft))
    assert in_app(app, lambda: (db.session().query(TierSimulation).count(), db.session().query(TierRuleSet).one().simulated)) == (0, None)
    hua.post(f"/tiers/draft/{draft}/discard")
    assert in_app(app, lambda: db.session().query(TierLevel).count() + db.session().query(TierRuleSet).count()) == 0


def test_harder_rules_say_who_would_fall_at_her_review(app, sign_in):
    in_app(app, go_live)
    in_app(app, buy, "Cleo", 2_500)
    hua = sign_in("hua")
    draft = begun(hua)
    hua.post(f"/tiers/draft/{draft}/edit", data=typed(hua, draft) | {"tiers-1-threshold-CNY": "3000"})
    hua.post(f"/tiers/draft/{draft}/simulation")
    in_app(app, jobs.run_now, "tier_simulation")
    page = text(hua.get(f"/tiers/draft/{draft}"))
    assert "At once Nobody" in page
    assert "Silver to Regular 1" in page


def test_a_manager_reads_why_with_amounts(app, sign_in, cleo):
    in_app(app, go_live)
    in_app(app, buy, "Cleo", 9_000, days_ago=30)
    in_app(app, buy, "Cleo", 2_560)
    page = sign_in("ben").get(f"/tiers/of/{cleo}")
    for words in (
        "Why Gold",
        "¥11,560",
        "¥8,440 more to Diamond",
        "57 %",
        "¥9,000 stops counting on",
        "2 purchases",
        "Coat",
        "Reached Gold",
        "Home delivery",
    ):
        assert words in text(page), words
    assert "<polyline" in page.text


@pytest.mark.parametrize("number", ["ana", "ada"])
def test_an_associate_reads_why_in_words_and_not_one_amount(app, sign_in, cleo, number):
    in_app(app, go_live)
    in_app(app, buy, "Cleo", 9_000)
    page = text(sign_in(number).get(f"/tiers/of/{cleo}"))
    assert "Why Gold" in page
    assert ("A good part of the way to Diamond" in page) is (number == "ana")  # another associate knows the tier alone
    assert "¥" not in page
    assert "%" not in page
    assert ("1 visit counts" in page) is (number == "ana")


def test_an_auditor_reads_the_sums_under_a_pseudonym(app, sign_in, cleo):
    in_app(app, go_live)
    in_app(app, buy, "Cleo", 9_000)
    answer = sign_in("quinn").get(f"/tiers/of/{cleo}")
    page = text(answer)
    assert "¥9,000" in page
    assert "<polyline" not in answer.text  # each of its steps is a receipt
    assert "stops counting" not in page
    assert "Cleo" not in page
    assert "Show her" not in page


def test_she_is_shown_her_own_figures_in_her_language_and_that_is_logged(app, sign_in, cleo):
    in_app(app, go_live)
    in_app(app, buy, "Cleo", 9_000)
    page = sign_in("ana").get(f"/tiers/of/{cleo}/show")
    assert "¥9,000" in text(page)
    assert "¥11,000 more to Diamond" in text(page)
    assert 'class="tabs"' not in page.text
    assert in_app(app, lambda: db.session().query(AccessEvent).filter_by(kind="tier_shown").count()) == 1

    def speaks_chinese():
        with db.write_tx() as tx:
            tx.query(Customer).filter_by(public_id=cleo).one().language = "zh"

    in_app(app, speaks_chinese)
    page = sign_in("ana").get(f"/tiers/of/{cleo}/show")
    assert 'lang="zh-CN"' in page.text
    assert "金卡" in page.text


def test_who_does_not_serve_her_sees_no_figures_by_way_of_showing(app, sign_in, cleo):
    in_app(app, go_live)
    ada = sign_in("ada")
    assert ada.get(f"/tiers/of/{cleo}/show").status_code == 403
    ada.post(f"/customers/{cleo}/serving")
    assert ada.get(f"/tiers/of/{cleo}/show").status_code == 200


def test_one_tap_notes_that_she_was_told(app, sign_in, cleo):
    in_app(app, go_live)
    ana = sign_in("ana")
    assert "Rules not told yet" in text(ana.get(f"/tiers/of/{cleo}"))
    assert ana.post(f"/tiers/of/{cleo}/told").status_code == 303
    ana.post(f"/tiers/of/{cleo}/told")
    assert "Rules told" in text(ana.get(f"/tiers/of/{cleo}"))
    assert in_app(app, lambda: db.session().query(TierTold).count()) == 1
    in_app(app, go_live, clock.today("Asia/Shanghai"))
    assert "new rules since" in text(ana.get(f"/tiers/of/{cleo}"))


def test_before_there_are_rules_every_page_says_so(app, sign_in, cleo):
    ana = sign_in("ana")
    assert "No tiers yet" in text(ana.get(f"/tiers/of/{cleo}"))
    assert "There are no tiers yet" in text(ana.get(f"/tiers/of/{cleo}/show"))
    assert ana.post(f"/tiers/of/{cleo}/told").status_code == 409
    assert "Tier" not in ana.get(f"/customers/{cleo}").text.split('class="card before"')[1].split("</dl>")[0]


def test_the_card_and_the_timeline_tell_her_tier(app, sign_in, cleo):
    in_app(app, go_live)
    in_app(app, buy, "Cleo", 9_000)
    page = sign_in("ana").get(f"/customers/{cleo}")
    assert '<span class="chip gold">Gold</span>' in page.text
    happened = text(page).split("What happened")[1]
    assert happened.index("Reached Gold") < happened.index("Bought Coat")
    assert "¥8,000" not in happened
    assert "CN¥9,000 counted; it takes CN¥8,000" in text(sign_in("ben").get(f"/customers/{cleo}/timeline?kind=tiers"))


def test_the_receipt_that_led_to_a_tier_says_so(app, sign_in, cleo):
    in_app(app, go_live)
    in_app(app, buy, "Cleo", 300, days_ago=3)
    in_app(app, buy, "Cleo", 2_500)
    ana = sign_in("ana")
    links = re.findall(r'href="(/purchases/[\w-]{12})"', ana.get(f"/purchases/of/{cleo}").text)
    assert ["She is Silver" in text(ana.get(link)) for link in links] == [True, False]


def test_the_page_says_what_keeps_her_tier_at_its_end(app, sign_in, cleo):
    in_app(app, go_live)
    in_app(app, buy, "Cleo", 6_000, days_ago=100)
    in_app(app, buy, "Cleo", 2_500, days_ago=10)
    end = clock.today("Asia/Shanghai") + timedelta(days=355)
    assert in_app(app, lambda: tier_queries.stand(seen_by_ben()).keep_by) == end
    assert "¥8,000 more by" in text(sign_in("ben").get(f"/tiers/of/{cleo}"))
    in_app(app, buy, "Cleo", 3_000)
    assert in_app(app, lambda: tier_queries.stand(seen_by_ben()).keeping) == 500_000
    assert "not enough to keep it" in text(sign_in("ana").get(f"/tiers/of/{cleo}"))
    in_app(app, buy, "Cleo", 5_000)
    assert "is enough to keep it" in text(sign_in("ana").get(f"/tiers/of/{cleo}"))


def seen_by_ben():
    return queries.seen_by(factories.staff("ben"), factories.customer("Cleo"))
