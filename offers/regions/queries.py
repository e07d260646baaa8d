"""Which live offers a member may find at some stores before an instant, and in which stores they buy or came lately."""

import uuid
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, func, or_, select

from geo.presence.models import Visit
from geo.presence.queries import RECENT
from offers.learning.models import CountKind, LearntCount, Profile

OFFERS_AT = """
WITH held AS (
 SELECT hit.offer_number, hit.ends_at, array_agg(hit.store_number ORDER BY hit.store_number) AS store_numbers
 FROM unnest($2::bigint[]) AS asked (store_number)
 JOIN place USING (store_number) JOIN offer_place AS hit USING (store_number)
 WHERE hit.starts_at < $4 AND hit.ends_at > $3
  AND COALESCE(hit.firings && tstzmultirange(tstzrange($3, $4)), true)
  AND COALESCE(place.open_during && tstzmultirange(tstzrange($3, $4)), true)
 GROUP BY hit.offer_number, hit.ends_at
)
SELECT live.offer_number, live.offer_id, live.version, live.priority, live.traits, live.exposures, live.taken,
 live.usual_ppm, live.popularity_ppm, held.ends_at, held.store_numbers,
 (CASE $5 WHEN 'fr' THEN live.card_fr ELSE live.card_en END)::json ->> 'title'
FROM held JOIN live_offer AS live USING (offer_number) LEFT JOIN LATERAL (
 SELECT count(*) FILTER (WHERE status = 'redeemed' OR expires_at <= $3) AS used,
  bool_or(status = 'active' AND expires_at > $3) AS waits
 FROM coupon WHERE coupon.member_id = $1 AND coupon.offer_id = live.offer_id
) AS mine ON true
WHERE mine.used < live.member_limit AND COALESCE(live.sold_out_until < $4 OR mine.waits, live.sold_out_until IS NULL)
 AND COALESCE(live.spent_until < $4, true)
 AND NOT EXISTS (SELECT FROM offer_dismissal AS hidden WHERE member_id = $1 AND hidden.offer_id = live.offer_id)
ORDER BY live.offer_number, held.ends_at
"""
"""What may be there for a member at these stores at some time before an instant, by the gates of "near me" that know
the future: an offer that begins, fires, or whose store opens only then counts too. Whom an offer is for is judged
afterwards. Columns: `offers.regions.worth.OfferAt`.

Parameters: 1 member, 2 store numbers, 3 now, 4 until when, 5 language.
"""


def stores_bought_in(member_id: uuid.UUID, brand_ids: Collection[uuid.UUID], *, now: datetime) -> Select[str, Decimal]:
    """The stores where a member buys, as far as they let these brands know: their ids as text, with weights."""
    return (
        select(LearntCount.key, LearntCount.weight)
        .join(Profile, (Profile.member_id == LearntCount.member_id) & (Profile.brand_id == LearntCount.brand_id))
        .where(
            LearntCount.member_id == member_id,
            LearntCount.brand_id.in_(brand_ids),
            LearntCount.kind == CountKind.STORE,
            LearntCount.key != "",
            or_(Profile.permitted_until.is_(None), Profile.permitted_until > now),
        )
    )


def stores_come_to(member_id: uuid.UUID, brand_ids: Collection[uuid.UUID], *, now: datetime) -> Select[uuid.UUID, int]:
    """The stores of these brands where a member came in the last thirty days, with how often."""
    return (
        select(Visit.store_id, func.count())
        .where(
            Visit.member_id == member_id,
            Visit.brand_id.in_(brand_ids),
            Visit.day >= (now - RECENT).date(),
        )
        .group_by(Visit.store_id)
    )
