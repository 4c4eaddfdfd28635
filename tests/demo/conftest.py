"""A small made-up chain, built once per test process at a fixed instant; tests only read it."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import relcrm
from relcrm import clock, config, db
from relcrm.demo import chain

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
CUSTOMERS = 300
Build = Callable[..., tuple[Flask, Path]]


@pytest.fixture(scope="session")
def build(_book: Any, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """build(seed=…) -> app and database file of a new chain, told from NOW."""
    settings: config.Settings = _book[0].config["RELCRM"]

    def new(*, seed: int = 1, customers: int = CUSTOMERS) -> tuple[Flask, Path]:
        folder = tmp_path_factory.mktemp("chain")
        path = folder / "relcrm.db"
        mine = dataclasses.replace(settings, data_dir=folder, database_url=f"sqlite:///{path}")
        app = relcrm.create_app(mine, check_schema=False)
        with pytest.MonkeyPatch.context() as patch, app.app_context():
            patch.setattr(clock, "now", lambda: NOW)
            chain.build(path, customers=customers, seed=seed)
        return app, path

    return new


@pytest.fixture(scope="session")
def made(build: Build) -> tuple[Flask, Path]:
    return build()


@pytest.fixture(scope="session")
def blank(_book: Any) -> Path:
    """A migrated book that the demo never touched."""
    return Path(_book[2])


@pytest.fixture
def book(made: tuple[Flask, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[db.Session]:
    """The session on the made-up chain, at the instant it was made."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with made[0].app_context():
        yield db.session()
        db.session().close()
        db.sql.engine.dispose()
