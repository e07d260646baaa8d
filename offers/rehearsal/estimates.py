"""How often an offer would be used and what it would cost, with the range of doubt. Pure; chance comes from a seed.

Members differ, and nobody knows how many of those who are shown an offer take it. So two doubts are drawn together, a
thousand times: the brand's rate, from a beta distribution of what its members did with the offers that they were shown
(`Rate`), and the members, by a bootstrap whose weights are Poisson: a member may count never, once, or more often. A
range is what 95 of 100 draws give. The same seed gives the same range.
"""

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

DRAWS = 1_000
LOW, HIGH = 0.025, 0.975

PRIOR_TAKEN, PRIOR_LEFT = 1, 19
"""What is believed of a brand of which nothing is known: one in twenty, as little sure as if twenty had been seen."""

MANY = 300
"""From so many members on, their sum is drawn by its mean and variance."""


class Range(NamedTuple):
    """What is expected, and the ends of the range of doubt."""

    low: int
    expected: int
    high: int

    @classmethod
    def of(cls, draws: Sequence[float], expected: float) -> "Range":
        """The range of these draws around what is expected."""
        ordered = sorted(draws)
        low, high = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (LOW, HIGH))
        return cls(min(round(low), round(expected)), round(expected), max(round(high), round(expected)))


class Rate(NamedTuple):
    """Of so many times that a member was shown an offer of the brand, how many were taken; by how many members."""

    shown: int
    taken: int
    members: int = 0

    @property
    def mean(self) -> float:
        """The share that is expected of the next ones."""
        return (PRIOR_TAKEN + self.taken) / (PRIOR_TAKEN + PRIOR_LEFT + self.shown)

    def draw(self, chance: random.Random) -> float:
        """One share that this leaves possible."""
        return chance.betavariate(PRIOR_TAKEN + self.taken, PRIOR_LEFT + self.shown - self.taken)

    def ends(self, *, seed: str) -> tuple[float, float]:
        """Between which shares the true one is, 95 times of 100."""
        chance = random.Random(seed)  # noqa: S311 (draws a range; guards nothing)
        ordered = sorted(self.draw(chance) for _ in range(DRAWS))
        return ordered[int(DRAWS * LOW)], ordered[int(DRAWS * HIGH)]


class MemberUses(NamedTuple):
    """What one member would do who takes the offer: how often, at what cost, for how many points."""

    uses: int
    cost_minor: int
    points: int


class UseEstimate(NamedTuple):
    """What is to be expected of an offer, and what it would come to if everybody used it whenever they could."""

    uses: Range
    cost_minor: Range
    points: Range
    most: MemberUses


def estimate_uses(
    members: Sequence[MemberUses], rate: Rate, *, scale: float, most_uses: int | None, seed: str
) -> UseEstimate:
    """What these members would do, each standing for `scale` members, if no more than `most_uses` are given."""
    chance = random.Random(seed)  # noqa: S311 (draws a range; guards nothing)
    sums = [sum(one[place] for one in members) for place in range(3)]
    squares = [sum(one[place] ** 2 for one in members) for place in range(3)]
    drawn = [
        _capped([scale * one for one in _drawn(members, sums, squares, rate.draw(chance), chance)], most_uses)
        for _ in range(DRAWS)
    ]
    expected = [scale * rate.mean * one for one in sums]
    if most_uses is not None:
        expected = [sum(one[place] for one in drawn) / DRAWS for place in range(3)]
    uses, cost, points = (Range.of([one[place] for one in drawn], expected[place]) for place in range(3))
    most = MemberUses(*map(round, _capped([scale * one for one in sums], most_uses)))
    return UseEstimate(uses, cost, points, most)


def _drawn(
    members: Sequence[MemberUses],
    sums: Sequence[int],
    squares: Sequence[int],
    share: float,
    chance: random.Random,
) -> list[float]:
    """Uses, cost and points of the members that one draw takes."""
    count = draw_poisson(len(members) * share, chance)
    if count < MANY:
        taken = chance.choices(members, k=count) if members else []
        return [float(sum(one[place] for one in taken)) for place in range(3)]
    found = []
    for whole, square in zip(sums, squares, strict=True):
        mean = whole / len(members)
        spread = math.sqrt(max(square / len(members) - mean**2, 0) * count)
        found.append(max(0.0, chance.gauss(count * mean, spread)))
    return found


def _capped(drawn: Sequence[float], most_uses: int | None) -> list[float]:
    """Uses, cost and points when what may be given in all is over: the last ones get nothing."""
    if most_uses is None or drawn[0] <= most_uses:
        return list(drawn)
    return [one * most_uses / drawn[0] for one in drawn]


def draw_poisson(mean: float, chance: random.Random) -> int:
    """How many things happen of which `mean` are expected."""
    if mean > MANY:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    until, product, count = math.exp(-mean), chance.random(), 0
    while product > until:
        product *= chance.random()
        count += 1
    return count
