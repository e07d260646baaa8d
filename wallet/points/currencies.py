"""A brand decides what it counts in."""

import uuid
from datetime import datetime

from app.sql import db
from wallet.ledger import queries
from wallet.ledger.currency_kinds import CurrencyKind
from wallet.ledger.errors import PointsUnknown
from wallet.ledger.models import PointsCurrency


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


def the_currency(*, brand_id: uuid.UUID, currency_id: uuid.UUID) -> PointsCurrency:
    """One of the brand's. Raises `PointsUnknown`, also for another brand's."""
    found = db.first(queries.currency(brand_id, currency_id))
    if found is None:
        raise PointsUnknown
    return found
