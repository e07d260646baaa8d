"""Questions about the past of a brand, many rows at a time: who came where, who may be shown what, what was bought.

Each page of them is one look along an index, so that none takes long however much a brand remembers. `share` is how
many of 1,024 parts of the members are asked about: a member is always in the same part.
"""

import uuid
from typing import Any

from sqlalchemy import Select, func, select

from app.sql import db
from geo.places.models import AreaStore, Store
from offers.planning.models import OfferVersion
from offers.planning.queries import targeted

PARTS = 1_024
"""Into how many parts members are divided by a hash, so that some of them can stand for all."""

_IN_SHARE = f"(hashtextextended({{0}}member_id::text, 0) & {PARTS - 1}) < %(share)s"

MOST_COUNTED = 1_000_000

COUNT_BOUGHT = db.HotStatement(f"""
SELECT count(*) AS purchases FROM (
 SELECT FROM purchase
 WHERE brand_id = %(brand)s AND id > %(after)s AND bought_at >= %(since)s AND bought_at < %(until)s
 LIMIT {MOST_COUNTED}
) AS bought
""")  # noqa: S608 (our own names)
"""How many purchases there are, as far as it matters: of more than these, members are drawn anyway."""

BOUGHT = db.HotStatement(f"""
SELECT member_id, id, store_id, bought_at, tax_included FROM purchase
WHERE brand_id = %(brand)s AND id > %(after)s AND bought_at >= %(since)s AND bought_at < %(until)s
 AND store_id = ANY(%(stores)s::uuid[]) AND currency = %(currency)s AND {_IN_SHARE.format("")}
ORDER BY id LIMIT %(most)s
""")  # noqa: S608 (our own names)
"""What was bought in some stores. An id holds the time of its making, which no purchase precedes: `after` is such a
time, or the last id of the page before."""

SCANNED = db.HotStatement(f"""
SELECT member_id, id, store_id, scanned_at FROM scan
WHERE brand_id = %(brand)s AND id > %(after)s AND scanned_at >= %(since)s AND scanned_at < %(until)s
 AND store_id = ANY(%(stores)s::uuid[]) AND {_IN_SHARE.format("")}
ORDER BY id LIMIT %(most)s
""")  # noqa: S608 (our own names)

HOLDERS = db.HotStatement(f"""
SELECT member_id FROM card
WHERE brand_id = %(brand)s AND member_id > %(after)s AND {_IN_SHARE.format("")}
ORDER BY member_id LIMIT %(most)s
""")  # noqa: S608 (our own names)
"""Who has a card of the brand."""

ASKED = db.HotStatement("""
SELECT decision.member_id, decided_at, near.number AS store_number
FROM unnest(%(members)s::uuid[]) AS one (member_id)
JOIN decision ON decision.member_id = one.member_id AND decision.id > %(after)s
CROSS JOIN LATERAL (
 SELECT DISTINCT considered[place] AS number FROM generate_series(3, cardinality(considered), 4) AS place
) AS near
WHERE decided_at >= %(since)s AND decided_at < %(until)s AND near.number = ANY(%(numbers)s::bigint[])
""")
"""When these members asked what is near them, and one of these stores was."""

REACTIONS = db.HotStatement("""
WITH seen AS MATERIALIZED (
 SELECT DISTINCT decision.member_id, considered[place] AS number
 FROM unnest(%(members)s::uuid[]) AS one (member_id)
 JOIN decision ON decision.member_id = one.member_id AND decision.id > %(after)s
 CROSS JOIN LATERAL generate_series(1, cardinality(considered), 4) AS place
 WHERE decided_at >= %(since)s AND considered[place + 3] = 1
)
SELECT count(DISTINCT seen.member_id) AS members, count(*) AS shown, count(*) FILTER (WHERE claimed) AS claimed,
 count(*) FILTER (WHERE redeemed) AS redeemed
FROM seen JOIN offer ON offer.number = seen.number AND offer.brand_id = %(brand)s
CROSS JOIN LATERAL (
 SELECT count(*) > 0 AS claimed, count(*) FILTER (WHERE status = 'redeemed') > 0 AS redeemed
 FROM coupon WHERE coupon.member_id = seen.member_id AND coupon.offer_id = offer.id
) AS done
""")
"""Of the brand's offers that were shown to these members, each counted once for each member: how many they claimed, and
how many they used."""

CELLS = db.HotStatement("""
SELECT member.member_id, minor_until, restricted_at, touchpoint, scope_kind, scope_id, state, level, expires_at,
 uses_left, event_id, os_location, pending, with_parent, notice_until, objected
FROM unnest(%(members)s::uuid[]) AS one (member_id)
JOIN member ON member.member_id = one.member_id
JOIN permission_state AS cell ON cell.member_id = one.member_id AND touchpoint = ANY(%(touchpoints)s::text[])
 AND purpose = %(purpose)s AND brand_id = %(brand)s AND recipient = ''
""")
"""What these members said to the brand about a purpose, with what else a decision must know of them."""

WITH_ARTICLES = db.HotStatement("""
SELECT one.purchase_id FROM unnest(%(members)s::uuid[], %(purchases)s::uuid[]) AS one (member_id, purchase_id)
WHERE EXISTS (
 SELECT FROM purchase_line AS line WHERE line.member_id = one.member_id AND line.purchase_id = one.purchase_id
  AND (gtin = ANY(%(gtins)s::text[]) OR sku = ANY(%(skus)s::text[])
   OR EXISTS (SELECT FROM unnest(%(paths)s::text[]) AS named (path)
    WHERE category = path OR starts_with(category, path || '/'))
   OR cardinality(%(lists)s::text[]) > 0 AND EXISTS (
    SELECT FROM product_list_article AS article JOIN product_list AS list ON list.id = article.list_id
    WHERE article.brand_id = %(brand)s AND article.gtin = line.gtin::bigint AND article.until IS NULL
     AND list.code = ANY(%(lists)s::text[])))
)
""")
"""Those of these purchases in which one of these articles is, by what is on lists now."""

LINES = db.HotStatement("""
SELECT line.purchase_id, position, quantity, gross_minor, promotion_minor, gtin, sku, category, tax_bp, label,
 points_minor, quantity_thousandths, unit, unit_price_minor
FROM unnest(%(members)s::uuid[], %(purchases)s::uuid[]) AS one (member_id, purchase_id)
JOIN purchase_line AS line USING (member_id, purchase_id)
ORDER BY line.member_id, line.purchase_id, position
""")
"""The lines of these purchases, in the order of the fields of `BasketLine` after the purchase."""


def stores_with(offer_id: uuid.UUID, version: int) -> Select[*tuple[Any, ...]]:
    """The open stores at which a version of an offer holds, with their clocks and areas."""
    at = targeted(OfferVersion.offer_id == offer_id, OfferVersion.version == version)
    areas = select(func.array_agg(AreaStore.area_id)).where(AreaStore.store_id == Store.id).scalar_subquery()
    return (
        select(Store.id, Store.number, Store.time_zone, areas.label("areas"))
        .join(at, at.c.store_id == Store.id)
        .where(Store.status == "open")
    )


def version_of(offer_id: uuid.UUID, version: int) -> Select[OfferVersion]:
    """One version of an offer."""
    return select(OfferVersion).where(OfferVersion.offer_id == offer_id, OfferVersion.version == version)
