"""What is offered while a line is typed. Products register as a source; until then the store's own earlier lines answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from relcrm.purchases import line_names
from relcrm.staff.models import Store

MOST = 6


@dataclass(frozen=True)
class Suggestion:
    """Goods by name, with the sizes and colours there are, and the price in minor units of the store's currency (None: not priced)."""

    product_id: int | None
    name: str
    category: str
    sizes: tuple[str, ...]
    colours: tuple[str, ...]
    price_minor: int | None


Source = Callable[[Store, str], Sequence[Suggestion]]
# Asked before the earlier lines; a name that two know is shown once.
sources: list[Source] = []


def suggest(store: Store, text: str) -> list[Suggestion]:
    """At most MOST, products first."""
    found: dict[str, Suggestion] = {}
    for source in (*sources, _sold_before):
        for one in source(store, text) if len(found) < MOST else ():
            found.setdefault(line_names.key_of(one.name), one)
    return list(found.values())[:MOST]


def _sold_before(store: Store, text: str) -> Sequence[Suggestion]:
    return [
        Suggestion(row.product_id, row.name, row.category, tuple(row.sizes), tuple(row.colours), row.unit_minor)
        for row in line_names.beginning(store, text, MOST)
    ]
