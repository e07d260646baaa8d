"""The points of a sale: kept while it is open, paid with and given when it is closed. All in books that are open."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app.sql import db
from offers.benefits.given.money_given import MoneyGiven
from offers.checkout import wording
from offers.checkout.models import Sale
from offers.checkout.pricing import PricedSale
from wallet.ledger.errors import HoldOver, MoreThanMoved
from wallet.points import earning, spending
from wallet.points.earning import Credit
from wallet.points.open_books import OpenBooks


class PointsKept(NamedTuple):
    """The hold of an open sale, and what it is counted in."""

    currency_id: uuid.UUID | None
    hold_id: uuid.UUID | None


def hold_anew(
    sale: Sale, weighed: PricedSale, books: OpenBooks, *, store: str, until: datetime, now: datetime
) -> uuid.UUID | None:
    """Free the points that an open sale keeps, and keep those that are to pay now. Raises `NotEnoughPoints`."""
    _free(books, _kept_of(sale), now=now)
    if weighed.points is None:
        return None
    currency_id, points, _ = weighed.points
    book = books.settled_book(currency_id)
    book.ahead = weighed.usage.lots
    said: dict[str, Any] = {"source": f"sale:{sale.id}:{db.new_id()}", "reason": wording.KEPT, "now": now}
    return spending.post_hold(book, points, facts={"store": store}, ends_at=until, **said).id


def pay_with_points(
    sale: Sale, weighed: PricedSale, books: OpenBooks, *, store: str, closing: int, now: datetime
) -> uuid.UUID | None:
    """Take the points that pay: from the hold when it is enough and still holds, else from what is free.

    Raises `NotEnoughPoints`.
    """
    kept = _kept_of(sale)
    if weighed.points is None or kept.currency_id != weighed.points.currency_id:
        _free(books, kept, now=now)
        kept = PointsKept(None, None)
    if weighed.points is None:
        return None
    currency_id, points, _ = weighed.points
    said: dict[str, Any] = {"source": f"sale:{sale.id}:{closing}", "reason": wording.PAID, "facts": {"store": store}}
    book = books.settled_book(currency_id)
    book.ahead = weighed.usage.lots
    if kept.hold_id is not None:
        try:
            return spending.post_capture(book, kept.hold_id, points=points, **said, now=now).id
        except (HoldOver, MoreThanMoved):
            _free(books, kept, now=now)
    return spending.post_spend(book, points, **said, now=now).id


def give_bonus(
    sale: Sale, weighed: PricedSale, trace: Mapping[str, Any], books: OpenBooks, *, closing: int, now: datetime
) -> list[dict[str, Any]]:
    """Give the points of coupons that give points, or money; tell by which entries, and of money for which lines."""
    bonuses = []
    for step, told in zip(weighed.stacked.steps, trace["steps"], strict=True):
        currency_id = step.incentive.given_in
        if step.incentive.effect.gives_points and currency_id is not None:
            source, facts = f"sale:{sale.id}:{closing}:{step.incentive.key}", told["title"]
            credit = Credit(step.points, source=source, reason=wording.GIVEN, facts=facts)
            [earned] = earning.post_credits(books.settled_book(currency_id), [credit], now=now)
            said = {"currency_id": str(currency_id), "earn_id": str(earned.id), "points": step.points}
            is_money = isinstance(step.incentive.effect, MoneyGiven)
            lines = {"lines": {str(at): amount for at, amount in step.lines.items()}} if is_money else {}
            bonuses.append({"key": step.incentive.key} | said | lines)
    return bonuses


def _kept_of(sale: Sale) -> PointsKept:
    return PointsKept(sale.points_currency_id, sale.hold_id)


def _free(books: OpenBooks, kept: PointsKept, *, now: datetime) -> None:
    if kept.hold_id is not None and kept.currency_id is not None:
        spending.post_release(books.settled_book(kept.currency_id), kept.hold_id, reason=wording.LET_GO, now=now)
