"""Making the whole made-up chain in an empty book: schema, cast, customers, scenes. Serving it is the command's."""

import os
from collections.abc import Callable
from pathlib import Path

from relcrm import clock, db, schema
from relcrm.demo import bulk, cast, scenes, tiers
from relcrm.errors import SetupError
from relcrm.purchases import totals
from relcrm.staff import settings

LARGE = 20_000


def build(path: Path, *, customers: int, seed: int, tick: Callable[[int], object] = lambda _done: None) -> list[cast.SignIn]:
    """Fill the book of the current app, whose database file is `path` and empty. The same seed makes the same chain, told from now.

    `tick` hears of every customer twice. Without customers it has stores, staff and goods alone. Returns who may sign in, all with cast.PASSWORD.
    """
    now = clock.now().replace(microsecond=0)
    schema.migrate()
    with db.write_tx() as tx:
        world = cast.found(tx, seed=seed, customers=customers, now=now)
        tiers.publish(tx, seed, (now - cast.BEGAN).date())
        known, sums = cast.sign_ins(tx), totals.figures()
    _let_go()
    if customers:
        bulk.write(path, world, sums, workers=_workers(customers), tick=tick)
        with db.write_tx() as tx:
            scenes.play(tx, world)
        tiers.walk(customers)
        _let_go()
    return known


def kept() -> list[cast.SignIn]:
    """Who may sign in to the chain that is in the book already. Raises SetupError when it is a real book."""
    if settings.get("demo") is not True:
        raise SetupError("There is a real book in that folder, not a demo. Name an empty folder with --keep.")
    lines = cast.sign_ins(db.session())
    _let_go()
    return lines


def _let_go() -> None:
    """Other processes are to have the file for themselves."""
    db.session().close()
    db.sql.engine.dispose()


def _workers(customers: int) -> int:
    """Starting processes pays for large books only."""
    cores = os.cpu_count() or 1
    return min(cores, 4) if customers >= LARGE and cores > 1 else 0
