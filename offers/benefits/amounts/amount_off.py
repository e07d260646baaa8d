"""An amount of money off the articles."""

from dataclasses import dataclass, field

from app.languages import Money
from offers.benefits.basket_part import BasketPart, TakenOff, take_amount
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.wire import CurrencyField, WholeField, declare_field


@dataclass(frozen=True)
class AmountOff(Benefit):
    """So much off. It was promised as an amount, so what one line cannot give is looked for in the others."""

    code = "amount"
    reduces = True
    gives_points = False
    counts_basket = False
    handed_over = None
    fault = None

    amount_minor: int = field(metadata=declare_field(WholeField(1, 100_000_000)))
    currency: str = field(metadata=declare_field(CurrencyField()))

    @property
    def fixed_amount(self) -> Money:
        """The amount itself."""
        return Money(self.amount_minor, self.currency)

    def price_part(self, part: BasketPart) -> TakenOff:
        """The amount, as far as the articles cost so much."""
        return TakenOff(self.amount_minor, take_amount(self.amount_minor, part))

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether it is more than may be off the price before it; where that is not known, the till finds out."""
        return prior_price_minor is not None and self.amount_minor > rule.most_off(prior_price_minor)
