"""Pages of other sites ask from a browser, which asks us first whether they may (CORS, the Fetch standard).

Only the sites of `ICI_WEB_ORIGINS` may. A token goes in `Authorization` and never in a cookie, so no credentials are
allowed: a page can only send what it was given itself.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from app.edge.environs import Environ

KNOWN_FOR_S = 7_200
"""How long a browser remembers the answer: two hours, the most that Chromium keeps."""
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
SENT = "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
READ = (
    "Content-Language, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After,"
    " WWW-Authenticate, X-Request-Id"
)
"""What a page may read of an answer besides its body."""
ALLOW = "Access-Control-Allow-Origin"

Wsgi = Callable[..., Iterable[bytes]]


class WebOrigins:
    """A WSGI application that lets the pages of these sites ask another."""

    def __init__(self, application: Wsgi, *, origins: Collection[str]) -> None:
        self.application, self.origins = application, frozenset(origins)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        origin = environ.get("HTTP_ORIGIN")
        if origin not in self.origins:
            return self.application(environ, start_response)
        if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            start_response("204 No Content", tell_permitted(origin))
            return []

        def tell(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            said = [(name, value) for name, value in headers if name != ALLOW]
            told = [(ALLOW, origin), ("Access-Control-Expose-Headers", READ), ("Vary", "Origin")]
            return start_response(status, said + told, *more)

        return self.application(environ, tell)


def tell_permitted(origin: str) -> list[tuple[str, str]]:
    """The headers by which a browser learns what the pages of this site may send."""
    return [
        (ALLOW, origin),
        ("Access-Control-Allow-Methods", METHODS),
        ("Access-Control-Allow-Headers", SENT),
        ("Access-Control-Max-Age", str(KNOWN_FOR_S)),
        ("Vary", "Origin"),
        ("Cache-Control", "no-store"),
    ]
