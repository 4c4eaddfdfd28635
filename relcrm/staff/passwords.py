"""Passwords: hashing, checking and what a new one must be."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from relcrm.errors import BadValue
from relcrm.i18n import _l

# 19 MB a sign-in: four threads of a small server stay far below its memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
SHORTEST, LONGEST = 8, 200


def hashed(password: str) -> str:
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Takes as long for an unknown person as for a known one."""
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


def check_new(password: str, *, number: str = "", name: str = "") -> None:
    """Raises BadValue for a password that is too short, too long or the person's own number or name."""
    if len(password) < SHORTEST:
        raise BadValue(_l("At least %(n)s characters, please.", n=SHORTEST), code="password_short", field="password")
    if len(password) > LONGEST:
        raise BadValue(_l("At most %(n)s characters, please.", n=LONGEST), code="password_long", field="password")
    if password.casefold() in {number.casefold(), name.casefold()} or len(set(password)) < 3:
        raise BadValue(_l("That one is too easy to guess. Take a few words."), code="password_easy", field="password")
