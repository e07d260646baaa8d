"""`make bench-layers`: what each layer of nearby offers costs, one caller at a time, without a network.

Works on the database that `make bench-nearby ARGS=--keep` left. Each layer holds the ones before it:
  round trip   SELECT 1, prepared
  statement    the one statement, as psycopg sends it
  decision     and the ranking, the decision row and its commit
  lane         and the token, the body, the answer, the log line: the short way
  route        the same request through Flask and flask-smorest
"""

import argparse
import io
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app import factory
from app.config import Config
from app.sql import hot_statements
from bench import machine
from bench.machine import say
from bench.nearby import FOLDER, SECRET
from offers.deciding.answers import Fix, Question, conclude_answers, search_offers
from offers.deciding.lane import PATH

NAME = "ici_bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--members", type=int, default=100)
    asked = parser.parse_args()
    server = machine.cluster()
    server.start()
    try:
        if not server.database_exists(NAME):
            sys.exit("No bench database: run `make bench-nearby ARGS=--keep` first.")
        medians = _measure(server, asked)
    finally:
        server.stop()
    ratios = {f"{layer}_over_statement": value / medians["statement"] for layer, value in medians.items()}
    machine.result(ratios, {"median_us": {layer: round(value) for layer, value in medians.items()}})


def _measure(server: Any, asked: argparse.Namespace) -> dict[str, float]:
    app = factory.create_app(
        Config(
            environment="test",
            database_url=server.url("app", NAME),
            owner_database_url=None,
            secret=SECRET,
            var=FOLDER,
            mail="development",
            sms="development",
            public_url="http://localhost",
        )
    )
    lines = (FOLDER / "ours.txt").read_text().splitlines()[: asked.members]
    requests = [tuple(line.split("\t")) for line in lines]
    questions = list(_questions(asked.members))
    lane = app.wsgi_app
    layers: dict[str, Callable[[int], Any]] = {
        "round trip": lambda n: _ask("SELECT 1"),
        "statement": lambda n: _look(_now(questions[n])),
        "decision": lambda n: _decide(_now(questions[n])),
        "lane": lambda n: _call(lane, *requests[n]),
        "route": lambda n: _call(lane.flask, *requests[n]),  # type: ignore[attr-defined]
    }
    times: dict[str, list[float]] = {layer: [] for layer in layers}
    for number in range(asked.rounds):
        say(f"round {number + 1} of {asked.rounds}")
        for n, (layer, call) in itertools.product(range(asked.members), layers.items()):
            started = time.perf_counter()
            call(n)
            times[layer].append((time.perf_counter() - started) * 1e6)
    return {layer: statistics.median(found) for layer, found in times.items()}


def _questions(members: int) -> Iterator[Question]:
    with hot_statements.kept_connection() as connection:
        found = connection.execute("SELECT member, session, lon, lat FROM walker ORDER BY n LIMIT %s", (members,))
        rows = found.fetchall()
    for member, session, lon, lat in rows:
        yield Question(Fix(lat, lon, 20.0), UUID(member), UUID(session), "fr", datetime.now(UTC))


def _now(question: Question) -> Question:
    return question._replace(now=datetime.now(UTC))


def _ask(statement: str) -> list[hot_statements.Row]:
    with hot_statements.kept_connection() as connection:
        return hot_statements.ask_statement(connection, statement, ())


def _look(question: Question) -> list[hot_statements.Row]:
    with hot_statements.kept_connection() as connection:
        return search_offers(connection, [question])[0]


def _decide(question: Question) -> bytes:
    with hot_statements.kept_connection() as connection:
        return conclude_answers(connection, [(question, search_offers(connection, [question])[0])])[0].text


def _call(application: Any, authorization: str, body: str) -> bytes:
    sent = body.encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(sent)),
        "HTTP_AUTHORIZATION": authorization,
        "HTTP_ACCEPT_LANGUAGE": "fr",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(sent),
        "wsgi.errors": sys.stderr,
    }
    statuses: list[str] = []
    answer = b"".join(application(environ, lambda status, headers, error=None: statuses.append(status)))
    if statuses != ["200 OK"]:
        raise RuntimeError(f"{statuses}: {answer[:300]!r}")
    return answer


if __name__ == "__main__":
    main()
