"""The counts of a file of receipts in words a shop owner reads."""

from collections.abc import Mapping, Sequence

from relcrm.customers import import_words
from relcrm.i18n import _l, ngettext
from relcrm.receipts.tally import Tally

_WHY: Mapping[str, object] = {
    "no_sale": _l("no sale of these goods to her"),
    "other_customer": _l("that receipt is another customer's"),
    "other_currency": _l("another currency than the store's"),
    "day_too_old": _l("older than three years"),
    "day_missing": _l("no day"),
}
_LEFT = {
    "store": lambda n: ngettext(
        "%(num)s row names a store that is not yours. It goes to the store chosen for this file.",
        "%(num)s rows name a store that is not yours. They go to the store chosen for this file.",
        n,
    ),
    "staff": lambda n: ngettext(
        "%(num)s row names somebody who does not work in that store. It comes in without an associate.",
        "%(num)s rows name somebody who does not work in that store. They come in without an associate.",
        n,
    ),
}  # fmt: skip


def sentences(tally: Tally) -> list[str]:
    """What does not become a purchase now and why, one sentence each."""
    told = [
        (tally.waiting, ngettext(
            "%(num)s line is of somebody who is not in the book. It is kept sealed for 13 months and becomes hers when she comes.",
            "%(num)s lines are of people who are not in the book. They are kept sealed for 13 months and become theirs when they come.",
            tally.waiting,
        )),
        (tally.nobody, ngettext(
            "%(num)s line names no customer. It is left out.", "%(num)s lines name no customer. They are left out.", tally.nobody
        )),
        (tally.cancelled, ngettext("%(num)s line was cancelled. It is left out.", "%(num)s lines were cancelled. They are left out.", tally.cancelled)),
        (tally.known, ngettext("%(num)s line is in the book already.", "%(num)s lines are in the book already.", tally.known)),
        (tally.no_sale, ngettext(
            "%(num)s return found no sale. It is kept for 13 months, in case a later file brings it.",
            "%(num)s returns found no sale. They are kept for 13 months, in case a later file brings it.",
            tally.no_sale,
        )),
    ]  # fmt: skip
    return [str(words) for count, words in told if count] + [str(_LEFT[key](count)) for key, count in tally.left.items()]


def refusals(tally: Tally, header: Sequence[str]) -> list[tuple[str, object, int]]:
    """(column, what was wrong, rows) with the most frequent first."""
    found = []
    for key, count in sorted(tally.why.items(), key=lambda item: -item[1]):
        place, _space, code = key.partition(" ")
        name = header[int(place)] if 0 <= int(place) < len(header) else ""
        found.append((name, _WHY.get(code, import_words.why(code)), count))
    return found
