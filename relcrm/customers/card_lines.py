"""What later features add to a customer's page: lines of the conversation card, and acts. A feature appends once, when it is imported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from relcrm.customers.queries import Seen
from relcrm.staff.models import StaffMember


@dataclass(frozen=True)
class CardLine:
    """`label` and `words` as they stand on the card; with `endpoint` (and its values) the words lead there. `gold`: her rank, before the words.

    `place` orders the lines, whichever feature was imported first: what she bought is 1.
    """

    label: str
    words: str
    endpoint: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    gold: str = ""
    place: int = 9


@dataclass(frozen=True)
class Act:
    """A button of her page: the most likely next act."""

    label: str
    icon: str
    endpoint: str
    values: Mapping[str, str]


# Each answers for one reader and customer in her language; nothing shows nothing. A fixed number of queries each.
lines: list[Callable[[StaffMember, Seen, str], Sequence[CardLine]]] = []
acts: list[Callable[[StaffMember, Seen], Sequence[Act]]] = []


def lines_for(reader: StaffMember, seen: Seen, lang: str) -> list[CardLine]:
    return sorted((line for source in lines for line in source(reader, seen, lang)), key=lambda line: line.place)


def acts_for(reader: StaffMember, seen: Seen) -> list[Act]:
    return [act for source in acts for act in source(reader, seen)]
