"""Questions about one offer at one store, and about one member's coupons of it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, false, func, select

from app.accounts.models import Brand
from app.sql import db
from geo.places.models import AreaStore, Store
from offers.planning.models import LiveOffer, OfferVersion
from offers.planning.queries import targeted


def store_at(brand_id: uuid.UUID, store_id: uuid.UUID, version: OfferVersion) -> Select[*tuple[Any, ...]]:
    """A store of the brand with its clock and areas, and whether a version holds there."""
    at = targeted(
        OfferVersion.offer_id == version.offer_id, OfferVersion.version == version.version, Store.id == store_id
    )
    areas = select(func.array_agg(AreaStore.area_id)).where(AreaStore.store_id == Store.id).scalar_subquery()
    holds = exists().where(at.c.store_id == store_id)
    return select(Store.id, Store.time_zone, areas.label("areas"), holds.label("holds")).where(
        Store.brand_id == brand_id, Store.id == store_id
    )


def live_of(offer_id: uuid.UUID, *, at: datetime) -> Select[bool, bool]:
    """Whether a live offer has no coupons left at an instant, and whether no money. Asked of the database: either may
    last for ever, for which Python has no instant."""
    ends = (LiveOffer.sold_out_until, LiveOffer.spent_until)
    sold_out, spent = (func.coalesce(end > at, false()) for end in ends)
    return select(sold_out.label("sold_out"), spent.label("spent")).where(LiveOffer.offer_id == offer_id)


def zone_of(brand_id: uuid.UUID) -> Select[str]:
    """The zone of a brand."""
    return select(Brand.time_zone).where(Brand.id == brand_id)


COUPONS = db.HotStatement("""
SELECT count(*) FILTER (WHERE status = 'redeemed' OR expires_at <= %(at)s) AS used,
 count(*) FILTER (WHERE status = 'active' AND expires_at > %(at)s) > 0 AS held,
 EXISTS (SELECT FROM offer_dismissal WHERE member_id = %(member)s AND offer_id = %(offer)s) AS dismissed
FROM coupon WHERE member_id = %(member)s AND offer_id = %(offer)s
""")
"""How often a member used an offer up, whether they hold a coupon of it, and whether they dismissed it: as "near me"
counts."""
