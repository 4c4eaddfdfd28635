"""Files that were brought in, row by row by ids alone, the paper behind their consents, and what is to be asked because of them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from relcrm.db import Model, PrimaryKey, PublicId, foreign, one_of

STATUSES = ("mapping", "checking", "waiting", "running", "done", "stopped", "failed", "reverting", "reverted")
WHAT = ("customers", "receipts")
OUTCOMES = ("created", "updated", "merged")


class ImportBatch(Model):
    """One file that was brought in, from upload to result. What it held lies sealed in `kept_as` until the run is over."""

    __tablename__ = "import_batch"
    __table_args__ = (one_of("status", "status", STATUSES), one_of("what", "what", WHAT))
    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId]
    # What its rows are; import_kinds says how each kind is worked off.
    what: Mapped[str] = mapped_column(sa.String(10), default="customers")
    store_id: Mapped[int] = foreign("store.id")
    made_by_id: Mapped[int] = foreign("staff_member.id")
    made_at: Mapped[datetime]
    file_name: Mapped[str]
    file_kind: Mapped[str] = mapped_column(default="")
    file_sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    source: Mapped[str] = mapped_column(default="")
    lang: Mapped[str] = mapped_column(sa.String(8))
    kept_as: Mapped[str] = mapped_column(default="")
    header: Mapped[bytes | None]
    # What separates the cells of a text file (a blank: any run of them); "" for a workbook.
    delimiter: Mapped[str] = mapped_column(sa.String(1), default="")
    signature: Mapped[str] = mapped_column(sa.String(32), index=True)
    mapping: Mapped[str] = mapped_column(default="[]")
    # The owner says that a yes in the columns of consents is proved; without it only a no counts.
    proves: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(sa.String(10), default="mapping")
    row_count: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    # What the rows done so far did, and what a run would do: import_tally.Tally as JSON; None until it is counted.
    did: Mapped[str] = mapped_column(default="{}")
    foreseen: Mapped[str | None]
    finished_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    # Taking it back: how far, and how many customers stay because somebody worked on them since.
    undone_to: Mapped[int] = mapped_column(default=0)
    undone: Mapped[int] = mapped_column(default=0)
    stayed: Mapped[int] = mapped_column(default=0)


class ImportRow(Model):
    """What one row did: whom it made or completed, and the ids of what it added. By these the file can be taken back."""

    __tablename__ = "import_row"
    __table_args__ = (sa.PrimaryKeyConstraint("batch_id", "line"), one_of("outcome", "outcome", OUTCOMES))
    batch_id: Mapped[int] = foreign("import_batch.id", ondelete="CASCADE", index=False)
    line: Mapped[int]
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE")
    outcome: Mapped[str] = mapped_column(sa.String(8))
    at: Mapped[datetime]
    # Her version and her newest consent event when the row was in: what is beyond them is somebody's work since.
    version: Mapped[int]
    event_id: Mapped[int]
    added: Mapped[str] = mapped_column(default="{}")
    # After taking back: "" for gone, else why she stays.
    stayed: Mapped[str] = mapped_column(sa.String(16), default="")


class ImportRefusal(Model):
    """A row that was not taken, with the reason; sealed, because it holds what the file held; gone after seven days."""

    __tablename__ = "import_refusal"
    __table_args__ = (sa.PrimaryKeyConstraint("batch_id", "line"),)
    batch_id: Mapped[int] = foreign("import_batch.id", ondelete="CASCADE", index=False)
    line: Mapped[int]
    sealed: Mapped[bytes]


class ImportPaper(Model):
    """The paper that everybody in a file signed, as the owner declares it (DOMAIN §1.4 rule 6): its words or the hash of its scan."""

    __tablename__ = "import_paper"
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    purposes: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    scan_name: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(sa.String(64))
    signed_on: Mapped[date]
    declared_by_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_member.id"))
    declared_at: Mapped[datetime]


class AskFirst(Model):
    """An old file told this of her and nothing let us keep it: to be asked at her next visit. The key of a field, never its value."""

    __tablename__ = "ask_first"
    __table_args__ = (sa.PrimaryKeyConstraint("customer_id", "key"),)
    customer_id: Mapped[int] = foreign("customer.id", ondelete="CASCADE", index=False)
    key: Mapped[str] = mapped_column(sa.String(40))
