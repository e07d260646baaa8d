"""Questions about the uses that count together."""

from app.sql import db

COUNTED_WITH = db.HotStatement("""
SELECT brand.time_zone,
    (SELECT household_id FROM household_tie WHERE member_id = %(member_id)s AND principal_id = %(member_id)s),
    (SELECT array_agg(principal_id) FROM household_tie WHERE member_id = %(member_id)s) AS fellows
FROM brand WHERE brand.id = %(brand_id)s
""")
"""The zone of a brand's calendar, and the household of a member: everybody in it, themselves too."""

COUNTED_USES = db.HotStatement("""
SELECT used.at AS used_at FROM (
    SELECT redemption.id, redemption.redeemed_at AS at
    FROM offer_use
    JOIN redemption ON redemption.member_id = offer_use.member_id AND redemption.id = offer_use.redemption_id
    WHERE offer_use.offer_id = %(offer_id)s AND limited_by = %(limited_by)s AND subject_id = %(subject_id)s
        AND redemption.undone_at IS NULL
    UNION
    SELECT redemption.id, redemption.redeemed_at
    FROM coupon
    JOIN redemption ON redemption.member_id = coupon.member_id AND redemption.coupon_id = coupon.id
    WHERE coupon.member_id = ANY (%(members)s::uuid[]) AND coupon.offer_id = %(offer_id)s
        AND redemption.undone_at IS NULL
    UNION
    SELECT coupon.id, %(now)s::timestamptz
    FROM coupon
    JOIN sale ON sale.member_id = coupon.member_id AND sale.id = coupon.held_for
    WHERE coupon.offer_id = %(offer_id)s AND coupon.held_until > %(now)s
        AND coupon.held_for IS DISTINCT FROM %(sale_id)s::uuid AND coupon.member_id = ANY (%(members)s::uuid[])
    UNION
    SELECT coupon.id, %(now)s::timestamptz
    FROM coupon
    JOIN sale ON sale.member_id = coupon.member_id AND sale.id = coupon.held_for
    WHERE coupon.offer_id = %(offer_id)s AND coupon.held_until > %(now)s
        AND coupon.held_for IS DISTINCT FROM %(sale_id)s::uuid
        AND coupon.installation_id = %(installation_id)s::uuid
) AS used
""")
"""When an offer was used by a member, a household or a phone, and `now` for each coupon that another sale keeps."""

NOTE_USE = db.HotStatement("""
INSERT INTO offer_use (offer_id, limited_by, subject_id, ordinal, member_id, redemption_id, brand_id)
SELECT %(offer_id)s, %(limited_by)s, %(subject_id)s, COALESCE(max(ordinal), 0) + 1,
    %(member_id)s, %(redemption_id)s, %(brand_id)s
FROM offer_use
WHERE offer_id = %(offer_id)s AND limited_by = %(limited_by)s AND subject_id = %(subject_id)s
HAVING NOT EXISTS (
    SELECT FROM unnest(%(since)s::timestamptz[], %(most)s::integer[]) AS bound (since, most)
    WHERE bound.most <= (
        SELECT count(*) FROM offer_use AS noted
        JOIN redemption ON redemption.member_id = noted.member_id AND redemption.id = noted.redemption_id
        WHERE noted.offer_id = %(offer_id)s AND noted.limited_by = %(limited_by)s
            AND noted.subject_id = %(subject_id)s
            AND redemption.undone_at IS NULL AND redemption.redeemed_at >= COALESCE(bound.since, '-infinity')
    )
)
RETURNING ordinal
""")
"""A redemption counts for a member, a household or a phone, as the next use of its offer; nothing is written where as
many were noted since the start of a period (null: ever) as there may be. Who does the same meanwhile wants the same
ordinal."""

INSTALLATION = db.HotStatement(
    "SELECT installation_id FROM member_session WHERE member_id = %(member_id)s AND id = %(session_id)s"
)
"""The app on the phone that is signed in so; null while it has not said which it is."""
