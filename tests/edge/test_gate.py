"""Callers who are slow, many, gone or odd, against a gate of this process: who works never waits for any of them."""

import gc
import select
import socket
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.edge import readers
from app.edge.gate import Gate
from tests.edge.doors import CHUNKED, LARGE, SMALL, Application, Door, chunks, head, opened


@pytest.fixture
def door() -> Iterator[Door]:
    with opened() as door:
        yield door


@pytest.fixture
def hasty() -> Iterator[Door]:
    """A gate that has little patience."""
    with opened(head_s=0.5, body_s=0.5, body_pace=100, idle_s=1, wait_s=0.5) as door:
        yield door


def test_a_body_is_answered(door: Door) -> None:
    told = door.knock().ask(method="POST", body=b"hello")
    assert (told.status, told.body) == (200, b"hello")


def test_a_body_in_chunks_is_answered(door: Door) -> None:
    assert door.knock().say(CHUNKED % b"/", chunks(b"hello" * 9, size=7)).hear().body == b"hello" * 9


def test_a_connection_serves_one_request_after_the_other(door: Door) -> None:
    line = door.knock()
    assert [line.ask(method="POST", body=body).body for body in (b"a", b"b", b"c")] == [b"a", b"b", b"c"]


def test_requests_sent_at_once_are_answered_in_their_order(door: Door) -> None:
    line = door.knock()
    line.say(*(head(length=1) + letter for letter in (b"a", b"b")), head("/c", method="GET", Connection="close"))
    said = b""
    while part := line.sock.recv(65536):
        said += part
    assert [answer.partition(b"\r\n\r\n")[2] for answer in said.split(b"HTTP/1.1 200 OK")[1:]] == [b"a", b"b", b""]
    assert door.application.begun == ["/", "/", "/c"]


def changes_of_thread() -> int:
    """How often a thread of this process has stopped by itself so far."""
    lines = [line for task in Path("/proc/self/task").iterdir() for line in (task / "status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


def test_whoever_goes_to_work_wakes_nobody(door: Door) -> None:
    line = door.knock()
    line.ask()
    before = changes_of_thread()
    for _ in range(200):
        line.ask()
        time.sleep(0.001)  # whoever answered waits for the network again
    # One is that of the thread that answers and two are the caller's; the caller's sleep is the third.
    assert changes_of_thread() - before < 200 * 4


def test_each_of_many_who_ask_at_once_is_answered_at_once() -> None:
    with opened(threads=4) as door:
        lines = [door.knock().say(head("/slow")) for _ in range(4)]
        door.application.wait_for(4)
        door.application.may.set()
        assert [line.hear().status for line in lines] == [200] * 4


class LateNews:
    """Tells one thread of the end of a connection that has long made room for another, as a slow one would hear it."""

    def __init__(self, gate: Gate, number: int) -> None:
        self._gate, self._real, self._number, self._who = gate, gate._poll, number, threading.get_ident()

    def poll(self, *wait: float | None) -> list[tuple[int, int]]:
        if threading.get_ident() != self._who:
            return self._real.poll(*wait)
        self._gate._ended += 1
        return [(self._number, select.EPOLLHUP)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def test_old_news_of_a_number_are_not_those_of_who_has_it_now(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    line = door.knock()
    line.ask()
    [number] = door.gate._callers
    monkeypatch.setattr(door.gate, "_poll", LateNews(door.gate, number))
    door.gate._hear_next()
    assert line.ask().status == 200


def test_half_sent_bodies_hold_nobody_up(door: Door) -> None:
    for _ in range(50):
        door.knock().say(head(length=100), b"half")
    assert door.knock().ask().status == 200
    assert door.application.begun == ["/"]


@pytest.mark.parametrize(
    "half", [b"POST / HT", head(length=100), head(length=100) + b"half", CHUNKED % b"/" + b"5\r\nha"]
)
def test_who_does_not_go_on_is_told_that_the_time_is_over(hasty: Door, half: bytes) -> None:
    line = hasty.knock().say(half)
    told = line.hear()
    assert (told.status, told.code, line.is_over) == (408, "request_too_slow", True)


def test_a_trickle_is_no_pace(hasty: Door) -> None:
    line = hasty.knock().say(head(length=900))
    assert line.is_stopped(b"x", times=100, pause_s=0.05)


def test_a_body_that_keeps_its_pace_may_take_its_time(hasty: Door) -> None:
    line = hasty.knock().say(head(length=300))
    for _ in range(10):
        line.say(b"x" * 30)
        time.sleep(0.12)  # longer than the deadline in all: the caller is what is slow here
    assert line.hear().body == b"x" * 300


def test_who_says_nothing_for_long_is_let_go(hasty: Door) -> None:
    line = hasty.knock()
    assert line.ask().status == 200
    assert line.is_over


@pytest.mark.parametrize(("path", "most"), [("/", SMALL), ("/file", LARGE)])
def test_a_body_over_its_limit_is_refused_with_a_length_and_without(door: Door, path: str, most: int) -> None:
    for over, status in ((0, 200), (1, 413)):
        body = b"x" * (most + over)
        assert door.knock().ask(path, method="POST", body=body).status == status
        assert door.knock().say(CHUNKED % path.encode(), chunks(body, size=999)).hear().status == status


def test_what_is_sent_after_a_refusal_does_not_lose_it(door: Door) -> None:
    assert door.knock().say(head(length=30_000_000)).is_stopped(b"x" * 100_000, times=1000)
    assert door.knock().say(head(length=3_000_000), b"x" * 200_000).hear().status == 413


def test_a_caller_who_waits_for_leave_to_send_a_body_gets_it(door: Door) -> None:
    line = door.knock().say(head(length=3, Expect="100-continue"))
    assert line.sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert line.say(b"abc").hear().body == b"abc"


def test_a_caller_who_waits_for_leave_to_send_too_much_is_refused_at_once(door: Door) -> None:
    assert door.knock().say(head(length=SMALL + 1, Expect="100-continue")).hear().status == 413


def test_bodies_hold_so_much_memory_and_no_more() -> None:
    with opened(held_bytes=1) as door:
        assert door.knock().ask(method="POST", body=b"x" * 900).status == 200


@pytest.fixture
def frugal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A gate of one thread that counts the smallest bodies."""
    monkeypatch.setattr(readers, "SMALL_BYTES", 10)
    with opened(threads=1, wait_s=5) as door:
        yield door


def holds_nothing(door: Door) -> bool:
    """Whether bodies hold nothing any more, now or soon."""
    until = time.monotonic() + 3
    while door.gate._holdings.held and time.monotonic() < until:
        time.sleep(0.01)
    return door.gate._holdings.held == 0


def test_who_hangs_up_before_the_answer_was_begun_holds_nothing(frugal: Door) -> None:
    frugal.knock().say(head("/slow", method="GET"))
    frugal.application.wait_for(1)
    waiting = frugal.knock().say(head(length=900), b"x" * 900)
    time.sleep(0.1)  # read whole, or it would be half a body
    waiting.close()
    assert holds_nothing(frugal)


def test_who_hangs_up_with_more_to_say_holds_nothing(frugal: Door) -> None:
    said = head("/slow", method="GET") + (head(length=900) + b"x" * 900) * 3
    several = frugal.knock().say(said)
    frugal.application.wait_for(1)
    several.close()
    frugal.application.may.set()
    assert holds_nothing(frugal)


@pytest.mark.parametrize("is_last", [False, True])
def test_what_was_sent_is_gone_with_its_answer(door: Door, *, is_last: bool) -> None:
    told: list[weakref.ref[Any]] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        told.append(weakref.ref(environ["wsgi.input"]))
        start_response("200 OK", [])
        return [b""]

    door.gate._crew._application = application
    gc.disable()
    try:
        for _ in range(3):
            door.knock().ask(method="POST", body=b"x" * 900, **({"Connection": "close"} if is_last else {}))
        until = time.monotonic() + 3
        while any(one() for one in told) and time.monotonic() < until:
            time.sleep(0.01)
        assert [one() for one in told] == [None] * 3
    finally:
        gc.enable()


def test_one_connection_too_many_takes_the_place_of_one_that_rests() -> None:
    with opened(connections=5) as door:
        spoken = door.knock()
        spoken.ask()
        silent = [door.knock() for _ in range(5)]
        assert door.knock().ask().status == 200
        assert spoken.ask().status == 200
        assert silent[0].is_over


def test_idle_connections_block_nobody() -> None:
    with opened(connections=50) as door:
        for _ in range(300):
            door.knock()
        assert all(door.knock().ask().status == 200 for _ in range(20))


def test_who_would_wait_too_long_is_turned_away(hasty: Door) -> None:
    lines = [hasty.knock().say(head("/slow")) for _ in range(2)]
    hasty.application.wait_for(2)  # these two have the threads: of four at once it might be any
    lines += [hasty.knock().say(head("/slow")) for _ in range(2)]
    late = [lines[2].hear(), lines[3].hear()]
    assert [(told.status, told.code, told.headers["Retry-After"]) for told in late] == [(503, "server_busy", "1")] * 2
    hasty.application.may.set()
    assert [lines[0].hear().status, lines[1].hear().status, lines[2].ask().status] == [200, 200, 200]


def test_when_nothing_goes_on_who_comes_is_turned_away_at_once() -> None:
    with opened(threads=1, wait_s=5) as door:
        door.knock().say(head("/slow"))
        door.application.wait_for(1)
        door.knock().say(head("/slow"))
        time.sleep(1.2)  # a standstill is one that lasts
        started = time.monotonic()
        assert door.knock().ask().status == 503
        assert time.monotonic() - started < 0.5


def test_more_than_can_be_answered_is_turned_away_at_once() -> None:
    def slow(environ: dict[str, object], start_response: object) -> list[bytes]:
        time.sleep(0.1)  # what a request takes
        return Application()(environ, start_response)  # type: ignore[arg-type]

    with opened(slow, threads=1, wait_s=1) as door:
        statuses: list[int] = []
        took: list[float] = []

        def insist() -> None:
            line = door.knock()
            for _ in range(4):
                started = time.monotonic()
                statuses.append(line.ask().status)
                took.append(time.monotonic() - started)

        door.application = Application()
        threads = [threading.Thread(target=insist) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {200, 503} == set(statuses)
    assert max(took) < 2


def test_what_nobody_waits_for_is_not_begun(door: Door) -> None:
    for _ in range(2):
        door.knock().say(head("/slow"))
    door.application.wait_for(2)
    door.knock().say(head("/gone")).close()
    time.sleep(0.8)  # somebody who hung up that long ago does not listen any more
    door.application.may.set()
    assert door.knock().ask("/here").status == 200
    assert "/gone" not in door.application.begun


def test_who_has_said_everything_may_still_listen(door: Door) -> None:
    line = door.knock().say(head(length=2), b"ab")
    line.sock.shutdown(socket.SHUT_WR)
    assert line.hear().body == b"ab"
    assert line.is_over


def test_half_a_request_and_nothing_more_is_no_request(door: Door) -> None:
    line = door.knock().say(head(length=2), b"a")
    line.sock.shutdown(socket.SHUT_WR)
    assert line.is_over
    assert door.application.begun == []


def test_a_caller_who_does_not_take_an_answer_holds_no_thread() -> None:
    with opened(threads=1, body_s=1, body_pace=1e9) as door:
        lazy = door.knock().say(head("/big"))
        door.application.wait_for(1)
        assert door.knock().ask().status == 200
        time.sleep(1.6)  # longer than it may wait to be taken
        assert len(b"".join(iter(lambda: lazy.sock.recv(65536), b""))) < 8_000_000


def test_a_large_answer_arrives_whole(door: Door) -> None:
    assert len(door.knock().ask("/big").body) == 8_000_000


def test_an_answer_says_once_when_it_was_made(door: Door) -> None:
    assert len(door.knock().ask().headers.get_all("Date", [])) == 1


def test_head_has_no_body(door: Door) -> None:
    line = door.knock()
    told = line.ask("/big", method="HEAD")
    assert (told.status, told.body, line.ask().status) == (200, b"", 200)


def test_a_fault_of_the_application_is_an_answer(door: Door) -> None:
    told = door.knock().ask("/wrong")
    assert (told.status, told.code, b"Zo" in told.body) == (500, "internal_fault", False)


def test_an_old_caller_gets_one_answer(door: Door) -> None:
    line = door.knock().say(b"GET / HTTP/1.0\r\n\r\n")
    assert (line.hear().status, line.is_over) == (200, True)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 101 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000, 431),
        (b"FOO / HTTP/1.1\r\n\r\n", 405),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"CONNECT a:443 HTTP/1.1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(door: Door, sent: bytes, status: int) -> None:
    line = door.knock().say(sent)
    assert (line.hear().status, line.is_over) == (status, True)
    assert door.application.begun == []


def test_a_wish_for_another_protocol_is_answered_in_ours(door: Door) -> None:
    line = door.knock().say(head(method="GET", Connection="Upgrade", Upgrade="h2c"))
    assert (line.hear().status, line.is_over) == (200, True)


def test_endless_lines_after_a_body_are_refused(door: Door) -> None:
    line = door.knock().say(CHUNKED % b"/", b"1\r\nx\r\n0\r\nX: ")
    assert line.is_stopped(b"x" * 10_000, times=10_000)


def test_the_language_of_a_refusal_is_the_readers(hasty: Door) -> None:
    told = hasty.knock().say(head(length=9, Accept_Language="en")).hear()
    assert b"The request did not arrive in time." in told.body
    assert told.headers["Content-Language"] == "en"


def test_a_header_is_no_other_header(door: Door) -> None:
    door.knock().ask(method="GET", X_Forwarded_For="1.1.1.1")  # the names of `head` are written with dashes
    door.knock().say(b"GET / HTTP/1.1\r\nX_Forwarded_For: 2.2.2.2\r\nX-A: 1\r\nX-A: 2\r\n\r\n").hear()
    first, second = door.application.environs
    assert first["HTTP_X_FORWARDED_FOR"] == "1.1.1.1"
    assert ("HTTP_X_FORWARDED_FOR" in second, second["HTTP_X_A"]) == (False, "1,2")


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/caf%C3%A9?a=%20b", "/cafÃ©", "a=%20b"),
        (b"http://elsewhere/a?b", "/a", "b"),
        (b"/a#b", "/a", ""),
        (b"//a", "//a", ""),
    ],
)
def test_an_address_is_what_was_asked(door: Door, target: bytes, path: str, query: str) -> None:
    door.knock().say(b"GET " + target + b" HTTP/1.1\r\n\r\n").hear()
    [environ] = door.application.environs
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == (path, query)


def test_whether_it_lives_is_known_whatever_goes_on(hasty: Door) -> None:
    for _ in range(20):
        hasty.knock().say(head("/slow"))
    hasty.application.wait_for(2)
    told = hasty.knock().ask("/livez")
    assert (told.status, told.body) == (200, b'{"status":"alive"}\n')
    assert "/livez" not in hasty.application.begun


def test_that_it_is_not_ready_is_known_in_time() -> None:
    def silent(environ: dict[str, object], start_response: object) -> list[bytes]:
        application.may.wait(20)
        return application(environ, start_response)  # type: ignore[arg-type]

    application = Application()
    with opened(silent, readiness_s=0.3) as door:
        door.application = application
        time.sleep(1)  # just after the start, it would be given more time
        started = time.monotonic()
        assert [door.knock().ask("/readyz").status for _ in range(2)] == [503, 503]
        assert time.monotonic() - started < 2
        application.may.set()
        assert door.knock().ask("/readyz").status == 200


def test_what_was_asked_before_the_end_is_answered(door: Door) -> None:
    line, resting = door.knock().say(head("/slow")), door.knock()
    door.application.wait_for(1)
    door.gate.stop(within_s=5)
    assert resting.is_over
    door.application.may.set()
    told = line.hear()
    assert (told.status, told.headers["Connection"]) == (200, "close")
    with pytest.raises(ConnectionError):
        door.knock()
