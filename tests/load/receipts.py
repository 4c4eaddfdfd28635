"""Receipts of another till in number: time, peak memory and lock of bringing them in: python -m tests.load.receipts --help. Not a unit test."""

import argparse
import csv
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.load.cdnow import Locks, Told, receipts, sums, worked_off

LIMIT_S, LOCK_MS = 180.0, 200.0
GOODS = ("Linen shirt", "Wool coat", "Belt", "Scarf", "Silk dress", "Socks", "Jeans", "Cap")
STRANGERS, RETURNS = 0.1, 0.03


def prepared(folder: Path, customers: int) -> tuple[Any, list[str]]:
    """A demo chain in that folder. Returns its app and the phones of the first store."""
    for name in [name for name in os.environ if name.startswith("RELCRM_")]:
        del os.environ[name]
    import sqlalchemy as sa

    import relcrm
    from relcrm import config, db
    from relcrm.customers.models import ContactPoint, Customer
    from relcrm.demo import chain

    config.make_secrets(folder)
    app = relcrm.create_app(config.read({"RELCRM_DATA_DIR": str(folder)}), check_schema=False)
    with app.app_context():
        chain.build(folder / "relcrm.db", customers=customers, seed=1)
        mine = sa.select(ContactPoint.value).join(Customer, Customer.id == ContactPoint.customer_id)
        mine = mine.where(ContactPoint.kind == "phone", Customer.home_store_id == 1, Customer.closed_at.is_(None))
        phones = list(db.session().scalars(mine))
        db.session().close()
    return app, phones


def written(path: Path, count: int, phones: list[str]) -> None:
    """So many lines, two a receipt: one receipt in ten is of somebody unknown, three lines in a hundred come back."""
    draw, today = Random(1), datetime.now(UTC).date()
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["Receipt number", "Line number", "Date", "Phone", "Item", "Quantity", "Net sales", "Original receipt"])
        for n in range(0, count, 2):
            day = today - timedelta(days=2 + n * 700 // count)
            phone = f"139{n:08d}" if draw.random() < STRANGERS else draw.choice(phones)
            goods = draw.sample(GOODS, 2)
            for line, name in enumerate(goods, start=1):
                if draw.random() < RETURNS:
                    back = (today - timedelta(days=1)).isoformat()
                    out.writerow([f"B{n}-{line}", 1, back, phone, goods[0], -1, "-100.00", f"R{n}"])
                else:
                    out.writerow([f"R{n}", line, day.isoformat(), phone, name, draw.randrange(1, 4), f"{draw.randrange(100, 900)}.50", ""])


def run(folder: Path, rows: int, customers: int) -> bool:
    from relcrm.cli_import import actor_of
    from relcrm.customers import imports
    from relcrm.customers.import_models import ImportBatch
    from relcrm.db import session, write_tx
    from relcrm.i18n import speaking
    from relcrm.receipts import importing

    app, phones = prepared(folder, customers)
    file, told, locks = folder / "receipts.csv", Told(), Locks()
    written(file, rows, phones)
    with app.app_context(), speaking("en"):
        before = sums()
        with told.step(f"{rows:,} lines") as took:
            batch_id = receipts(file, locks, "load")
        print(locks)
        print(importing.brought(session().get_one(ImportBatch, batch_id)))
        told.check(f"under {LIMIT_S:.0f} s", took.seconds < LIMIT_S, True)
        told.check(f"own work of 95 in 100 pieces under {LOCK_MS:.0f} ms", locks.mine(0.95) < LOCK_MS, True)
        with write_tx() as tx:
            imports.revert(tx, actor_of(""), tx.get_one(ImportBatch, batch_id))
        locks = Locks()
        with told.step("taken back"):
            worked_off(batch_id, locks)
        print(locks)
        told.check("all as before", sums(), before)
    return told.holds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--customers", type=int, default=20_000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        sys.exit(0 if run(Path(made), told.rows, told.customers) else 1)


if __name__ == "__main__":
    main()
