"""Money that goes into the cagnotte instead of off the price."""

from offers.benefits.basket_part import BasketPart, LineAmounts, TakenOff
from offers.benefits.kinds import Benefit


class MoneyGiven(Benefit):
    """What gives money for later: of each line a part, which goes back with it. It announces no lower price, as nothing
    is off now; a law that caps advantages counts it like one that is (deferred advantages, law 2025-337)."""

    reduces = False
    gives_points = True
    counts_basket = False
    handed_over = None

    def put_aside(self, wanted_minor: int, lines: LineAmounts, part: BasketPart) -> TakenOff:
        """So much of each line for the cagnotte; nothing where the brand has none."""
        if not part.counts_points:
            return TakenOff(0, {})
        return TakenOff(wanted_minor, lines, sum(lines.values()))
