"""Purchases as people read them: what was bought, what was taken off which article, what came back."""

import uuid
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from app.sql import db
from wallet.purchases import queries
from wallet.purchases.models import Purchase, PurchaseLine, PurchaseReturn, ReturnLine


def purchase_cards(purchases: Sequence[Purchase]) -> list[dict[str, Any]]:
    """Purchases without their lines."""
    stores: dict[uuid.UUID | None, str] = dict(db.rows(queries.names_of_stores([p.store_id for p in purchases])))
    return [_card(purchase, stores.get(purchase.store_id)) for purchase in purchases]


def purchase_card(purchase: Purchase) -> dict[str, Any]:
    """A purchase with its lines and what came back of them."""
    (card,) = purchase_cards([purchase])
    lines = db.all_of(queries.lines_of(purchase.member_id, [purchase.id]))
    returns = db.all_of(queries.returns_of(purchase.member_id, purchase.id))
    returned = db.all_of(queries.lines_of_returns(purchase.member_id, [one.id for one in returns]))
    by_return = {id: list(some) for id, some in groupby(returned, key=lambda line: line.return_id)}
    return card | {
        "lines": [_line(line) for line in lines],
        "returns": [_return(one, by_return.get(one.id, ())) for one in returns],
    }


def _card(purchase: Purchase, store: str | None) -> dict[str, Any]:
    return {
        "id": purchase.id,
        "brand": {"code": purchase.brand.code, "name": purchase.brand.name},
        "store": store,
        "channel": purchase.channel,
        "terminal": purchase.terminal,
        "receipt": purchase.receipt,
        "currency": purchase.currency,
        "tax_included": purchase.tax_included,
        "gross_minor": purchase.gross_minor,
        "promotion_minor": purchase.promotion_minor,
        "points_minor": purchase.points_minor,
        "net_minor": purchase.net_minor,
        "deposit_minor": purchase.deposit_minor,
        "bought_at": purchase.bought_at,
        "recorded_at": purchase.recorded_at,
        "points_counted": purchase.awarded_at is not None,
    }


LINE = (
    "position",
    "gtin",
    "sku",
    "label",
    "category",
    "quantity",
    "returned_quantity",
    "gross_minor",
    "promotion_minor",
    "points_minor",
    "net_minor",
    "tax_bp",
    "quantity_thousandths",
    "unit",
    "unit_price_minor",
)


def _line(line: PurchaseLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in LINE}


def _return(one: PurchaseReturn, lines: Sequence[ReturnLine]) -> dict[str, Any]:
    said = [{"position": line.position, "quantity": line.quantity, "amount_minor": line.amount_minor} for line in lines]
    return {"id": one.id, "returned_at": one.returned_at, "amount_minor": one.amount_minor, "lines": said}
