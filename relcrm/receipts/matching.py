"""Whose receipts waited and who is in the book now: booked behind the scenes, soon after she came. What is too old is forgotten."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, jobs
from relcrm.customers import contact_followers, imports, merge_tables
from relcrm.customers.import_models import ImportBatch, ImportRefusal
from relcrm.receipts import booking, people, returns, waiting
from relcrm.receipts.booking import Book, Booked
from relcrm.receipts.models import ELSEWHERE, NO_SALE, NOBODY, RETURN, WaitingLine
from relcrm.staff.sessions import with_memberships

AT_ONCE, FORGOTTEN = 40, 1000
_SILENT = {"synchronize_session": False}


@jobs.job("receipt_matching", every="now")
def piece(tx: Session, _cursor: str | None) -> str | None:
    """First what is hers since she came, then returns that have not looked for their sale."""
    found = sa.select(WaitingLine).where(WaitingLine.why == NOBODY, WaitingLine.customer_id.is_not(None))
    rows = tx.scalars(found.order_by(WaitingLine.customer_id, WaitingLine.id).limit(AT_ONCE)).all()
    if rows:
        _hers(tx, rows)
        return "people"
    over = sa.select(ImportBatch.id).where(ImportBatch.status.not_in((*imports.MOVING, "reverting")))
    backs = sa.select(WaitingLine).where(WaitingLine.why == RETURN, WaitingLine.batch_id.in_(over)).order_by(WaitingLine.id)
    rows = tx.scalars(backs.limit(AT_ONCE)).all()
    _look(tx, rows)
    return "returns" if rows else None


def _hers(tx: Session, rows: Sequence[WaitingLine]) -> None:
    now = people.as_now({row.customer_id for row in rows if row.customer_id})
    held = {batch_id: _held(tx, batch_id) for batch_id in {row.batch_id for row in rows}}
    known = {batch_id: people.linked(set(now.values()), stores) for batch_id, stores in held.items()}
    sales: list[tuple[WaitingLine, int]] = []
    for row in rows:
        customer_id = now.get(row.customer_id or 0)
        if customer_id is None:
            waiting.drop(tx, [row.id])
        elif customer_id not in known[row.batch_id]:
            row.why = ELSEWHERE
        else:
            sales.append((row, customer_id))
    _book(tx, sales)


def _book(tx: Session, rows: Sequence[tuple[WaitingLine, int]]) -> None:
    items = [(row, customer_id, waiting.opened(row)) for row, customer_id in rows]
    for row, customer_id, item in items:
        if item.is_return:
            row.why, row.customer_id = RETURN, customer_id
    sold = [(row, customer_id, item) for row, customer_id, item in items if not item.is_return]
    book = Book([item for _row, _one, item in sold])
    lines = []
    for row, customer_id, item in sold:
        held = book.find(item)
        if held is None or (held.customer_id == customer_id and item.key not in held.keys):
            lines.append(Booked(item, customer_id, row.batch_id))
    tx.flush()
    booking.book(tx, book, lines)
    waiting.drop(tx, [row.id for row, _one, _item in sold])
    again = sa.update(WaitingLine).where(WaitingLine.why == NO_SALE, WaitingLine.customer_id.in_({one for _row, one, _item in sold}))
    tx.execute(again.values(why=RETURN), execution_options=_SILENT)


def _held(tx: Session, batch_id: int) -> set[int]:
    """The stores for which whoever brought the file in may do so today."""
    by = with_memberships(tx.get_one(ImportBatch, batch_id).made_by_id)
    return {store.id for store in imports.stores_of(by)} if by is not None else set()


def _look(tx: Session, rows: Sequence[WaitingLine]) -> None:
    now = people.as_now({row.customer_id for row in rows if row.customer_id})
    waiting.drop(tx, [row.id for row in rows if row.customer_id not in now])
    places = {row.id: (row.batch_id, row.row_number) for row in rows}
    stuck = returns.Settling(tx).settle([(row, now[row.customer_id]) for row in rows if row.customer_id in now])
    for row_id in places.keys() - {row.id for row in stuck}:
        batch_id, line = places[row_id]
        tx.execute(sa.delete(ImportRefusal).where(ImportRefusal.batch_id == batch_id, ImportRefusal.line == line))


@jobs.job("receipt_sweep", every="day")
def sweep(tx: Session, _cursor: str | None) -> str | None:
    """What waited in vain is forgotten; who was known elsewhere only is looked at again."""
    tx.execute(sa.update(WaitingLine).where(WaitingLine.why == ELSEWHERE).values(why=NOBODY), execution_options=_SILENT)
    old = sa.select(WaitingLine.id).where(WaitingLine.expires_on < clock.now().date()).limit(FORGOTTEN)
    ids = tx.scalars(old).all()
    waiting.drop(tx, ids)
    return "old" if ids else None


contact_followers.followers.append(waiting.met)
merge_tables.stays(WaitingLine, "under whom she is found is asked when it is booked")
