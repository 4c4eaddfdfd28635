"""How Chinese characters are read, surnames first, and which part of a name is the surname. No keys, no database."""

import re
from array import array
from functools import lru_cache
from pathlib import Path

from relcrm.customers.folding import HAN

_PATH = Path(__file__).with_name("pinyin.txt")
_FIRST, _LAST = 0x3400, 0x9FFF


def _pairs(text: str) -> dict[str, tuple[str, ...]]:
    return {word: tuple(readings.split("/")) for word, readings in (pair.split(":") for pair in text.split())}


_SURNAME = _pairs(
    "单:shan 曾:zeng 仇:qiu 解:xie 查:zha 盖:ge 区:ou 朴:piao 翟:zhai 乐:yue 洗:xian 缪:miao 覃:qin/tan 折:she 员:yun 黑:he"
    " 秘:bi 句:gou 繁:po 种:chong 召:shao 牟:mou/mu 隗:wei/kui 谌:chen/shen 柏:bai/bo 祭:zhai 薄:bo 藏:zang 都:du 郇:xun"
    " 郗:xi/chi 卜:bu 炅:gui 费:fei/bi 單:shan 蓋:ge 區:ou 樂:yue 繆:miao 員:yun 種:chong 諶:chen/shen 費:fei/bi"
)
_SECOND = _pairs(
    "乐:yue 樂:yue 行:hang 长:chang 長:chang 重:chong 朝:zhao 曾:zeng 单:shan 單:shan 茜:xi 娜:nuo 莎:suo 晟:sheng 厦:xia 俞:shu"
    " 隽:jun 颉:xie 柏:bo 薄:bo 藏:zang 召:shao 盛:cheng 查:zha"
)
_COMPOUND_READINGS = _pairs(
    "万俟:mo/qi 萬俟:mo/qi 尉迟:yu/chi 尉遲:yu/chi 长孙:zhang/sun 長孫:zhang/sun 澹台:tan/tai 澹臺:tan/tai 单于:chan/yu 單于:chan/yu"
    " 令狐:ling/hu 乐正:yue/zheng 樂正:yue/zheng 鲜于:xian/yu 鮮于:xian/yu 亓官:qi/guan 宰父:zai/fu 子车:zi/ju 夹谷:jia/gu"
)
_COMPOUND = frozenset(_COMPOUND_READINGS) | frozenset(
    re.findall(
        r"\S+",
        "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 夏侯 东方 東方 皇甫 公孙 公孫 慕容 宇文 司徒 轩辕 軒轅 端木 独孤 獨孤 南宫 南宮 西门 西門 百里"
        " 呼延 公冶 宗政 濮阳 濮陽 淳于 太叔 申屠 仲孙 仲孫 钟离 鍾離 闾丘 閭丘 司空 司寇 颛孙 顓孫 巫马 巫馬 公西 漆雕 壤驷 壤駟 公良 拓跋"
        " 谷梁 段干 东郭 東郭 南门 南門 东门 東門 左丘 梁丘 第五 赫连 赫連 闻人 聞人 纳兰 納蘭 完颜 完顏 叶赫 葉赫 贺兰 賀蘭 尔朱 爾朱",
    )
)
_FAMILIAR = "小老阿"
_BRACKETED = re.compile(r"[(（\[【].*?(?:[)）\]】]|$)")
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, ...], "array[int]"]:
    """Syllables, and for each code point from _FIRST the number of its syllable: 55 KB, where a dict would take 3 MB."""
    lines = [line.split(" ") for line in _PATH.read_text(encoding="utf-8").splitlines()]
    numbers = array("H", bytes(2 * (_LAST - _FIRST + 1)))
    for number, (_syllable, characters) in enumerate(lines, start=1):
        for character in characters:
            numbers[ord(character) - _FIRST] = number
    return ("", *(syllable for syllable, _characters in lines)), numbers


def usual(character: str) -> str:
    """The usual reading, without tone; "" for a character that is not in the table."""
    if character == "〇":
        return "ling"
    if not _FIRST <= ord(character) <= _LAST:
        return ""
    syllables, numbers = _table()
    return syllables[numbers[ord(character) - _FIRST]]


def readings(character: str) -> tuple[str, ...]:
    """Every reading known here, the usual one first: of the table, of given names, of surnames."""
    found = (usual(character), *_SECOND.get(character, ()), *_SURNAME.get(character, ()))
    return tuple(dict.fromkeys(reading for reading in found if reading))


def _surname_readings(family: str) -> list[tuple[str, ...]]:
    if family in _COMPOUND_READINGS:
        return [(reading,) for reading in _COMPOUND_READINGS[family]]
    return [tuple(dict.fromkeys((*_SURNAME.get(character, ()), *readings(character)))) for character in family]


def _given_readings(character: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reading for reading in (usual(character), *_SECOND.get(character, ())) if reading))


def family_at(han: str) -> tuple[int, int]:
    """Where the surname stands in a run of Chinese characters: (0, 2) in 欧阳娜, (0, 1) in 王小明, (1, 2) in 小陈."""
    if han[:2] in _COMPOUND:
        return 0, 2
    return (1, 2) if len(han) == 2 and han[0] in _FAMILIAR else (0, 1)


def read(han: str) -> list[tuple[str, ...]]:
    """For each character of a Chinese name its readings, likeliest first; () where none is known."""
    start, end = family_at(han)
    before = [_given_readings(character) for character in han[:start]]
    return before + _surname_readings(han[start:end]) + [_given_readings(character) for character in han[end:]]


def surname(name: str) -> str:
    """王小明 → 王, 欧阳娜 → 欧阳, 小陈 → 陈, 亚历山大·普希金 → 普希金, Maria Garcia → Garcia; "" where there is none."""
    bare = _BRACKETED.sub(" ", name).strip() or name
    runs = re.findall(f"[{HAN}]+(?:[·•・][{HAN}]+)*", bare)
    return _chinese_surname(runs[0]) if runs else _latin_surname(bare)


def _chinese_surname(run: str) -> str:
    parts = re.split("[·•・]", run)
    start, end = family_at(run)
    return parts[-1] if len(parts) > 1 else run[start:end]


def _latin_surname(name: str) -> str:
    words = [word.strip(".") for word in name.split(",")[0].split() if any(letter.isalpha() for letter in word)]
    while len(words) > 1 and words[-1].casefold() in _SUFFIXES:
        words.pop()
    return words[-1] if words else ""
