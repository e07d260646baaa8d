"""A short way for the one hot request: the same verb and the same answer as the route, without Flask around it.

The lane only answers what it is sure of: a valid token, a plain well-formed body, a permission that is not used up by
use. Everything else (every refusal, every oddity, every fault) is handed to Flask as if the lane were not there, so
there is one place that refuses. One test suite runs on both ways.

Requests that arrive together are answered together: one trip to the database for their searches, one for their
decisions, one commit.
"""

import io
import re
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import Any

import orjson
import psycopg
import uuid_utils
from sqlalchemy.exc import SQLAlchemyError

from app import clock, config, languages
from app.accounts import queries as sign_ins
from app.accounts.models import BRAND_CODE_SHAPE
from app.accounts.tokens import read_access_token
from app.consent.noes import rest
from app.errors import Unauthenticated
from app.http.api import ANSWER_HEADERS
from app.ops import health
from app.sql import hot_statements
from app.sql.group_commit import Batcher
from offers.deciding.answers import (
    FARTHEST_M,
    LEAST_RADIUS_M,
    MOST_LAT,
    MOST_LON,
    RADIUS_M,
    Answer,
    Fix,
    Question,
    conclude_answers,
    is_allowed,
    is_counted,
    search_offers,
)

PATH = "/v1/nearby-offers"
LARGEST_BODY = 1024
PATIENCE_S = 0.0005
"""How long a group waits for those who were just answered or stood in line."""
BRAND = re.compile(BRAND_CODE_SHAPE)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


MOST_SEEN = 100_000

_seen: set[tuple[uuid.UUID, int]] = set()
"""Of which sign-ins and generations this process said already that a token came back; forgotten now and then."""


class Lane:
    """WSGI middleware: `app.wsgi_app = Lane(app.wsgi_app)`."""

    def __init__(self, flask: Wsgi) -> None:
        self.flask = flask
        self._together: Batcher[Question, Answer | None] = Batcher(answer_all, patience_s=PATIENCE_S)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return self.flask(environ, start_response)
        started = time.perf_counter()
        body = _body(environ)
        question = None if body is None else _question(environ, body)
        answer = None if question is None else self._together.do(question)
        if answer is None:
            return self.flask(environ, start_response)
        request_id = str(uuid_utils.uuid4())
        headers = [*ANSWER_HEADERS, ("Content-Language", answer.language), ("X-Request-Id", request_id)]
        headers.append(("Content-Length", str(len(answer.text))))
        start_response("200 OK", headers)
        health.count_fact(
            "POST", PATH, 200, role="member", seconds=time.perf_counter() - started, request_id=request_id
        )
        return [answer.text]


def _body(environ: Environ) -> bytes | None:
    """The body, read and put back for Flask; None when it is none of ours."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or not 0 < int(length) <= LARGEST_BODY:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def answer_all(questions: Sequence[Question]) -> list[Answer | None]:
    """The answer to each question, and None for what Flask must do: what is refused, counted, or went wrong."""
    try:
        if rest.rests():
            return [None] * len(questions)
        with hot_statements.kept_connection() as connection:
            found = search_offers(connection, questions)
            plain = [is_allowed(rows) and not is_counted(rows) for rows in found]
            asked = list(compress(zip(questions, found, strict=True), plain))
            answers = iter(conclude_answers(connection, asked) if asked else [])
            see_sign_ins(connection, [question for question, _ in asked])
            return [next(answers) if is_plain else None for is_plain in plain]
    except (psycopg.Error, SQLAlchemyError):
        # Flask asks again on a pooled connection, and says what is wrong if something is.
        return [None] * len(questions)


def see_sign_ins(connection: psycopg.Connection[Any], questions: Sequence[Question]) -> None:
    """Say once of each sign-in that its newest token came back, so that the one before it is over."""
    new = [question for question in questions if (question.session_id, question.generation) not in _seen]
    if not new:
        return
    members, sessions, generations = zip(*[(q.member_id, q.session_id, q.generation) for q in new], strict=True)
    hot_statements.ask_statement(connection, sign_ins.SEE_SIGN_INS, [list(members), list(sessions), list(generations)])
    if len(_seen) > MOST_SEEN:
        _seen.clear()
    _seen.update(zip(sessions, generations, strict=True))


def _question(environ: Environ, body: bytes) -> Question | None:
    if environ.get("QUERY_STRING") or environ.get("CONTENT_TYPE", "").partition(";")[0].strip() != "application/json":
        return None
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme != "Bearer":
        return None
    now = clock.now()
    try:
        access = read_access_token(token, now=now)
        sent = orjson.loads(body)
    except (Unauthenticated, orjson.JSONDecodeError):
        return None
    if type(sent) is not dict or body.count(b'"') != 2 * (len(sent) + ("brand" in sent)):
        return None  # no object, or a name that comes twice or is spelled with escapes
    fix = _fix(sent)
    if fix is None:
        return None
    accepted = languages.accepted_languages(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    language = accepted[0] if len(accepted) == 1 else None
    return Question(fix, access.member_id, access.session_id, language, now, access.generation)


def _fix(sent: dict[str, Any]) -> Fix | None:
    """The fix, if every value is what `schemas.FixIn` takes; a test compares both on generated bodies."""
    if not REQUIRED <= sent.keys() <= KNOWN:
        return None
    lat, lon, accuracy_m = sent["lat"], sent["lon"], sent["accuracy_m"]
    radius_m, brand = sent.get("radius_m", RADIUS_M), sent.get("brand")
    if not ({type(lat), type(lon), type(accuracy_m)} <= NUMBERS and type(radius_m) is int):
        return None
    if not (-MOST_LAT <= lat <= MOST_LAT and -MOST_LON <= lon <= MOST_LON):
        return None
    if not (0 < accuracy_m <= config.current().coarsest_fix_m and LEAST_RADIUS_M <= radius_m <= FARTHEST_M):
        return None
    if "brand" in sent and (type(brand) is not str or not BRAND.fullmatch(brand)):
        return None
    return Fix(float(lat), float(lon), float(accuracy_m), radius_m, brand)


REQUIRED = {"lat", "lon", "accuracy_m"}
KNOWN = REQUIRED | {"radius_m", "brand"}
NUMBERS = {int, float}
