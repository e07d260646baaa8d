"""The head of a request as WSGI wants it (PEP 3333), and nothing in it that two readers could read in two ways."""

import io
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
Headers = Sequence[tuple[bytes, bytes]]

MOST_NAMES = 512

VERSIONS = {"1.0", "1.1"}

_names: dict[bytes, str | None] = {b"Transfer-Encoding": None, b"transfer-encoding": None}
"""What each header is called in an environ: the names that were sent, and the first so many only."""


def server_environ(host: str, port: int) -> Environ:
    """What is the same for every request of this server."""
    return {
        "SCRIPT_NAME": "",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def request_environ(server: Environ, *, method: bytes, target: bytes, version: str, headers: Headers) -> Environ | None:
    """The environ of a head; None for a head that is none of HTTP/1.1's or could be read in two ways.

    The body is still to come: without `wsgi.input`, and `CONTENT_LENGTH` as it was announced.
    """
    path = _path_of(target)
    if path is None or version not in VERSIONS:
        return None
    before, _, query = path.partition(b"?")
    environ = server | {
        "REQUEST_METHOD": method.decode("ascii"),
        "PATH_INFO": unquote_to_bytes(before).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{version}",
    }
    for raw, value in headers:
        name = _names[raw] if raw in _names else _name_of(raw)
        if name is not None:
            text = value.decode("latin-1").strip(" \t")
            environ[name] = f"{environ[name]},{text}" if name in environ else text
        elif raw.lower() == b"transfer-encoding" and (value.strip().lower() != b"chunked" or version == "1.0"):
            return None
    return environ


def put_body(environ: Environ, body: bytes, *, length: int | None = None) -> None:
    """The body that was read, and its length; a greater length is that of a body which nobody read."""
    environ["wsgi.input"] = io.BytesIO(body)
    if body or length:
        environ["CONTENT_LENGTH"] = str(length or len(body))


def _path_of(target: bytes) -> bytes | None:
    """The path and query of a request's target: that of a server, or of a proxy (RFC 9112 section 3.2)."""
    if not target.startswith(b"/"):
        scheme, _, rest = target.partition(b"://")
        if scheme.lower() not in (b"http", b"https"):
            return b"*" if target == b"*" else None
        target = b"/" + rest.partition(b"/")[2]
    return target.partition(b"#")[0]


def _name_of(raw: bytes) -> str | None:
    # `X_Forwarded_For` would be taken for the header that a proxy writes, so names with `_` are left out.
    text = raw.decode("latin-1").upper()
    if "_" in text or text == "TRANSFER-ENCODING":
        name = None
    else:
        name = text.replace("-", "_")
        name = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
    if len(_names) < MOST_NAMES:
        _names[raw] = name
    return name
