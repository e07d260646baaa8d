"""Answer "what is around me?" to anybody: two statements, no account, no permission, no decision, nothing kept.

Who asks is unknown, so the answer holds only what is for everybody. What one network asks is counted, not what it asks
about: the position lives in memory for the length of the request.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from app import config
from app.accounts.errors import BrandUnknown
from app.accounts.queries import brand_with_code
from app.accounts.quotas import Quota, Spending, spend_quotas
from app.clock import write_instant
from app.languages import Language
from app.sql import db
from geo.availability import surroundings
from geo.availability.surroundings import Ages, Search, StoreAround, WantedArticle
from offers.around import queries, wording
from offers.around.errors import AskedTooOften
from offers.deciding.answers import Fix
from offers.deciding.errors import FixTooCoarse
from offers.planning.errors import OfferUnknown

RADIUS_M, FARTHEST_M = 5_000, 50_000
STORES, MOST_STORES = 20, 50
MOST_OFFERS = 50
AN_HOUR = timedelta(hours=1)


class AroundQuestion(NamedTuple):
    """Where somebody is, and what they look for: an article, an offer, or anything. `client` is their network."""

    fix: Fix
    client: str
    language: Language
    now: datetime
    wanted: WantedArticle = surroundings.NOTHING
    in_stock_only: bool = False
    offer_id: uuid.UUID | None = None
    limit: int = STORES


def answer_around(question: AroundQuestion) -> bytes:
    """The JSON text of the answer.

    Raises `AskedTooOften`, `FixTooCoarse`, `BrandUnknown`, `CategoryTooWide`; `OfferUnknown` also for an offer that is
    not for everybody.
    """
    fix, now = question.fix, question.now
    if fix.accuracy_m > config.current().coarsest_fix_m:
        raise FixTooCoarse(most_m=config.current().coarsest_fix_m)
    spend_quotas([Spending(quota_of_network(), question.client)], now=now)
    found = surroundings.find_surroundings(_search(question), ages=ages(), now=now)
    if not found.stores and fix.brand is not None and db.first(brand_with_code(fix.brand)) is None:
        raise BrandUnknown
    offers = _offers_at(found.stores, language=question.language, now=now)
    shown = list({offer_id: card for _, offer_id, card in offers}.items())[:MOST_OFFERS]
    known = {offer_id for offer_id, _ in shown}
    at: dict[int, list[str]] = {}
    for store_number, offer_id, _ in offers:
        if offer_id in known:
            at.setdefault(store_number, []).append(offer_id)
    answer = {
        "asked_at": write_instant(now),
        "stores": [_store(store, at.get(store.number, []), question) for store in found.stores],
        "offers": [orjson.Fragment(card) for _, card in shown],
        "more": found.more,
    }
    return orjson.dumps(answer)


def quota_of_network() -> Quota:
    """What one network may ask: a street that shares an address walks about, and a copy of all prices takes long."""
    return Quota("around", config.current().around_per_network, AN_HOUR, AskedTooOften)


def ages() -> Ages:
    """How old what is told may be."""
    settings = config.current()
    return Ages(timedelta(hours=settings.price_told_h), timedelta(hours=settings.stock_told_h))


def _search(question: AroundQuestion) -> Search:
    fix = question.fix
    among = None if question.offer_id is None else _stores_of(question.offer_id, now=question.now)
    return Search(
        fix.lon,
        fix.lat,
        fix.reach_m,
        question.limit,
        fix.brand,
        question.wanted,
        question.in_stock_only,
        among,
    )


def _stores_of(offer_id: uuid.UUID, *, now: datetime) -> Sequence[int]:
    rows = db.fetch(queries.STORES_OF, [now, offer_id])
    if not rows:
        raise OfferUnknown
    return [number for (number,) in rows if number is not None]


def _offers_at(stores: Sequence[StoreAround], *, language: Language, now: datetime) -> list[tuple[int, str, str]]:
    return db.fetch(queries.OFFERS_AT, [now, [store.number for store in stores], language]) if stores else []


def _store(store: StoreAround, offer_ids: Sequence[str], question: AroundQuestion) -> Mapping[str, Any]:
    language, zone = question.language, str(store.card["time_zone"])
    asked = question.wanted != surroundings.NOTHING
    return {
        "store": store.card,
        "distance_m": None if question.fix.is_coarse else round(store.metres),
        "open": store.open,
        "closes_at": store.closes_at and write_instant(store.closes_at),
        "opens_at": store.opens_at and write_instant(store.opens_at),
        "hours_text": wording.say_hours(store, language=language, now=question.now),
        "article": _article(store),
        "article_text": wording.say_article(store.article, zone=zone, language=language) if asked else None,
        "service_times": [
            {
                "kind": wait.kind,
                "minutes": wait.minutes,
                "text": wording.say_wait(wait, language=language),
                "said_at": write_instant(wait.said_at),
                "expires_at": write_instant(wait.expires_at),
            }
            for wait in store.waits
        ],
        "events": [
            {
                "id": event.id,
                "title": event.title.say(language),
                "text": event.text.say(language),
                "zone_code": event.zone_code,
                "starts_at": write_instant(event.starts_at),
                "ends_at": write_instant(event.ends_at),
            }
            for event in store.events
        ],
        "offer_ids": offer_ids,
    }


def _article(store: StoreAround) -> Mapping[str, Any] | None:
    known = store.article
    return known and {
        "gtin": known.gtin,
        "sku": known.sku,
        "label": known.label or None,
        "price_minor": known.price_minor,
        "currency": known.currency,
        "price_at": known.price_at and write_instant(known.price_at),
        "in_stock": known.is_stocked,
        "few_left": None if known.stock is None else 0 < known.stock <= wording.FEW,
        "stock_at": known.stock_at and write_instant(known.stock_at),
    }
