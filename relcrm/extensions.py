"""The Flask extensions beside the database, made once and bound to the app in create_app()."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf import CSRFProtect

login = LoginManager()
csrf = CSRFProtect()
babel = Babel()


def upgrade(migrations: str) -> None:
    """Run the migrations of that folder on the current app's database. Flask-Migrate is loaded here only: with alembic it takes 11 MB of every process."""
    from flask import current_app
    from flask_migrate import Migrate
    from flask_migrate import upgrade as run

    from relcrm.db import sql

    Migrate(current_app, sql, directory=migrations, render_as_batch=True, compare_type=True)
    run()
