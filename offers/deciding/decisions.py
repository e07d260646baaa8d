"""The way of every decision, wherever it is asked: candidates that were judged by the gates, an order, a row, an
answer.

One trip for what is not known yet (rare), one for all rows. Works on whatever connection the search was sent.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import orjson
import psycopg
from uuid_utils import uuid7

from app import clock
from app.sql import hot_statements
from offers.deciding import queries
from offers.deciding.audience_gate import Judging, judge_audiences
from offers.deciding.discovery import seed_of
from offers.deciding.factors import OFTEN
from offers.deciding.facts import (
    BrandWeights,
    OfferFacts,
    Policy,
    Version,
    find_about,
    read_offer_facts,
    read_weights,
)
from offers.deciding.profiles import Profiled, TasteRow, measure_candidates, open_profiles
from offers.deciding.ranking import (
    MOST_SHOWN,
    PLAIN,
    SCORE,
    SHELF_PLAIN,
    SHELF_SCORE,
    Candidate,
    Measure,
    Outcome,
    Ranked,
    rank_candidates,
)
from offers.deciding.scores import ScoredOffer
from offers.planning.models import FOR_SOME
from wallet.purchases.basket import Products

SHOWN = int(Outcome.SHOWN)


class Placement(StrEnum):
    """Where offers are shown."""

    NEARBY = "nearby"  # "I am here, what is there for me?"
    FEED = "feed"  # in the wallet, without a position
    TILL = "till"  # to staff, after a scan
    LEAFLET = "leaflet"  # for a week, to read and to print
    ARRIVAL = "arrival"  # when a visit begins
    DWELL = "dwell"  # when a visit lasts
    ZONE = "zone"  # in a part of a store
    TAG = "tag"  # at a code that the member read


IN_LEAFLET = 8
"""What two columns of a sheet of paper hold, each with a barcode."""

AT_ONCE = 3
"""What a moment in a store brings at most: as many lines as a locked screen shows. Whoever walks reads no list."""


class Consideration(NamedTuple):
    """Who asks, and what was found: candidates with what the search made of each, tastes by brand, and the permission
    events behind them. `is_cut`, `most` and `is_seen` are those of `rank_candidates`; `shelf` is what the member stands
    before, None where nobody knows."""

    member_id: uuid.UUID
    placement: Placement
    candidates: Sequence[Candidate]
    tastes: Mapping[bytes, TasteRow]
    events: Sequence[bytes]
    now: datetime
    is_cut: bool = False
    knows_distance: bool = False
    most: int = MOST_SHOWN
    shelf: Products | None = None
    is_seen: bool = True


class Decided(NamedTuple):
    """What was decided. `bought` are the numbers of the shown offers for which the member's purchases speak most,
    `in_front` those of all that passed the gates and are on what the member stands before."""

    decision_id: str
    decided_at: str
    ranked: Ranked
    bought: frozenset[int]
    in_front: frozenset[int] = frozenset()


class KnownFacts(NamedTuple):
    """What an order is made of that never changes: by its number each offer that passed the search and of which
    anything is asked, and brands' weights; and whether any of these offers is not for everybody."""

    facts: Mapping[int, OfferFacts]
    weights: Mapping[Policy, BrandWeights]
    for_some: bool


def decide_all(
    connection: psycopg.Connection[Any],
    asked: Sequence[Consideration],
    *,
    keep: Callable[[list[Any]], object] | None = None,
) -> list[Decided]:
    """Order what is asked of each, and keep all decisions in one statement, all or none. Raises `psycopg.Error`.

    `keep` sends that statement (`queries.RECORD`) with these values; at once on this connection unless it is given.
    """
    known = _known(connection, asked)
    if any(one.for_some for one in known):
        judging = [
            Judging(one.member_id, one.now, one.candidates, there.facts)
            for one, there in zip(asked, known, strict=True)
        ]
        judged = judge_audiences(connection, judging)
        asked = [one._replace(candidates=candidates) for one, candidates in zip(asked, judged, strict=True)]
    rows, decided = zip(*map(_decided, asked, known), strict=True)
    values = list(map(list, zip(*rows, strict=True)))
    if keep is None:
        hot_statements.ask_statement(connection, queries.RECORD, values)
    else:
        keep(values)
    return list(decided)


def _known(connection: psycopg.Connection[Any], asked: Sequence[Consideration]) -> Sequence[KnownFacts]:
    """What the order of each needs: of those who may be profiled or stand before a shelf, and of the offers that are
    not for everybody."""
    policies = {(brand, said.version) for one in asked for brand, said in one.tastes.items() if said.version}
    needed: list[tuple[list[Version], bool]] = []
    for one in asked:
        needs_all, for_some = bool(one.tastes) or one.shelf is not None, False
        versions: list[Version] = []
        for candidate in one.candidates:
            if candidate.outcome == SHOWN:
                is_for_some = candidate.traits & FOR_SOME
                if is_for_some:
                    for_some = True
                if needs_all or is_for_some:
                    versions.append((candidate.offer_number, candidate.version))
        needed.append((versions, for_some))
    facts = iter(read_offer_facts(connection, [version for versions, _ in needed for version in versions]))
    weights = read_weights(connection, policies)
    return [
        KnownFacts({number: next(facts) for number, _ in versions}, weights, for_some) for versions, for_some in needed
    ]


def _decided(asked: Consideration, known: KnownFacts) -> tuple[tuple[Any, ...], Decided]:
    """The row of a decision (`queries.RECORD`), and the decision."""
    decision_id, decided_at = str(uuid7()), clock.write_instant(asked.now)
    profiles = _profiles(asked, known)
    in_front = _in_front(asked, known)
    policy = _policy(is_scored=bool(profiles), is_at_shelf=asked.shelf is not None)
    ranked = _ranked(asked, known, profiles, in_front, seed_of(decision_id, policy) if profiles else 0)
    considered = [value for entry in ranked.considered for value in entry]
    row = (
        asked.member_id,
        decision_id,
        decided_at,
        policy,
        f"{{{b','.join(asked.events).decode()}}}",
        _array(considered),
        len(ranked.shown) if asked.is_seen else 0,
        _array([value for entry in ranked.entries for value in entry.factors]) if profiles else None,
        _array(ranked.propensities) if profiles else None,
        asked.placement,
        _context(ranked.entries, in_front),
    )
    return row, Decided(decision_id, decided_at, ranked, _bought_often(ranked), in_front)


def _policy(*, is_scored: bool, is_at_shelf: bool) -> str:
    if is_at_shelf:
        return SHELF_SCORE if is_scored else SHELF_PLAIN
    return SCORE if is_scored else PLAIN


def _in_front(asked: Consideration, known: KnownFacts) -> frozenset[int]:
    """The numbers of the offers that passed every gate and are on what the member stands before."""
    if asked.shelf is None:
        return frozenset()
    passed = {
        one.offer_number: known.facts[one.offer_number].articles for one in asked.candidates if one.outcome == SHOWN
    }
    about = find_about(passed.values(), asked.shelf)
    return frozenset(number for number, articles in passed.items() if articles in about)


def _profiles(asked: Consideration, known: KnownFacts) -> Mapping[bytes, Profiled]:
    """What may be used of the member for the offers that passed every gate."""
    if not asked.tastes:
        return {}
    brands = {known.facts[one.offer_number].brand for one in asked.candidates if one.outcome == SHOWN}
    return open_profiles(asked.tastes, known.weights, brands, now=asked.now)


def _ranked(
    asked: Consideration,
    known: KnownFacts,
    profiles: Mapping[bytes, Profiled],
    in_front: Collection[int],
    seed: int,
) -> Ranked:
    measure: Measure | None = None
    if profiles:
        facts, knows_distance, now = known.facts, asked.knows_distance, asked.now

        def measure(candidates: Sequence[Candidate]) -> list[ScoredOffer]:
            return measure_candidates(
                candidates, profiles=profiles, facts=facts, knows_distance=knows_distance, now=now, in_front=in_front
            )

    return rank_candidates(
        asked.candidates,
        is_cut=asked.is_cut,
        most=asked.most,
        measure=measure,
        seed=seed,
        in_front=in_front,
        is_seen=asked.is_seen,
    )


def _array(values: Sequence[int]) -> str:
    """As PostgreSQL reads it: what JSON writes between other brackets, and orjson writes it fastest."""
    return f"{{{orjson.dumps(values)[1:-1].decode()}}}"


def _context(entries: Sequence[ScoredOffer], in_front: Collection[int]) -> str:
    """JSON text: the version of the weights of each entry, -1 for one in the plain order, unless all are 0; and the
    numbers of the offers on what the member stood before, unless there are none."""
    parts = []
    if any(entry.plain or entry.version for entry in entries):
        versions = ",".join([str(PLAIN_ENTRY if entry.plain else entry.version) for entry in entries])
        parts.append(f'"versions":[{versions}]')
    if in_front:
        parts.append(f'"in_front":[{",".join(map(str, sorted(in_front)))}]')
    return f"{{{','.join(parts)}}}"


PLAIN_ENTRY = -1


def _bought_often(ranked: Ranked) -> frozenset[int]:
    """The numbers of the shown offers that go with what the member themselves bought, and not what everybody buys."""
    return frozenset(
        [
            entry.offer_number
            for entry in ranked.entries[: len(ranked.shown)]
            if entry.is_own and entry.factors.affinity >= OFTEN and not entry.plain
        ]
    )
