"""The threads that work. Who would have to wait for them longer than is bearable is turned away at once."""

import threading
import time
from collections import deque
from queue import SimpleQueue

from app.edge import replies
from app.edge.callers import LEFT_S, Caller
from app.edge.readers import WholeRequest
from app.edge.replies import Wsgi
from app.errors import ServerBusy
from app.logs import log

NEWEST = 0.05
"""How much the request that was answered last says of how long one takes."""
STANDSTILL_S = 1.0
"""When all threads have been at work for so long and none has answered, who comes would wait in vain."""


class Crew:
    """So many threads that answer requests, in the order in which they came."""

    def __init__(self, application: Wsgi, *, threads: int, wait_s: float) -> None:
        self._application, self._threads, self._wait_s = application, threads, wait_s
        self._waiting: deque[tuple[Caller, WholeRequest]] = deque()
        self._tokens: SimpleQueue[None] = SimpleQueue()
        self._at_work: dict[int, float] = {}
        self._mean_s = 0.0
        self._answered_at = time.monotonic()

    def start(self) -> None:
        """Let the threads begin."""
        for number in range(self._threads):
            threading.Thread(target=self._work, name=f"crew-{number}", daemon=True).start()

    def take(self, caller: Caller, request: WholeRequest) -> bool:
        """Answer this request by and by; False when it would have to wait too long."""
        if self._is_hopeless(request.at):
            return False
        self._waiting.append((caller, request))
        self._tokens.put(None)
        return True

    def drop_request(self, caller: Caller, request: WholeRequest) -> bool:
        """Take a request back; False when a thread has begun it."""
        try:
            self._waiting.remove((caller, request))
        except ValueError:
            return False
        return True

    def _is_hopeless(self, now: float) -> bool:
        waiting = len(self._waiting)
        if waiting < self._threads:
            return False  # whatever requests took before, the next may take nothing
        if (waiting + 1) * self._mean_s > self._wait_s * self._threads:
            return True
        began = list(self._at_work.copy().values())
        is_all = len(began) == self._threads
        return is_all and now - max(*began, self._answered_at) > STANDSTILL_S

    def _work(self) -> None:
        while True:
            self._tokens.get()
            try:
                caller, request = self._waiting.popleft()
            except IndexError:
                continue  # somebody took it back
            try:
                self._serve(caller, request)
            except Exception as error:
                log.error("fault", error=type(error).__name__, where="an answer that cannot be written")
                caller.abandon(request)

    def _serve(self, caller: Caller, request: WholeRequest) -> None:
        started = time.monotonic()
        waited_s = started - request.at
        if caller.has_left and waited_s > LEFT_S:
            caller.abandon(request)
        elif waited_s > self._wait_s:
            busy = ServerBusy(retry_after_s=1)
            caller.reply(request, replies.refusal(busy, environ=request.environ, seconds=waited_s))
        else:
            me = threading.get_ident()
            self._at_work[me] = started
            try:
                caller.reply(request, replies.ask_application(self._application, request.environ))
            finally:
                self._answered_at = time.monotonic()
                del self._at_work[me]
                self._mean_s += NEWEST * (self._answered_at - started - self._mean_s)
