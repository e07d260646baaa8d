"""A percentage off every so-manieth unit: the second at half its price."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, clip_amounts, spread_amount
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.units import cheapest_units, count_units, price_units
from offers.benefits.wire import WholeField, declare_field


@dataclass(frozen=True)
class NthUnitOff(Benefit):
    """So much off one unit of every so many, the cheapest of all; the articles may differ.

    No reduction of a price that states the one before: what one gets for buying more is none (guidance 2021/C 526/02
    on article 6a of directive 98/6/EC, tied offers).
    """

    code = "nth_percent"
    reduces = False
    gives_points = False
    counts_basket = False
    handed_over = None
    fixed_amount = None
    fault = None

    every: int = field(metadata=declare_field(WholeField(2, 20)))
    percent: int = field(metadata=declare_field(WholeField(1, 100)))

    def price_part(self, part: BasketPart) -> TakenOff:
        """The percentage of what these units cost together, rounded half up, shared by their lines. At a hundred they
        are given."""
        chosen = cheapest_units(part, count_units(part) // self.every)
        prices = price_units(part, chosen)
        wanted = (sum(prices.values()) * self.percent * 2 + 100) // 200
        taken = clip_amounts(spread_amount(wanted, prices), part.limits)
        return TakenOff(wanted, taken, freed=chosen) if self.percent == 100 else TakenOff(wanted, taken)

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether so many units of one article are cheaper together by more than the share that may be off."""
        return self.percent * 100 > rule.share_bp * self.every
