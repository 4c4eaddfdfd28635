"""The kinds of files that are brought in by pieces. Each says how its rows are counted, written and taken back; the job is import_job."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from relcrm.customers.import_models import ImportBatch


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Kind:
    """`check` raises BadValue while something about the columns is not said; `taken`: how many rows are in the book by now.

    `count` and `bring_in` work until that instant of perf_counter and return True at the end of the file, `take_back` when nothing
    is left. `ahead` reads between two pieces, `let_go` forgets what is held in memory of a file.
    """

    check: Callable[[ImportBatch], None]
    taken: Callable[[ImportBatch], int]
    count: Callable[[Session, ImportBatch, float], bool]
    bring_in: Callable[[Session, ImportBatch, float], bool]
    take_back: Callable[[Session, ImportBatch, float], bool]
    ahead: Callable[[], None] = _nothing
    let_go: Callable[[], None] = _nothing


kinds: dict[str, Kind] = {}


def of(batch: ImportBatch) -> Kind:
    return kinds[batch.what or "customers"]
