"""A till, or a machine of the brand, sends what somebody bought."""

import uuid
from datetime import datetime
from typing import Any

from app.access_log.reads import note_read
from app.data_map import DataClass
from app.sql import db
from wallet.purchases import queries
from wallet.purchases.basket import Basket
from wallet.purchases.errors import PurchasePlaceUnknown, PurchaseUnknown
from wallet.purchases.models import Channel, Purchase
from wallet.purchases.records import record_purchase_by_code


def register_purchase(
    *,
    brand_id: uuid.UUID,
    till_store_id: uuid.UUID | None,
    card: str,
    store_id: uuid.UUID | None,
    channel: Channel,
    terminal: str,
    receipt: str,
    now: datetime,
    **basket: Any,
) -> Purchase:
    """Write down what the holder of a card bought; `basket` holds the other fields of `Basket`. A till sells in its own
    store. The same receipt with the same content is the same purchase: it is new when its `recorded_at` is `now`.

    Raises `PurchasePlaceUnknown`, also for another brand's store and another till's; and as `record_purchase_by_code`.
    """
    place = store_id or till_store_id if channel is Channel.STORE else store_id
    if (channel is Channel.STORE) != (place is not None) or (till_store_id and place not in (None, till_store_id)):
        raise PurchasePlaceUnknown
    if place is not None and not db.all_of(queries.store_in(brand_id, place)):
        raise PurchasePlaceUnknown
    bought = Basket(store_id=place, channel=str(channel), **basket)
    return record_purchase_by_code(
        code=card, brand_id=brand_id, basket=bought, terminal=terminal, receipt=receipt, now=now
    )


def my_purchase(*, member_id: uuid.UUID, purchase_id: uuid.UUID) -> Purchase:
    """What the member bought. Raises `PurchaseUnknown`, also for somebody else's."""
    found = db.first(queries.purchase_of(member_id, purchase_id))
    if found is None:
        raise PurchaseUnknown
    return found


def purchase_of_brand(*, brand_id: uuid.UUID, purchase_id: uuid.UUID, now: datetime) -> Purchase:
    """What somebody bought at the brand's; the member will know who looked. Raises `PurchaseUnknown`."""
    found = db.first(queries.purchase_in(brand_id, purchase_id))
    if found is None:
        raise PurchaseUnknown
    note_read(member_id=found.member_id, classes=[DataClass.PURCHASE], now=now)
    return found
