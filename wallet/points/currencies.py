"""A brand decides what it counts in."""

import uuid
from datetime import datetime
from functools import lru_cache

from app.sql import db
from wallet.ledger import queries
from wallet.ledger.currency_kinds import CurrencyKind, money_of
from wallet.ledger.errors import PointsUnknown
from wallet.ledger.models import PointsCurrency
from wallet.points import queries as points_queries

KEPT = 10_000
"""Currencies of which a process keeps what they are."""


def make_currency(
    *,
    brand_id: uuid.UUID,
    code: str,
    name_fr: str,
    name_en: str,
    waits: str,
    lasts: str,
    may_go_negative: bool,
    now: datetime,
    worth_points: int | None = None,
    worth_minor: int | None = None,
    kind: str = CurrencyKind.POINTS,
    usable_from: int | None = None,
) -> PointsCurrency:
    """A new currency; `worth_points` of it pay `worth_minor` of the brand's money, if any. Money is worth itself, and
    of a balance below `usable_from` nothing is spent. Stamps may always go negative: one that comes back although its
    card was used is owed.

    Raises `CurrencyCodeTaken` (by its constraint).
    """
    if kind == CurrencyKind.MONEY:
        worth_points = worth_minor = 1
    may_go_negative = may_go_negative or kind == CurrencyKind.STAMPS
    return db.add(
        PointsCurrency(
            brand_id=brand_id,
            code=code,
            kind=kind,
            name_fr=name_fr,
            name_en=name_en,
            waits=waits,
            lasts=lasts,
            may_go_negative=may_go_negative,
            worth_points=worth_points,
            worth_minor=worth_minor,
            usable_from=usable_from,
            created_at=now,
        )
    )


@lru_cache(maxsize=KEPT)
def money_counted(currency_id: uuid.UUID) -> str | None:
    """The ISO 4217 currency of which a currency counts minor units; null where it is no money. What a currency is never
    changes, so a process reads it once."""
    [(kind, brand_currency)] = db.rows(points_queries.kind_of(currency_id))
    return money_of(kind, brand_currency)


def the_currency(*, brand_id: uuid.UUID, currency_id: uuid.UUID) -> PointsCurrency:
    """One of the brand's. Raises `PointsUnknown`, also for another brand's."""
    found = db.first(queries.currency(brand_id, currency_id))
    if found is None:
        raise PointsUnknown
    return found
