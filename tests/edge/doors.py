"""A gate of this process before an application of the tests, and the raw sockets of those who knock."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.edge import processes
from app.edge.gate import Gate
from app.edge.limits import EdgeLimits
from app.edge.replies import Wsgi

SMALL, LARGE = 1000, 5000
"""How large bodies may be; the larger ones at `/file` only."""
PATIENCE_S = 10


class Told:
    """The answer to a request, read from a socket."""

    def __init__(self, sock: socket.socket, *, method: str = "GET") -> None:
        answer = http.client.HTTPResponse(sock, method=method)
        answer.begin()
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()

    @property
    def code(self) -> str:
        """The code of a refusal."""
        assert self.headers["Content-Type"] == "application/problem+json"
        return str(orjson.loads(self.body)["code"])


class Line:
    """Somebody's connection."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)

    def say(self, *parts: bytes) -> "Line":
        for part in parts:
            self.sock.sendall(part)
        return self

    def hear(self, *, method: str = "GET") -> Told:
        return Told(self.sock, method=method)

    def ask(self, path: str = "/", *, method: str = "GET", body: bytes = b"", **headers: str) -> Told:
        return self.say(head(path, method=method, length=len(body), **headers), body).hear(method=method)

    def is_stopped(self, part: bytes, *, times: int, pause_s: float = 0) -> bool:
        """Whether the server ends the connection while this is said again and again."""
        try:
            for _ in range(times):
                self.say(part)
                time.sleep(pause_s)
        except ConnectionError:
            return True
        return False

    @property
    def is_over(self) -> bool:
        """Whether the server ends the connection."""
        try:
            return self.sock.recv(1) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        self.sock.close()


def head(path: str = "/", *, method: str = "POST", length: int = 0, **headers: str) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: ici",
        *(f"{name.replace('_', '-')}: {v}" for name, v in headers.items()),
    ]
    lines += [f"Content-Length: {length}"] if length else []
    return "\r\n".join([*lines, "", ""]).encode()


CHUNKED = b"POST %s HTTP/1.1\r\nHost: ici\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunks(body: bytes, *, size: int) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@dataclass
class Application:
    """Answers what it was sent; `/slow` when it may, `/big` with much, `/wrong` not at all."""

    may: threading.Event = field(default_factory=threading.Event)
    begun: list[str] = field(default_factory=list)
    environs: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        path = environ["PATH_INFO"]
        self.begun.append(path)
        self.environs.append(environ)
        if path.startswith("/slow"):
            self.may.wait(PATIENCE_S)
        if path == "/wrong":
            raise RuntimeError("Zoé")
        most = LARGE if path == "/file" else SMALL
        length = int(environ.get("CONTENT_LENGTH", "0"))
        status = "413 CONTENT TOO LARGE" if length > most else "200 OK"
        body = b"x" * 8_000_000 if path == "/big" else environ["wsgi.input"].read()
        start_response(status, [("Content-Type", "application/octet-stream")])
        return [body]

    def wait_for(self, count: int) -> None:
        """Wait until so many requests were begun."""
        until = time.monotonic() + PATIENCE_S
        while len(self.begun) < count:
            assert time.monotonic() < until, self.begun
            time.sleep(0.01)


@dataclass
class Door:
    """A gate that is open."""

    gate: Gate
    port: int
    application: Application
    lines: list[Line] = field(default_factory=list)

    def knock(self) -> Line:
        self.lines.append(Line(self.port))
        return self.lines[-1]


@contextmanager
def opened(
    application: Wsgi | None = None, *, threads: int = 2, connections: int = 100, **limits: float
) -> Iterator[Door]:
    listener = processes.open_listener("127.0.0.1", 0)
    answering = application or Application()
    gate = Gate(
        listener,
        answering,
        threads=threads,
        connections=connections,
        shares=[0],
        place=0,
        small_body=SMALL,
        largest_body=lambda environ: LARGE if environ["PATH_INFO"] == "/file" else SMALL,
        limits=EdgeLimits(**limits),  # type: ignore[arg-type]
    )
    thread = threading.Thread(target=gate.run)
    thread.start()
    door = Door(gate, listener.getsockname()[1], answering)  # type: ignore[arg-type]
    try:
        yield door
    finally:
        door.application.may.set()
        for line in door.lines:
            line.close()
        gate.stop(within_s=2)
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
