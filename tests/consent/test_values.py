"""Reading and showing values. A birthday is read by its own feature and tested there."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relcrm.consent import values
from relcrm.consent.catalogue import KINDS, categories, field, fields
from relcrm.consent.reading import READERS
from relcrm.consent.showing import WRITERS
from relcrm.errors import BadValue

TODAY = date(2026, 11, 22)


def parse(key, **inputs):
    raw = {name: given if isinstance(given, list) else [given] for name, given in inputs.items()}
    return values.parse(field(key), raw, today=TODAY)


def refused(key, **inputs):
    with pytest.raises(BadValue) as refusal:
        parse(key, **inputs)
    assert str(refusal.value.message).endswith((".", "59."))
    return refusal.value.code, refusal.value.field


# field, what the form holds, what is kept, how it reads in Chinese and in English
READ = [
    ("name", {"text": "  林\t小姐 \u200b"}, "林 小姐", "林 小姐", "林 小姐"),
    ("name", {"text": "Jose\u0301"}, "José", "José", "José"),
    ("salutation", {"value": "teacher"}, "teacher", "老师", "Teacher"),
    ("pet", {"value": ["dog", "cat", "dog"]}, ["cat", "dog"], "猫、狗", "Cat, Dog"),
    ("pet", {"value": "none"}, ["none"], "没有", "No pets"),
    ("usage_habit", {"text": "平时上班穿\r\n  周末也穿\x07"}, "平时上班穿\n周末也穿", "平时上班穿\n周末也穿", "平时上班穿\n周末也穿"),
    (
        "occupation",
        {"value": "education", "text": "小学老师"},
        {"value": "education", "text": "小学老师"},
        "教育培训 · 小学老师",
        "Education · 小学老师",
    ),
    ("occupation", {"value": "it"}, {"value": "it", "text": ""}, "互联网与软件", "Internet and software"),
    (
        "hobbies",
        {"value": ["tea", "hiking"], "text": ["养鱼，剪纸", "养鱼"]},
        {"values": ["hiking", "tea"], "texts": ["养鱼", "剪纸"]},
        "徒步登山、喝茶、养鱼、剪纸",
        "Hiking, Tea, 养鱼, 剪纸",
    ),
    (
        "colour_pref",
        {"value": ["blue", "earth"], "avoid": "red"},
        {"like": ["earth", "blue"], "avoid": ["red"]},
        "大地色、蓝色；不要：红色",
        "Earth tones, Blue; not: Red",
    ),
    ("colour_pref", {"avoid": ["red"]}, {"like": [], "avoid": ["red"]}, "不要：红色", "not: Red"),
    (
        "product_spec",
        {"category": "shoes", "size": "37", "fit": "宽楦"},
        {"category": "shoes", "size": "37", "model": "", "fit": "宽楦"},
        "鞋 37 · 宽楦",
        "Shoes 37 · 宽楦",
    ),
    (
        "product_spec",
        {"category": "tops", "model": "圆领针织"},
        {"category": "tops", "size": "", "model": "圆领针织", "fit": ""},
        "上衣 · 圆领针织",
        "Tops · 圆领针织",
    ),
    ("budget_band", {"category": "shoes", "value": "middle"}, {"category": "shoes", "value": "middle"}, "鞋：中", "Shoes: Mid-range"),
    (
        "latent_need",
        {"text": "去哈尔滨的厚外套", "date": "2026-12-20"},
        {"text": "去哈尔滨的厚外套", "date": "2026-12-20"},
        "去哈尔滨的厚外套 · 2026年12月20日",
        "去哈尔滨的厚外套 · 20 Dec 2026",
    ),
    ("latent_need", {"text": "婚礼的鞋", "date": ""}, {"text": "婚礼的鞋", "date": None}, "婚礼的鞋", "婚礼的鞋"),
    ("pause_until", {"date": "2026-11-22"}, "2026-11-22", "2026年11月22日", "22 Nov 2026"),
    (
        "important_dates",
        {"text": "结婚纪念日", "calendar": "solar", "month": "11", "day": "3"},
        {"label": "结婚纪念日", "calendar": "solar", "month": 11, "day": 3},
        "结婚纪念日 · 11月3日",
        "结婚纪念日 · 3 Nov",
    ),
    (
        "important_dates",
        {"text": "Mum", "calendar": "lunar", "month": "12", "day": "30"},
        {"label": "Mum", "calendar": "lunar", "month": 12, "day": 30},
        "Mum · 农历腊月三十",
        "Mum · 30th of the 12th lunar month",
    ),
    (
        "contact_time",
        {"weekday": "18:00-20:00，9-10", "weekend": "10：00 ～ 12：30", "avoid": ["22:00-8:00"]},
        {"weekday": ["09:00-10:00", "18:00-20:00"], "weekend": ["10:00-12:30"], "avoid": ["22:00-08:00"]},
        "工作日 09:00–10:00、18:00–20:00；周末 10:00–12:30；不要联系 22:00–08:00",
        "Weekdays 09:00–10:00, 18:00–20:00; Weekends 10:00–12:30; Do not contact 22:00–08:00",
    ),
    ("channel_pref", {"value": ["wechat", "", "phone"]}, ["wechat", "phone"], "微信，再电话", "WeChat, then Phone call"),
    (
        "address",
        {
            "province": "浙江省",
            "city": "杭州市",
            "district": "西湖区",
            "line": "文三路 1 号",
            "postcode": "３１００１２",
            "use": ["card", "delivery"],
        },
        {
            "province": "浙江省",
            "city": "杭州市",
            "district": "西湖区",
            "line": "文三路 1 号",
            "postcode": "310012",
            "use": ["delivery", "card"],
        },
        "浙江省杭州市西湖区文三路 1 号 310012 · 送货、寄贺卡",
        "文三路 1 号, 西湖区, 杭州市, 浙江省 310012 · Deliveries, Greeting cards",
    ),
    ("region", {"province": "北京市", "city": "北京市", "district": "东城区"}, None, "北京市东城区", "东城区, 北京市"),
    ("family_members", {"value": "partner", "text": "老周"}, {"value": "partner", "text": "老周"}, "老周（爱人）", "老周 (Partner)"),
    ("children", {"value": "3_6", "text": "朵朵"}, {"value": "3_6", "text": "朵朵"}, "朵朵（3 至 6 岁）", "朵朵 (3 to 6)"),
    ("children", {"value": "3_6"}, {"value": "3_6", "text": ""}, "3 至 6 岁", "3 to 6"),
    ("referred_by", {"value": "c_8Fk2"}, "c_8Fk2", "c_8Fk2", "c_8Fk2"),
    ("closest_associate", {"value": "s-77"}, "s-77", "s-77", "s-77"),
]


@pytest.mark.parametrize(("key", "inputs", "kept", "zh", "en"), READ)
def test_a_value_is_kept_and_read_back_in_both_languages(key, inputs, kept, zh, en):
    value = parse(key, **inputs)
    assert value == (kept if kept is not None else inputs)
    assert json.loads(json.dumps(value)) == value
    assert (values.show(field(key), value, "zh"), values.show(field(key), value, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("key", "inputs", "code", "at"),
    [
        ("name", {"text": "林" * 41}, "too_long", "text"),
        ("salutation", {"value": "duchess"}, "unknown_choice", "value"),
        ("salutation", {"value": ["ms", "mr"]}, "one_only", "value"),
        ("age_band", {"value": "under_14"}, "child", "value"),
        ("pet", {"value": ["cat", "dragon"]}, "unknown_choice", "value"),
        ("pet", {"value": ["cat", "none"]}, "contradiction", "value"),
        ("festival_pref", {"value": ["none", "cny"]}, "contradiction", "value"),
        ("values", {"text": "free words"}, "empty", "value"),
        ("occupation", {"text": "警察"}, "choice_missing", "value"),
        ("occupation", {"value": "it", "text": "x" * 31}, "too_long", "text"),
        ("hobbies", {"text": "x" * 31}, "too_long", "text"),
        ("hobbies", {"text": "，".join("abcdefghijk")}, "too_many", "text"),
        ("colour_pref", {"value": "red", "avoid": "red"}, "contradiction", "avoid"),
        ("colour_pref", {"value": "red", "avoid": "plaid"}, "unknown_choice", "avoid"),
        ("channel_pref", {"value": ["sms", "sms"]}, "contradiction", "value"),
        ("channel_pref", {"value": ["pigeon"]}, "unknown_choice", "value"),
        ("product_spec", {"category": "cars", "size": "37"}, "unknown_category", "category"),
        ("product_spec", {"size": "37"}, "empty", "category"),
        ("product_spec", {"category": "shoes", "size": "3" * 21}, "too_long", "size"),
        ("budget_band", {"category": "shoes", "value": "huge"}, "unknown_choice", "value"),
        ("address", {"city": "杭州市", "use": "card"}, "empty", "line"),
        ("address", {"line": "文三路 1 号"}, "use_missing", "use"),
        ("address", {"line": "文三路 1 号", "use": "resale"}, "unknown_choice", "use"),
        ("address", {"line": "文三路 1 号", "use": "card", "postcode": "邮编"}, "postcode", "postcode"),
        ("latent_need", {"text": "婚礼", "date": "2026-11-21"}, "past_day", "date"),
        ("latent_need", {"text": "婚礼", "date": "2027-02-29"}, "unreadable_day", "date"),
        ("important_dates", {"text": "纪念日", "month": "13", "day": "1"}, "number", "month"),
        ("important_dates", {"text": "纪念日", "month": "2", "day": "30"}, "number", "day"),
        ("important_dates", {"text": "纪念日", "calendar": "lunar", "month": "2", "day": "31"}, "number", "day"),
        ("important_dates", {"text": "纪念日", "calendar": "mayan", "month": "2", "day": "1"}, "calendar", "calendar"),
        ("important_dates", {"text": "纪" * 21, "month": "2", "day": "1"}, "too_long", "text"),
        ("contact_time", {"weekday": "evenings"}, "window", "weekday"),
        ("contact_time", {"weekend": "25:00-26:00"}, "clock", "weekend"),
        ("contact_time", {"weekday": "18:75-19:00"}, "clock", "weekday"),
        ("contact_time", {"weekday": "20:00-18:00"}, "window_order", "weekday"),
        ("contact_time", {"avoid": "20:00-20:00"}, "window_order", "avoid"),
        ("contact_time", {"weekday": "8-9,10-11,12-13,14-15,16-17"}, "too_many", "weekday"),
        ("referred_by", {"value": "../etc"}, "unknown_person", "value"),
        ("spend", {"value": "100"}, "not_typed", "value"),
        ("promo_acceptance", {"value": "open"}, "not_typed", "value"),
        ("community", {"text": "群"}, "not_typed", "value"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_input(key, inputs, code, at):
    assert refused(key, **inputs) == (code, at)


@pytest.mark.parametrize("key", [key for key, f in fields().items() if f.kind not in ("derived", "birthday")])
def test_a_blank_form_is_empty_for_every_field(key):
    assert refused(key)[0] == "empty"
    assert refused(key, text=" \t\u200b", value="", date="", line="\n", size=" ")[0] == "empty"


def test_a_long_text_is_refused_with_both_numbers():
    with pytest.raises(BadValue) as refusal:
        parse("fit_note", text="肩" * 203)
    assert str(refusal.value.message) == "This has 203 characters; at most 200 fit."


def test_rare_characters_of_names_and_joined_emoji_survive():
    assert parse("name", text="\U000323b0\ue863 👩\u200d👧") == "\U000323b0\ue863 👩\u200d👧"


def test_invisible_marks_that_turn_text_around_are_taken_out():
    assert parse("pain_point", text="起\u202e球\u0000了\ufeff") == "起球了"


def test_a_name_stays_on_one_line():
    assert parse("name", text="林\n小姐") == "林 小姐"


@pytest.mark.parametrize(
    ("month", "day", "zh"),
    [(1, 1, "正月初一"), (8, 15, "八月十五"), (11, 20, "冬月二十"), (10, 10, "十月初十"), (2, 29, "二月廿九"), (6, 21, "六月廿一")],
)
def test_lunar_days_read_as_people_say_them(month, day, zh):
    value = parse("important_dates", text="家", calendar="lunar", month=str(month), day=str(day))
    assert values.show(field("important_dates"), value, "zh") == f"家 · 农历{zh}"


@pytest.mark.parametrize(("day", "en"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (12, "12th"), (22, "22nd"), (23, "23rd")])
def test_lunar_days_read_as_ordinals_in_english(day, en):
    value = parse("important_dates", text="x", calendar="lunar", month="1", day=str(day))
    assert values.show(field("important_dates"), value, "en") == f"x · {en} of the 1st lunar month"


def test_a_choice_that_has_left_the_catalogue_still_reads_as_something():
    assert values.show(field("pet"), ["cat", "parrot"], "en") == "Cat, parrot"


@pytest.mark.parametrize(
    ("key", "inputs", "free"),
    [
        ("pain_point", {"text": "起球"}, ["起球"]),
        ("occupation", {"value": "it", "text": "写程序"}, ["写程序"]),
        ("occupation", {"value": "it"}, []),
        ("hobbies", {"value": "tea", "text": "养鱼，剪纸"}, ["养鱼", "剪纸"]),
        ("product_spec", {"category": "shoes", "size": "37", "fit": "宽楦"}, ["37", "宽楦"]),
        ("latent_need", {"text": "婚礼", "date": "2026-12-20"}, ["婚礼"]),
        ("important_dates", {"text": "纪念日", "month": "1", "day": "1"}, ["纪念日"]),
        ("family_members", {"value": "partner", "text": "老周"}, ["老周"]),
        ("address", {"line": "文三路", "city": "杭州市", "use": "card"}, ["杭州市", "文三路"]),
        ("region", {"city": "杭州市"}, ["杭州市"]),
        ("pet", {"value": "cat"}, []),
        ("contact_time", {"weekday": "18-20"}, []),
    ],
)
def test_free_words_are_handed_over_for_the_check_and_nothing_else(key, inputs, free):
    assert values.plain(field(key), parse(key, **inputs)) == free


@pytest.mark.parametrize(("chosen", "basis"), [("it", "profiling"), ("police", "special:identity"), ("judiciary", "special:identity")])
def test_work_that_shows_an_identity_rests_on_its_own_consent(chosen, basis):
    assert values.basis_of(field("occupation"), parse("occupation", value=chosen)) == basis


def test_every_other_value_rests_on_the_basis_of_its_field():
    assert values.basis_of(field("pet"), ["cat"]) == "profiling"
    assert values.basis_of(field("name"), "police") == "service"


def test_every_kind_can_be_read_and_shown():
    assert set(READERS) == set(WRITERS) == KINDS


INPUTS = [
    "value",
    "text",
    "month",
    "day",
    "calendar",
    "category",
    "size",
    "model",
    "fit",
    "province",
    "city",
    "district",
    "line",
    "postcode",
    "use",
    "date",
    "weekday",
    "weekend",
    "avoid",
]
SHAPES = ["1", "12", "9-10", "22:00-8", "2026-12-24", "lunar", *categories()]


def forms(f):
    likely = st.sampled_from([*SHAPES, *(choice.key for choice in f.choices)])
    typed = st.lists(likely | st.text(max_size=8) | st.text(min_size=8, max_size=40), max_size=3)
    return st.tuples(st.just(f), st.dictionaries(st.sampled_from(INPUTS), typed, max_size=8))


@settings(deadline=None)
@given(st.sampled_from([f for f in fields().values() if f.kind != "birthday"]).flatmap(forms))
def test_whatever_is_submitted_is_refused_in_words_or_kept_and_shown(form):
    f, raw = form
    try:
        value = values.parse(f, raw, today=TODAY)
    except BadValue as refusal:
        assert refusal.code
        assert refusal.field
        assert str(refusal.message)
    else:
        assert json.loads(json.dumps(value)) == value
        assert values.show(f, value, "zh")
        assert values.show(f, value, "en")
        assert all(0 < len(text) <= max(f.max, 120) for text in values.plain(f, value))
