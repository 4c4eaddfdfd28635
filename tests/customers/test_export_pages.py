"""The pages: what is offered to whom, the file that comes, the log, and the command that does the same."""

import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from relcrm import db
from relcrm.consent import rules as consent_rules
from relcrm.customers import facts, queries
from relcrm.customers.export_models import ExportLog
from relcrm.staff.models import Store
from tests import factories

ROOT = Path(__file__).parents[2]
BORN = {"calendar": "solar", "year": 1985, "month": 11, "day": 3, "leap": False, "leap_policy": "leap_if_present"}


@pytest.fixture
def north(ctx):
    return "store:" + db.session().scalars(sa.select(Store.public_id).where(Store.name == "North")).one()


def ask(client, what, **more):
    told = {"what": what, "fields": ["name", "birthday"], "format": "csv", "why": "invitation cards", "client_key": "k1"}
    return client.post("/exports", data={**told, **more})


def lines(answer):
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def logged():
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(ExportLog))


def test_the_page_says_how_many_agreed_and_what_a_manager_may(north, sign_in):
    page = sign_in("ben").get(f"/exports/new?what={north}").text
    assert "2 customers" in page
    assert "1 of 2 agreed" in page
    assert "today 50 are left" in page
    assert 'value="phone"' not in page
    assert 'value="phone"' in sign_in("ari").get(f"/exports/new?what={north}").text


def test_the_file_comes_with_a_name_that_names_nobody(north, sign_in):
    answer = ask(sign_in("ben"), north)
    assert (answer.status_code, answer.headers["Cache-Control"], answer.content_type) == (200, "no-store", "text/csv; charset=utf-8")
    assert re.fullmatch(r'attachment; filename="customers-\d{4}-\d\d-\d\d\.csv"', answer.headers["Content-Disposition"])
    assert lines(answer) == [["Name", "Birthday"], ["Cleo Zhou", ""], ["Noor Ali", ""]]
    assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize(("format_", "kind", "begins"), [("xlsx", "spreadsheetml", b"PK"), ("vcf", "text/vcard", b"BEGIN:VCARD")])
def test_other_kinds_of_file_come_too(north, sign_in, format_, kind, begins):
    answer = ask(sign_in("ben"), north, format=format_)
    assert kind in answer.content_type
    assert answer.data.startswith(begins)


def test_a_double_tap_takes_nobody_out_twice(north, sign_in):
    client = sign_in("ben")
    assert ask(client, north).status_code == 200
    again = ask(client, north)
    assert (again.status_code, logged()) == (422, 1)
    key = re.search(r'name="client_key"[^>]*value="([^"]+)"', again.text)
    assert key is not None
    assert key[1] != "k1"
    assert ask(client, north, client_key=key[1]).status_code == 200


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"why": ""}, "Write what the file is for"),
        ({"fields": []}, "Choose at least one column"),
        ({"fields": ["phone"]}, "only with an area manager"),
    ],
)
def test_a_refusal_comes_back_with_what_was_typed(north, sign_in, more, words):
    answer = ask(sign_in("ben"), north, **more)
    assert answer.status_code == 422
    assert words in answer.text
    assert "invitation cards" in answer.text or "why" in more
    assert logged() == 0


def test_the_log_page_tells_managers_and_the_auditor(north, sign_in):
    ask(sign_in("ari"), north, fields=["name", "phone"])
    for number in ("ben", "ari", "hua", "quinn"):
        page = sign_in(number).get("/exports").text
        assert all(words in page for words in ("Ari", "customers of North", "invitation cards", "2 customers", "With phones")), number
        assert ("Take customers out</a>" in page) == (number != "quinn")
    assert "invitation cards" not in sign_in("olu").get("/exports").text


def test_a_file_with_somebody_who_took_it_back_is_to_be_deleted(north, sign_in):
    ana = factories.staff("ana")
    with db.write_tx() as tx:
        facts.put_fact(tx, ana, queries.get(ana, factories.customer("Cleo").public_id), "birthday", BORN)
    ask(sign_in("ben"), north)
    with db.write_tx() as tx:
        her = factories.customer("Cleo")
        consent_rules.withdraw(tx, her.id, "greeting", actor=ana, store_id=her.home_store_id, lang="en")
    ben, warning = sign_in("ben"), "1 customer in this file has taken a consent back since"
    assert warning in ben.get("/exports").text
    where = re.search(r'action="(/exports/[^"]+/deleted)"', ben.get("/exports").text)
    assert where is not None
    assert "/deleted" not in sign_in("quinn").get("/exports").text
    assert ben.post(where[1]).status_code == 303
    page = ben.get("/exports").text
    assert warning not in page
    assert "File deleted" in page


def test_the_audit_trail_says_how_many_left_with_whom(north, sign_in):
    ask(sign_in("ben"), north)
    page = sign_in("quinn").get("/settings/audit").text
    assert "Ben took customers out of the book in a file" in page
    assert "2 customers" in page


def test_the_store_page_leads_there_for_who_may(ctx, sign_in):
    shows = {number: 'href="/exports"' in sign_in(number).get("/store").text for number in ("ana", "ben", "ari", "hua", "quinn")}
    assert shows == {"ana": False, "ben": True, "ari": True, "hua": True, "quinn": True}


def relcrm(app, *arguments):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "RELCRM_DATA_DIR": str(app.config["RELCRM"].data_dir), "RELCRM_LANGUAGE": "en"}
    command = [sys.executable, "-m", "relcrm.cli", "export", "customers", *map(str, arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_writes_the_same_file_into_the_same_log(ctx, tmp_path):
    file = tmp_path / "m.csv"
    done = relcrm(ctx, file, "--store", "north", "--with-phones", "--why", "the new till")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 customers are in")
    with file.open(encoding="utf-8-sig", newline="") as text:
        found = list(csv.DictReader(text))
    assert [(row["Name"], row["Phone"]) for row in found] == [("Cleo Zhou", "\t+8613800003921"), ("Noor Ali", "\t+8613700005514")]
    assert file.stat().st_mode & 0o777 == 0o600
    log = db.session().scalars(sa.select(ExportLog)).one()
    assert (log.actor_id, log.why, log.with_phones, log.what) == (factories.staff("hua").id, "the new till", True, "store")


def test_what_the_command_may_not_write_it_does_not(ctx, tmp_path):
    there = tmp_path / "there.csv"
    there.write_text("mine")
    tries = {
        "is there already": (there, "--why", "x"),
        "only with an area manager": (tmp_path / "a.csv", "--by", "ben", "--with-phones", "--why", "x"),
        "out of no store": (tmp_path / "b.csv", "--by", "ana", "--why", "x"),
        "There is no store": (tmp_path / "c.csv", "--store", "West", "--why", "x"),
        "Say with --format": (tmp_path / "d.pdf", "--why", "x"),
        "Missing option": (tmp_path / "e.csv",),
    }
    for words, arguments in tries.items():
        done = relcrm(ctx, *arguments)
        assert done.returncode != 0
        assert words in done.stderr, (words, done.stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["there.csv"]
    assert (there.read_text(), logged()) == ("mine", 0)
