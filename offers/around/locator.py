"""Where the stores of a brand are, by distance, and whether they are open: for anybody, on any page. Nothing is kept.

A position here is where somebody looks, not where they are; still it lives only for the length of the request.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from app.accounts.brands import find_brand
from app.accounts.quotas import Spending, spend_quotas
from app.clock import write_instant
from app.languages import Language
from geo.availability import surroundings
from geo.availability.surroundings import Search, StoreAround
from offers.around import wording
from offers.around.answers import ages, quota_of_network

FARTHEST_SOUGHT_M = 1_000_000
"""The length of France: somebody who plans a holiday looks for the nearest store all the same."""


class LocatorQuestion(NamedTuple):
    """Where stores of a brand are sought: degrees (WGS 84) and metres. `client` is the network that asks."""

    brand: str
    lat: float
    lon: float
    radius_m: int
    limit: int
    open_now: bool
    client: str
    language: Language
    now: datetime


def locate_stores(question: LocatorQuestion) -> bytes:
    """The JSON text of the answer. Raises `AskedTooOften`, `BrandUnknown`."""
    now = question.now
    spend_quotas([Spending(quota_of_network(), question.client)], now=now)
    brand = find_brand(question.brand)
    among = surroundings.find_open_stores(brand_id=brand.id, now=now) if question.open_now else None
    search = Search(question.lon, question.lat, question.radius_m, question.limit, brand=question.brand, among=among)
    found = surroundings.find_surroundings(search, ages=ages(), now=now)
    stores = [_describe(store, language=question.language, now=now) for store in found.stores]
    return orjson.dumps({"stores": stores, "more": found.more})


def _describe(store: StoreAround, *, language: Language, now: datetime) -> Mapping[str, Any]:
    return {
        "store": store.card,
        "distance_m": round(store.metres),
        "open": store.open,
        "closes_at": store.closes_at and write_instant(store.closes_at),
        "opens_at": store.opens_at and write_instant(store.opens_at),
        "hours_text": wording.say_hours(store, language=language, now=now),
    }
