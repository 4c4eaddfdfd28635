"""A real server from this checkout and a real chromium; each test finds the book as it was stocked."""

import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from relcrm import db
from relcrm.staff import sessions
from tests import factories
from tests.browser import stock
from tests.browser.phone import HEIGHT, WIDTH, Phone

ROOT, HERE = Path(__file__).parents[2], Path(__file__).parent
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
STARTS_WITHIN_S = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium. Without it these tests are skipped, but where it must be (CI) they fail."""
    path = shutil.which("chromium")
    if path is None:
        required = os.environ.get("CI") == "true" or os.environ.get("RELCRM_BROWSER") == "require"
        (pytest.fail if required else pytest.skip)("There is no chromium on this machine, so no page was looked at. Install chromium.")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield browser
        browser.close()


@dataclass(frozen=True)
class Server:
    """Where it listens, its book, the stocked copy, each person's cookie, and the ids that stand in addresses."""

    base: str
    live: Path
    stocked: Path
    cookies: dict[str, str]
    ids: dict[str, str]

    def restock(self) -> None:
        """The book as it was, under the running server: one transaction, which its connections then see."""
        with closing(sqlite3.connect(self.stocked)) as source, closing(sqlite3.connect(self.live)) as target:
            source.backup(target)


@pytest.fixture(scope="session")
def server(chromium: Browser, _book: tuple[Flask, Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    app, live, blank = _book
    folder = tmp_path_factory.mktemp("shop")
    cookies, ids = _stock(app, live, blank, folder)
    shutil.copyfile(folder / "stocked.db", folder / "relcrm.db")
    base, log = f"http://127.0.0.1:{_free_port()}", folder / "server.log"
    with log.open("ab") as out, _running(["web", "--port", base.rsplit(":", 1)[1]], folder, out) as process:
        _wait(base, process, log)
        yield Server(base, folder / "relcrm.db", folder / "stocked.db", cookies, ids)
    broken = [line for line in log.read_text(errors="replace").splitlines() if " error " in line or "Traceback" in line]
    assert not broken, f"the server said: {broken[:20]}"


def _stock(app: Flask, live: Path, blank: Path, folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Fill a fresh book and sign everybody in; keep a copy with the secrets that read it."""
    for tail in ("-wal", "-shm"):
        Path(f"{live}{tail}").unlink(missing_ok=True)
    shutil.copyfile(blank, live)
    with app.app_context():
        ids = stock.fill()
        cookies = {number: _cookie(app, number) for number, *_rest in factories.CAST}
        db.session().close()
        db.sql.engine.dispose()
    with closing(sqlite3.connect(live)) as source, closing(sqlite3.connect(folder / "stocked.db")) as target:
        source.backup(target)
    for secret in ("secret.key", "field.keys"):
        shutil.copy(live.parent / secret, folder / secret)
    shutil.copytree(live.parent / "imports", folder / "imports")
    return cookies, ids


def _cookie(app: Flask, number: str) -> str:
    with db.write_tx() as tx:
        token = sessions.open_session(tx, tx.merge(factories.staff(number)), device="test", shop_phone=False)
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True}))


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def working(shop: Server) -> Iterator[None]:
    """Beside the pages a real worker does what happens by itself."""
    with (shop.live.parent / "server.log").open("ab") as out, _running(["worker"], shop.live.parent, out):
        yield


@contextlib.contextmanager
def _running(verb: list[str], folder: Path, out: Any) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "relcrm.cli", *verb]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "RELCRM_DATA_DIR": str(folder)}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _wait(base: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{base}/bare", timeout=10):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def shop(server: Server) -> Server:
    """The running server with the stocked book, whatever the test before has done."""
    server.restock()
    return server


WAYS = [("zh", True), ("en", True), ("zh", False), ("en", False)]


@pytest.fixture(params=WAYS, ids=lambda way: way[0] + ("" if way[1] else "-plain"))
def hand(request: pytest.FixtureRequest, chromium: Browser, shop: Server) -> Iterator[Callable[..., Phone]]:
    """hand("ana") -> her phone, signed in; in both languages with script, and without. hand() is nobody's."""
    lang, scripted = request.param
    with handing(chromium, shop, lang, scripted=scripted) as give:
        yield give


@contextlib.contextmanager
def handing(chromium: Browser, shop: Server, lang: str, *, scripted: bool = True) -> Iterator[Callable[..., Phone]]:
    contexts = []

    def give(number: str = "") -> Phone:
        context = chromium.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, locale=LOCALES[lang], java_script_enabled=scripted, has_touch=True, is_mobile=True
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        if number:
            context.add_cookies([{"name": "relcrm", "value": shop.cookies[number], "url": shop.base}])
        return Phone(context.new_page(), shop.base, lang, scripted=scripted)

    try:
        yield give
    finally:
        for context in contexts:
            context.close()
