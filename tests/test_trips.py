"""What a request pays for being a request: trips to the database, and what happens when a connection is dead."""

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from threading import Thread

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.accounts.models import Brand, SignInFailure
from app.config import Config
from app.sql import connections, db
from app.sql.trips import Call
from tests import crowding
from tests.factories import (
    NOON,
    console_token,
    make_brand,
    make_console_user,
    make_member,
    make_store,
    make_terminal,
    member_token,
)
from tests.speaking import Speaker
from tests.tracing import traced
from tests.wallet.factories import make_card

WAITING = """
SELECT FROM pg_locks JOIN pg_database AS d ON d.oid = database
WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
"""
ODD = ['a"b', "c\\d", "e,f", "{g}", "", "NULL", "é"]


@pytest.fixture
def one_connection(settings: Config) -> Iterator[None]:
    """A pool of one connection, which every transaction uses."""
    with crowding.one_connection(settings):
        yield


def kill_idle() -> None:
    """End the connection that lies in the pool, as a restart of the database would."""
    with db.transaction():
        [(pid,)] = db.fetch("SELECT pg_backend_pid()")
    with psycopg.connect(db.engine().url.render_as_string(hide_password=False).replace("+psycopg", "")) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])


def failures_with(address_hash: bytes) -> int:
    with db.transaction():
        return len(db.all_of(select(SignInFailure).where(SignInFailure.address_hash == address_hash)))


def test_a_list_of_cards_is_two_trips(anyone: Speaker) -> None:
    member = make_member()
    speaker = anyone.with_token(member_token(member))
    make_card(member, make_brand())
    speaker.get("/v1/cards")
    with traced() as traffic:
        assert speaker.get("/v1/cards").status_code == 200
    assert (traffic.statements, traffic.trips) == (4, 2)


def test_a_repeated_answer_is_two_trips(anyone: Speaker) -> None:
    speaker, brand, key = anyone.with_token(member_token(make_member())), make_brand(), str(uuid.uuid4())
    speaker.post("/v1/cards", {"brand": brand.code}, key=key)
    with traced() as traffic:
        assert speaker.post("/v1/cards", {"brand": brand.code}, key=key).headers["Idempotency-Replayed"] == "true"
    assert traffic.trips == 2


def test_a_wrong_role_claims_no_key(anyone: Speaker) -> None:
    user, key = make_console_user(make_brand()), str(uuid.uuid4())
    answer = anyone.with_token(console_token(user)).post("/v1/cards", {"brand": "x"}, key=key)
    with db.system_transaction():
        [(kept,)] = db.fetch("SELECT count(*) FROM idempotency_key WHERE key = $1", [key])
    assert (answer.status_code, kept) == (403, 0)


def test_a_wrong_role_is_told_before_a_missing_key(anyone: Speaker) -> None:
    _, key = make_terminal(make_store(make_brand()))
    answer = anyone.with_token(key).post("/v1/cards", {"brand": "x"}, headers={"Idempotency-Key": ""})
    assert answer.status_code == 403


def test_a_stranger_is_told_before_a_missing_key(anyone: Speaker) -> None:
    answer = anyone.with_token("ici_t_nobody").post("/v1/cards", {"brand": "x"}, headers={"Idempotency-Key": ""})
    assert answer.status_code == 401


@pytest.mark.usefixtures("one_connection")
def test_a_request_on_a_dead_connection_is_begun_again(anyone: Speaker) -> None:
    speaker = anyone.with_token(member_token(make_member()))
    kill_idle()
    assert speaker.post("/v1/cards", {"brand": make_brand().code}).status_code == 201


@pytest.mark.usefixtures("one_connection")
def test_a_transaction_on_a_dead_connection_is_begun_again() -> None:
    kill_idle()
    with db.transaction():
        assert db.execute(text("SELECT 1")).scalar_one() == 1


@pytest.mark.usefixtures("one_connection")
def test_a_connection_that_dies_after_the_first_statement_fails_its_transaction() -> None:
    with pytest.raises(psycopg.OperationalError), db.transaction():  # noqa: PT012 (the end is what fails)
        db.add(SignInFailure(address_hash=b"lost", failed_at=NOON))
        db.driver_connection().pgconn.finish()
        db.fetch("SELECT 1")
    assert failures_with(b"lost") == 0


@pytest.mark.usefixtures("one_connection")
def test_the_next_transaction_after_a_connection_died_gets_a_living_one() -> None:
    with pytest.raises(OperationalError), db.transaction():  # noqa: PT012 (the end is what fails)
        db.execute(text("SELECT 1"))
        db.driver_connection().pgconn.finish()
        db.execute(text("SELECT 1"))
    with db.transaction():
        assert db.execute(text("SELECT 2")).scalar_one() == 2


@pytest.mark.usefixtures("one_connection")
def test_a_connection_used_a_moment_ago_is_not_asked_if_it_lives() -> None:
    with db.transaction():
        db.fetch("SELECT 1")
    with traced() as traffic, db.transaction():
        db.fetch("SELECT 1")
    assert traffic.trips == 2


@pytest.mark.usefixtures("one_connection")
def test_a_connection_that_was_idle_for_long_is_asked_if_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    kill_idle()
    monkeypatch.setattr(connections, "TRUSTED_S", 0)
    with db.engine().connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_what_a_constant_statement_is_given_arrives_as_it_was_sent() -> None:
    member, now = make_member().id, datetime(2026, 5, 18, 10, 0, 0, 123456, tzinfo=UTC)
    statement = "SELECT $1::uuid, $2::timestamptz, $3::bytea, $4::jsonb, $5::boolean, $6::text[], $7::int"
    with db.transaction():
        rows = db.fetch(statement, [member, now, b"\x00\xff", {"é": 1}, True, ODD, None])
    assert rows == [(member, now, b"\x00\xff", {"é": 1}, True, ODD, None)]


def test_a_constant_statement_sees_what_was_added_and_not_yet_flushed() -> None:
    with db.system_transaction() as session:
        brand: Brand | None = db.get(Brand, make_brand().id)
        assert brand is not None
        brand.name = "Changed"
        assert db.fetch("SELECT name FROM brand WHERE id = $1", [brand.id]) == [("Changed",)]
        session.rollback()


def test_a_constant_statement_is_prepared_again_after_the_driver_threw_it_away() -> None:
    with db.system_transaction() as session:
        for _ in range(8):
            session.execute(text("SELECT 2"))  # the driver prepares what comes often, and so has something to forget
        db.fetch("SELECT 3")
        session.begin_nested().rollback()
        assert db.fetch("SELECT 3") == [(3,)]


def test_several_constant_statements_are_one_trip_with_their_begin() -> None:
    calls = [Call("SELECT 1"), Call("SELECT $1::text", ["é"]), Call("SELECT WHERE false")]
    with db.transaction():
        db.fetch_each(*calls)  # this connection prepares them
    with traced() as traffic, db.transaction():
        assert db.fetch_each(*calls) == [[(1,)], [("é",)], []]
    assert traffic.trips == 2  # the other is COMMIT


def test_a_statement_behind_a_lock_sees_what_the_lock_was_waited_for() -> None:
    brand, name = make_brand(), uuid.uuid4().hex
    found: list[list[tuple[str]]] = []
    lock = Call("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [name])

    def wait() -> None:
        with db.system_transaction():
            found.append(db.fetch_each(lock, Call("SELECT name FROM brand WHERE id = $1", [brand.id]))[1])

    waiting = Thread(target=wait)
    with db.system_transaction():
        db.fetch_each(lock)
        waiting.start()
        while not db.fetch(WAITING):
            time.sleep(0.01)
        db.fetch("UPDATE brand SET name = 'Changed' WHERE id = $1", [brand.id])
    waiting.join(timeout=10)
    assert found == [[("Changed",)]]


def test_after_one_that_fails_none_is_run() -> None:
    set_it = Call("SELECT set_config('ici.brand_id', 'x', false)")
    with db.transaction(), pytest.raises(psycopg.errors.DivisionByZero):
        db.fetch_each(Call("SELECT 1 / 0"), set_it)
    with db.transaction():
        assert db.fetch("SELECT current_setting('ici.brand_id', true) = 'x'") != [(True,)]


def test_bytes_in_a_list_arrive_as_they_are() -> None:
    sent = [b"", b'\x00\\"{},\xff', None]
    with db.transaction():
        assert db.fetch("SELECT * FROM unnest($1::bytea[])", [sent]) == [(one,) for one in sent]


def test_nothing_is_asked_after_the_last_statement() -> None:
    with db.transaction(), pytest.raises(RuntimeError, match="has ended"):  # noqa: PT012 (the second must be refused)
        db.fetch_last("SELECT 1")
        db.fetch("SELECT 2")


def test_what_was_written_before_the_last_statement_stays() -> None:
    mark = uuid.uuid4().bytes
    with db.transaction():
        db.add(SignInFailure(address_hash=mark, failed_at=NOON))
        assert db.fetch_last("SELECT count(*) FROM sign_in_failure WHERE address_hash = $1", [mark]) == [(1,)]
    assert failures_with(mark) == 1


def test_what_is_sent_with_the_commit_is_not_sent_without_it() -> None:
    insert = "INSERT INTO sign_in_failure (id, address_hash, failed_at) VALUES ($1, $2, $3)"
    with pytest.raises(ZeroDivisionError), db.transaction():  # noqa: PT012 (the end of the transaction raises)
        db.send_with_commit(insert, [db.new_id(), b"not sent", NOON])
        db.fetch("SELECT 1")
        raise ZeroDivisionError
    assert failures_with(b"not sent") == 0


def test_what_fails_with_the_commit_stops_it() -> None:
    with pytest.raises(psycopg.Error), db.transaction():  # noqa: PT012 (the end of the transaction raises)
        db.add(SignInFailure(address_hash=b"stopped", failed_at=NOON))
        db.send_with_commit("SELECT 1 / $1::int", [0])
    assert failures_with(b"stopped") == 0


def test_a_key_that_vanished_in_its_own_transaction_stops_the_commit() -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="vanished"), db.transaction():  # noqa: PT012 (the end of the transaction raises)
        db.add(SignInFailure(address_hash=b"vanished", failed_at=NOON))
        db.send_with_commit("SELECT ici_keep_answer($1, $2, $3, 200, '{}', '')", [db.new_id(), "r", "k"])
    assert failures_with(b"vanished") == 0


def test_the_functions_of_a_request_are_run_with_the_rights_of_whoever_calls_them() -> None:
    with db.transaction():
        rights = db.fetch("SELECT prosecdef FROM pg_proc WHERE proname IN ('ici_admit', 'ici_keep_answer')")
    assert rights == [(False,), (False,)]


class Mood(StrEnum):
    GOOD = "good"


EVERYTHING = db.HotStatement("""
SELECT %(id)s::uuid AS id, %(ids)s::uuid[] AS ids, %(price)s::numeric AS price, %(day)s::date AS day, %(mood)s AS mood,
    %(thing)s::jsonb AS thing, %(things)s::jsonb[] AS things, %(grid)s::int[] AS grid, %(moods)s::text[] AS moods,
    %(now)s::timestamptz AS now, %(nothing)s::text AS nothing
""")


def test_what_a_hot_statement_is_given_comes_back_as_it_was_sent() -> None:
    values = {
        "id": uuid.uuid4(),
        "ids": [uuid.uuid4(), uuid.uuid4()],
        "price": Decimal("12.30"),
        "day": date(2026, 5, 18),
        "mood": Mood.GOOD,
        "thing": {"a": [1, None, 2.5, "é"]},
        "things": [{"a": 'b"c\\d'}, {"e": {}}],
        "grid": [[1, 2], [3, 4]],
        "moods": [Mood.GOOD, None, "NULL"],
        "now": NOON,
        "nothing": None,
    }
    with db.transaction():
        assert db.send_statement(EVERYTHING, values).one()._asdict() == values


def test_a_value_of_an_unknown_type_is_not_sent() -> None:
    with db.transaction(), pytest.raises(TypeError, match="no way to send object"):
        db.fetch("SELECT $1::text", [object()])


def test_a_hot_statement_makes_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "Session", None)
    with db.transaction():
        assert db.send_statement(db.HotStatement("SELECT %(one)s::int AS found"), {"one": 1}).one().found == 1


def test_a_percent_sign_of_a_hot_statement_is_written_twice() -> None:
    with db.transaction():
        assert db.send_statement(db.HotStatement("SELECT 7 %% %(by)s::int"), {"by": 4}) == [(3,)]


def test_a_hot_statement_sees_what_waits_in_the_session() -> None:
    with db.system_transaction() as session:
        brand: Brand | None = db.get(Brand, make_brand().id)
        assert brand is not None
        brand.name = "Changed"
        found = db.send_statement(db.HotStatement("SELECT name FROM brand WHERE id = %(id)s"), {"id": brand.id})
        assert found.one().name == "Changed"
        session.rollback()


def test_one_row_is_neither_none_nor_two() -> None:
    numbers = db.HotStatement("SELECT generate_series(1, %(most)s::int) AS number")
    with db.transaction():
        assert db.send_statement(numbers, {"most": 0}).one_or_none() is None
        assert db.send_statement(numbers, {"most": 1}).one().number == 1
        for most in (0, 2):
            with pytest.raises(ValueError, match="unpack"):
                db.send_statement(numbers, {"most": most}).one()


def test_a_broken_constraint_in_a_hot_statement_is_the_drivers_error() -> None:
    again = db.HotStatement("INSERT INTO brand SELECT * FROM brand WHERE id = %(id)s")
    with pytest.raises(psycopg.errors.UniqueViolation), db.system_transaction():
        db.send_statement(again, {"id": make_brand().id})
