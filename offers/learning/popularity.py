"""What a brand sells lately: nothing about anybody.

Only the purchases of members who permit it are counted, so that whoever refuses leaves no trace in the order of
anybody's offers, not even in a sum; and an article counts once at least five of them bought it. It is counted anew a
few times a day from what is kept, as how many members stand behind an article cannot be known by adding.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, text

from app import clock
from app.accounts.models import Brand
from app.sql import db
from app.sql.queues import work_through
from offers.learning import decay, effects, queries
from offers.learning.models import ArticlePopularity
from offers.learning.scores import FEWEST
from offers.learning.tastes.affinities import liking_of, want_articles
from offers.learning.tastes.packed_tastes import open_taste, pack_taste
from offers.learning.tastes.tastes import Taste
from wallet.purchases.basket import Products

HORIZON_DAYS = 4 * decay.POPULARITY
"""How many days back it is looked: what was bought before would count less than a sixteenth."""

WEIGH = f"""
INSERT INTO article_popularity (brand_id, key, category, weight)
SELECT :brand, COALESCE(sold.key, ''), COALESCE(max(sold.category), ''), sum(unit.weight)
FROM (
 SELECT DISTINCT ON (happened.id, bought.key) kept.member_id, bought.key, line.category,
  (happened.bought_at AT TIME ZONE COALESCE(store.time_zone, :zone))::date AS day
 {queries.PROFILES}
 JOIN purchase AS happened ON happened.member_id = kept.member_id AND happened.brand_id = kept.brand_id
 JOIN purchase_line AS line ON line.member_id = happened.member_id AND line.purchase_id = happened.id
 LEFT JOIN store ON store.id = happened.store_id
 CROSS JOIN LATERAL (SELECT CASE WHEN line.gtin IS NOT NULL THEN 'gtin:' || lpad(line.gtin, 14, '0')
  WHEN line.sku IS NOT NULL THEN 'sku:' || line.sku END AS key) AS bought
 WHERE {queries.PERMITTING}
  AND happened.bought_at >= :since AND bought.key IS NOT NULL
  AND line.returned_quantity < COALESCE(line.quantity_thousandths, line.quantity)
 ORDER BY happened.id, bought.key, line.position
) AS sold JOIN unnest(CAST(:days AS date[]), CAST(:weights AS numeric[])) AS unit (day, weight) ON unit.day = sold.day
GROUP BY GROUPING SETS ((sold.key), ()) HAVING count(DISTINCT sold.member_id) >= {FEWEST}
"""  # noqa: S608 (our own names)
"""What a brand sold, by article, and all together under an empty key. Each article once per purchase."""


def weigh_popularity(*, now: datetime) -> int:
    """Count anew what each brand sells lately; return for how many brands. In steps."""

    def waiting(most: int) -> Sequence[uuid.UUID]:
        return [brand.id for brand in db.all_of(queries.brands())][:most]

    return work_through(waiting, lambda id: weigh_brand(id, now=now), what="offers.learning.popularity", at_once=10_000)


def weigh_brand(brand_id: uuid.UUID, *, now: datetime) -> int:
    """Count anew what one brand sells lately; 1 if it sells anything that may be counted."""
    [brand] = db.all_of(queries.brands().where(Brand.id == brand_id))
    today = clock.day_of(now, brand.time_zone)
    days = [today + timedelta(days=1 - back) for back in range(HORIZON_DAYS + 2)]
    db.execute(text("DELETE FROM article_popularity WHERE brand_id = :brand"), {"brand": brand_id})
    written = db.execute(
        text(WEIGH),
        {
            "brand": brand_id,
            "now": now,
            "zone": brand.time_zone,
            "since": now - timedelta(days=HORIZON_DAYS),
            "days": days,
            "weights": [decay.unit_on(day, decay.POPULARITY) for day in days],
        },
    )
    return int(bool(written.rowcount))  # type: ignore[attr-defined]


def shares_of(*, brand_id: uuid.UUID, products: Sequence[Products]) -> list[float]:
    """Which share (0 to 1) of what the brand sells lately each of these sets of articles has, by one question."""
    taste = open_taste(pack_taste(read_popularity(brand_id)), None)
    return [liking_of(taste, want_articles(one)) for one in products]


def read_popularity(brand_id: uuid.UUID) -> Taste:
    """What everybody together likes of a brand, as if they were one person; no taste where too few are known."""
    popular = ArticlePopularity
    rows = db.rows(select(popular.key, popular.category, popular.weight).where(popular.brand_id == brand_id))
    articles = {key: int(weight) for key, _, weight in rows if key}
    total = sum(int(weight) for key, _, weight in rows if not key)
    categories: Counter[str] = Counter()
    for key, category, weight in rows:
        for path in effects.paths_of(category) if key else ():
            categories[path] += int(weight)
    return Taste(articles, categories, total, total, {}, {})
