"""Units of articles that something is given for: which of those that are still to be paid, and what they cost. Pure."""

from collections.abc import Mapping
from fractions import Fraction

from offers.benefits.basket_part import BasketPart, LineAmounts


def count_units(part: BasketPart) -> int:
    """How many units are still to be paid and cost something."""
    return sum(part.units[at] for at in _to_pay(part))


def cheapest_units(part: BasketPart, many: int) -> Mapping[int, int]:
    """So many units, the cheapest first, by line; fewer where there are not so many."""
    return _first_units(part, many, sorted(_to_pay(part), key=lambda at: (_unit_price(part, at), at)))


def dearest_units(part: BasketPart, many: int) -> Mapping[int, int]:
    """So many units, the dearest first, by line; fewer where there are not so many."""
    return _first_units(part, many, sorted(_to_pay(part), key=lambda at: (-_unit_price(part, at), at)))


def price_units(part: BasketPart, units: Mapping[int, int]) -> LineAmounts:
    """What these units still cost, by line, rounded down; all units of a line cost all that is left of it."""
    return {at: part.left[at] * many // part.units[at] for at, many in units.items()}


def _to_pay(part: BasketPart) -> list[int]:
    return [at for at in part.base if part.left[at] and part.units[at]]


def _unit_price(part: BasketPart, at: int) -> Fraction:
    return Fraction(part.left[at], part.units[at])


def _first_units(part: BasketPart, many: int, order: list[int]) -> Mapping[int, int]:
    found: dict[int, int] = {}
    for at in order:
        taken = min(part.units[at], many - sum(found.values()))
        if taken > 0:
            found[at] = taken
    return found
