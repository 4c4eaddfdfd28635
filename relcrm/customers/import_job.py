"""Counting, bringing in and taking back rows behind the scenes, in short pieces that a kill cannot double; and forgetting what is over."""

import time
from collections import deque
from contextlib import suppress
from datetime import timedelta
from itertools import groupby, islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, jobs
from relcrm.customers import import_columns, import_files, import_kinds, import_reading, import_revert, import_terms, imports
from relcrm.customers.import_models import ImportBatch, ImportRefusal, ImportRow
from relcrm.customers.import_reading import Entry
from relcrm.customers.import_rows import Judge, Verdict
from relcrm.customers.import_tally import Tally
from relcrm.customers.import_writing import Hand, write
from relcrm.errors import RuleError
from relcrm.i18n import speaking
from relcrm.jobs import JobRun
from relcrm.staff import audit

NAME = "import"
PIECE_S = 0.06  # after this a piece begins no further rows, so that the lock is given back well within 200 ms
AHEAD_S = 0.12  # so long the next rows are read between two pieces, without the lock
CHUNK = 40
KEPT_REFUSED, ABANDONED = timedelta(days=7), timedelta(hours=24)
AT_WORK = ("checking", "waiting", "running", "reverting")
PASSING = ("OperationalError",)  # a database that was busy or a disk that was full is worth another try


class Reading:
    """How far this process has read one file, for one purpose and mapping: the rows before `at` were judged."""

    def __init__(self, batch: ImportBatch) -> None:
        self.of, self.at = self.key(batch), 0
        self.terms = imports.terms_of(batch)
        paper = import_terms.paper_of(batch)
        self.hand = Hand(batch.made_by_id, batch.lang, batch.file_sha256, paper.sha256 if paper else "")
        counting = batch.status == "checking"
        self.judge = Judge(self.terms) if counting else Judge(self.terms, batch.id, None)
        self._rows, self._read = imports.rows_of(batch), deque[Entry]()

    @staticmethod
    def key(batch: ImportBatch) -> tuple[str, str, bool]:
        return batch.kept_as, batch.mapping, batch.status == "checking"

    def skip_to(self, done: int) -> None:
        """Over the rows that were dealt with before a kill or by another process."""
        for _row in islice(self._rows, done - self.at):
            self.at += 1

    def ahead(self, most: int = 10 * CHUNK) -> None:
        """Read rows that will be wanted soon: no lock is needed for that."""
        until = time.perf_counter() + AHEAD_S
        while len(self._read) < most and time.perf_counter() < until:
            if not self._fill(CHUNK):
                break

    def _fill(self, most: int) -> bool:
        fresh = [import_reading.read(row, self.terms) for row in islice(self._rows, most)]
        self._read.extend(fresh)
        return bool(fresh)

    def next(self) -> list[Verdict]:
        """The next rows as they are judged; empty at the end."""
        if len(self._read) < CHUNK:
            self._fill(CHUNK - len(self._read))
        entries = [self._read.popleft() for _place in range(min(CHUNK, len(self._read)))]
        verdicts = self.judge.judge(entries)
        self._read.extendleft(reversed(entries[len(verdicts) :]))
        self.at += len(verdicts)
        return verdicts


_reading: Reading | None = None


def read_ahead() -> None:
    """Between two pieces; what it meets there that is wrong, the next piece meets again and tells."""
    for kind in import_kinds.kinds.values():
        with suppress(RuleError, OSError):
            kind.ahead()


def _ahead() -> None:
    if _reading is not None:
        _reading.ahead()


def _let_go() -> None:
    global _reading
    _reading = None


@jobs.job(NAME, every="now", between=read_ahead)
def piece(tx: Session, _cursor: str | None) -> str | None:
    """Work for one piece's time on the oldest import that wants work."""
    begun = sa.and_(ImportBatch.status.in_(("stopped", "failed")), ImportBatch.rows_done > 0)
    over = sa.and_(ImportBatch.kept_as != "", ImportBatch.status != "mapping", sa.not_(begun))
    query = sa.select(ImportBatch).where(sa.or_(ImportBatch.status.in_(AT_WORK), over)).order_by(ImportBatch.id).limit(1)
    batch = tx.scalar(query)
    if batch is None:
        return None
    with speaking(batch.lang):
        _work(tx, batch)
    return batch.public_id


def _work(tx: Session, batch: ImportBatch) -> None:
    run = tx.get(JobRun, NAME)
    if batch.status not in AT_WORK:
        import_files.drop(batch.kept_as)
        batch.kept_as = ""
    elif run is not None and run.failure and run.failure not in PASSING:
        _end(tx, batch, "failed", run.failure)
    else:
        step(tx, batch)


def step(tx: Session, batch: ImportBatch) -> None:
    """One piece of a file. What counts is the cursor in the batch: another process may have gone on meanwhile."""
    kind = import_kinds.of(batch)
    try:
        if batch.status == "reverting":
            if kind.take_back(tx, batch, _soon()):
                _end(tx, batch, "reverted")
        elif batch.status == "checking":
            if kind.count(tx, batch, _soon()):
                batch.status = "mapping"
        else:
            batch.status = "running"
            if kind.bring_in(tx, batch, _soon()):
                _end(tx, batch, "done")
    except RuleError as error:
        _end(tx, batch, "failed", error.code)


def _count(_tx: Session, batch: ImportBatch, until: float) -> bool:
    tally, over = imports.counted(batch), False
    reading = _reading_at(batch, tally.rows)
    if reading.at != tally.rows:
        tally = Tally()
    while time.perf_counter() < until:
        verdicts = reading.next()
        imports.tally_up(tally, verdicts)
        if over := not verdicts:
            break
    batch.foreseen = tally.as_json()
    return over


def _bring_in(tx: Session, batch: ImportBatch, until: float) -> bool:
    reading, tally, over = _reading_at(batch, batch.rows_done), imports.tally_of(batch), False
    reading.skip_to(batch.rows_done)
    while time.perf_counter() < until:
        verdicts = reading.next()
        if over := not verdicts:
            break
        write(tx, batch, reading.hand, verdicts, reading.terms)
        imports.tally_up(tally, verdicts)
    batch.did, batch.rows_done = tally.as_json(), reading.at
    return over


def _take_back(tx: Session, batch: ImportBatch, until: float) -> bool:
    return not import_revert.piece(tx, batch, until)


def _check(batch: ImportBatch) -> None:
    import_columns.check(import_columns.read_mapping(batch.mapping), len(imports.header_of(batch)))


def _taken(batch: ImportBatch) -> int:
    return imports.tally_of(batch).taken


import_kinds.kinds["customers"] = import_kinds.Kind(_check, _taken, _count, _bring_in, _take_back, _ahead, _let_go)


def _reading_at(batch: ImportBatch, done: int) -> Reading:
    """Where this process stands in the file; from the beginning when it stands elsewhere or beyond what was written."""
    global _reading
    if _reading is None or _reading.of != Reading.key(batch) or _reading.at > done:
        _reading = Reading(batch)
    return _reading


def _soon() -> float:
    return time.perf_counter() + PIECE_S


def _end(tx: Session, batch: ImportBatch, status: str, failure: str | None = None) -> None:
    """The file itself goes with the next piece, when it is certain that this one was written."""
    for kind in import_kinds.kinds.values():
        kind.let_go()
    batch.status, batch.failure = status, failure
    if status != "reverted":
        batch.finished_at = clock.now()
    audit.note(tx, None, f"import_{status}", batch.public_id, store_id=batch.store_id)


@jobs.job("import_sweep", every="day")
def sweep(tx: Session, _cursor: str | None) -> str | None:
    """Files nobody went on with are given up after a day; refused rows are forgotten after seven, what each row did after thirty."""
    now = clock.now()
    for batch in tx.scalars(sa.select(ImportBatch).where(ImportBatch.status.in_(imports.OPEN), ImportBatch.made_at < now - ABANDONED)):
        _end(tx, batch, "stopped")
    idle = sa.or_(ImportBatch.finished_at < now - ABANDONED, ImportBatch.status.not_in(("stopped", "failed")), ImportBatch.rows_done == 0)
    kept = sa.select(ImportBatch).where(ImportBatch.kept_as != "", ImportBatch.status.not_in((*imports.OPEN, *AT_WORK)), idle)
    for batch in tx.scalars(kept):
        import_files.drop(batch.kept_as)
        batch.kept_as = ""
    import_files.drop_forgotten(set(tx.scalars(sa.select(ImportBatch.kept_as).where(ImportBatch.kept_as != ""))))
    return _forget(tx)


def _forget(tx: Session) -> str | None:
    """Of one import a piece: a thousand rows of what went in, or the few thousand that were refused."""
    now = clock.now()
    over = sa.select(ImportBatch).where(ImportBatch.finished_at < now - KEPT_REFUSED, ImportBatch.header.is_not(None)).limit(1)
    if batch := tx.scalar(over):
        tx.execute(sa.delete(ImportRefusal).where(ImportRefusal.batch_id == batch.id))
        batch.header = None
        return batch.public_id
    old = sa.select(ImportBatch.id).where(ImportBatch.finished_at < now - imports.REVERTIBLE, ImportBatch.status != "reverting")
    lines = tx.execute(sa.select(ImportRow.batch_id, ImportRow.line).where(ImportRow.batch_id.in_(old)).limit(1000)).all()
    for batch_id, of_batch in groupby(lines, lambda row: row[0]):
        tx.execute(sa.delete(ImportRow).where(ImportRow.batch_id == batch_id, ImportRow.line.in_([line for _batch, line in of_batch])))
    return "lines" if lines else None
