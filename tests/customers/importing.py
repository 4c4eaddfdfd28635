"""What the tests of imports share: files, uploads, the steps of a run, and waiting without sleeping."""

import csv
import io
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from relcrm import db, jobs
from relcrm.customers import import_files, imports
from relcrm.customers.import_models import ImportBatch
from relcrm.i18n import speaking
from relcrm.staff.models import Store
from tests import factories

FILES = Path(__file__).parent / "files"
HEADER = ("Name", "Phone", "E-mail", "Birthday", "Gender", "Tags", "Address", "Notes")


def table(rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def members(count: int) -> bytes:
    """So many good rows, all different."""
    return table([(f"Guest {i}", f"138{i:08d}", f"guest{i}@example.com", "", "", "", "", "likes linen") for i in range(count)])


def choose(
    content: bytes,
    *,
    by: str = "ben",
    store: str = "North",
    start: bool = False,
    mapping: Sequence[str] | None = None,
    proves: bool = False,
) -> ImportBatch:
    """A file that was uploaded, and started if asked; not yet worked on."""
    kept = import_files.receive(io.BytesIO(content), "members.csv")
    actor = factories.staff(by)
    with db.write_tx() as tx:
        where = tx.query(Store).filter_by(name=store).one()
        batch = imports.make(tx, actor, where, kept, file_name="members.csv", lang="en")
        if start:
            imports.choose(batch, mapping or [column.target for column in imports.columns_of(batch)], actor, proves=proves)
            imports.start(tx, actor, batch)
        batch_id = batch.id
    return db.session().get_one(ImportBatch, batch_id)


def bring_in(
    content: bytes, *, by: str = "ben", store: str = "North", mapping: Sequence[str] | None = None, proves: bool = False
) -> ImportBatch:
    """By the rules, without a browser: the file is read and run to its end."""
    with speaking("en"):
        batch_id = choose(content, by=by, store=store, start=True, mapping=mapping, proves=proves).id
    work()
    return db.session().get_one(ImportBatch, batch_id)


def work() -> None:
    """What the worker does when it is woken."""
    jobs.run_due("UTC")
    db.session().rollback()


def counts(batch: ImportBatch) -> tuple[str, int, int, int, int]:
    tally = imports.tally_of(batch)
    return batch.status, tally.created, tally.updated + tally.merged, tally.unchanged, tally.refused


def reasons(batch: ImportBatch) -> dict[int, str]:
    return {row.number: why for row, why in imports.refused_rows(batch)}


def upload(client: FlaskClient, content: bytes, name: str = "members.csv", **more: str) -> Any:
    return client.post("/imports", data={"file": (io.BytesIO(content), name), "client_key": "k1", **more})


def chosen(*targets: str) -> dict[str, str]:
    return {f"column-{index}": target for index, target in enumerate(targets)}


def eventually(holds: Callable[[], Any], seconds: float = 180) -> Any:
    """The first true answer; fails when none comes within so many seconds: a lost bell is made good by the tick of the next minute."""
    until, pause = time.monotonic() + seconds, threading.Event()
    while not (found := holds()):
        assert time.monotonic() < until, f"not within {seconds} s: {holds}"
        pause.wait(0.02)
    return found
