"""So many for the price of fewer: three for two."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, clip_amounts
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.units import cheapest_units, count_units, price_units
from offers.benefits.wire import WholeField, declare_field


@dataclass(frozen=True)
class UnitsFree(Benefit):
    """Of each set of units some are given, the cheapest of all; the articles of a set may differ.

    No reduction of a price that states the one before: what one gets for buying more is none (guidance 2021/C 526/02
    on article 6a of directive 98/6/EC, tied offers).
    """

    code = "units_free"
    reduces = False
    gives_points = False
    counts_basket = False
    handed_over = None
    fixed_amount = None

    set_units: int = field(metadata=declare_field(WholeField(2, 100)))
    free_units: int = field(metadata=declare_field(WholeField(1, 99)))

    @property
    def fault(self) -> str | None:
        """The value that does not go with the others: of a set something is paid."""
        return "free_units" if self.free_units >= self.set_units else None

    def price_part(self, part: BasketPart) -> TakenOff:
        """What the cheapest units cost, as many as the whole sets give."""
        given = cheapest_units(part, count_units(part) // self.set_units * self.free_units)
        prices = price_units(part, given)
        return TakenOff(sum(prices.values()), clip_amounts(prices, part.limits), freed=given)

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether a set of one article is cheaper by more than the share that may be off."""
        return self.free_units * 10_000 > rule.share_bp * self.set_units
