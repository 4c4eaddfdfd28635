"""The catalogue against DOMAIN 1.3, copied out by hand, and what the start-up refuses."""

import re
from dataclasses import replace

import pytest

from relcrm.consent import catalogue
from relcrm.consent.catalogue import Choice, categories, check, field, fields, label, question, words
from relcrm.errors import NotFound, SetupError

# key | class | stage (0 = auto) | basis | visible | keep
GOLDEN_ROWS = """
name               | O | 1 | service           | OA ST SM CM | RT-A
salutation         | O | 1 | service           | OA ST SM CM | RT-A
phone              | R | 1 | service           | OA ST SM CM | RT-A
preferred_language | O | 1 | service           | OA ST SM CM | RT-A
birthday           | R | 2 | greeting          | OA SM CM    | RT-B
address            | R | 2 | service           | OA SM       | RT-B
region             | O | 2 | profiling         | OA ST SM CM | RT-B
email              | O | 2 | service           | OA SM       | RT-A
wechat             | R | 2 | service           | OA SM       | RT-A
gender             | O | 3 | profiling         | OA ST SM CM | RT-C
age_band           | R | 3 | profiling         | OA SM       | RT-C
ethnicity          | S | 3 | special:ethnicity | OA CM       | RT-S
festival_pref      | R | 3 | greeting          | OA SM       | RT-C
product_spec       | O | 0 | service           | OA ST SM CM | RT-T
fit_note           | R | 3 | service           | OA SM       | RT-C
material_avoid     | S | 3 | special:health    | OA SM       | RT-S
spend              | R | 0 | service           | OA ST SM CM | RT-T
work_status        | O | 3 | profiling         | OA SM       | RT-C
occupation         | R | 3 | profiling         | OA SM       | RT-C
dress_code         | O | 3 | service           | OA ST       | RT-C
household          | R | 3 | profiling         | OA SM       | RT-C
family_members     | R | 3 | profiling         | OA SM       | RT-C
children           | S | 3 | special:minor     | OA          | RT-S
pet                | O | 3 | profiling         | OA ST       | RT-C
housing            | S | 3 | special:housing   | OA CM       | RT-S
home_conditions    | O | 3 | service           | OA ST       | RT-C
comm_style         | R | 3 | profiling         | OA          | RT-C
service_style      | O | 3 | service           | OA ST SM    | RT-C
consumption_habit  | R | 3 | profiling         | OA SM       | RT-C
budget_band        | R | 3 | service           | OA          | RT-C
decision_factor    | O | 3 | service           | OA ST       | RT-C
usage_habit        | O | 3 | service           | OA ST       | RT-C
pain_point         | O | 3 | service           | OA ST       | RT-C
latent_need        | R | 3 | profiling         | OA          | RT-C
colour_pref        | O | 3 | profiling         | OA ST       | RT-C
hobbies            | O | 3 | profiling         | OA SM       | RT-C
lifestyle          | R | 3 | profiling         | OA SM       | RT-C
channel_pref       | O | 3 | service           | OA ST SM    | RT-A
contact_time       | O | 3 | service           | OA ST SM    | RT-A
promo_acceptance   | R | 3 | service           | OA ST SM CM | RT-E
values             | S | 3 | special:values    | OA          | RT-S
important_dates    | R | 3 | greeting          | OA SM       | RT-C
referred_by        | R | 3 | profiling         | OA SM       | RT-A
source             | O | 3 | profiling         | OA ST SM CM | RT-A
community          | R | 3 | community         | OA SM       | RT-A
closest_associate  | O | 3 | service           | OA ST SM CM | RT-A
notes              | R | 0 | service           | OA SM       | RT-C
pause_until        | R | 0 | service           | OA SM       | RT-A
"""
GOLDEN = {row.split("|")[0].strip(): [part.strip() for part in row.split("|")[1:]] for row in GOLDEN_ROWS.strip().splitlines()}
# What a field may be used for: S service, C callback, G greeting, M marketing, P profiling, O community, U survey.
USES = {
    "name": "SCG", "salutation": "SG", "phone": "SCGM", "preferred_language": "SG", "birthday": "G", "address": "SG", "region": "P",
    "email": "SM", "wechat": "SCGO", "gender": "P", "age_band": "P", "ethnicity": "G", "festival_pref": "G", "product_spec": "SP",
    "fit_note": "S", "material_avoid": "S", "spend": "SP", "work_status": "P", "occupation": "P", "dress_code": "S", "household": "P",
    "family_members": "SG", "children": "S", "pet": "S", "housing": "P", "home_conditions": "S", "comm_style": "S", "service_style": "S",
    "consumption_habit": "P", "budget_band": "S", "decision_factor": "SP", "usage_habit": "S", "pain_point": "S", "latent_need": "SP",
    "colour_pref": "P", "hobbies": "PG", "lifestyle": "SP", "channel_pref": "SCG", "contact_time": "SCG", "promo_acceptance": "M",
    "values": "P", "important_dates": "G", "referred_by": "P", "source": "P", "community": "O", "closest_associate": "CG", "notes": "S",
    "pause_until": "SCGMPOU",
}  # fmt: skip
LETTERS = dict(zip("SCGMPOU", ["service", "callback", "greeting", "marketing", "profiling", "community", "survey"], strict=True))


def test_the_catalogue_has_the_48_fields_of_the_handbook_in_its_order():
    assert list(fields()) == list(GOLDEN)
    assert len(GOLDEN) == 48


@pytest.mark.parametrize("key", GOLDEN)
def test_each_field_is_as_the_handbook_says(key):
    f = field(key)
    assert [f.class_, str(f.stage), f.basis, " ".join(f.visible), f.retention] == GOLDEN[key]


@pytest.mark.parametrize("key", GOLDEN)
def test_each_field_is_used_only_for_its_purposes(key):
    assert list(field(key).purposes) == [LETTERS[letter] for letter in USES[key]]


@pytest.mark.parametrize(
    ("key", "sight"),
    [
        ("phone", {"OA": "full", "ST": "masked", "SM": "masked", "CM": "masked"}),
        ("birthday", {"OA": "day_month", "SM": "day_month", "CM": "full"}),
        ("address", {"OA": "open_task", "SM": "full"}),
        ("spend", {"OA": "tier", "ST": "tier", "SM": "full", "CM": "full"}),
        ("notes", {"OA": "full", "SM": "reason"}),
    ],
)
def test_some_readers_see_only_part(key, sight):
    assert field(key).sight == sight


def test_every_other_field_is_seen_whole_or_not_at_all():
    limited = {key for key, f in fields().items() if set(f.sight.values()) != {"full"}}
    assert limited == {"phone", "birthday", "address", "spend", "notes"}


def test_what_the_basis_leaves_over_stands_as_conditions():
    assert {key: f.conditions for key, f in fields().items() if f.conditions} == {
        "phone": ("marketing_per_channel",),
        "email": ("marketing_per_channel",),
        "address": ("use_ticked",),
        "wechat": ("channel_consent",),
        "ethnicity": ("only_festivals_or_diet",),
        "spend": ("profiling_for_scoring",),
        "occupation": ("special_choice",),
        "children": ("from_guardian",),
        "promo_acceptance": ("view_of_ledger",),
    }


def test_sensitive_fields_are_off_until_the_owner_switches_them_on():
    off = {key for key, f in fields().items() if f.off_by_default}
    assert off == {"ethnicity", "material_avoid", "children", "housing", "values"}


def test_only_names_and_contacts_are_searched():
    assert {key for key, f in fields().items() if f.searchable} == {"name", "phone", "email", "wechat", "family_members"}


def test_each_field_is_kept_in_one_place():
    elsewhere = {key: f.stored for key, f in fields().items() if f.stored != "fact"}
    assert elsewhere == {
        **dict.fromkeys(("name", "salutation", "preferred_language", "closest_associate", "pause_until"), "customer"),
        **dict.fromkeys(("phone", "email", "wechat"), "contact"),
        **dict.fromkeys(("family_members", "children"), "family"),
        **dict.fromkeys(("spend", "promo_acceptance", "community"), "derived"),
        "notes": "note",
    }


def test_only_three_fields_hold_several_values():
    slots = {key: f.slot for key, f in fields().items() if f.slot}
    assert slots == {"product_spec": "category", "budget_band": "category", "important_dates": "item"}


def test_work_in_the_police_forces_or_courts_needs_its_own_consent():
    assert field("occupation").sensitive_choices == ("police", "military", "judiciary")
    assert field("occupation").sensitive_basis == "special:identity"


@pytest.mark.parametrize(
    ("key", "count"),
    [
        ("ethnicity", 57),
        ("occupation", 20),
        ("age_band", 8),
        ("festival_pref", 15),
        ("values", 8),
        ("home_conditions", 9),
        ("lifestyle", 9),
    ],
)
def test_closed_lists_are_complete(key, count):
    assert len(field(key).choices) == count


def test_a_child_of_today_is_never_listed_among_the_family():
    assert not {"child", "son", "daughter"} & {choice.key for choice in field("family_members").choices}


@pytest.mark.parametrize("key", GOLDEN)
def test_choices_have_short_ascii_keys_and_distinct_words_in_both_languages(key):
    choices = field(key).choices
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{2,20}", choice.key) for choice in choices)
    assert len({choice.zh for choice in choices}) == len({choice.en for choice in choices}) == len(choices)
    assert not [choice.en for choice in choices if re.search(r"[\u3000-\u9fff]", choice.en)]


def test_categories_and_words_are_named_in_both_languages():
    assert list(categories()) == ["tops", "bottoms", "dresses", "outerwear", "shoes", "underwear", "hats", "gloves", "rings", "bedding"]
    assert all(each.zh and each.en for each in (*categories().values(), *words().values()))


def test_a_label_follows_the_language():
    assert (label(field("birthday"), "zh"), label(field("birthday"), "en")) == ("生日", "Birthday")


def test_a_question_uses_her_surname():
    assert question(field("salutation"), "zh", "陈") == "我叫您陈姐好，还是陈女士好？"
    assert question(field("salutation"), "en", "Chen") == "Shall I say Ms Chen, or do you prefer your first name?"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_question_is_left_with_a_gap_when_the_surname_is_unknown(lang):
    asked = [question(f, lang) for f in fields().values()]
    assert not [text for text in asked if "{" in text or "  " in text or "Ms ," in text]


def test_what_is_worked_out_or_recorded_is_never_asked():
    assert [key for key, f in fields().items() if not question(f, "en")] == ["spend", "notes", "pause_until"]


def test_an_unknown_field_is_not_found():
    with pytest.raises(NotFound) as refusal:
        field("religion")
    assert refusal.value.code == "unknown_field"


def test_the_catalogue_as_delivered_passes_the_start_up():
    check(fields())
    assert catalogue.fields() is catalogue.fields()


TWICE = (Choice("cat", "猫", "Cat"), Choice("cat", "小猫", "Kitten"))
MUTE = (Choice("cat", "猫", " "),)


@pytest.mark.parametrize(
    ("key", "change", "part"),
    [
        ("pet", {"basis": ""}, "basis"),
        ("pet", {"basis": "enrol"}, "basis"),
        ("pet", {"basis": ("service", "profiling")}, "basis"),
        ("occupation", {"sensitive_basis": ""}, "basis"),
        ("pet", {"purposes": ()}, "purposes"),
        ("pet", {"class_": "X"}, "class"),
        ("pet", {"basis": "special:health"}, "class"),
        ("values", {"basis": "profiling"}, "class"),
        ("values", {"off_by_default": False}, "class"),
        ("children", {"searchable": True}, "class"),
        ("phone", {"conditions": ("when it suits",)}, "conditions"),
        ("pet", {"stage": 4}, "stage"),
        ("pet", {"kind": "essay"}, "kind"),
        ("name", {"max": 0}, "max"),
        ("pet", {"visible": ("OA", "TV")}, "visible"),
        ("pet", {"visible": ()}, "visible"),
        ("phone", {"sight": {"OA": "full"}}, "sight"),
        ("pet", {"sight": {"OA": "full", "ST": "half"}}, "sight"),
        ("pet", {"retention": "RT-X"}, "retention"),
        ("pet", {"stored": "cupboard"}, "stored"),
        ("pet", {"slot": "shelf"}, "slot"),
        ("pet", {"chapter": "zoo"}, "chapter"),
        ("pet", {"en": " "}, "label"),
        ("pet", {"ask": {"zh": "有没有毛孩子？"}}, "ask"),
        ("pet", {"choices": (), "exclusive_choices": ()}, "choices"),
        ("pet", {"choices": TWICE, "exclusive_choices": ()}, "choice key"),
        ("pet", {"exclusive_choices": ("parrot",)}, "choice key"),
        ("pet", {"choices": MUTE, "exclusive_choices": ()}, "choice label"),
    ],
)
def test_the_start_up_refuses_a_field_that_is_wrong(key, change, part):
    with pytest.raises(SetupError) as refusal:
        check({key: replace(field(key), **change)})
    assert refusal.value.field == f"{key}.{part}"
    assert key in str(refusal.value.message)
