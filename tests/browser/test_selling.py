"""A purchase at the counter on a phone: a few letters and taps, with and without script; nothing typed in an address."""

from tests.browser import stock


def field(place, name):
    return f"lines-{place}-{name}"


def pick(phone, place, letters, goods, price):
    """The line by letters and one tap; without script it is typed out."""
    phone.type(field(place, "name"), letters if phone.scripted else goods)
    if phone.scripted:
        phone.tap(f"#goods-{place} button:has-text('{goods}')", opens=False)
        phone.at(f"[name=lines-{place}-name][value='{goods}']").wait_for()
    else:
        phone.type(field(place, "price"), price)


def test_two_lines_are_on_file_in_ten_taps(hand, shop):
    ana = hand("ana")
    ana.go("/customers")
    ana.open(stock.XIAOMING)
    before = ana.taps
    ana.tap("a[href*='/purchases/for/']")
    pick(ana, 0, "羊毛", "羊毛开衫", "1280")
    if not ana.scripted:
        ana.type(field(0, "size"), "L")
    else:
        ana.at("[name=lines-0-size]").fill("L")
    ana.tap("summary:has(use[href*='i-plus'])", opens=False)
    pick(ana, 1, "羊绒", "羊绒围巾", "680")
    ana.tap(f"label:has([name={field(1, 'is_gift')}])", opens=False)
    ana.tap(".act button")
    assert "¥1,960" in ana.words()  # or CN¥1,960
    assert "羊毛开衫" in ana.words()
    assert "?" not in ana.page.url
    assert ana.taps - before <= 7
    ana.go("/customers")
    ana.open(stock.XIAOMING)
    assert "羊毛开衫" in ana.words("dl.before")


def test_what_came_back_is_two_taps_and_a_number(hand, shop):
    ana = hand("ana")
    ana.go(f"/purchases/{shop.ids['bought']}")
    ana.tap(".act a[href$='/returns']")
    ana.at("select[name^=back-] >> nth=0").select_option("1")
    ana.tap(".act button")
    assert "-¥1,280" in ana.words() or "-CN¥1,280" in ana.words()
