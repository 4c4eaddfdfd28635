"""The purposes against DOMAIN 1.2, written out by hand."""

import pytest

from relcrm.consent.purposes import CHANNELS, purpose, purposes
from relcrm.errors import NotFound

SPECIAL = ["special:ethnicity", "special:health", "special:minor", "special:housing", "special:values", "special:identity"]
# key: code, on by default, a spoken yes counts, per channel, months, rolls
GOLDEN = {
    "service": ("SVC", True, True, False, None, False),
    "callback": ("CBK", False, True, False, 24, True),
    "greeting": ("GRT", False, True, False, 24, True),
    "marketing": ("MKT", False, False, True, 12, False),
    "profiling": ("PRF", False, True, False, 24, False),
    "community": ("COM", False, False, False, None, False),
    "survey": ("SUR", False, True, False, 12, False),
    **dict.fromkeys(SPECIAL, ("SP", False, False, False, 12, False)),
}


def test_the_purposes_are_those_of_the_handbook_in_its_order():
    assert list(purposes()) == list(GOLDEN)


@pytest.mark.parametrize("key", GOLDEN)
def test_each_purpose_is_as_the_handbook_says(key):
    p = purpose(key)
    assert (p.code, p.default_on, p.verbal_ok, p.per_channel, p.validity_months, p.rolls) == GOLDEN[key]


def test_special_purposes_alone_are_asked_on_a_screen_of_their_own():
    assert [key for key, p in purposes().items() if p.separate] == SPECIAL


def test_profiling_and_special_purposes_wait_for_an_assessment():
    assert [key for key, p in purposes().items() if p.needs_assessment] == ["profiling", *SPECIAL]


def test_capture_offers_calls_wishes_and_news_and_nothing_deeper():
    assert [key for key, p in purposes().items() if p.optional_at_capture] == ["callback", "greeting", "marketing"]


def test_marketing_names_each_channel_and_never_any():
    assert purpose("marketing").channels == ("phone", "sms", "wechat", "wecom", "email", "post", "inperson")
    assert purpose("greeting").channels == CHANNELS == ("any", *purpose("marketing").channels)


@pytest.mark.parametrize("key", GOLDEN)
def test_every_purpose_is_told_in_a_name_and_one_plain_line(key):
    label, plain = str(purpose(key).label), str(purpose(key).plain)
    assert 0 < len(label) <= 60
    assert label != plain
    assert plain.endswith(".")
    assert "\n" not in plain
    assert len(plain) <= 120


def test_an_unknown_purpose_is_not_found():
    with pytest.raises(NotFound) as refusal:
        purpose("special:religion")
    assert refusal.value.code == "unknown_purpose"
