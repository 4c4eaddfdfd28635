"""`relcrm demo` as somebody types it."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from relcrm import cli_demo
from relcrm.cli import cli
from relcrm.demo import chain
from relcrm.errors import SetupError
from tests.demo.conftest import Build

ROOT = Path(__file__).parents[2]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Any]:
    """started(…) -> the command running in a group of its own, with temporary files under tmp_path."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: str) -> "subprocess.Popen[str]":
        env = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT), "RELCRM_DATABASE_URL": "sqlite:////nowhere/real.db"}
        process = subprocess.Popen(
            [sys.executable, "-m", "relcrm.cli", "demo", *words],
            cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def until_open(process: "subprocess.Popen[str]") -> tuple[str, str]:
    """What was printed up to the address, and the address."""
    said = ""
    for line in process.stdout or ():
        said += line
        if found := re.search(r"Open (http://\S+)", line):
            return said, found[1]
    raise AssertionError(f"it never opened: {said}")


def test_the_demo_serves_prints_who_may_sign_in_and_leaves_nothing(started: Any, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = started("--customers", "12", "--port", str(port))
        said, address = until_open(process)
    assert f"Port {port} is taken" in said
    assert re.search(r"ana +three tame geese +Ana +associate +人民路店", said)
    with urllib.request.urlopen(f"{address}/sign-in") as page:
        assert page.status == 200
    assert list(tmp_path.glob("relcrm-demo-*/relcrm.db"))
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in said + rest
    assert list(tmp_path.glob("relcrm-demo-*")) == []


def test_a_kept_chain_is_served_again_and_a_real_book_never(build: Build) -> None:
    app, path = build(seed=6, customers=10)
    with app.app_context():
        assert [line.number for line in chain.kept()][:2] == ["ana", "ada"]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE setting SET value = 'false' WHERE key = 'demo'")
    with app.app_context(), pytest.raises(SetupError, match="real book"):
        chain.kept()


def test_a_port_that_nobody_may_have_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_demo, "_is_free", lambda host, port: False)
    answer = CliRunner().invoke(cli, ["demo", "--customers", "1"])
    assert isinstance(answer.exception, SetupError)
    assert "--port" in str(answer.exception)


@pytest.mark.parametrize(
    ("words", "says"), [(["--customers", "-1"], "--customers"), (["--port", "70000"], "--port"), (["--seed", "-1"], "--seed")]
)
def test_wrong_options_are_named(words: list[str], says: str) -> None:
    answer = CliRunner().invoke(cli, ["demo", *words])
    assert answer.exit_code == 2
    assert says in answer.output


def test_half_a_chain_does_not_stay_in_a_kept_folder(tmp_path: Path) -> None:
    (tmp_path / "relcrm.db").write_text("half")
    (tmp_path / "secret.key").write_text("kept")
    with pytest.raises(KeyboardInterrupt), cli_demo._whole_or_none(tmp_path):
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
