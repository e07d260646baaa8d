"""Answers to reads travel packed, for whoever can unpack them (RFC 9110 section 8.4.1.3).

Only reads: what is made for whoever signs in, tokens and codes, answers a write and is never packed, since the length
of what is packed tells something of what is in it (CVE-2013-3587). What a member reads may be packed: the attack needs
a stranger's page that makes the member's browser ask as them, and a token in `Authorization`, unlike a cookie, goes
along with no request that its app did not make.
"""

import gzip
from collections.abc import Callable, Iterable
from typing import Any

from app.edge.environs import Environ

LEAST_BYTES = 1_024
"""Below this the answer is one packet in any case."""
LEVEL = 5
KINDS = frozenset(
    {
        "application/json",
        "application/geo+json",
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "image/svg+xml",
    }
)
"""What becomes shorter. Pictures are packed already, refusals are short."""

Headers = list[tuple[str, str]]
Wsgi = Callable[..., Iterable[bytes]]


class Compression:
    """A WSGI application that packs the answers of another."""

    def __init__(self, application: Wsgi) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or not takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            return self.application(environ, start_response)
        told: list[Any] = []

        def keep(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], None]:
            told[:] = status, headers
            return written.append

        written: list[bytes] = []
        parts = self.application(environ, keep)
        try:
            written.extend(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        status, headers = told
        body = b"".join(written)
        if len(body) >= LEAST_BYTES and status.startswith("200") and may_be_packed(headers):
            body = gzip.compress(body, LEVEL, mtime=0)
            headers = tell_packed(headers, length=len(body))
        start_response(status, headers)
        return [body]


def takes_gzip(accepted: str) -> bool:
    """Whether somebody who sent this `Accept-Encoding` says that they unpack gzip; `*` alone does not say so."""
    for one in accepted.lower().split(","):
        name, *given = (part.strip() for part in one.split(";"))
        if name in ("gzip", "x-gzip"):
            return not any(part.replace(" ", "").rstrip("0").rstrip(".") in ("q=", "q=0") for part in given)
    return False


def may_be_packed(headers: Headers) -> bool:
    """Whether an answer with these headers is text that is not packed yet, and that no write has to name exactly.

    A strong ETag that is a version must come back as it is in `If-Match`: a packed answer would have to weaken it.
    """
    said = {name.lower(): value for name, value in headers}
    kind = said.get("content-type", "").partition(";")[0].strip()
    is_version = said.get("etag", "").strip('"').isdigit()
    return kind in KINDS and "content-encoding" not in said and not is_version


def tell_packed(headers: Headers, *, length: int) -> Headers:
    """The headers of an answer once it is packed: another representation, whose ETag can only be weak."""
    told: Headers = []
    varies = "Accept-Encoding"
    for name, value in headers:
        match name.lower():
            case "content-length":
                continue
            case "vary":
                varies = value if "accept-encoding" in value.lower() else f"{value}, Accept-Encoding"
            case "etag" if not value.startswith("W/"):
                told.append((name, f"W/{value}"))
            case _:
                told.append((name, value))
    return [*told, ("Vary", varies), ("Content-Encoding", "gzip"), ("Content-Length", str(length))]
