"""How names are read: the committed table, surnames, second readings."""

import subprocess
import sys

import pytest

from relcrm.customers import pinyin, pinyin_table


def test_the_committed_table_is_what_the_generator_makes():
    assert pinyin_table.PATH.read_text(encoding="utf-8") == pinyin_table.table()


def test_the_table_stays_small_on_disk():
    assert pinyin_table.PATH.stat().st_size < 90_000


def test_reading_names_does_not_load_the_generator_library():
    script = "import sys; from relcrm.customers import keys; keys.name_keys('王小明'); print('pypinyin' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("单雄", "shan xiong"),
        ("曾国", "zeng guo"),
        ("仇英", "qiu ying"),
        ("解缙", "xie jin"),
        ("查良", "zha liang"),
        ("盖聂", "ge nie"),
        ("区明", "ou ming"),
        ("任静", "ren jing"),
        ("朴树", "piao shu"),
        ("翟天", "zhai tian"),
        ("乐嘉", "yue jia"),
        ("盛明", "sheng ming"),
        ("华强", "hua qiang"),
        ("宁静", "ning jing"),
        ("洗明", "xian ming"),
        ("冼星", "xian xing"),
        ("缪斯", "miao si"),
        ("覃明", "qin ming"),
        ("吕布", "lv bu"),
        ("万俟明", "mo qi ming"),
        ("尉迟恭", "yu chi gong"),
        ("令狐冲", "ling hu chong"),
        ("长孙无", "zhang sun wu"),
        ("澹台明", "tan tai ming"),
        ("欧阳娜", "ou yang na"),
        ("司马光", "si ma guang"),
        ("上官云", "shang guan yun"),
        ("诸葛亮", "zhu ge liang"),
        ("陳麗華", "chen li hua"),
        ("單雄", "shan xiong"),
        ("歐陽娜", "ou yang na"),
        ("〇", "ling"),
    ],
)
def test_a_name_is_read_as_its_bearer_reads_it(name, reading):
    assert [readings[0] for readings in pinyin.read(name)] == reading.split()


def test_a_surname_keeps_its_usual_reading_for_those_who_do_not_know_better():
    assert pinyin.read("单雄")[0] == ("shan", "dan")


def test_a_second_reading_is_known_for_some_given_names_and_surnames():
    assert (pinyin.read("覃明")[0], pinyin.read("乐嘉")[0]) == (("qin", "tan"), ("yue", "le"))
    assert pinyin.read("王茜")[1] == ("qian", "xi")


def test_a_surname_reading_is_not_used_inside_a_given_name():
    assert pinyin.read("王盖")[1] == ("gai",)


@pytest.mark.parametrize("readings", [pinyin._SURNAME, pinyin._SECOND])
def test_every_special_reading_says_something_the_table_does_not(readings):
    assert [character for character, special in readings.items() if set(special) <= {pinyin.usual(character)}] == []


def test_a_character_beyond_the_table_has_no_reading():
    assert (pinyin.usual("𠮷"), pinyin.usual("a"), pinyin.readings("𠮷")) == ("", "", ())


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("王小明", "王"),
        ("欧阳娜", "欧阳"),
        ("欧阳", "欧阳"),
        ("林姐", "林"),
        ("小陈", "陈"),
        ("阿欣怡", "阿"),
        ("陈女士", "陈"),
        ("Amy 陈", "陈"),
        ("王小明 (VIP)", "王"),
        ("(老客) 王小明", "王"),
        ("亚历山大·普希金", "普希金"),
        ("Maria Garcia Villaseñor", "Villaseñor"),
        ("Siobhán O'Brien", "O'Brien"),
        ("Garcia, Maria", "Garcia"),
        ("John Smith Jr.", "Smith"),
        ("Chen (Amy)", "Chen"),
        ("(Amy)", "(Amy)"),
        ("Madonna", "Madonna"),
        ("123 🌸", ""),
        ("", ""),
    ],
)
def test_the_surname_is_what_she_is_addressed_by(name, surname):
    assert pinyin.surname(name) == surname
