"""What two offers come to on one article, by what their benefits do in a sale. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from offers.benefits.basket_part import BasketPart, Worth
from offers.benefits.given.gift_card_amount import GiftCardAmount
from offers.benefits.given.money_given import MoneyGiven
from offers.planning.models import OfferVersion, PercentBase
from wallet.purchases.basket import BasketLine, Products

SOME_PRICE = 10_000
"""Of an article whose price nobody said: enough for what is counted in percent."""


class Reduction(NamedTuple):
    """What is off an article, and with it what the points are worth that are given for it."""

    price_minor: int
    off_minor: int
    points_minor: int

    @property
    def is_free(self) -> bool:
        return self.off_minor >= self.price_minor

    @property
    def percent(self) -> int:
        """All advantages in percent of the price, rounded down."""
        return (self.off_minor + self.points_minor) * 100 // self.price_minor


BESIDE = {0: 100}
"""Units that somebody buys besides: as many as an offer asks."""


def price_of(versions: Sequence[OfferVersion]) -> int | None:
    """The price on which these offers can be tried: the one that one of them states; any, where all count in percent;
    None where an amount stands beside a price that nobody said."""
    stated = [one.prior_price_minor for one in versions if one.prior_price_minor is not None]
    if stated:
        return min(stated)
    return None if any(one.gives.money is not None for one in versions) else SOME_PRICE


def reduce_price(versions: Sequence[OfferVersion], *, price_minor: int, worth: Worth | None) -> Reduction:
    """What one unit at this price gets by these offers, in this order; each is used once."""
    left, units, off, points = price_minor, 1, 0, 0
    for version in versions:
        base = price_minor if version.base == PercentBase.INITIAL else left
        part = BasketPart(
            lines=[BasketLine(1, 1, price_minor)],
            units={1: units},
            base={1: base if units else 0},
            left={1: left},
            caps={},
            all_articles=version.articles == Products(),
            counts_points=worth is not None or isinstance(version.gives, MoneyGiven),
            worth=worth,
            bought=BESIDE,
        )
        taken = version.gives.price_part(part)
        if isinstance(version.gives, GiftCardAmount):
            points += taken.amount_minor
            continue
        if version.gives.gives_points:
            given = isinstance(version.gives, MoneyGiven)
            points += taken.points if given else worth.of(taken.points) if worth is not None else 0
            continue
        off, left, units = off + taken.amount_minor, left - taken.amount_minor, units - taken.freed.get(1, 0)
    return Reduction(price_minor, off, points)
