"""The gate of a process: who connects, what the network says, and who has waited long enough.

Whichever thread has nothing to do waits for the network, and the system wakes one for each thing that happens. It leads
for a moment, in which nothing waits for a caller or for the database; when it has read a request whole it works on it
itself. Nobody need be told: a hand-over would cost more than reading. There is one thread more than may be at work, so
that one always waits.
"""

import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, MutableSequence

from app.edge import environs, replies
from app.edge.callers import EVENTS, Caller
from app.edge.crew import Crew, Job
from app.edge.limits import EdgeLimits, Holdings, most_connections
from app.edge.probes import Probes
from app.edge.readers import LargestBody, RequestReader, WholeRequest
from app.edge.replies import Wsgi
from app.errors import ServerBusy
from app.logs import log

SWEEP_S = 0.25
"""How often it is looked who has waited long enough."""
BUSY = 3
"""How many times longer whether it is ready may take where much is going on."""
KNOCK, RING = select.EPOLLIN | select.EPOLLONESHOT, select.EPOLLIN | select.EPOLLET
"""Of one who knocks, and of each ring of the bell, one thread is told and not all that wait."""
MOMENT_S, MOST_DECLINED = 0.0005, 4
"""How long, and how often, a connection is left to a process that has fewer."""


class Gate:
    """The connections of one process. `run` serves them until `stop`.

    Processes that share an address write how many connections they have into `shares`, each at its own `place`.
    """

    def __init__(
        self,
        listener: socket.socket,
        application: Wsgi,
        *,
        threads: int,
        connections: int,
        shares: MutableSequence[int],
        place: int,
        small_body: int,
        largest_body: LargestBody,
        limits: EdgeLimits,
    ) -> None:
        self.limits, self.is_stopping = limits, False
        self._listener, self._connections = listener, most_connections(connections)
        self._callers: dict[int, Caller] = {}
        self._shares, self._place, self._declined = shares, place, 0
        self._threads, self._lead, self._over = threads, threading.Lock(), threading.Event()
        self._crew = Crew(application, threads=threads, wait_s=limits.wait_s)
        self._probes = Probes(application)
        self._holdings = Holdings(int(limits.held_bytes))
        self._server = environs.server_environ(*listener.getsockname()[:2])
        self._small_body, self._largest_body = small_body, largest_body
        self._poll = select.epoll()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._todo: deque[Caller] = deque()
        self._is_knocked = False
        self._swept_at = 0.0
        self._ends_at = 0.0
        self._ended = 0

    def run(self) -> None:
        """Serve until it was told to stop and the last request is answered, or its time is over."""
        self._probes.start()
        self._listener.setblocking(False)
        self._poll.register(self._listener, KNOCK)
        self._poll.register(self._bell, RING)
        for number in range(self._threads + 1):
            threading.Thread(target=self._work, name=f"gate-{number}", daemon=True).start()
        self._over.wait()
        with self._lead:
            self._listener.close()
            for caller in list(self._callers.values()):
                caller.close()

    def _work(self) -> None:
        while self._crew.work_on(self._lead_on()):
            pass
        self._ring()  # for the next one, who is to end too

    def _lead_on(self) -> Job | None:
        """Do what the network asks for until there is something to work on; None when all is over."""
        while not self._over.is_set():
            # First away from work, then looked: who appends looks in the other order.
            with self._lead:
                job = self._crew.begin_next()
            if job is not None:
                if self._crew.wants_one_more:
                    self._ring()
                return job
            try:
                self._hear_next()
            except Exception as error:
                log.error("gate_failed", error=type(error).__name__)
                time.sleep(SWEEP_S)
        return None

    def _hear_next(self) -> None:
        ended = self._ended
        heard = self._poll.poll(0 if self._todo else SWEEP_S if self._callers else None, 1)
        with self._lead:
            for fd, events in heard:
                # What was heard of a connection that ended meanwhile is no news of the one that has its number now.
                self._hear(fd, events if ended == self._ended else _events_at(fd))
            self._go_on()

    def _go_on(self) -> None:
        if self._is_knocked:
            self._accept()
        for _ in range(len(self._todo)):
            self._guard(caller := self._todo.popleft(), caller.go_on)
        self._sweep()
        if self.is_stopping and (not self._callers or time.monotonic() > self._ends_at):
            self._over.set()

    def stop(self, *, within_s: float) -> None:
        """Take nobody else, answer what was asked, end. May be called from a handler of signals."""
        if not self.is_stopping:
            self.is_stopping, self._ends_at = True, time.monotonic() + within_s
            self._ring()

    def take_request(self, caller: Caller, request: WholeRequest) -> None:
        """See that this request is answered: by the probes, by the crew, or with a refusal at once."""
        if not (self._probes.take(caller, request) or self._crew.take(caller, request)):
            caller.reply(request, replies.refusal(ServerBusy(retry_after_s=1), environ=request.environ))

    def drop_request(self, caller: Caller, request: WholeRequest) -> bool:
        """Take a request back, if nobody has begun it."""
        return self._crew.drop_request(caller, request)

    def call_soon(self, caller: Caller) -> None:
        """Let whoever leads go on with a connection. May be called from any thread."""
        self._todo.append(caller)
        self._ring()

    def forget_caller(self, caller: Caller) -> None:
        """A connection is over."""
        self._poll.unregister(caller.fd)
        del self._callers[caller.fd]
        self._ended += 1
        self._shares[self._place] = len(self._callers)

    def _ring(self) -> None:
        os.eventfd_write(self._bell, 1)

    def _hear(self, fd: int, events: int) -> None:
        caller = self._callers.get(fd)
        if caller is not None:
            self._guard(caller, lambda: caller.hear(events))
        elif fd == self._listener.fileno():
            self._is_knocked = True

    def _accept(self) -> None:
        """One at a time: of processes that share an address, each takes what it can serve."""
        self._is_knocked = False
        if not self.is_stopping:
            self._listen(self._leaves_it() or self._take_one())

    def _take_one(self) -> bool:
        """Let one in who knocks; False when there is no place for another."""
        if len(self._callers) >= self._connections and not self._make_room():
            return False
        try:
            sock, _ = self._listener.accept()
        except BlockingIOError:
            return True  # another process was faster
        except OSError as error:
            log.error("not_accepted", error=type(error).__name__)
            return self._make_room()
        try:
            self._welcome(sock)
        except OSError:
            sock.close()
        return True

    def _leaves_it(self) -> bool:
        """Whether another process, which has fewer connections, is given a moment to take this one."""
        if len(self._callers) <= min(self._shares) or self._declined >= MOST_DECLINED:
            self._declined = 0
            return False
        self._declined += 1
        time.sleep(MOMENT_S)
        return True

    def _listen(self, listens: bool) -> None:
        """Whether it is told that somebody knocks; if not, only until the next sweep."""
        self._poll.modify(self._listener, KNOCK if listens else 0)

    def _welcome(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        peer = sock.getpeername()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = self._server | {"REMOTE_ADDR": peer[0], "REMOTE_PORT": str(peer[1])}
        reader = RequestReader(
            server,
            small_body=self._small_body,
            largest_body=self._largest_body,
            limits=self.limits,
            holdings=self._holdings,
        )
        caller = Caller(sock, host=self, reader=reader, now=time.monotonic())
        self._callers[caller.fd] = caller
        self._shares[self._place] = len(self._callers)
        self._poll.register(sock, EVENTS | select.EPOLLET)

    def _make_room(self) -> bool:
        """End the connection that can best be spared: one that has never said anything, then one that rests, else the
        one that takes longest to say what it wants. False when all wait for answers."""
        idle = [caller for caller in self._callers.values() if caller.is_idle]
        if not idle:
            return False
        min(idle, key=lambda caller: (not caller.is_resting, caller.has_spoken, caller.since)).close()
        return True

    def _sweep(self) -> None:
        now = time.monotonic()
        if now - self._swept_at < SWEEP_S:
            return
        self._swept_at = now
        if not self.is_stopping:
            self._listen(True)
        elif self._listener.fileno() >= 0:
            self._poll.unregister(self._listener)
            self._listener.close()
        for caller in list(self._callers.values()):
            self._guard(caller, lambda caller=caller: caller.check(now))  # type: ignore[misc]
        # Where others are answered, the database is not what it waits for.
        patience = BUSY if self._crew.is_answering(now) else 1
        self._probes.check(now, patience_s=self.limits.readiness_s * patience)

    def _guard(self, caller: Caller, act: Callable[[], None]) -> None:
        """A fault with one connection ends that one, and never the loop."""
        try:
            act()
        except Exception as error:
            log.error("connection_failed", error=type(error).__name__)
            caller.close()


def _events_at(fd: int) -> int:
    """What there is to hear of this connection at this moment."""
    asking = select.poll()
    asking.register(fd, EVENTS)
    return next((events for _, events in asking.poll(0)), 0)
