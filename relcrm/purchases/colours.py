"""The colour of goods, in a shop's words, as a choice of the field "colour preferences". Words: colours.json."""

import json
from functools import cache
from pathlib import Path

from relcrm.customers.folding import bare


@cache
def _words() -> list[tuple[str, str]]:
    """Longer words first: wine red is no wine, 粉红 is pink, 米白 is white."""
    lists: dict[str, list[str]] = json.loads(Path(__file__).with_name("colours.json").read_text("utf-8"))
    return sorted(((bare(word), key) for key, words in lists.items() for word in words), key=lambda pair: -len(pair[0]))


def key_of(colour: str) -> str:
    """The choice this colour belongs to, "" when unknown. 粉红 → pink, 深蓝 → blue, "navy blue" → blue."""
    text = bare(colour).strip()
    found = [(text.find(word), -len(word), key) for word, key in _words() if word in text]
    return min(found)[2] if found else ""
