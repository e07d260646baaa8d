"""Each unit of the articles for a price."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, clip_amounts
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.wire import CurrencyField, WholeField, declare_field


@dataclass(frozen=True)
class FixedPrice(Benefit):
    """Each unit for so much; one that costs less keeps its price."""

    code = "fixed_price"
    reduces = True
    gives_points = False
    counts_basket = False
    handed_over = None
    fixed_amount = None
    fault = None

    unit_price_minor: int = field(metadata=declare_field(WholeField(1, 100_000_000)))
    currency: str = field(metadata=declare_field(CurrencyField()))

    def price_part(self, part: BasketPart) -> TakenOff:
        """What the units that are still to be paid cost above the price."""
        above = {at: max(part.left[at] - self.unit_price_minor * part.units[at], 0) for at in part.base}
        return TakenOff(sum(above.values()), clip_amounts(above, part.limits))

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether the price is too far below the one before it; where that is not known, the till finds out."""
        return prior_price_minor is not None and prior_price_minor - self.unit_price_minor > rule.most_off(
            prior_price_minor
        )
