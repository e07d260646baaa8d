"""A gift card of the brand, given when the sale is closed."""

from dataclasses import dataclass, field

from offers.benefits.basket_part import BasketPart, TakenOff, take_amount
from offers.benefits.kinds import Benefit, CapRule
from offers.benefits.wire import CurrencyField, WholeField, declare_field


@dataclass(frozen=True)
class GiftCardAmount(Benefit):
    """A gift card worth so much, and never more than is to be paid for the articles.

    Nothing is off now, so no lower price is announced; a law that caps advantages counts it like one that is (deferred
    advantages, law 2025-337), line by line, and the card is worth what that leaves. It belongs to whoever holds it and
    not to the member's account, so a brand without points or a cagnotte gives it too.
    """

    code = "gift_card_amount"
    reduces = False
    gives_points = True
    counts_basket = False
    handed_over = None
    fixed_amount = None  # nothing of it is off the basket
    fault = None

    amount_minor: int = field(metadata=declare_field(WholeField(1, 100_000_000)))
    currency: str = field(metadata=declare_field(CurrencyField()))

    def price_part(self, part: BasketPart) -> TakenOff:
        """What the card is worth, as far as the articles cost so much."""
        return TakenOff(self.amount_minor, take_amount(self.amount_minor, part))

    def breaks_cap(self, rule: CapRule, *, prior_price_minor: int | None) -> bool:
        """Whether it is more than may be given on the price before it; where that is not known, the till finds out."""
        return prior_price_minor is not None and self.amount_minor > rule.most_off(prior_price_minor)
