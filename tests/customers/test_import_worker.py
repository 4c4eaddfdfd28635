"""A real `relcrm worker` brings a file in, and one that is killed in the middle loses and doubles nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from relcrm import background, chain, db
from relcrm.consent.models import ConsentEvent
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.models import ContactPoint, Customer, Note
from tests.customers.importing import FILES, choose, chosen, counts, eventually, members, upload

ROOT = Path(__file__).parents[2]


@contextmanager
def worker(app: Any, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "RELCRM_DATA_DIR": str(app.config["RELCRM"].data_dir), **more}
    process = subprocess.Popen(
        [sys.executable, "-m", "relcrm.cli", "worker"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def now(batch_id: int) -> ImportBatch:
    db.session().rollback()
    return db.session().get_one(ImportBatch, batch_id)


def waiting(app: Any, count: int) -> int:
    batch_id = choose(members(count), start=True).id
    background.kick(app)
    return batch_id


def test_the_worker_brings_a_gb18030_file_in_from_upload_to_the_refused_rows(app, sign_in):
    ben = sign_in("ben")
    page = upload(ben, (FILES / "members_gb18030.csv").read_bytes()).location
    assert "Bring in 1 row" in ben.get(page).text
    with worker(app):
        ben.post(f"{page}/run", data=chosen("card", "name", "gender", "phone", "birthday", "skip", "skip", "note"))
        eventually(lambda: "Every row was dealt with" in ben.get(page).text)
    refused = ben.get(f"{page}/refused.csv").get_data().decode("utf-8-sig")
    assert [line.split(",")[0] for line in refused.splitlines()] == ["Line", "3", "4", "5"]


def test_a_kill_in_the_middle_loses_and_doubles_nothing(ctx, tmp_path):
    total = 1200
    batch_id = waiting(ctx, total)
    with worker(ctx) as first:
        eventually(lambda: now(batch_id).rows_done)
        os.kill(first.pid, signal.SIGKILL)
        first.wait(10)
    broken_off = now(batch_id).rows_done
    assert 0 < broken_off < total
    later = tmp_path / "clock"  # the killed worker's lease runs for a minute
    later.write_text("120")
    background.kick(ctx)
    with worker(ctx, RELCRM_DEMO="1", RELCRM_CLOCK=str(later)):
        eventually(lambda: now(batch_id).status == "done")
    assert counts(now(batch_id)) == ("done", total, 0, 0, 0)
    guests = sa.select(sa.func.count()).select_from(Customer).where(Customer.name.startswith("Guest"))
    phones = sa.select(sa.func.count(ContactPoint.value.distinct())).where(
        ContactPoint.value.startswith("+86138000"), ContactPoint.kind == "phone"
    )
    assert db.session().scalar(guests) == total
    assert db.session().scalar(phones) >= total
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Note)) == total
    assert list(chain.broken(db.session(), ConsentEvent)) == []
