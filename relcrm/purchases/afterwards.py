"""What later features offer on the page of a purchase, such as handing it over. A feature appends once, when it is imported."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from relcrm.purchases.models import Purchase
from relcrm.staff.models import StaffMember


@dataclass(frozen=True)
class Step:
    """`label` and `words` with the way there; `is_next` is what to do now."""

    label: str
    words: str
    endpoint: str
    values: Mapping[str, str]
    is_next: bool = False


# Each answers for one reader and purchase, None for nothing; a fixed number of queries each.
steps: list[Callable[[StaffMember, Purchase], Step | None]] = []


def of(reader: StaffMember, purchase: Purchase) -> list[Step]:
    return [step for source in steps if (step := source(reader, purchase)) is not None]
