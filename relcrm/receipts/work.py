"""Files of receipts piece by piece: counted, brought in, returns settled. When a piece ends and what follows it is import_job's."""

import time
from collections import deque
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import crypt
from relcrm.customers import import_kinds, imports, refused
from relcrm.customers.import_job import AHEAD_S
from relcrm.customers.import_models import ImportBatch, ImportRefusal
from relcrm.customers.rows import ANYWHERE, Problem
from relcrm.i18n import _l
from relcrm.receipts import booking, grouping, importing, people, returns, reverting, waiting
from relcrm.receipts.booking import Booked
from relcrm.receipts.grouping import Counts, Line
from relcrm.receipts.judging import Judge, Verdict
from relcrm.receipts.models import NO_SALE, RETURN, WaitingLine
from relcrm.receipts.tally import BOOKED, REFUSED, Tally
from relcrm.receipts.tally import RETURN as RETURNED
from relcrm.receipts.tally import WAITING as WAITS

CHUNK, RETURNS = 60, 20
_SILENT = {"synchronize_session": False}


class Reading:
    """How far this process has read one file, for one purpose and mapping: the rows before `at` were judged."""

    def __init__(self, batch: ImportBatch) -> None:
        self.of, self.at = self.key(batch), 0
        self.terms = importing.terms_of(batch)
        self.judge = Judge(self.terms, Counts() if batch.status == "checking" else None)
        self._receipts = grouping.receipts(imports.rows_of(batch), self.terms, Counts())
        self._read = deque[list[Line]]()

    @staticmethod
    def key(batch: ImportBatch) -> tuple[str, str, str, bool]:
        return batch.kept_as, batch.mapping, batch.source, batch.status == "checking"

    def skip_to(self, done: int) -> None:
        """Over the receipts that were dealt with before a kill or by another process. They are read: twins are counted from the top."""
        while self.at < done and (lines := self._next()):
            self.at += len(lines)

    def ahead(self, most: int = 20 * CHUNK) -> None:
        """Read rows that will be wanted soon: no lock is needed for that."""
        until = time.perf_counter() + AHEAD_S
        while len(self._read) < most and time.perf_counter() < until:
            if (lines := next(self._receipts, None)) is None:
                break
            self._read.append(lines)

    def _next(self) -> list[Line]:
        return self._read.popleft() if self._read else next(self._receipts, [])

    def next(self) -> Sequence[Verdict]:
        """The next receipts as they are judged; empty at the end."""
        lines: list[Line] = []
        while len(lines) < CHUNK and (more := self._next()):
            lines += more
        self.at += len(lines)
        return self.judge.judge(lines)


_reading: Reading | None = None


def ahead() -> None:
    if _reading is not None:
        _reading.ahead()


def let_go() -> None:
    global _reading
    _reading = None


def _reading_at(batch: ImportBatch, done: int) -> Reading:
    """Where this process stands in the file; from the beginning when it stands elsewhere or beyond what was written."""
    global _reading
    if _reading is None or _reading.of != Reading.key(batch) or _reading.at > done:
        _reading = Reading(batch)
    return _reading


def count(_tx: Session, batch: ImportBatch, until: float) -> bool:
    tally, over = Tally.read(batch.foreseen), False
    reading = _reading_at(batch, tally.rows)
    if reading.at != tally.rows:
        tally = Tally()
        reading = _fresh(batch)
    while time.perf_counter() < until and not over:
        verdicts = reading.next()
        reading.judge.tally_up(tally, verdicts)
        over = not verdicts
    batch.foreseen = tally.as_json()
    return over


def _fresh(batch: ImportBatch) -> Reading:
    """What was met so far is forgotten with the process that met it: counting begins again."""
    let_go()
    return _reading_at(batch, 0)


def bring_in(tx: Session, batch: ImportBatch, until: float) -> bool:
    """Sales first, in the order of the file; then the returns, so that each finds its sale wherever that stands."""
    reading, tally = _reading_at(batch, batch.rows_done), Tally.read(batch.did)
    reading.skip_to(batch.rows_done)
    over = False
    while time.perf_counter() < until and not over:
        verdicts = reading.next()
        _write(tx, batch, reading, verdicts)
        reading.judge.tally_up(tally, verdicts)
        over = not verdicts
    batch.rows_done = reading.at
    left = not over or _returns(tx, batch, tally, until)
    batch.did = tally.as_json()
    if not left:
        _look_for_sales_again(tx, batch)
    return not left


def _write(tx: Session, batch: ImportBatch, reading: Reading, verdicts: Sequence[Verdict]) -> None:
    lines = [
        Booked(one.item, one.customer_id, batch.id)
        for one in verdicts
        if one.outcome == BOOKED and one.item is not None and one.customer_id is not None
    ]
    booking.book(tx, reading.judge.book, lines)
    aside = [(one.item, one.customer_id, one.line.row) for one in verdicts if one.outcome in (WAITS, RETURNED) and one.item is not None]
    waiting.put(tx, batch.id, aside)
    bad = {one.line.row.number: one for one in verdicts if one.outcome == REFUSED}
    rows = [_set_aside(batch, one.line.row.cells, number, one.problems, reading.terms.header) for number, one in bad.items()]
    if rows:
        tx.execute(sa.insert(ImportRefusal), rows)


def _set_aside(
    batch: ImportBatch, cells: Sequence[str], number: int, problems: Sequence[Problem], header: Sequence[str]
) -> dict[str, object]:
    sealed = crypt.seal({"cells": list(cells), "why": refused.reason(problems, header)})
    return {"batch_id": batch.id, "line": number, "sealed": sealed}


def _returns(tx: Session, batch: ImportBatch, tally: Tally, until: float) -> bool:
    """Settle returns of this file; True while some are left."""
    query = sa.select(WaitingLine).where(WaitingLine.batch_id == batch.id, WaitingLine.why == RETURN).order_by(WaitingLine.id)
    while rows := tx.scalars(query.limit(RETURNS)).all():
        if time.perf_counter() > until:
            return True
        now = people.as_now({row.customer_id for row in rows if row.customer_id})
        waiting.drop(tx, [row.id for row in rows if row.customer_id not in now])
        stuck = returns.Settling(tx).settle([(row, now[row.customer_id]) for row in rows if row.customer_id in now])
        tally.no_sale += len(stuck)
        _tell(tx, batch, stuck)
    return False


def _tell(tx: Session, batch: ImportBatch, stuck: Sequence[WaitingLine]) -> None:
    told = set(tx.scalars(sa.select(ImportRefusal.line).where(ImportRefusal.batch_id == batch.id))) if stuck else set()
    problem = Problem(
        ANYWHERE, "no_sale", _l("No sale of these goods to her was found. It is kept for a year, in case a later file brings it.")
    )
    header = imports.header_of(batch) if stuck else ()
    new = {row.row_number: waiting.cells_of(row) for row in stuck if row.row_number not in told}
    if new:
        tx.execute(sa.insert(ImportRefusal), [_set_aside(batch, cells, number, [problem], header) for number, cells in new.items()])


def _look_for_sales_again(tx: Session, batch: ImportBatch) -> None:
    """Returns of earlier files may find their sale in what this one brought; the matching job looks."""
    stuck = sa.update(WaitingLine).where(WaitingLine.why == NO_SALE, WaitingLine.batch_id != batch.id)
    tx.execute(stuck.values(why=RETURN), execution_options=_SILENT)


def taken(batch: ImportBatch) -> int:
    return Tally.read(batch.did).taken


import_kinds.kinds[importing.WHAT] = import_kinds.Kind(importing.check, taken, count, bring_in, reverting.piece, ahead, let_go)
