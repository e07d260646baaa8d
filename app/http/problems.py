"""What we answer when it is a refusal or a fault, and what every answer carries."""

import re
import uuid

import psycopg
from flask import Response, g, jsonify, request
from psycopg import errors as pg_errors
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app import languages
from app.errors import (
    CONSTRAINTS,
    BadRequest,
    BodyTooLarge,
    ConstraintBroken,
    DatabaseUnavailable,
    InternalFault,
    Malformed,
    MediaTypeUnsupported,
    MethodNotAllowed,
    NotFound,
    Problem,
    QuotaStanding,
    RequestInFlight,
    Unauthenticated,
)
from app.http.access import Principal
from app.logs import log

PROBLEM_MEDIA_TYPE = "application/problem+json"

COMMON_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
"""What every answer carries, unless its view says otherwise."""

ANSWER_HEADERS = [("Content-Type", "application/json"), *COMMON_HEADERS.items()]
"""The headers of a plain JSON answer that is made without Flask."""

FLASK_REFUSALS: dict[int, type[Problem]] = {
    400: BadRequest,
    404: NotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    415: MediaTypeUnsupported,
    422: Malformed,
    500: InternalFault,
}

DatabaseError = DBAPIError | psycopg.Error | PoolTimeout
"""Through SQLAlchemy, from the driver itself, or no connection to be had."""

PASSING = (
    psycopg.OperationalError,  # away, silent, stopping, full; a wait for a lock or a statement that was too long
    psycopg.InterfaceError,
    pg_errors.IdleInTransactionSessionTimeout,
    pg_errors.ReadOnlySqlTransaction,  # another server has taken over, and we still speak to the old one
    PoolTimeout,
)
"""What says nothing of the request, which may be sent again: whether its work was committed its key knows."""

TWIN = re.compile(r"\(\d+,\d+\).*idempotency_key")
"""How PostgreSQL says, in whatever language, that a row of the keys was waited for: by its place in the table."""


def render_problem(problem: Problem) -> Response:
    """The answer for a refusal."""
    response = jsonify(problem.body(language=language(), instance=request_id()))
    response.status_code = problem.status
    response.mimetype = PROBLEM_MEDIA_TYPE
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    for name, value in quota_headers(problem.standing).items():
        response.headers[name] = value
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = getattr(problem, "challenge", Unauthenticated.challenge)
    g.problem = problem.code()
    return response


def quota_headers(standing: QuotaStanding | None) -> dict[str, str]:
    """What a client may know of a quota, as draft-ietf-httpapi-ratelimit-headers spells it since its eighth version."""
    if standing is None:
        return {}
    name, most, window_s, left, reset_s = standing
    return {"RateLimit-Policy": f'"{name}";q={most};w={window_s}', "RateLimit": f'"{name}";r={left};t={reset_s}'}


def render_http_exception(error: HTTPException) -> Response:
    """Flask's own refusals (unknown address, wrong method, large body…) in our one shape, with their headers."""
    status = error.code or 500
    response = render_problem(FLASK_REFUSALS.get(status, BadRequest if status < 500 else InternalFault)())
    for name, value in error.get_headers(request.environ):
        response.headers.setdefault(name, value)
    return response


def render_database_error(error: DatabaseError) -> Response:
    """Broken constraints by name, a wait that was too long, a database that is away; never the database's own words."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, pg_errors.IntegrityError):
        return render_problem(CONSTRAINTS.get(original.diag.constraint_name or "", ConstraintBroken)())
    if isinstance(original, pg_errors.LockNotAvailable) and _is_twin(original):
        return render_problem(RequestInFlight(retry_after_s=1))
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or isinstance(original, PASSING):
        log.error("database_unavailable", error=type(original).__name__)
        return render_problem(DatabaseUnavailable(retry_after_s=1))
    return render_fault(error)


def _is_twin(error: pg_errors.LockNotAvailable) -> bool:
    """Whether this waited for another request with the same key."""
    return TWIN.search(error.diag.context or "") is not None


def render_fault(error: Exception) -> Response:
    """A fault of ours: its kind and place go to the log, its words (they may hold personal data) go nowhere."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    log.error("fault", error=type(error).__name__, where=where)
    return render_problem(InternalFault())


def language() -> languages.Language:
    """The language of this request's reader: what they ask for, else that of their wallet once we know whose it is.

    The answer then says that it speaks it.
    """
    someone: Principal | None = g.get("principal")
    asked = request.headers.get("Accept-Language", "")
    spoken = g.spoken = languages.preferred(asked, own=someone.language if someone else None)
    return spoken


def tell_language(response: Response) -> None:
    """Say in which language an answer speaks, if it does."""
    if "spoken" in g:
        response.headers.setdefault("Content-Language", g.spoken)


def request_id() -> str:
    """The id of this request; also in the log, the answer's header and every problem."""
    known: str | None = g.get("request_id")
    if known is None:
        known = g.request_id = str(uuid.uuid4())
    return known
