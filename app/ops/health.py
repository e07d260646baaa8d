"""What operators ask: is it alive, is it ready, how is it doing; what developers ask: the document, the codes; and what
somebody asks who found a hole: whom to tell."""

import os
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import flask_swagger_ui
import psycopg
from flask import Blueprint, Response, g, jsonify, render_template_string, request, send_from_directory
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from psycopg.errors import UndefinedTable
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import clock, config
from app.errors import NotFound, every_problem
from app.http import problems
from app.http.api import Api
from app.http.problems import language
from app.logs import log, write_line
from app.ops import shared_counts
from app.ops import signs as ops_signs
from app.ops.database.migrations_head import expected_head, is_newer
from app.sql import db

shared_counts.share_counts()

SECONDS = Histogram("ici_request_seconds", "Answered requests and how long they took", ["method", "route", "status"])
REFUSALS = Counter("ici_refusals", "Refusals by code", ["code"])
WATCHED = Gauge(
    "ici_watched", "What /readyz saw last: a count or a delay; 0 is well", ["name"], multiprocess_mode="mostrecent"
)

WITHOUT_DATABASE = {f"health.{view}" for view in ("livez", "metrics", "docs", "docs_asset", "document", "security_txt")}
"""Views that must answer when the database is away, so no transaction is opened around them."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""What a method is called that no view takes: anybody can make one up, and each would be a count of its own."""
SECURITY_TXT = "/.well-known/security.txt"
CONTACT_HOLDS = timedelta(days=180)
"""RFC 9116 section 2.5.5 advises less than a year: whoever reads it later looks again."""

SWAGGER_FILES = Path(flask_swagger_ui.__file__).parent / "dist"


def observe(response: Response, *, seconds: float) -> None:
    """Count and log an answered request of Flask."""
    route = str(request.url_rule) if request.url_rule else "unknown"
    problem = g.get("problem")
    if problem:
        REFUSALS.labels(problem).inc()
    role = str(g.principal.role) if "principal" in g else None
    facts = {"problem": problem, "request_id": problems.request_id()}
    count_fact(request.method, route, response.status_code, role=role, seconds=seconds, **facts)


def count_fact(method: str, route: str, status: int, *, role: str | None, seconds: float, **facts: Any) -> None:
    """Count and log an answered request: its route, never its address, parameters or body.

    Nothing that is counted by can be chosen by who asks: methods, routes, statuses and codes are closed lists.
    """
    method = method if method in METHODS else OTHER
    _meter(method, route, status).observe(seconds)
    facts = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1), "role": role} | facts
    write_line("request", facts)


@cache
def _meter(method: str, route: str, status: int) -> Histogram:
    # Looking a meter up by its labels costs more than counting.
    return SECONDS.labels(method, route, str(status))


def blueprint(door: Api) -> Blueprint:
    """`/livez`, `/readyz`, `/metrics`, `/openapi.json`, `/docs`, `/problems/{code}`, `/.well-known/security.txt`."""
    health = Blueprint("health", __name__)

    @health.get("/livez")
    def livez() -> Response:
        """The process answers. Asks nothing of the database."""
        return jsonify(status="alive")

    @health.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """The database answers, is migrated to the version this code expects or a later one, and no gate is closed.

        `alarms` holds what is late; traffic may come all the same.
        """
        details, alarms = readiness()
        ready = all(detail == ops_signs.OK for detail in details.values())
        status = "ready" if ready else "not ready"
        return jsonify(status=status, details=details, alarms=alarms), 200 if ready else 503

    @health.get("/metrics")
    def metrics() -> Response:
        """Prometheus text format, over all worker processes."""
        return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)

    @health.get("/openapi.json")
    def document() -> Response:
        """The OpenAPI 3.1 document, which is the same for as long as the process lives."""
        answer = Response(door.written, mimetype="application/json")
        answer.set_etag(door.etag)
        answer.headers["Cache-Control"] = "no-cache"
        answer.make_conditional(request)
        return answer

    @health.get("/docs")
    def docs() -> Response:
        """A page to read and try the API; everything it needs comes from here."""
        page = Response(render_template_string(DOCS_PAGE), mimetype="text/html")
        page.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
            " connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        return page

    @health.get("/docs/<path:name>")
    def docs_asset(name: str) -> Response:
        """The files of Swagger UI, and the few lines that start it."""
        if name == "start.js":
            return Response(DOCS_START, mimetype="text/javascript")
        return send_from_directory(SWAGGER_FILES, name, max_age=86_400)

    @health.get(SECURITY_TXT)
    def security_txt() -> Response:
        """Where somebody who found a hole writes to (RFC 9116)."""
        return Response(write_security_txt(now=clock.now()), mimetype="text/plain")

    @health.get("/problems/<code>")
    def problem(code: str) -> Response:
        """What a problem code means, in the reader's language."""
        kind = next((p for p in every_problem() if p.code() == code), None)
        if kind is None:
            raise NotFound
        said = {"title": kind.title.outline(language()), "remedy": kind.remedy and kind.remedy.outline(language())}
        return jsonify(code=code, status=kind.status, **said)

    return health


def write_security_txt(*, now: datetime) -> str:
    """Whom to tell of a hole, as people and programs look for it (RFC 9116). Raises `NotFound` when nobody is named."""
    settings = config.current()
    if settings.security_contact is None:
        raise NotFound
    lines = {
        "Contact": settings.security_contact,
        "Expires": (now + CONTACT_HOLDS).strftime("%Y-%m-%dT00:00:00Z"),
        "Preferred-Languages": "fr, en",
    }
    if settings.public_url.startswith("https:"):  # RFC 9116 section 2.5.2 allows no other
        lines["Canonical"] = settings.public_url.rstrip("/") + SECURITY_TXT
    return "".join(f"{name}: {value}\n" for name, value in lines.items())


def readiness() -> tuple[dict[str, str], dict[str, str]]:
    """Each thing that must hold before traffic comes, and `ok` or what is wrong; then the alarms that ring."""
    try:
        head = db.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except (DBAPIError, psycopg.Error, PoolTimeout) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        log.error("not_ready", error=type(cause).__name__)
        return {"database": "not migrated" if isinstance(cause, UndefinedTable) else "unreachable"}, {}
    details = {"database": "ok", "migrations": "ok"}
    newer = is_newer(head)
    if head != expected_head() and not newer:
        return details | {"migrations": f"at {head}, this code expects {expected_head()}"}, {}
    # What is watched belongs to no one request: late messages, unsealed events, erasures to repeat.
    with db.system():
        signs = ops_signs.read_signs(now=clock.now())
    for name, sign in signs.items():
        WATCHED.labels(name).set(sign.value)
        for part, value in sign.parts.items():
            WATCHED.labels(f"{name}/{part}").set(value)
    gates = {name: sign.detail for name, sign in signs.items() if sign.gate}
    alarms = {name: sign.detail for name, sign in signs.items() if not sign.gate and sign.detail != ops_signs.OK}
    if newer:
        alarms["migrations"] = f"at {head}, newer than this code, which expects {expected_head()}"
    return details | gates, alarms


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    if shared_counts.FOLDER in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for metric in (SECONDS, REFUSALS, WATCHED):
            registry.register(metric)
    return registry


DOCS_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Ici: the API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>"""

DOCS_START = """window.onload = () => {
  SwaggerUIBundle({
    url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null, docExpansion: "none",
  });
};"""
