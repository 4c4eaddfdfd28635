"""The worker's part of a long product file: pieces short enough for the counter, each whole or not at all."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import jobs
from relcrm.products import imports
from relcrm.products.models import ProductImport, ProductImportRow

PIECE_ROWS = 40


@jobs.job(imports.NAME, every="now")
def piece(tx: Session, _cursor: str | None) -> str | None:
    """The next rows of the oldest file that waits."""
    batch = tx.scalar(sa.select(ProductImport).where(ProductImport.status == "running").order_by(ProductImport.id).limit(1))
    if batch is None:
        return None
    groups = imports.waiting(tx, batch, PIECE_ROWS)
    imports.take(tx, batch, groups)
    numbers = [row.number for group in groups for row in group]
    taken = sa.and_(ProductImportRow.import_id == batch.id, ProductImportRow.number.in_(numbers), ProductImportRow.why.is_(None))
    tx.execute(sa.delete(ProductImportRow).where(taken))
    if not groups:
        imports.finish(batch)
    return batch.public_id
