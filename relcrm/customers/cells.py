"""One cell of somebody's table, freed of what Excel and tills wrap around values, and read as a day, a yes, a gender.

Phones, e-mails and names are contact_values.py, birthdays birthday_cells.py."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar

from relcrm.customers import value_words
from relcrm.errors import BadValue
from relcrm.i18n import _l

ORDINARY = re.compile("[0-9A-Za-z\u4e00-\u9fff](?:[ -~\u3001-\u9fff\uff01-\uff5e]*[!-~\u3001-\u9fff\uff01-\uff5e])?")
INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\0]")
TEXT_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
KEPT_AS_TEXT = re.compile(r"['’]\s*[\d+=@＝＋－＠-]")
ROUNDED = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
NOTHING = {
    "-", "--", "—", "/", "\\", "无", "暂无", "空", "null", "none", "n/a", "#n/a", "nan", "#value!", "#ref!", "#name?", "undefined",
    "0000-00-00", "0000-00-00 00:00:00", "0/0/00", "0/0/0000", "00/00/0000", "0000/00/00", "00-00-0000",
}  # fmt: skip
LONGEST_NOTHING = max(map(len, NOTHING))
DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y")
CLOCK = re.compile(r"(?:[ T]\d{1,2}:\d{2}|\s*\d{1,2}[时点]).*$")
SLASHED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
BETWEEN_TAGS = re.compile(r"\s*(?::::|[,;|、，；\n])\s*")
BETWEEN_PHONES = re.compile(r"\s*(?::::|[,;/|、，；\n])\s*")
BETWEEN_EMAILS = re.compile(r"\s*(?::::|[,;|、，；\n])\s*")
Value = TypeVar("Value")
MOST_POINTS = 10_000_000


def clean(text: str) -> str:
    """Without invisible letters, the ="…" of tills that keep Excel from rounding, and the apostrophe that does the same."""
    if ORDINARY.fullmatch(text):
        return text
    text = INVISIBLE.sub("", text).replace("\xa0", " ").strip()
    if wrapped := TEXT_FORMULA.fullmatch(text):
        text = wrapped[1].replace('""', '"').strip()
    return text[1:].strip() if KEPT_AS_TEXT.match(text) else text


def is_nothing(text: str) -> bool:
    return not text or (len(text) <= LONGEST_NOTHING and text.lower() in NOTHING)


def whole_number(text: str) -> str:
    """A phone or card number as it was typed; 1.3800003921E+10 still has all its digits. Raises BadValue digits_lost for 1.38E+10."""
    if short := ROUNDED.fullmatch(text):
        if len(short[2] or "") != int(short[3]):
            raise BadValue(
                _l(
                    "Excel shortened this number to %(text)s and its digits are lost. Format the column as text and type it again.",
                    text=text,
                ),
                code="digits_lost",
            )
        return f"{short[1]}{short[2]}"
    return text[:-2] if re.fullmatch(r"\d+\.0", text) else text


def phone_parts(text: str) -> list[str]:
    """The numbers of a cell that holds several; one number stays whole, whatever stands between its digits."""
    parts = BETWEEN_PHONES.split(text)
    several = len(parts) > 1 and all(sum(letter.isdigit() for letter in part) >= 7 for part in parts)
    return parts if several else [text]


def email_parts(text: str) -> list[str]:
    """The addresses of a cell that holds several, without a "mailto:" or the name in front of <…>."""
    parts = [part for part in BETWEEN_EMAILS.split(text) if "@" in part]
    return [_bare_address(part) for part in parts] or [text]


def _bare_address(text: str) -> str:
    inside = re.search(r"<([^<>]+)>", text)
    return (inside[1] if inside else text).strip().removeprefix("mailto:")


def tags(text: str) -> list[str]:
    """In their order, each once; Google writes its own groups with a star, which are nobody's tags."""
    found = (tag.strip() for tag in BETWEEN_TAGS.split(text))
    return list(dict.fromkeys(tag for tag in found if tag and not tag.startswith("*")))


def gender(text: str) -> str:
    """female, male, other or undisclosed. Raises BadValue gender_unknown."""
    sentence = _l("“%(text)s” is no gender we know. Write female, male or leave it empty.", text=text)
    return _one_of(value_words.GENDERS, text, sentence, "gender_unknown")


def salutation(text: str) -> str:
    """ms, mr, miss, teacher, auntie, uncle, first_name or other. Raises BadValue salutation_unknown."""
    sentence = _l("“%(text)s” is no form of address we know. Write Ms, Mr, Miss, 女士, 先生, 老师 or leave it empty.", text=text)
    return _one_of(value_words.SALUTATIONS, text, sentence, "salutation_unknown")


def gender_zero_female(text: str) -> str:
    """As `gender`, for tills that write 0 for female and 1 for male; their 2 is whoever did not say."""
    return {"0": "female", "1": "male", "2": "undisclosed"}.get(text.strip()) or gender(text)


def answer(text: str) -> bool | None:
    """None for whom nobody asked yet. Raises BadValue answer_unknown: a consent is never guessed."""
    word = text.replace("_", " ").replace("-", " ").strip()
    sentence = _l("“%(text)s” is neither yes nor no. Write yes or no, or leave it empty.", text=text)
    return None if word.lower() in value_words.UNDECIDED else _one_of(value_words.ANSWERS, word, sentence, "answer_unknown")


def lunar_flag(text: str) -> bool | None:
    """Whether a cell only tells which calendar another column is in; None when it holds something else."""
    return {**value_words.ANSWERS, **value_words.CALENDARS}.get(text.strip().lower())


def language(text: str) -> str:
    """zh-CN, zh-HK, en or other."""
    word = text.strip().lower()
    return value_words.LANGUAGES.get(word) or value_words.LANGUAGES.get(word[:2] if word[2:3] in {"-", "_"} else "", "other")


@lru_cache(maxsize=4096)
def day(text: str, country: str, today: date) -> date:
    """A day in the past. Raises BadValue day_unreadable or day_in_future. Only in the US does 03/04/2024 mean March."""
    found = any_day(text, country)
    if found > today:
        raise BadValue(_l("%(text)s is in the future. Check the date.", text=text), code="day_in_future")
    return found


def points(text: str) -> int:
    """Raises BadValue opening_points."""
    bare = text.replace(",", "").replace("，", "").strip().removesuffix(".00").removesuffix(".0")
    if not bare.isdecimal() or int(bare) > MOST_POINTS:
        raise BadValue(_l("Points are a whole number such as 2340."), code="opening_points", field="opening_points")
    return int(bare)


def any_day(text: str, country: str) -> date:
    """A day in the past or to come. Raises BadValue day_unreadable."""
    found = _written_day(CLOCK.sub("", text.strip()), country)
    if found is None or found.year < 1900:
        raise BadValue(_l("“%(text)s” is no date we can read. Write it like 2024-03-15.", text=text), code="day_unreadable")
    return found


def _written_day(text: str, country: str) -> date | None:
    if slashed := SLASHED.fullmatch(text):
        return _slashed_day(int(slashed[1]), int(slashed[3]), int(slashed[4]), country)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return _day_of(text)
    for format in DAY_FORMATS:
        try:
            return datetime.strptime(text, format).date()
        except ValueError:
            continue
    return None


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _slashed_day(first: int, second: int, year: int, country: str) -> date | None:
    month_first = second > 12 or (country.upper() == "US" and first <= 12)
    month, day_of_month = (first, second) if month_first else (second, first)
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None


def _one_of(words: Mapping[str, Value], text: str, sentence: object, code: str) -> Value:
    word = text.strip(" .").lower()
    if word not in words:
        raise BadValue(sentence, code=code)
    return words[word]
