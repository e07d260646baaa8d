"""A version of an offer, laid over the past at each store where it holds."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.accounts.models import Brand
from app.sql import db
from geo.places.almanac import read_almanacs
from offers.planning import brand_offers
from offers.planning.models import Offer, OfferVersion
from offers.planning.review.errors import OfferVersionUnknown
from offers.planning.schedules import recurrence, standing
from offers.planning.schedules.recurrence import Schedule
from offers.planning.schedules.store_days import StoreDays
from offers.rehearsal import queries
from offers.rehearsal.errors import OfferOnlyGiven
from offers.rehearsal.overlay import Overlay, Span, Spans, lay_over
from offers.rehearsal.past import AskedPast, PastVisit


class Shop(NamedTuple):
    """A store at which the offer holds."""

    id: uuid.UUID
    number: int
    time_zone: str
    areas: Sequence[uuid.UUID] | None


@dataclass(frozen=True)
class LaidOffer:
    """A version of an offer, laid over the past at its stores."""

    brand: Brand
    offer: Offer
    version: OfferVersion
    overlay: Overlay
    shops: Mapping[uuid.UUID, Shop]
    spans: Mapping[uuid.UUID, Spans]

    @property
    def areas(self) -> dict[uuid.UUID, Sequence[uuid.UUID]]:
        """The areas in which each store lies."""
        return {shop.id: shop.areas or () for shop in self.shops.values()}

    def asked(self, *, now: datetime) -> AskedPast:
        """The past that this is about: all of its days, also the hours at which the offer does not fire."""
        whole = [self.overlay.span_in(zone) for zone in {shop.time_zone for shop in self.shops.values()}]
        since, until = min((start for start, _ in whole), default=now), max((end for _, end in whole), default=now)
        numbers = {shop.id: shop.number for shop in self.shops.values()}
        return AskedPast(self.brand.id, self.brand.currency, numbers, since, until)

    def day_of(self, visit: PastVisit) -> date:
        """The day of the offer for which a visit stands."""
        return self.overlay.day_in_offer(visit.at, self.shops[visit.store_id].time_zone)


def lay_offer(*, brand_id: uuid.UUID, offer_id: uuid.UUID, version: int | None, days: int, now: datetime) -> LaidOffer:
    """A version, the draft unless it is named, over so many of the last days.

    Raises `OfferUnknown`, `OfferVersionUnknown`, `OfferOnlyGiven`.
    """
    offer = brand_offers.the_offer(brand_id=brand_id, offer_id=offer_id)
    played = _version_of(offer, version)
    if played.given_only:
        raise OfferOnlyGiven
    [brand] = db.all_of(select(Brand).where(Brand.id == offer.brand_id))
    overlay = lay_over(
        starts_local=played.starts_local,
        ends_local=played.ends_local,
        days=days,
        now_local=now.astimezone(ZoneInfo(brand.time_zone)).replace(tzinfo=None),
    )
    shops = {row.id: Shop(*row) for row in db.rows(queries.stores_with(offer.id, played.version))}
    return LaidOffer(brand, offer, played, overlay, shops, _spans(played, shops, overlay))


def _version_of(offer: Offer, version: int | None) -> OfferVersion:
    wanted = offer.draft or offer.live if version is None else db.first(queries.version_of(offer.id, version))
    if wanted is None:
        raise OfferVersionUnknown(version=version or 0)
    return wanted


def _spans(version: OfferVersion, shops: Mapping[uuid.UUID, Shop], overlay: Overlay) -> dict[uuid.UUID, Spans]:
    """When it would have held at each store; those with the same clock, holidays and hours share what is worked out."""
    schedule = recurrence.read_schedule(version.schedule)
    window = (version.starts_local, version.ends_local)
    almanacs = read_almanacs(list(shops)) if schedule is not None and schedule.asks_store else {}
    known: dict[StoreDays, Spans] = {}
    found: dict[uuid.UUID, Spans] = {}
    for shop in shops.values():
        plain = StoreDays(window, shop.time_zone)
        days = standing.days_of_store(almanacs[shop.id], window=window) if almanacs else plain
        if days not in known:
            known[days] = overlay.spans_in(shop.time_zone, _firings(schedule, days, overlay))
        found[shop.id] = known[days]
    return found


def _firings(schedule: Schedule | None, days: StoreDays, overlay: Overlay) -> Sequence[Span] | None:
    if schedule is None:
        return None
    first, until = days.instant_of(overlay.begins), days.instant_of(overlay.ends)
    return recurrence.firings_between(schedule, **days._asdict(), first=first, until=until)
