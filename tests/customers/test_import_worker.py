"""A real `relcrm worker` brings a file in, and one that is killed in the middle loses and doubles nothing."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
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
        ben.post(f"{page}/run", data=chosen("card", "name", "gender", "phone", "birthday", "opening_points", "skip", "note"))
        eventually(lambda: "Every row was dealt with" in ben.get(page).text)
    refused = ben.get(f"{page}/refused.csv").get_data().decode("utf-8-sig")
    assert [line.split(",")[0] for line in refused.splitlines()] == ["Line", "3", "4", "5"]


def test_ten_kills_at_any_moment_lose_and_double_nothing(ctx):
    total, draw, kills = 3600, Random(7), 0  # short of the number that is Cleo's
    batch_id = waiting(ctx, total)
    for _turn in range(40):
        before = now(batch_id).rows_done
        with worker(ctx) as process:
            eventually(lambda: now(batch_id).rows_done > before)  # noqa: B023 (asked at once)
            threading.Event().wait(draw.random() * 0.25)
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)
        kills += now(batch_id).status == "running"
        background.kick(ctx)
        if kills == 10 or now(batch_id).status == "done":
            break
    assert kills == 10, f"only {kills} kills hit a running import of {total} rows"
    with worker(ctx):
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
