"""The page on which owner and auditor read what staff did to the book."""

from typing import Any

from flask import request
from flask_login import current_user

from relcrm.staff import trail as entries
from relcrm.staff.permissions import Permission
from relcrm.staff.views import bp
from relcrm.web.access import allow
from relcrm.web.filters import lang
from relcrm.web.htmx import render


@bp.get("/settings/audit")
@allow(Permission.AUDIT_READ)
def audit_trail() -> Any:
    before = request.args.get("before", type=int)
    return render("staff/audit.html", trail=entries.page(current_user, before, lang()), first=before is None)
