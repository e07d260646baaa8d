"""What speaks for an offer and what against it: bounded factors, kept as logarithms in whole millionths. Pure.

The score of an offer is the sum of its factors' logarithms, each with a weight that a brand can set. Everything here is
made of additions, multiplications, divisions and roots alone, which are the same on every machine, and is rounded to
whole numbers before it is kept: what is worked out again from them is the same to the last bit.

  priority   1 to 2 inside a tier, by the brand's own word
  affinity   0.05 to 1: how well it goes with what the member buys (`offers.learning.tastes.affinities`)
  proximity  1, 0.7 or 0.4 by bands, 1 where no position is known
  value      0.5 to 1.5: what a use brings less what it costs, where the brand said so
  urgency    1 to 1.5 in the last seven days
  fatigue    1 plus the showings that led to nothing, which count against it
  discovery  0.25 to 4: how well it may be taken up, drawn from what is known (`discovery`)
  shelf      4 for an offer on what the member stands before, 1 for others; in front of a shelf and nowhere else
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from app.languages import Text
from offers.benefits.kinds import Benefit
from offers.learning import decay
from offers.learning.tastes.affinities import ArticlesWanted, affinity_between
from offers.learning.tastes.packed_tastes import OpenTaste

LN_2 = 0.6931471805599453
HALF_ROOT = 0.7071067811865476

FIRST_TIER, USUAL_TIER, LAST_TIER = 2, 1, 0
FIRST_FROM, LAST_BELOW = 90, 10
"""From 90 on a priority is an order: such offers stand before all others, whatever speaks for these; below 10 behind
them. Between the two it is one factor among others."""

NEAR_M, REACHED_M = 500, 1500
"""Where the bands of distance end: some minutes on foot, a walk; beyond it somebody rides."""

HALF_WAY_MINOR = 500
"""The net value of a use that makes half of the way to the most (and a net cost of as much, to the least)."""

LAST_DAYS, MOST_DAYS = 7, 99
"""Urgency begins with the last seven days; an end further away than 99 is kept as 99."""

MOST_SHOWN_IN_VAIN = 50


class Factors(NamedTuple):
    """What speaks for one offer, as it is kept. `days_left` and `priority` are as they are; `successes` and `failures`
    say what is known of its uptake (both at least 1); all others are logarithms in millionths."""

    priority: int
    affinity: int
    proximity: int
    value: int
    days_left: int
    fatigue: int
    successes: int
    failures: int


class Weights(NamedTuple):
    """How much each factor counts, in hundredths."""

    priority: int = 100
    affinity: int = 100
    proximity: int = 50
    value: int = 50
    urgency: int = 30
    fatigue: int = 30
    discovery: int = 25


BOUNDS: Mapping[str, tuple[int, int]] = {
    "priority": (0, 200),
    "affinity": (0, 200),
    "proximity": (0, 200),
    "value": (0, 200),
    "urgency": (0, 100),
    "fatigue": (10, 100),
    "discovery": (10, 100),
}
"""What a brand may set. Fatigue and discovery never end: without them the same offers are shown for ever, and nothing
more is found out."""

NAMES: Mapping[str, Text] = {
    "priority": Text(fr="La priorité de l'enseigne", en="The brand's priority"),
    "affinity": Text(fr="Ce que la personne achète", en="What the person buys"),
    "proximity": Text(fr="La proximité", en="How near it is"),
    "value": Text(fr="Ce qu'une utilisation rapporte", en="What a use brings"),
    "urgency": Text(fr="La fin qui approche", en="The end that comes near"),
    "fatigue": Text(fr="Déjà montrée sans effet", en="Shown before, to no effect"),
    "discovery": Text(fr="La part de découverte", en="The share of discovery"),
    "shelf": Text(fr="Ce qui est devant la personne", en="What the person stands before"),
}


def log_millionths(number: float) -> int:
    """The natural logarithm of a positive number, in whole millionths.

    Not that of the C library, whose last digit differs between machines. Raises `ValueError` for what is not positive.
    """
    if not number > 0:
        raise ValueError(f"no logarithm of {number}")
    part, power = math.frexp(number)
    if part < HALF_ROOT:
        part, power = part * 2, power - 1
    step = (part - 1) / (part + 1)
    square = step * step
    series = 1 / 11 + square / 13
    for divisor in (9, 7, 5, 3, 1):
        series = 1 / divisor + square * series
    return round((2 * step * series + power * LN_2) * 1_000_000)


THOUSANDTHS = (0, *(log_millionths(n / 1000) for n in range(1, 2001)))
"""The logarithm of so many thousandths; of none there is none."""

PRIORITIES = tuple(
    log_millionths(1 + min(max(n - LAST_BELOW, 0), FIRST_FROM - LAST_BELOW) / (FIRST_FROM - LAST_BELOW))
    for n in range(101)
)
URGENCIES = tuple(log_millionths(1 + max(LAST_DAYS - n, 0) / LAST_DAYS / 2) for n in range(MOST_DAYS + 1))
NEAR, REACHED, FAR = (THOUSANDTHS[n] for n in (1000, 700, 400))
NEUTRAL = 0
IN_FRONT, IN_FRONT_WEIGHT = log_millionths(4), 100
"""An offer on what one stands before: more than all that priority can add inside a tier, less than what one buys each
week has over what one never buys. No brand sets this weight: where somebody stands is no matter of taste."""
OFTEN = THOUSANDTHS[500]
"""From this affinity on, an offer is on what somebody buys often (`affinities.MIDDLE`)."""


def tier_of(priority: int) -> int:
    """Offers of a higher tier stand before those of a lower one, whatever their scores."""
    return FIRST_TIER if priority >= FIRST_FROM else USUAL_TIER if priority >= LAST_BELOW else LAST_TIER


def proximity_of(metres: float | None) -> int:
    """The factor of a distance; neutral where nobody knows it."""
    if metres is None or metres <= NEAR_M:
        return NEAR
    return REACHED if metres <= REACHED_M else FAR


def value_of(benefit: Benefit, margin_minor: int | None) -> int:
    """The factor of what one use brings: the margin that the brand said, less the amount that it gives off; neutral
    where no margin is said. A percentage or an article costs what the basket says, which nobody knows beforehand."""
    if margin_minor is None:
        return NEUTRAL
    promised = benefit.fixed_amount
    net = margin_minor - (promised.amount_minor if promised is not None else 0)
    return THOUSANDTHS[1000 + round(500 * (net / (abs(net) + HALF_WAY_MINOR)))]


def affinity_log(taste: OpenTaste, wanted: ArticlesWanted, popularity_ppm: int) -> tuple[int, bool]:
    """The factor of how well an offer goes with a taste, and whether the member themselves bought something of it."""
    affinity, is_own = affinity_between(taste, wanted, popularity_ppm / 1_000_000)
    return THOUSANDTHS[round(1000 * affinity)], is_own


def days_until(end: datetime, now: datetime) -> int:
    """Whole days that are left."""
    days = (end - now).days
    return MOST_DAYS if days > MOST_DAYS else days if days > 0 else 0


def fatigue_of(shown: float, taken: float, now: datetime) -> int:
    """The factor of showings that led to nothing: what was shown less what was taken, both weights (`decay`)."""
    in_vain = (shown - taken) / decay.unit_on(now.date(), decay.REACTION)
    return log_millionths(1 + min(max(round(1000 * in_vain), 0), 1000 * MOST_SHOWN_IN_VAIN) / 1000)


def logs_of(factors: Factors, *, drawn: int) -> dict[str, int]:
    """Every factor's logarithm by its name; what speaks against an offer is below zero."""
    return {
        "priority": PRIORITIES[factors.priority],
        "affinity": factors.affinity,
        "proximity": factors.proximity,
        "value": factors.value,
        "urgency": URGENCIES[factors.days_left],
        "fatigue": -factors.fatigue,
        "discovery": drawn,
    }
