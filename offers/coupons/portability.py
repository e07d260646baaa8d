"""What a portability file tells of coupons: each advantage that the member was given, and what it was worth."""

import uuid
from datetime import datetime

from app.rights.export.portable_data import Promotion
from app.sql import db
from offers.coupons import queries
from offers.coupons.models import Coupon


def promotions(member_id: uuid.UUID) -> list[Promotion]:
    """The member's coupons, oldest first. No article is known before purchases are, so `gtin` is null."""
    return [
        _promotion(coupon, brand_code, used_at)
        for coupon, brand_code, used_at in db.rows(queries.coupons_with_use(member_id))
    ]


def _promotion(coupon: Coupon, brand_code: str, used_at: datetime | None) -> Promotion:
    benefit = coupon.version.gives
    amount = benefit.fixed_amount
    return Promotion(
        id=coupon.id,
        brand=brand_code,
        kind=benefit.code,
        title_fr=coupon.version.title_fr,
        title_en=coupon.version.title_en,
        gtin=None,
        amount_minor=amount.amount_minor if amount else None,
        currency=amount.currency if amount else None,
        received_at=coupon.claimed_at,
        used_at=used_at,
    )
