"""The columns of a customer file as they are put before a person: what each becomes, what is left out and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relcrm.consent import catalogue
from relcrm.customers import columns
from relcrm.customers.columns import SKIP, TARGETS, WHY_SKIPPED
from relcrm.customers.rows import PURPOSES
from relcrm.customers.table import Row
from relcrm.errors import BadValue
from relcrm.i18n import _l

PROFILING, SERVICE = "profiling", "service"
# What a row may tell beyond identity, contact and service: the field it would fill. A file brings no consent, so none is stored.
FIELD_OF = {
    "birthday": "birthday",
    "birthday_lunar": "birthday",
    "birthday_month": "birthday",
    "birthday_day": "birthday",
    "birthday_year": "birthday",
    "gender": "gender",
    "gender_zero_female": "gender",
    "tags": "tags",
}
CONSENTS = frozenset(f"consent_{key}" for key in PURPOSES)
WHY_LEFT_OUT: Mapping[str, object] = {
    **WHY_SKIPPED,
}
OFFERED: Mapping[str, object] = {SKIP: TARGETS[SKIP], **{key: text for key, text in TARGETS.items() if key != SKIP}}


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


def proposed(header: Sequence[str], sample: Sequence[Row], remembered: Sequence[str] = ()) -> list[Column]:
    """What each column probably is; what was chosen for the same columns last time stands above the guess."""
    found = []
    for guess in columns.guess(header, sample):
        target, why = guess.target, guess.why_skipped
        if remembered and why != columns.NEVER_STORED:
            target = remembered[guess.index]
        value = "" if why == columns.NEVER_STORED else first_value(sample, guess.index)
        found.append(Column(guess.index, header[guess.index], value, target, why if target == SKIP else ""))
    return found


def first_value(sample: Sequence[Row], index: int) -> str:
    """The first that stands in this column, cut to what a table shows."""
    return next((cell[:40] for row in sample if index < len(row.cells) and (cell := row.cells[index].strip())), "")


def check(mapping: Sequence[str], width: int) -> None:
    """Raises BadValue mapping_unknown, mapping_twice, mapping_no_name, mapping_no_contact."""
    if len(mapping) != width or set(mapping) - set(OFFERED):
        raise BadValue(_l("Choose what each column is from the list."), code="mapping_unknown", field="mapping")
    columns.check_mapping(mapping)


def read_mapping(stored: str) -> list[str]:
    return [str(target) for target in json.loads(stored)]
