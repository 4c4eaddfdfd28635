"""Keeping the file clean on a phone: somebody noticed while she is noted again, a pair told apart and back, a slip mended."""

from tests.browser import stock


def test_whoever_is_called_so_is_shown_while_she_is_noted_and_one_tap_opens_her(hand):
    ana = hand("ana")
    ana.go("/customers/new")
    ana.type("name", stock.QIAN)
    if ana.scripted:
        ana.at("#known a.row").first.wait_for()
        assert ana.at("#known a.row").count() == len(stock.TWICE)
        ana.tap("#known a.row")
        assert stock.QIAN in ana.words("h1")
        return
    ana.type("phone", "15912348888")
    ana.tap("button[form=capture]")
    assert stock.QIAN in ana.words("h1")


def test_the_hint_does_not_stand_in_the_way_of_somebody_new(hand):
    ana = hand("ana")
    ana.go("/customers/new")
    ana.type("name", stock.QIAN)
    ana.type("phone", "15912348888")
    if ana.scripted:
        ana.at("#known section").wait_for()
    ana.tap("button[form=capture]")
    assert "159 1234 8888" in ana.words("header")


def test_two_files_are_told_apart_and_the_word_is_taken_back(hand):
    ben = hand("ben")
    ben.go("/store")
    ben.tap("a[href='/duplicates']")
    assert ben.at(".tiles").count() == 1
    ben.tap("form[action$='/different'] button")
    assert ben.at("form[action$='/different']").count() == 0
    ben.tap("form[action$='/different/removal'] button")
    assert ben.at("form[action$='/different']").count() == 1


def test_a_slip_is_found_on_its_list_and_gone_when_it_is_mended(hand):
    ben = hand("ben")
    ben.go("/store")
    ben.tap("a[href='/clean-file']")
    ben.tap("a[href='/clean-file/email_wrong']")
    assert "gmail.com" in ben.words()
    ben.tap("main a.card")
    assert stock.QIAN in ben.words("h1")
    ben.go(f"{ben.page.url.removeprefix(ben.base)}/edit")
    email = ".li:has-text('@') details"
    ben.tap(f"{email} summary", opens=False)
    ben.tap(f"{email} form button")
    ben.go("/clean-file/email_wrong")
    assert "gmail.com" not in ben.words()
