"""When an offer of a brand fires next at one of its stores, as the console and the command line tell it."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.languages import Language, Text
from app.sql import db
from geo.places.almanac import read_almanacs
from geo.places.errors import StoreUnknown
from geo.places.models import Store
from geo.places.queries import stores_of
from offers.planning import brand_offers, queries
from offers.planning.models import OfferVersion
from offers.planning.schedules import forecast, recurrence, standing
from offers.planning.schedules.forecast import Foreseen
from offers.planning.schedules.wording import tell_when

MINUTES = "%Y-%m-%dT%H:%M"
HEAD = Text(fr="Version {version}, {store} ({zone}) : {when}", en="Version {version}, {store} ({zone}): {when}")
ALL_ALONG = Text(fr="toute sa période", en="all along its window")
NOT_HERE = Text(fr="L'offre n'est pas prévue pour ce magasin.", en="The offer is not for this store.")
NEVER_AGAIN = Text(fr="Elle n'y vaut plus.", en="It does not fire there any more.")


class Outlook(NamedTuple):
    """The next firings of a version at a store; `holds_here` is whether it is for that store at all."""

    version: OfferVersion
    store: Store
    holds_here: bool
    firings: Sequence[Foreseen]


def foresee_offer(
    *,
    brand_id: uuid.UUID,
    offer_id: uuid.UUID,
    store_id: uuid.UUID | None = None,
    reference: str | None = None,
    live_first: bool,
    now: datetime,
) -> Outlook:
    """The next firings of the draft of an offer, or of its live version; of the other one, where there is only that.
    The store is found by its id, or by the brand's own reference.

    Raises `OfferUnknown`, `StoreUnknown`.
    """
    offer = brand_offers.the_offer(brand_id=brand_id, offer_id=offer_id)
    named = Store.reference == reference if store_id is None else Store.id == store_id
    store = db.first(stores_of(brand_id).where(named))
    if store is None:
        raise StoreUnknown
    versions = (offer.live, offer.draft) if live_first else (offer.draft, offer.live)
    version = next(one for one in versions if one is not None)
    days = standing.days_of_store(
        read_almanacs([store.id])[store.id], window=(version.starts_local, version.ends_local)
    )
    found = forecast.foresee_firings(recurrence.read_schedule(version.schedule), at=days, now=now)
    return Outlook(version, store, store.id in db.all_of(queries.stores_with(version)), found)


def outlook_card(outlook: Outlook, *, language: Language) -> dict[str, Any]:
    """The next firings in numbers and in words."""
    return {
        "version": outlook.version.version,
        "time_zone": outlook.store.time_zone,
        "holds_here": outlook.holds_here,
        "when": tell_when(outlook.version, language),
        "items": [_card(one, language) for one in outlook.firings],
    }


def tell_outlook(outlook: Outlook, *, language: Language) -> Iterator[str]:
    """The next firings, one a line, below what they are of."""
    version = outlook.version
    when = tell_when(version, language) or ALL_ALONG.say(language)
    said = {"version": version.version, "store": outlook.store.name, "zone": outlook.store.time_zone, "when": when}
    yield HEAD.say(language, said)
    if not outlook.holds_here:
        yield NOT_HERE.say(language)
    yield from (one.say(language) for one in outlook.firings)
    if not outlook.firings:
        yield NEVER_AGAIN.say(language)


def _card(one: Foreseen, language: Language) -> dict[str, Any]:
    firing = one.firing
    return {
        "day": firing.day,
        "starts_at": firing.starts_at,
        "ends_at": firing.ends_at,
        "starts_local": firing.starts_local.strftime(MINUTES),
        "ends_local": firing.ends_local.strftime(MINUTES),
        "utc_offset": one.utc_offset,
        "effect": None if one.effect is None else str(one.effect),
        "text": one.say(language),
    }
