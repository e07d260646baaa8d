"""What stores say of articles: the newest price and the newest stock count, whoever said them and in which order.

A row may bring a price, a stock, or both. What is older than what is known changes nothing, so that a price list which
comes late, or twice, or beside another, ends the same.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from app.accounts.models import Brand
from app.codes.article_numbers import full_gtin
from app.sql import db
from geo.availability import queries
from geo.availability.article_numbers import key_of
from geo.availability.errors import AvailabilityInFuture, AvailabilityTooOld
from geo.availability.stores_of_staff import require_stores
from geo.places import queries as places
from geo.places.errors import StoreUnknown

SKEW = timedelta(minutes=5)
"""How far the clock of whoever says something may be ahead."""
KEPT = timedelta(days=90)
"""How long what a store said is kept; long before, it is told to nobody any more."""
STORES_AT_ONCE = 20


class Telling(StrEnum):
    """What became of one thing that a store said."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    OLDER = "older"
    """Something newer is known, of the price or of the stock."""


class ArticleTold(NamedTuple):
    """What a store says of an article at an instant. `gtin` has fourteen digits; without it, the SKU names the article.

    `label` and `category` are null where nothing is said of them.
    """

    store_number: int
    gtin: str | None
    sku: str | None
    as_of: datetime
    price_minor: int | None = None
    currency: str | None = None
    stock: int | None = None
    is_stocked: bool | None = None
    label: str | None = None
    category: str | None = None

    @property
    def key(self) -> str:
        """What names the article within its brand."""
        return key_of(gtin=self.gtin, sku=self.sku)


def tell_articles(*, brand_id: uuid.UUID, told: Sequence[ArticleTold]) -> list[Telling]:
    """Keep what stores of a brand say, and what became of each, in two statements. What is said of one article of one
    store twice counts once: the newest, or the last of those of one instant."""
    chosen: dict[tuple[int, str], dict[str, Any]] = {}
    for one in told:
        _choose(chosen.setdefault((one.store_number, one.key), {}), one)
    if not chosen:
        return []
    db.fetch(queries.MERGE_ARTICLES, [brand_id, _json(_articles(told).values())])
    facts = [{"store": store, "key": key} | said for (store, key), said in sorted(chosen.items())]
    rows = db.fetch(queries.MERGE_STORE_ARTICLES, [brand_id, _json(facts)])
    became = {(store, key): (is_written, price_at, stock_at) for store, key, is_written, price_at, stock_at in rows}
    return [_became(one, *became[one.store_number, one.key], chosen[one.store_number, one.key]) for one in told]


def push_articles(
    *,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    own_store_id: uuid.UUID | None,
    by: uuid.UUID,
    as_of: datetime,
    articles: Sequence[Mapping[str, Any]],
    now: datetime,
) -> dict[str, int]:
    """Keep what a store, or somebody for it, says of some articles at `as_of`; how many were written, unchanged, older.

    `own_store_id` is that of the terminal that says it: no other store is its to speak of. Raises `StoreUnknown`,
    `StoresOutsideYours`, `AvailabilityInFuture`, `AvailabilityTooOld`.
    """
    store = db.first(places.store_of(brand_id, store_id)) if own_store_id in (None, store_id) else None
    if store is None:
        raise StoreUnknown
    require_stores(by, [store_id])
    if as_of > now + SKEW:
        raise AvailabilityInFuture
    if as_of <= now - KEPT:
        raise AvailabilityTooOld(days=KEPT.days)
    currency = db.session().get_one(Brand, brand_id).currency
    told = [_told(one, store.number, currency, as_of) for one in articles]
    became = tell_articles(brand_id=brand_id, told=told)
    return {str(telling): became.count(telling) for telling in Telling}


def _told(said: Mapping[str, Any], store_number: int, currency: str, as_of: datetime) -> ArticleTold:
    price, stock, is_stocked = said["price_minor"], said["stock"], said["in_stock"]
    return ArticleTold(
        store_number,
        None if said["gtin"] is None else full_gtin(said["gtin"]),
        said["sku"],
        as_of,
        price,
        None if price is None else said["currency"] or currency,
        stock,
        is_stocked if stock is None else stock > 0,
        said["label"],
        said["category"],
    )


def _choose(known: dict[str, Any], one: ArticleTold) -> None:
    """Take over the price and the stock, each if nothing newer of it was chosen."""
    at = one.as_of
    if one.price_minor is not None and ("price_at" not in known or known["price_at"] <= at):
        known |= {"price": one.price_minor, "currency": one.currency, "price_at": at}
    if one.is_stocked is not None and ("stock_at" not in known or known["stock_at"] <= at):
        known |= {"stock": one.stock, "stocked": one.is_stocked, "stock_at": at}


def _became(
    one: ArticleTold, is_written: bool, price_at: datetime | None, stock_at: datetime | None, chosen: Mapping[str, Any]
) -> Telling:
    """`price_at` and `stock_at` are of what was known before."""
    late_price = one.price_minor is not None and one.as_of < max(price_at or one.as_of, chosen["price_at"])
    late_stock = one.is_stocked is not None and one.as_of < max(stock_at or one.as_of, chosen["stock_at"])
    if late_price or late_stock:
        return Telling.OLDER
    return Telling.WRITTEN if is_written else Telling.UNCHANGED


def _articles(told: Sequence[ArticleTold]) -> dict[str, dict[str, str | None]]:
    """What is said of each article itself, the last word of each kind."""
    found: dict[str, dict[str, str | None]] = {}
    for one in told:
        article = found.setdefault(one.key, {"key": one.key, "gtin": one.gtin})
        said = {"sku": one.sku, "label": one.label, "category": one.category}
        article |= {name: value for name, value in said.items() if value is not None}
    return found


def _json(rows: Iterable[Any]) -> str:
    # One JSON text carries all rows: the driver writes arrays one value after the other.
    return orjson.dumps(list(rows)).decode()


@db.in_steps
def forget_old_articles(*, now: datetime) -> int:
    """Delete what stores said long ago, some stores at a time; returns how many prices and stocks."""
    last, forgotten = -1, 0
    while last is not None:
        with db.system_transaction():
            [(last, gone)] = db.fetch(queries.FORGET_OLD, [last, STORES_AT_ONCE, now - KEPT])
        forgotten += gone
    return forgotten
