"""Without a thumb: the search is driven by keys and read aloud."""

import pytest

from tests.browser import stock
from tests.browser.conftest import handing


@pytest.fixture(params=["zh", "en"])
def ana(request, chromium, shop):
    with handing(chromium, shop, request.param) as give:
        yield give("ana")


def test_arrows_and_enter_open_a_row(ana):
    ana.go("/customers")
    ana.find("王小")
    ana.press("q", "ArrowDown")
    ana.press("q", "ArrowDown")
    chosen = ana.at("[name=q]").get_attribute("aria-activedescendant")
    wanted = ana.words(f"#{chosen} .name")
    assert ana.at(f"#{chosen}").get_attribute("aria-selected") == "true"
    ana.press("q", "Enter", opens=True)
    assert ana.words("h1") == wanted


def test_enter_right_after_typing_waits_for_the_answer(ana):
    ana.go("/customers")
    ana.type("q", "3921 王")
    ana.press("q", "Enter", opens=True)
    assert ana.words("h1") == stock.XIAOMING


def test_escape_clears_the_search(ana):
    ana.go("/customers")
    ana.find("wxm")
    ana.press("q", "Escape")
    ana.at("#results[data-typed='']").wait_for()
    assert ana.at("[name=q]").input_value() == ""


def test_the_first_tab_skips_to_the_content(ana):
    ana.go("/customers")
    ana.page.keyboard.press("Tab")
    assert ana.page.evaluate("document.activeElement.hash") == "#main"
