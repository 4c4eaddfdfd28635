"""Making the whole made-up chain in an empty book: schema, cast, customers, scenes. Serving it is the command's."""

import os
from collections.abc import Callable
from pathlib import Path

from relcrm import clock, db, schema
from relcrm.demo import bulk, cast, scenes

LARGE = 20_000


def build(path: Path, *, customers: int, seed: int, tick: Callable[[int], object] = lambda _done: None) -> list[cast.SignIn]:
    """Fill the book of the current app, whose database file is `path` and empty. The same seed makes the same chain, told from now.

    `tick` hears of every customer twice. Returns who may sign in, all with cast.PASSWORD.
    """
    now = clock.now().replace(microsecond=0)
    schema.migrate()
    with db.write_tx() as tx:
        world = cast.found(tx, seed=seed, customers=customers, now=now)
        known = cast.sign_ins(tx)
    db.session().close()
    db.sql.engine.dispose()
    bulk.write(path, world, workers=_workers(customers), tick=tick)
    with db.write_tx() as tx:
        scenes.play(tx, world)
    db.session().close()
    db.sql.engine.dispose()
    return known


def _workers(customers: int) -> int:
    """Starting processes pays for large books only."""
    cores = os.cpu_count() or 1
    return min(cores, 4) if customers >= LARGE and cores > 1 else 0
