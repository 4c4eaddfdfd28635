"""relcrm: the relationship book of a small retail chain. This file makes the app: config, extensions, blueprints, start-up checks."""

import sys

try:  # one SQLite in the whole process, and one without the WAL-reset bug; must come before anything that imports sqlite3
    import pysqlite3

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
except ImportError:
    pass

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from relcrm.config import Settings


def create_app(settings: "Settings | None" = None, *, check_schema: bool = True) -> "Flask":
    """The whole program as one Flask app. Raises SetupError when it may not start."""
    from flask import Flask

    from relcrm import background, clock, config, crypt, db, extensions, features, schema
    from relcrm.web import access, errors, filters, security

    settings = settings or config.read()
    app = Flask("relcrm", template_folder=str(schema.beside("templates")), static_folder=str(schema.beside("static")))
    app.config.update(
        RELCRM=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"connect_args": {"isolation_level": None, "check_same_thread": False}},
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_NAME="relcrm",
        PERMANENT_SESSION_LIFETIME=timedelta(days=31),
        MAX_CONTENT_LENGTH=44 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="zh" if settings.language == "zh" else "en",
        BABEL_TRANSLATION_DIRECTORIES=str(schema.PACKAGE / "translations"),
    )
    if settings.trusted_proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)  # type: ignore[method-assign]
    clock.follow(settings.clock_file if settings.demo else None)
    crypt.use_keys(settings.field_keys)
    db.sql.init_app(app)
    extensions.login.init_app(app)
    extensions.login.session_protection = None  # phones change their address all day
    extensions.csrf.init_app(app)
    extensions.babel.init_app(app, locale_selector=filters.lang, timezone_selector=filters.zone)
    security.bind(app)
    errors.bind(app)
    filters.bind(app)
    features.register(app)
    access.guard(app)
    background.bind(app)
    if check_schema:
        with app.app_context():
            schema.require_current()
    return app
