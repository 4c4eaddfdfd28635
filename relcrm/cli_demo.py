"""`relcrm demo`: a throw-away chain, made and served in one command. What is in it is demo/."""

import logging
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from relcrm import config
from relcrm.errors import SetupError

HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"
PORTS_TRIED, SHOWS_PROGRESS = 20, 5_000


@click.command()
@click.option("--customers", default=2000, show_default=True, type=click.IntRange(0, 5_000_000))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="The same seed makes the same chain.")
@click.option("--lan", is_flag=True, help="Let phones in the same network in.")
@click.option("--clock", type=click.Path(path_type=Path), help="A file with an offset in seconds by which the day is moved.")
@click.option(
    "--keep", type=click.Path(path_type=Path, file_okay=False), help="Keep the book in this folder, and serve it again next time."
)
def demo(customers: int, port: int, seed: int, lan: bool, clock: Path | None, keep: Path | None) -> None:
    """Look around in a made-up chain; nothing of it stays."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    host = EVERYWHERE if lan else HERE
    port = _free_port(host, port)
    with _folder(keep) as folder:
        _configure(folder, clock)
        lines = _made(folder, customers, seed)
        os.environ["RELCRM_READY"] = "1"  # made a moment ago: nobody need ask again
        threading.Thread(target=_say_when_open, args=(port, _welcome(lines, port, lan)), daemon=True).start()
        from relcrm import serve

        sys.exit(serve.run(["--host", host, "--port", str(port)], []))


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="relcrm-demo-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def _configure(folder: Path, clock: Path | None) -> None:
    """The demo takes nothing from the environment but how much it logs: a setting there may point to a real book."""
    for name in [name for name in os.environ if name.startswith("RELCRM_") and not name.startswith("RELCRM_LOG_LEVEL")]:
        del os.environ[name]
    os.environ |= {"RELCRM_DATA_DIR": str(folder), "RELCRM_DEMO": "1"}
    if clock is not None:
        os.environ["RELCRM_CLOCK"] = str(clock.absolute())
    if "RELCRM_LOG_LEVEL" not in os.environ:
        os.environ["RELCRM_LOG_LEVEL"] = "WARNING"
        logging.getLogger().setLevel(logging.WARNING)
    config.make_secrets(folder)


def _made(folder: Path, customers: int, seed: int) -> list[Any]:
    """Make the chain, or take the one that is kept here."""
    from relcrm import create_app
    from relcrm.demo import chain

    path = folder / "relcrm.db"
    if path.exists():
        click.echo("Serving the chain that is kept there.")
        with create_app().app_context():
            return chain.kept()
    click.echo(f"Making a chain with {customers:,} customers …")
    with create_app(check_schema=False).app_context(), _whole_or_none(folder):
        if customers < SHOWS_PROGRESS:
            return chain.build(path, customers=customers, seed=seed)
        with click.progressbar(length=2 * customers, label="Customers") as bar:
            return chain.build(path, customers=customers, seed=seed, tick=bar.update)


@contextmanager
def _whole_or_none(folder: Path) -> Iterator[None]:
    """Half a chain in a kept folder would be served as a whole one next time."""
    try:
        yield
    except BaseException:
        for left in folder.glob("*.db*"):
            left.unlink()
        raise


def _say_when_open(port: int, words: str) -> None:
    """An address is shown when it answers."""
    while True:
        with suppress(OSError), socket.create_connection((HERE, port), timeout=1):
            return click.echo(words)
        time.sleep(0.1)


def _free_port(host: str, wanted: int) -> int:
    """The wanted port or one of the next; says which."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        if _is_free(host, port):
            if port != wanted:
                click.echo(f"Port {wanted} is taken, so this is {port}.")
            return port
    raise SetupError(f"Port {wanted} and the next {PORTS_TRIED - 1} are taken or not allowed. Choose another one with --port.")


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError:
            return False
    return True


def _lan_address() -> str:
    """The address by which others in this network reach us; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))
        except OSError:
            return HERE
        return str(asked.getsockname()[0])


def _welcome(lines: list[Any], port: int, lan: bool) -> str:
    from relcrm.demo.cast import PASSWORD

    addresses = [f"http://{address}:{port}" for address in ([HERE, _lan_address()] if lan else [HERE])]
    table = [(line.number, PASSWORD, line.name, line.role, line.store) for line in lines]
    head = ("number", "password", "name", "role", "store")
    widths = [max(_width(row[column]) for row in (head, *table)) for column in range(len(head))]
    shown = [
        "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip() for row in (head, *table)
    ]
    return "\n".join(
        ["", *(f"  {row}" for row in shown), "", *(f"  Open {address}" for address in dict.fromkeys(addresses)), "  Ctrl-C ends it.", ""]
    )


def _width(text: str) -> int:
    """Chinese characters take two places on a screen."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
