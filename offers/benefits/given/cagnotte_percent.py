"""A percentage of what the articles cost into the cagnotte."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, clip_amounts, spread_amount
from offers.benefits.given.money_given import MoneyGiven
from offers.benefits.kinds import CapRule
from offers.benefits.wire import WholeField, declare_field


@dataclass(frozen=True)
class CagnottePercent(MoneyGiven):
    """So many hundredths of a percent of what is paid for the articles into the cagnotte (500 is 5 %)."""

    code = "cagnotte_percent"
    fixed_amount = None
    fault = None

    percent_bp: int = field(metadata=declare_field(WholeField(1, 10_000)))

    def price_part(self, part: BasketPart) -> TakenOff:
        """The percentage of the articles together, rounded half up and shared by their lines."""
        wanted = (sum(part.base.values()) * self.percent_bp * 2 + 10_000) // 20_000
        return self.put_aside(wanted, clip_amounts(spread_amount(wanted, part.base), part.limits), part)

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether the percentage is above the share that may be given."""
        return self.percent_bp > rule.share_bp
