"""A customer with very many purchases against one with three, in one run: python -m tests.load.purchases. Not a unit test."""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from random import Random

from tests.load.lookup import at, served
from tests.load.service import Browser

PAGES = ("/purchases/of/{her}", "/customers/{her}", "/purchases/for/{her}")
FEW, MANY, WARM_UP, MOST = 3, 3_000, 20, 1.5


def prepared(folder: Path) -> dict[str, str]:
    """A small chain in that folder, in which Ana serves one customer with FEW and one with MANY purchases. Returns their public ids."""
    for name in [name for name in os.environ if name.startswith("RELCRM_")]:
        del os.environ[name]
    import sqlalchemy as sa

    import relcrm
    from relcrm import config, db
    from relcrm.customers.models import Customer
    from relcrm.demo import chain
    from relcrm.purchases.models import Purchase
    from tests.purchases import many

    config.make_secrets(folder)
    with relcrm.create_app(config.read({"RELCRM_DATA_DIR": str(folder)}), check_schema=False).app_context():
        chain.build(folder / "relcrm.db", customers=500, seed=1)
        bought = sa.select(Purchase.id).where(Purchase.customer_id == Customer.id).exists()
        free = sa.select(Customer.id, Customer.public_id).where(~bought, Customer.closed_at.is_(None), Customer.home_store_id == 1)
        (few, few_id), (lots, lots_id) = (tuple(row) for row in db.session().execute(free.order_by(Customer.id).limit(2)))
        many.buy(few, FEW)
        many.buy(lots, MANY)
        db.session().close()
        db.sql.engine.dispose()
    return {"few": few_id, "many": lots_id}


def measured(browser: Browser, ids: dict[str, str], rounds: int) -> dict[tuple[str, str], list[float]]:
    """ms of every page for both customers, in an order that changes."""
    draw, samples = Random(1), {(page, who): [0.0] * 0 for page in PAGES for who in ids}
    for turn in range(WARM_UP + rounds):
        for page, who in draw.sample(list(samples), len(samples)):
            status, _text, took = browser.ask(page.format(her=ids[who]))
            if status != 200:
                raise SystemExit(f"{page}: the service answered {status}")
            if turn >= WARM_UP:
                samples[page, who].append(took)
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200)
    rounds, holds = parser.parse_args().requests, True
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        ids = prepared(Path(made))
        with served(made) as (address, _process):
            browser = Browser(address)
            browser.sign_in("ben", "three tame geese")
            samples = measured(browser, ids, rounds)
    print(f"{rounds} requests each, ms{'':10}few p50   many p50    few p95   many p95  ratio")
    for page in PAGES:
        figures = [at(samples[page, who], share) for share in (0.5, 0.95) for who in ids]
        holds = holds and figures[3] <= MOST * figures[2]
        told = "holds " if figures[3] <= MOST * figures[2] else "BROKEN"
        print(f"{told} {page:24}" + "".join(f"{figure:11.1f}" for figure in figures) + f"{figures[3] / figures[2]:7.2f}")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
