"""What was taken out of the book: who, when, what and why, and for each customer the event that allowed it. Never a value."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm.db import Model, PrimaryKey, PublicId, foreign, one_of

KINDS = ("list", "store", "stores", "clean")
FORMATS = ("csv", "xlsx", "vcf")


class ExportLog(Model):
    """One file that left the book. `what_id` is a public id or the kind of a list; `fields` are keys."""

    __tablename__ = "export_log"
    __table_args__ = (
        one_of("what", "what", KINDS),
        one_of("format", "format", FORMATS),
        sa.Index("ix_export_log_actor_at", "actor_id", "at"),
        sa.Index("ix_export_log_at", "at"),
    )
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    actor_id: Mapped[int] = foreign("staff_member.id", index=False)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(sa.String(8))
    what_id: Mapped[str] = mapped_column(default="")
    format: Mapped[str] = mapped_column(sa.String(4))
    with_phones: Mapped[bool]
    row_count: Mapped[int] = mapped_column(default=0)
    fields: Mapped[str]
    why: Mapped[str]
    # Keys the row hashes, so that nobody reads a number out of them by trying all numbers.
    salt: Mapped[bytes]
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff_member.id"))


class ExportStore(Model):
    """The stores whose customers a file is about: their managers read of it."""

    __tablename__ = "export_store"
    __table_args__ = (sa.PrimaryKeyConstraint("export_id", "store_id"),)
    export_id: Mapped[int] = foreign("export_log.id", ondelete="CASCADE", index=False)
    store_id: Mapped[int] = foreign("store.id")


class ExportRow(Model):
    """One customer in one file, with the newest event that allowed it and the purposes its values rest on.

    `taken_back_at`: since then one of these purposes does not stand any more, and the file should be deleted.
    """

    __tablename__ = "export_row"
    __table_args__ = (
        sa.PrimaryKeyConstraint("export_id", "customer_id"),
        sa.Index(
            "ix_export_row_taken_back",
            "export_id",
            sqlite_where=sa.text("taken_back_at IS NOT NULL"),
            postgresql_where=sa.text("taken_back_at IS NOT NULL"),
        ),
    )
    export_id: Mapped[int] = foreign("export_log.id", ondelete="CASCADE", index=False)
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE")
    event_id: Mapped[int]
    purposes: Mapped[str]
    row_hash: Mapped[str | None] = mapped_column(sa.String(64))
    taken_back_at: Mapped[datetime | None]
