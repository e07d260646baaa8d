"""A database that is locked, slow or hangs: who asks is told soon, and all is as before when it answers again."""

import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import pytest
from psycopg import errors as pg_errors
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.config import Config
from app.factory import Ici
from app.http import problems
from app.ops.database import postgres
from app.settings import UNHURRIED, ConfigIncomplete, DatabaseLimits
from app.sql import connections, db, hot_statements, patience, trips
from app.sql.patience import DatabaseSilent
from tests.crowding import one_connection
from tests.factories import make_brand, make_member, member_token
from tests.serving import Served, served
from tests.speaking import Speaker

HASTY = DatabaseLimits(lock_s=0.2, statement_s=0.3, answer_s=0.6, pool_s=0.2)
SAID = {"ICI_DATABASE_URL": "postgresql+psycopg://x", "ICI_SECRET": "x" * 32, "ICI_ENV": "test", "ICI_VAR": "/nowhere"}


@pytest.fixture
def hasty(settings: Config) -> Iterator[None]:
    """A pool of one connection that is waited for as briefly as a test can bear."""
    with one_connection(settings, limits=HASTY):
        yield


@contextmanager
def frozen(*pids: int) -> Iterator[None]:
    """These processes of the database stand still within this block."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def backend() -> int:
    """The process that serves the running transaction."""
    [(pid,)] = db.fetch("SELECT pg_backend_pid()")
    return int(pid)


@contextmanager
def locked(settings: Config, table: str) -> Iterator[None]:
    """Somebody else has this table for themselves within this block."""
    owner = create_engine(settings.owner_database_url or "")
    with owner.connect() as other:
        other.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        try:
            yield
        finally:
            other.rollback()
    owner.dispose()


WAYS: dict[str, Callable[[], Any]] = {
    "a statement as it is": lambda: db.fetch("SELECT pg_backend_pid()"),
    "a statement that was never sent before": lambda: db.fetch(f"SELECT {uuid.uuid4().int % 10**9}"),
    "a statement of the session": lambda: db.execute(text("SELECT 1")),
    "the last statement": lambda: db.fetch_last("SELECT 1"),
    "a copy": lambda: db.copy_rows("brand", ["id"], []),
}


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("way", WAYS)
def test_nothing_waits_for_a_database_that_hangs(way: str) -> None:
    started = time.monotonic()
    silent = pytest.raises((DatabaseSilent, OperationalError), match="no answer within")
    with silent, db.transaction(), frozen(backend()):
        WAYS[way]()
    assert time.monotonic() - started < 10 * HASTY.answer_s


@pytest.mark.usefixtures("hasty")
def test_a_commit_does_not_wait_for_a_database_that_hangs() -> None:
    pids: list[int] = []
    try:
        with pytest.raises(DatabaseSilent), db.transaction():  # noqa: PT012 (the end fails)
            pids.append(backend())
            os.kill(pids[0], signal.SIGSTOP)
    finally:
        os.kill(pids[0], signal.SIGCONT)


@pytest.mark.usefixtures("hasty")
def test_a_rollback_does_not_wait_for_a_database_that_hangs() -> None:
    pids: list[int] = []
    try:
        with pytest.raises(ZeroDivisionError), db.transaction():  # noqa: PT012 (the end is slow)
            pids.append(backend())
            os.kill(pids[0], signal.SIGSTOP)
            raise ZeroDivisionError
    finally:
        os.kill(pids[0], signal.SIGCONT)


def hang() -> None:
    """Wait for the database in vain."""
    with pytest.raises(DatabaseSilent), db.transaction(), frozen(backend()):
        db.fetch("SELECT 1")


@pytest.mark.usefixtures("hasty")
def test_what_one_waited_for_in_vain_others_are_told_at_once() -> None:
    hang()
    with pytest.raises(DatabaseSilent, match="a moment ago"), db.transaction():
        db.fetch("SELECT 1")
    with pytest.raises(DatabaseSilent, match="a moment ago"), hot_statements.kept_connection():
        pass


@pytest.mark.usefixtures("hasty")
def test_one_may_try_whether_it_answers_again_and_then_all_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "RETRY_S", 0)
    hang()
    for _ in range(2):
        with db.transaction():
            assert db.fetch("SELECT 2") == [(2,)]


@pytest.mark.usefixtures("hasty")
def test_while_one_tries_the_others_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "RETRY_S", 0)
    hang()
    patience.require_answers(HASTY)
    with pytest.raises(DatabaseSilent, match="a moment ago"):
        patience.require_answers(HASTY)


@pytest.mark.usefixtures("hasty")
def test_after_a_try_that_failed_the_next_may_be_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "RETRY_S", 0)
    hang()
    patience.require_answers(HASTY)
    patience.note_failure()
    patience.require_answers(HASTY)


def test_who_has_time_waits_whatever_others_found(settings: Config) -> None:
    patience.note_silence()
    patience.require_answers(UNHURRIED)
    patience.note_answer()


@pytest.mark.usefixtures("hasty")
def test_an_idle_connection_that_says_nothing_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ASK_S", 0.2)
    with db.transaction():
        pid = backend()
    monkeypatch.setattr(connections, "TRUSTED_S", 0)
    with frozen(pid), db.transaction():
        assert backend() != pid


@pytest.mark.usefixtures("hasty")
def test_a_connection_that_was_given_up_leaves_no_transaction_open() -> None:
    pids: list[int] = []
    with pytest.raises(DatabaseSilent), db.transaction():  # noqa: PT012 (the end fails too)
        pids.append(backend())
        with frozen(*pids):
            db.fetch("SELECT 1")
    patience.note_answer()
    wait_until_gone(pids[0])


def wait_until_gone(pid: int) -> None:
    until = time.monotonic() + 30
    while True:
        with db.system_transaction():
            if not db.fetch("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [pid]):
                return
        assert time.monotonic() < until
        time.sleep(0.05)  # another process ends: we can only look again


@pytest.mark.usefixtures("hasty")
def test_a_statement_that_takes_too_long_is_ended(speaker: Speaker) -> None:
    with pytest.raises(psycopg.errors.QueryCanceled), db.transaction():
        db.fetch("SELECT pg_sleep(10)")


@pytest.mark.usefixtures("hasty")
def test_a_transaction_that_nobody_goes_on_with_is_ended(settings: Config) -> None:
    db.connect(settings.database_url, limits=DatabaseLimits(idle_s=0.1))
    with pytest.raises(psycopg.OperationalError), db.transaction():  # noqa: PT012 (the second must fail)
        pid = backend()
        with db.apart():
            wait_until_gone(pid)
        db.fetch("SELECT 1")


@pytest.mark.usefixtures("hasty")
def test_a_connection_is_not_waited_for_for_ever() -> None:
    with db.transaction():
        backend()
        with db.apart(), pytest.raises(PoolTimeout), db.transaction():
            backend()


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("table", ["card", "member_session", "idempotency_key"])
def test_a_locked_table_is_a_service_that_does_not_answer(speaker: Speaker, settings: Config, table: str) -> None:
    with locked(settings, table):
        answer = speaker.post("/v1/cards", {"brand": make_brand().code})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unavailable")
    assert answer.headers["Retry-After"] == "1"


def test_a_locked_table_of_keys_is_not_taken_for_a_twin(speaker: Speaker, settings: Config) -> None:
    with locked(settings, "idempotency_key"):
        answer = speaker.post("/v1/cards", {"brand": make_brand().code})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unavailable")


@pytest.mark.usefixtures("hasty")
def test_a_commit_whose_answer_was_lost_is_told_as_such_and_repeated_under_its_key(speaker: Speaker) -> None:
    send_calls, brand, key = trips.send_calls, make_brand(), str(uuid.uuid4())

    def lose_answer(connection: Any, calls: Any) -> Any:
        done = send_calls(connection, calls)
        if calls[-1] == db.COMMIT:
            connection.close()
            raise DatabaseSilent
        return done

    with mock.patch.object(trips, "send_calls", lose_answer):
        lost = speaker.post("/v1/cards", {"brand": brand.code}, key=key)
    again = speaker.post("/v1/cards", {"brand": brand.code}, key=key)
    assert (lost.status_code, lost.get_json()["code"]) == (503, "database_unavailable")
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (pg_errors.DeadlockDetected, 503),
        (pg_errors.SerializationFailure, 503),
        (pg_errors.QueryCanceled, 503),
        (pg_errors.LockNotAvailable, 503),
        (pg_errors.AdminShutdown, 503),
        (pg_errors.TooManyConnections, 503),
        (pg_errors.DiskFull, 503),
        (pg_errors.IdleInTransactionSessionTimeout, 503),
        (pg_errors.ReadOnlySqlTransaction, 503),
        (DatabaseSilent, 503),
        (PoolTimeout, 503),
        (pg_errors.UndefinedColumn, 500),
        (pg_errors.DivisionByZero, 500),
    ],
)
def test_what_says_nothing_of_the_request_may_be_sent_again(app: Ici, error: type[Exception], status: int) -> None:
    with app.test_request_context():
        answer = problems.render_database_error(error("x"))  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, "1" if status == 503 else None)


def test_a_limit_is_a_setting() -> None:
    limits = Config.load(SAID | {"ICI_DATABASE_LOCK_S": "1.5", "ICI_DATABASE_POOL_S": "7"}).database_limits
    assert (limits.lock_s, limits.pool_s, limits.statement_s) == (1.5, 7, DatabaseLimits.statement_s)


@pytest.mark.parametrize("value", ["-1", "soon", "1e3", "2,5", "nan"])
def test_a_limit_that_is_no_number_of_seconds_is_refused(value: str) -> None:
    with pytest.raises(ConfigIncomplete, match="ICI_DATABASE_LOCK_S must be"):
        Config.load(SAID | {"ICI_DATABASE_LOCK_S": value})


@pytest.mark.parametrize("given", [{"LOCK_S": "4"}, {"STATEMENT_S": "0"}, {"ANSWER_S": "3"}])
def test_limits_that_would_hide_each_other_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(ConfigIncomplete, match="hide the reason"):
        Config.load(SAID | {f"ICI_DATABASE_{name}": value for name, value in given.items()})


def test_what_the_address_says_of_a_connection_stays() -> None:
    from sqlalchemy import make_url

    url = make_url("postgresql+psycopg://h/d?connect_timeout=9")
    told = patience.driver_arguments(url, HASTY, settings="-c jit=off")
    assert "connect_timeout" not in told
    assert told["options"].startswith("-c jit=off -c statement_timeout=300 -c lock_timeout=200")


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_server_whose_database_hangs_tells_everybody_soon_and_goes_on_afterwards(
    tmp_path: Path, settings: Config
) -> None:
    with served(tmp_path, settings, durable=False) as server:
        speaker, brand, key = server.anyone.with_token(member_token(make_member())), make_brand(), str(uuid.uuid4())
        assert speaker.get("/v1/me").status_code == 200
        with frozen(*processes(server)):
            for ask in (
                lambda: speaker.get("/v1/me"),
                lambda: speaker.post("/v1/cards", {"brand": brand.code}, key=key),
                lambda: server.anyone.get("/readyz"),
            ):
                started = time.monotonic()
                answer = ask()
                assert (answer.status_code, time.monotonic() - started < 5) == (503, True)
            started = time.monotonic()
            assert (server.anyone.get("/livez").status_code, time.monotonic() - started < 1) == (200, True)
        server.wait_until_ready()
        assert [speaker.post("/v1/cards", {"brand": brand.code}, key=key).status_code for _ in "ab"] == [201, 201]
        assert idle_in_transaction() == 0


def processes(server: Served) -> list[int]:
    """Every process of the server's database."""
    return sorted(postgres.processes(data=server.cluster.server.data, name=server.cluster.server.name))


def idle_in_transaction() -> int:
    with db.system_transaction():
        [(found,)] = db.fetch("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")
    return int(found)
