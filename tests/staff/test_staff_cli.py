"""`relcrm staff`: on a real database file, through click's runner and once as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from relcrm import cli as commands
from relcrm import db
from relcrm.staff import passwords
from relcrm.staff.models import AuditEvent, StaffMember
from tests.factories import PASSWORD

ROOT = Path(__file__).parents[2]
NEW = "four wild swans"


@pytest.fixture
def run(app, monkeypatch):
    """run("staff", "list") -> click's result; the words of a refusal stand in `result.exception`."""
    monkeypatch.setattr(commands, "make_app", lambda **_: app)
    return lambda *words, **more: CliRunner().invoke(commands.cli, words, **more)


def test_add_prints_a_link_that_opens(run, app, look):
    done = run("staff", "add", "1007", "Lin Qing", "--store", "North", "--phone", "13800001111")
    assert done.exit_code == 0
    assert done.output.startswith("http://127.0.0.1:8000/join/")
    assert app.test_client().get(done.output.strip().removeprefix("http://127.0.0.1:8000")).status_code == 200
    person = look(lambda s: s.query(StaffMember).filter_by(number="1007").one())
    assert person.phone == "+8613800001111"


def test_add_asks_for_the_store_where_there_are_several(run):
    done = run("staff", "add", "1007", "Lin Qing")
    assert done.exit_code == 1
    assert "--store with one of North, South" in str(done.exception)


def test_an_owner_needs_no_store(run, look):
    assert run("staff", "add", "2", "Lin", "--role", "owner").exit_code == 0
    assert look(lambda s: s.query(StaffMember).filter_by(number="2").count()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("add", "ana", "Lin", "--store", "North"),
        ("add", "7", "<b>", "--store", "North"),
        ("add", "7", "Lin", "--store", "Nowhere"),
        ("add", "7", "Lin", "--store", "North", "--phone", "12x"),
        ("add", "7", "Lin", "--role", "king"),
        ("reset", "nobody"),
        ("password", "nobody", "--password", NEW),
        ("end-sessions", "nobody"),
        ("leave", "nobody"),
        ("leave", "hua"),
        ("password", "ana", "--password", "short"),
    ],
)
def test_a_refusal_is_no_success_and_changes_nothing(run, look, words):
    before = look(lambda s: s.query(AuditEvent).count())
    assert run("staff", *words).exit_code != 0
    assert look(lambda s: s.query(AuditEvent).count()) == before


def test_list_tells_roles_and_last_use(run, door):
    door("ana")
    text = run("staff", "list").output
    assert "store_manager North" in text
    rows = {row["number"]: row for row in json.loads(run("staff", "list", "--json").output)}
    assert rows["ari"]["roles"] == [{"role": "area_manager", "store": "North"}, {"role": "area_manager", "store": "South"}]
    assert rows["ana"]["last_used"] is not None
    assert rows["ada"]["last_used"] is None


def test_the_password_is_asked_for_twice_and_never_shown(run, door):
    client, _ = door("ana")
    done = run("staff", "password", "ana", input=f"{NEW}\n{NEW}\n")
    assert done.exit_code == 0
    assert NEW not in done.output
    assert door("ana", NEW)[1].status_code == 303
    assert client.get("/account").status_code == 303
    assert run("staff", "password", "ana", input=f"{NEW}\nother words\n").exit_code != 0


def test_reset_ends_the_link_before(run, app):
    first, second = (run("staff", "reset", "ana").output.strip() for _ in range(2))
    paths = [link.removeprefix("http://127.0.0.1:8000") for link in (first, second)]
    assert [app.test_client().get(path).status_code for path in paths] == [410, 200]


def test_end_sessions_and_leave(run, door, living, look):
    door("ana")
    assert run("staff", "end-sessions", "ANA").exit_code == 0
    assert living("ana") == 0
    assert run("staff", "leave", "ana").exit_code == 0
    assert look(lambda s: s.query(StaffMember).filter_by(number="ana").one().left_on) is not None
    assert "Ana" not in run("staff", "list").output
    assert "left" in run("staff", "list", "--all").output


def test_what_the_server_did_stands_in_the_trail_without_a_person(run, look):
    run("staff", "leave", "ana")
    last = look(lambda s: s.query(AuditEvent).order_by(AuditEvent.id.desc()).first())
    assert (last.act, last.actor_id) == ("staff_left", None)


def test_as_a_process_of_its_own_with_the_address_of_the_shop(app, look):
    folder = app.config["RELCRM"].data_dir
    with app.app_context():
        db.sql.engine.dispose()
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RELCRM_DATA_DIR": str(folder),
        "RELCRM_PUBLIC_URL": "https://book.example",
        "RELCRM_LANGUAGE": "en",
        "RELCRM_LOG_LEVEL": "WARNING",
    }

    def relcrm(*words):
        return subprocess.run(
            [sys.executable, "-m", "relcrm.cli", "staff", *words], env=env, capture_output=True, text=True, timeout=60, check=False
        )

    done = relcrm("reset", "ana")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("https://book.example/join/")
    refused = relcrm("leave", "hua")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("There must always be an owner who can sign in.")
    assert look(lambda s: passwords.matches(s.query(StaffMember).filter_by(number="ana").one().password_hash, PASSWORD))
