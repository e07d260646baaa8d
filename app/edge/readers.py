"""Requests read from the bytes of a connection: llhttp finds them, and what is too much or too odd is said at once."""

from collections import deque
from collections.abc import Callable

import httptools

from app.edge import environs
from app.edge.environs import Environ
from app.edge.limits import EdgeLimits, Holdings
from app.errors import BadRequest, BodyTooLarge, HeadTooLarge, MethodNotAllowed, Problem, ServerBusy

MOST_LINES = 100
SMALL_BYTES = 16 * 1024
"""A body up to this is not counted among what bodies hold together."""
OVERHEAD = 6
"""How often a body's bytes a request may send: the smallest chunks take six for one."""

LargestBody = Callable[[Environ], int]
"""How many bytes the body of a request may have, by its environ."""


class WholeRequest:
    """A request that was read to its end, or as far as it will be read."""

    __slots__ = ("at", "environ", "held", "is_last")

    def __init__(self, environ: Environ, *, held: int, is_last: bool, at: float) -> None:
        self.environ = environ
        self.held = held
        """What its body takes of the memory that is counted."""
        self.is_last = is_last
        """Whether the connection ends after its answer."""
        self.at = at
        """When it was whole, in seconds of the monotonic clock."""


class RequestReader:
    """What one connection sends. `whole` holds what was read, `fault` what ends the reading."""

    def __init__(
        self, server: Environ, *, small_body: int, largest_body: LargestBody, limits: EdgeLimits, holdings: Holdings
    ) -> None:
        self._server, self._small_body, self._largest_body = server, small_body, largest_body
        self._limits, self.holdings = limits, holdings
        self._parser = httptools.HttpRequestParser(self)
        self.whole: deque[WholeRequest] = deque()
        self.fault: type[Problem] | None = None
        self.is_closed = False
        """Nothing that comes now is read any more."""
        self.environ: Environ | None = None
        self.is_begun = self.is_in_body = self.wants_continue = False
        self._now = self._began_at = self._body_at = 0.0
        self._target, self._headers, self._parts = b"", list[tuple[bytes, bytes]](), list[bytes]()
        self._sent = self._size = self._held = 0
        self._most = small_body

    def feed(self, data: bytes, *, now: float) -> None:
        """Read these bytes, which came at this second of the monotonic clock."""
        self._now = now
        self._sent += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.is_closed = True  # to another protocol, which we do not speak: the request is answered, then it ends
            if not self.whole:
                self._refuse(BadRequest)
        except httptools.HttpParserInvalidMethodError:
            self._refuse(MethodNotAllowed if data[:1].isalpha() else BadRequest)
        except httptools.HttpParserError:
            self._refuse(BadRequest)
        if self._sent > self._limits.head_bytes and not self.is_in_body:
            self._refuse(HeadTooLarge)
        elif self._sent > self._limits.head_bytes + OVERHEAD * self._most:
            self._refuse(BodyTooLarge)

    def deadline_s(self) -> float:
        """Until when, by the monotonic clock, what has begun must go on."""
        if not self.is_in_body:
            return self._began_at + self._limits.head_s
        return self._body_at + self._limits.body_s + self._size / self._limits.body_pace

    def release(self) -> None:
        """Give back what an unfinished body holds, and requests that were read and will not be answered."""
        self._held += sum(request.held for request in self.whole)
        self._give_back()
        self.whole.clear()
        self._parts, self.environ = [], None
        self.is_closed = True

    def on_message_begin(self) -> None:
        """llhttp: the first byte of a request."""
        self.environ, self.is_begun, self._began_at = None, True, self._now
        self._target, self._headers, self._most = b"", [], self._small_body
        self._sent = self._size = 0

    def on_url(self, part: bytes) -> None:
        """llhttp: some of its target."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """llhttp: a line of its head, or of what may follow a body in chunks, which nobody reads."""
        if not self.is_in_body:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """llhttp: its head is whole."""
        if self.is_closed:
            return
        self.is_in_body, self._body_at = True, self._now
        long = len(self._target) + sum(len(name) + len(value) for name, value in self._headers)
        if long > self._limits.head_bytes or len(self._headers) > MOST_LINES:
            self._refuse(HeadTooLarge)
            return
        parser = self._parser
        self.environ = environs.request_environ(
            self._server,
            method=parser.get_method(),
            target=self._target,
            version=parser.get_http_version(),
            headers=self._headers,
        )
        if self.environ is None or (parser.should_upgrade() and self._announces_body()):
            self._refuse(BadRequest)
            return
        announced = int(self.environ.get("CONTENT_LENGTH", "0"))
        if announced > self._small_body and not self._allows(announced):
            return
        self.wants_continue = self.environ.get("HTTP_EXPECT", "").lower() == "100-continue"

    def on_body(self, data: bytes) -> None:
        """llhttp: some of its body."""
        if self.is_closed:
            return
        self._size += len(data)
        if self._size > self._most and not self._allows(self._size):
            return
        if self._size > SMALL_BYTES:
            if not self.holdings.take(self._size - self._held):
                self._refuse(ServerBusy)
                return
            self._held = self._size
        self._parts.append(data)

    def on_message_complete(self) -> None:
        """llhttp: its end."""
        if not self.is_closed:
            is_last = self._parser.should_upgrade() or not self._parser.should_keep_alive()
            self._finish(b"".join(self._parts), is_last=is_last)

    def _announces_body(self) -> bool:
        return any(name.lower() in (b"content-length", b"transfer-encoding") for name, _ in self._headers)

    def _allows(self, size: int) -> bool:
        """Whether a body may be so large; the application refuses one that is not, and it is read no further."""
        self._most = self._largest_body(self.environ or {})
        if size <= self._most:
            return True
        self._give_back()
        self._finish(b"", length=size, is_last=True)
        self.is_closed = True
        return False

    def _finish(self, body: bytes, *, is_last: bool, length: int | None = None) -> None:
        environ = self.environ or {}
        environs.put_body(environ, body, length=length)
        self.whole.append(WholeRequest(environ, held=self._held, is_last=is_last, at=self._now))
        self._sent = self._held = 0
        self.is_begun = self.is_in_body = self.wants_continue = False
        # Nothing of it stays here: its body would be kept until the next request, which may never come.
        self._parts, self.environ = [], None

    def _refuse(self, problem: type[Problem]) -> None:
        if not self.is_closed:
            self._give_back()
            self.is_closed = True
            self.fault = problem

    def _give_back(self) -> None:
        self.holdings.give(self._held)
        self._held = 0
