"""Where there are places with offers, for whoever names a cell and no position."""

AROUND = """
SELECT place.store_number, place.brand_id, ST_Y(location::geometry) AS lat, ST_X(location::geometry) AS lon
FROM brand CROSS JOIN LATERAL (
 SELECT store_number, brand_id, location FROM place
 WHERE brand_id = brand.id AND offered
  AND location && _ST_Expand(ST_MakePoint($1::float8, $2::float8)::geography, $3::float8)
) AS place
WHERE COALESCE(brand.id = ANY ($5::uuid[]), true)
ORDER BY place.store_number LIMIT $4::bigint
"""
"""The places with offers in the box around a circle: 1 lon, 2 lat, 3 metres, 4 how many at most, 5 of which brands, all
where null. Brand by brand, since the index of places begins with the brand."""

OF_BRAND = """
SELECT store_number, brand_id, ST_Y(location::geometry) AS lat, ST_X(location::geometry) AS lon
FROM place WHERE brand_id = $1::uuid AND offered ORDER BY store_number LIMIT $2::bigint
"""
"""The places of a brand (1) with offers, 2 at most."""
