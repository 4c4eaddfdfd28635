"""How many lines of a file of receipts did what, and why not."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from relcrm.customers.rows import Problem

BOOKED, KNOWN, RETURN, WAITING, NOBODY, CANCELLED, REFUSED = "booked", "known", "returned", "waiting", "nobody", "cancelled", "refused"


@dataclass
class Tally:
    """`rows` of the file; lines by what became of them; `receipts` and `people` that the booked ones are of; refusals by "column code".

    `nobody`: no customer stands on them. `returned` are returns that look for their sale once all sales are in; `no_sale` of them found none.
    """

    rows: int = 0
    booked: int = 0
    known: int = 0
    returned: int = 0
    waiting: int = 0
    nobody: int = 0
    cancelled: int = 0
    refused: int = 0
    receipts: int = 0
    people: int = 0
    no_sale: int = 0
    why: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    def count(self, outcome: str, problems: Iterable[Problem] = (), left: Iterable[str] = ()) -> None:
        setattr(self, outcome, getattr(self, outcome) + 1)
        for mine, more in ((self.why, Counter(f"{one.column} {one.code}" for one in problems)), (self.left, Counter(left))):
            for key in more:
                mine[key] = mine.get(key, 0) + more[key]

    @property
    def taken(self) -> int:
        return self.booked + self.returned + self.waiting

    def as_json(self) -> str:
        return json.dumps(vars(self))

    @classmethod
    def read(cls, stored: str | None) -> "Tally":
        return cls(**json.loads(stored or "{}"))
