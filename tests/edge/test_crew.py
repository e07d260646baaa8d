"""What the threads of the edge do with a request whose caller hangs up while they work on it."""

import time
from types import SimpleNamespace
from typing import Any

from app.edge.crew import Crew
from app.errors import CallerGone
from app.ops.deadlines import check_deadline


def test_work_for_somebody_who_hung_up_ends_at_the_next_question() -> None:
    caller: Any = SimpleNamespace(has_left=False, reply=lambda *_: None, abandon=lambda *_: None)
    request: Any = SimpleNamespace(at=time.monotonic(), environ={})
    ended: list[str] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        check_deadline()
        caller.has_left = True
        until = time.monotonic() + 10
        try:
            while time.monotonic() < until:
                check_deadline()
        except CallerGone:
            ended.append("gone")
        start_response("200 OK", [])
        return [b""]

    crew = Crew(application, threads=1, wait_s=2)
    assert crew.take(caller, request)
    job = crew.begin_next()
    assert job is not None
    crew.work_on(job)
    assert ended == ["gone"]
