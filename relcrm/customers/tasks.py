"""What happens by itself with customers: questions that lapse, daily figures."""

from sqlalchemy.orm import Session

from relcrm.customers import figures, meetings, merging
from relcrm.jobs import job
from relcrm.staff.sessions import forget_terms


@job("lapse_shares", every="hour")
def lapse(tx: Session, cursor: str | None) -> str | None:
    meetings.lapse(tx)
    return None


@job("file_figures", every="day")
def figures_of_the_day(tx: Session, cursor: str | None) -> str | None:
    """One associate of one store a piece, so that the lock is never held long."""
    todo, at = figures.pairs(), int(cursor or 0)
    if at < len(todo):
        figures.count(tx, *todo[at])
    return str(at + 1) if at + 1 < len(todo) else None


@job("forget_searches", every="hour")
def forget_searches(tx: Session, cursor: str | None) -> str | None:
    """What was typed into the search box may repeat a nickname: it goes when it is no longer offered for the way back."""
    forget_terms(tx)
    return None


@job("forget_merges", every="day")
def forget_merges(tx: Session, cursor: str | None) -> str | None:
    """What was kept to undo a merge goes when its 30 days are over."""
    merging.forget(tx)
    return None
