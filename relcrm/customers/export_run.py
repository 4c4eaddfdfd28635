"""Makes a file that leaves the book, piece by piece: each is read, logged and committed before anything of it is sent."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from relcrm.customers import export_columns, export_files, export_log, export_sources, exporting
from relcrm.customers.export_files import Writer
from relcrm.customers.export_log import Wish
from relcrm.customers.export_models import ExportLog
from relcrm.customers.exporting import Row
from relcrm.db import write_tx
from relcrm.errors import NotAllowed
from relcrm.i18n import _l
from relcrm.staff.models import StaffMember
from relcrm.staff.sessions import with_memberships

A_PIECE, A_CHUNK = 500, 64 * 1024
Also = Callable[[Session, str], object]


@dataclass(frozen=True)
class Made:
    """A file without a name on the disk, at its beginning; it is gone when closed."""

    file: BinaryIO
    public_id: str
    rows: int
    size: int

    def chunks(self) -> Iterator[bytes]:
        with self.file:
            while chunk := self.file.read(A_CHUNK):
                yield chunk


def make(actor_id: int, wish: Wish, also: Also = lambda _tx, _made: None, tick: Callable[[int], object] = lambda _n: None) -> Made:
    """The whole file, every row of it logged. `also` joins the first transaction, with the public id of the entry in the log."""
    export_log.check(wish)
    file = tempfile.TemporaryFile(prefix="relcrm-export-")  # noqa: SIM115 (whoever sends it closes it)
    try:
        items = [export_columns.item(key, wish.lang) for key in export_columns.exportable() if key in wish.kept]
        with export_files.writing(wish.format, file, items) as writer:
            public_id, rows = _written(actor_id, wish, writer, also, tick)
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Made(file, public_id, rows, size)


def _written(actor_id: int, wish: Wish, writer: Writer, also: Also, tick: Callable[[int], object]) -> tuple[str, int]:
    with write_tx() as tx:
        actor = _actor(actor_id)
        source = export_sources.source(actor, wish.what)
        ids = export_sources.ids(actor, source)
        log = export_log.begin(tx, actor, source, wish, len(ids))
        also(tx, log.public_id)
        log_id, public_id, rows = log.id, log.public_id, 0
        store_id = source.stores[0].id if len(source.stores) == 1 else None
    for start in range(0, len(ids), A_PIECE):
        some = list(ids[start : start + A_PIECE])
        rows += _piece(actor_id, log_id, store_id, some, wish, writer)
        tick(len(some))
    with write_tx() as tx:
        tx.get_one(ExportLog, log_id).row_count = rows
    return public_id, rows


def _piece(actor_id: int, log_id: int, store_id: int | None, ids: Sequence[int], wish: Wish, writer: Writer) -> int:
    """Read while others may write, then logged under the lock; read again there if somebody took something back in between."""
    ready = _read(actor_id, ids, wish)
    with write_tx() as tx:
        if not exporting.still_stand(ready.rows):
            ready = _read(actor_id, ids, wish)
        export_log.enter_rows(tx, tx.get_one(ExportLog, log_id), ready.rows, store_id)
    writer.write(ready.rows, ready.public_ids)
    return len(ready.rows)


@dataclass(frozen=True)
class _Ready:
    rows: Sequence[Row]
    public_ids: dict[int, str]


def _read(actor_id: int, ids: Sequence[int], wish: Wish) -> _Ready:
    actor = _actor(actor_id)
    customers = export_sources.piece(actor, ids)
    return _Ready(exporting.rows_for(actor, customers, wish.kept, lang=wish.lang), {one.id: one.public_id for one in customers})


def _actor(actor_id: int) -> StaffMember:
    """Asked again for each piece: who has left meanwhile takes nothing out."""
    actor = with_memberships(actor_id)
    if actor is None or not actor.is_active:
        raise NotAllowed(_l("This is not among what you may do. Ask your manager."), code="needs_export")
    return actor
