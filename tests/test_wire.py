"""The wire of `make bench-till`: it hands everything on, and counts statements and trips."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from sqlalchemy import make_url

from app import config
from bench.wire import Heard, Wire

Counted = tuple[Wire, psycopg.Connection]


@pytest.fixture
def counted() -> Iterator[Counted]:
    """A connection through a wire that has forgotten how it was opened."""
    url = make_url(config.current().database_url)
    with TemporaryDirectory() as folder:
        wire = Wire(Path(folder), to=Path(str(url.query["host"])) / f".s.PGSQL.{url.query['port']}")
        given = {"user": url.username, "password": url.password, "dbname": url.database, "port": url.query["port"]}
        with psycopg.connect(host=folder, **given, autocommit=True) as connection:  # type: ignore[arg-type]
            connection.execute("SELECT 1")
            wire.take_heard()
            yield wire, connection
        wire.close()


def heard_of(counted: Counted) -> tuple[int, int, int]:
    """Statements, BEGINs and their like, trips."""
    heard: Heard = counted[0].take_heard()
    return len(heard.statements), heard.frames, heard.trips


def test_a_statement_with_values_is_one_statement_and_one_trip(counted: Counted) -> None:
    counted[1].execute("SELECT %s::uuid", (uuid.uuid4(),))
    assert heard_of(counted) == (1, 0, 1)


def test_a_transaction_around_a_statement_is_two_trips_more(counted: Counted) -> None:
    with counted[1].transaction():
        counted[1].execute("SELECT 1")
    assert heard_of(counted) == (1, 2, 3)


def test_a_prepared_statement_counts_whenever_it_runs(counted: Counted) -> None:
    for number in range(3):
        counted[1].execute("SELECT %s::int", (number,), prepare=True)
    assert len(counted[0].take_heard().statements) == 3


def test_what_a_pipeline_sends_without_waiting_is_one_trip(counted: Counted) -> None:
    with counted[1].pipeline():
        cursors = [counted[1].execute("SELECT %s::int", (number,)) for number in range(5)]
    assert [cursor.fetchone() for cursor in cursors] == [(number,) for number in range(5)]
    assert heard_of(counted) == (5, 0, 1)


def test_an_empty_statement_is_a_ping(counted: Counted) -> None:
    counted[1].execute(";")
    assert counted[0].take_heard().pings == 1


def test_statements_in_one_text_are_counted_each_but_not_inside_quotes(counted: Counted) -> None:
    counted[1].execute("BEGIN; SELECT 'a;b'; SELECT 2; COMMIT")
    assert heard_of(counted) == (2, 2, 1)
