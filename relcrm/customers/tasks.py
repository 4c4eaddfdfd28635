"""What happens by itself with customers: questions that lapse, daily figures, files looked over."""

from sqlalchemy.orm import Session

from relcrm.customers import changes, cleansing, duplicates, figures, meetings, merging
from relcrm.jobs import job
from relcrm.staff.sessions import forget_terms

# Customers a piece: 10 with their namesakes and neighbours, or 150 that are judged alone, take 20 to 50 ms in a book of 100,000,
# and stay under 200 on a machine that has other things to do.
A_PIECE, PIECES_A_MINUTE, JUDGED_A_PIECE = 10, 30, 150


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


@job("duplicates", every="day")
def sweep_for_duplicates(tx: Session, cursor: str | None) -> str | None:
    """Whoever came since the last sweep is compared with those before; the first sweep of a large book takes hours, in pieces."""
    return "more" if duplicates.sweep(tx, A_PIECE) else None


@job(cleansing.SWEEP, every="day")
def judge_files(tx: Session, cursor: str | None) -> str | None:
    """Every file is judged every night, because much of it is a matter of time: 1,000,000 take some minutes, in pieces."""
    last = cleansing.sweep(tx, int(cursor or 0), JUDGED_A_PIECE)
    return None if last is None else str(last)


@job("changed_files", every="minute")
def look_over_changed(tx: Session, cursor: str | None) -> str | None:
    """A few hundred a minute, so that a file brought in does not keep the worker from everything else."""
    ids, pieces = changes.waiting(tx, A_PIECE), int(cursor or 0) + 1
    duplicates.look_over(tx, ids)
    cleansing.look_over(tx, ids)
    changes.looked_over(tx, ids)
    return str(pieces) if len(ids) == A_PIECE and pieces < PIECES_A_MINUTE else None
