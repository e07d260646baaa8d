"""Thresholds: the more is bought, the more is given. A step says from where it holds. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from offers.benefits.basket_part import BasketPart
from offers.benefits.units import count_units
from offers.benefits.wire import Threshold

UNITS, AMOUNT = "units", "amount"
COUNTED = (UNITS, AMOUNT)
"""What the thresholds count: units that are to be paid, or what they cost in minor units."""


def reached_step(steps: Sequence[Threshold], part: BasketPart, *, counted: str) -> int | None:
    """What the highest step that the articles reach gives; None below the first."""
    reached = count_units(part) if counted == UNITS else sum(part.base.values())
    return next((step.gives for step in reversed(steps) if step.at_least <= reached), None)


def are_rising(steps: Sequence[Threshold]) -> bool:
    """Whether each step begins above the one before, and gives more."""
    return all(one.at_least < other.at_least and one.gives < other.gives for one, other in pairwise(steps))
