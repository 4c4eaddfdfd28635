"""How a query is read: kinds in order of preference, several terms, what is too short, and that nothing breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm.customers.routing import Probe, next_key, route


def kinds(text):
    return ["".join(dict.fromkeys(probe.kind for probe in term.probes)) for term in route(text).terms]


def texts(text):
    return [term.text for term in route(text).terms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王小", ["nah"]),
        ("wxm", ["pahc"]),
        ("3921", ["tdc"]),
        ("392", ["dc"]),
        ("13800003921", ["dch"]),
        ("vip88", ["chpa"]),
        ("maria@x", ["h"]),
        ("garcia maria", ["pahc", "pahc"]),
        ("王 3921", ["nah", "tdc"]),
        ("王3921", ["nah", "tdc"]),
        ("王xm", ["nah", "pahc"]),
    ],
)
def test_each_script_is_looked_for_where_it_is_likeliest(text, expected):
    assert kinds(text) == expected


@pytest.mark.parametrize("text", ["138 1234 5678", "138-1234-5678", "138.1234.5678", "+86 138 1234 5678", "138/1234/5678"])
def test_a_spaced_number_is_one_term(text):
    assert texts(text) == ["13812345678"]


def test_four_digits_ask_for_the_last_four_first():
    assert route("3921").terms[0].probes[0] == Probe("t", "t3921", "t3922")


@pytest.mark.parametrize("text", ["3", "39", "+86", "+86 1", "3 9"])
def test_one_or_two_digits_are_too_short(text):
    query = route(text)
    assert (query.terms, query.too_short) == ((), True)


def test_too_few_digits_beside_a_name_leave_the_name():
    query = route("王 39")
    assert ([term.text for term in query.terms], query.too_short) == (["王"], False)


@pytest.mark.parametrize("text", ["", "   ", "'", "-- .", "🌸", "\x00\x01", "@", "+", "%_*", "\u200b"])
def test_nothing_searchable_asks_nothing(text):
    query = route(text)
    assert (query.terms, query.too_short) == ((), False)


@pytest.mark.parametrize(
    ("text", "single"), [("w", True), ("W ", True), ("é", True), ("wx", False), ("王", False), ("w x", False), ("3", False), ("", False)]
)
def test_one_letter_alone_is_told(text, single):
    assert route(text).single_latin is single


def test_a_repeated_word_is_asked_once():
    assert texts("maria MARIA") == ["maria"]


def test_the_rarest_term_drives_the_search():
    assert [term.text for term in route("王 m 3921 小明").by_selectivity()] == ["3921", "小明", "王", "m"]


def test_at_most_five_terms_and_sixty_four_characters_are_read():
    assert texts("a b c d e f g") == ["a", "b", "c", "d", "e"]
    assert texts("a" * 500) == ["a" * 64]


@given(st.text(max_size=500))
def test_no_text_breaks_the_router(text):
    query = route(text)
    assert len(query.terms) <= 5
    for probe in (probe for term in query.terms for probe in term.probes):
        assert probe.low[0] == probe.kind
        assert len(probe.low) > 1
        assert probe.high == next_key(probe.low)
        (probe.low + probe.high).encode("utf-8")


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE search_key; --", "\ud800王", "ﷺ" * 64, "۱۲۳۴", "½½½½", "a\u0300" * 200, "王" * 500, "+" * 500, "@" * 500]
)
def test_awkward_text_is_read_safely(text):
    for term in route(text).terms:
        assert all(probe.low.encode("utf-8") for probe in term.probes)


def test_digits_of_other_scripts_are_digits():
    assert texts("۱۳۸۴") == ["1384"]
