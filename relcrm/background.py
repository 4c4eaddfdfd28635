"""huey, bound to the app: it rings the bell, the tables are the truth. Losing what it holds loses nothing."""

from typing import Any

from flask import Flask
from huey import SqliteHuey, crontab

from relcrm import jobs


def bind(app: Flask) -> None:
    """Two entries and no more: a `kick` after a commit and a `tick` every minute."""
    settings = app.config["RELCRM"]
    huey = SqliteHuey("relcrm", filename=str(settings.queue_file), results=False, create_tables=False, timeout=10)

    def run() -> None:
        with app.app_context():
            jobs.run_due(settings.time_zone)

    app.extensions["relcrm_huey"] = huey
    app.extensions["relcrm_kick"] = huey.task(name="kick")(run)
    huey.periodic_task(crontab(), name="tick")(run)


def kick(app: Flask) -> None:
    """Ask the worker to look for work now. Called after the commit; it may be lost without harm, for the tick comes."""
    try:
        app.extensions["relcrm_huey"].storage.initialize_schema()
        app.extensions["relcrm_kick"]()
    except Exception:
        app.logger.warning("the bell did not ring; the next tick finds the work")


def consumer(app: Flask) -> Any:
    """The worker's consumer: one thread, woken at least every second, given 25 s to finish when told to stop."""
    huey = app.extensions["relcrm_huey"]
    huey.storage.initialize_schema()
    return huey.create_consumer(workers=1, max_delay=1.0, scheduler_interval=1, graceful_signal="TERM", shutdown_timeout=25)
