"""`relcrm import customers`: the same reading in the foreground, with an honest exit code."""

import csv
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from relcrm import db
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.models import Customer
from tests import factories
from tests.customers.importing import members, table

ROOT = Path(__file__).parents[2]


def relcrm(app: Any, *arguments: object) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PYTHONPATH": str(ROOT), "RELCRM_DATA_DIR": str(app.config["RELCRM"].data_dir), "RELCRM_LANGUAGE": "en"}
    command = [sys.executable, "-m", "relcrm.cli", "import", "customers", *map(str, arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def customers() -> int:
    db.session().rollback()
    return int(db.session().scalar(sa.select(sa.func.count()).select_from(Customer)) or 0)


def test_all_rows_in_is_0(ctx, tmp_path):
    before = customers()
    done = relcrm(ctx, written(tmp_path / "m.csv", members(25)), "--store", "North", "--source", "old till")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "25 new, 0 added to, 0 known already, 0 not taken"), done.stderr
    assert customers() == before + 25
    batch = db.session().scalar(sa.select(ImportBatch))
    assert (batch.status, batch.source, batch.kept_as, batch.made_by_id) == ("done", "old till", "", factories.staff("hua").id)
    assert not (tmp_path / "m.csv.refused.csv").exists()


def test_some_rows_refused_is_2_and_they_stand_beside_the_file(ctx, tmp_path):
    file = written(tmp_path / "m.csv", table([("Mei", "13811110001"), ("Wu", "12")], ("Name", "Phone")))
    done = relcrm(ctx, file, "--store", "north", "--by", "ben")
    assert done.returncode == 2, done.stderr
    refused = tmp_path / "m.csv.refused.csv"
    with refused.open(encoding="utf-8-sig", newline="") as lines:
        assert [line[0] for line in csv.reader(lines)] == ["Line", "3"]
    assert refused.stat().st_mode & 0o777 == 0o600


def test_a_dry_run_stores_nothing(ctx, tmp_path):
    before = customers()
    done = relcrm(ctx, written(tmp_path / "m.csv", members(3)), "--store", "North", "--dry-run")
    assert (done.returncode, "3 new" in done.stdout) == (0, True), done.stderr
    assert customers() == before
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ImportBatch)) == 0


def test_a_column_can_be_named(ctx, tmp_path):
    file = written(tmp_path / "m.csv", table([("linen", "13811110001", "Mei")], ("Extra", "Phone", "Other")))
    assert relcrm(ctx, file, "--store", "North", "--mapping", "Extra=skip,3=name").returncode == 0
    assert factories.customer("Mei").name == "Mei"


def test_what_cannot_start_is_1(ctx, tmp_path):
    good = written(tmp_path / "m.csv", members(1))
    tries = {
        "There is no file": (tmp_path / "none.csv", "--store", "North"),
        "Name the store": (good,),
        "Nobody works here": (good, "--store", "North", "--by", "nobody"),
        "into no store": (good, "--store", "North", "--by", "ana"),
        "There is no column": (good, "--store", "North", "--mapping", "Nothing=name"),
        "from the list": (good, "--store", "North", "--mapping", "1=nonsense"),
        "No such option": (good, "--nonsense"),
    }
    for sentence, arguments in tries.items():
        done = relcrm(ctx, *arguments)
        assert (done.returncode, sentence in done.stderr) == (1, True), done.stderr
    assert db.session().scalar(sa.select(sa.func.count()).select_from(ImportBatch)) == 0
