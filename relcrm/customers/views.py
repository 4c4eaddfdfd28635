"""Pages of the customers."""

from typing import Any

from flask import Blueprint

from relcrm.staff.permissions import Permission
from relcrm.web.access import allow
from relcrm.web.htmx import render

bp = Blueprint("customers", __name__, url_prefix="/customers")


@bp.get("")
@allow(Permission.CUSTOMER_FIND)
def index() -> Any:
    return render("staff/store.html")


@bp.get("/new")
@allow(Permission.CUSTOMER_WRITE)
def new() -> Any:
    return render("staff/store.html")
