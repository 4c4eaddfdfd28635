"""What becomes of each line of a file, judged against the book. Nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from relcrm import crypt
from relcrm.customers.rows import ANYWHERE, Problem
from relcrm.db import session
from relcrm.i18n import _l
from relcrm.receipts.booking import Book
from relcrm.receipts.grouping import Counts, Item, Line
from relcrm.receipts.models import WaitingLine
from relcrm.receipts.people import People
from relcrm.receipts.reading import Terms
from relcrm.receipts.tally import BOOKED, CANCELLED, KNOWN, NOBODY, REFUSED, RETURN, WAITING, Tally


@dataclass(frozen=True, slots=True)
class Verdict:
    """One item of a line (or the line itself, when it books nothing) and what becomes of it."""

    line: Line
    outcome: str
    item: Item | None = None
    customer_id: int | None = None
    problems: tuple[Problem, ...] = ()


def waiting_key(item: Item) -> bytes:
    return crypt.fingerprint(str(item.store_id), item.source, item.number, item.on.isoformat(), item.key.hex())


class Judge:
    """Judges lines in their order. While counting, `seen` remembers receipts, people and repeated lines; in a run the book itself does."""

    def __init__(self, terms: Terms, seen: Counts | None = None) -> None:
        self.terms, self.seen = terms, seen
        self.book = Book([])

    def judge(self, lines: Sequence[Line]) -> list[Verdict]:
        """In a fixed number of queries, however many lines. `book` is how the receipts stood then."""
        items = [item for line in lines for item in line.items]
        self.people = People({contact for item in items for contact in item.contacts}, self.terms.held)
        self.book, self.waiting = Book(items), _waiting(items)
        self.now: set[bytes] = set()
        return [verdict for line in lines for verdict in self._one(line)]

    def _one(self, line: Line) -> list[Verdict]:
        if line.cancelled:
            return [Verdict(line, CANCELLED)]
        if line.problems:
            return [Verdict(line, REFUSED, problems=line.problems)]
        return [self._item(line, item) for item in line.items]

    def _item(self, line: Line, item: Item) -> Verdict:
        if not item.contacts:
            return Verdict(line, NOBODY, item)
        key, held = waiting_key(item), self.book.find(item)
        if key in self.now or (held is not None and item.key in held.keys):
            return Verdict(line, KNOWN, item)
        customer_id, problem = self.people.find(item.contacts)
        if problem is None and held is not None and customer_id not in (None, held.customer_id):
            problem = Problem(
                self.terms.column_of("number"), "other_customer", _l("This receipt number is in the book already, of another customer.")
            )
        if problem is not None:
            return Verdict(line, REFUSED, item, problems=(problem,))
        self.now.add(key)
        if key in self.waiting:
            return Verdict(line, KNOWN, item)
        if customer_id is None:
            return Verdict(line, WAITING, item)
        return Verdict(line, RETURN if item.is_return else BOOKED, item, customer_id)

    def tally_up(self, tally: Tally, verdicts: Sequence[Verdict]) -> None:
        """Lines by what became of them; while counting, receipts and people too."""
        rows: set[int] = set()
        for verdict in verdicts:
            first = verdict.line.row.number not in rows
            rows.add(verdict.line.row.number)
            outcome = KNOWN if self._repeated(verdict) else verdict.outcome
            tally.count(outcome, verdict.problems, verdict.line.left if first else ())
            if self.seen is not None and outcome == BOOKED and verdict.item is not None:
                item = verdict.item
                tally.receipts += self.seen.nth("receipt", item.store_id, item.number, item.on) == 1 and self.book.find(item) is None
                tally.people += self.seen.nth("person", verdict.customer_id) == 1
        tally.rows += len(rows)

    def _repeated(self, verdict: Verdict) -> bool:
        """The same line of the same receipt stands in the file twice."""
        if self.seen is None or verdict.item is None or verdict.outcome not in (BOOKED, RETURN, WAITING):
            return False
        return self.seen.nth("key", waiting_key(verdict.item).hex()) > 1


def _waiting(items: Sequence[Item]) -> set[bytes]:
    keys = [waiting_key(item) for item in items if item.contacts]
    if not keys or session().scalar(sa.select(WaitingLine.id).limit(1)) is None:
        return set()
    return set(session().scalars(sa.select(WaitingLine.key).where(WaitingLine.key.in_(keys))))


__all__ = ["ANYWHERE", "Judge", "Verdict", "waiting_key"]
