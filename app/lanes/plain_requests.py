"""What a lane is sure of before it begins: a token of a member that proves itself, and a body that reads in one way."""

from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple

import orjson

from app import clock
from app.accounts.tokens import Access, read_access_token
from app.edge.environs import Environ
from app.errors import Unauthenticated


class PlainRequest(NamedTuple):
    """A request as phones make it. `access` is what the token says, whose sign-in must still be looked up; `sent` is
    the object of the body, in which no name comes twice."""

    access: Access
    sent: dict[str, Any]
    accept_language: str
    now: datetime


def read_plain_request(environ: Environ, *, most_bytes: int) -> PlainRequest | None:
    """What was asked, if it is plain; else None. In either case the body is there for whoever reads it next."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or not 0 < int(length) <= most_bytes:
        return None
    if environ.get("QUERY_STRING") or environ.get("CONTENT_TYPE", "").partition(";")[0].strip() != "application/json":
        return None
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme != "Bearer":
        return None
    now = clock.now()
    try:
        access = read_access_token(token, now=now)
    except Unauthenticated:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)
    sent = read_plain_object(body)
    return None if sent is None else PlainRequest(access, sent, environ.get("HTTP_ACCEPT_LANGUAGE", ""), now)


def read_plain_object(body: bytes) -> dict[str, Any] | None:
    """The object that a JSON text is, read as `app.http.reading` reads it but for whole numbers with a point; None for
    what is none, spells a sign by an escape, or has a name twice."""
    if b"\\" in body:
        return None
    try:
        sent = orjson.loads(body)
        written = orjson.dumps(sent)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    # Without escapes two quotes are a name or a text. Of a name that came twice only the last is left.
    return sent if type(sent) is dict and written.count(b'"') == body.count(b'"') else None
