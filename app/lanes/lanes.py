"""WSGI middleware in front of Flask: some requests are answered before they get there.

A lane only answers what it is sure of: a plain request (`app.lanes.plain_requests`) that its verb does not refuse.
Everything else (every refusal, every oddity, every fault) is handed to Flask as if the lane were not there, so there is
one place that refuses. One test suite runs on both ways.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import structlog
import uuid_utils

from app.accounts.tokens import admit_access
from app.edge.environs import Environ
from app.http.access import Principal, Role
from app.http.problems import ANSWER_HEADERS, PASSING
from app.lanes.plain_requests import PlainRequest, read_plain_request
from app.languages import Language, accepted_languages, preferred
from app.ops import health
from app.sql import db

STOPPED = "ici.stopped"
"""Where Flask finds, in the environ, what stopped a lane (`LaneStopped`)."""

StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]
Spoken = tuple[bytes, Language]
"""The JSON text of an answer, and the language that it speaks."""


class Lane(NamedTuple):
    """The short way of `POST path`, for bodies of at most so many bytes. `answer` says None for what Flask must do."""

    path: str
    most_bytes: int
    answer: Callable[[PlainRequest], Spoken | None]


class LaneStopped(Exception):
    """What Flask must say, and not do again: the COMMIT failed, and nobody may know what the database made of it; or
    the database was waited for as long as it may be. With the principal, if that was known already."""

    def __init__(self, error: Exception, principal: Principal | None) -> None:
        super().__init__()
        self.error, self.principal = error, principal


class Lanes:
    """WSGI middleware: `app.wsgi_app = Lanes(app.wsgi_app, [lane, …])`."""

    def __init__(self, flask: Wsgi, lanes: Sequence[Lane]) -> None:
        self.flask = flask
        self.lanes = {lane.path: lane for lane in lanes}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        lane = self.lanes.get(environ["PATH_INFO"])
        if lane is None or environ["REQUEST_METHOD"] != "POST":
            return self.flask(environ, start_response)
        started = time.perf_counter()
        asked = read_plain_request(environ, most_bytes=lane.most_bytes)
        if asked is None:
            return self.flask(environ, start_response)
        request_id = str(uuid_utils.uuid4())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            answer = lane.answer(asked)
        except LaneStopped as stopped:
            environ[STOPPED], answer = stopped, None
        if answer is None:
            return self.flask(environ, start_response)
        text, language = answer
        headers = [*ANSWER_HEADERS, ("Content-Language", language), ("X-Request-Id", request_id)]
        headers.append(("Content-Length", str(len(text))))
        start_response("200 OK", headers)
        seconds = time.perf_counter() - started
        health.count_fact(
            "POST", lane.path, 200, role=str(Role.MEMBER), seconds=seconds, problem=None, request_id=request_id
        )
        return [text]


def answer_alone(asked: PlainRequest, verb: Callable[[Language], bytes]) -> Spoken | None:
    """What the verb says, in a transaction that acts for whoever asks: its first trip admits them by the same statement
    as Flask's. None for what Flask must do, of which nothing was written.

    Raises `LaneStopped`.
    """
    principal: Principal | None = None
    try:
        with db.transaction():
            admitted = admit_access(asked.access, now=asked.now)
            accepted = accepted_languages(asked.accept_language)
            language = accepted[0] if len(accepted) == 1 else preferred(asked.accept_language, own=admitted().language)
            text = verb(language)
            principal = admitted()
    except Exception as error:
        if principal is not None or isinstance(error, PASSING):
            raise LaneStopped(error, principal) from error
        return None  # Flask does it again, and says what is wrong if something is
    return text, language
