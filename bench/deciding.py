"""`make bench-deciding`: what an order by scores costs.

In one run, taking turns, in processor time:
  plain    200 live candidates in the plain order
  scored   the same 200 by all factors: the text of a profile of a hundred articles read, scores, draws, propensity
  nearby   a whole answer to "near me" (search, order, decision row with its commit), by the plain order
  profiled the same for the same members while they let brands look at what they buy
  learnt   one purchase, learnt by one statement, against a round trip

Works on the database that `make bench-nearby ARGS=--keep` left, or builds a small one. `share_inside_nearby` is how
many answers with scoring on are given for one with scoring off, by the processor time of this process and of its
connections in PostgreSQL together.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson

from app import factory
from app.config import Config
from app.sql import db, hot_statements
from bench import machine, nearby, processor, world
from bench.machine import say
from offers.deciding.answers import Fix, Question, conclude_answers, search_offers
from offers.deciding.discovery import seed_of
from offers.deciding.facts import OfferFacts
from offers.deciding.profiles import TasteRow, measure_candidates, open_profiles
from offers.deciding.ranking import Candidate, Outcome, rank_candidates
from offers.learning import lessons
from offers.learning.tastes.affinities import want_articles
from offers.learning.tastes.packed_tastes import pack_taste
from offers.learning.tastes.tastes import read_taste
from offers.planning.audiences.for_whom import read_for_whom
from offers.planning.audiences.use_limits import read_use_limits
from wallet.purchases import records
from wallet.purchases.basket import Basket, BasketLine, Products

NAME = "ici_bench"
LIVE = 200
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
BRAND = b"019b76da-a800-7007-9b25-d123dc0eefea"
SMALL = SimpleNamespace(stores=2_000, offers=8_000, members=4_000, walkers=1_000, keep=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--members", type=int, default=60, help="answers of each kind in each round")
    parser.add_argument("--keep", action="store_true", help="keep the database")
    asked = parser.parse_args()
    server = machine.cluster()
    server.start()
    try:
        if not server.database_exists(NAME):
            size = world.Size(SMALL.stores, SMALL.offers, SMALL.members)
            nearby.database(server, NAME, size, SMALL)  # type: ignore[arg-type]
        ratios, figures = _measure(server, asked)
    finally:
        if asked.keep:
            server.stop()
        else:
            server.destroy()
    machine.result(ratios, figures)


def _measure(server: Any, asked: argparse.Namespace) -> tuple[dict[str, float], dict[str, Any]]:
    factory.create_app(
        Config(
            environment="test", database_url=server.url("app", NAME), owner_database_url=None, secret=nearby.SECRET,
            var=nearby.FOLDER, mail="development", sms="development", public_url="http://localhost",
        )
    )  # fmt: skip
    plain, scored = live_candidates(), _scoring()
    questions = _questions(asked.members)
    shops = _shops(questions)
    measures: dict[str, Callable[[], int]] = {
        "plain": lambda: _many(lambda: rank_candidates(plain, is_cut=False), 40),
        "scored": lambda: _many(lambda: scored(plain), 40),
        "nearby": lambda: _answer(questions),
        "profiled": lambda: _answer(questions),
        "round_trip": lambda: _many(_round_trip, 40),
        "learnt": lambda: _learn(shops),
    }
    for measure in measures.values():
        measure()  # caches of plans and pages fill
    found: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(asked.rounds):
        say(f"round {number + 1} of {asked.rounds}")
        for name, measure in measures.items():
            _permit_profiling(questions, is_permitted=name != "nearby")
            started = _processor()
            count = measure()
            found[name].append((_processor() - started) / count)
    seconds = {name: statistics.median(times) for name, times in found.items()}
    ratios = {
        "share_inside_nearby": statistics.median(
            off / on for off, on in zip(found["nearby"], found["profiled"], strict=True)
        ),
        "plain_over_scored": seconds["plain"] / seconds["scored"],
        "learnt_over_round_trip": seconds["learnt"] / seconds["round_trip"],
    }
    return ratios, {
        "decisions_per_second": {"plain": 1 / seconds["plain"], "scored": 1 / seconds["scored"]},
        "candidates": LIVE,
        "median_us": {name: round(value * 1e6) for name, value in seconds.items()},
        "statements_to_learn_one_purchase": 1,
    }


def _processor() -> float:
    """Seconds of processor, of this process and of PostgreSQL's that work for it."""
    return time.process_time() + sum(processor.seconds_of(pid) for pid in _backends())


@cache
def _backends() -> tuple[int, ...]:
    with hot_statements.kept_connection() as connection:
        kept = connection.info.backend_pid
    with db.system_transaction():
        return kept, db.driver_connection().info.backend_pid


def live_candidates() -> list[Candidate]:
    """So many live offers of one brand, all of which may be shown."""
    rng = random.Random(world.SEED)
    return [
        Candidate(
            BRAND, 1 + n % 12, 1 + n, 1, rng.choice([30, 50, 50, 50, 70, 90]), rng.uniform(5, 2000), True,
            Outcome.SHOWN, None, b"{}", b"{}", NOW + timedelta(days=rng.randint(1, 30)), 0, rng.randint(0, 300),
            rng.randint(0, 9), 20_000, rng.randint(0, 3_000),
        )
        for n in range(LIVE)
    ]  # fmt: skip


def _scoring() -> Callable[[Sequence[Candidate]], Any]:
    rng = random.Random(world.SEED)
    facts = {1 + n: _facts(rng) for n in range(LIVE)}
    tastes = {BRAND: TasteRow(0, pack_taste(read_taste(world.taste_of(rng, offers=LIVE).encode())))}
    decisions = iter(range(10**9))

    def decide(candidates: Sequence[Candidate]) -> Any:
        profiles = open_profiles(tastes, {}, [BRAND], now=NOW)
        measure = partial(measure_candidates, profiles=profiles, facts=facts, knows_distance=True, now=NOW)
        seed = seed_of(str(next(decisions)), "score/1")
        return rank_candidates(candidates, is_cut=False, measure=measure, seed=seed)

    return decide


def _facts(rng: random.Random) -> OfferFacts:
    articles, offer_id = world.articles(rng), UUID(BRAND.decode())
    wanted = want_articles(Products(**{name: frozenset(values) for name, values in articles.items()}))
    return OfferFacts(
        BRAND, orjson.dumps(articles), wanted, 0, offer_id, "Europe/Paris", read_for_whom({}), read_use_limits({})
    )


def _permit_profiling(questions: Sequence[Question], *, is_permitted: bool) -> None:
    until = None if is_permitted else NOW - timedelta(days=365)
    with db.system_transaction():
        change = "UPDATE profile SET permitted_until = $2 WHERE member_id = ANY ($1)"
        change += " AND permitted_until IS DISTINCT FROM $2 RETURNING 1"
        db.fetch(change, [[question.member_id for question in questions], until])


def _questions(count: int) -> list[Question]:
    with hot_statements.kept_connection() as connection:
        rows = connection.execute(
            "SELECT member, session, lon, lat FROM walker WHERE profiled ORDER BY n LIMIT %s", (count,)
        ).fetchall()
    return [Question(Fix(lat, lon, 20.0), UUID(member), UUID(session), "fr", NOW) for member, session, lon, lat in rows]


def _answer(questions: Sequence[Question]) -> int:
    """One by one, as the lane does for one who asks alone."""
    with hot_statements.kept_connection() as connection:
        for question in questions:
            now = question._replace(now=datetime.now(UTC))
            conclude_answers(connection, [(now, search_offers(connection, [now])[0])])
    return len(questions)


def _round_trip() -> None:
    with hot_statements.kept_connection() as connection:
        hot_statements.ask_statement(connection, "SELECT 1", ())


def _many(act: Callable[[], Any], count: int) -> int:
    for _ in range(count):
        act()
    return count


def _shops(questions: Sequence[Question]) -> list[tuple[UUID, UUID]]:
    """Members with the brands that know them."""
    with db.system_transaction():
        members = [question.member_id for question in questions[:20]]
        known = "SELECT member_id, brand_id FROM profile WHERE member_id = ANY ($1)"
        return [(member_id, brand_id) for member_id, brand_id in db.fetch(known, [members])]


def _learn(shops: Sequence[tuple[UUID, UUID]]) -> int:
    """A purchase of each, which is not counted; then what is new of each is learnt, which is."""
    now = datetime.now(UTC)
    line = BasketLine(1, 1, 250, sku="tea-7", category="food/aisle-3/shelf-1", label="Thé")
    with db.system_transaction():
        for member_id, brand_id in shops:
            basket = Basket("EUR", now, (line,), channel="web")
            receipt = str(db.new_id())
            records.record_purchase(
                member_id=member_id, brand_id=brand_id, basket=basket, terminal="1", receipt=receipt, now=now
            )
    for member_id, brand_id in shops:
        with db.system_transaction():
            lessons.learn_profile(member_id, brand_id, now=now)
    return len(shops)


if __name__ == "__main__":
    main()
