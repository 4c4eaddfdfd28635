"""Points at the counter on a phone, with and without script: redeemed in four taps, taken back, a large correction seen by two."""

from tests.browser import stock


def card(phone):
    phone.go("/customers")
    phone.open(stock.XIAOMING)


def test_points_are_redeemed_in_four_taps_and_the_card_says_so(hand, shop):
    ana = hand("ana")
    card(ana)
    assert "410" in ana.words("dl.before")
    before = ana.taps
    ana.tap("dl.before a[href*='/points/of/']")
    ana.tap(".act a[href$='/redeem']")
    ana.tap("label:has([name=amount][value='100'])", opens=False)
    ana.tap(".act button")
    assert ana.taps - before == 4
    assert "310" in ana.words()
    assert "−100" in ana.words()
    ana.tap("form[action$='/taken-back'] button >> nth=0")
    assert "410" in ana.words()
    assert ana.overflow() <= 0


def test_a_large_correction_is_seen_by_two(hand, shop):
    hua = hand("hua")
    hua.go("/approvals")
    assert "900" in hua.words()
    hua.tap("button[name=decision][value=yes]")
    hua.go(f"/points/of/{shop.ids['her']}")
    assert "1,310" in hua.words()
