"""Files of receipts from upload to result: what they are, their terms, what a run would do. Steps that all files share are imports'."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock
from relcrm.customers import columns as customer_columns
from relcrm.customers import import_columns, import_terms, imports
from relcrm.customers import queries as customer_queries
from relcrm.customers.import_columns import read_mapping
from relcrm.customers.import_files import Kept
from relcrm.customers.import_models import ImportBatch
from relcrm.customers.models import Customer
from relcrm.db import session
from relcrm.errors import BadValue
from relcrm.i18n import _, _l
from relcrm.purchases.models import Purchase, PurchaseLine
from relcrm.receipts import columns, grouping
from relcrm.receipts.grouping import Counts, Line
from relcrm.receipts.judging import Judge, Verdict
from relcrm.receipts.models import NO_SALE, ReceiptLine, WaitingLine
from relcrm.receipts.reading import Place, Terms
from relcrm.receipts.tally import REFUSED, Tally
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.sessions import with_memberships

WHAT = "receipts"
MOST_ROWS, MOST_BYTES = 1_000_000, 200 * 1024 * 1024
CHUNK = 100
SOURCE_LONGEST = 40


@dataclass(frozen=True)
class Preview:
    """What a run would do; `tally` is None while the worker still counts a long file."""

    tally: Tally | None
    first: Sequence[Verdict]
    refused: Sequence[Verdict]


@dataclass(frozen=True)
class Brought:
    """What of a file stands in the book now: receipts, their lines and people, and what still waits for its customer or its sale."""

    receipts: int
    lines: int
    people: int
    waiting: int
    no_sale: int


def drafted(actor: StaffMember, store: Store, kept: Kept, *, file_name: str, lang: str, source: str = "") -> ImportBatch:
    """The import this file would be, not stored. `source` is the till by name; files of one source know each other's receipts."""
    targets = proposed(kept)
    till = columns.recognise(kept.header)
    named = " ".join(source.split())[:SOURCE_LONGEST] or (till.name if till else "file")
    batch = imports.laid_out(actor, store, kept, targets, file_name=file_name, lang=lang, source=named, what=WHAT)
    imports.look_again(batch)
    return batch


def proposed(kept: Kept) -> list[str]:
    """What the columns were the last time, else what they look like."""
    return imports.remembered(customer_columns.signature(kept.header), WHAT) or columns.guess(kept.header)


def make(tx: Session, actor: StaffMember, store: Store, kept: Kept, **told: str) -> ImportBatch:
    """A file was chosen: nothing is in the book yet."""
    batch = drafted(actor, store, kept, file_name=told["file_name"], lang=told["lang"], source=told.get("source", ""))
    tx.add(batch)
    tx.flush()
    return batch


def choose(batch: ImportBatch, mapping: Sequence[str], source: str) -> bool:
    """Say what each column is and which till it comes from; True when that changes anything. Raises BadValue mapping_* or source."""
    imports.require_open(batch)
    columns.check(mapping, len(imports.header_of(batch)))
    source = " ".join(source.split())
    if not source or len(source) > SOURCE_LONGEST or source == "counter":
        raise BadValue(_l("Name the till in a few words, always the same: by it a receipt is known again."), code="source", field="source")
    if (list(mapping), source) == (read_mapping(batch.mapping), batch.source):
        return False
    batch.mapping, batch.source = imports.as_mapping(mapping), source
    imports.look_again(batch)
    return True


def check(batch: ImportBatch) -> None:
    columns.check(read_mapping(batch.mapping), len(imports.header_of(batch)))


def columns_of(batch: ImportBatch) -> list[import_columns.Column]:
    header, sample = imports.header_of(batch), imports.sample_of(batch)
    return [
        import_columns.Column(index, header[index], import_columns.first_value(sample, index), target)
        for index, target in enumerate(read_mapping(batch.mapping))
    ]


def terms_of(batch: ImportBatch) -> Terms:
    """What holds for every row of this file, for who answers for it."""
    by = with_memberships(batch.made_by_id)
    assert by is not None
    stores = imports.stores_of(by)
    staff = import_terms.associates([store.id for store in stores])
    places = {store.id: _place(store, staff.get(store.id, {})) for store in stores}
    return Terms(
        mapping=read_mapping(batch.mapping),
        header=imports.header_of(batch),
        source=batch.source,
        here=places[batch.store_id],
        stores={" ".join(store.name.lower().split()): places[store.id] for store in stores},
        held=frozenset(places),
        neutral=_("Receipt"),
    )


def _place(store: Store, staff: Mapping[str, int]) -> Place:
    return Place(store.id, store.time_zone, store.country, store.currency, clock.today(store.time_zone), staff)


def chunks(lines: Iterator[list[Line]], most: int = CHUNK) -> Iterator[list[Line]]:
    """Receipts together, about so many lines at once; a receipt is never cut."""
    gathered: list[Line] = []
    for receipt in lines:
        gathered += receipt
        if len(gathered) >= most:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def preview(batch: ImportBatch) -> Preview:
    """The first lines as they will be, and the count of the whole file when it is short or was counted already."""
    short, tally = batch.row_count <= imports.AT_ONCE, Tally()
    first, refused = list[Verdict](), list[Verdict]()
    for verdicts, judge in judged(batch, None if short else imports.CHUNK):
        judge.tally_up(tally, verdicts)
        first = first or list(verdicts[: imports.SHOWN])
        refused += [one for one in verdicts if one.outcome == REFUSED][: imports.SHOWN_REFUSED - len(refused)]
    return Preview(tally if short else foreseen(batch), first, refused)


def judged(batch: ImportBatch, most: int | None = None) -> Iterator[tuple[Sequence[Verdict], Judge]]:
    """What a run would do, before it is in the book."""
    terms = terms_of(batch)
    judge = Judge(terms, Counts())
    for lines in chunks(grouping.receipts(islice(imports.rows_of(batch), most), terms, Counts())):
        yield judge.judge(lines), judge


def foreseen(batch: ImportBatch) -> Tally | None:
    """What the worker counted for a long file; None while it is still counting."""
    return Tally.read(batch.foreseen) if batch.foreseen and batch.status != "checking" else None


def brought(batch: ImportBatch) -> Brought:
    mine = sa.select(
        sa.func.count(sa.distinct(Purchase.id)), sa.func.count(), sa.func.count(sa.distinct(Purchase.customer_id))
    ).select_from(ReceiptLine)
    mine = mine.join(PurchaseLine, PurchaseLine.id == ReceiptLine.line_id).join(Purchase, Purchase.id == PurchaseLine.purchase_id)
    receipts, lines, people = session().execute(mine.where(ReceiptLine.batch_id == batch.id)).one()
    waits = sa.select(WaitingLine.why, sa.func.count()).where(WaitingLine.batch_id == batch.id).group_by(WaitingLine.why)
    waiting = Counter(dict(session().execute(waits).all()))
    no_sale = waiting.pop(NO_SALE, 0)
    return Brought(receipts, lines, people, sum(waiting.values()), no_sale)


def names_of(reader: StaffMember, ids: Collection[int]) -> dict[int, str]:
    """Of those of them whom the reader may see."""
    query = customer_queries.visible_to(reader).where(Customer.id.in_(ids)).with_only_columns(Customer.id, Customer.name)
    return dict(session().execute(query).all()) if ids else {}
