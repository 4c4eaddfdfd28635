"""The columns of a customer file as they are put before a person: what each becomes, what is left out and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relcrm.consent import catalogue
from relcrm.consent.purposes import purpose
from relcrm.customers import columns
from relcrm.customers.columns import SKIP, TARGETS, WHY_SKIPPED
from relcrm.customers.table import Row
from relcrm.errors import BadValue
from relcrm.i18n import _l

PROFILING = "profiling"
# What a row may tell beyond identity, contact and service: the field it would fill. A file brings no consent, so none is stored.
FIELD_OF = {
    "birthday": "birthday",
    "birthday_lunar": "birthday",
    "birthday_month": "birthday",
    "birthday_day": "birthday",
    "birthday_year": "birthday",
    "gender": "gender",
    "tags": "tags",
}
NEEDS_PAPER, CHOSEN_ABOVE = "needs_paper", "chosen_above"
WHY_LEFT_OUT: Mapping[str, object] = {
    **WHY_SKIPPED,
    NEEDS_PAPER: _l("A yes in a file counts only with the paper that customers signed. She is asked again when she comes."),
    CHOSEN_ABOVE: _l("All rows go to the store you chose for this file."),
}
UNOFFERED = {target: NEEDS_PAPER for target in TARGETS if target.startswith("consent_")} | {"home_store": CHOSEN_ABOVE}
OFFERED: Mapping[str, object] = {
    SKIP: TARGETS[SKIP],
    **{key: text for key, text in TARGETS.items() if key not in UNOFFERED and key != SKIP},
}


@dataclass(frozen=True)
class Column:
    """One column: its name, the first value in it ("" for none), what it becomes, and the key of WHY_LEFT_OUT when it may become nothing."""

    index: int
    name: str
    value: str
    target: str
    why: str = ""

    @property
    def basis(self) -> str:
        """The purpose without which nothing of this column is stored; "" when the file itself is enough."""
        return basis_of(FIELD_OF[self.target]) if self.target in FIELD_OF else ""


def basis_of(field: str) -> str:
    """The purpose a field that a file may tell hangs on."""
    return catalogue.field(field).basis if field in catalogue.fields() else PROFILING


def needs(unstored: Mapping[str, int], lang: str) -> list[object]:
    """What is left out of how many rows and why, one sentence each."""
    return [_why_unstored(key, count, lang) for key, count in unstored.items()]


def _why_unstored(key: str, count: int, lang: str) -> object:
    if key == "associate":
        return _l("Associate: %(count)s rows name somebody who does not work in this store. They get none.", count=count)
    label = TARGETS["tags"] if key == "tags" else catalogue.label(catalogue.field(key), lang)
    if key == "address":
        return _l("%(field)s: %(count)s values are not stored, because this shop does not keep them.", field=label, count=count)
    return _l(
        "%(field)s: %(count)s values need her yes to “%(purpose)s” and are not stored. These customers will be asked at their next visit.",
        field=label,
        count=count,
        purpose=purpose(basis_of(key)).label,
    )


def proposed(header: Sequence[str], sample: Sequence[Row], remembered: Sequence[str] = ()) -> list[Column]:
    """What each column probably is; what was chosen for the same columns last time stands above the guess."""
    found = []
    for guess in columns.guess(header, sample):
        target, why = guess.target, guess.why_skipped
        if target in UNOFFERED:
            target, why = SKIP, UNOFFERED[target]
        if remembered and why != columns.NEVER_STORED:
            target = remembered[guess.index]
        value = "" if why == columns.NEVER_STORED else _first_value(sample, guess.index)
        found.append(Column(guess.index, header[guess.index], value, target, why if target == SKIP else ""))
    return found


def _first_value(sample: Sequence[Row], index: int) -> str:
    return next((cell[:40] for row in sample if (cell := row.cells[index].strip())), "")


def check(mapping: Sequence[str], width: int) -> None:
    """Raises BadValue mapping_unknown, mapping_twice, mapping_no_name, mapping_no_contact."""
    if len(mapping) != width or set(mapping) - set(OFFERED):
        raise BadValue(_l("Choose what each column is from the list."), code="mapping_unknown", field="mapping")
    columns.check_mapping(mapping)


def read_mapping(stored: str) -> list[str]:
    return [str(target) for target in json.loads(stored)]
