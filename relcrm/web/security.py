"""Headers, compression, our own access log, and the last act of each request: writing down what was looked at."""

import gzip
import logging
import time

from flask import Flask, Response, g, request

from relcrm import db
from relcrm.web import errors
from relcrm.web.htmx import VARY, is_quiet

log = logging.getLogger("relcrm.access")
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
FIXED = {
    "Content-Security-Policy": CSP,
    "Permissions-Policy": "camera=(self)",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def bind(app: Flask) -> None:
    # Flask runs these in reverse order: settle first, then headers, then compression, then the log.
    app.before_request(_start)
    app.after_request(_log)
    app.after_request(_compress)
    app.after_request(_headers)
    app.after_request(_settle)


def _start() -> None:
    g.began = time.perf_counter()


def _settle(answer: Response) -> Response:
    """No look without a log: if it cannot be written, nothing is shown."""
    if answer.status_code >= 500 or is_quiet():
        db.forget_pending()
        return answer
    try:
        db.settle()
    except Exception:
        logging.getLogger(__name__).exception("what was looked at could not be written down")
        return errors.unavailable()
    return answer


def _headers(answer: Response) -> Response:
    answer.headers.update(FIXED)
    if request.endpoint == "static":
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
    else:
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers.setdefault("Vary", VARY)
    return answer


def _compress(answer: Response) -> Response:
    if (
        answer.status_code in (204, 304)
        or "gzip" not in request.headers.get("Accept-Encoding", "")
        or "Content-Encoding" in answer.headers
        or (
            (answer.mimetype or "").split("/")[0] != "text"
            and answer.mimetype not in ("application/javascript", "image/svg+xml", "application/manifest+json")
        )
        or (answer.is_streamed and request.endpoint != "static")
    ):
        return answer
    answer.direct_passthrough = False
    body = answer.get_data()
    if len(body) > 800:
        answer.set_data(gzip.compress(body, 5, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Vary"] = ", ".join(filter(None, (answer.headers.get("Vary"), "Accept-Encoding")))
    return answer


def _log(answer: Response) -> Response:
    """The rule of the route, never the path: an id or a token in a log is a leak."""
    took = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
    log.info("%s %s %s %.0f ms", request.method, request.url_rule or "-", answer.status_code, took)
    return answer
