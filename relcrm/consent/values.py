"""Values of the catalogue's fields: read from a form, shown in her language, and their free text. Storing them is bound's."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from relcrm.consent.catalogue import Field
from relcrm.consent.reading import READERS
from relcrm.consent.showing import WRITERS


def parse(field: Field, raw: Mapping[str, list[str]], *, today: date) -> object:
    """What the form holds, as the JSON-able value that is kept. Raises BadValue whose `field` names the input.

    Inputs and values per kind (* takes several, ? may be blank; blank parts are kept as "", `date` as None):

    kind          inputs                                          value
    text          text                                            "..."
    enum          value                                           "key"
    enum_text     value text?                                     {"value", "text"}
    list          value text?           (one member of the list)  {"value", "text"}
    multi         value*                                          ["key", ...] in the order of the catalogue
    multi_text    value* text*                                    {"values", "texts"}
    multi_avoid   value* avoid*                                   {"like", "avoid"}
    ordered       value*                (in her order)            ["key", ...]
    spec          category size? model? fit?                      {"category", "size", "model", "fit"}
    band          category value                                  {"category", "value"}
    region        province? city? district?                       {"province", "city", "district"}
    address       province? city? district? line postcode? use*   the same names, "use" a list
    need          text date?                                      {"text", "date"}
    date          date                                            "YYYY-MM-DD"
    dates_item    text calendar month day                         {"label", "calendar", "month", "day"}
    times         weekday* weekend* avoid*  ("18:00-20:00")       {"weekday", "weekend", "avoid"}; avoid may pass midnight
    customer_ref  value                 (a public id)             "..."; staff_ref alike
    birthday      calendar year? month? day? leap? leap_policy?   Birthday.as_dict()
    derived       none: always refused with the code "not_typed"
    """
    return READERS[field.kind](field, raw, today)


def show(field: Field, value: object, lang: str) -> str:
    """How a value reads in "zh" or "en". A reference to a person reads as its id: only a query knows the name."""
    return WRITERS[field.kind](field, value, lang)


def basis_of(field: Field, value: object) -> str:
    """The one purpose this value rests on: the field's, or for a sensitive choice the consent of its own."""
    chosen = value.get("value") if isinstance(value, dict) else value
    return field.sensitive_basis if chosen in field.sensitive_choices else field.basis


def _named(*names: str) -> Callable[[Any], list[str]]:
    return lambda value: [value[name] for name in names]


_FREE: dict[str, Callable[[Any], list[str]]] = {
    "text": lambda value: [value],
    "enum_text": _named("text"),
    "list": _named("text"),
    "need": _named("text"),
    "multi_text": lambda value: list(value["texts"]),
    "spec": _named("size", "model", "fit"),
    "region": _named("province", "city", "district"),
    "address": _named("province", "city", "district", "line", "postcode"),
    "dates_item": _named("label"),
}


def plain(field: Field, value: object) -> list[str]:
    """Every part of a value that a person typed in her own words, for the check of forbidden content."""
    free = _FREE.get(field.kind)
    return [text for text in free(value) if text] if free else []
