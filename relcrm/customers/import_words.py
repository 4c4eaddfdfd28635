"""The counts of a file in words a shop owner reads: what goes in, what is left out and why, what was refused for what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relcrm.consent import catalogue
from relcrm.consent.purposes import purpose
from relcrm.customers.columns import TARGETS
from relcrm.customers.import_columns import basis_of
from relcrm.customers.import_tally import Tally
from relcrm.i18n import _l

SERVICE = "service"
_LEFT = {
    "associate": _l("Associate: %(count)s rows name somebody who does not work in that store. They belong to the store's pool."),
    "home_store": _l("Home store: %(count)s rows name a store that is not yours. They go to the store chosen for this file."),
    "tags_unfit": _l("Tags: %(count)s rows have one that is too long or says what may not be kept. That tag is left out."),
    "name": _l("Name: %(count)s rows have another name than the book. The name in the book stays."),
    "points_rules": _l("Points: %(count)s rows bring points, and this shop has no rules for points yet. The owner publishes them first."),
}


@dataclass(frozen=True)
class Line:
    """One field of the file: how many values go in and how many do not."""

    label: object
    stored: int
    left: int


def lines(tally: Tally, lang: str) -> list[Line]:
    """Field by field, in the order in which the columns are offered."""
    keys = [key for key in (*TARGETS, "address", "region") if key in tally.stored or key in tally.unstored]
    return [Line(_label(key, lang), tally.stored.get(key, 0), tally.unstored.get(key, 0)) for key in dict.fromkeys(keys)]


def _label(key: str, lang: str) -> object:
    if key.startswith("consent_") and key.removeprefix("consent_") in ("callback", "greeting", "profiling", "survey", "marketing"):
        return purpose(key.removeprefix("consent_")).label
    return TARGETS[key] if key in TARGETS else catalogue.label(catalogue.field(key), lang)


def needs(unstored: Mapping[str, int], lang: str) -> list[object]:
    """What is left out of how many rows and why, one sentence each."""
    return [_why_unstored(key, count, lang) for key, count in unstored.items()]


def _why_unstored(key: str, count: int, lang: str) -> object:
    if key in _LEFT:
        return str(_LEFT[key]) % {"count": count}
    label = _label(key, lang)
    if key.startswith("opening_"):
        return _l("%(field)s: %(count)s rows are of people who brought theirs along before. The first one stays.", field=label, count=count)
    if key.startswith("consent_"):
        return _l(
            "%(field)s: %(count)s rows say yes, but nothing proves it yet. These customers are asked themselves.", field=label, count=count
        )
    if basis_of(key) == SERVICE:
        return _l("%(field)s: %(count)s values are not stored, because this shop does not keep them.", field=label, count=count)
    return _l(
        "%(field)s: %(count)s values need her yes to “%(purpose)s” and are not stored. These customers will be asked at their next visit.",
        field=label,
        count=count,
        purpose=purpose(basis_of(key)).label,
    )


_WHY: Mapping[str, object] = {
    "twice_in_file": _l("another row has the same, under another name"),
    "other_store": _l("in the book of another store"),
    "two_customers": _l("the numbers of two different customers"),
    "closed": _l("she ended her file with us"),
    "child": _l("under 14"),
    "digits_lost": _l("Excel cut off digits"),
    "long": _l("too long"),
    "tag_length": _l("too long"),
    "surplus": _l("more cells than columns"),
    "day_in_future": _l("in the future"),
    "future": _l("in the future"),
    "name_empty": _l("no name"),
    "answer_unknown": _l("neither yes nor no"),
}


def why(code: str) -> object:
    """A short reason why a cell or row was not taken."""
    return _WHY.get(code, _l("cannot be read"))


def refusals(tally: Tally, header: Sequence[str]) -> list[tuple[str, object, int]]:
    """(column, what was wrong, rows) with the most frequent first."""
    found = []
    for key, count in sorted(tally.why.items(), key=lambda item: -item[1]):
        index, _space, code = key.partition(" ")
        place = int(index)
        name = header[place] if 0 <= place < len(header) else ""
        found.append((name, why(code), count))
    return found
