"""A tier is reached at the till and explained at the counter, on a phone, with and without script."""

from tests.browser import stock

NAMES = {"zh-CN": ("金卡", "钻卡"), "en": ("Gold", "Diamond")}


def test_a_tier_is_reached_and_explained_in_five_taps(hand, shop):
    ana = hand("ana")
    gold, diamond = NAMES[ana.lang]
    ana.go("/customers")
    ana.open(stock.XIAOMING)
    assert gold not in ana.words("dl.before")
    before = ana.taps
    ana.tap("a[href*='/purchases/for/']")
    ana.type("lines-0-name", "羊绒长大衣")
    ana.type("lines-0-price", "6800")
    ana.tap(".act button")
    assert gold in ana.words()
    ana.tap("main a[href*='/tiers/of/']")
    assert "¥" not in ana.words()
    assert diamond in ana.words()
    ana.tap(".act a.do")
    assert "¥8,760" in ana.words()
    assert "¥11,240" in ana.words()
    assert ana.at("nav.tabs").count() == 0
    ana.tap(".act button")
    assert "Ana" in ana.words(".act")
    assert ana.taps - before == 5
    ana.tap("header a")
    assert gold in ana.words("dl.before .chip.gold")
    assert "?" not in ana.page.url


def test_the_owner_changes_a_rule_and_sees_who_would_change(hand, shop):
    hua = hand("hua")
    hua.go(f"/tiers/draft/{shop.ids['tier_draft']}")
    hua.tap("a[href*='/who?']")
    assert stock.XIAOMING in hua.words()
    hua.go(f"/tiers/draft/{shop.ids['tier_draft']}/edit")
    hua.at("[name=tiers-2-threshold-CNY]").fill("300")
    hua.tap(".act button")
    assert "300" in hua.at("[name=tiers-2-threshold-CNY]").input_value()
    assert hua.at(".errors").count() == 1
    hua.at("[name=tiers-2-threshold-CNY]").fill("3000")
    hua.tap(".act button")
    assert "¥3,000" in hua.words()
