"""Which part of what is shown lights up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcrm.customers.routing import route
from relcrm.customers.spans import spans


def lit(shown, query):
    found = (span for term in route(query).terms for span in spans(shown, term.text))
    return [shown[start:end] for start, end in sorted(found)]


@pytest.mark.parametrize(
    ("shown", "query", "expected"),
    [
        ("王小明", "小明", ["小明"]),
        ("王 小明", "王小", ["王 小"]),
        ("王小明", "wxm", ["王小明"]),
        ("王小明", "wangx", ["王小"]),
        ("王小明", "xiaom", ["小明"]),
        ("王小明", "wang小", ["王", "小"]),
        ("王小明", "王xm", ["王", "小明"]),
        ("王小明 (VIP)", "vip", ["VIP"]),
        ("张志明", "zhzh", ["张志"]),
        ("单雄", "shan", ["单"]),
        ("吕丽", "lü", ["吕"]),
        ("欧阳娜", "oyn", ["欧阳娜"]),
        ("Ana Villaseñor", "villasen", ["Villaseñ"]),
        ("Ana Villasen\u0303or", "villasen", ["Villasen\u0303"]),
        ("Maria Moreno", "m", ["M", "M"]),
        ("Maria García", "garcia maria", ["Maria", "García"]),
        ("Maria García", "mariag", ["Maria G"]),
        ("Siobhán O'Brien", "obr", ["O'Br"]),
        ("Eva Straße", "strass", ["Straß"]),
        ("Lüdi", "lü", ["Lü"]),
        ("Amy 陈", "amychen", ["Amy 陈"]),
        ("maria@example.com", "maria@ex", ["maria@ex"]),
        ("VIP-00123", "vip0", ["VIP-0"]),
        ("138 1234 5678", "8123", ["8 123"]),
        ("138 •••• 3921", "3921", ["3921"]),
        ("138 •••• 3921", "138", ["138"]),
        ("+44 7911 123456", "07911 123456", ["7911 123456"]),
        ("138 1234 5678", "+86 138", ["138"]),
        ("138 •••• 3921", "1383921", []),
        ("138 •••• 3921", "1234", []),
        ("王小明", "3921", []),
        ("王小明", "amy", []),
        ("Maria", "ria", []),
        ("", "wxm", []),
    ],
)
def test_what_was_meant_lights_up(shown, query, expected):
    assert lit(shown, query) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_spans_lie_within_what_is_shown_and_do_not_overlap(shown, typed):
    for term in route(typed).terms:
        found = spans(shown, term.text)
        edges = [edge for span in found for edge in span]
        assert edges == sorted(edges)
        assert all(0 <= start < end <= len(shown) for start, end in found)


def test_repeated_characters_do_not_slow_it_down():
    assert spans("阿" * 40, "a" * 64) == []
