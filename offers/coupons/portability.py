"""What a portability file tells of coupons: each advantage that the member was given, and what it was worth."""

import uuid

from app.rights.export.portable_data import Promotion
from app.sql import db
from offers.coupons import queries


def promotions(member_id: uuid.UUID) -> list[Promotion]:
    """The member's coupons, oldest first. No article is known before purchases are, so `gtin` is null."""
    return [
        Promotion(
            id=coupon.id,
            brand=brand_code,
            kind=coupon.version.benefit["kind"],
            title_fr=coupon.version.title_fr,
            title_en=coupon.version.title_en,
            gtin=None,
            amount_minor=coupon.version.benefit.get("amount_minor"),
            currency=coupon.version.benefit.get("currency"),
            received_at=coupon.claimed_at,
            used_at=used_at,
        )
        for coupon, brand_code, used_at in db.rows(queries.coupons_with_use(member_id))
    ]
