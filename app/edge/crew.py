"""What the threads work on. Who would have to wait for them longer than is bearable is turned away at once."""

import threading
import time
from collections import deque

from app.edge import replies
from app.edge.callers import LEFT_S, Caller
from app.edge.readers import WholeRequest
from app.edge.replies import Wsgi
from app.errors import ServerBusy
from app.logs import log
from app.ops.deadlines import watch_caller

NEWEST = 0.05
"""How much the request that was answered last says of how long one takes."""
STANDSTILL_S = 1.0
"""When all threads have been at work for so long and none has answered, who comes would wait in vain."""


Job = tuple[Caller, WholeRequest]


class Crew:
    """What waits for so many threads, in the order in which it came, and which of them are at work."""

    def __init__(self, application: Wsgi, *, threads: int, wait_s: float) -> None:
        self._application, self._threads, self._wait_s = application, threads, wait_s
        self._waiting: deque[Job] = deque()
        self._at_work: dict[int, float] = {}
        self._mean_s = 0.0
        self._answered_at = time.monotonic()

    def take(self, caller: Caller, request: WholeRequest) -> bool:
        """Answer this request by and by; False when it would have to wait too long."""
        if self._is_hopeless(request.at):
            return False
        self._waiting.append((caller, request))
        return True

    def is_answering(self, now: float) -> bool:
        """Whether a request was answered a moment ago."""
        return now - self._answered_at < STANDSTILL_S

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

    def begin_next(self) -> Job | None:
        """What the calling thread is to work on now; None when nothing waits, or enough are at work.

        Asked by one thread at a time, so that there are never more at work than there should be.
        """
        if not self._waiting or len(self._at_work) >= self._threads:
            return None
        return self._take_up()

    def work_on(self, job: Job | None) -> bool:
        """Answer this request, and those that came meanwhile, until none waits; False when there is none.

        No name of a thread that waits for work stands for a request: what was sent with it goes with its answer.
        """
        if job is None:
            return False
        while job is not None:
            caller, request = job
            try:
                self._serve(caller, request)
            except Exception as error:
                log.error("fault", error=type(error).__name__, where="an answer that cannot be written")
                caller.abandon(request)
            job = self._take_up()
        return True

    @property
    def wants_one_more(self) -> bool:
        """Whether a request waits that another thread could begin."""
        return bool(self._waiting) and len(self._at_work) < self._threads

    def _take_up(self) -> Job | None:
        me = threading.get_ident()
        try:
            job = self._waiting.popleft()
        except IndexError:
            self._at_work.pop(me, None)
            return None
        self._at_work[me] = time.monotonic()
        return job

    def _serve(self, caller: Caller, request: WholeRequest) -> None:
        started = time.monotonic()
        waited_s = started - request.at
        if caller.has_left and waited_s > LEFT_S:
            caller.abandon(request)
        elif waited_s > self._wait_s:
            busy = ServerBusy(retry_after_s=1)
            caller.reply(request, replies.refusal(busy, environ=request.environ, seconds=waited_s))
        else:
            # As above: whoever only said that nothing more comes may still listen for a moment.
            with watch_caller(is_gone=lambda: caller.has_left and time.monotonic() - request.at > LEFT_S):
                answer = replies.ask_application(self._application, request.environ)
            caller.reply(request, answer)
            self._answered_at = time.monotonic()
            self._mean_s += NEWEST * (self._answered_at - started - self._mean_s)
