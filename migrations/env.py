"""Alembic's entry: migrates the database of the current app, inside one writing transaction."""

from alembic import context
from flask import current_app

from relcrm.db import WRITE, UTCDateTime, sql

target = sql.metadata


def render(kind: str, item: object, _context: object) -> str | bool:
    """Plain column types in the files: a migration must not change when the program's types do."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect().execution_options(**{WRITE: True}) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
        context.configure(connection=connection, target_metadata=target, render_as_batch=True, compare_type=True, render_item=render)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
