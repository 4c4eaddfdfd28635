"""Remembering whose file was touched, so that the worker looks over those alone. What it then looks for is not known here."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.consent import ledger
from relcrm.customers.cleansing_models import ChangedFile, SweepMark

DUPLICATES = "duplicates"  # the sweep that walks whoever came in bulk


def touched(tx: Session, customer_id: int) -> None:
    """Inside the transaction that changes her name, contacts, facts, stores or consents."""
    if tx.get(ChangedFile, customer_id) is None:
        tx.add(ChangedFile(customer_id=customer_id))
        tx.flush()


def came(tx: Session, ids: Sequence[int]) -> None:
    """Newcomers in bulk wait for the nightly sweep, unless it was past their ids already: those of deleted customers are given again."""
    mark = tx.get(SweepMark, DUPLICATES)
    for customer_id in ids if mark is not None else ():
        if mark is not None and customer_id <= mark.customer_id:
            touched(tx, customer_id)


def waiting(tx: Session, most: int) -> Sequence[int]:
    return tx.scalars(sa.select(ChangedFile.customer_id).order_by(ChangedFile.customer_id).limit(most)).all()


def looked_over(tx: Session, ids: Sequence[int]) -> None:
    tx.execute(sa.delete(ChangedFile).where(ChangedFile.customer_id.in_(ids)))


@ledger.changed.connect
def _consent_changed(_sender: object, *, tx: Session, customer_id: int, purpose: str) -> None:
    touched(tx, customer_id)
