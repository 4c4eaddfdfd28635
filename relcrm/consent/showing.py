"""From a kept value to words in her language, one writer per kind. Nothing is hidden here: that is the gates' work."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from relcrm.consent.catalogue import Field, categories, label, words

Writer = Callable[[Field, Any, str], str]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LUNAR_MONTHS = "正二三四五六七八九十冬腊"
_DIGITS = "一二三四五六七八九十"


def _word(key: str, lang: str) -> str:
    return label(words()[key], lang)


def _choice(field: Field, key: str, lang: str) -> str:
    """A key that has left the catalogue still reads as something."""
    found = next((choice for choice in field.choices if choice.key == key), None)
    return label(found, lang) if found else key


def _category(key: str, lang: str) -> str:
    return label(categories()[key], lang) if key in categories() else key


def _listed(parts: Iterable[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(parts)


def _dotted(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _labelled(name: str, rest: str, lang: str) -> str:
    return f"{name}：{rest}" if lang == "zh" else f"{name}: {rest}"


def _choices(field: Field, keys: Iterable[str], lang: str) -> str:
    return _listed((_choice(field, key, lang) for key in keys), lang)


def _plain(_field: Field, value: Any, _lang: str) -> str:
    return str(value)


def _enum(field: Field, value: Any, lang: str) -> str:
    return _choice(field, str(value), lang)


def _multi(field: Field, value: Any, lang: str) -> str:
    return _choices(field, value, lang)


def _enum_text(field: Field, value: Any, lang: str) -> str:
    return _dotted((_choice(field, value["value"], lang), value["text"]))


def _multi_text(field: Field, value: Any, lang: str) -> str:
    return _listed([*(_choice(field, key, lang) for key in value["values"]), *value["texts"]], lang)


def _multi_avoid(field: Field, value: Any, lang: str) -> str:
    avoid = value["avoid"] and _labelled(_word("avoid", lang), _choices(field, value["avoid"], lang), lang)
    return _groups((_choices(field, value["like"], lang), avoid), lang)


def _groups(parts: Iterable[str], lang: str) -> str:
    return ("；" if lang == "zh" else "; ").join(part for part in parts if part)


def _ordered(field: Field, value: Any, lang: str) -> str:
    then = f"，{_word('then', lang)}" if lang == "zh" else f", {_word('then', lang)} "
    return then.join(_choice(field, key, lang) for key in value)


def _item(field: Field, value: Any, lang: str) -> str:
    role = _choice(field, value["value"], lang)
    bracketed = f"（{role}）" if lang == "zh" else f" ({role})"
    return value["text"] + bracketed if value["text"] else role


def _spec(_field: Field, value: Any, lang: str) -> str:
    sized = f"{_category(value['category'], lang)} {value['size']}".strip()
    return _dotted((sized, value["model"], value["fit"]))


def _band(field: Field, value: Any, lang: str) -> str:
    return _labelled(_category(value["category"], lang), _choice(field, value["value"], lang), lang)


def _place(value: Any, names: tuple[str, ...], lang: str) -> str:
    """From the large to the small in Chinese, the other way in English; a city that is its own province stands once."""
    parts = list(dict.fromkeys(value[name] for name in names if value[name]))
    return "".join(parts) if lang == "zh" else ", ".join(reversed(parts))


def _region(_field: Field, value: Any, lang: str) -> str:
    return _place(value, ("province", "city", "district"), lang)


def _address(field: Field, value: Any, lang: str) -> str:
    place = _place(value, ("province", "city", "district", "line"), lang)
    return _dotted((f"{place} {value['postcode']}".strip(), _choices(field, value["use"], lang)))


def _solar(month: int, day: int, lang: str) -> str:
    return f"{month}月{day}日" if lang == "zh" else f"{day} {MONTHS[month - 1]}"


def _lunar_day(day: int) -> str:
    if day % 10 == 0:
        return ("初十", "二十", "三十")[day // 10 - 1]
    return "初十廿"[day // 10] + _DIGITS[day % 10 - 1]


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _lunar(month: int, day: int, lang: str) -> str:
    if lang == "zh":
        return f"农历{_LUNAR_MONTHS[month - 1]}月{_lunar_day(day)}"
    return f"{_ordinal(day)} of the {_ordinal(month)} lunar month"


def _dates_item(_field: Field, value: Any, lang: str) -> str:
    written = _lunar if value["calendar"] == "lunar" else _solar
    return _dotted((value["label"], written(value["month"], value["day"], lang)))


def _date(_field: Field, value: Any, lang: str) -> str:
    day = date.fromisoformat(value)
    written = _solar(day.month, day.day, lang)
    return f"{day.year}年{written}" if lang == "zh" else f"{written} {day.year}"


def _need(field: Field, value: Any, lang: str) -> str:
    return _dotted((value["text"], value["date"] and _date(field, value["date"], lang)))


def _times(_field: Field, value: Any, lang: str) -> str:
    named = (("weekday", "weekday"), ("weekend", "weekend"), ("avoid", "do_not_contact"))
    shown = ((word, _listed(value[name], lang).replace("-", "–")) for name, word in named)
    return _groups((windows and f"{_word(word, lang)} {windows}" for word, windows in shown), lang)


def _birthday(_field: Field, value: Any, lang: str) -> str:
    from relcrm import birthday

    return birthday.show(birthday.Birthday.from_dict(value), lang)


WRITERS: dict[str, Writer] = {
    "text": _plain,
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
    "customer_ref": _plain,
    "staff_ref": _plain,
    "birthday": _birthday,
    "derived": _enum,
}
