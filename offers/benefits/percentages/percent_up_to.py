"""A percentage with decimals, up to an amount."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, clip_amounts, spread_amount
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.wire import CurrencyField, WholeField, declare_field


@dataclass(frozen=True)
class PercentUpTo(Benefit):
    """So many hundredths of a percent of the price off (1250 is 12.5 %), and no more than an amount."""

    code = "percent_up_to"
    reduces = True
    gives_points = False
    counts_basket = False
    handed_over = None
    fixed_amount = None
    fault = None

    percent_bp: int = field(metadata=declare_field(WholeField(1, 10_000)))
    at_most_minor: int = field(metadata=declare_field(WholeField(1, 100_000_000)))
    currency: str = field(metadata=declare_field(CurrencyField()))

    def price_part(self, part: BasketPart) -> TakenOff:
        """The percentage of the articles together, rounded half up and cut to the amount, shared by their lines."""
        share = (sum(part.base.values()) * self.percent_bp * 2 + 10_000) // 20_000
        wanted = min(share, self.at_most_minor)
        return TakenOff(wanted, clip_amounts(spread_amount(wanted, part.base), part.limits))

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether the percentage is above the share that may be off, and of a known price the amount too."""
        if self.percent_bp <= rule.share_bp:
            return False
        return prior_price_minor is None or self.at_most_minor > rule.most_off(prior_price_minor)
