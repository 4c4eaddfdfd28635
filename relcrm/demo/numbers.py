"""Phones, cards and handles that are valid and never twice, for any number of customers."""

from math import gcd
from random import Random

from relcrm.customers import pinyin
from relcrm.customers.folding import fold, has_han

_STRIDE = 1_618_033_988_749
# The national part: ranges of mobile numbers, each followed by as many free digits as the number says.
_RANGES: dict[str, tuple[str, tuple[str, ...], int]] = {
    "CN": (
        "+86",
        tuple(f"{start}{last}" for start, lasts in (("13", "0123456789"), ("15", "012356789"), ("18", "0123456789")) for last in lasts),
        8,
    ),
    "GB": ("+44", tuple(f"7{middle}" for middle in range(400, 444)), 6),
}


def phone(country: str, seed: int, n: int) -> str:
    """The n-th number of that country: a walk in strides through all there are, so that none comes twice."""
    code, ranges, free = _RANGES[country]
    each: int = 10**free
    size = len(ranges) * each
    stride = next(step for step in range(_STRIDE % size, 2 * size) if gcd(step, size) == 1)
    place = (n * stride + seed * 7_919 + 271_828) % size
    head, tail = divmod(place, each)
    return code + ranges[head] + f"{tail:0{free}d}"[::-1]


def card(n: int) -> str:
    return f"VIP{n + 100_000:07d}"


def handle(name: str, n: int) -> str:
    """A WeChat name such as linxiao_1a2b."""
    return f"{_spelled(name)[:12] or 'guest'}_{n:x}"


def email(draw: Random, name: str, n: int) -> str:
    return f"{_spelled(name)[:20] or 'guest'}{draw.choice(('', '.', '-', '_'))}{n}@{draw.choice(('mail', 'post', 'home'))}.example"


def _spelled(name: str) -> str:
    if not has_han(name):
        return fold(name)
    return "".join(readings[0] for readings in pinyin.read(name) if readings)
