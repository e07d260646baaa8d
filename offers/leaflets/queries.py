"""Questions about a leaflet: what holds at a store in a week, what the member allows to be known, what was chosen."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, and_, func, select

from app.languages import Language
from geo.places.models import Store, StoreStatus
from offers.coupons.models import Coupon, CouponStatus
from offers.deciding.decisions import Placement
from offers.deciding.dismissals.models import OfferDismissal
from offers.deciding.models import Decision
from offers.learning.models import CountKind, LearntCount, Profile
from offers.planning.models import LiveOffer, OfferPlace

WEEK = """
SELECT $7::text, hit.store_number, hit.offer_number, live.version, live.priority, 0::float8, NULL::boolean,
 CASE WHEN held.used >= live.member_limit THEN 2 WHEN hit.starts_at >= $5 THEN 3 WHEN hit.ends_at <= $3 THEN 4
  WHEN NOT COALESCE(hit.firings && tstzmultirange(tstzrange($3, $5)), true) THEN 9
  WHEN live.sold_out_until > $3 AND held.code IS NULL THEN 6 WHEN live.spent_until > $3 THEN 12
  WHEN EXISTS (SELECT FROM offer_dismissal AS hidden WHERE member_id = $1 AND hidden.offer_id = live.offer_id) THEN 15
  ELSE 1 END,
 held.code, ''::text, CASE $6 WHEN 'fr' THEN live.card_fr ELSE live.card_en END,
 hit.ends_at, live.traits, live.exposures, live.taken, live.usual_ppm, live.popularity_ppm
FROM offer_place AS hit JOIN live_offer AS live USING (offer_number)
LEFT JOIN LATERAL (
 SELECT count(*) FILTER (WHERE status = 'redeemed' OR expires_at <= $3) AS used,
  max(code) FILTER (WHERE status = 'active' AND expires_at > $3) AS code
 FROM coupon WHERE member_id = $1 AND coupon.offer_id = live.offer_id
) AS held ON true
WHERE hit.store_number = $4 AND live.brand_id = $2
"""
"""Every live offer of a brand at a store, as `offers.deciding.ranking.Candidate`, judged for the rest of a week by the
gates of "near me": an offer that fires once more in it is one of the week.

Parameters: 1 member, 2 brand, 3 now, 4 store number, 5 the end of the week, 6 language, 7 the permission event.
"""


def store_of_brand(brand_id: uuid.UUID, store_id: uuid.UUID) -> Select[Store]:
    """An open store of a brand."""
    return select(Store).where(Store.id == store_id, Store.brand_id == brand_id, Store.status == StoreStatus.OPEN)


def stores_visited(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[str, Decimal]:
    """The stores where a member buys, by their ids as text, with the weights of their visits."""
    return select(LearntCount.key, LearntCount.weight).where(
        LearntCount.member_id == member_id,
        LearntCount.brand_id == brand_id,
        LearntCount.kind == CountKind.STORE,
        LearntCount.key != "",
    )


def taste_by(event_ids: Sequence[uuid.UUID], member_id: uuid.UUID) -> Select[bytes]:
    """What a member likes, as it was learnt by one of these permissions: packed."""
    packed = func.coalesce(Profile.packed_taste, func.ici_pack_taste(Profile.taste))
    return select(packed).where(Profile.member_id == member_id, Profile.permission_event_id.in_(event_ids))


def chosen_since(since: datetime, *, member_id: uuid.UUID, store_number: int, event_id: uuid.UUID) -> Select[Decision]:
    """What was chosen for a member's leaflet at a store since an instant, by this permission: the first of it
    that shows anything."""
    return (
        select(Decision)
        .where(
            Decision.member_id == member_id,
            Decision.id >= func.ici_uuid7_floor(since),
            Decision.placement == Placement.LEAFLET,
            Decision.permission_event_ids.contains([event_id]),
            Decision.considered[3] == store_number,
            Decision.shown > 0,
        )
        .order_by(Decision.id)
    )


def decision_with(member_id: uuid.UUID, id: uuid.UUID) -> Select[Decision]:
    """One decision about a member."""
    return select(Decision).where(Decision.member_id == member_id, Decision.id == id)


def cards_of(
    numbers: Sequence[int], *, member_id: uuid.UUID, store_number: int, language: Language, now: datetime
) -> Select[int, str, str | None]:
    """Of offers that still hold at a store and were not dismissed: number, card, the code of the member's coupon."""
    card = LiveOffer.card_fr if language == "fr" else LiveOffer.card_en
    mine = and_(Coupon.member_id == member_id, Coupon.offer_id == LiveOffer.offer_id)
    usable = (Coupon.status == CouponStatus.ACTIVE, Coupon.expires_at > now)
    coupon = select(Coupon.code).where(mine, *usable).order_by(Coupon.expires_at).limit(1)
    hidden = select(OfferDismissal.offer_id).where(OfferDismissal.member_id == member_id)
    return (
        select(LiveOffer.offer_number, card, coupon.scalar_subquery())
        .join(OfferPlace, OfferPlace.offer_number == LiveOffer.offer_number)
        .where(
            OfferPlace.store_number == store_number,
            OfferPlace.ends_at > now,
            LiveOffer.offer_number.in_(numbers),
            LiveOffer.offer_id.not_in(hidden),
        )
    )
