"""Bringing a product file in: begun, waiting for the worker, its bad rows with their reasons. What a row does is import_writing.py."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, jobs
from relcrm.customers.table import Row
from relcrm.db import session
from relcrm.errors import NotFound
from relcrm.i18n import _l, speaking
from relcrm.products import import_writing, product_file
from relcrm.products.models import ProductImport, ProductImportRow
from relcrm.products.product_file import ProductFile
from relcrm.staff import audit
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, require

NAME = "product_import"
AT_ONCE, KEPT, PART = 2000, timedelta(days=7), 500


def start(tx: Session, actor: StaffMember, file: ProductFile, *, file_name: str, currency: str, lang: str) -> ProductImport:
    """Bring in a short file at once; of a long one the rows wait for the worker."""
    require(actor, Permission.PRODUCT_EDIT)
    _forget(tx)
    batch = ProductImport(
        public_id=secrets.token_urlsafe(9), file_name=file_name[:200], header=list(file.header), targets=list(file.targets), currency=currency,
        lang=lang, row_count=len(file.rows), made_by_id=actor.id, made_at=clock.now(),
    )  # fmt: skip
    tx.add(batch)
    tx.flush()
    audit.note(tx, actor, "products_brought_in", batch.public_id)
    groups = _grouped(file)
    if len(file.rows) < AT_ONCE:
        take(tx, batch, groups)
        finish(batch)
    else:
        _wait(tx, batch, groups)
        jobs.ask(tx, NAME)
    return batch


def get(public_id: str) -> ProductImport:
    """Raises NotFound."""
    found = session().scalar(sa.select(ProductImport).where(ProductImport.public_id == public_id))
    if found is None:
        raise NotFound(_l("There is no such file."), code="no_import")
    return found


def past() -> list[ProductImport]:
    """The last ten."""
    return list(session().scalars(sa.select(ProductImport).order_by(ProductImport.id.desc()).limit(10)))


def refused(batch: ProductImport, most: int | None = None) -> list[tuple[Row, str]]:
    wanted = sa.select(ProductImportRow).where(ProductImportRow.import_id == batch.id, ProductImportRow.why.is_not(None))
    rows = session().scalars(wanted.order_by(ProductImportRow.number).limit(most))
    return [(Row(row.number, tuple(row.cells)), row.why or "") for row in rows]


def _grouped(file: ProductFile) -> list[list[Row]]:
    """The rows of each product, in the order of its first row."""
    groups: dict[str, list[Row]] = {}
    for row in file.rows:
        groups.setdefault(product_file.group_key(row, file.targets), []).append(row)
    return list(groups.values())


def _wait(tx: Session, batch: ProductImport, groups: Sequence[Sequence[Row]]) -> None:
    rows = [
        {"import_id": batch.id, "number": row.number, "group_no": place, "cells": list(row.cells), "why": None}
        for place, group in enumerate(groups)
        for row in group
    ]
    for start_at in range(0, len(rows), PART):
        tx.execute(sa.insert(ProductImportRow), rows[start_at : start_at + PART])


def waiting(tx: Session, batch: ProductImport, most: int) -> list[list[Row]]:
    """The next groups, of about `most` rows together; a group is never cut."""
    mine = sa.and_(ProductImportRow.import_id == batch.id, ProductImportRow.why.is_(None))
    last = sa.select(ProductImportRow.group_no).where(mine).order_by(ProductImportRow.group_no).limit(1).offset(most - 1).scalar_subquery()
    query = sa.select(ProductImportRow).where(mine, ProductImportRow.group_no <= sa.func.coalesce(last, 2**40))
    rows = tx.scalars(query.order_by(ProductImportRow.group_no, ProductImportRow.number)).all()
    return [[Row(row.number, tuple(row.cells)) for row in group] for _no, group in groupby(rows, lambda row: row.group_no)]


def take(tx: Session, batch: ProductImport, groups: Sequence[Sequence[Row]]) -> None:
    """Write these groups: the counts of the batch, the products and their keys, the refused rows with why."""
    with speaking(batch.lang):
        for start_at in range(0, len(groups), PART):
            import_writing.write(tx, batch, groups[start_at : start_at + PART])


def finish(batch: ProductImport) -> None:
    batch.status, batch.finished_at = "done", clock.now()


def _forget(tx: Session) -> None:
    """Refused rows are kept for seven days."""
    old = sa.select(ProductImport.id).where(ProductImport.finished_at < clock.now() - KEPT)
    tx.execute(sa.delete(ProductImportRow).where(ProductImportRow.import_id.in_(old)))


def columns_of(batch: ProductImport) -> Iterator[tuple[str, str]]:
    """Each column of the file with what it was read as."""
    yield from zip(batch.header, batch.targets, strict=True)
