"""Figures of everybody together, added up buyer by buyer (DOMAIN §2.5). Pure: holds counts, no names."""

from collections import Counter
from datetime import date
from typing import Any

from relcrm.measures.inputs import Buyer

WITHIN_DAYS = (30, 90, 180, 365)


class Tally:
    """One currency. `figures` is what is kept: counts by word, by day span and by month of the first purchase."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.within: Counter[int] = Counter()
        self.old_enough: Counter[int] = Counter()
        self.cohorts: dict[str, Counter[int]] = {}

    def add(self, one: Buyer, today: date) -> None:
        first = one.days[0]
        self.counts.update(buyers=1, back=len(one.days) > 1, in_window=bool(one.visits), back_in_window=len(one.visits) > 1)
        second = (one.days[1] - first).days if len(one.days) > 1 else None
        for span in WITHIN_DAYS:
            if (today - first).days >= span:
                self.old_enough[span] += 1
                self.within[span] += second is not None and second <= span
        months = {_months(day) - _months(first) for day in one.days}
        self.cohorts.setdefault(f"{first:%Y-%m}", Counter()).update(months)

    def figures(self) -> dict[str, Any]:
        within = {str(span): [self.within[span], self.old_enough[span]] for span in WITHIN_DAYS}
        cohorts = {month: [cells[k] for k in range(max(cells) + 1)] for month, cells in sorted(self.cohorts.items())}
        return {**self.counts, "within": within, "cohorts": cohorts}


def _months(day: date) -> int:
    return day.year * 12 + day.month
