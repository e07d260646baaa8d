"""What bundles are made of: a few constant statements, all of one snapshot of the database."""

ONE_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
"""Before the first question: what is read afterwards is the catalogue of one instant, with its versions."""

VERSIONS = "SELECT brand_id, version FROM catalogue_version"

BRANDS = """
SELECT brand.id::text AS id, code, name, COALESCE(known.version, 0) AS version
FROM brand LEFT JOIN catalogue_version AS known ON known.brand_id = brand.id
WHERE brand.id = ANY ($1::uuid[]) ORDER BY code
"""
"""Brands (1) and the versions of their catalogues."""

STORES = """
SELECT store_number AS number, store_id, brand_id::text AS brand_id, area_ids::text[] AS areas, card,
 CASE WHEN open_during IS NOT NULL THEN COALESCE((
  SELECT json_agg(json_build_array(extract(epoch FROM lower(one))::bigint, extract(epoch FROM upper(one))::bigint))
  FROM unnest(open_during) AS one), '[]')::text END AS hours,
 extract(epoch FROM open_known_until)::bigint AS known_until
FROM place WHERE store_number = ANY ($1::bigint[]) ORDER BY store_number
"""
"""Places by their numbers (1): the store as an answer shows it, and the intervals in which it is open, in seconds since
1970; null where its hours are unknown."""

OFFERS = """
SELECT live.offer_number AS number, live.offer_id::text AS id, live.brand_id::text AS brand_id, live.version,
 live.priority, live.member_limit AS per_member, live.traits, live.card_fr, live.card_en, written.for_whom,
 written.use_limits,
 CASE WHEN sold_out_until IS NOT NULL
  THEN extract(epoch FROM LEAST(sold_out_until, $2::timestamptz))::bigint END AS sold_out_until,
 CASE WHEN spent_until IS NOT NULL
  THEN extract(epoch FROM LEAST(spent_until, $2::timestamptz))::bigint END AS spent_until,
 extract(epoch FROM firings_from)::bigint AS firings_from
FROM live_offer AS live
JOIN offer_version AS written ON written.offer_id = live.offer_id AND written.version = live.version
WHERE live.offer_number IN (SELECT offer_number FROM offer_place WHERE store_number = ANY ($1::bigint[]))
ORDER BY live.offer_number
"""
"""What is live at places (1). What is over for ever is so until a last day (2), which can be written as a number."""

WHERE_AND_WHEN = """
SELECT hit.offer_number, hit.starts_at, hit.ends_at, hit.stores, CASE WHEN hit.firings IS NOT NULL THEN COALESCE((
  SELECT json_agg(json_build_array(extract(epoch FROM lower(one))::bigint, extract(epoch FROM upper(one))::bigint))
  FROM unnest(hit.firings) AS one), '[]')::text END AS firings
FROM (
 SELECT offer_number, extract(epoch FROM starts_at)::bigint AS starts_at,
  extract(epoch FROM ends_at)::bigint AS ends_at, firings, array_agg(store_number ORDER BY store_number) AS stores
 FROM offer_place WHERE store_number = ANY ($1::bigint[])
 GROUP BY offer_number, offer_place.starts_at, offer_place.ends_at, firings
) AS hit
ORDER BY hit.offer_number, hit.stores
"""
"""Windows and firings of offers at places (1), with the places that share each."""

BEACONS = """
SELECT beacon.kind, encode(beacon.identifier, 'hex') AS identifier, store.number AS store, zone_id::text AS zone_id
FROM beacon JOIN store ON store.id = beacon.store_id
WHERE store.number = ANY ($1::bigint[]) AND beacon.status = 'active' AND beacon.identifier IS NOT NULL
 AND beacon.stability IN ('stable', 'portable')
ORDER BY beacon.number
"""
"""Radios at places (1) that a phone can recognise by itself: those that stay there, and whose id does not change."""

FOR_SOME_OFFERS = """
SELECT offer_number, version, offer_id, brand_id, traits FROM live_offer
WHERE brand_id = ANY ($1::uuid[]) AND traits & 2 > 0 ORDER BY offer_number
"""
"""What is live at brands (1) and not for everybody (`offers.planning.models.FOR_SOME`)."""

HELD = """
SELECT coupon.offer_id::text,
 count(*) FILTER (WHERE status = 'redeemed' OR expires_at <= $2::timestamptz) AS used,
 COALESCE(json_agg(json_build_array(code, floor(extract(epoch FROM expires_at))::bigint) ORDER BY code)
  FILTER (WHERE status = 'active' AND expires_at > $2::timestamptz), '[]')::text AS waiting
FROM coupon JOIN live_offer USING (offer_id)
WHERE coupon.member_id = $1::uuid AND live_offer.brand_id = ANY ($3::uuid[])
GROUP BY coupon.offer_id ORDER BY coupon.offer_id
"""
"""A member's (1) coupons now (2) of what is live at brands (3): how many are used or over, and those that wait."""

DISMISSED = """
SELECT offer_id::text FROM offer_dismissal JOIN live_offer USING (offer_id)
WHERE offer_dismissal.member_id = $1::uuid AND live_offer.brand_id = ANY ($2::uuid[]) ORDER BY offer_id
"""
"""What a member (1) does not want to see of what is live at brands (2)."""

SCORED_OFFERS = """
SELECT ''::text, 0::bigint, offer_number, version, priority, 0::float8, NULL::boolean, 1, NULL::text, ''::text,
 ''::text, '9000-01-01T00:00:00Z'::timestamptz, traits, exposures, taken, usual_ppm, popularity_ppm
FROM live_offer WHERE brand_id = ANY ($1::uuid[]) ORDER BY offer_number LIMIT $2::bigint
"""
"""What is live at brands (1), 2 at most, as `offers.deciding.ranking.Candidate` without a place."""
