"""The research file CDNOW_master.txt through an empty demo chain: python -m tests.load.cdnow FILE. Not a unit test; the file is not ours to keep.

Its ids become customers by the ordinary customer import with a declared paper, then its rows become receipts; the sums must be those of DOMAIN §2.7.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

SCORES: dict[bool, dict[str, object]] = {
    True: {
        "R": (4_735, 4_712, 4_702, 4_720, 4_701), "F": (12_054, 0, 4_040, 3_641, 3_835), "M": (4_817, 4_615, 4_710, 4_715, 4_713),
        "5-5-5": 2_340, "repeat %": 48.86, "within": [17.46, 29.22, 37.45, 45.86],
        "cohorts": {
            "1997-01": [7_846, 1_157, 964, 810, 679, 736], "1997-02": [8_476, 1_312, 980, 783, 847, 786],
            "1997-03": [7_248, 1_032, 752, 756, 674, 564],
        },
    },
    False: {
        "R": (4_705, 4_870, 4_534, 4_703, 4_690), "F": (11_989, 0, 4_040, 3_638, 3_835), "M": (4_749, 4_656, 4_697, 4_700, 4_700),
        "5-5-5": 2_333, "repeat %": 48.99,
    },
}  # fmt: skip
ROWS, PEOPLE, MINOR, ZERO = 69_659, 23_570, 250_031_563, 80
DAY, SIGNED = datetime(1998, 7, 1, 4, tzinfo=UTC), date(1997, 1, 1)  # noon in Shanghai
VISITS = {True: (67_591, 23_570), False: (67_511, 23_502)}


def prepared(folder: Path) -> Any:
    """An empty demo chain in that folder whose day is 1998-07-01. Returns its app."""
    for name in [name for name in os.environ if name.startswith("RELCRM_")]:
        del os.environ[name]
    offset = folder / "clock"
    offset.write_text(str((DAY - datetime.now(UTC)).total_seconds()))
    os.environ |= {"RELCRM_DATA_DIR": str(folder), "RELCRM_CLOCK": str(offset), "RELCRM_DEMO": "1"}
    import relcrm
    from relcrm import config, db
    from relcrm.demo import chain

    config.make_secrets(folder)
    app = relcrm.create_app(check_schema=False)
    with app.app_context():
        chain.build(folder / "relcrm.db", customers=0, seed=1)
        db.session().close()
    return app


class Took:
    """How long a step took, once it is over."""

    seconds = 0.0


class Told:
    """Prints each step with its time and the peak of memory by then, and whether a figure is the expected one."""

    def __init__(self) -> None:
        self.holds = True

    @contextmanager
    def step(self, words: str) -> Iterator["Took"]:
        began, took = time.perf_counter(), Took()
        yield took
        took.seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{words:44}{took.seconds:8.1f} s   peak {peak:6.1f} MB", flush=True)

    def check(self, words: str, found: object, wanted: object) -> None:
        self.holds = self.holds and found == wanted
        print(
            f"{'holds ' if found == wanted else 'BROKEN'} {words}: {found}{'' if found == wanted else f', expected {wanted}'}", flush=True
        )


class Locks:
    """How long each piece held the write lock, in ms; `worked` is the part of it that was this process's own work, not waiting for others."""

    def __init__(self) -> None:
        self.held: list[float] = []
        self.worked: list[float] = []

    def at(self, share: float) -> float:
        ranked = sorted(self.held) or [0.0]
        return ranked[min(int(share * len(ranked)), len(ranked) - 1)]

    def mine(self, share: float) -> float:
        own = sorted(self.worked) or [0.0]
        return own[min(int(share * len(own)), len(own) - 1)]

    def __str__(self) -> str:
        mine = f"own work p95 {self.mine(0.95):.0f} ms, most {self.mine(1):.0f} ms"
        return f"{len(self.held)} pieces, lock p95 {self.at(0.95):.0f} ms, longest {self.at(1):.0f} ms ({mine})"


def worked_off(batch_id: int, locks: Locks) -> None:
    """As the worker does, timing what each piece holds the lock for."""
    from relcrm.customers import import_job
    from relcrm.customers.import_models import ImportBatch
    from relcrm.db import write_tx

    def step() -> str:
        with write_tx() as tx:
            began, at_work = time.perf_counter(), time.thread_time()
            batch = tx.get_one(ImportBatch, batch_id)
            import_job.step(tx, batch)
            tx.flush()
            status = batch.status
        locks.held.append((time.perf_counter() - began) * 1000)
        locks.worked.append((time.thread_time() - at_work) * 1000)
        return status

    while (status := step()) in ("waiting", "running", "reverting"):
        import_job.read_ahead()
    if status not in ("done", "reverted"):
        raise SystemExit(f"{status} on the way")


def people(file: Path, locks: Locks) -> None:
    """The ids of the file as customers: the card number stands for the name, a paper of 1997 for two consents."""
    from relcrm.cli_import import actor_of
    from relcrm.customers import import_files, imports
    from relcrm.db import write_tx
    from relcrm.staff.models import Store

    kept = import_files.keep(file, file.name)

    def begun() -> int:
        with write_tx() as tx:
            by = actor_of("")
            batch = imports.make(tx, by, tx.get_one(Store, 1), kept, file_name=file.name, lang="en")
            imports.choose(batch, ["card_name", "skip", "skip", "skip"], by)
            paper = {"words": "public research data", "scan": b"", "scan_name": "", "signed_on": SIGNED}
            imports.declare(tx, by, batch, purposes=["profiling"], **paper)
            imports.start(tx, by, batch)
            return batch.id

    worked_off(begun(), locks)


def receipts(file: Path, locks: Locks, source: str = "cdnow") -> int:
    """The id of the import that brought them."""
    from relcrm.cli_import import actor_of
    from relcrm.customers import import_files, imports
    from relcrm.db import write_tx
    from relcrm.receipts import columns, importing
    from relcrm.staff.models import Store

    kept = import_files.keep(file, file.name, importing.MOST_ROWS, about=columns.RECEIPTS, limit=importing.MOST_BYTES)

    def begun() -> int:
        with write_tx() as tx:
            by = actor_of("")
            batch = importing.make(tx, by, tx.get_one(Store, 1), kept, file_name=file.name, lang="en", source=source)
            importing.choose(batch, [column.target for column in importing.columns_of(batch)], batch.source)
            imports.start(tx, by, batch)
            return batch.id

    worked_off(batch_id := begun(), locks)
    return batch_id


def count_zero(value: bool) -> None:
    """The setting, and the sums that follow from it."""
    from relcrm import jobs
    from relcrm.db import write_tx
    from relcrm.staff import settings

    with write_tx() as tx:
        settings.put(tx, "count_zero_value", value)
    jobs.run_now("purchase_recount")


def sums() -> dict[str, int]:
    import sqlalchemy as sa

    from relcrm.db import session
    from relcrm.purchases.models import CustomerTotals, Purchase

    session().rollback()
    rows, minor = session().execute(sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Purchase.kept_minor), 0))).one()
    free = session().scalar(sa.select(sa.func.count()).select_from(Purchase).where(Purchase.kept_minor == 0)) or 0
    had = sa.select(
        sa.func.coalesce(sa.func.sum(CustomerTotals.visit_days), 0), sa.func.coalesce(sa.func.sum(CustomerTotals.spend_minor), 0)
    )
    days, spend = session().execute(had).one()
    buyers = session().scalar(sa.select(sa.func.count()).select_from(CustomerTotals).where(CustomerTotals.visit_days > 0)) or 0
    again = session().scalar(sa.select(sa.func.count()).select_from(CustomerTotals).where(CustomerTotals.visit_days > 1)) or 0
    return {"rows": rows, "minor": minor, "zero": free, "visit days": days, "spend": spend, "buyers": buyers, "again": again}


def measured() -> dict[str, object]:
    """One night over all history: how many people have each score, how many have 5-5-5, repeat rate and cohorts."""
    import sqlalchemy as sa

    from relcrm import jobs
    from relcrm.db import session, write_tx
    from relcrm.measures import nightly
    from relcrm.measures.models import MeasureFigures, Score
    from relcrm.staff import settings

    with write_tx() as tx:
        settings.put(tx, "rfm_window_days", 0)
    jobs.run_now(nightly.NAME)
    session().rollback()
    found: dict[str, object] = {}
    for name in "rfm":
        column = getattr(Score, name)
        counts = {row[0]: row[1] for row in session().execute(sa.select(column, sa.func.count()).group_by(column))}
        found[name.upper()] = tuple(counts.get(n, 0) for n in range(1, 6))
    best = sa.and_(Score.r == 5, Score.f == 5, Score.m == 5)
    found["5-5-5"] = session().scalar(sa.select(sa.func.count()).select_from(Score).where(best))
    figures = session().scalars(sa.select(MeasureFigures)).one().figures
    found["repeat %"] = round(100 * figures["back_in_window"] / figures["in_window"], 2)
    found["within"] = [round(100 * back / all_, 2) for back, all_ in figures["within"].values()]
    found["cohorts"] = {month: cells[:6] for month, cells in figures["cohorts"].items()}
    return found


def run(app: Any, file: Path) -> bool:
    import sqlalchemy as sa

    from relcrm.cli_import import actor_of
    from relcrm.customers import imports
    from relcrm.customers.import_models import ImportBatch
    from relcrm.customers.models import Customer
    from relcrm.db import session, write_tx
    from relcrm.i18n import speaking

    told, locks = Told(), Locks()
    with app.app_context(), speaking("en"):
        with told.step("ids become customers"):
            people(file, locks)
        print(locks)
        told.check("people", session().scalar(sa.select(sa.func.count()).select_from(Customer).where(Customer.closed_at.is_(None))), PEOPLE)
        locks = Locks()
        with told.step("rows become receipts"):
            batch_id = receipts(file, locks)
        print(locks)
        for value in (True, False, True):
            with told.step(f"count_zero_value {'on' if value else 'off'}"):
                count_zero(value)
            found = sums()
            told.check("visit days and buyers", (found["visit days"], found["buyers"]), VISITS[value])
            with told.step("a night of scores"):
                night = measured()
            for name, wanted in SCORES[value].items():
                told.check(name, night[name], wanted)
        told.check("rows, zero-value rows", (found["rows"], found["zero"]), (ROWS, ZERO))
        told.check("dollars", (found["minor"], found["spend"]), (MINOR, MINOR))
        with told.step("the same file again"):
            receipts(file, Locks())
        told.check("a second import changes nothing", sums(), found)
        with write_tx() as tx:
            imports.revert(tx, actor_of(""), tx.get_one(ImportBatch, batch_id))
        locks = Locks()
        with told.step("taken back"):
            worked_off(batch_id, locks)
        print(locks)
        left = sums()
        told.check("all gone", (left["rows"], left["spend"], left["visit days"]), (0, 0, 0))
    return told.holds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    file = parser.parse_args().file
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        sys.exit(0 if run(prepared(Path(made)), file) else 1)


if __name__ == "__main__":
    main()
