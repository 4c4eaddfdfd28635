"""The yardsticks of search, from one run against a running service: python -m tests.load.lookup --help. Not a unit test."""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from tests.load.service import Browser, memory_mb

BARE, EMPTY = "bare", "signed-in empty"
WARM_UP = 30
ROW = re.compile(r'href="/customers/[\w-]{12}"')
TARGETS = {"lookup to empty": 2.0, "lookup to bare": 8.0, "empty to bare": 5.0, "service MB": 200.0}
LATIN, PINYIN, SURNAMES = ("gar", "smi", "oko", "fou", "mar", "zoe"), ("wxm", "lxy", "zw", "chj", "oyn", "lzq"), "王李张刘陈杨赵黄周吴"
Question = Callable[[Random], str]
Samples = dict[str, list[float]]

QUESTIONS: dict[str, Question] = {
    EMPTY: lambda draw: f"qqxzz{draw.randrange(10**6)}",
    "surname 王": lambda draw: "王",
    "any surname": lambda draw: draw.choice(SURNAMES),
    "王小": lambda draw: "王小",
    "initials wxm": lambda draw: "wxm",
    "any initials": lambda draw: draw.choice(PINYIN),
    "last four": lambda draw: f"{draw.randrange(10**4):04}",
    "middle digits": lambda draw: f"{draw.randrange(10**3):03}{draw.randrange(10)}",
    "latin 3 letters": lambda draw: draw.choice(LATIN),
    "full phone": lambda draw: "13800003921",
    "one latin letter": lambda draw: draw.choice("lwzmc"),
}
APART = ("one latin letter",)


def measured(browser: Browser, draw: Random, rounds: int) -> tuple[Samples, dict[str, int]]:
    """Every question `rounds` times in turn, in an order that changes. Returns ms by question and how many rows were found in all."""
    samples: Samples = {name: [] for name in (BARE, *QUESTIONS)}
    rows = dict.fromkeys(QUESTIONS, 0)
    for turn in range(WARM_UP + rounds):
        for name in draw.sample(list(samples), len(samples)):
            status, text, took = _one(browser, draw, name)
            if status != 200:
                raise SystemExit(f"{name}: the service answered {status}")
            if turn >= WARM_UP:
                samples[name].append(took)
                if name in rows:
                    rows[name] += len(ROW.findall(text))
    return samples, rows


def _one(browser: Browser, draw: Random, name: str) -> tuple[int, str, float]:
    if name == BARE:
        return browser.ask("/bare")
    return browser.ask("/customers/search", {"q": QUESTIONS[name](draw)}, fragment=True)


def together(browser: Browser, clients: int, rounds: int) -> tuple[Samples, float]:
    """The same by several clients at once. Returns ms by question and requests a second."""
    found: list[Samples] = []

    def work(seed: int) -> None:
        found.append(measured(browser.again(), Random(seed), rounds)[0])

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if len(found) < clients:
        raise SystemExit("a client failed")
    joined = {name: [one for samples in found for one in samples[name]] for name in found[0]}
    return joined, clients * (WARM_UP + rounds) * len(joined) / took


def at(samples: list[float], share: float) -> float:
    return sorted(samples)[min(len(samples) - 1, int(len(samples) * share))]


def table(title: str, samples: Samples, rows: dict[str, int] | None = None) -> str:
    """One line a question; ratios are of p95 to the p95 of the two yardsticks in the same run."""
    bare, empty = at(samples[BARE], 0.95), at(samples[EMPTY], 0.95)
    lines = [f"{title}, {len(samples[BARE])} requests each", f"{'':18}{'p50 ms':>9}{'p95 ms':>9}{'to bare':>9}{'to empty':>9}{'rows':>7}"]
    for name, took in samples.items():
        p50, p95 = at(took, 0.5), at(took, 0.95)
        found = f"{rows[name] / len(took):7.1f}" if rows and name in rows else ""
        lines.append(f"{name:18}{p50:9.2f}{p95:9.2f}{p95 / bare:9.2f}{p95 / empty:9.2f}{found}")
    return "\n".join(lines)


def verdicts(samples: Samples, service_mb: float | None) -> list[tuple[str, float, bool]]:
    """Each target, what was measured, and whether it holds."""
    bare, empty = at(samples[BARE], 0.95), at(samples[EMPTY], 0.95)
    slowest = max(at(took, 0.95) for name, took in samples.items() if name not in (BARE, EMPTY, *APART))
    figures = {"lookup to empty": slowest / empty, "lookup to bare": slowest / bare, "empty to bare": empty / bare}
    if service_mb is not None:
        figures["service MB"] = service_mb
    return [(name, figure, figure <= TARGETS[name]) for name, figure in figures.items()]


@contextmanager
def served(folder: str) -> Iterator[tuple[str, int]]:
    """The service on that data folder, started as `relcrm serve` does. Gives its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "RELCRM_DATA_DIR": folder, "RELCRM_LOG_LEVEL": "WARNING"}
    process = subprocess.Popen([sys.executable, "-m", "relcrm.cli", "serve", "--port", str(port)], env=env)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(40)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            threading.Event().wait(0.2)
        else:
            return
    raise SystemExit("the service did not start")


def run(address: str, process: int | None, wanted: argparse.Namespace) -> bool:
    browser = Browser(address)
    browser.sign_in(wanted.login, wanted.password)
    samples, rows = measured(browser, Random(1), wanted.requests)
    print(table(f"One client, signed in as {wanted.login}", samples, rows), flush=True)
    crowd, rate = together(browser, wanted.clients, max(1, wanted.requests // wanted.clients))
    print(table(f"\n{wanted.clients} clients, {rate:.0f} requests a second", crowd))
    memory = memory_mb(process) if process else {}
    print("\nMemory (PSS, MB):", ", ".join(f"{name} {mb:.1f}" for name, mb in memory.items()) or "not known; name the process with --pid")
    results = verdicts(samples, sum(memory.values()) if memory else None)
    for name, figure, holds in results:
        print(f"{'holds ' if holds else 'BROKEN'} {name:18}{figure:8.2f}  (at most {TARGETS[name]:g})")
    return all(holds for _name, _figure, holds in results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", help="a running service")
    where.add_argument("--data", help="a data folder to serve, such as one made by `relcrm demo --keep`")
    parser.add_argument("--pid", type=int, help="with --url: the supervisor's process, for its memory")
    parser.add_argument("--login", default="ana")
    parser.add_argument("--password", default="three tame geese")
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--clients", type=int, default=8)
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a service started here ends with it
    if wanted.url:
        sys.exit(0 if run(wanted.url.rstrip("/"), wanted.pid, wanted) else 1)
    with served(wanted.data) as (address, process):
        sys.exit(0 if run(address, process, wanted) else 1)


if __name__ == "__main__":
    main()
