"""Whether a basket can have been bought. Pure."""

from datetime import datetime, timedelta

from app.codes.article_numbers import is_gtin
from app.data_map import RETENTION, DataClass
from wallet.purchases.basket import Basket, BasketLine
from wallet.purchases.errors import GtinWrong, LineUnsound, PurchaseInFuture, PurchaseTooOld

SKEW = timedelta(minutes=5)
"""How far the clock of a till may be ahead of ours."""

KEPT = RETENTION[DataClass.PURCHASE].live or timedelta()
"""What is older would have to be forgotten at once; and its receipt number, which tells a copy from a new purchase,
is forgotten already."""


def check_basket(basket: Basket, *, now: datetime) -> None:
    """Raises `PurchaseInFuture`, `PurchaseTooOld`, `LineUnsound`, `GtinWrong`."""
    if basket.bought_at > now + SKEW:
        raise PurchaseInFuture
    if basket.bought_at <= now - KEPT:
        raise PurchaseTooOld(days=KEPT.days)
    for line in basket.lines:
        if not is_sound(line):
            raise LineUnsound(position=line.position)
        if line.gtin is not None and not is_gtin(line.gtin):
            raise GtinWrong(position=line.position)


def is_sound(line: BasketLine) -> bool:
    """Whether quantity and amounts can be so: what a till voided is no line, and what comes back is a return."""
    taken = min(line.promotion_minor, line.points_minor) >= 0 and line.net_minor >= 0
    return line.position >= 1 and line.quantity >= 1 and taken
