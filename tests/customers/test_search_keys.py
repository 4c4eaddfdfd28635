"""What keys are made, how many, and that keys and queries meet: every part of a name or number finds its customer."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relcrm.customers import keys, pinyin
from relcrm.customers.routing import covers, next_key, route

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6)
LATIN = st.text("abcdefghijklmnopqrstuvwxyzáñçøßłæüéÅÖŠ'-.", min_size=1, max_size=9)
PHONE = st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True)


def finds(query, found):
    terms = route(query).terms
    return bool(terms) and all(covers(found, term) for term in terms)


def named(query, name):
    return finds(query, keys.name_keys(name))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("wxm", "王小明"),
        ("w", "王小明"),
        ("WXM", "王小明"),
        ("王小", "王小明"),
        ("小明", "王小明"),
        ("明", "王小明"),
        ("xiaoming", "王小明"),
        ("xming", "王小明"),
        ("wangxm", "王小明"),
        ("wxiaom", "王小明"),
        ("wang'x", "王小明"),
        ("wang xiao m", "王小明"),
        ("wáng xiǎo", "王小明"),
        ("ｗｘｍ", "王小明"),
        ("王xm", "王小明"),
        ("小ming", "王小明"),
        ("wang小m", "王小明"),
        ("王小明", "王 小明"),
        ("wxm", "王 小明"),
        ("wxm", "王小明 (VIP)"),
        ("vip", "王小明 (VIP)"),
        ("zhz", "张志明"),
        ("zzm", "张志明"),
        ("oyn", "欧阳娜"),
        ("ouyangn", "欧阳娜"),
        ("na", "欧阳娜"),
        ("shan", "单雄"),
        ("shanx", "单雄"),
        ("dan", "单雄"),
        ("zeng", "曾丽"),
        ("lv", "吕丽"),
        ("lü", "吕丽"),
        ("lǚ l", "吕丽"),
        ("tan", "覃丽"),
        ("yuchi", "尉迟恭"),
        ("clh", "陳麗華"),
        ("linjie", "林姐"),
        ("amy", "Amy 陈"),
        ("chen", "Amy 陈"),
        ("amy chen", "Amy 陈"),
        ("amy陈", "Amy陈"),
        ("陈amy", "Amy 陈"),
        ("garcia", "Maria García"),
        ("maria g", "Maria García"),
        ("garcia maria", "Maria García"),
        ("mariagarcia", "Maria García"),
        ("garcia, maria", "Maria García"),
        ("villasenor", "Ana Villaseñor"),
        ("villaseñ", "Ana Villaseñor"),
        ("obrien", "Siobhán O'Brien"),
        ("o'brien", "Siobhán O’Brien"),
        ("obrien", "O´Brien"),
        ("brien", "O'Brien"),
        ("anne-marie", "Anne Marie Lopez"),
        ("anne marie", "Anne-Marie Lopez"),
        ("lopez", "Garcia-Lopez"),
        ("jr smith", "J.R. Smith"),
        ("strasse", "Eva Straße"),
        ("soren", "Søren"),
        ("lukasz", "Łukasz"),
        ("dang", "Đặng"),
        ("aesop", "Æsop"),
        ("muller", "Lüdi Müller"),
        ("lü", "Lüdi Müller"),
        ("иван", "Иванов"),
        ("김", "김민수"),
        ("yalishanda", "亚历山大·普希金"),
        ("pxj", "亚历山大·普希金"),
        ("王", "王𬭎"),
        ("𬭎", "王𬭎"),
        ("wang", "王𬭎"),
    ],
)
def test_a_name_is_found_by(query, name):
    assert named(query, name)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("wxh", "王小明"),
        ("李小", "王小明"),
        ("王x李", "王小明"),
        ("maria lopez", "Maria García"),
        ("arcia", "Maria García"),
        ("明小", "王小明"),
    ],
)
def test_a_name_is_not_found_by(query, name):
    assert not named(query, name)


def test_a_mixture_of_scripts_looks_for_the_whole_first():
    last = route("王xm").terms[-1]
    assert [probe.low for probe in last.probes[:2]] == ["pwangxm", "pxm"]


def test_the_keys_of_a_plain_name_are_few():
    assert keys.name_keys("王小明") == {
        "n王小明",
        "n小明",
        "n明",
        *("pwangxiaoming", "pwangxming", "pwxiaoming", "pwxming"),
        *("pxiaoming", "pxming", "pming"),
    }
    assert keys.name_keys("Maria García") == {"pmariagarcia", "pgarcia"}


@given(st.one_of(st.text(max_size=60), st.text("单乐重张朝曾阿 a·", max_size=60)))
def test_no_name_makes_more_than_forty_keys(name):
    assert len(keys.name_keys(name)) <= 40


def test_a_very_long_name_is_found_by_its_beginning():
    name = "迪丽热巴迪力木拉提阿卜杜热合曼买买提"
    assert all(named(query, name) for query in (name, "迪力木", "dilirebadilimulati", "dlrb"))


@given(HAN.flatmap(lambda name: st.tuples(st.just(name), st.integers(0, 5), st.integers(1, 6))))
def test_any_part_of_a_chinese_name_finds_it(drawn):
    name, start, length = drawn
    part = name[start : start + length]
    assume(part)
    assert named(part, name)


@st.composite
def name_and_mixture(draw):
    """A name, and what an IME would accept for its beginning or that of its given name: initials and whole syllables mixed."""
    name = draw(HAN.filter(lambda name: len(name) <= 4 and all(map(pinyin.usual, name))))
    syllables = [readings[0] for readings in pinyin.read(name)]
    syllables = syllables[draw(st.sampled_from((0, pinyin.family_at(name)[1]))) :] or syllables
    count = draw(st.integers(1, len(syllables)))
    typed = "".join(draw(st.sampled_from((each, each[0]))) for each in syllables[: count - 1])
    return name, typed + syllables[count - 1][: draw(st.integers(1, 6))]


@given(name_and_mixture())
def test_any_mixture_of_syllables_and_initials_finds_a_name(drawn):
    name, mixture = drawn
    assert named(mixture, name)


@given(st.lists(LATIN.filter(lambda word: any(map(str.isalpha, word))), min_size=1, max_size=4), st.integers(0, 3), st.integers(1, 12))
def test_the_beginning_of_any_latin_word_finds_the_name(words, place, length):
    part = words[place % len(words)].lstrip("'-.")[:length]
    assert named(part, " ".join(words))


@given(
    st.lists(st.text("abéñüßø", min_size=1, max_size=9), min_size=1, max_size=5).flatmap(
        lambda words: st.tuples(st.just(words), st.permutations(words))
    )
)
def test_the_order_of_latin_words_does_not_matter(drawn):
    words, shuffled = drawn
    assert named(" ".join(shuffled), " ".join(words))


@given(PHONE, st.integers(0, 15), st.integers(3, 11))
def test_any_run_of_three_digits_finds_a_phone(e164, start, length):
    part = e164[-11:].lstrip("+")[start : start + length]
    assume(len(part) >= 3)
    assert finds(part, keys.phone_keys(e164))


@given(PHONE)
def test_a_complete_number_finds_a_phone_however_it_is_written(e164):
    found = keys.phone_keys(e164)
    assert all(finds(query, found) for query in (e164, e164[1:], "00" + e164[1:], f"{e164[:3]} {e164[3:6]}-{e164[6:]}"))


@pytest.mark.parametrize(
    "query",
    [
        "3921",
        "138",
        "138 0000 3921",
        "138-0000",
        "+86 138 0000 3921",
        "+86138",
        "0086 138-0000-3921",
        "8613800003921",
        "１３８",
        "(138) 0000",
        "+86 (138)",
    ],
)
def test_a_phone_is_found_by(query):
    assert finds(query, keys.phone_keys("+8613800003921"))


def test_a_foreign_number_is_found_with_its_trunk_zero():
    assert all(finds(query, keys.phone_keys("+447911123456")) for query in ("07911 123456", "+44 7911", "7911123456", "3456"))


def test_a_foreign_number_has_one_key_more_for_its_country_code():
    assert max(keys.phone_keys("+447911123456"), key=len) == "d447911123456"
    assert len(keys.phone_keys("+8613800003921")) == 11


@pytest.mark.parametrize("query", ["maria", "maria.garcia@", "Maria.Garcia@Example.com", "garcia", "mariag", "maria.g", "garcia@exa"])
def test_an_email_is_found_by(query):
    assert finds(query, keys.email_keys("maria.garcia@example.com"))


def test_everyone_with_the_same_provider_is_not_found_at_once():
    assert not finds("@example.com", keys.email_keys("maria.garcia@example.com"))


@pytest.mark.parametrize("query", ["lin_xiao88", "linxiao", "lin_x", "xiao88", "LIN-XIAO", "@lin_xiao"])
def test_a_handle_is_found_by(query):
    assert finds(query, keys.handle_keys("lin_xiao88"))


def test_an_address_of_digits_alone_is_found_by_them():
    assert finds("12345678", keys.email_keys("12345678@qq.com"))


@pytest.mark.parametrize("query", ["VIP-00123", "vip00123", "vip 00123", "0123", "00123", "vip-0"])
def test_a_card_is_found_by(query):
    assert finds(query, keys.card_keys("VIP-00123"))


def test_a_nickname_has_the_keys_of_a_name_under_its_own_letter():
    assert {key[0] for key in keys.alias_keys("小鹿 Lulu")} == {"a"}
    assert all(finds(query, keys.alias_keys("小鹿 Lulu")) for query in ("小鹿", "xl", "xiaolu", "lulu", "鹿"))


def test_nothing_to_search_by_makes_no_keys():
    assert keys.name_keys(" 🌸 ") == keys.handle_keys("@") == keys.card_keys("-") == keys.phone_keys("") == keys.email_keys("") == set()


@given(st.text(min_size=1), st.text())
def test_the_next_key_is_above_all_that_begin_so_and_below_all_others(prefix, other):
    assert prefix <= prefix + other < next_key(prefix)
    assert other.startswith(prefix) or not prefix < other < next_key(prefix)


@given(st.text(min_size=1))
def test_a_next_key_can_be_stored(prefix):
    next_key(prefix).encode("utf-8")


@given(st.text(min_size=1), st.lists(st.text(min_size=1), max_size=8))
def test_sqlite_agrees_on_what_lies_in_a_range(prefix, others):
    assume("\0" not in prefix + "".join(others))
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE search_key (key TEXT)")
        database.executemany(
            "INSERT INTO search_key VALUES (?)", [(key,) for key in (prefix, prefix + others[0] if others else prefix, *others)]
        )
        rows = database.execute("SELECT key FROM search_key WHERE key >= ? AND key < ?", (prefix, next_key(prefix))).fetchall()
    assert len(rows) == 2 + sum(other.startswith(prefix) for other in others)


def test_the_next_key_steps_over_surrogates_and_the_last_code_point():
    assert (next_key("p\ud7ff"), next_key("p\U0010ffff")) == ("p\ue000", "q")
