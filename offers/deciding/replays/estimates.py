"""What another policy would have brought, from what one policy did: off-policy estimation. Pure.

Each trial is an offer that led a list: how likely it was to lead under the policy that was used, how likely it would be
under the other one, and whether it was taken. The estimate is the self-normalised mean of the inverse propensity
(Swaminathan and Joachims 2015). Trials of one member are not independent, so its interval is that of a ratio over
members. An estimate that rests on too little is refused, not printed.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

LEAST_SAMPLE, LEAST_TAKEN = 100, 10
"""The effective sample, and the offers taken, below which nothing is estimated."""

NORMAL_95 = 1.959963984540054


class Trial(NamedTuple):
    """One leader of one decision, of a member. Propensities are above 0 and at most 1."""

    member: object
    propensity: float
    propensity_of_other: float
    taken: bool


class Estimate(NamedTuple):
    """How often leaders were taken, and how often they would be: shares from 0 to 1, with the interval (95 %) of the
    second. `sample` is the effective sample: so many trials of the other policy itself would say as much.

    `refused` says why the second is no answer; the numbers are there to show it.
    """

    trials: int
    taken: int
    was: float
    would_be: float
    least: float
    most: float
    sample: float
    refused: str | None


def estimate_uptake(trials: Iterable[Trial]) -> Estimate:
    """How often leaders would be taken under the other policy."""
    counted = taken = 0
    whole = squares = 0.0
    of_members: dict[object, tuple[float, float]] = {}
    for trial in trials:
        weight = trial.propensity_of_other / trial.propensity
        counted, taken = counted + 1, taken + trial.taken
        whole, squares = whole + weight, squares + weight * weight
        won, tried = of_members.get(trial.member, (0.0, 0.0))
        of_members[trial.member] = won + weight * trial.taken, tried + weight
    if not whole:
        return Estimate(counted, taken, taken / max(counted, 1), 0.0, 0.0, 1.0, 0.0, "no leader that both would show")
    mean = sum(won for won, _ in of_members.values()) / whole
    error = math.sqrt(sum((won - mean * tried) ** 2 for won, tried in of_members.values())) / whole
    sample = whole * whole / squares
    return Estimate(
        counted,
        taken,
        taken / counted,
        mean,
        max(mean - NORMAL_95 * error, 0.0),
        min(mean + NORMAL_95 * error, 1.0),
        sample,
        _refusal(sample, taken, members=len(of_members)),
    )


def _refusal(sample: float, taken: int, *, members: int) -> str | None:
    if sample < LEAST_SAMPLE:
        return f"an effective sample of {sample:.0f}, and at least {LEAST_SAMPLE} are needed"
    if taken < LEAST_TAKEN:
        return f"{taken} offers taken, and at least {LEAST_TAKEN} are needed"
    if members < LEAST_TAKEN:
        return f"{members} members, and at least {LEAST_TAKEN} are needed"
    return None
