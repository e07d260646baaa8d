"""Where a member's pass of a brand shows itself: at most ten places and one beacon, as wallets on phones take them.

A pass of Apple Wallet carries up to ten locations, about which the phone alone knows when it is near, and beacons; a
`maxDistance` can only make its usual hundred metres smaller (Apple, "Pass Design and Creation"). The server is asked
nothing and learns nothing.

Places are there while the member lets the brand meet them in stores (`in_store_offers`) by position, the beacon while
they let it by beacon, each for the stores that the permission covers, and only at the level that needs no asking. What
the phone allows an app has no say: it is the wallet that looks, by a setting of its own.

First comes where the member goes: their home stores, which the caller knows, and where they came lately. Then stores
with a live offer, the nearest to the first of those. A member of whom nothing is known gets the stores with an offer
only where they are so few that all fit.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from app.accounts.models import Brand
from app.canonical import write_json
from app.languages import Text
from app.sql import db
from geo.fences.hits import fences_of_stores
from geo.places.nearest import (
    FoundPlace,
    StandingPlace,
    find_known_places,
    find_nearest_places,
    find_standing_places,
)
from geo.presence.allowance import BY_BEACON, BY_FENCE, Watching, grounds_of, judge_store, read_watching
from geo.presence.beacon_regions import BeaconRegion, find_beacon_regions
from geo.presence.queries import recent_visits

MOST_PLACES = 10
USUAL_DISTANCE_M = 100
"""From how far a pass of a shop shows itself when nothing is said."""
SEARCHED_M = 50_000
"""How far from where the member goes other stores are looked for."""
HEARD_BY_PASSES = ("ibeacon",)

AT_OFFERS = Text(fr="{store} : vos offres vous attendent.", en="{store}: your offers are waiting.")
AT_STORE = Text(fr="{store} : votre carte est prête.", en="{store}: your card is ready.")
IN_STORE = Text(fr="{brand} : vos offres vous attendent.", en="{brand}: your offers are waiting.")


class PassPlace(NamedTuple):
    """A place on a pass: degrees (WGS 84), what the phone says there, and from how far where the usual hundred metres
    are too much."""

    store_id: uuid.UUID
    lon: float
    lat: float
    text_fr: str
    text_en: str
    max_distance_m: int | None
    permission_event_id: uuid.UUID


class PassBeacon(NamedTuple):
    """The beacons by which a pass shows itself: every one of the UUID, or those of one major number."""

    uuid: uuid.UUID
    major: int | None
    text_fr: str
    text_en: str
    permission_event_id: uuid.UUID


class PassPlaces(NamedTuple):
    """Where a pass shows itself. `revision` is the same as long as all of it is: whoever made the pass keeps it."""

    places: Sequence[PassPlace]
    beacon: PassBeacon | None
    revision: str


def places_of_pass(
    *, member_id: uuid.UUID, brand_id: uuid.UUID, preferred_store_ids: Sequence[uuid.UUID] = (), now: datetime
) -> PassPlaces:
    """Where the member's pass of the brand shows itself now. `preferred_store_ids` are their home stores, the first
    one first. Empty where no permission stands: then the pass must carry no place either."""
    watching = read_watching(member_id=member_id, brand_id=brand_id, now=now)
    if not grounds_of(watching, BY_FENCE) and not grounds_of(watching, BY_BEACON):
        return _revised((), None)
    brand = db.get(Brand, brand_id)
    visited = [visit.store_id for visit in db.all_of(recent_visits(member_id, brand_id, now))]
    goes_to = find_standing_places(list(dict.fromkeys([*preferred_store_ids, *visited])), brand_id=brand_id)
    places = _places(watching, goes_to, brand_id)
    beacon = _beacon(watching, goes_to, brand_id, "" if brand is None else brand.name)
    return _revised(places, beacon)


def who_changed(
    *,
    brand_id: uuid.UUID,
    kept: Mapping[uuid.UUID, str],
    preferred: Mapping[uuid.UUID, Sequence[uuid.UUID]] | None = None,
    now: datetime,
) -> dict[uuid.UUID, PassPlaces]:
    """The members whose passes of the brand are out of date, and what is right now: `kept` is the revision that each
    member's pass was made with, `preferred` their home stores.

    The one thing that the maker of passes asks, from a job: whatever changed (a visit, an offer, a store, a fence, a
    beacon, a permission or its end by time alone), it shows here, and nothing else need be told. As the system.
    """
    home = preferred or {}
    found = {}
    for member_id, revision in kept.items():
        places = places_of_pass(
            member_id=member_id, brand_id=brand_id, preferred_store_ids=home.get(member_id, ()), now=now
        )
        if places.revision != revision:
            found[member_id] = places
    return found


def _places(watching: Watching, goes_to: Sequence[StandingPlace], brand_id: uuid.UUID) -> list[PassPlace]:
    chosen: dict[uuid.UUID, tuple[StandingPlace, uuid.UUID]] = {}
    for store in goes_to:
        _take(chosen, watching, store, brand_id)
    if len(chosen) < MOST_PLACES:
        anchor = next(iter(chosen.values()), (None,))[0]
        others = [place.store_id for place in _offered(watching, anchor) if place.store_id not in chosen]
        for store in find_standing_places(others, brand_id=brand_id):
            _take(chosen, watching, store, brand_id)
    radius = _least_radius(chosen)
    return [_place(store, event_id, radius.get(store.store_id)) for store, event_id in chosen.values()]


def _take(
    chosen: dict[uuid.UUID, tuple[StandingPlace, uuid.UUID]],
    watching: Watching,
    store: StandingPlace,
    brand_id: uuid.UUID,
) -> None:
    """Take the store, while there is room and a permission covers it."""
    said = judge_store(watching, BY_FENCE, brand_id=brand_id, store_id=store.store_id, area_ids=store.area_ids)
    if said.allowed and said.event_id is not None and len(chosen) < MOST_PLACES:
        chosen[store.store_id] = store, said.event_id


def _offered(watching: Watching, anchor: StandingPlace | None) -> list[FoundPlace]:
    """Stores with a live offer: around where the member goes, or all of them where they are few."""
    grounds = grounds_of(watching, BY_FENCE)
    most = 2 * MOST_PLACES  # those that were chosen before are among them
    if anchor is not None:
        return find_nearest_places(grounds, lon=anchor.lon, lat=anchor.lat, reach_m=SEARCHED_M, most=most)
    found = find_known_places(grounds, most=MOST_PLACES + 1)
    return found if len(found) <= MOST_PLACES else []


def _least_radius(store_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, float]:
    """The smallest circle that somebody drew around each of these stores."""
    found: dict[uuid.UUID, float] = {}
    for fence in fences_of_stores(list(store_ids)):
        if fence.store_id is not None:
            found[fence.store_id] = min(found.get(fence.store_id, fence.radius_m), fence.radius_m)
    return found


def _place(store: StandingPlace, event_id: uuid.UUID, radius_m: float | None) -> PassPlace:
    said = AT_OFFERS if store.offered else AT_STORE
    words = {"store": store.name}
    nearer = round(radius_m) if radius_m is not None and radius_m < USUAL_DISTANCE_M else None
    fr, en = said.say("fr", words), said.say("en", words)
    return PassPlace(store.store_id, store.lon, store.lat, fr, en, nearer, event_id)


def _beacon(watching: Watching, goes_to: Sequence[StandingPlace], brand_id: uuid.UUID, name: str) -> PassBeacon | None:
    """The one region in which most of the stores are heard where the member goes, or else of those with an offer."""
    grounds = grounds_of(watching, BY_BEACON)
    if not grounds:
        return None
    others = [place.store_id for place in find_known_places(grounds, most=MOST_PLACES)]
    allowed: dict[uuid.UUID, uuid.UUID] = {}
    for store in [*goes_to, *find_standing_places(others, brand_id=brand_id)]:
        said = judge_store(watching, BY_BEACON, brand_id=brand_id, store_id=store.store_id, area_ids=store.area_ids)
        if said.allowed and said.event_id is not None:
            allowed.setdefault(store.store_id, said.event_id)
    whole = {ground.brand_id for ground in grounds if ground.whole and not ground.closed}
    regions = find_beacon_regions(list(allowed), whole=whole, kinds=HEARD_BY_PASSES)
    if not regions:
        return None
    order = list(allowed)
    best = min(regions, key=lambda one: _order_of_region(one, order))
    fr, en = IN_STORE.say("fr", {"brand": name}), IN_STORE.say("en", {"brand": name})
    return PassBeacon(best.uuid, best.major, fr, en, allowed[min(best.store_ids, key=order.index)])


def _order_of_region(region: BeaconRegion, order: Sequence[uuid.UUID]) -> tuple[int, int, str]:
    """Where the member goes first, then the most stores."""
    return min(order.index(one) for one in region.store_ids), -len(region.store_ids), region.id


def _revised(places: Sequence[PassPlace], beacon: PassBeacon | None) -> PassPlaces:
    """The answer with its fingerprint, which is of all that a pass shows: a permission given anew changes nothing."""
    shown = [*places, *((beacon,) if beacon is not None else ())]
    said = [{name: str(part) for name, part in one._asdict().items() if name in SHOWN} for one in shown]
    return PassPlaces(places, beacon, blake2b(write_json(said), digest_size=12).hexdigest())


SHOWN = ("lon", "lat", "text_fr", "text_en", "max_distance_m", "uuid", "major")
