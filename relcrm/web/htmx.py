"""The only place that knows an HX- header: one URL answers a page or its fragment."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for

VARY = "HX-Request, HX-Request-Type, HX-History-Restore-Request, Cookie"


def is_fragment() -> bool:
    """Does htmx ask for a part of a page (and not for a whole one, by boost or history)?"""
    get = request.headers.get
    return (
        get("HX-Request") == "true"
        and get("HX-Request-Type", "partial") != "full"
        and get("HX-Boosted") != "true"
        and get("HX-History-Restore-Request") != "true"
    )


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def render(page: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """The page, or the fragment it includes when htmx asks. Personal by default: never cached."""
    name = fragment if fragment and is_fragment() else page
    answer = make_response(render_template(name, **context), status)
    answer.headers["Vary"] = VARY
    return answer


def done(endpoint: str, **values: Any) -> Response:
    """After a change: 303, which a browser and htmx both follow."""
    return make_response(redirect(url_for(endpoint, **values), 303))


def again() -> Response:
    """To a poll whose waiting is over: load the whole page anew."""
    answer = make_response("", 200)
    answer.headers["HX-Refresh"], answer.headers["Vary"] = "true", VARY
    return answer


def is_quiet() -> bool:
    """Polls, prefetches and HEAD look at nothing and leave no row."""
    return request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", "") or request.headers.get("X-Poll") == "1"
