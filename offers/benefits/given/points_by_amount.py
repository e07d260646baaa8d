"""Points for each so much of a purchase: what multiplies the points of some articles."""

from dataclasses import dataclass, field, replace

from offers.benefits.basket_part import BasketPart, TakenOff
from offers.benefits.given.bonus_points import BonusPoints
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.wire import CurrencyField, WholeField, declare_field


@dataclass(frozen=True)
class PointsByAmount(Benefit):
    """So many points for each full amount that the articles cost, beside those of the programme: where that gives one
    point a euro, one more doubles it, and two more treble it. Nothing is off now, but what they are worth counts for a
    cap."""

    code = "points_by_amount"
    reduces = False
    gives_points = True
    counts_basket = False
    handed_over = None
    fixed_amount = None
    fault = None

    step_points: int = field(metadata=declare_field(WholeField(1, 10_000)))
    step_minor: int = field(metadata=declare_field(WholeField(1, 100_000_000)))
    currency: str = field(metadata=declare_field(CurrencyField()))

    def price_part(self, part: BasketPart) -> TakenOff:
        """The points for what is still to be paid, or as many as are worth what a cap allows."""
        points = sum(part.left.values()) // self.step_minor * self.step_points
        if not points:
            return TakenOff(0, {})
        return BonusPoints(points).price_part(replace(part, base=part.left))

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """False: what the points are worth beside a price, only a basket says, and there the till cuts them."""
        return False
