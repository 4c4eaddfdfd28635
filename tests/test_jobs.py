"""Work in turns: a job of hours lets the others go on, and goes on itself where it was."""

import pytest
from sqlalchemy.orm import Session

from relcrm import jobs
from relcrm.db import session
from relcrm.jobs import Heartbeat, Job, JobRun


@pytest.fixture
def two(monkeypatch):
    """A long job of seven pieces and a short one, and what they did in its order."""
    did: list[str] = []

    def long(_tx: Session, cursor: str | None) -> str | None:
        did.append(f"long {cursor or 0}")
        following = int(cursor or 0) + 1
        return str(following) if following < 7 else None

    def short(_tx: Session, _cursor: str | None) -> str | None:
        did.append("short")
        return None

    monkeypatch.setattr(jobs, "_jobs", {"long": Job("long", "day", long), "short": Job("short", "now", short)})
    monkeypatch.setattr(jobs, "BREATH", 0)
    return did


def test_a_long_job_gives_way_after_its_turn_and_goes_on_where_it_was(ctx, two, monkeypatch):
    monkeypatch.setattr(jobs, "TURN_S", 0.0)
    assert set(jobs.run_due("UTC")) == {"long", "short"}
    assert [one for one in two if one != "short"] == [f"long {piece}" for piece in range(7)]
    assert two[:4] == ["long 0", "short", "long 1", "short"]
    assert session().get(Heartbeat, "worker") is not None
    row = session().get(JobRun, "long")
    assert (row.token, row.cursor, row.lease_until) == (None, None, None)


def test_what_fits_into_its_turn_is_done_at_once(ctx, two):
    assert jobs.run_due("UTC") == ["long", "short"]
    assert two == [*(f"long {piece}" for piece in range(7)), "short"]
    assert jobs.run_due("UTC") == ["short"]


def test_asked_for_by_hand_it_runs_to_its_end(ctx, two, monkeypatch):
    monkeypatch.setattr(jobs, "TURN_S", 0.0)
    assert jobs.run_now("long")
    assert len(two) == 7
