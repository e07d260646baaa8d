"""One unit of work: what stays when it ends well, when it fails, and when a refusal must leave a trace."""

import uuid
from collections.abc import Callable
from typing import TypeVar

import pytest
from sqlalchemy import select

from app.accounts.models import SignInFailure
from app.sql import db
from app.sql.trips import Call
from tests.factories import NOON
from tests.tracing import traced

T = TypeVar("T")


class Refused(Exception):
    pass


class RefusedAndCounted(Exception):
    keeps_effects = True


def write() -> uuid.UUID:
    return db.add(SignInFailure(address_hash=b"x", failed_at=NOON)).id


def refuse_after(do: Callable[[], T], refusal: type[Exception]) -> T:
    """Do it in a transaction that this refusal ends."""
    with pytest.raises(refusal), db.transaction():  # noqa: PT012 (the end of the transaction raises)
        done = do()
        raise refusal
    return done


def is_written(id: uuid.UUID) -> bool:
    with db.transaction():
        return db.get(SignInFailure, id) is not None


def test_work_that_ends_well_stays() -> None:
    with db.transaction():
        written = write()
    assert is_written(written)


def test_a_refusal_undoes_the_work() -> None:
    assert not is_written(refuse_after(write, Refused))


def test_a_refusal_that_must_leave_a_trace_keeps_the_work() -> None:
    assert is_written(refuse_after(write, RefusedAndCounted))


def test_what_waits_for_the_undoing_runs_after_it_and_alone() -> None:
    traces: list[uuid.UUID] = []

    def leave_a_trace() -> None:
        with db.transaction():
            traces.append(write())

    def do() -> uuid.UUID:
        db.after_rollback(leave_a_trace)
        return write()

    undone = refuse_after(do, Refused)
    assert [is_written(traces[0]), is_written(undone)] == [True, False]
    with db.transaction():
        db.after_rollback(leave_a_trace)
    assert len(traces) == 1


def test_a_trace_that_fails_hides_no_refusal() -> None:
    refuse_after(lambda: db.after_rollback(lambda: [][0]), Refused)


def test_what_must_be_known_before_the_commit_is_told_once_with_all_of_it() -> None:
    seen: list[tuple[list[str], bool]] = []

    def tell(things: list[str]) -> None:
        seen.append((list(things), is_written(written)))

    with db.transaction():
        written = write()
        for thing in "ab":
            db.before_commit(tell, thing)
    assert seen == [(["a", "b"], False)]


def test_nothing_is_committed_that_could_not_be_told() -> None:
    def fail(_: list[str]) -> None:
        raise OSError("the disk is full")

    def write_and_tell() -> uuid.UUID:
        db.before_commit(fail, "a")
        return write()

    made: list[uuid.UUID] = []
    with pytest.raises(OSError, match="full"), db.transaction():
        made.append(write_and_tell())
    assert not is_written(made[0])


def test_what_is_undone_is_not_told() -> None:
    seen: list[list[str]] = []
    refuse_after(lambda: db.before_commit(seen.append, "a"), Refused)
    assert seen == []


def test_it_is_told_before_a_last_statement_that_commits() -> None:
    seen: list[bool] = []
    with db.transaction():
        written = write()
        db.before_commit(lambda _: seen.append(is_written(written)), "a")
        db.fetch_last("SELECT 1")
    assert seen == [False]


def test_what_waits_for_the_commit_runs_after_it() -> None:
    seen: list[bool] = []
    with db.transaction():
        written = write()
        db.after_commit(lambda: seen.append(is_written(written)))
    assert seen == [True]


def test_what_waits_for_the_commit_does_not_run_without_it() -> None:
    seen: list[bool] = []
    refuse_after(lambda: db.after_commit(lambda: seen.append(True)), Refused)
    assert seen == []


def test_a_lock_looks_again_at_what_was_read_before() -> None:
    with db.transaction():
        written = write()
    with db.transaction():
        known = db.get(SignInFailure, written)
        assert known is not None
        with db.engine().begin() as other:
            other.exec_driver_sql("UPDATE sign_in_failure SET address_hash = %s WHERE id = %s", (b"y", written))
        again = db.first(db.locked(select(SignInFailure).where(SignInFailure.id == written)))
        assert again is not None
        assert bytes(again.address_hash) == b"y"


ONE, TWO = "SELECT 1", "SELECT 2"


def begin_with_one(seen: list[str], *, refuses: bool = False) -> None:
    def judge(rows: list[tuple[int]]) -> None:
        seen.append(f"judge {rows}")
        if refuses:
            raise Refused

    db.begin_with(ONE, [], judge=judge)


def test_what_a_transaction_begins_with_is_judged_before_anything_else_is_seen() -> None:
    seen: list[str] = []
    with db.transaction():
        db.fetch_each(Call(ONE), Call(TWO))  # now the connection has prepared them
    with traced() as traffic, db.transaction():
        begin_with_one(seen)
        seen.append(f"verb {db.fetch(TWO)}")
        db.fetch(TWO)
    assert seen == ["judge [(1,)]", "verb [(2,)]"]
    assert traffic.statements == len(["BEGIN", ONE, TWO, TWO, "COMMIT"])
    assert traffic.trips == 3


@pytest.mark.parametrize("ask", [lambda: db.fetch(TWO), write, db.driver_connection, lambda: None])
def test_whoever_is_refused_at_the_beginning_writes_nothing(ask: Callable[[], object]) -> None:
    seen: list[str] = []
    with pytest.raises(Refused), db.transaction():  # noqa: PT012 (the end of the transaction raises too)
        begin_with_one(seen, refuses=True)
        db.send_with_commit("INSERT INTO sign_in_failure_of_nobody DEFAULT VALUES", [])
        ask()
    assert seen == ["judge [(1,)]"]


def test_a_refusal_at_the_beginning_that_somebody_swallows_closes_the_transaction() -> None:
    with pytest.raises(RuntimeError), db.transaction():  # noqa: PT012 (the end of the transaction raises)
        begin_with_one([], refuses=True)
        with pytest.raises(Refused):
            db.fetch(TWO)
        with pytest.raises(RuntimeError):
            db.fetch(TWO)
    with db.transaction():
        assert db.fetch(TWO) == [(2,)]


def test_a_transaction_that_has_begun_begins_with_nothing_else() -> None:
    with db.transaction():
        db.fetch(TWO)
        with pytest.raises(RuntimeError):
            begin_with_one([])
