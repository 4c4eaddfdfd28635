"""Settings from the environment (`RELCRM_*`, each also as `RELCRM_*_FILE`); an unreadable value is refused, never guessed."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from relcrm.errors import SetupError

LANGUAGES = ("zh", "en")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SECRETS = {"SECRET_KEY": "secret.key", "FIELD_KEYS": "field.keys"}


@dataclass(frozen=True)
class Settings:
    """Everything the process needs to know before it opens the database."""

    data_dir: Path
    database_url: str
    secret_key: str = field(repr=False)
    field_keys: tuple[str, ...] = field(repr=False)
    public_url: str = ""
    trusted_proxies: int = 0
    log_level: str = "INFO"
    web_workers: int = 1
    time_zone: str = "Asia/Shanghai"
    language: str = "zh"
    clock_file: Path | None = None
    demo: bool = False

    @property
    def secure(self) -> bool:
        """Cookies are Secure exactly when people reach us by https."""
        return self.public_url.startswith("https://")

    @property
    def queue_file(self) -> Path:
        return self.data_dir / "queue.db"


def read(env: Mapping[str, str] | None = None) -> Settings:
    """Settings of this environment. Raises SetupError naming the setting and what it may be."""
    env = os.environ if env is None else env
    folder = data_dir(env)
    return Settings(
        data_dir=folder,
        database_url=_database(_value(env, "DATABASE_URL"), folder),
        secret_key=_secret(env, "SECRET_KEY", folder),
        field_keys=tuple(_secret(env, "FIELD_KEYS", folder).split()),
        public_url=_url(_value(env, "PUBLIC_URL")),
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 9),
        log_level=_one_of(env, "LOG_LEVEL", "INFO", LOG_LEVELS),
        web_workers=_number(env, "WEB_WORKERS", 1, 1, 16),
        time_zone=_zone(_value(env, "TIME_ZONE") or "Asia/Shanghai"),
        language=_one_of(env, "LANGUAGE", "zh", LANGUAGES),
        clock_file=Path(clock) if (clock := _value(env, "CLOCK")) else None,
        demo=_value(env, "DEMO") == "1",
    )


def data_dir(env: Mapping[str, str]) -> Path:
    """Where the book, its queue and its secrets lie."""
    return Path(_value(env, "DATA_DIR") or Path.home() / ".local/share/relcrm").expanduser().absolute()


def make_secrets(folder: Path) -> None:
    """Write the secrets that are missing into `folder`, readable by the owner alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SECRETS.values():
        path = folder / name
        if not path.exists():
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(fd, "w") as file:
                file.write(secrets.token_urlsafe(48) + "\n")


def _value(env: Mapping[str, str], name: str) -> str:
    path = env.get(f"RELCRM_{name}_FILE", "")
    if not path:
        return env.get(f"RELCRM_{name}", "").strip()
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise SetupError(f"RELCRM_{name}_FILE: {path} cannot be read ({error.strerror}).") from error


def _secret(env: Mapping[str, str], name: str, folder: Path) -> str:
    value = _value(env, name)
    if not value and (path := folder / SECRETS[name]).exists():
        value = path.read_text().strip()
    if not value:
        raise SetupError(f"RELCRM_{name} is not set and {folder} holds none. `relcrm init` makes one.")
    if len(value) < 32:
        raise SetupError(f"RELCRM_{name} is too short: 32 characters or more.")
    return value


def _database(value: str, folder: Path) -> str:
    if not value:
        return f"sqlite:///{folder / 'relcrm.db'}"
    if not value.startswith("sqlite:///"):
        raise SetupError("RELCRM_DATABASE_URL: sqlite:///path/to/file is what this version reads.")
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise SetupError("RELCRM_PUBLIC_URL: an address such as https://book.example.com")
    return value.rstrip("/")


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = _value(env, name) or str(default)
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise SetupError(f"RELCRM_{name}: a whole number from {low} to {high}.")
    return int(value)


def _one_of(env: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = _value(env, name) or default
    if value not in allowed:
        raise SetupError(f"RELCRM_{name}: one of {', '.join(allowed)}.")
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise SetupError("RELCRM_TIME_ZONE: a name such as Asia/Shanghai or Europe/London.")
    return ZoneInfo(value).key
