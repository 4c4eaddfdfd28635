"""What a file of receipts leaves beside the purchases: by which line of which file each came, and what waits for its customer or its sale."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm.db import Model, PrimaryKey, foreign, one_of

# Matches nobody yet; a return to be looked at; a return whose sale is not there; of somebody whom only stores beyond the importer know.
NOBODY, RETURN, NO_SALE, ELSEWHERE = "nobody", "return", "no_sale", "elsewhere"


class ReceiptLine(Model):
    """A purchase line that came by a file. `key` is the same whenever this line of this receipt is read again, so it comes in once."""

    __tablename__ = "receipt_line"
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("purchase_line.id", ondelete="CASCADE"), primary_key=True)
    batch_id: Mapped[int] = foreign("import_batch.id")
    key: Mapped[bytes]


class WaitingLine(Model):
    """A line of a receipt that could not be booked yet, sealed. `key` tells it and its receipt apart from all others."""

    __tablename__ = "waiting_line"
    __table_args__ = (
        one_of("why", "why", (NOBODY, RETURN, NO_SALE, ELSEWHERE)),
        sa.Index("ix_waiting_line_batch_id_why", "batch_id", "why"),
        sa.Index("ix_waiting_line_why_customer_id", "why", "customer_id"),
    )
    id: Mapped[PrimaryKey]
    batch_id: Mapped[int] = foreign("import_batch.id", ondelete="CASCADE", index=False)
    row_number: Mapped[int]
    store_id: Mapped[int] = foreign("store.id")
    key: Mapped[bytes] = mapped_column(unique=True)
    why: Mapped[str] = mapped_column(sa.String(9))
    customer_id: Mapped[int | None] = foreign("customer.id", ondelete="CASCADE")
    sealed: Mapped[bytes]
    expires_on: Mapped[date] = mapped_column(index=True)


class WaitingContact(Model):
    """By which numbers a waiting line would know its customer: keyed fingerprints, never the numbers."""

    __tablename__ = "waiting_contact"
    __table_args__ = (sa.PrimaryKeyConstraint("fingerprint", "waiting_id"), {"sqlite_with_rowid": False})
    fingerprint: Mapped[bytes]
    waiting_id: Mapped[int] = foreign("waiting_line.id", ondelete="CASCADE")
