"""One of these free with those: articles of a list, for so many of the offer's articles."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, clip_amounts
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.units import cheapest_units, count_units, price_units
from offers.benefits.wire import ProductListField, WholeField, declare_field


@dataclass(frozen=True)
class FreeOfList(Benefit):
    """For each so many units of the offer's articles one of a list is given, the cheapest of those in the basket, at
    most so many. A unit that is given is none that was bought for it, also where an article is of both.

    No reduction of a price that states the one before: what one gets for buying more is none (guidance 2021/C 526/02
    on article 6a of directive 98/6/EC, tied offers).
    """

    code = "free_of_list"
    reduces = False
    gives_points = False
    counts_basket = False
    handed_over = None
    fixed_amount = None
    fault = None

    free_list: str = field(metadata=declare_field(ProductListField()))
    bought_units: int = field(metadata=declare_field(WholeField(1, 100)))
    most_free: int = field(metadata=declare_field(WholeField(1, 100)))

    def price_part(self, part: BasketPart) -> TakenOff:
        """What the cheapest units of the list cost, as many as the others pay for."""
        paid_for = sum(part.bought.values()) // self.bought_units
        for many in range(min(self.most_free, count_units(part), paid_for), 0, -1):
            given = cheapest_units(part, many)
            bought = sum(units - given.get(at, 0) for at, units in part.bought.items())
            if bought >= many * self.bought_units:
                prices = price_units(part, given)
                return TakenOff(sum(prices.values()), clip_amounts(prices, part.limits), freed=given)
        return TakenOff(0, {})

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """False: which article it is, and what share of what is bought, only a basket says; there the till cuts it."""
        return False
