"""Whether the server lives and is ready, answered beside all work, also while the database says nothing."""

import threading
import time
import uuid
from queue import SimpleQueue

from app.edge import replies
from app.edge.callers import Caller
from app.edge.readers import WholeRequest
from app.edge.replies import LOCKED_DOWN, Reply, Wsgi
from app.ops import health

ALIVE = b'{"status":"alive"}\n'
SILENT = b'{"status":"not ready","details":{"database":"silent"},"alarms":{}}\n'
LIVENESS, READINESS = "/livez", "/readyz"


class Probes:
    """Answers to `GET /livez` and `GET /readyz` without a parameter; with one they are requests as all others.

    One thread asks the application whether it is ready, for all who ask meanwhile.
    """

    def __init__(self, application: Wsgi) -> None:
        self._application = application
        self._asking: dict[WholeRequest, Caller] = {}
        self._tokens: SimpleQueue[None] = SimpleQueue()

    def start(self) -> None:
        """Let the thread begin."""
        threading.Thread(target=self._work, name="probes", daemon=True).start()

    def take(self, caller: Caller, request: WholeRequest) -> bool:
        """Answer this request if it is one of these; False if it is not."""
        environ = request.environ
        path = environ["PATH_INFO"]
        if path not in (LIVENESS, READINESS) or environ["QUERY_STRING"] or environ["REQUEST_METHOD"] != "GET":
            return False
        if path == LIVENESS:
            caller.reply(request, _own_answer(LIVENESS, "200 OK", ALIVE, since=request.at))
        else:
            self._asking[request] = caller
            self._tokens.put(None)
        return True

    def check(self, now: float, *, patience_s: float) -> None:
        """Say that the server is not ready to who has waited so long."""
        for request, caller in self._asking.copy().items():
            if now - request.at > patience_s and self._asking.pop(request, None) is not None:
                answer = _own_answer(READINESS, "503 SERVICE UNAVAILABLE", SILENT, since=request.at)
                caller.reply(request, answer)

    def _work(self) -> None:
        while True:
            self._tokens.get()
            asking = self._asking.copy()
            if not asking:
                continue
            answer = replies.ask_application(self._application, next(iter(asking)).environ)
            for request, caller in asking.items():
                if self._asking.pop(request, None) is not None:
                    caller.reply(request, answer)


def _own_answer(path: str, status: str, body: bytes, *, since: float) -> Reply:
    request_id = str(uuid.uuid4())
    seconds = time.monotonic() - since
    health.count_fact("GET", path, int(status[:3]), role=None, seconds=seconds, problem=None, request_id=request_id)
    return Reply(status, [("Content-Type", "application/json"), *LOCKED_DOWN, ("X-Request-Id", request_id)], body)
