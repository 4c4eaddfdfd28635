"""Two files of one person become one on a phone, and two again: in both languages, with and without script."""

from tests.browser import stock


def test_two_files_become_one_and_two_again(hand, shop):
    ana = hand("ana")
    ana.go(f"/customers/{shop.ids['her']}")
    ana.tap("a[href$='/merge']")
    ana.find("赵敏")
    ana.tap("#results a.row")
    assert {stock.XIAOMING, "赵敏"} <= set(ana.words().split())
    assert ana.at(".li.mind").count() == 1
    ana.tap("label.pick:has-text('赵敏')", opens=False)
    ana.tap("button[form=merge-form]")
    assert "赵敏" in ana.words("header")
    assert stock.XIAOMING not in ana.words("header")
    ana.tap("#merged summary", opens=False)
    ana.tap("#merged form button")
    assert ana.page.url.endswith("/meanwhile")
    for name, file in ((stock.XIAOMING, "her"), ("赵敏", "other")):
        ana.go(f"/customers/{shop.ids[file]}")
        assert name in ana.words("header")
