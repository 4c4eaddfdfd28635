"""What a colleague who leaves would leave behind: later features say how much of theirs is hers. Moving it is theirs too."""

from collections.abc import Callable
from dataclasses import dataclass

from relcrm.staff.models import StaffMember


@dataclass(frozen=True)
class Left:
    """One kind of thing that stays hers for now: `words` says it in a sentence in the reader's language."""

    words: str
    count: int


# Each is asked with the person and answers in a fixed number of queries.
stays_behind: list[Callable[[StaffMember], Left]] = []


def what_stays(person: StaffMember) -> list[Left]:
    return [left for ask in stays_behind if (left := ask(person)).count]
