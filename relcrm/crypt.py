"""Sealing of sensitive values: authenticated encryption with a ring of keys, the first one in use."""

import base64
import hashlib
import hmac
import json
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from relcrm.errors import SetupError

_keys: tuple[str, ...] = ()


def use_keys(keys: tuple[str, ...]) -> None:
    """The key ring of this process: the first seals, all open."""
    global _keys
    _keys = keys
    _ring.cache_clear()


def seal(value: object) -> bytes:
    """A JSON-able value as an encrypted token."""
    return _ring().encrypt(json.dumps(value, ensure_ascii=False).encode())


def unseal(token: bytes) -> object:
    """The value of a token. Raises SetupError when no key of the ring opens it."""
    try:
        return json.loads(_ring().decrypt(token))
    except InvalidToken:
        raise SetupError(
            "A sealed value opens with none of the keys in RELCRM_FIELD_KEYS: the key it was written with is missing."
        ) from None


@lru_cache(maxsize=1)
def _ring() -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in _keys])


def read_value(plain: str | None, sealed: bytes | None) -> object:
    """A stored value, whether it lies open as JSON or sealed."""
    return unseal(sealed) if sealed is not None else json.loads(plain or "null")


def fingerprint(*parts: str) -> bytes:
    """Tells whether two texts are the same without holding either: keyed, 16 bytes. The oldest key of the ring makes it, so that a new key
    in front changes nothing."""
    return hmac.digest(_keys[-1].encode(), "\0".join(parts).encode(), "sha256")[:16]
