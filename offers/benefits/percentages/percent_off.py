"""A percentage off the articles."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, clip_amounts, spread_amount
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.wire import WholeField, declare_field


@dataclass(frozen=True)
class PercentOff(Benefit):
    """So many hundredths of the price off. What one line cannot give, no other gives in its place."""

    code = "percent"
    reduces = True
    gives_points = False
    counts_basket = False
    handed_over = None
    fault = None
    fixed_amount = None

    percent: int = field(metadata=declare_field(WholeField(1, 100)))

    def price_part(self, part: BasketPart) -> TakenOff:
        """The percentage of the articles together, rounded half up, shared by their lines."""
        wanted = (sum(part.base.values()) * self.percent * 2 + 100) // 200
        return TakenOff(wanted, clip_amounts(spread_amount(wanted, part.base), part.limits))

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether the percentage is above the share that may be off."""
        return self.percent * 100 > rule.share_bp
