"""Cards that other features hang into the store page. A feature appends once, when it is imported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from relcrm.staff.models import StaffMember

Context = dict[str, Any]


@dataclass(frozen=True)
class StoreCard:
    """`template` is included with `card`, what `context` answers for the reader; None shows nothing to her."""

    template: str
    context: Callable[[StaffMember], Context | None]


cards: list[StoreCard] = []


def shown_to(reader: StaffMember) -> list[tuple[str, Context]]:
    found = ((card.template, card.context(reader)) for card in cards)
    return [(template, context) for template, context in found if context is not None]
