"""What `relcrm doctor` asks of a book, and how it asks: every check is registered by whose rows it is about. Printing is cli_doctor."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from relcrm import chain, schema
from relcrm.db import session


@dataclass(frozen=True)
class Check:
    """`faults` yields a sentence for each thing that is wrong, in pieces that hold no lock. `helps` says what a person can do;
    `mend`, where there is one, is what `relcrm doctor --mend` does."""

    name: str
    faults: Callable[[bool], Iterator[str]]
    helps: str = ""
    mend: Callable[[], None] | None = None


checks: list[Check] = []


def check(
    name: str, helps: str = "", mend: Callable[[], None] | None = None
) -> Callable[[Callable[[bool], Iterator[str]]], Callable[[bool], Iterator[str]]]:
    def register(faults: Callable[[bool], Iterator[str]]) -> Callable[[bool], Iterator[str]]:
        checks.append(Check(name, faults, helps, mend))
        return faults

    return register


@check("database file", "restore the last backup")
def _file(deep: bool) -> Iterator[str]:
    yield from schema.faults(deep=deep)


@check("chains", "restore the last backup; somebody changed history")
def _chains(_deep: bool) -> Iterator[str]:
    """Every row of an append-only table follows from the one before it."""
    for name, model in chain.tables():
        for row_id in chain.broken(session(), model):
            yield f"{name} {row_id} does not follow from the row before it"
