"""Work that happens by itself: each job once per period, in short pieces with a cursor, safe against a kill and a second worker."""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from relcrm import clock
from relcrm.db import Model, session, write_tx

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
_PLACE = socket.gethostname()
TURN_S = 20.0  # after so long the other jobs have their turn
BREATH = 0.05  # seconds between two pieces, so that people at the counter get the write lock

# One piece of work: takes the cursor it left (None at first), returns the next one or None when the period's work is done.
Piece = Callable[[Session, str | None], str | None]


class Turn(Enum):
    """How a job's turn ended: its period's work is done, its time was over, or there was nothing it could do."""

    DONE = "done"
    OVER = "over"
    NOTHING = "nothing"


class JobRun(Model):
    """How far each job has come; the truth about background work, whatever huey forgets."""

    __tablename__ = "job_run"
    name: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    done_for: Mapped[str] = mapped_column(default="")
    cursor: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]


class Heartbeat(Model):
    """When each process last showed that it lives."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    at: Mapped[datetime]


@dataclass(frozen=True)
class Job:
    name: str
    every: str  # "day", "hour", "minute" or "now": whenever there is work
    piece: Piece
    between: Callable[[], None] | None = None


_jobs: dict[str, Job] = {}


def job(name: str, every: str, between: Callable[[], None] | None = None) -> Callable[[Piece], Piece]:
    """Register a job. Its piece is run in its own `write_tx` and should hold the lock for at most 200 ms; `between` two pieces,
    while others have the lock, it may do what needs none."""

    def register(piece: Piece) -> Piece:
        _jobs[name] = Job(name, every, piece, between)
        return piece

    return register


def run_due(zone: str) -> list[str]:
    """Run every job whose period has begun and is not done, in turns, so that a long one keeps no other waiting. Returns the names of
    those that finished."""
    finished = []
    while True:
        beat("worker")
        turns = {job.name: _run(job, zone) for job in _jobs.values()}
        finished += [name for name, turn in turns.items() if turn is Turn.DONE]
        if Turn.OVER not in turns.values():
            return finished


def run_now(name: str) -> bool:
    """Run one job whether due or not, from its beginning. False when another worker holds it."""
    with write_tx() as tx:
        row = _row(tx, name)
        if row.token is not None and _is_held(row, clock.now()):
            return False
        row.done_for, row.cursor, row.lease_until = "", None, None
    while (turn := _run(_jobs[name], "UTC")) is Turn.OVER:
        pass
    return turn is Turn.DONE


def ask(tx: Session, name: str) -> None:
    """Let a job run once more at the next tick, from its beginning; one that is under way is left to finish."""
    row = _row(tx, name)
    if row.token is None:
        row.done_for, row.cursor, row.lease_until = "", None, None


def is_waiting(name: str) -> bool:
    """Is this job under way, or asked for and not yet begun?"""
    row = session().get(JobRun, name)
    return row is not None and (row.token is not None or not row.done_for)


def names() -> list[str]:
    return sorted(_jobs)


def beat(name: str) -> None:
    with write_tx() as tx:
        tx.merge(Heartbeat(name=name, at=clock.now()))


def _period(every: str, zone: str) -> str:
    if every == "day":
        return clock.today(zone).isoformat()
    return clock.now().strftime({"hour": "%Y-%m-%dT%H", "minute": "%Y-%m-%dT%H:%M", "now": "%Y-%m-%dT%H:%M:%S.%f"}[every])


def _run(job: Job, zone: str) -> Turn:
    period = _period(job.every, zone)
    token = _take(job.name, period)
    if token is None:
        return Turn.NOTHING
    until = time.monotonic() + TURN_S
    try:
        while _step(job, token, period):
            if time.monotonic() > until:
                _give_back(job.name, token)
                return Turn.OVER
            _breathe(job)
    except Exception as error:
        log.exception("job %s failed", job.name)
        _fail(job.name, token, type(error).__name__)
        return Turn.NOTHING
    return Turn.DONE


def _give_back(name: str, token: str) -> None:
    """Let others go on; the cursor says where this one was."""
    with write_tx() as tx:
        row = _row(tx, name)
        if row.token == token:
            row.token, row.lease_until = None, None


def _breathe(job: Job) -> None:
    until = time.monotonic() + BREATH
    if job.between is not None:
        job.between()
    time.sleep(max(0.0, until - time.monotonic()))


def _take(name: str, period: str) -> str | None:
    seen = session().get(JobRun, name)
    now = clock.now()
    session().rollback()
    if seen is not None and (seen.done_for >= period or _is_held(seen, now)):
        return None
    with write_tx() as tx:
        row = _row(tx, name)
        if row.done_for >= period or _is_held(row, now):
            return None
        row.token, row.lease_until = f"{_PLACE}:{os.getpid()}:{secrets.token_hex(8)}", now + LEASE
        return row.token


def _is_held(row: JobRun, now: datetime) -> bool:
    """By a worker that still lives, or whose life nobody here can tell; what was killed on this machine need not be waited for."""
    if row.lease_until is None or row.lease_until <= now:
        return False
    place, _sign, rest = (row.token or "").rpartition(":")[0].rpartition(":")
    return place != _PLACE or Path(f"/proc/{rest}").exists() or not Path("/proc/self").exists()


def _step(job: Job, token: str, period: str) -> bool:
    """One piece and its cursor in one transaction; True while there is more. A lost lease ends the run quietly."""
    with write_tx() as tx:
        row = _row(tx, job.name)
        if row.token != token:
            return False
        row.cursor = job.piece(tx, row.cursor)
        row.lease_until, row.failure = clock.now() + LEASE, None
        if row.cursor is None:
            row.done_for, row.lease_until, row.token = period, None, None
        return row.cursor is not None


def _fail(name: str, token: str, what: str) -> None:
    with write_tx() as tx:
        row = _row(tx, name)
        if row.token == token:
            row.failure, row.failed_at, row.lease_until = what, clock.now(), clock.now() + timedelta(minutes=5)
            row.token = None


def _row(tx: Session, name: str) -> JobRun:
    row = tx.get(JobRun, name)
    if row is None:
        row = JobRun(name=name, done_for="")
        tx.add(row)
    return row
