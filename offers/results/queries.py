"""Questions about what offers brought."""

from sqlalchemy import Select, select

from app.sql import db
from offers.results.models import ShowingsCounted


def counted() -> Select[ShowingsCounted]:
    """Up to which decision they are counted."""
    return select(ShowingsCounted)


COUNT_SHOWINGS = db.HotStatement("""
WITH counted AS (
    SELECT offer.number AS offer_number, (decided_at AT TIME ZONE brand.time_zone)::date AS day,
        considered[place + 2] AS store_number, considered[place + 3] AS outcome, member_id
    FROM decision
    CROSS JOIN LATERAL generate_series(1, cardinality(considered), 4) AS place
    JOIN offer ON offer.number = considered[place]
    JOIN brand ON brand.id = offer.brand_id
    WHERE decision.id >= %(after)s AND decision.id < %(before)s
), written AS (
    INSERT INTO offer_showing AS kept (offer_number, day, store_number, outcome, decisions, members)
    SELECT offer_number, day, store_number, outcome, count(*), count(DISTINCT member_id)
    FROM counted GROUP BY offer_number, day, store_number, outcome
    ON CONFLICT (offer_number, day, store_number, outcome) DO UPDATE
    SET decisions = kept.decisions + excluded.decisions, members = greatest(kept.members, excluded.members)
    RETURNING 1
)
SELECT count(*) AS rows FROM written
""")
"""Count the decisions with an id from `after` to `before`, excluded. Each id is counted in one such stretch."""

SHOWINGS = db.HotStatement("""
SELECT showing.day, store.id AS store_id, outcome, decisions, members
FROM offer JOIN offer_showing AS showing ON showing.offer_number = offer.number
JOIN store ON store.number = showing.store_number
WHERE offer.id = %(offer)s AND showing.day BETWEEN %(first)s AND %(last)s
""")

CLAIMS = db.HotStatement("""
SELECT (claimed_at AT TIME ZONE %(zone)s)::date AS day, count(*) AS claimed
FROM coupon WHERE offer_id = %(offer)s AND brand_id = %(brand)s AND claimed_at >= %(since)s AND claimed_at < %(until)s
GROUP BY day
""")

_USED = """
    SELECT redemption.member_id, redemption.store_id, redemption.sale_id, redemption.redeemed_at
    FROM coupon JOIN redemption ON redemption.member_id = coupon.member_id AND redemption.coupon_id = coupon.id
    WHERE coupon.offer_id = %(offer)s AND redemption.brand_id = %(brand)s AND undone_at IS NULL
        AND redeemed_at >= %(since)s AND redeemed_at < %(until)s
"""
"""The uses of an offer that stand."""

USES = db.HotStatement(f"""
SELECT (redeemed_at AT TIME ZONE %(zone)s)::date AS day, store_id, count(*) AS redeemed
FROM ({_USED}) AS used GROUP BY day, store_id
""")  # noqa: S608 (our own statement)

SALES_WITH = db.HotStatement(f"""
SELECT (closed_at AT TIME ZONE %(zone)s)::date AS day, sale.store_id, count(*) AS sales,
    sum(payable_minor)::bigint AS payable_minor, sum(off_minor)::bigint AS off_minor, sum(given)::bigint AS points,
    sum(money)::bigint AS money_given_minor
FROM (SELECT DISTINCT member_id, sale_id FROM ({_USED}) AS used WHERE sale_id IS NOT NULL) AS used
JOIN sale ON sale.member_id = used.member_id AND sale.id = used.sale_id
CROSS JOIN LATERAL (
    SELECT array_agg(step ->> 'key') AS keys,
        coalesce(sum((step ->> 'before_minor')::bigint - (step ->> 'after_minor')::bigint), 0) AS off_minor
    FROM jsonb_array_elements(trace -> 'steps') AS step WHERE step ->> 'offer_id' = %(offer)s::uuid::text
) AS step
CROSS JOIN LATERAL (
    SELECT coalesce(sum((bonus ->> 'points')::bigint) FILTER (WHERE bonus -> 'lines' IS NULL), 0) AS given,
        coalesce(sum((bonus ->> 'points')::bigint) FILTER (WHERE bonus -> 'lines' IS NOT NULL), 0)
            + coalesce(sum((bonus ->> 'amount_minor')::bigint), 0) AS money
    FROM jsonb_array_elements((trace -> 'bonuses') || coalesce(trace -> 'gift_cards_given', '[]')) AS bonus
    WHERE bonus ->> 'key' = ANY(keys)
) AS bonus
WHERE state IN ('closed', 'partially_returned') AND closed_at IS NOT NULL
GROUP BY day, sale.store_id
""")  # noqa: S608 (our own statement)
"""The sales in which an offer was used, what it took off there, and the points of the ledger, or the money of the
cagnotte and of gift cards, that it gave. Of what is given for later nothing is off; money of the cagnotte says of which
lines it was given."""

SALES = db.HotStatement("""
SELECT (closed_at AT TIME ZONE %(zone)s)::date AS day, store_id, count(*) AS sales,
    sum(payable_minor)::bigint AS payable_minor
FROM sale
WHERE brand_id = %(brand)s AND id >= %(after)s AND store_id = ANY(%(stores)s::uuid[])
    AND state IN ('closed', 'partially_returned') AND closed_at >= %(since)s AND closed_at < %(until)s
GROUP BY day, store_id
""")
"""All sales of some stores, with the offer or without. The id of a sale is not older than its opening: `after`."""

REDEMPTIONS = db.HotStatement("""
SELECT redemption.member_id, redeemed_at, undone_at, store.name AS store, offer.number AS offer, offer.name AS name,
    coupon.code, sale.terminal, sale.receipt, sale.state, sale.currency, sale.payable_minor, step.off_minor,
    bonus.points, bonus.money_given_minor
FROM redemption
JOIN coupon ON coupon.member_id = redemption.member_id AND coupon.id = redemption.coupon_id
JOIN offer ON offer.id = coupon.offer_id
JOIN store ON store.id = redemption.store_id
LEFT JOIN sale ON sale.member_id = redemption.member_id AND sale.id = redemption.sale_id
LEFT JOIN LATERAL (
    SELECT sum((step ->> 'before_minor')::bigint - (step ->> 'after_minor')::bigint)::bigint AS off_minor
    FROM jsonb_array_elements(sale.trace -> 'steps') AS step WHERE step ->> 'coupon_code' = coupon.code
) AS step ON true
LEFT JOIN LATERAL (
    SELECT sum((bonus ->> 'points')::bigint) FILTER (WHERE bonus -> 'lines' IS NULL)::bigint AS points,
        sum(coalesce(bonus ->> 'amount_minor', bonus ->> 'points')::bigint)
            FILTER (WHERE bonus ?| ARRAY['amount_minor', 'lines'])::bigint AS money_given_minor
    FROM jsonb_array_elements(
        (sale.trace -> 'bonuses') || coalesce(sale.trace -> 'gift_cards_given', '[]')
    ) AS bonus WHERE bonus ->> 'key' = 'coupon:' || coupon.code
) AS bonus ON true
WHERE redemption.brand_id = %(brand)s AND redemption.id >= %(after)s
    AND redeemed_at >= %(since)s AND redeemed_at < %(until)s
    AND (%(offer)s::uuid IS NULL OR coupon.offer_id = %(offer)s)
ORDER BY redemption.id LIMIT %(most)s
""")
"""The uses of coupons of a brand, also those that were undone, each with its sale as it stands."""
