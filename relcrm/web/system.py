"""Addresses that belong to the machine: health, the web app manifest, the bare yardstick."""

import shutil
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify, redirect, url_for
from flask_login import current_user

from relcrm import clock, db, schema
from relcrm.jobs import Heartbeat
from relcrm.staff import settings
from relcrm.staff.permissions import Permission, may
from relcrm.web.access import allow, public
from relcrm.web.filters import asset

bp = Blueprint("system", __name__)
WORKER_SILENT_S = 150
DISK_FLOOR = 200 * 1024 * 1024


@bp.get("/healthz")
@public
def healthz() -> tuple[Response, int]:
    """Database, schema, worker, disk: each true or false; 200 only when all are."""
    checks = {"database": _database(), "schema": False, "worker": False, "disk": _disk()}
    if checks["database"]:
        checks["schema"] = schema.is_current()
        beat = db.session().get(Heartbeat, "worker")
        checks["worker"] = beat is not None and (clock.now() - beat.at).total_seconds() < WORKER_SILENT_S
    return jsonify(ok=all(checks.values()), **checks), 200 if all(checks.values()) else 503


@bp.get("/")
@allow(Permission.ACCOUNT)
def home() -> Any:
    """The first page of the day: what there is to do for a role that meets customers, else the stores."""
    return redirect(url_for("customers.index" if may(current_user, Permission.CUSTOMER_FIND) else "staff.store"), 303)


@bp.get("/bare")
@public
def bare() -> str:
    """The yardstick of every speed claim: no session, no database."""
    return "ok"


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    name = settings.text("chain_name") or "relcrm"
    icons = [{"src": asset(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"} for size in (192, 512)]
    answer = jsonify(
        name=name,
        short_name=name[:12],
        id="/",
        start_url=url_for("customers.index"),
        display="standalone",
        background_color="#faf7f1",
        theme_color="#faf7f1",
        icons=icons,
    )
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _database() -> bool:
    try:
        return db.session().execute(sa.select(1)).scalar() == 1
    except sa.exc.SQLAlchemyError:
        return False


def _disk() -> bool:
    return shutil.disk_usage(current_app.config["RELCRM"].data_dir).free > DISK_FLOOR
