"""Customer files that were brought in: who may see and do what with them, from upload to result. The rows are import_rows'."""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, crypt
from relcrm.customers import columns, import_columns, import_files, import_kinds, import_reading, import_terms, queries
from relcrm.customers.import_columns import Column, read_mapping
from relcrm.customers.import_files import Kept
from relcrm.customers.import_models import ImportBatch, ImportRefusal, ImportRow
from relcrm.customers.import_reading import Terms
from relcrm.customers.import_rows import Judge, Verdict
from relcrm.customers.import_tally import REFUSED, Tally
from relcrm.customers.import_terms import IMPORTERS
from relcrm.customers.models import Customer
from relcrm.customers.table import Row
from relcrm.db import session
from relcrm.errors import BadValue, NotFound, RuleError
from relcrm.i18n import _l
from relcrm.staff import audit
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.permissions import Permission, may, require
from relcrm.staff.sessions import with_memberships

AT_ONCE = 2_000
CHUNK = 200
SHOWN, SHOWN_REFUSED = 5, 8
SAMPLE = 50
OPEN = ("mapping", "checking")
MOVING = ("waiting", "running")
REVERTIBLE = timedelta(days=30)
SEPARATORS: dict[str, object] = {
    ",": _l("Commas"), ";": _l("Semicolons"), "\t": _l("Tabs"), "|": _l("Bars |"), " ": _l("Blanks, one or more"),
}  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """What a run would do. `tally` is None while the worker still counts a long file."""

    tally: Tally | None
    first: Sequence[Verdict]
    refused: Sequence[Verdict]


def stores_of(reader: StaffMember) -> Sequence[Store]:
    """The stores this reader may bring a file into."""
    held = reader.stores(*IMPORTERS)
    query = sa.select(Store).order_by(Store.id)
    return session().scalars(query if held is None else query.where(Store.id.in_(held))).all()


def visible_to(reader: StaffMember, what: str = "customers") -> sa.Select[ImportBatch]:
    held = reader.stores(*IMPORTERS)
    query = sa.select(ImportBatch).where(ImportBatch.what == what).order_by(ImportBatch.id.desc())
    return query if held is None else query.where(ImportBatch.store_id.in_(held))


def past(reader: StaffMember, limit: int = 50, what: str = "customers") -> Sequence[ImportBatch]:
    """The newest imports of the reader's stores, without those given up before they began."""
    began = sa.or_(ImportBatch.status != "stopped", ImportBatch.rows_done > 0)
    return session().scalars(visible_to(reader, what).where(began).limit(limit)).all()


def get(reader: StaffMember, public_id: str, what: str = "customers") -> ImportBatch:
    """Raises NotFound for what the reader may not see, so that nobody learns it exists."""
    batch = session().scalar(visible_to(reader, what).where(ImportBatch.public_id == public_id))
    if batch is None:
        raise NotFound(_l("There is no such import, or none that you may see."), code="no_import")
    return batch


def make(tx: Session, actor: StaffMember, store: Store, kept: Kept, *, file_name: str, lang: str, source: str = "") -> ImportBatch:
    """A file was chosen: nothing is in the book yet."""
    batch = drafted(actor, store, kept, file_name=file_name, lang=lang, source=source)
    tx.add(batch)
    tx.flush()
    return batch


def drafted(actor: StaffMember, store: Store, kept: Kept, *, file_name: str, lang: str, source: str = "") -> ImportBatch:
    """The import this file would be, not stored. Its columns are what they were last time, else what they look like."""
    batch = laid_out(actor, store, kept, proposed(kept), file_name=file_name, lang=lang, source=source, what="customers")
    look_again(batch)
    return batch


def proposed(kept: Kept) -> list[str]:
    """What its columns were last time, else what they look like."""
    found = import_columns.proposed(kept.header, kept.sample, remembered(columns.signature(kept.header)))
    return [column.target for column in found]


def laid_out(
    actor: StaffMember, store: Store, kept: Kept, targets: Sequence[str], *, file_name: str, lang: str, **told: str
) -> ImportBatch:
    """A file of any kind with what its columns probably are, not stored."""
    require(actor, Permission.CUSTOMER_IMPORT, store.id)
    return ImportBatch(
        public_id=secrets.token_urlsafe(9),
        store_id=store.id,
        made_by_id=actor.id,
        made_at=clock.now(),
        file_name=_short(file_name),
        file_kind=kept.kind,
        file_sha256=kept.sha256,
        lang=lang,
        **_file_of(kept, targets),
        **told,
    )


def _file_of(kept: Kept, targets: Sequence[str]) -> dict[str, Any]:
    return {
        "kept_as": kept.name,
        "header": crypt.seal(list(kept.header)),
        "signature": columns.signature(kept.header),
        "row_count": kept.row_count,
        "delimiter": kept.delimiter,
        "mapping": as_mapping(targets),
    }


def separate(batch: ImportBatch, delimiter: str, guess: Callable[[Kept], Sequence[str]]) -> str:
    """Read the cells anew by another separator; `guess` says what the new columns are. Returns the name of the file to be dropped
    once this is written."""
    require_open(batch)
    if not batch.delimiter or delimiter not in SEPARATORS:
        raise BadValue(_l("Choose from the list."), code="separator", field="delimiter")
    sample = tuple(sample_of(batch))
    before = Kept(batch.kept_as, batch.file_kind, tuple(header_of(batch)), batch.row_count, sample, batch.file_sha256, batch.delimiter)
    kept = import_files.split_again(before, batch.file_name, delimiter, most=batch.row_count)
    for name, value in _file_of(kept, guess(kept)).items():
        setattr(batch, name, value)
    look_again(batch)
    return before.name


def remembered(signature: str, what: str = "customers") -> list[str]:
    """What the columns of such a file were the last time one was brought in; empty when never."""
    went_in = sa.and_(ImportBatch.status.in_(("done", "reverted", *MOVING)), ImportBatch.what == what)
    query = sa.select(ImportBatch.mapping).where(ImportBatch.signature == signature, went_in).order_by(ImportBatch.id.desc()).limit(1)
    found = session().scalar(query)
    return read_mapping(found) if found else []


def choose(batch: ImportBatch, mapping: Sequence[str], by: StaffMember, *, proves: bool = False) -> bool:
    """Say what each column is, and (the owner alone) that a yes in them is proved; True when that changes anything.
    Raises BadValue mapping_* for what cannot be."""
    require_open(batch)
    before = read_mapping(batch.mapping)
    import_columns.check(mapping, len(header_of(batch)))
    for column in columns_of(batch):
        if column.why == columns.NEVER_STORED and mapping[column.index] != columns.SKIP:
            raise BadValue(import_columns.WHY_LEFT_OUT[columns.NEVER_STORED], code="mapping_never", field="mapping")
    proves = proves and bool(import_columns.CONSENTS & set(mapping)) if may(by, Permission.CONSENT_DECLARE) else batch.proves
    if (list(mapping), proves) == (before, batch.proves):
        return False
    batch.mapping, batch.proves = as_mapping(mapping), proves
    look_again(batch)
    return True


def start(tx: Session, actor: StaffMember, batch: ImportBatch) -> None:
    """Bring the rows in, or go on after a stop. Whoever starts it answers for it; starting twice is starting once."""
    require(actor, Permission.CUSTOMER_IMPORT, batch.store_id)
    if batch.status in MOVING or batch.status == "done":
        return
    if not may_go_on(batch):
        require_open(batch)
    import_kinds.of(batch).check(batch)
    if not batch.rows_done:
        batch.made_by_id = actor.id
    batch.status, batch.foreseen, batch.finished_at, batch.failure = "waiting", None, None, None
    audit.note(tx, actor, "import_started", batch.public_id, store_id=batch.store_id, keys=tuple(read_mapping(batch.mapping)))


def may_go_on(batch: ImportBatch) -> bool:
    """Was it stopped or broken off on the way, and is its file still there?"""
    return batch.status in ("stopped", "failed") and bool(batch.kept_as) and 0 < batch.rows_done < batch.row_count


def stop(tx: Session, actor: StaffMember, batch: ImportBatch) -> None:
    """Leave it at what is in by now. A file that was begun is kept for a day, to go on; another goes at once."""
    require(actor, Permission.CUSTOMER_IMPORT, batch.store_id)
    if batch.status in (*OPEN, *MOVING):
        batch.status, batch.finished_at = "stopped", clock.now()
        audit.note(tx, actor, "import_stopped", batch.public_id, store_id=batch.store_id)


def may_revert(batch: ImportBatch) -> bool:
    """Within 30 days, whatever of it went in."""
    over = batch.status in ("done", "stopped", "failed") and batch.rows_done > 0
    return (
        over and batch.finished_at is not None and clock.now() - batch.finished_at < REVERTIBLE and import_kinds.of(batch).taken(batch) > 0
    )


def revert(tx: Session, actor: StaffMember, batch: ImportBatch) -> None:
    """Take the whole file back: the worker goes over its rows. What somebody worked on since stays, and is shown."""
    require(actor, Permission.CUSTOMER_IMPORT, batch.store_id)
    if batch.status in ("reverting", "reverted"):
        return
    if not may_revert(batch):
        raise RuleError(_l("This file cannot be taken back any more: that is possible for 30 days after it came in."), code="too_late")
    batch.status, batch.undone_to, batch.undone, batch.stayed = "reverting", 0, 0, 0
    audit.note(tx, actor, "import_reverting", batch.public_id, store_id=batch.store_id)


def header_of(batch: ImportBatch) -> list[str]:
    """The names of the columns; empty once the days of the refused rows are over."""
    names = crypt.unseal(batch.header) if batch.header is not None else []
    return [str(name) for name in names] if isinstance(names, list) else []


def columns_of(batch: ImportBatch) -> list[Column]:
    """The columns as they are chosen now, with the reasons why some are left out."""
    return import_columns.proposed(header_of(batch), sample_of(batch), read_mapping(batch.mapping))


def sample_of(batch: ImportBatch) -> list[Row]:
    return list(islice(rows_of(batch), SAMPLE))


def rows_of(batch: ImportBatch) -> Iterator[Row]:
    """Raises RuleError when the file was deleted."""
    return _rows(batch.kept_as or "gone")


def _rows(kept_as: str) -> Iterator[Row]:
    """Holds no row of the database: one that outlives thousands of pieces is loaded again for each, and every time a little slower."""
    try:
        yield from import_files.rows(kept_as)
    except FileNotFoundError:
        raise RuleError(_l("This file is not kept any more. Choose it again."), code="file_gone") from None


def terms_of(batch: ImportBatch) -> Terms:
    """What holds for every row of this file, for who answers for it."""
    by = with_memberships(batch.made_by_id)
    assert by is not None
    return import_terms.of(batch, by, read_mapping(batch.mapping), header_of(batch))


def preview(batch: ImportBatch) -> Preview:
    """The first rows as they will be, and the count of the whole file when it is short or was counted already."""
    short, terms, tally = batch.row_count <= AT_ONCE, terms_of(batch), Tally()
    first, refused = list[Verdict](), list[Verdict]()
    for verdicts in judged(islice(rows_of(batch), None if short else CHUNK), terms):
        tally_up(tally, verdicts)
        first = first or verdicts[:SHOWN]
        refused += [verdict for verdict in verdicts if verdict.outcome == REFUSED][: SHOWN_REFUSED - len(refused)]
    return Preview(tally if short else foreseen(batch), first, refused)


def judged(rows: Iterator[Row], terms: Terms) -> Iterator[list[Verdict]]:
    """What a run would do, row by row, before it is in the book."""
    judge = Judge(terms)
    while chunk := list(islice(rows, CHUNK)):
        yield judge.judge([import_reading.read(row, terms) for row in chunk])


def tally_up(tally: Tally, verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        tally.count(verdict.outcome, verdict.stored, Counter(verdict.unstored), verdict.why)


def foreseen(batch: ImportBatch) -> Tally | None:
    """What the worker counted for a long file; None while it is still counting."""
    return counted(batch) if batch.foreseen and batch.status != "checking" else None


def counted(batch: ImportBatch) -> Tally:
    """What the worker has counted by now."""
    return Tally.read(batch.foreseen)


def tally_of(batch: ImportBatch) -> Tally:
    """What a run has done so far."""
    return Tally.read(batch.did)


def refused_rows(batch: ImportBatch, limit: int | None = None) -> Iterator[tuple[Row, str]]:
    """Rows that were not taken, in the order of the file, each with its reasons."""
    query = sa.select(ImportRefusal).where(ImportRefusal.batch_id == batch.id).order_by(ImportRefusal.line).limit(limit)
    for row in session().scalars(query):
        held = crypt.unseal(row.sealed)
        if isinstance(held, dict):
            yield Row(row.line, tuple(held["cells"])), str(held["why"])


def declare(tx: Session, actor: StaffMember, batch: ImportBatch, **told: Any) -> None:
    """Say by which paper everybody in this file consented (import_terms.declare), and count again."""
    require_open(batch)
    import_terms.declare(tx, actor, batch, **told)
    tx.flush()
    look_again(batch)


def stayed(reader: StaffMember, batch: ImportBatch, after: int, limit: int = 50) -> tuple[list[tuple[ImportRow, Customer]], bool]:
    """Customers of a file taken back who stay, in the order of its rows below `after`; and whether there are more."""
    here = queries.visible_to(reader).join(ImportRow, ImportRow.customer_id == Customer.id).with_only_columns(ImportRow, Customer)
    query = here.where(ImportRow.batch_id == batch.id, ImportRow.stayed != "", ImportRow.line > after).order_by(ImportRow.line)
    found = [(row, customer) for row, customer in session().execute(query.limit(limit + 1))]
    return found[:limit], len(found) > limit


def look_again(batch: ImportBatch) -> None:
    """A short file is counted when the page is asked for, a long one by the worker. Called after every change of the terms."""
    batch.foreseen = None
    try:
        import_kinds.of(batch).check(batch)
    except BadValue:
        batch.status = "mapping"
        return
    batch.status = "mapping" if batch.row_count <= AT_ONCE else "checking"


def as_mapping(targets: Sequence[str]) -> str:
    return json.dumps(list(targets))


def require_open(batch: ImportBatch) -> None:
    """Raises RuleError began."""
    if batch.status not in OPEN:
        raise RuleError(_l("This import has begun already. What its columns are can no longer be changed."), code="began")


def _short(file_name: str) -> str:
    return file_name.replace("\\", "/").rsplit("/", 1)[-1].strip()[:120] or "file"
