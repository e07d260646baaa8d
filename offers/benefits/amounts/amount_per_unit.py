"""An amount of money off each unit."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, clip_amounts
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.units import count_units, dearest_units, price_units
from offers.benefits.wire import CurrencyField, WholeField, declare_field


@dataclass(frozen=True)
class AmountPerUnit(Benefit):
    """So much off each unit, of at most so many units, the dearest first; none costs less than nothing."""

    code = "amount_per_unit"
    reduces = True
    gives_points = False
    counts_basket = False
    handed_over = None
    fixed_amount = None
    fault = None

    unit_amount_minor: int = field(metadata=declare_field(WholeField(1, 100_000_000)))
    most_units: int = field(metadata=declare_field(WholeField(1, 1_000)))
    currency: str = field(metadata=declare_field(CurrencyField()))

    def price_part(self, part: BasketPart) -> TakenOff:
        """The amount for each of these units, as far as they cost so much."""
        chosen = dearest_units(part, min(self.most_units, count_units(part)))
        prices = price_units(part, chosen)
        wanted = {at: min(self.unit_amount_minor * many, prices[at]) for at, many in chosen.items()}
        return TakenOff(sum(wanted.values()), clip_amounts(wanted, part.limits))

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether it is more than may be off the price before it; where that is not known, the till finds out."""
        return prior_price_minor is not None and self.unit_amount_minor > rule.most_off(prior_price_minor)
