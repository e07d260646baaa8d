"""What a brand owes its members in points, for its accounts."""

import uuid
from typing import Any

from app import clock
from app.accounts.models import Brand
from app.sql import db
from wallet.ledger.models import LotState
from wallet.ledger.proof import queries
from wallet.points.currencies import the_currency


def liability(*, brand_id: uuid.UUID, currency_id: uuid.UUID) -> dict[str, Any]:
    """Points of members by the month (`YYYY-MM`, on the brand's calendar) in which they expire.

    `month` is null for points that never expire, or wait for somebody to say so. What is held is in no lot, so it has
    no month; what members owe is no liability but a claim. As stored: what is due but not settled yet still counts.
    Raises `PointsUnknown`.
    """
    currency = the_currency(brand_id=brand_id, currency_id=currency_id)
    brand = db.get(Brand, brand_id)
    zone = clock.zone_of(brand)
    months: dict[str | None, dict[str, Any]] = {}
    for row in db.rows(queries.liability(currency.id, time_zone=zone)):
        month = months.setdefault(row.month, {"month": row.month, "active": 0, "pending": 0})
        month["active" if row.state == LotState.ACTIVE else "pending"] += int(row.points)
    held, owed = (int(points) for points in db.rows(queries.held_and_owed(currency.id))[0])
    return {
        "currency_id": currency.id,
        "months": list(months.values()),
        "active": sum(month["active"] for month in months.values()),
        "pending": sum(month["pending"] for month in months.values()),
        "held": held,
        "owed": owed,
    }
