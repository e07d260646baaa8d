"""So many units together for a price: three for five euros."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, clip_amounts, spread_amount
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.units import count_units, dearest_units, price_units
from offers.benefits.wire import CurrencyField, WholeField, declare_field


@dataclass(frozen=True)
class SetPrice(Benefit):
    """Each set of units for so much, the dearest first; the articles of a set may differ.

    No reduction of a price that states the one before: what one gets for buying more is none (guidance 2021/C 526/02
    on article 6a of directive 98/6/EC, tied offers).
    """

    code = "set_price"
    reduces = False
    gives_points = False
    counts_basket = False
    handed_over = None
    fixed_amount = None
    fault = None

    set_units: int = field(metadata=declare_field(WholeField(2, 100)))
    set_price_minor: int = field(metadata=declare_field(WholeField(1, 100_000_000)))
    currency: str = field(metadata=declare_field(CurrencyField()))

    def price_part(self, part: BasketPart) -> TakenOff:
        """What the whole sets cost above their price, as many of them as are cheaper by it, shared by their lines."""
        best = TakenOff(0, {})
        for sets in range(count_units(part) // self.set_units, 0, -1):
            prices = price_units(part, dearest_units(part, sets * self.set_units))
            wanted = sum(prices.values()) - sets * self.set_price_minor
            if wanted > best.wanted_minor:
                best = TakenOff(wanted, clip_amounts(spread_amount(wanted, prices), part.limits))
        return best

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether a set is too far below the prices before; where these are not known, the till finds out."""
        if prior_price_minor is None:
            return False
        before = prior_price_minor * self.set_units
        return before - self.set_price_minor > rule.most_off(before)
