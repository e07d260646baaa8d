"""The stores around a point and what each is like now: open, what it has, how long one waits, what happens today.

The point lives in memory for the length of the question. It is not stored, not logged, and neither are distances,
because three of them are a position.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
import psycopg

from app import clock
from app.languages import Text
from app.logs import log
from app.sql import db
from geo.availability import queries
from geo.availability.errors import CategoryTooWide
from geo.places.models import one_meridian

LOOKED_AT, LOOKED_AT_FOR_CATEGORY = 500, 100
"""How many of the nearest stores are looked at where only some of them are wanted: a category has many articles, each
of which is looked up at each store."""
MOST_EVENTS = 10


class WantedArticle(NamedTuple):
    """The article that somebody looks for: by its GTIN in fourteen digits, by a brand's SKU, or any of a category."""

    gtin: str | None = None
    sku: str | None = None
    category: str | None = None


NOTHING = WantedArticle()


class Search(NamedTuple):
    """Where to look (degrees WGS 84, metres), for how many stores, of which brand, with which article.

    `among` are the only stores, by number; `must_have` leaves out those that are not known to have the article.
    """

    lon: float
    lat: float
    reach_m: float
    limit: int
    brand: str | None = None
    wanted: WantedArticle = NOTHING
    must_have: bool = False
    among: Sequence[int] | None = None

    @property
    def looked_at(self) -> int:
        """How many stores are looked at."""
        if not self.must_have:
            return self.limit + 1
        return LOOKED_AT if self.wanted.category is None else LOOKED_AT_FOR_CATEGORY


class Ages(NamedTuple):
    """How old a price and a stock may be when they are told."""

    price: timedelta
    stock: timedelta


class ArticleHere(NamedTuple):
    """What is known of an article at a store; of price and stock, one may be unknown or too old to be told."""

    gtin: str | None
    sku: str | None
    label: str
    price_minor: int | None
    currency: str | None
    price_at: datetime | None
    is_stocked: bool | None
    stock: int | None
    stock_at: datetime | None


class WaitHere(NamedTuple):
    """How long one waits for a service, as staff last said."""

    kind: str
    minutes: int
    said_at: datetime
    expires_at: datetime


class EventHere(NamedTuple):
    """What happens at a store today."""

    id: str
    title: Text
    text: Text
    zone_code: str | None
    starts_at: datetime
    ends_at: datetime


class StoreAround(NamedTuple):
    """A store near the point. `card` is the store as answers show it. `open` is null where its hours are unknown;
    `closes_at` is null where it does not close in the days that are known, `opens_at` where it does not open."""

    number: int
    card: Mapping[str, Any]
    metres: float
    open: bool | None
    closes_at: datetime | None
    opens_at: datetime | None
    article: ArticleHere | None
    waits: Sequence[WaitHere]
    events: Sequence[EventHere]


class StoresAround(NamedTuple):
    """The stores found, nearest first, and whether there are more."""

    stores: Sequence[StoreAround]
    more: bool


def find_open_stores(*, brand_id: uuid.UUID, now: datetime) -> list[int]:
    """The stores of a brand that are known to be open, by number."""
    return [number for (number,) in db.fetch(queries.OPEN_STORES, [brand_id, now])]


def find_surroundings(search: Search, *, ages: Ages, now: datetime) -> StoresAround:
    """The open-for-business stores around a point, in one statement. Raises `CategoryTooWide`."""
    rows = _surely(search, ages, now)
    if rows and rows[0][-1] > queries.MOST_OF_CATEGORY:
        raise CategoryTooWide(most=queries.MOST_OF_CATEGORY)
    is_cut = search.must_have and bool(rows) and rows[0][-2] >= search.looked_at
    stores = [_store(row, now) for row in rows[: search.limit]]
    return StoresAround(stores, len(rows) > search.limit or is_cut)


def _surely(search: Search, ages: Ages, now: datetime) -> list[Any]:
    """The rows of the one statement; without the index where that gives up."""
    statement = queries.AROUND_ANY if search.brand is None else queries.AROUND_OF_BRAND
    values = _values(search, ages, now)
    db.fetch("SAVEPOINT around")
    try:
        return db.fetch(statement, values)
    except psycopg.errors.InternalError_ as error:
        log.warning("around_without_index", error=str(error).partition("\n")[0])
        db.fetch("ROLLBACK TO SAVEPOINT around")
        return db.fetch(queries.measure_each(statement), values)


def _values(search: Search, ages: Ages, now: datetime) -> list[Any]:
    return [
        now,
        one_meridian(search.lon),
        search.lat,
        search.reach_m,
        search.looked_at,
        search.brand,
        *search.wanted,
        now - ages.price,
        now - ages.stock,
        search.must_have,
        None if search.among is None else list(search.among),
        search.limit + 1,
    ]


def _store(row: Sequence[Any], now: datetime) -> StoreAround:
    number, _, card, metres, is_open, closes_at, opens_at, *article, waits, events, _, _ = row
    shop = orjson.loads(card)
    gtin, sku, label, price_minor, currency, price_at, is_stocked, stock, stock_at = article
    known = ArticleHere(gtin, sku, label, price_minor, currency, price_at, is_stocked, stock, stock_at)
    return StoreAround(
        number,
        shop,
        metres,
        is_open,
        closes_at if is_open else None,
        None if is_open else opens_at,
        None if price_at is None and stock_at is None else known,
        [_wait(wait) for wait in waits or ()],
        list(_today(events or (), shop["time_zone"], now))[:MOST_EVENTS],
    )


def _wait(said: Mapping[str, Any]) -> WaitHere:
    said_at, expires_at = (datetime.fromisoformat(said[name]) for name in ("said_at", "expires_at"))
    return WaitHere(said["kind"], said["minutes"], said_at, expires_at)


def _today(events: Sequence[Mapping[str, Any]], zone: str, now: datetime) -> Iterator[EventHere]:
    """Those of these events that are on today by the store's own clock, and not over."""
    today = clock.day_of(now, zone)
    for event in events:
        starts, ends = (datetime.fromisoformat(event[name]) for name in ("starts_local", "ends_local"))
        starts_at, ends_at = clock.instant_of(starts, zone), clock.instant_of(ends, zone)
        if starts.date() <= today and ends_at > now:
            title, text = Text(fr=event["fr"], en=event["en"]), Text(fr=event["text_fr"], en=event["text_en"])
            yield EventHere(event["id"], title, text, event["zone_code"], starts_at, ends_at)
