"""Which offers hold at stores for everybody who comes in. Nobody is known, so nothing personal is read."""

FOR_EVERYBODY = "said.audience = 'everybody' AND said.for_whom = '{}'"
"""An offer that is announced to everybody, and meant for everybody: what is announced to members is theirs to see, and
a price reduction for everybody states the lowest price of the thirty days before (code de la consommation,
L112-1-1)."""

NOW = """$1::timestamptz >= hit.starts_at AND $1 < hit.ends_at AND COALESCE(hit.firings @> $1::timestamptz, true)
 AND COALESCE(live.sold_out_until <= $1, true) AND COALESCE(live.spent_until <= $1, true)"""
"""It holds at this instant, is not sold out, and what it may cost is not spent."""

_OFFERS_AT = """
SELECT hit.store_number, live.offer_id::text, CASE $3::text WHEN 'fr' THEN live.card_fr ELSE live.card_en END
FROM (
 SELECT place.* FROM unnest($2::bigint[]) AS near (store_number) JOIN offer_place AS place USING (store_number) OFFSET 0
) AS hit JOIN live_offer AS live USING (offer_number)
JOIN offer_version AS said ON said.offer_id = live.offer_id AND said.version = live.version
WHERE {now} AND {for_everybody}
ORDER BY live.priority DESC, hit.ends_at, live.offer_number, hit.store_number
"""
OFFERS_AT = _OFFERS_AT.replace("{now}", NOW).replace("{for_everybody}", FOR_EVERYBODY)
"""The offers for everybody at these stores, best first. Parameters: 1 when, 2 stores by number, 3 language.

The stores come first (`OFFSET 0` keeps it so): from the offers, each would be looked up at every store of its brand.
"""

_STORES_OF = """
SELECT hit.store_number
FROM live_offer AS live JOIN offer_version AS said ON said.offer_id = live.offer_id AND said.version = live.version
LEFT JOIN offer_place AS hit ON hit.offer_number = live.offer_number AND {now}
WHERE live.offer_id = $2 AND {for_everybody}
"""
STORES_OF = _STORES_OF.replace("{now}", NOW).replace("{for_everybody}", FOR_EVERYBODY)
"""The stores where an offer for everybody holds now, by number; one row of null where there is none for now, and no row
for what is no such offer. Parameters: 1 when, 2 the offer."""
