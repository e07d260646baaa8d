"""Requests that nobody means: each of another method, with other headers, another path or another framing."""

import random
from collections.abc import Callable

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def any_request() -> bytes:
    """One of the kinds."""
    return random.choice(KINDS)()


def odd_method() -> bytes:
    """A method that nobody has registered."""
    return _head(_word(random.randrange(1, 40)), "/livez")


def odd_method_of_a_door() -> bytes:
    """An unregistered method of a path with a parameter."""
    return _head(_word(8), f"/v1/external-cards/{_word(12)}")


def odd_path() -> bytes:
    """A path that leads nowhere, half encoded."""
    return _head("GET", f"/v1/{_word(6)}/%{_word(2)}/../{_word(30)}?{_word(5)}=%00")


def odd_problem() -> bytes:
    """The page of a code that does not exist."""
    return _head("GET", f"/problems/{_word(12).lower()}")


def odd_language() -> bytes:
    """A language and a media type that nobody speaks, and an id that nobody gave."""
    return _head(
        "GET",
        "/v1/me",
        f"Accept-Language: {_word(3)}-{_word(5)};q=0.{random.randrange(999)}",
        f"X-Request-Id: {_word(9)}",
    )


def odd_token() -> bytes:
    """A token that nobody made."""
    return _head("GET", "/v1/me", f"Authorization: Bearer ici_a_{_word(60)}")


def odd_scheme() -> bytes:
    """A scheme of authentication that does not exist, and a proxy that does not either."""
    return _head("GET", "/v1/me", f"Authorization: {_word(8)} x", f"X-Forwarded-For: {_word(20)}", "Forwarded: for=_x")


def long_header() -> bytes:
    """A header of 60 KB."""
    return _head("GET", "/livez", f"X-Long: {'x' * 60_000}")


def many_headers() -> bytes:
    """A thousand headers."""
    return _head("GET", "/livez", *(f"X-{number}: {_word(3)}" for number in range(1_000)))


def two_framings() -> bytes:
    """A length and chunks at once: what a proxy and a server may read as two different requests."""
    smuggled = "0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: siege\r\n\r\n"
    return _head("POST", "/v1/sign-in-codes", f"Content-Length: {len(smuggled)}", "Transfer-Encoding: chunked") + (
        smuggled.encode()
    )


def two_lengths() -> bytes:
    """Two lengths that do not agree."""
    return _head("POST", "/v1/sign-in-codes", "Content-Length: 2", "Content-Length: 4") + b"{}{}"


def odd_length() -> bytes:
    """A length that is no number, or that no body has."""
    return _head("POST", "/v1/sign-in-codes", f"Content-Length: {random.choice(['-1', '1e3', '9' * 30, '0x10'])}")


def odd_host() -> bytes:
    """A host that is somebody else's."""
    return f"GET /docs HTTP/1.1\r\nHost: {_word(9)}.example\r\nConnection: close\r\n\r\n".encode()


def no_http() -> bytes:
    """The first bytes of TLS, or of nothing."""
    return random.choice([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\r\n" * 20, b"GET /\r\n\r\n", b"\0" * 64])


KINDS: tuple[Callable[[], bytes], ...] = (
    odd_method,
    odd_method_of_a_door,
    odd_path,
    odd_problem,
    odd_language,
    odd_token,
    odd_scheme,
    long_header,
    many_headers,
    two_framings,
    two_lengths,
    odd_length,
    odd_host,
    no_http,
)


def _head(method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: siege", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def _word(length: int) -> str:
    return "".join(random.choices(LETTERS, k=length))
