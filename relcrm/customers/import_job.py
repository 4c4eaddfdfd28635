"""Counting and bringing in rows behind the scenes, in short pieces that a kill cannot double; and forgetting what is over."""

import json
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, jobs
from relcrm.customers import import_files, imports
from relcrm.customers.import_rows import Judge, Tally
from relcrm.customers.import_writing import Hand, write
from relcrm.customers.models import ImportBatch, ImportRefusal
from relcrm.customers.table import Row
from relcrm.db import session
from relcrm.errors import RuleError
from relcrm.i18n import speaking
from relcrm.jobs import JobRun
from relcrm.staff import audit
from relcrm.staff.models import Store

NAME = "import"
PIECE_S = 0.06  # after this a piece begins no further rows, so that the lock is given back well within 200 ms
CHUNK = 10
KEPT_REFUSED, ABANDONED = timedelta(days=7), timedelta(hours=24)
AT_WORK = ("checking", "waiting", "running")
PASSING = ("OperationalError",)  # a database that was busy or a disk that was full is worth another try


class Reading:
    """How far this process has read one file, for one purpose and mapping."""

    def __init__(self, batch: ImportBatch) -> None:
        self.of = self.key(batch)
        self.terms = imports.terms_of(batch)
        zone = session().get_one(Store, batch.store_id).time_zone
        self.hand = Hand(batch.made_by_id, batch.store_id, zone, batch.lang)
        self.judge = Judge()
        self._rows = imports.rows_of(batch)

    @staticmethod
    def key(batch: ImportBatch) -> tuple[str, str, bool]:
        return batch.kept_as, batch.mapping, batch.status == "checking"

    @property
    def at(self) -> int:
        return self.judge.rows_seen

    def next(self, most: int = CHUNK) -> list[Row]:
        return list(islice(self._rows, min(most, CHUNK)))


_reading: Reading | None = None


@jobs.job(NAME, every="now")
def piece(tx: Session, _cursor: str | None) -> str | None:
    """Work for one piece's time on the oldest import that wants work."""
    wants = sa.or_(ImportBatch.status.in_(AT_WORK), ImportBatch.kept_as != "")
    query = sa.select(ImportBatch).where(wants, ImportBatch.status != "mapping").order_by(ImportBatch.id).limit(1)
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
    try:
        _count(batch) if batch.status == "checking" else _bring_in(tx, batch)
    except RuleError as error:
        _end(tx, batch, "failed", error.code)


def _count(batch: ImportBatch) -> None:
    tally = imports.counted(batch)
    reading, until = _reading_at(batch, tally.rows), _soon()
    if reading.at != tally.rows:
        tally = Tally()
    while time.perf_counter() < until:
        rows = reading.next()
        tally.add(reading.judge.judge(rows, reading.terms))
        if not rows:
            batch.status = "mapping"
            break
    batch.foreseen = tally.as_json()


def _bring_in(tx: Session, batch: ImportBatch) -> None:
    batch.status = "running"
    reading, tally, until = _reading_at(batch, batch.rows_done), imports.tally_of(batch), _soon()
    if not _catch_up(tx, batch, reading, until):
        return
    while time.perf_counter() < until:
        rows = reading.next()
        if not rows:
            _end(tx, batch, "done")
            break
        verdicts = reading.judge.judge(rows, reading.terms)
        write(tx, batch, reading.hand, verdicts, reading.terms)
        tally.add(verdicts)
        _note(batch, tally, reading.at)


def _catch_up(tx: Session, batch: ImportBatch, reading: Reading, until: float) -> bool:
    """Read over the rows that are done, after a kill or behind another process; False when the piece's time is over before."""
    if reading.at == batch.rows_done:
        return True
    refused = frozenset(tx.scalars(sa.select(ImportRefusal.line).where(ImportRefusal.batch_id == batch.id)))
    while time.perf_counter() < until and (rows := reading.next(batch.rows_done - reading.at)):
        reading.judge.catch_up(rows, refused, reading.terms)
    return reading.at == batch.rows_done


def _note(batch: ImportBatch, tally: Tally, rows_done: int) -> None:
    batch.created, batch.updated, batch.unchanged, batch.refused = tally.created, tally.updated, tally.unchanged, tally.refused
    batch.unstored, batch.rows_done = json.dumps(tally.unstored), rows_done


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
    global _reading
    batch.status, batch.failure, batch.finished_at, _reading = status, failure, clock.now(), None
    audit.note(tx, None, f"import_{status}", batch.public_id, store_id=batch.store_id)


@jobs.job("import_sweep", every="day")
def sweep(tx: Session, _cursor: str | None) -> str | None:
    """Files nobody went on with are given up after a day; refused rows are forgotten after seven."""
    now = clock.now()
    for batch in tx.scalars(sa.select(ImportBatch).where(ImportBatch.status.in_(imports.OPEN), ImportBatch.made_at < now - ABANDONED)):
        _end(tx, batch, "stopped")
    for batch in tx.scalars(sa.select(ImportBatch).where(ImportBatch.kept_as != "", ImportBatch.status.not_in((*imports.OPEN, *AT_WORK)))):
        import_files.drop(batch.kept_as)
        batch.kept_as = ""
    import_files.drop_forgotten(set(tx.scalars(sa.select(ImportBatch.kept_as).where(ImportBatch.kept_as != ""))))
    return _forget(
        tx, tx.scalars(sa.select(ImportBatch).where(ImportBatch.finished_at < now - KEPT_REFUSED, ImportBatch.header.is_not(None))).all()
    )


def _forget(tx: Session, over: Sequence[ImportBatch]) -> str | None:
    """One import a piece; a file has at most a few thousand refused rows."""
    if not over:
        return None
    tx.execute(sa.delete(ImportRefusal).where(ImportRefusal.batch_id == over[0].id))
    over[0].header = None
    return over[0].public_id
