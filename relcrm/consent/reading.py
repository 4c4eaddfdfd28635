"""From form inputs to the value that is kept, one reader per kind. The table of inputs is in values."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date

from relcrm.consent.catalogue import Field, categories
from relcrm.consent.typed_text import Raw, coming_day, every, filled, first, line, number, separate, within
from relcrm.errors import BadValue
from relcrm.i18n import _l

MOST_WORDS, MOST_WINDOWS = 10, 4
PLACE = {"province": 30, "city": 30, "district": 30}
SPEC = {"size": 20, "model": 40, "fit": 30}
SOLAR_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WINDOW = re.compile(r"(\d{1,2})(?::(\d{2}))? ?(?:[-–—~至]|to) ?(\d{1,2})(?::(\d{2}))?")
_POSTCODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{2,9}")
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}")

Reader = Callable[[Field, Raw, date], object]


def _known(field: Field, keys: Iterable[str], name: str) -> None:
    if set(keys) - {choice.key for choice in field.choices}:
        raise BadValue(_l("This is not on the list. Choose from the list."), code="unknown_choice", field=name)


def _chosen(field: Field, raw: Raw, name: str = "value") -> list[str]:
    """The ticked choices in the order of the list."""
    given = every(raw, name)
    _known(field, given, name)
    if len(set(given)) > 1 and set(given).intersection(field.exclusive_choices):
        raise BadValue(_l("“None” cannot stand beside another answer. Choose one or the other."), code="contradiction", field=name)
    return [choice.key for choice in field.choices if choice.key in given]


def _one(field: Field, raw: Raw) -> str:
    given = _chosen(field, raw)
    if len(given) > 1:
        raise BadValue(_l("Choose only one."), code="one_only", field="value")
    if set(given).intersection(field.blocked_choices):
        sentence = _l("We keep no file on a child. Sell without a file, or let the parent or guardian enrol.")
        raise BadValue(sentence, code="child", field="value")
    return "".join(given)


def _enum(field: Field, raw: Raw, _today: date) -> object:
    return filled(_one(field, raw), "value")


def _multi(field: Field, raw: Raw, _today: date) -> object:
    return filled(_chosen(field, raw), "value")


def _text(field: Field, raw: Raw, _today: date) -> object:
    """Only what is told at length may run over several lines."""
    several = field.stored in ("fact", "note")
    return filled(within(first(raw, "text"), field.max, "text") if several else line(raw, "text", field.max), "text")


def _enum_text(field: Field, raw: Raw, _today: date) -> object:
    """The list comes first: a trade that needs a consent of its own must not slip in as free words."""
    chosen, text = _one(field, raw), line(raw, "text", field.max)
    if text and not chosen:
        raise BadValue(_l("Choose from the list first; your own words only add to it."), code="choice_missing", field="value")
    return {"value": filled(chosen, "value"), "text": text}


def _item(field: Field, raw: Raw, _today: date) -> object:
    return {"value": filled(_one(field, raw), "value"), "text": line(raw, "text", field.max)}


def _multi_text(field: Field, raw: Raw, _today: date) -> object:
    texts = [within(word, field.max, "text") for word in separate(raw, "text")]
    if len(texts) > MOST_WORDS:
        raise BadValue(_l("At most %(max)s words of your own.", max=MOST_WORDS), code="too_many", field="text")
    values = _chosen(field, raw)
    filled([*values, *texts], "value")
    return {"values": values, "texts": texts}


def _multi_avoid(field: Field, raw: Raw, _today: date) -> object:
    like, avoid = _chosen(field, raw), _chosen(field, raw, "avoid")
    if set(like).intersection(avoid):
        raise BadValue(_l("The same answer is both liked and avoided. Keep one of them."), code="contradiction", field="avoid")
    filled([*like, *avoid], "value")
    return {"like": like, "avoid": avoid}


def _ordered(field: Field, raw: Raw, _today: date) -> object:
    given = filled(every(raw, "value"), "value")
    _known(field, given, "value")
    if len(set(given)) < len(given):
        raise BadValue(_l("The same answer stands twice. Name each only once."), code="contradiction", field="value")
    return given


def _category(raw: Raw) -> str:
    given = filled(first(raw, "category"), "category")
    if given not in categories():
        raise BadValue(_l("Choose a kind of goods from the list."), code="unknown_category", field="category")
    return given


def _spec(_field: Field, raw: Raw, _today: date) -> object:
    parts = {name: line(raw, name, most) for name, most in SPEC.items()}
    filled("".join(parts.values()), "size")
    return {"category": _category(raw), **parts}


def _band(field: Field, raw: Raw, _today: date) -> object:
    return {"value": filled(_one(field, raw), "value"), "category": _category(raw)}


def _region(_field: Field, raw: Raw, _today: date) -> object:
    parts = {name: line(raw, name, most) for name, most in PLACE.items()}
    filled("".join(parts.values()), "province")
    return parts


def _postcode(raw: Raw) -> str:
    given = unicodedata.normalize("NFKC", line(raw, "postcode", 12)).upper()
    if given and not _POSTCODE.fullmatch(given):
        raise BadValue(_l("This does not look like a postcode. Correct it or leave it out."), code="postcode", field="postcode")
    return given


def _address(field: Field, raw: Raw, _today: date) -> object:
    parts = {name: line(raw, name, most) for name, most in PLACE.items()}
    street, use = filled(line(raw, "line", 120), "line"), _chosen(field, raw, "use")
    if not use:
        raise BadValue(_l("Tick what the address may be used for."), code="use_missing", field="use")
    return {**parts, "line": street, "postcode": _postcode(raw), "use": use}


def _need(field: Field, raw: Raw, today: date) -> object:
    return {"text": filled(within(first(raw, "text"), field.max, "text"), "text"), "date": coming_day(raw, "date", today)}


def _date(_field: Field, raw: Raw, today: date) -> object:
    return filled(coming_day(raw, "date", today) or "", "date")


def _dates_item(field: Field, raw: Raw, _today: date) -> object:
    label, calendar = filled(line(raw, "text", field.max), "text"), first(raw, "calendar") or "solar"
    if calendar not in ("solar", "lunar"):
        raise BadValue(_l("Choose the solar or the lunar calendar."), code="calendar", field="calendar")
    month = number(raw, "month", 12, _l("The month is a number from 1 to 12."))
    days = SOLAR_DAYS[month - 1] if calendar == "solar" else 30
    day = number(raw, "day", days, _l("This month has the days 1 to %(days)s.", days=days))
    return {"label": label, "calendar": calendar, "month": month, "day": day}


def _clock(hours: str, minutes: str | None, name: str) -> str:
    if int(hours) * 60 + int(minutes or 0) > 24 * 60 or int(minutes or 0) > 59:
        raise BadValue(_l("There is no such time of day. Hours go from 0 to 24, minutes to 59."), code="clock", field=name)
    return f"{int(hours):02}:{int(minutes or 0):02}"


def _window(typed: str, name: str) -> str:
    """Only the hours in which she is left alone may run past midnight."""
    found = _WINDOW.fullmatch(unicodedata.normalize("NFKC", typed))
    if not found:
        raise BadValue(_l("Write times like 18:00-20:00, with a comma between two of them."), code="window", field=name)
    start, end = _clock(found[1], found[2], name).replace("24:00", "00:00"), _clock(found[3], found[4], name)
    if start == end or (start > end and name != "avoid"):
        raise BadValue(_l("The end must come after the beginning."), code="window_order", field=name)
    return f"{start}-{end}"


def _windows(raw: Raw, name: str) -> list[str]:
    windows = sorted({_window(typed, name) for typed in separate(raw, name)})
    if len(windows) > MOST_WINDOWS:
        raise BadValue(_l("At most %(max)s times in one line.", max=MOST_WINDOWS), code="too_many", field=name)
    return windows


def _times(_field: Field, raw: Raw, _today: date) -> object:
    times = {name: _windows(raw, name) for name in ("weekday", "weekend", "avoid")}
    filled([*times["weekday"], *times["weekend"], *times["avoid"]], "weekday")
    return times


def _reference(_field: Field, raw: Raw, _today: date) -> object:
    given = filled(first(raw, "value"), "value")
    if not _REFERENCE.fullmatch(given):
        raise BadValue(_l("Choose the person from the list."), code="unknown_person", field="value")
    return given


def _birthday(_field: Field, raw: Raw, today: date) -> object:
    from relcrm import birthday

    parts = {name: first(raw, name) for name in ("year", "month", "day")}
    filled("".join(parts.values()), "month")
    policy = {"leap_policy": given} if (given := first(raw, "leap_policy")) else {}
    leap = first(raw, "leap") in ("1", "on", "true")
    return birthday.parse(first(raw, "calendar") or "solar", **parts, leap=leap, today=today, **policy).as_dict()


def _derived(_field: Field, _raw: Raw, _today: date) -> object:
    raise BadValue(_l("The program works this out by itself; it cannot be typed."), code="not_typed", field="value")


READERS: dict[str, Reader] = {
    "text": _text,
    "enum": _enum,
    "enum_text": _enum_text,
    "multi": _multi,
    "multi_avoid": _multi_avoid,
    "multi_text": _multi_text,
    "ordered": _ordered,
    "list": _item,
    "spec": _spec,
    "band": _band,
    "region": _region,
    "address": _address,
    "need": _need,
    "date": _date,
    "dates_item": _dates_item,
    "times": _times,
    "customer_ref": _reference,
    "staff_ref": _reference,
    "birthday": _birthday,
    "derived": _derived,
}
