"""The small parent of web and worker: starts both, starts again what dies, stops both when told to. Imports no Flask."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

log = logging.getLogger("relcrm.serve")
PR_SET_PDEATHSIG = 1
BACKOFF_S = (0.2, 1, 3, 10, 30)
CALM_S = 60  # a child that has lived this long starts again with the shortest pause
STOP_S = 30


@dataclass
class Child:
    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    began: float = 0.0
    falls: int = 0
    due: float = field(default=0.0)


def run(web: list[str], worker: list[str]) -> int:
    """Serve until SIGTERM or SIGINT; then both children get SIGTERM and 30 seconds. Returns the exit code."""
    children = [
        Child("web", [sys.executable, "-m", "relcrm.cli", "web", *web]),
        Child("worker", [sys.executable, "-m", "relcrm.cli", "worker", *worker]),
    ]
    told: list[int] = []

    def tell(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    while not told:
        for child in children:
            _tend(child)
        time.sleep(0.2)
    return _stop(children)


def _tend(child: Child) -> None:
    now = time.monotonic()
    if child.process is not None and child.process.poll() is not None:
        child.falls = 0 if now - child.began > CALM_S else child.falls + 1
        child.due = now + BACKOFF_S[min(child.falls, len(BACKOFF_S) - 1)]
        log.warning("%s ended with %s; starting it again", child.name, child.process.returncode)
        child.process = None
    if child.process is None and now >= child.due:
        child.process, child.began = subprocess.Popen(child.command, env=_environment(), preexec_fn=_die_with_parent), now


def _environment() -> dict[str, str]:
    """Four threads with an arena of memory each keep what they once used; two arenas keep the service small."""
    return {"MALLOC_ARENA_MAX": "2", **os.environ}


def _stop(children: list[Child]) -> int:
    alive = [child.process for child in children if child.process is not None and child.process.poll() is None]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + STOP_S
    for process in alive:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
    return 0


def _die_with_parent() -> None:
    """On Linux the kernel ends the child when its parent is gone, however that happened."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1:
            os._exit(1)
