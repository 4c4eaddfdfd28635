"""What a column seems to hold, judged by its values alone, for tables whose headers say nothing. Headers are columns.py."""

import re
from collections.abc import Callable, Collection, Sequence

from relcrm.customers.value_words import SALUTATIONS

MOSTLY = 0.6
CHINESE_MOBILE = re.compile(r"(?:\+?86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?:\.0)?")
PHONE = re.compile(r"(?=[+(0])[+(]?\d[\d\s().-]{6,18}\d")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
DAY = re.compile(r"(?:19|20)\d\d(?:[-/.年]\d{1,2}[-/.月]\d{1,2}日?)")
CHINESE_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
WESTERN_NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?: [^\W\d_][^\W\d_'’.-]*){0,3}")
SURNAMES = set(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊"
    "秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧阳司马上官诸葛"
)


def looks_like(values: Sequence[str], taken: Collection[str]) -> str:
    """phone, phone_2 or email, unless already taken, or "" when the values do not say."""
    if _share(values, EMAIL.fullmatch) >= MOSTLY:
        return "" if "email" in taken else "email"
    if _share(values, _is_phone) >= MOSTLY:
        return next((target for target in ("phone", "phone_2") if target not in taken), "")
    return ""


def share_of_names(values: Sequence[str]) -> float:
    """0 to 1. A column that repeats itself (a town, a store) is no column of names."""
    if not values or len(set(values)) * 2 < len(values):
        return 0.0
    chinese = _share(values, lambda text: CHINESE_NAME.fullmatch(text) and text[0] in SURNAMES)
    return max(chinese, _share(values, WESTERN_NAME.fullmatch) * 0.8)


def are_salutations(values: Sequence[str], *, all_of_them: bool = False) -> bool:
    return _share(values, lambda text: text.strip(" .").lower() in SALUTATIONS) >= (1.0 if all_of_them else MOSTLY)


def _is_phone(text: str) -> bool:
    text = text.strip("'\t =\"")
    return bool(CHINESE_MOBILE.fullmatch(text) or PHONE.fullmatch(text)) and not DAY.match(text)


def _share(values: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(value)) for value in values) / len(values) if values else 0.0
