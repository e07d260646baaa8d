"""One connection. It reads a request, waits for the answer, and reads the next: never two requests at once.

Its socket is read, written on and closed by the thread that leads at the gate. A thread that has answered a request
sends its answer by itself; what the caller does not take at once is sent by the gate, so that no thread waits for a
caller.
"""

import socket
import time
from contextlib import suppress
from enum import IntEnum
from select import EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLRDHUP
from typing import Protocol

from app.edge import replies, sockets
from app.edge.limits import EdgeLimits
from app.edge.readers import RequestReader, WholeRequest
from app.edge.replies import Reply
from app.edge.sockets import CHUNK_BYTES
from app.errors import Problem, RequestTooSlow, ServerBusy

ROUNDS = 16
"""A connection is read so often in a row before others have their turn."""
LEFT_S = 0.25
"""Who hung up is not answered any more after so long a wait; before, they may only have said all they had to say."""
LINGER_S, LINGER_BYTES = 2, 32 * 1024 * 1024
"""Who still sends when all is said may go on so long, or the answer would be lost with the connection."""
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
EVENTS = EPOLLIN | EPOLLOUT | EPOLLRDHUP
GONE = EPOLLHUP | EPOLLERR


class Stage(IntEnum):
    """What a connection waits for."""

    READING = 1
    ASKED = 2
    WRITING = 3
    ENDING = 4
    CLOSED = 5


class Host(Protocol):
    """What a connection needs of whoever keeps it."""

    limits: EdgeLimits
    is_stopping: bool

    def take_request(self, caller: "Caller", request: WholeRequest) -> None:
        """See that this request is answered."""

    def drop_request(self, caller: "Caller", request: WholeRequest) -> bool:
        """Take it back, if nobody has begun it."""

    def call_soon(self, caller: "Caller") -> None:
        """Let whoever leads go on with the connection."""

    def forget_caller(self, caller: "Caller") -> None:
        """It is over."""


class Caller:
    """A connection and where it stands."""

    def __init__(self, sock: socket.socket, *, host: Host, reader: RequestReader, now: float) -> None:
        self.sock, self.fd = sock, sock.fileno()
        self.stage = Stage.READING
        self.since = now
        """Since when it is at this stage."""
        self.has_spoken = False
        self.has_left = False
        """Nothing more comes from it; whether it still listens is not known."""
        self._host, self._reader = host, reader
        self._request: WholeRequest | None = None
        self._is_unread = False
        self._rest, self._written = b"", 0
        self._ends, self._lingered = False, 0

    @property
    def is_resting(self) -> bool:
        """Whether nothing of a request has come yet."""
        return self.stage is Stage.READING and not self._reader.is_begun

    @property
    def is_idle(self) -> bool:
        """Whether it is still to say what it wants."""
        return self.stage is Stage.READING

    def hear(self, events: int) -> None:
        """Go on after what the system says of the socket. By who leads, as all that follows but `reply`."""
        if events & GONE:
            self.has_left = True
            if self.stage is not Stage.ASKED:
                self.close()
                return
        if events & EPOLLRDHUP:
            self.has_left = True
        if events & EPOLLIN:
            # First said, then looked: a thread that answers meanwhile looks in the other order.
            self._is_unread = True
        self.go_on()

    def go_on(self) -> None:
        """Do what can be done at this stage."""
        if self.stage is Stage.WRITING:
            self._write()
        if self.stage is Stage.READING:
            self._read()
        if self.stage is Stage.ENDING:
            self._linger()

    def check(self, now: float) -> None:
        """End what has lasted too long."""
        limits, lasted_s = self._host.limits, now - self.since
        if self.stage is Stage.READING:
            if self._reader.is_begun:
                if now > self._reader.deadline_s():
                    self._refuse(RequestTooSlow)
            elif lasted_s > limits.idle_s or self._host.is_stopping:
                self.close()
        elif self.stage is Stage.ASKED:
            self._check_wait(now)
        elif self.stage is Stage.WRITING:
            if lasted_s > limits.body_s + self._written / limits.body_pace:
                self.close()
        elif self.stage is Stage.ENDING and lasted_s > LINGER_S:
            self.close()

    def _check_wait(self, now: float) -> None:
        request = self._request
        if request is None:
            return
        waited_s = now - request.at
        if self.has_left and waited_s > LEFT_S:
            if self._host.drop_request(self, request):
                self.abandon(request)
        elif waited_s > self._host.limits.wait_s and self._host.drop_request(self, request):
            busy = ServerBusy(retry_after_s=1)
            self.reply(request, replies.refusal(busy, environ=request.environ, seconds=waited_s))

    def _read(self) -> None:
        """Read until a request is whole, or nothing is there."""
        for _ in range(ROUNDS):
            if self._begin_next():
                return
            if not self._is_unread:
                return
            self._is_unread = False
            try:
                data = sockets.receive_bytes(self.fd)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.close()
                return
            # Less than was asked for means that nothing is left but the end; what comes later is told.
            self._is_unread = self.has_left or len(data) == CHUNK_BYTES
            self.has_spoken = True
            self._reader.feed(data, now=time.monotonic())
            if self._reader.wants_continue and not self._reader.is_closed:
                self._reader.wants_continue = False
                with suppress(OSError):
                    sockets.send_bytes(self.fd, CONTINUE)
        self._host.call_soon(self)

    def _begin_next(self) -> bool:
        """Have the next request answered, or refuse what cannot be read; False when there is neither."""
        if self._reader.whole:
            request = self._reader.whole.popleft()
            # Of several that came at once, the next one waits from now on.
            request.at = self.since = time.monotonic()
            self._request, self.stage = request, Stage.ASKED
            self._host.take_request(self, request)
            return True
        if self._reader.fault is not None:
            self._refuse(self._reader.fault)
            return True
        return self.stage is not Stage.READING

    def _refuse(self, problem: type[Problem]) -> None:
        """Say what is wrong with a request that was not read to its end, and end the connection."""
        environ = self._reader.environ or {}
        self._reader.release()
        self._reader.fault = None
        now = time.monotonic()
        request = WholeRequest(environ, held=0, is_last=True, at=now)
        self._request, self.stage = request, Stage.ASKED
        retry_after_s = 1 if problem.status == 503 else None
        self.reply(request, replies.refusal(problem(retry_after_s=retry_after_s), environ=environ))

    def reply(self, request: WholeRequest, reply: Reply) -> None:
        """Send the answer to the request that this connection waits for. In whatever thread has it."""
        self._reader.holdings.give(request.held)
        self._ends = request.is_last or self.has_left or self._host.is_stopping
        data = replies.write_reply(reply, environ=request.environ, is_last=self._ends)
        self._request = None
        try:
            sent = sockets.send_bytes(self.fd, data)
        except OSError:
            sent, self.has_left = len(data), True
        self.since = time.monotonic()
        self._rest, self._written = data[sent:], 0
        if self._rest or self._ends or self.has_left:
            self.stage = Stage.WRITING
            self._host.call_soon(self)
            return
        self.stage = Stage.READING
        if self._is_unread or self._reader.whole or self._reader.fault or self.has_left:
            self._host.call_soon(self)

    def abandon(self, request: WholeRequest) -> None:
        """Nobody waits for the answer to this request any more. In whatever thread has it, or by who leads."""
        self._reader.holdings.give(request.held)
        self._request, self._ends, self._rest, self._written = None, True, b"", 0
        self.stage = Stage.WRITING
        self._host.call_soon(self)

    def _write(self) -> None:
        """Send on what is left of an answer."""
        while self._written < len(self._rest):
            part = self._rest[self._written : self._written + sockets.PART_BYTES]
            try:
                sent = sockets.send_bytes(self.fd, part)
            except OSError:
                self.close()
                return
            if not sent:
                return
            self._written += sent
        self._rest = b""
        if not self._ends:
            self.stage = Stage.READING
        elif self._reader.is_closed and not self.has_left:
            self.stage = Stage.ENDING
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_WR)
        else:
            self.close()

    def _linger(self) -> None:
        """Read what is still sent, and forget it."""
        for _ in range(ROUNDS):
            self._lingered += CHUNK_BYTES
            if self._lingered > LINGER_BYTES:
                self.close()
                return
            try:
                data = sockets.receive_bytes(self.fd)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.close()
                return
        self._host.call_soon(self)

    def close(self) -> None:
        """End the connection."""
        if self.stage is not Stage.CLOSED:
            self.stage = Stage.CLOSED
            self._reader.release()
            self._host.forget_caller(self)
            self.sock.close()
