"""What the columns of a list of receipts are: targets, a guess by their names in Chinese and English, the till that wrote the file."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from relcrm.customers.column_words import key
from relcrm.customers.files import About, known_words
from relcrm.customers.table import Row
from relcrm.errors import BadValue
from relcrm.i18n import _l
from relcrm.receipts.column_words import PARTS, TILLS, WORDS

SKIP = "skip"
TARGETS: Mapping[str, object] = {
    SKIP: _l("Leave this column out"),
    "number": _l("Receipt number"),
    "line_number": _l("Line number"),
    "date": _l("Date, or date and time"),
    "time": _l("Time"),
    "store": _l("Store"),
    "phone": _l("Customer's phone"),
    "phone_2": _l("Customer's second phone"),
    "email": _l("Customer's e-mail"),
    "card": _l("Card or customer number"),
    "customer": _l("Customer: phone, e-mail or card"),
    "product": _l("Goods"),
    "sku": _l("Article number"),
    "barcode": _l("Barcode"),
    "size": _l("Size"),
    "colour": _l("Colour or variant"),
    "quantity": _l("Pieces"),
    "unit_price": _l("Price of one piece"),
    "discount": _l("Discount on the line"),
    "line_total": _l("Paid for the line"),
    "tax": _l("Tax that is not in that amount"),
    "receipt_total": _l("Paid for the whole receipt"),
    "freight": _l("Shipping within that amount"),
    "returned_quantity": _l("Pieces that came back"),
    "refund": _l("Amount paid back"),
    "sale_number": _l("Receipt number of the sale that is returned"),
    "type": _l("Sale or return"),
    "status": _l("Status"),
    "cancelled": _l("Filled in when it was cancelled"),
    "currency": _l("Currency"),
    "staff": _l("Associate"),
}
CONTACTS = frozenset({"phone", "phone_2", "email", "card", "customer"})
AMOUNTS = frozenset({"line_total", "unit_price", "receipt_total"})


class Till(NamedTuple):
    """A program known to write such files; `mapping` has the target of each column."""

    name: str
    mapping: list[str]


def recognise(header: Sequence[str]) -> Till | None:
    keys = [key(name) for name in header]
    for name, (marks, targets) in TILLS.items():
        if set(marks.split()) <= set(keys):
            meant = {word: target for target, words in targets.items() for word in words.split()}
            return Till(name, _once([meant.get(one, SKIP) for one in keys]))
    return None


def guess(header: Sequence[str]) -> list[str]:
    """A target for each column, each given once, the surest word first."""
    till = recognise(header)
    if till is not None:
        return till.mapping
    found = [_meaning(name) for name in header]
    best: dict[str, int] = {}
    for index, (target, rank) in enumerate(found):
        if target != SKIP and (target not in best or rank < found[best[target]][1]):
            best[target] = index
    if "time" in best and "date" not in best:
        best["date"] = best.pop("time")
    places = {index: target for target, index in best.items()}
    return [places.get(index, SKIP) for index in range(len(header))]


def is_known(text: str) -> bool:
    return 0 < len(text.strip()) <= 40 and _meaning(text)[0] != SKIP


def check(mapping: Sequence[str], width: int) -> None:
    """Raises BadValue mapping_unknown, mapping_twice, mapping_no_date, mapping_no_amount, mapping_no_contact."""
    chosen = [target for target in mapping if target != SKIP]
    if len(mapping) != width or set(chosen) - set(TARGETS):
        raise _refused("unknown", _l("Choose what each column is from the list."))
    if len(set(chosen)) < len(chosen):
        raise _refused("twice", _l("Two columns are marked as the same thing. Leave one of them out."))
    if "date" not in chosen:
        raise _refused("no_date", _l("Say which column holds the day of the receipt."))
    if not AMOUNTS & set(chosen):
        raise _refused("no_amount", _l("Say which column holds what was paid: for the line, for one piece or for the whole receipt."))
    if not CONTACTS & set(chosen):
        raise _refused("no_contact", _l("Say which column holds the customer's phone, e-mail or card number: receipts are matched by it."))


def _refused(code: str, sentence: object) -> BadValue:
    return BadValue(sentence, code=f"mapping_{code}", field="mapping")


def _once(targets: Sequence[str]) -> list[str]:
    return [target if target not in targets[:place] else SKIP for place, target in enumerate(targets)]


@cache
def _words() -> dict[str, tuple[str, int]]:
    return {word: (target, place) for target, words in WORDS.items() for place, word in reversed(list(enumerate(words.split())))}


@cache
def _meaning(name: str) -> tuple[str, int]:
    whole, bare = key(name), key(re.sub(r"[(（\[【].*?[)）\]】]", "", name))
    for word in (whole, bare):
        if word in _words():
            return _words()[word]
    return next(((target, 100) for pattern, target in PARTS if re.search(pattern, whole)), (SKIP, 0))


def _promise(top: list[Row]) -> int:
    return max(known_words(row, is_known) for row in top)


def _anything(_header: Sequence[str], _filename: str) -> None:
    """A list without receipts shows itself on the mapping screen: no day or amount is found there."""


RECEIPTS = About(is_known, _promise, _anything)
