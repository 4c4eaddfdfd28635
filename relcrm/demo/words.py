"""The words a made-up chain is written with (words.json), drawn from a seeded generator. No customers here."""

import base64
import json
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from relcrm.customers.folding import has_han

COMPOUND_SURNAME = 2


@cache
def words() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
    return loaded


@cache
def _surnames() -> tuple[list[str], list[int]]:
    weighted: dict[str, int] = words()["surnames"]
    return list(weighted), list(accumulate(weighted.values()))


def public_id(draw: Random) -> str:
    """Twelve signs like those of a real book, but the same ones for the same seed: nothing secret hangs on them here."""
    return base64.urlsafe_b64encode(draw.randbytes(9)).decode()


def chinese_name(draw: Random, salutation: str) -> tuple[str, str]:
    """Surname and given name."""
    surnames, weights = _surnames()
    return draw.choices(surnames, cum_weights=weights)[0], draw.choice(words()["given"][salutation])


def latin_name(draw: Random, salutation: str) -> tuple[str, str]:
    """First name and surname; a second first name now and then, so that there are enough of them."""
    firsts = words()["first"][salutation]
    first = draw.choice(firsts)
    second = f" {draw.choice(firsts)}" if draw.random() < 0.15 else ""
    return first + second, draw.choice(words()["last"])


def address_as(draw: Random, surname: str, salutation: str) -> str:
    """What colleagues call her: 陈姐, Mrs García."""
    lang = "zh" if has_han(surname) else "en"
    called = draw.choice(words()["called"][lang][salutation])
    return f"{surname}{called}" if lang == "zh" else f"{called} {surname}"
