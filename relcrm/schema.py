"""Is the database at the version this program was written for? Files beside the code: migrations, templates, static."""

from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa

from relcrm import db
from relcrm.errors import SetupError

PACKAGE = Path(__file__).parent


def beside(name: str) -> Path:
    """A folder of the checkout (beside the package) or of the wheel (inside it)."""
    outer = PACKAGE.parent / name
    return outer if (PACKAGE.parent / "wsgi.py").exists() and outer.is_dir() else PACKAGE / name


@lru_cache(maxsize=1)
def head() -> str:
    """The newest migration that this program carries: the number that its file's name begins with. Reading it with alembic costs 11 MB of memory."""
    return max(file.name.partition("_")[0] for file in (beside("migrations") / "versions").glob("[0-9]*_*.py"))


def at() -> str | None:
    """The migration the database stands at; None for an empty one."""
    connection = db.session().connection()
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def is_current() -> bool:
    return at() == head()


def require_current() -> None:
    """Raises SetupError naming the command that mends it."""
    found = at()
    db.session().rollback()
    if found is None:
        raise SetupError("There is no book in this database yet. Run `relcrm init` first (or `relcrm demo` to look around).")
    if found != head():
        raise SetupError(f"The database is at version {found}, this program needs {head()}. Run `relcrm upgrade`.")


def migrate() -> None:
    """Bring the database of the current app to the newest version."""
    from relcrm.extensions import upgrade

    db.session().rollback()
    upgrade(str(beside("migrations")))


def faults(*, deep: bool = False) -> list[str]:
    """What SQLite finds wrong with its own file; `deep` also holds every index against its table (minutes for a large book)."""
    connection = db.session().connection()
    if connection.dialect.name != "sqlite":
        return []
    found = [str(line) for line in connection.exec_driver_sql(f"PRAGMA {'integrity_check' if deep else 'quick_check'}").scalars()]
    loose = [
        f"{row[0]} {row[1]} names a row of {row[2]} that is not there" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    return [line for line in found if line != "ok"] + loose
