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

    item: Text = field(metadata=declare_field(BilingualField(120)))

    @property
    def handed_over(self) -> Text:
        """The item."""
        return self.item

    def price_part(self, part: BasketPart) -> TakenOff:
        """The price of the cheapest unit of the articles; of a gift that is no article of the basket, nothing."""
        limits = part.limits
        units = [
            (part.base[line.position] // line.quantity, line.position) for line in part.lines if limits[line.position]
        ]
        if part.all_articles or not units:
            return TakenOff(0, {}, handed_over=part.all_articles)
        price, position = min(units)
        return TakenOff(price, {position: min(price, limits[position])})

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """False: what share of the articles one unit is, only a basket says, and there the till cuts it."""
        return False
