"""What is answered: the application's answer to a request, a refusal of the edge itself, and both as bytes."""

import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, NamedTuple

import orjson

from app import languages
from app.edge.environs import Environ
from app.errors import InternalFault, Problem
from app.http import problems
from app.logs import log
from app.ops import health

Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

BODILESS = ("1", "204", "304")
UNMATCHED = "unknown"
"""The route of a request that reached no view, in logs and metrics."""
LOCKED_DOWN = list(problems.COMMON_HEADERS.items())


class Reply(NamedTuple):
    """An answer, whole."""

    status: str
    headers: Sequence[tuple[str, str]]
    body: bytes


def ask_application(application: Wsgi, environ: Environ) -> Reply:
    """The application's answer to a request. It never raises: a fault is the answer that tells of one."""
    said: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        said[:] = status, headers
        return written.append

    written: list[bytes] = []
    try:
        parts = application(environ, start_response)
        try:
            written.extend(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return Reply(said[0], said[1], b"".join(written))
    except Exception as error:
        log.error("fault", error=type(error).__name__, where="the application raised")
        return refusal(InternalFault(), environ=environ)


def refusal(problem: Problem, *, environ: Environ | None = None, seconds: float = 0) -> Reply:
    """A refusal that the edge makes by itself, counted and logged as every answer is."""
    given = environ or {}
    language = languages.preferred(given.get("HTTP_ACCEPT_LANGUAGE", ""))
    request_id = str(uuid.uuid4())
    headers = [*LOCKED_DOWN, ("Content-Type", problems.PROBLEM_MEDIA_TYPE), ("Content-Language", language)]
    headers.append(("X-Request-Id", request_id))
    if problem.retry_after_s is not None:
        headers.append(("Retry-After", str(problem.retry_after_s)))
    health.REFUSALS.labels(problem.code()).inc()
    method = given.get("REQUEST_METHOD", UNMATCHED)
    facts = {"problem": problem.code(), "request_id": request_id}
    health.count_fact(method, UNMATCHED, problem.status, role=None, seconds=seconds, **facts)
    status = HTTPStatus(problem.status)
    body = orjson.dumps(problem.body(language=language, instance=request_id))
    return Reply(f"{status.value} {status.phrase}", headers, body)


def write_reply(reply: Reply, *, environ: Environ, is_last: bool) -> bytes:
    """An answer as HTTP/1.1 writes it, for the request with this environ."""
    status, headers, body = reply
    lines = [f"HTTP/1.1 {status}\r\n"]
    has_length = has_date = False
    for name, value in headers:
        has_length |= name.lower() == "content-length"
        has_date |= name == "Date"
        lines.append(f"{name}: {value}\r\n")
    if not has_date:
        lines.append(_date())
    if status.startswith(BODILESS) or environ.get("REQUEST_METHOD") == "HEAD":
        body = b""
    elif not has_length:
        lines.append(f"Content-Length: {len(body)}\r\n")
    if is_last:
        lines.append("Connection: close\r\n")
    elif environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        lines.append("Connection: keep-alive\r\n")
    lines.append("\r\n")
    return "".join(lines).encode("latin-1") + body


_dated = [0, ""]
"""The second that the line was written for, and the line."""


def _date() -> str:
    second = int(time.time())
    if _dated[0] != second:
        _dated[:] = second, f"Date: {formatdate(second, usegmt=True)}\r\n"
    return str(_dated[1])
