"""Time zones and countries that a store may be in, from the libraries' own lists."""

from functools import cache
from zoneinfo import available_timezones

CONTINENTS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones() -> tuple[str, ...]:
    """Names such as Asia/Shanghai, in alphabetical order, without the old spellings."""
    return tuple(sorted(zone for zone in available_timezones() if zone.split("/")[0] in CONTINENTS))


@cache
def countries() -> frozenset[str]:
    """Two-letter codes of countries whose phone numbers can be read."""
    import phonenumbers

    return frozenset(phonenumbers.SUPPORTED_REGIONS)


def country_names(locale: str) -> list[tuple[str, str]]:
    """(code, name) in that language, by name."""
    from babel import Locale

    names = Locale.parse(locale).territories
    return sorted(((code, names.get(code, code)) for code in countries()), key=lambda pair: pair[1])
