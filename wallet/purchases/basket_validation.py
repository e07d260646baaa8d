"""Whether a basket can have been bought. Pure."""

from datetime import datetime, timedelta

from app.codes.article_numbers import is_gtin
from app.data_map import RETENTION, DataClass
from app.languages import Money
from wallet.purchases.basket import Basket, BasketLine
from wallet.purchases.errors import (
    BasketWithoutArticles,
    DepositUnsound,
    GtinWrong,
    LineBelowZero,
    LineUnsound,
    MeasuredPriceDiffers,
    MeasureUnsound,
    PurchaseInFuture,
    PurchaseTooOld,
    UnitWithoutPrice,
)

SKEW = timedelta(minutes=5)
"""How far the clock of a till may be ahead of ours."""

KEPT = RETENTION[DataClass.PURCHASE].live or timedelta()
"""What is older would have to be forgotten at once; and its receipt number, which tells a copy from a new purchase,
is forgotten already."""


def check_basket(basket: Basket, *, now: datetime) -> None:
    """Raises `PurchaseInFuture`, `PurchaseTooOld`, `BasketWithoutArticles`, `LineBelowZero`, `LineUnsound`,
    `GtinWrong`, `DepositUnsound`, and as `check_measure`."""
    if basket.bought_at > now + SKEW:
        raise PurchaseInFuture
    if basket.bought_at <= now - KEPT:
        raise PurchaseTooOld(days=KEPT.days)
    if basket.deposits and not basket.lines:
        raise BasketWithoutArticles
    for line in basket.deposits:
        if line.promotion_minor or line.points_minor or line.unit is not None or line.quantity_thousandths is not None:
            raise DepositUnsound(position=line.position)
    for line in basket.lines:
        if line.gross_minor < 0:
            raise LineBelowZero(position=line.position)
        if not is_sound(line):
            raise LineUnsound(position=line.position)
        if line.gtin is not None and not is_gtin(line.gtin):
            raise GtinWrong(position=line.position)
        check_measure(line, currency=basket.currency)


def check_measure(line: BasketLine, *, currency: str) -> None:
    """Hold what was weighed against its price: the till's own amount counts, if it is right to the minor unit.

    Raises `UnitWithoutPrice`, `MeasureUnsound`, `MeasuredPriceDiffers`.
    """
    many, price = line.quantity_thousandths, line.unit_price_minor
    if many is None and line.unit is None and price is None:
        return
    if price is None:
        raise UnitWithoutPrice(position=line.position)
    if many is None or line.unit is None or line.quantity != 1:
        raise MeasureUnsound(position=line.position)
    if abs(line.gross_minor * 1_000 - many * price) > 1_000:
        expected = (many * price + 500) // 1_000
        raise MeasuredPriceDiffers(
            position=line.position,
            expected_minor=Money(expected, currency),
            gross_minor=Money(line.gross_minor, currency),
        )


def is_sound(line: BasketLine) -> bool:
    """Whether quantity and amounts can be so: what a till voided is no line, and what comes back is a return."""
    taken = min(line.promotion_minor, line.points_minor) >= 0 and line.net_minor >= 0
    return line.position >= 1 and line.quantity >= 1 and taken
