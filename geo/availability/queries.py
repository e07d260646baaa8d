"""Statements about what stores have, and the one behind "around me"."""

import uuid

from sqlalchemy import Select, select

from geo.availability.models import ServiceTime, StoreEvent
from geo.places.models import Store, StoreStatus

MOST_OF_CATEGORY = 500
"""Articles of a category that are looked up at each store near; a category with more is too wide to ask for."""

MERGE_ARTICLES = """
INSERT INTO brand_article AS known (brand_id, key, gtin, sku, label, category)
SELECT $1, said.key, said.gtin, COALESCE(said.sku, old.sku), COALESCE(said.label, old.label, ''),
 COALESCE(said.category, old.category, '')
FROM json_to_recordset($2::json) AS said (key text, gtin text, sku text, label text, category text)
LEFT JOIN brand_article AS old ON old.brand_id = $1 AND old.key = said.key
WHERE old.number IS NULL OR (COALESCE(said.sku, old.sku, ''), COALESCE(said.label, old.label),
 COALESCE(said.category, old.category)) IS DISTINCT FROM (COALESCE(old.sku, ''), old.label, old.category)
ORDER BY said.key
ON CONFLICT (brand_id, key) DO UPDATE
SET sku = excluded.sku, label = excluded.label, category = excluded.category
"""
"""Learn of articles; nothing is written of those that are known as they are. Parameters: 1 brand, 2 rows as JSON."""

PRICE, STOCK = ("price_minor", "currency", "price_at"), ("stock", "is_stocked", "stock_at")
"""What a store says at once, last the instant at which it says it."""


def _is_newer(columns: tuple[str, ...]) -> str:
    return f"excluded.{columns[-1]} >= COALESCE(known.{columns[-1]}, '-infinity')"


def _newest(columns: tuple[str, ...]) -> str:
    """Assignments that take over what is newer, or of the same instant."""
    return ", ".join(
        f"{name} = CASE WHEN {_is_newer(columns)} THEN excluded.{name} ELSE known.{name} END" for name in columns
    )


def _changes(columns: tuple[str, ...]) -> str:
    said, known = (", ".join(f"{row}.{name}" for name in columns) for row in ("excluded", "known"))
    return f"({_is_newer(columns)} AND ({said}) IS DISTINCT FROM ({known}))"


_MERGE = """
WITH said AS MATERIALIZED (
 SELECT one.store, one.key, article.number, one.price, one.currency, one.price_at, one.stock, one.stocked, one.stock_at
 FROM json_to_recordset($2::json) AS one (store bigint, key text, price bigint, currency text, price_at timestamptz,
  stock integer, stocked boolean, stock_at timestamptz)
 JOIN brand_article AS article ON article.brand_id = $1 AND article.key = one.key
), written AS (
 INSERT INTO store_article AS known (store_number, article_number, {columns})
 SELECT store, number, price, currency, price_at, stock, stocked, stock_at FROM said
 WHERE price_at IS NOT NULL OR stock_at IS NOT NULL ORDER BY store, number
 ON CONFLICT (store_number, article_number) DO UPDATE SET {newest}
 WHERE {changes}
 RETURNING store_number, article_number
)
SELECT said.store, said.key, written.store_number IS NOT NULL, old.price_at, old.stock_at
FROM said LEFT JOIN written ON written.store_number = said.store AND written.article_number = said.number
LEFT JOIN store_article AS old ON old.store_number = said.store AND old.article_number = said.number
"""

MERGE_STORE_ARTICLES = (
    _MERGE.replace("{columns}", ", ".join(PRICE + STOCK))
    .replace("{newest}", f"{_newest(PRICE)}, {_newest(STOCK)}")
    .replace("{changes}", f"{_changes(PRICE)} OR {_changes(STOCK)}")
)
"""Keep prices and stocks that are newer than what is known, each by itself; of each row whether anything was written,
and how old was what was known before. Rows are locked in one order, so that two price lists never wait in a circle.
Parameters: 1 brand, 2 rows as JSON, each store and article once.
"""

FORGET_OLD = """
WITH few AS (SELECT number FROM store WHERE number > $1 ORDER BY number LIMIT $2), gone AS (
 DELETE FROM store_article USING few
 WHERE store_number = few.number AND GREATEST(price_at, stock_at) < $3 RETURNING 1
)
SELECT (SELECT max(number) FROM few), (SELECT count(*) FROM gone)
"""
"""Forget what the next stores said before an instant. Parameters: 1 the last store, 2 how many, 3 the instant."""

BY_INDEX, BY_DISTANCE = "ORDER BY location <-> asker.here", "ORDER BY ST_Distance(location, asker.here)"

OF_ALL = """
   SELECT store_number FROM place
   WHERE store_number > 0 AND location && _ST_Expand(asker.here, $4)
    AND ($13::bigint[] IS NULL OR store_number = ANY ($13))
   ORDER BY location <-> asker.here LIMIT $5
"""
OF_BRAND = """
   SELECT number AS store_number FROM store
   WHERE brand_id = (SELECT id FROM brand WHERE code = $6) AND status = 'open'
    AND location && _ST_Expand(asker.here, $4) AND ($13::bigint[] IS NULL OR number = ANY ($13))
   ORDER BY location <-> asker.here LIMIT $5
"""

_AROUND = """
WITH asker AS MATERIALIZED (SELECT ST_MakePoint($2::float8, $3::float8)::geography AS here),
wanted AS MATERIALIZED (
 SELECT number, gtin, sku, label FROM brand_article WHERE gtin = $7::text
  AND ($6::text IS NULL OR brand_id = (SELECT id FROM brand WHERE code = $6))
 UNION ALL
 SELECT number, gtin, sku, label FROM brand_article
 WHERE sku = $8::text AND brand_id = (SELECT id FROM brand WHERE code = $6)
 UNION ALL
 (SELECT number, gtin, sku, label FROM brand_article
  WHERE brand_id = (SELECT id FROM brand WHERE code = $6)
   AND (category ~>=~ ($9::text || '/') AND category ~<~ ($9::text || '0') OR category = $9::text) LIMIT {wanted})
), near AS MATERIALIZED (
 SELECT store_number, store_id, card, open_during, open_known_until,
  ST_Distance(place.location, asker.here) AS metres, sold.*
 FROM asker CROSS JOIN LATERAL ({nearest}  ) AS nearest JOIN place USING (store_number)
 LEFT JOIN LATERAL (
  SELECT * FROM (
   SELECT gtin, sku, label, article_number, CASE WHEN price_at > $10 THEN price_minor END AS price_minor,
    CASE WHEN price_at > $10 THEN currency END AS currency, CASE WHEN price_at > $10 THEN price_at END AS price_at,
    CASE WHEN stock_at > $11 THEN stock END AS stock, CASE WHEN stock_at > $11 THEN is_stocked END AS is_stocked,
    CASE WHEN stock_at > $11 THEN stock_at END AS stock_at
   FROM wanted JOIN store_article AS said ON said.store_number = nearest.store_number AND article_number = number
   WHERE price_at > $10 OR stock_at > $11
  ) AS told
  ORDER BY CASE WHEN is_stocked THEN 0 WHEN is_stocked IS NULL THEN 1 ELSE 2 END, price_minor NULLS LAST,
   GREATEST(price_at, stock_at) DESC, article_number LIMIT 1
 ) AS sold ON true
 WHERE ST_Distance(place.location, asker.here) <= $4
), chosen AS MATERIALIZED (
 SELECT * FROM near WHERE NOT $12::boolean OR is_stocked ORDER BY metres, store_number LIMIT $14
)
SELECT store_number, store_id, card, metres, hours @> $1::timestamptz AS open,
 (SELECT NULLIF(NULLIF(upper(opening), open_known_until), 'infinity') FROM unnest(hours) AS opening
  WHERE opening @> $1::timestamptz) AS closes_at,
 (SELECT min(lower(opening)) FROM unnest(hours) AS opening WHERE lower(opening) > $1::timestamptz) AS opens_at,
 gtin, sku, label, price_minor, currency, price_at, is_stocked, stock, stock_at,
 (SELECT json_agg(json_build_object('kind', kind, 'minutes', minutes, 'said_at', said_at, 'expires_at', expires_at)
   ORDER BY kind)
  FROM service_time WHERE service_time.store_id = chosen.store_id AND minutes IS NOT NULL AND expires_at > $1) AS waits,
 (SELECT json_agg(json_build_object('id', id, 'fr', title_fr, 'en', title_en, 'text_fr', text_fr, 'text_en', text_en,
   'zone_code', zone_code, 'starts_local', starts_local, 'ends_local', ends_local) ORDER BY starts_local, id)
  FROM store_event WHERE store_ids @> ARRAY[chosen.store_id] AND NOT cancelled
   AND ends_local > ($1::timestamptz AT TIME ZONE 'UTC') - interval '1 day'
   AND starts_local < ($1::timestamptz AT TIME ZONE 'UTC') + interval '2 days') AS events,
 (SELECT count(*) FROM near) AS looked_at, (SELECT count(*) FROM wanted) AS wanted
FROM (
 SELECT *, CASE WHEN COALESCE(open_known_until > $1, true) THEN open_during END AS hours FROM chosen
) AS chosen ORDER BY metres, store_number
"""
"""The stores around a point, nearest first, with what each is like now. Nobody is known, so nothing personal is read.

Parameters: 1 when, 2 lon, 3 lat, 4 radius in metres, 5 how many stores are looked at; 6 code of the only brand, or
null; the article: 7 its GTIN in fourteen digits, 8 its SKU, 9 a category, all null for none; 10 and 11 from when on a
price and a stock are told; 12 whether only stores are wanted that are known to have it; 13 the only stores, by number,
or null; 14 how many stores are answered at most.

Why it is written so:
* Nearest first comes from an index: of all places by themselves, of one brand with the brand before the point.
* The stores near are found before anything is read of them; each is then looked up by keys.
* Of a category the article that is there, then the cheapest, stands for all.
* It is sent prepared, with one plan for all.
"""

OPEN_STORES = """
SELECT store_number FROM place
WHERE brand_id = $1 AND open_during @> $2::timestamptz AND COALESCE(open_known_until > $2, true)
"""
"""The stores of a brand (1) that are known to be open at an instant (2), by number."""

AROUND_ANY, AROUND_OF_BRAND = (
    _AROUND.replace("{wanted}", str(MOST_OF_CATEGORY + 1)).replace("{nearest}", nearest)
    for nearest in (OF_ALL, OF_BRAND)
)


def measure_each(statement: str) -> str:
    """A search that measures every place in its box: for the rare box about which PostGIS itself says that its index
    gave them in a wrong order."""
    return statement.replace(BY_INDEX, BY_DISTANCE)


TELL_WAIT = """
INSERT INTO service_time AS known (store_id, kind, minutes, said_at, expires_at)
SELECT $1, $2, $3, $4, $5
ON CONFLICT (store_id, kind) DO UPDATE
SET minutes = excluded.minutes, said_at = excluded.said_at, expires_at = excluded.expires_at
WHERE excluded.said_at >= known.said_at
"""
"""Keep how long one waits, unless something newer was said. Parameters: 1 store, 2 kind, 3 minutes or null, 4 when it
was said, 5 until when it is told."""


def waits_at(store_id: uuid.UUID) -> Select[ServiceTime]:
    """What was last said of each service of a store, also of what is over."""
    return select(ServiceTime).where(ServiceTime.store_id == store_id).order_by(ServiceTime.kind)


def events_of(brand_id: uuid.UUID, *, store_id: uuid.UUID | None = None) -> Select[StoreEvent]:
    """The events of a brand, perhaps only those at one store."""
    found = select(StoreEvent).where(StoreEvent.brand_id == brand_id)
    return found if store_id is None else found.where(StoreEvent.store_ids.contains([store_id]))


def event_of(brand_id: uuid.UUID, event_id: uuid.UUID) -> Select[StoreEvent]:
    """One event, if it belongs to this brand."""
    return events_of(brand_id).where(StoreEvent.id == event_id)


def stores_by_reference(brand_id: uuid.UUID) -> Select[str, int, str]:
    """Reference, number and clock of each store of a brand that is open for business."""
    return select(Store.reference, Store.number, Store.time_zone).where(
        Store.brand_id == brand_id, Store.status == StoreStatus.OPEN
    )
