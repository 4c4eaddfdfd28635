"""The service under load: a browser's way to talk to it, and how much memory all its processes take. What is asked is lookup.py."""

import http.client
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass
class Browser:
    """One keep-alive connection with its cookie."""

    address: str
    cookie: str = ""
    token: str = ""
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        self.connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=60)

    def ask(self, path: str, form: dict[str, str] | None = None, *, fragment: bool = False) -> tuple[int, str, float]:
        """Status, body and how many ms it took until the last byte."""
        headers = {"Cookie": self.cookie, **(FRAGMENT if fragment else {})}
        body = None
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.token, "Referer": self.address}
            body = urlencode(form)
        began = time.perf_counter()
        self.connection.request("GET" if form is None else "POST", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        took = (time.perf_counter() - began) * 1000
        for sent in answer.headers.get_all("Set-Cookie") or ():
            self.cookie = sent.partition(";")[0]
        return answer.status, text, took

    def sign_in(self, login: str, password: str) -> None:
        self._read_token("/sign-in")
        status, _text, _took = self.ask("/sign-in", {"login": login, "password": password, "csrf_token": self.token})
        if status != 303:
            raise SystemExit(f"{login} cannot sign in at {self.address} ({status})")
        self._read_token("/customers")

    def again(self) -> "Browser":
        """A second connection of the same signed-in device."""
        return Browser(self.address, self.cookie, self.token)

    def _read_token(self, path: str) -> None:
        found = TOKEN.search(self.ask(path)[1])
        if found is None:
            raise SystemExit(f"{path} at {self.address} is no page of ours")
        self.token = found[1]


def memory_mb(root: int) -> dict[str, float]:
    """Proportional memory (PSS) of a process and all its children, by what they are."""
    found: dict[str, float] = {}
    for process in tree(root):
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
            words = Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        name = next((word for word in words if word in ("demo", "serve", "web", "worker")), "?")
        found[f"{name} {process}"] = int(rollup.split("\nPss:")[1].split()[0]) / 1024
    return found


def tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [root]
    for process in found:
        found += children.get(process, ())
    return found
