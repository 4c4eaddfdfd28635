"""The only reader of the time. Everything else asks `clock.now()`, so that tests and the demo can move the day."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_offset_file: Path | None = None


def follow(path: Path | None) -> None:
    """In the demo the file holds an offset in seconds that is added to the real time; None goes back to real time."""
    global _offset_file
    _offset_file = path


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC) + _offset()


def today(zone: str) -> date:
    """The calendar day it is now in that time zone."""
    return now().astimezone(ZoneInfo(zone)).date()


def _offset() -> timedelta:
    if _offset_file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(_offset_file.read_text().strip() or 0))
    except (OSError, ValueError):
        return timedelta()
