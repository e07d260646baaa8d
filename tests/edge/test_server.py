"""`ici serve` under those who would stop it: half-sent bodies, idle connections, a database that says nothing."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.config import Config
from app.sql import db
from tests.edge.doors import CHUNKED, Line, Told, chunks, head
from tests.externals import files
from tests.factories import make_member, member_token
from tests.serving import Served, served, start
from tests.siege import processes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LIMITS = {"ICI_EDGE_HEAD_S": "2", "ICI_EDGE_BODY_S": "2"}
MOST_FILE_BYTES = 8 * 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, settings: Config) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("edge"), settings, durable=False, threads=4, more=LIMITS) as server:
        yield server


@pytest.fixture
def knock(server: Served) -> Iterator[Callable[[], Line]]:
    """Makes connections, which end with the test."""
    lines: list[Line] = []

    def made() -> Line:
        lines.append(Line(server.port))
        return lines[-1]

    yield made
    for line in lines:
        line.close()


def signed_in() -> dict[str, str]:
    return {"Authorization": f"Bearer {member_token(make_member())}", "Accept": "application/json"}


def timed(line: Line, path: str, **headers: str) -> tuple[int, float]:
    started = time.monotonic()
    status = line.ask(path, **headers).status
    return status, time.monotonic() - started


def connections_in_a_transaction() -> int:
    with db.system_transaction():
        asked = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND pid <> pg_backend_pid()"
        return int(db.execute(text(asked)).scalar() or 0)


@pytest.mark.parametrize("has_token", [False, True])
def test_half_sent_bodies_hold_neither_a_thread_nor_a_connection_of_the_database(
    knock: Callable[[], Line], has_token: bool
) -> None:
    who = signed_in() if has_token else {}
    half = head("/v1/cards", length=100, Content_Type="application/json", **who), b'{"brand"'
    lines = [knock().say(*half) for _ in range(40)]
    status, seconds = timed(knock(), "/v1/me", **signed_in())
    assert (status, seconds < 1, connections_in_a_transaction()) == (200, True, 0)
    assert [line.hear().status for line in lines] == [408] * 40


def test_more_than_a_thousand_idle_connections_block_nobody(knock: Callable[[], Line]) -> None:
    for _ in range(1100):
        knock()
    status, seconds = timed(knock(), "/v1/me", **signed_in())
    assert (status, seconds < 1) == (200, True)


def import_in_chunks(line: Line, content: bytes) -> Told:
    who = "".join(f"{name}: {value}\r\n" for name, value in signed_in().items())
    start = CHUNKED % b"/v1/external-card-imports"
    start = start[:-2] + f"{who}Idempotency-Key: k\r\nContent-Type: application/octet-stream\r\n\r\n".encode()
    return line.say(start, chunks(content, size=60_000)).hear()


def test_a_file_in_chunks_is_taken_whole_or_not_at_all(knock: Callable[[], Line]) -> None:
    small = files.CATIMA_2.encode()
    assert import_in_chunks(knock(), small).status == 200
    told = import_in_chunks(knock(), small + b"\n" * MOST_FILE_BYTES)
    assert (told.status, told.code) == (413, "body_too_large")


def test_a_body_in_chunks_over_the_limit_is_refused(knock: Callable[[], Line]) -> None:
    line = knock().say(CHUNKED[:-2] % b"/v1/sign-in-codes" + b"Content-Type: application/json\r\n\r\n")
    told = line.say(chunks(b'{"a": "' + b"x" * 300_000 + b'"}', size=50_000)).hear()
    assert (told.status, told.code) == (413, "body_too_large")


def test_a_stranger_with_a_large_file_is_asked_to_sign_in(knock: Callable[[], Line]) -> None:
    said = head("/v1/external-card-imports", length=5_000_000, Content_Type="application/octet-stream")
    assert knock().say(said, b"x" * 100_000).hear().status == 401


def test_health_is_told_while_the_database_says_nothing(server: Served, knock: Callable[[], Line]) -> None:
    postgres = processes.family_of(server.cluster.status().pid or 0)
    for pid in postgres:
        os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(8):
            knock().say(head("/v1/me", method="GET", Authorization="Bearer ici_t_nobody"))
        alive, ready, again = (timed(knock(), path) for path in ("/livez", "/readyz", "/readyz"))
    finally:
        for pid in postgres:
            os.kill(pid, signal.SIGCONT)
    assert (alive[0], alive[1] < 0.5) == (200, True)
    assert (ready[0], ready[1] < 2, again[0], again[1] < 2) == (503, True, 503, True)
    server.wait_until_ready()


@pytest.mark.parametrize("those", [processes.workers_of, processes.nurseries_of])
def test_a_process_that_was_killed_is_started_again(server: Served, those: Callable[[int], list[int]]) -> None:
    before = processes.workers_of(server.process.pid)
    for pid in those(server.process.pid):
        os.kill(pid, signal.SIGKILL)
    while processes.workers_of(server.process.pid) in (before, []):
        time.sleep(0.05)  # another process starts: we can only look
    server.wait_until_ready()
    assert server.process.poll() is None


def test_the_document_is_made_once_and_not_sent_twice(knock: Callable[[], Line]) -> None:
    line = knock()
    told = line.ask("/openapi.json")
    again = line.ask("/openapi.json", If_None_Match=told.headers["ETag"])
    assert (told.status, again.status, again.body) == (200, 304, b"")
    assert len(told.headers.get_all("Date", [])) == 1


def test_every_answer_of_the_edge_is_logged_and_counted(server: Served, knock: Callable[[], Line]) -> None:
    knock().say(b"FOO / HTTP/1.1\r\n\r\n").hear()
    assert b'ici_refusals_total{code="method_not_allowed"}' in knock().ask("/metrics").body
    assert '"problem":"method_not_allowed"' in server.log.read_text()


def test_it_ends_by_itself_when_it_is_told_to(server: Served, tmp_path: Path, settings: Config) -> None:
    second = start(server.cluster, tmp_path, settings, threads=1)
    second.wait_until_ready()
    resting = Line(second.port)
    second.process.send_signal(signal.SIGTERM)
    assert (second.process.wait(20), resting.is_over) == (0, True)
    resting.close()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"ICI_SECRET": "short"}, "Error: ICI_SECRET must have at least"),
        ({"ICI_EDGE_HEAD_S": "0"}, "Error: ICI_EDGE_HEAD_S must be a number above 0."),
    ],
)
def test_a_fault_of_the_start_is_said_once(
    server: Served, tmp_path: Path, settings: Config, fault: dict[str, str], sentence: str
) -> None:
    faulty = start(server.cluster, tmp_path, settings, threads=1, more=fault)
    assert (faulty.process.wait(20), faulty.log.read_text().count("\n")) == (1, 1)
    assert faulty.log.read_text().startswith(sentence)
