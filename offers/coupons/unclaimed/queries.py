"""Questions about offers that apply by themselves."""

from app.sql import db

STANDING = db.HotStatement("""
SELECT offer.id AS offer_id, offer.status, offer.live_version,
    COALESCE(live.sold_out_until > %(now)s::timestamptz, false) AS sold_out,
    mine.claimed, mine.unused
FROM offer
LEFT JOIN live_offer AS live ON live.offer_id = offer.id
CROSS JOIN LATERAL (
    SELECT count(*) AS claimed,
        json_agg(json_build_array(code, id) ORDER BY held_for IS NOT DISTINCT FROM %(sale)s::uuid DESC, ends_local, id)
            FILTER (WHERE status = 'active' AND expires_at > %(now)s) AS unused
    FROM coupon WHERE member_id = %(member)s AND coupon.offer_id = offer.id
) AS mine
WHERE offer.id = ANY(%(offers)s::uuid[]) AND offer.brand_id = %(brand)s
ORDER BY offer.id
""")
"""How offers stand for a member: the version in force, whether they are sold out, how many coupons the member has had,
and those that are not used, the one that this sale keeps first."""
