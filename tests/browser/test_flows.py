"""What a shop does all day, on a phone, in both languages, with and without script."""

import re

from relcrm.consent import catalogue
from tests.browser import stock
from tests.factories import CLEO_PHONE, PASSWORD

FORBIDDEN = "她是基督徒，礼拜天不来"


def local(phone: str) -> str:
    return phone.removeprefix("+86")


def _words_of(key, choice, phone):
    [found] = [one for one in catalogue.field(key).choices if one.key == choice]
    return catalogue.label(found, phone.lang[:2])


def test_a_newcomer_is_noted_with_two_fields_and_two_taps(hand):
    ana = hand("ana")
    ana.go("/customers")
    ana.tap("a.plus")
    ana.type("name", "林姐")
    ana.type("phone", "139 1234 5678")
    if ana.scripted:
        ana.at("#known .ok").wait_for()
    ana.tap("button[form=capture]")
    assert "林姐" in ana.words("h1")
    assert "139 1234 5678" in ana.words("header")
    assert ana.taps <= 3, "capture is '+', two fields, save, and one tap more at most"


def test_a_wrong_number_is_said_while_it_is_typed(hand):
    ana = hand("ana")
    ana.go("/customers/new")
    ana.type("name", "林姐")
    ana.type("phone", "1391234567890")
    if ana.scripted:
        ana.at("#known .err").wait_for()
    ana.tap("button[form=capture]")
    assert ana.at("[name=phone]").get_attribute("aria-invalid") == "true"
    assert ana.at("[name=phone]").input_value() == "1391234567890"
    assert ana.at("[name=name]").input_value() == "林姐"


def test_somebody_known_is_answered_before_saving(hand):
    ana = hand("ana")
    ana.go("/customers/new")
    ana.type("name", "小王")
    ana.type("phone", local(stock.XIAOMING_PHONE))
    if not ana.scripted:
        ana.tap("button[form=capture]")
    ana.at("#known a.row").wait_for()
    assert stock.XIAOMING in ana.words("#known")
    ana.tap("#known a.row")
    assert stock.XIAOMING in ana.words("h1")


def test_she_is_found_by_whatever_one_remembers(hand):
    ana = hand("ana")
    ana.go("/customers")
    for typed in ("wxm", "王小", "3921", stock.NICKNAME):
        assert stock.XIAOMING in " ".join(ana.find(typed).all_inner_texts()), typed
    assert stock.GARCIA in ana.find("garc").first.inner_text()
    assert ana.at("#results mark").first.inner_text() == "Garc"


def test_nobody_found_offers_capture_with_what_was_typed(hand):
    ana = hand("ana")
    ana.go("/customers")
    ana.find("诸葛亮亮")
    ana.tap("#results button.new")
    assert ana.at("[name=name]").input_value() == "诸葛亮亮"


def test_the_way_back_shows_the_search_again(hand):
    ana = hand("ana")
    ana.go("/customers")
    ana.open(stock.XIAOMING, "wxm")
    ana.tap("header.top a.round")
    assert ana.at("[name=q]").input_value() == "wxm"
    assert stock.XIAOMING in ana.words("#results")


def test_a_question_is_answered_in_place_and_rests_for_the_day(hand):
    ana = hand("ana")
    ana.go("/customers")
    ana.open(stock.XIAOMING)
    assert re.search(r"/facts/birthday", ana.at("#ask a").get_attribute("href") or "")
    ana.tap("#ask a.btn")
    ana.at("[name=calendar][value=lunar]").check()
    ana.type("month", "8")
    ana.type("day", "15")
    ana.tap("button[form=fact]")
    assert re.search("八月十五|8th lunar month", ana.words(".before")), ana.words(".before")
    assert ana.at("#ask").count() == 0


def test_she_would_rather_not_say_and_is_not_asked_again(hand):
    ana = hand("ana")
    ana.go("/customers")
    ana.open(stock.XIAOMING)
    ana.tap("#ask [value=does_not_say]")
    assert ana.at("#ask").count() == 0


def test_what_hung_on_a_withdrawn_consent_is_gone_from_card_profile_and_search(hand):
    ana = hand("ana")
    ana.go("/customers")
    ana.open(stock.XIAOMING)
    assert stock.NICKNAME in ana.words(".before")
    kept, shown = ana.words("#family b"), ana.at(".before > div").count()
    colours = _words_of("colour_pref", stock.COLOUR, ana)
    assert stock.NICKNAME in kept
    assert colours in ana.words(".before")
    ana.tap("#consents a")
    ana.tap("details.confirm:has(form[action*='/profiling/']) summary", opens=False)
    ana.tap("form[action$='/profiling/withdrawal'] button")
    assert stock.NICKNAME not in ana.words("body")
    assert ana.at("#family").count() == 0
    assert colours not in ana.words("body")
    assert ana.at(".before > div").count() == shown - 1, "her family leaves the card; what rests on service stays"
    ana.go("/customers")
    assert ana.find(stock.NICKNAME).count() == 0


def test_a_colleague_serves_her_and_her_associate_is_told(hand):
    ada, ana = hand("ada"), hand("ana")
    ada.go("/customers")
    ada.open(stock.XIAOMING)
    assert "1234" not in ada.words("header")
    assert "3921" in ada.words("header")
    assert stock.NICKNAME not in ada.words("body")
    ada.tap("form[action$='/serving'] button")
    assert "139 1234 3921" in ada.words("header")
    assert stock.NICKNAME in ada.words(".before")
    ana.go("/customers")
    assert "Ada" in ana.words("form[action*='/news/'] >> xpath=..")
    ana.tap("form[action*='/news/'] button")
    assert ana.at("form[action*='/news/']").count() == 0


def test_a_customer_of_another_store_is_found_by_her_complete_number_only(hand):
    ana, olu = hand("ana"), hand("olu")
    ana.go("/customers")
    for typed in (stock.SUN, "sunli", "8802", local(stock.SUN_PHONE)[:-1]):
        assert ana.find(typed).count() == 0, typed
        assert ana.at("#results form[action$='/meetings']").count() == 0, typed
    ana.find(local(stock.SUN_PHONE))
    row = ana.words("#results .card")
    assert "South" in row
    assert "8802" in row
    assert stock.SUN not in row
    assert "1234" not in row
    ana.tap("#results [name=act][value=here]")
    assert stock.SUN in ana.words("h1")
    olu.go("/customers")
    assert stock.SUN in olu.words("form[action*='/news/'] >> xpath=..")


def test_another_store_is_asked_to_share_and_says_yes(hand):
    ana, olu = hand("ana"), hand("olu")
    ana.go("/customers")
    ana.find(local(stock.SUN_PHONE))
    ana.tap("#results [name=act][value=ask]")
    assert ana.find(stock.SUN).count() == 0
    olu.go("/customers")
    assert "Ana" in olu.words(".card:has(form[action*='/shares/'])")
    olu.tap("form[action*='/shares/'] [value=yes]")
    assert olu.at("form[action*='/shares/']").count() == 0
    ana.go("/customers")
    assert stock.SUN in ana.find(stock.SUN).first.inner_text()


def test_a_note_with_what_may_never_be_kept_is_refused_and_not_lost(hand):
    ana = hand("ana")
    ana.go("/customers")
    ana.open(stock.XIAOMING)
    ana.type("words", FORBIDDEN)
    ana.tap("#note button")
    assert ana.at("[name=words]").input_value() == FORBIDDEN
    assert ana.at("#note .err").is_visible()
    ana.at("[name=words]").fill("周末来试新大衣")
    ana.tap("#note button")
    assert "周末来试新大衣" in ana.words(".tl")
    assert FORBIDDEN not in ana.words("body")


def test_what_was_noted_is_corrected_confirmed_and_removed(hand):
    ana = hand("ana")
    ana.go("/customers")
    ana.open(stock.XIAOMING)
    ana.tap(".tl a[href*='/notes/']")
    ana.at("[name=words]").fill("喜欢安静")
    ana.tap("button[form=words-form]")
    assert "喜欢安静" in ana.words(".tl")
    row = "details.fact:has(a[href*='/facts/pain_point'])"
    ana.tap(f"{row} summary", opens=False)
    ana.tap(f"{row} a[href*='/facts/pain_point']")
    ana.at("[name=text]").fill("袖子长")
    ana.tap("button[form=fact]")
    assert "袖子长" in ana.words(".before")
    ana.tap(f"{row} summary", opens=False)
    ana.tap(f"{row} form[action$='/removal'] button")
    assert "袖子长" not in ana.words("body")


def test_tags_and_lists_hold_her(hand):
    ana = hand("ana")
    ana.go("/customers/lists")
    ana.type("name", "大衣到货")
    ana.tap("main form .btn.do")
    ana.go("/customers")
    ana.open(stock.XIAOMING)
    ana.at("form[action$='/tags'] [name=name]").fill("羊绒")
    ana.tap("form[action$='/tags'] button")
    ana.tap("form[action$='/lists'] button")
    chips = " ".join(ana.at(".chip-form button").all_inner_texts())
    assert "羊绒" in chips
    assert "大衣到货" in chips
    ana.go("/customers/lists")
    ana.tap("main a.li")
    assert stock.XIAOMING in ana.words("main")


def test_a_number_of_her_own_is_shown_for_a_reason(hand):
    ada = hand("ada")
    ada.go("/customers")
    ada.open(stock.XIAOMING)
    ada.tap("details:has([name=reason]) summary", opens=False)
    ada.type("reason", "她让我打电话改时间")
    ada.tap("[name=what][value=phone]")
    assert "139 1234 3921" in ada.words("main")


def test_the_door_speaks_both_languages(hand):
    nobody = hand()
    nobody.go("/sign-in")
    nobody.type("login", "ana")
    nobody.type("password", "wrong")
    nobody.tap("form [type=submit]")
    assert nobody.at(".errors").is_visible()
    assert nobody.at("[name=login]").input_value() == "ana"
    nobody.lang = {"zh-CN": "en", "en": "zh-CN"}[nobody.lang]
    nobody.tap("[name=lang]")
    nobody.at("[name=login]").fill("ana")
    nobody.type("password", PASSWORD)
    nobody.tap("form [type=submit]")
    assert nobody.at("[name=q]").is_visible()
    assert nobody.find(CLEO_PHONE[-4:]).count() >= 1


def test_one_signs_out_of_this_phone(hand):
    ana = hand("ana")
    ana.go("/customers")
    ana.tap("nav.tabs a[href='/store']")
    ana.tap("main a[href='/account']")
    ana.tap("form[action='/sign-out'] button")
    assert ana.at("[name=password]").is_visible()
    ana.go("/customers")
    assert ana.at("[name=password]").is_visible()


def test_the_language_changes_for_oneself(hand):
    ana = hand("ana")
    ana.go("/account")
    ana.lang, other = {"zh-CN": ("en", "en"), "en": ("zh-CN", "zh")}[ana.lang]
    ana.tap(f"form[action='/language'] [value={other}]")
    ana.go("/customers")
