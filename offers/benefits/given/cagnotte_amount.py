"""An amount of money into the cagnotte."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, take_amount
from offers.benefits.given.money_given import MoneyGiven
from offers.benefits.kinds import CapRule
from offers.benefits.wire import CurrencyField, WholeField, declare_field


@dataclass(frozen=True)
class CagnotteAmount(MoneyGiven):
    """So much into the cagnotte, and never more than is to be paid for the articles."""

    code = "cagnotte_amount"
    fixed_amount = None  # nothing of it is off the basket
    fault = None

    amount_minor: int = field(metadata=declare_field(WholeField(1, 100_000_000)))
    currency: str = field(metadata=declare_field(CurrencyField()))

    def price_part(self, part: BasketPart) -> TakenOff:
        """The amount, as far as the articles cost so much."""
        return self.put_aside(self.amount_minor, take_amount(self.amount_minor, part), part)

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether it is more than may be given on the price before it; where that is not known, the till finds out."""
        return prior_price_minor is not None and self.amount_minor > rule.most_off(prior_price_minor)
