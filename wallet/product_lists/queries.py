"""Questions about lists of articles."""

import uuid
from collections.abc import Collection

from sqlalchemy import Select, func, select

from app.sql import db
from wallet.product_lists.models import ListedArticle, ProductList

LISTED_THEN = """
article.brand_id = {brand} AND article.since <= {at} AND (article.until IS NULL OR article.until > {at})
"""
"""Whether an article of a brand was on a list at an instant; only with its `gtin` beside it is this quick."""

LISTS_OF_ARTICLES = db.HotStatement(f"""
SELECT asked.number, json_agg(list.code) AS codes
FROM unnest(%(numbers)s::integer[], %(gtins)s::bigint[], %(ats)s::timestamptz[]) AS asked (number, gtin, at)
JOIN product_list_article AS article ON article.gtin = asked.gtin
    AND {LISTED_THEN.format(brand="%(brand)s::uuid", at="asked.at")}
JOIN product_list AS list ON list.id = article.list_id
GROUP BY asked.number
""")  # noqa: S608 (our own constants)
"""On which lists each of some articles was, each at its own instant: two looks into an index for each."""

LIST_ARTICLES = db.HotStatement("""
INSERT INTO product_list_article (brand_id, gtin, list_id, since)
SELECT %(brand)s, gtin, %(list)s, %(now)s FROM unnest(string_to_array(%(gtins)s::text, ',')::bigint[]) AS said (gtin)
ON CONFLICT (brand_id, gtin, list_id, since) DO UPDATE SET until = NULL
""")
"""Articles that are on a list from now on, and were not before."""

UNLIST_ARTICLES = db.HotStatement("""
UPDATE product_list_article SET until = greatest(since, %(now)s)
WHERE list_id = %(list)s AND until IS NULL AND gtin = ANY(string_to_array(%(gtins)s::text, ',')::bigint[])
""")
"""Articles that are no longer on a list."""

PAGE_OF_ARTICLES = db.HotStatement("""
SELECT gtin, since FROM product_list_article
WHERE list_id = %(list)s AND until IS NULL AND gtin > %(after)s ORDER BY gtin LIMIT %(most)s
""")
"""What is on a list now, by number."""


def lists_of(brand_id: uuid.UUID) -> Select[ProductList]:
    """The lists of a brand that have not ended."""
    return select(ProductList).where(ProductList.brand_id == brand_id, ProductList.ended_at.is_(None))


def list_called(brand_id: uuid.UUID, code: str) -> Select[ProductList]:
    """The list of a brand that has this code, also when it has ended."""
    return select(ProductList).where(ProductList.brand_id == brand_id, ProductList.code == code)


def known_codes(brand_id: uuid.UUID, codes: Collection[str]) -> Select[str]:
    """Which of these codes are lists of the brand."""
    return lists_of(brand_id).with_only_columns(ProductList.code).where(ProductList.code.in_(codes))


def count_of_lists(brand_id: uuid.UUID) -> Select[int]:
    """How many lists a brand has."""
    return select(func.count()).where(ProductList.brand_id == brand_id, ProductList.ended_at.is_(None))


def gtins_on(list_id: uuid.UUID) -> Select[int]:
    """The numbers of the articles that are on a list now."""
    return select(ListedArticle.gtin).where(ListedArticle.list_id == list_id, ListedArticle.until.is_(None))
