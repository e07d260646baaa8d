"""One unit of the articles for nothing, or a gift that is no article of the basket."""

from dataclasses import dataclass, field

from app.languages import Text
from offers.benefits.basket_part import BasketPart, TakenOff
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.wire import BilingualField, declare_field


@dataclass(frozen=True)
class FreeItem(Benefit):
    """Something free: of an offer that names articles their cheapest unit, else what staff hand over."""

    code = "free_item"
    reduces = False
    gives_points = False
    counts_basket = True
    fixed_amount = None
    fault = None

    item: Text = field(metadata=declare_field(BilingualField(120)))

    @property
    def handed_over(self) -> Text:
        """The item."""
        return self.item

    def price_part(self, part: BasketPart) -> TakenOff:
        """What there still is to pay for the cheapest unit of the articles that nothing gave before; of a gift that is
        no article of the basket, nothing."""
        to_pay = [at for at in part.base if part.left[at] and part.units[at]]
        if part.all_articles or not to_pay:
            return TakenOff(0, {}, handed_over=part.all_articles)
        prices = {at: max(part.left[at] // part.units[at], 1) for at in to_pay}
        position = min(to_pay, key=lambda at: (not part.limits[at], prices[at], at))  # where a cap leaves room, first
        taken = min(prices[position], part.limits[position])
        return TakenOff(prices[position], {position: taken}, freed={position: 1})

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """False: what share of the articles one unit is, only a basket says, and there the till cuts it."""
        return False
