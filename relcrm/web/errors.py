"""A refusal is answered here and nowhere else: a page for a browser, a notice for htmx, with a reference number."""

import secrets
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from relcrm import db
from relcrm.errors import BadValue, NotAllowed, NotFound, RelcrmError, RuleError
from relcrm.i18n import _
from relcrm.staff import audit
from relcrm.web.htmx import is_htmx, render

STATUS: dict[type[RelcrmError], int] = {BadValue: 422, RuleError: 409, NotAllowed: 403, NotFound: 404}


def bind(app: Flask) -> None:
    app.register_error_handler(RelcrmError, _refused)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OverflowError, _beyond)
    app.register_error_handler(Exception, _broken)


def _refused(error: RelcrmError) -> Response:
    return _answer(next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500), str(error.message), refused=error)


def leave_trace(error: RelcrmError) -> None:
    """A refused act stands in the audit trail: who, which page of the program, which rule; nothing that was typed. Called after the rollback."""
    if not isinstance(error, (RuleError, NotAllowed)) or not current_user.is_authenticated or request.endpoint is None:
        return
    actor, target = current_user._get_current_object(), str((request.view_args or {}).get("public_id", ""))[:40]
    keys = (request.endpoint, error.code or type(error).__name__)
    db.record(lambda tx: audit.note(tx, actor, "refused", target, keys=keys))


def _stale(_error: StaleDataError) -> Response:
    return _answer(409, _("Somebody else changed this a moment ago. Look at it again; what you typed is still in your browser."))


def _expired(_error: CSRFError) -> Response:
    return _answer(400, _("This page was open too long. Go back, load it again and send once more."))


def _http(error: HTTPException) -> Any:
    if error.response is not None or (error.code or 500) < 400:
        return error
    return _answer(error.code or 500, _sentences().get(error.code or 500) or _("This could not be done."))


def _beyond(_error: OverflowError) -> Response:
    """A number or an instant in the address that is larger than the book can count to: no row has it."""
    return _answer(404, _sentences()[404])


def _broken(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    # The trace names lines of the program; the message may hold what a person typed, so it is left out.
    current_app.logger.error("error %s in %s: %s", reference, request.url_rule, type(error).__name__, exc_info=current_app.debug)
    _log_trace(reference, error)
    return _answer(500, _("Something went wrong on our side. Nothing was saved."), reference=reference)


def _log_trace(reference: str, error: BaseException) -> None:
    step = error.__traceback__
    while step is not None:
        current_app.logger.error(
            "error %s at %s:%s %s", reference, step.tb_frame.f_code.co_filename, step.tb_lineno, step.tb_frame.f_code.co_name
        )
        step = step.tb_next


def _answer(status: int, sentence: str, reference: str = "", refused: RelcrmError | None = None) -> Response:
    db.session().rollback()
    db.forget_pending()
    if refused is not None:
        leave_trace(refused)
    reference = reference or secrets.token_hex(4)
    page = "errors/_notice.html" if is_htmx() else "errors/error.html"
    answer = render(
        page,
        status=status,
        code=status,
        title=_titles().get(status) or HTTPStatus(status).phrase,
        sentence=sentence,
        reference=reference,
        back_href="/",
        back_label=_("Back to the start"),
    )
    if is_htmx():
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#notices", "innerHTML"
    return answer


def _titles() -> dict[int, str]:
    return {
        400: _("Please send again"),
        403: _("Not for you"),
        404: _("Not here"),
        405: _("Not here"),
        409: _("Not possible now"),
        413: _("Too large"),
        422: _("Please look again"),
        429: _("Too many tries"),
        500: _("That did not work"),
        503: _("One moment"),
    }


def _sentences() -> dict[int, str]:
    return {
        403: _("This is not among what you may do. Ask your manager."),
        404: _("There is nothing here, or nothing that you may see."),
        405: _("There is nothing here, or nothing that you may see."),
        413: _("The file is larger than the book takes."),
    }


def unavailable() -> Response:
    """What could not be written down may not be shown."""
    return _answer(503, _("The book could not note who looked, so it shows nothing. Try again in a moment."))
