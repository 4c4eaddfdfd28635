"""What may never be stored: the measured corpus, the numbers, the masks, and the way back to the typed text."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm.consent.card_numbers import is_bank_card, is_id_15, is_id_18
from relcrm.consent.forbidden import ADVICE, check, findings
from relcrm.consent.normal_text import normalise
from relcrm.errors import BadValue

CORPUS = json.loads(Path(__file__).with_name("forbidden_corpus.json").read_text(encoding="utf-8"))
ID_18, ID_15, CARD = "11010519491231002X", "110105491231002", "4111111111111111"


def codes(text):
    return [found.code for found in findings(text)]


@pytest.mark.parametrize(
    ("half", "recall", "false_alarms"),
    [("first_half", 38, 0), ("held_out", 38, 0), ("oblique", 23, 4)],
)
def test_recall_and_false_alarms_stay_as_measured(half, recall, false_alarms):
    missed = [note["text"] for note in CORPUS[half]["forbidden"] if note["code"] not in codes(note["text"])]
    alarmed = [text for text in CORPUS[half]["harmless"] if findings(text)]
    assert len(CORPUS[half]["forbidden"]) - len(missed) >= recall, missed
    assert len(alarmed) <= false_alarms, alarmed


@pytest.mark.parametrize(
    "text",
    [
        ID_18,
        ID_18.lower(),
        "110105 19491231 002X",
        " ".join(ID_18),
        "１１０１０５１９４９１２３１００２Ｘ",
        f"电话13800138000 {ID_18}",
        f"号{ID_18}，",
    ],
)
def test_identity_numbers_are_found_however_they_are_written(text):
    assert codes(text) == ["id_number"]


@pytest.mark.parametrize("text", ["110105194912310021", "99010519491231002X", "110105194913310020", "1" + ID_18, ID_18 + "1"])
def test_a_number_that_fails_check_province_or_date_is_no_identity_number(text):
    assert "id_number" not in codes(text)


def test_the_old_identity_number_needs_a_province_and_a_date():
    assert codes(ID_15) == ["id_number"]
    assert not is_id_15("990105491231002")
    assert not is_id_15("110105491331002")
    assert is_id_18(ID_18.lower())


@pytest.mark.parametrize(
    "text", [CARD, "4111 1111 1111 1111", "4111-1111-1111-1111", " ".join(CARD), "378282246310005", "6200000000000005"]
)
def test_bank_cards_are_found(text):
    assert codes(text) == ["bank_card"]


def test_a_number_called_bank_card_needs_no_check_digit():
    assert codes("银行卡 6222020200112230") == ["bank_card"]


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112", "2026110312345678", "订单号 " + CARD, "order no. " + CARD, "13800138000", "+86 138 0013 8000", "6901234567892",
        "36 37 38 39 40 41 42 43", "2026-11-03 2026-11-05", "微信 wx_20261103", "SF1234567890123", "会员卡号 880012345678",
    ],
)  # fmt: skip
def test_everyday_numbers_of_a_shop_pass(text):
    assert codes(text) == []


def test_the_check_digit_catches_every_single_wrong_digit():
    wrong = [CARD[:i] + str((int(CARD[i]) + 1) % 10) + CARD[i + 1 :] for i in range(1, 16)]
    assert is_bank_card(CARD)
    assert not any(map(is_bank_card, wrong))


@pytest.mark.parametrize("text", ["护照E12345678", "passport: C01X00T47", "通行证 C12345678", "Passport no. 533401987"])
def test_document_numbers_beside_their_name(text):
    assert codes(text) == ["passport"]
    assert codes(text.split("号")[-1][-9:]) == []


@pytest.mark.parametrize(
    "text",
    ["懷孕了", "怀 孕 了", "怀*孕", "怀\u200b孕", "糖-尿-病", "ＰＲＥＧＮＡＮＴ", "She is Pregnant"],
)
def test_disguises_are_seen_through(text):
    assert codes(text) == ["health"]


@pytest.mark.parametrize(
    "text",
    [
        "民族风连衣裙", "羊肉", "怀旧", "在法院上班", "微胖版型", "pregnancy pillow", "基督城", "发工资那天", "Christmas", "Easter gift", "圣诞",
        "开斋节", "school shoes", "礼拜三来取", "教会她打领结", "哑光皮", "小丑图案", "Christian Dior scarf", "ugly Christmas sweater",
        "skinny jeans", "earned 5,000 points", "儿子上小学了", "女儿叫豆豆", "Her daughter likes Hello Kitty", "her son goes to school by bus",
        "现在在店里试穿", "she is currently in the fitting room", "roman blinds", "孩子生日快到了", "被抓坏的沙发",
    ],
)  # fmt: skip
def test_words_that_only_look_forbidden_pass(text):
    assert codes(text) == []


def test_a_finding_points_into_the_text_as_typed():
    text = "ＶＩＰ 客人，懷 孕 五个月"
    (found,) = findings(text)
    assert (text[found.start : found.end], found.snippet) == ("懷 孕", "懷 孕")
    assert found.start == text.index("懷")


def test_findings_stand_in_reading_order_and_once_each():
    assert codes("信佛，月薪3万，有糖尿病") == ["religion", "income", "health"]


def test_a_text_without_findings_is_accepted():
    check("喜欢宽松版型，周六来取")
    check("")


def test_the_refusal_names_the_words_the_reason_and_a_neutral_wording():
    with pytest.raises(BadValue) as refused:
        check("有点胖，信佛", field="notes")
    sentence = str(refused.value.message)
    assert (refused.value.code, refused.value.field) == ("forbidden", "notes")
    for part in ("“有点胖”", "“信佛”", "not judged", "relaxed fit", "religion is not noted", "no pork"):
        assert part in sentence


def test_words_of_one_kind_are_refused_in_one_sentence():
    with pytest.raises(BadValue) as refused:
        check("Catholic, prays daily")
    assert str(refused.value.message).count("Please leave out") == 1


def test_materials_to_avoid_may_allow_health_words_only():
    check("羊毛过敏", allow={"health"})
    with pytest.raises(BadValue, match="forbidden"):
        check("羊毛过敏，信佛", allow={"health"})


def test_every_family_has_advice_and_every_advice_a_test_note():
    noted = {note["code"] for half in ("first_half", "held_out") for note in CORPUS[half]["forbidden"]}
    assert noted == set(ADVICE)


HARD = [
    "a",
    "1 ",
    "her son ",
    "女儿在",
    "收入1一",
    "fat ",
    "is at ",
    "11010519491231002",
    "makes 1",
    "胖 ",
    "her son A",
    "信 " * 3 + " " * 40,
    "passport ",
]


@pytest.mark.parametrize("unit", HARD)
def test_five_thousand_characters_take_a_moment_whatever_they_are(unit):
    text = (unit * 5000)[:5000]
    findings("warm")
    began = time.process_time()
    findings(text)
    assert time.process_time() - began < 0.5


@given(st.text(max_size=80) | st.text("胖信佛怀孕 *-ｆatFAT\u200b1４ﬃİ\n", max_size=60))
def test_spans_always_fit_the_typed_text(text):
    seen = normalise(text)
    assert len(seen.lower) == len(seen.cased) == len(seen.origin)
    for found in findings(text):
        assert 0 <= found.start < found.end <= len(text)
        assert found.snippet == text[found.start : found.end]


@given(st.text("胖信佛怀孕ab ", max_size=40))
def test_normalising_twice_changes_nothing_more(text):
    once = normalise(text).lower
    assert normalise(once).lower == once
