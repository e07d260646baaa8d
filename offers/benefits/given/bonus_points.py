"""Points for a purchase."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, clip_amounts, spread_amount
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.wire import WholeField, declare_field


@dataclass(frozen=True)
class BonusPoints(Benefit):
    """So many points, whatever the articles cost. Nothing is off now, but what they are worth counts for a cap."""

    code = "points"
    reduces = False
    gives_points = True
    counts_basket = False
    handed_over = None
    fault = None
    fixed_amount = None

    points: int = field(metadata=declare_field(WholeField(1, 10_000_000)))

    def price_part(self, part: BasketPart) -> TakenOff:
        """The points, or as many as are worth what a cap allows; none where the brand does not count points."""
        given = self.points if part.counts_points else 0
        if part.worth is None:
            return TakenOff(0, {}, given)
        wanted = part.worth.of(given)
        spread = spread_amount(wanted, part.base)
        taken = TakenOff(wanted, clip_amounts(spread, spread | part.caps))
        capped = part.is_capped(wanted_minor=wanted, amount_minor=taken.amount_minor)
        return taken._replace(points=part.worth.within(taken.amount_minor) if capped else given)

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """False: what the points are worth beside a price, only a basket says, and there the till cuts them."""
        return False
