"""Lines that wait: for a customer who is not in the book yet, or for the sale that a return belongs to. Sealed, for 13 months."""

import calendar
from collections.abc import Collection, Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, crypt
from relcrm.customers.table import Row
from relcrm.receipts.grouping import Item
from relcrm.receipts.judging import waiting_key
from relcrm.receipts.models import NOBODY, RETURN, WaitingContact, WaitingLine
from relcrm.receipts.reading import Contact

KEPT_MONTHS = 13
AT_ONCE = 500
_SILENT = {"synchronize_session": False}


def put(tx: Session, batch_id: int, items: Sequence[tuple[Item, int | None, Row]]) -> None:
    """Set these aside: with a customer they are returns that look for their sale, without one they wait for her."""
    if not items:
        return
    until = _later(clock.now().date())
    rows = [
        {
            "batch_id": batch_id, "row_number": item.row_number, "store_id": item.store_id, "key": waiting_key(item), "customer_id": one,
            "why": NOBODY if one is None else RETURN, "expires_on": until,
            "sealed": crypt.seal({"item": item.as_dict(), "cells": list(row.cells) if item.is_return else []}),
        }
        for item, one, row in items
    ]  # fmt: skip
    ids = tx.scalars(sa.insert(WaitingLine).returning(WaitingLine.id, sort_by_parameter_order=True), rows).all()
    pairs = {
        (_fingerprint(contact), line_id)
        for line_id, (item, one, _row) in zip(ids, items, strict=True)
        if one is None
        for contact in item.contacts
    }
    if pairs:
        tx.execute(sa.insert(WaitingContact), [{"fingerprint": mark, "waiting_id": one} for mark, one in sorted(pairs)])


def _later(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + KEPT_MONTHS, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _fingerprint(contact: Contact) -> bytes:
    return crypt.fingerprint("contact", *contact)


def opened(line: WaitingLine) -> Item:
    held = crypt.unseal(line.sealed)
    assert isinstance(held, dict)
    return Item.from_dict(held["item"])


def cells_of(line: WaitingLine) -> list[str]:
    """The row as it stood in the file, of a return."""
    held = crypt.unseal(line.sealed)
    return list(held["cells"]) if isinstance(held, dict) else []


def met(tx: Session, contacts: Iterable[tuple[int, str, str]]) -> None:
    """Somebody can be reached by these (customer's id, kind, value) from now on: what waits for her is hers, and a job books it."""
    if tx.scalar(sa.select(WaitingContact.waiting_id).limit(1)) is None:
        return
    marks = {_fingerprint((kind, value)): customer_id for customer_id, kind, value in contacts}
    found = sa.select(WaitingContact.fingerprint, WaitingContact.waiting_id)
    for part in _parts(list(marks)):
        for mark, waiting_id in tx.execute(found.where(WaitingContact.fingerprint.in_(part))).all():
            free = sa.update(WaitingLine).where(WaitingLine.id == waiting_id, WaitingLine.customer_id.is_(None))
            tx.execute(free.values(customer_id=marks[mark]), execution_options=_SILENT)


def _parts(marks: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    return (marks[start : start + AT_ONCE] for start in range(0, len(marks), AT_ONCE))


def drop(tx: Session, ids: Collection[int]) -> None:
    """Their contacts go with them."""
    tx.execute(sa.delete(WaitingContact).where(WaitingContact.waiting_id.in_(ids)), execution_options=_SILENT)
    tx.execute(sa.delete(WaitingLine).where(WaitingLine.id.in_(ids)), execution_options=_SILENT)
