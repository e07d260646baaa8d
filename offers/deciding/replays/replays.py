"""Decisions made again from what is kept of them.

Everything behind the gates is made again: the draw, the scores, the order, who leads and how likely that was, the cut.
What the gates said is kept as a fact, since what they looked at (hours, budgets, coupons) has passed.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from app.sql import db
from offers.deciding import queries
from offers.deciding.decisions import AT_ONCE, IN_LEAFLET, Placement
from offers.deciding.discovery import CERTAIN_PPM
from offers.deciding.factors import Weights
from offers.deciding.placements.placements import AT_TILL
from offers.deciding.ranking import MOST_SHOWN, PLAIN, SCORE, SHELF_PLAIN, SHELF_SCORE, Outcome
from offers.deciding.replays.estimates import Trial
from offers.deciding.replays.records import entries_of, in_front_of, seed_in, weights_of
from offers.deciding.scores import ScoredOffer, leaders_of, order_entries, propensity_in

BATCH = 2_000
MOST: Mapping[str, int] = {
    Placement.NEARBY: MOST_SHOWN,
    Placement.FEED: MOST_SHOWN,
    Placement.TILL: AT_TILL,
    Placement.LEAFLET: IN_LEAFLET,
    Placement.ARRIVAL: AT_ONCE,
    Placement.DWELL: AT_ONCE,
    Placement.ZONE: AT_ONCE,
    Placement.TAG: AT_ONCE,
}
"""How many offers each placement shows."""

BY_SCORE, BY_PRIORITY = (SCORE, SHELF_SCORE), (PLAIN, SHELF_PLAIN)
PASSED = (Outcome.SHOWN, Outcome.UNSEEN, Outcome.OUTRANKED)
"""What passed every gate comes to one of these."""


class Replayed(NamedTuple):
    """A decision made again. `same` says that it came out as it was kept; `leads_else` that another offer would lead
    under the other policy, `ordered_else` that the order would differ; `trials` are its leaders, as they can be
    judged."""

    decision_id: uuid.UUID
    same: bool
    leads_else: bool
    ordered_else: bool
    trials: Sequence[Trial]


def replay_decisions(
    *, since: datetime, until: datetime, other: Weights | None = None, within: timedelta = timedelta(days=14)
) -> Iterator[Replayed]:
    """Make the decisions of a time again, those of each batch in the order of their ids.

    With `other` also by these weights; a leader counts as taken when the member claimed it within so long afterwards.
    """
    found = iter(db.session().execute(queries.decisions_between(since, until).execution_options(yield_per=BATCH)))
    while batch := list(islice(found, BATCH)):
        yield from _replayed(batch, other, within)


def _replayed(batch: Sequence[Any], other: Weights | None, within: timedelta) -> Iterator[Replayed]:
    weights = weights_of(
        {
            (number, version)
            for one in batch
            for number, version in zip(one.considered[::4], one.context.get("versions", ()), strict=False)
            if version > 0
        }
    )
    plain = [one for one in batch if one.policy in BY_PRIORITY]
    priorities = _priorities(
        {pair for one in plain for pair in zip(one.considered[::4], one.considered[1::4], strict=True)}
    )
    made = [(one, entries_of(one, weights)) for one in batch]
    taken = _taken(made, within) if other is not None else set()
    for one, entries in made:
        if one.policy not in BY_SCORE:
            same = one.policy in BY_PRIORITY and _is_plain_again(one, priorities)
            yield Replayed(one.id, same, leads_else=False, ordered_else=False, trials=())
            continue
        same = is_same_again(one, entries)
        yield Replayed(one.id, same, *_by_other(one, entries, other, taken))


def is_same_again(decision: Any, entries: Sequence[ScoredOffer]) -> bool:
    """Whether a decision by scores comes out as it was kept: order, cut, propensities."""
    order = order_entries(entries, seed=seed_in(decision))
    if list(order.places) != list(range(len(entries))) or list(order.propensities) != list(decision.propensities):
        return False
    return _is_cut_again(decision, len(entries))


def _is_plain_again(decision: Any, priorities: Mapping[tuple[int, int], int]) -> bool:
    """What the member stood before came first. Of equal priority the nearest did, which the kept order says and nothing
    else."""
    outcomes = decision.considered[3::4]
    passed = sum(outcome in PASSED for outcome in outcomes)
    near = in_front_of(decision)
    kept = [
        (pair[0] in near, priorities[pair])
        for pair in zip(decision.considered[: 4 * passed : 4], decision.considered[1 : 4 * passed : 4], strict=True)
    ]
    return kept == sorted(kept, reverse=True) and _is_cut_again(decision, passed)


def _is_cut_again(decision: Any, passed: int) -> bool:
    cut = min(passed, MOST[decision.placement])
    outcomes = decision.considered[3::4]
    first = Outcome.UNSEEN if Outcome.UNSEEN in outcomes else Outcome.SHOWN
    best = [first] * cut + [Outcome.OUTRANKED] * (passed - cut)
    spare_is_right = passed > 0 or Outcome.FALLBACK_NOT_NEEDED not in outcomes
    shown = cut if first is Outcome.SHOWN else 0
    return decision.shown == shown and list(outcomes[:passed]) == best and spare_is_right


def _by_other(
    decision: Any, entries: Sequence[ScoredOffer], other: Weights | None, taken: set[tuple[uuid.UUID, int]]
) -> tuple[bool, bool, list[Trial]]:
    """Whether another offer would lead, whether the order would differ, and the trials of its leaders."""
    if other is None:
        return False, False, []
    seed = seed_in(decision)
    weighed = [entry if entry.plain else entry._replace(weights=other) for entry in entries]
    places = order_entries(weighed, seed=seed).places
    leaders = leaders_of(range(len(entries)), entries)
    trials = [
        Trial(
            decision.member_id,
            propensity / CERTAIN_PPM,
            propensity_in(leader, weighed, seed=seed) / CERTAIN_PPM,
            (decision.id, entries[leader].offer_number) in taken,
        )
        for leader, propensity in zip(leaders.values(), decision.propensities, strict=True)
        if propensity and (decision.shown > leader)
    ]
    return leaders_of(places, entries) != leaders, list(places) != list(range(len(entries))), trials


def _taken(made: Iterable[tuple[Any, Sequence[ScoredOffer]]], within: timedelta) -> set[tuple[uuid.UUID, int]]:
    """Which leaders of which decisions the member claimed afterwards."""
    asked = [
        (one.member_id, one.id, one.decided_at, entries[leader].offer_number)
        for one, entries in made
        for leader in leaders_of(range(len(entries)), entries).values()
    ]
    if not asked:
        return set()
    members, ids, times, numbers = map(list, zip(*asked, strict=True))
    given = {"members": members, "ids": ids, "times": times, "numbers": numbers, "within": within}
    return {(row.id, row.offer_number) for row in db.execute(queries.CLAIMED_AFTER, given)}


def _priorities(pairs: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    if not pairs:
        return {}
    return {(number, version): priority for number, version, priority in db.rows(queries.priorities_of(pairs))}
