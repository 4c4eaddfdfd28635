"""Phones, e-mails and birthdays that somebody could store and nobody can have. Shape only: no database, no customer."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from relcrm import contact_values
from relcrm.birthday import Birthday, checked
from relcrm.errors import BadValue

# The recharge line of China Mobile, typed where a number is demanded; the ranges kept free for films (Ofcom, NANPA).
_PLACEHOLDER = re.compile(r"\+8613800138000|\+447700900\d{3}|\+1\d{3}55501\d{2}|\+\d*0{7}|\+\d*(?:12345678|87654321)")
_CHINESE_MOBILE = re.compile(r"\+861\d{10}")
_PREFIX = 9
_PROVIDERS = frozenset((
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "outlook.cn", "yahoo.com", "yahoo.co.uk",
    "yahoo.cn", "yahoo.com.cn", "icloud.com", "me.com", "live.com", "live.cn", "msn.com", "aol.com", "mail.com", "email.com",
    "ymail.com", "gmx.com", "gmx.net", "gmx.de", "web.de", "proton.me", "protonmail.com", "btinternet.com", "qq.com", "vip.qq.com",
    "foxmail.com", "163.com", "163.net", "126.com", "yeah.net", "139.com", "188.com", "189.cn", "sina.com", "sina.cn", "sohu.com",
    "aliyun.com", "tom.com", "21cn.com", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "libero.it", "t-online.de",
    "fastmail.com", "hey.com", "naver.com", "daum.net",
))  # fmt: skip
_OFTEN_MISTYPED = ("gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "foxmail.com", "aliyun.com", "protonmail.com")
_WRONG_ENDS = {"con", "cmo", "ocm", "comm", "coom", "vom", "xom", "cim", "cm", "co", "om", "ccom"}
_NOBODYS_DOMAINS = frozenset((
    "test.com", "test.cn", "test.test", "test.de", "example.com", "example.org", "example.net", "none.com", "no.com", "noemail.com",
    "nomail.com", "nomail.no", "xxx.com", "abc.com", "aaa.com", "asdf.com", "123.com", "a.com", "b.com", "email.email", "mail.mail",
    "domain.com", "yourdomain.com",
))  # fmt: skip
_NOBODYS_NAMES = frozenset((
    "noemail", "nomail", "none", "no", "test", "na", "unknown", "null", "xxx", "aaa", "asdf", "abc123", "noreply", "no-reply",
    "noname", "keine", "keineemail",
))  # fmt: skip


def phone_trouble(e164: str) -> str:
    """phone_impossible, phone_placeholder or "" for a number that may be hers."""
    if _PLACEHOLDER.fullmatch(e164) or len(set(e164[3:])) == 1:
        return "phone_placeholder"
    return "" if _is_possible(e164) else "phone_impossible"


def _is_possible(e164: str) -> bool:
    # Whether a Chinese mobile exists is in its first digits: the library is asked once for each beginning, not 0.1 ms for each number.
    return _begins_right(e164[:_PREFIX]) if _CHINESE_MOBILE.fullmatch(e164) else _is_valid(e164)


@lru_cache(maxsize=4096)
def _begins_right(prefix: str) -> bool:
    return _is_valid(prefix.ljust(14, "2"))


def _is_valid(e164: str) -> bool:
    import phonenumbers

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(e164)))
    except phonenumbers.NumberParseException:
        return False


def email_trouble(email: str) -> tuple[str, str]:
    """(email_odd, email_placeholder, email_typo or "", the domain that may have been meant)."""
    try:
        local, _at, domain = contact_values.email(email).rpartition("@")
    except BadValue:
        return "email_odd", ""
    if domain in _NOBODYS_DOMAINS or local in _NOBODYS_NAMES:
        return "email_placeholder", ""
    meant = meant_domain(domain)
    return ("email_typo", meant) if meant else ("", "")


@lru_cache(maxsize=1024)
def meant_domain(domain: str) -> str:
    """gmial.com → gmail.com, qq.con → qq.com; "" for a domain that may well be meant."""
    if domain in _PROVIDERS:
        return ""
    name, _dot, end = domain.rpartition(".")
    if end in _WRONG_ENDS and f"{name}.com" in _PROVIDERS:
        return f"{name}.com"
    from rapidfuzz.distance import DamerauLevenshtein

    return next((known for known in _OFTEN_MISTYPED if DamerauLevenshtein.distance(domain, known, score_cutoff=1) == 1), "")


def birthday_is_wrong(value: Mapping[str, Any], today: date) -> bool:
    """In the future, more than 120 years ago, or a day that its month does not have."""
    try:
        checked(Birthday.from_dict(dict(value)), today)
    except (BadValue, TypeError, ValueError, LookupError):
        return True
    return False
