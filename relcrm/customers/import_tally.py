"""How many rows of a file did what, and why, field by field."""

import json
from collections import Counter
from dataclasses import dataclass, field

CREATED, UPDATED, MERGED, UNCHANGED, REFUSED = "created", "updated", "merged", "unchanged", "refused"
OUTCOMES = (CREATED, UPDATED, MERGED, UNCHANGED, REFUSED)


@dataclass
class Tally:
    """Rows by outcome; by field how many values go in (`stored`) and how many are left out (`unstored`); refusals by "column code"."""

    created: int = 0
    updated: int = 0
    merged: int = 0
    unchanged: int = 0
    refused: int = 0
    stored: dict[str, int] = field(default_factory=dict)
    unstored: dict[str, int] = field(default_factory=dict)
    why: dict[str, int] = field(default_factory=dict)

    def count(self, outcome: str, stored: Counter[str], unstored: Counter[str], why: Counter[str]) -> None:
        setattr(self, outcome, getattr(self, outcome) + 1)
        for mine, more in ((self.stored, stored), (self.unstored, unstored), (self.why, why)):
            for key in more:
                mine[key] = mine.get(key, 0) + more[key]

    @property
    def rows(self) -> int:
        return sum(getattr(self, outcome) for outcome in OUTCOMES)

    @property
    def taken(self) -> int:
        return self.created + self.updated + self.merged

    def as_json(self) -> str:
        return json.dumps(vars(self))

    @classmethod
    def read(cls, stored: str | None) -> "Tally":
        return cls(**json.loads(stored or "{}"))
