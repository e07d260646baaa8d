"""Purchases for tests."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update

from app.accounts.models import Brand, Member
from app.sql import db
from geo.places.models import Store
from tests.factories import NOON, made, make_brand, make_member, make_store
from wallet.purchases import queries, records, returns
from wallet.purchases.basket import Basket, BasketLine
from wallet.purchases.models import Purchase, PurchaseLine
from wallet.purchases.returns import Return

MILK = "3270190022534"
"""A GTIN whose check digit is right."""


def line(gross_minor: int = 1000, **given: Any) -> BasketLine:
    fields = {"position": 1, "quantity": 1, "gtin": MILK, "category": "food/dairy/milk", "label": "Lait"}
    return BasketLine(gross_minor=gross_minor, **(fields | given))


def basket(store: Store | None, *lines: BasketLine, **given: Any) -> Basket:
    """What is bought in this store; without one, on the web. One carton of milk for 10.00 unless lines are given."""
    where = {"store_id": store.id, "channel": "store"} if store else {"channel": "web"}
    fields = {"currency": "EUR", "bought_at": NOON, "lines": lines or (line(),)} | where
    return Basket(**(fields | given))


def buy(member: Member, store: Store, *lines: BasketLine, now: datetime = NOON, **given: Any) -> Purchase:
    """One purchase of a member, under a receipt of its own unless one is given."""
    named = {"terminal": given.pop("terminal", "1"), "receipt": given.pop("receipt", uuid.uuid4().hex)}
    with made():
        return records.record_purchase(
            member_id=member.id, brand_id=store.brand_id, basket=basket(store, *lines, **given), **named, now=now
        )


def keep_another_hash(purchase: Purchase) -> None:
    """Make a purchase keep a hash that its lines do not have any more."""
    with made():
        db.execute(update(Purchase).where(Purchase.id == purchase.id).values(content=b"of before"))


def take_back(
    purchase: Purchase, lines: Mapping[int, int], *, source: str | None = None, now: datetime = NOON
) -> Return:
    with made():
        return returns.take_back_units(
            member_id=purchase.member_id,
            purchase_id=purchase.id,
            lines=lines,
            source=source or uuid.uuid4().hex,
            now=now,
        )


def lines_of(purchase: Purchase) -> list[PurchaseLine]:
    with made():
        return list(db.all_of(queries.lines_of(purchase.member_id, [purchase.id])))


def purchases_of(member: Member) -> list[Purchase]:
    with made():
        return list(db.all_of(queries.purchases_of(member.id)))


class Shop:
    """A brand with a store, and a member."""

    def __init__(self) -> None:
        self.brand: Brand = make_brand()
        self.store: Store = make_store(self.brand)
        self.member: Member = make_member()

    def buy(self, *lines: BasketLine, **given: Any) -> Purchase:
        return buy(given.pop("member", self.member), self.store, *lines, **given)


def basket_of(purchase: Purchase) -> Basket:
    """What was bought, as it was bought."""
    return records.baskets_of(member_id=purchase.member_id, purchases=[purchase])[purchase.id]
