"""The share of chance in an order: who is tried out, how likely that was, and the same chance again when replayed.
Pure.

What is known of an offer's uptake is a Beta distribution; a draw from it says how well the offer may do. It is drawn by
strata: eight parts of the distribution that are equally likely, each by its middle. So how likely an offer was to stand
first can be counted, and need not be estimated. Chance comes from the decision's id alone.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from offers.deciding.factors import log_millionths

STRATA = 8
MIDDLES = (
    *(-1.5341205443525463, -0.8871465590188761, -0.4887764111146695, -0.15731068461017073),
    *(0.15731068461017073, 0.4887764111146695, 0.8871465590188761, 1.5341205443525463),
)
"""Where the normal distribution has 1, 3, … 15 sixteenths of itself below."""

USUAL = 0.02
"""The uptake that speaks neither for an offer nor against it: one showing in fifty."""

LEAST, MOST = 0.25, 4.0
"""The bounds of the factor, against the usual uptake."""

MOST_PERCENT = 10
"""The greatest share of first places that chance alone gives: one percent for each offer, and ten for all."""

CERTAIN_PPM = 1_000_000
ALL_BITS = (1 << 64) - 1
KEPT = 100_000


Placed = tuple[int, int, tuple[int, int, int], int, int, int, Sequence[int]]
"""An offer in its place: tier, score, what breaks a tie; then its place in the plain order, its score but for the draw,
the weight of the draw, and what it may draw, from the least to the most. Compared in this order, the greatest first; no
two have one place."""

TIER: Final = 0
PLACE: Final = 3


def seed_of(decision_id: str, policy: str) -> int:
    """The chance of a decision under a policy: 64 bits."""
    return int.from_bytes(blake2b(f"{policy} {decision_id}".encode(), digest_size=8).digest())


def bits_of(seed: int, offer_number: int, version: int) -> int:
    """The chance of one offer in a decision, with the version of its brand's weights: 64 bits (splitmix64)."""
    mixed = (seed + 0x9E3779B97F4A7C15 * (offer_number + 1) + 0xD1B54A32D192ED03 * version) & ALL_BITS
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & ALL_BITS
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & ALL_BITS
    return mixed ^ (mixed >> 31)


@lru_cache(maxsize=KEPT)
def strata_of(successes: int, failures: int) -> tuple[int, ...]:
    """What may be drawn for an uptake of which this is known, from the least to the most: logarithms in millionths of
    the uptake over the usual one, within bounds.

    A quantile of Beta is one of F, whose cube root is nearly normal (Paulson 1942): a root and no table.
    """
    drawn = [quantile_of(successes, failures, middle) for middle in MIDDLES]
    return tuple(log_millionths(min(max(one / USUAL, LEAST), MOST)) for one in drawn)


def quantile_of(successes: int, failures: int, middle: float) -> float:
    """The value of Beta(successes, failures), both at least 1, at this place of the normal distribution."""
    above, below = 1 / (9 * successes), 1 / (9 * failures)
    least, most = 1 - below, 1 - above
    spread = math.sqrt(max(least * least * above + most * most * below - middle * middle * above * below, 0.0))
    root = max((most * least + middle * spread) / (least * least - middle * middle * below), 0.0)
    ratio = successes * root * root * root
    return ratio / (failures + ratio)


def percent_for(count: int) -> int:
    """In how many of a hundred decisions chance alone says which of so many offers stands first."""
    return min(count, MOST_PERCENT) if count > 1 else 0


def led_by_chance(seed: int, tier: int, count: int) -> int | None:
    """Which of so many offers stands first by chance alone; None when the scores decide."""
    bits = bits_of(seed, tier, -1)
    if (bits >> 32) * 100 >> 32 >= percent_for(count):
        return None
    return (bits & 0xFFFFFFFF) * count >> 32


def chance_of_first(contenders: Sequence[Placed]) -> tuple[int, int]:
    """How likely the score of the first of these is the greatest: so many of so many equally likely draws."""
    _, _, tie, _, base, weight, strata = contenders[0]
    lowest = base + weight * strata[0]
    rivals = []
    for _, _, other_tie, _, other_base, other_weight, other_strata in contenders[1:]:
        if other_base + other_weight * other_strata[-1] >= lowest:
            drawn = [other_base + other_weight * one for one in other_strata]
            rivals.append((drawn, bisect_left if other_tie > tie else bisect_right))
    ways = 0
    for one in reversed(strata):
        score, product = base + weight * one, 1
        for drawn, count_below in rivals:
            product *= count_below(drawn, score)
        if not product:  # nor for what is drawn below it
            break
        ways += product
    return ways, STRATA ** (len(rivals) + 1)


def propensity_of(contenders: Sequence[Placed]) -> int:
    """How likely the first of these stood first, in millionths: by its score, or by chance alone."""
    count = len(contenders)
    if count == 1:
        return CERTAIN_PPM
    ways, all_ways = chance_of_first(contenders)
    percent = percent_for(count)
    return ways * (100 - percent) * 10_000 // all_ways + percent * 10_000 // count
