"""What a portability file tells of purchases: each article by its GTIN, what each promotion was worth, and what paid.

The French authority asks for exactly this of loyalty programmes (CNIL, 14 October 2025).
"""

import uuid
from itertools import groupby
from typing import Any

from app import clock
from app.sql import db
from wallet.purchases import queries
from wallet.purchases.models import Purchase, PurchaseLine


def purchases(member_id: uuid.UUID) -> list[dict[str, Any]]:
    """Everything that the member bought, the oldest first, in the shape of `docs/portability.md`."""
    rows = db.rows(queries.told(member_id))
    every = db.all_of(queries.lines_of(member_id, [purchase.id for purchase, _, _ in rows]))
    lines = {id: list(some) for id, some in groupby(every, key=lambda line: line.purchase_id)}
    return [
        {
            "id": str(purchase.id),
            "brand": brand,
            "store": store,
            "purchased_at": clock.write_instant(purchase.bought_at),
            "currency": purchase.currency,
            "total_minor": purchase.net_minor + purchase.points_minor,
            "payments": _payments(purchase),
            "lines": [_line(line, purchase.currency) for line in lines.get(purchase.id, ())],
        }
        for purchase, brand, store in rows
    ]


def _payments(purchase: Purchase) -> list[dict[str, Any]]:
    """How it was paid: what points are worth is a means of payment, and no promotion."""
    paid = {"money": purchase.net_minor, "points": purchase.points_minor}
    return [{"kind": kind, "amount_minor": amount} for kind, amount in paid.items() if amount]


def _line(line: PurchaseLine, currency: str) -> dict[str, Any]:
    taken_off = {"gtin": line.gtin, "amount_minor": line.promotion_minor, "currency": currency}
    return {
        "gtin": line.gtin,
        "label": line.label,
        "quantity": line.quantity,
        "amount_minor": line.net_minor + line.points_minor,
        "promotions": [taken_off] if line.promotion_minor else [],
    }
