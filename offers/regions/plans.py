"""The regions that a phone watches for a member: where they permit it, where an offer holds, what is worth most first.

Nothing is kept, neither the plan nor the position, and no decision is recorded (`worth` says why). The permission is
judged here for the plan and anew for each report of the phone: a plan that outlives a withdrawal brings nothing.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from app.accounts.errors import BrandUnknown
from app.accounts.queries import brand_with_code
from app.canonical import write_json
from app.consent.decision.phone_conditions import FRESH
from app.consent.errors import refusal_for
from app.sql import db
from geo.fences.hits import Spot, fences_of_stores, find_fences
from geo.fences.spheroid import metres_between
from geo.places.nearest import find_known_places
from geo.presence.allowance import (
    BY_BEACON,
    BY_FENCE,
    Watching,
    ends_of,
    find_obstacle,
    grounds_of,
    read_watching,
)
from geo.presence.beacon_regions import BeaconRegion, find_beacon_regions
from geo.presence.models import PURPOSE
from offers.regions.capability import Capability, Hindrance, judge_phone
from offers.regions.choice import BeaconAsked, ChosenRegions, FenceAsked, Platform, choose_regions, radius_of_bubble
from offers.regions.reach import PlanFix, Reach, RegionsAsked, find_reach
from offers.regions.worth import StoreWorth, weigh_stores

LASTS = timedelta(hours=12)
LASTS_IN_A_CROWD = timedelta(minutes=15)
"""How long a plan counts, at most; and where no bubble could be drawn."""

KINDS: Mapping[Platform, Sequence[str]] = {Platform.IOS: ("ibeacon",), Platform.ANDROID: ("ibeacon", "altbeacon")}
"""What a phone hears while an app sleeps."""


class WatchedFence(NamedTuple):
    """A fence to watch, the best offer of its store, and the permission that allows it."""

    chosen: FenceAsked
    event_id: uuid.UUID


class WatchedBeacons(NamedTuple):
    """A beacon region to watch, the best offer of its stores, and the permission that allows it."""

    chosen: BeaconAsked
    event_id: uuid.UUID


class RegionPlan(NamedTuple):
    """What a phone watches until `expires_at`, or until it leaves the bubble, best first. Where it watches less than
    the member permits, `hindrances` say why."""

    capability: Capability
    hindrances: Sequence[Hindrance]
    expires_at: datetime
    fences: Sequence[WatchedFence] = ()
    beacons: Sequence[WatchedBeacons] = ()
    bubble_m: int | None = None

    @property
    def revision(self) -> str:
        """What stays as long as the regions do, with their shapes and the permissions behind them: then the phone
        changes nothing. Neither their order nor the bubble has part in it: both tell of a position."""
        said = [
            self.capability,
            sorted([str(one.chosen.fence.id), one.chosen.fence.version, str(one.event_id)] for one in self.fences),
            sorted([one.chosen.region.id, str(one.event_id)] for one in self.beacons),
        ]
        return blake2b(write_json(said), digest_size=12).hexdigest()


def plan_regions(asked: RegionsAsked) -> RegionPlan:
    """What the member's phone watches. Empty, with the reasons, where the phone itself does not let it.

    Raises one of the `PermissionMissing` family when no permission lets anything be watched; `BrandUnknown`.
    """
    brand_id = _brand_id(asked.brand)
    watching = read_watching(member_id=asked.member_id, session_id=asked.session_id, brand_id=brand_id, now=asked.now)
    if not grounds_of(watching, BY_FENCE) and not grounds_of(watching, BY_BEACON):
        reason, touchpoint = find_obstacle(watching)
        raise refusal_for(reason, purpose=PURPOSE, touchpoint=touchpoint)
    judged = judge_phone(watching.phone, now=asked.now)
    if not judged.watches_fences:
        return RegionPlan(judged.capability, judged.hindrances, asked.now + LASTS)
    reach = find_reach(asked, watching, listens=asked.beacons and judged.watches_beacons)
    chosen = choose_among(asked, watching, reach)
    return _plan(asked, watching, reach, chosen, judged.hindrances if asked.beacons else ())


def choose_among(asked: RegionsAsked, watching: Watching, reach: Reach) -> ChosenRegions:
    """The best regions of these stores, whatever the phone allows."""
    worth = _weigh(asked, reach)
    fences, beacons = _fences(asked.fix, reach, worth), _beacons(asked, watching, reach, worth)
    return choose_regions(fences, beacons, platform=asked.platform)


def _brand_id(code: str | None) -> uuid.UUID | None:
    if code is None:
        return None
    brand = db.first(brand_with_code(code))
    if brand is None:
        raise BrandUnknown
    return brand.id


def _weigh(asked: RegionsAsked, reach: Reach) -> Mapping[uuid.UUID, StoreWorth]:
    """What each store is worth, by its id; not in it is a store that has nothing for the member."""
    places = reach.watched
    worth = weigh_stores(
        {place.store_number: place.metres for place in places},
        member_id=asked.member_id,
        brand_ids=sorted({place.brand_id for place in places}),
        language=asked.language,
        now=asked.now,
        until=asked.now + LASTS,
    )
    return {place.store_id: worth[place.store_number] for place in places if place.store_number in worth}


def _fences(fix: PlanFix | None, reach: Reach, worth: Mapping[uuid.UUID, StoreWorth]) -> list[FenceAsked]:
    found = []
    for fence in fences_of_stores([store_id for store_id in reach.by_fence if store_id in worth]):
        store_id = fence.store_id
        if store_id is not None:
            share = reach.familiar.get(store_id, 0.0)
            begins_m = None
            if fix is not None:
                begins_m = metres_between(fix.lon, fix.lat, fence.lon, fence.lat) - fence.radius_m
            rank = -share if begins_m is None else begins_m
            found.append(FenceAsked(fence, store_id, worth[store_id], begins_m, rank, is_familiar=share > 0))
    return found


def _beacons(
    asked: RegionsAsked, watching: Watching, reach: Reach, worth: Mapping[uuid.UUID, StoreWorth]
) -> list[BeaconAsked]:
    whole = {one.brand_id for one in grounds_of(watching, BY_BEACON) if one.whole and not one.closed}
    heard = [store_id for store_id in reach.by_beacon if store_id in worth]
    regions = find_beacon_regions(heard, whole=whole, kinds=KINDS[asked.platform])
    return [_beacon(region, reach, worth) for region in regions]


def _beacon(region: BeaconRegion, reach: Reach, worth: Mapping[uuid.UUID, StoreWorth]) -> BeaconAsked:
    """The region, by its best store: of equals the nearest, or the one where the member goes most."""
    ranks = {one: reach.places[one].metres or -reach.familiar.get(one, 0.0) for one in region.store_ids}
    best = min(region.store_ids, key=lambda one: (worth[one].key, ranks[one], str(one)))
    return BeaconAsked(region, best, worth[best], ranks[best])


def _plan(
    asked: RegionsAsked, watching: Watching, reach: Reach, chosen: ChosenRegions, hindrances: Sequence[Hindrance]
) -> RegionPlan:
    bubble_m, lasts = None, LASTS
    if asked.fix is not None and not asked.fix.is_coarse:
        bubble_m = _bubble(asked.fix, watching, reach, chosen)
        if bubble_m is None:
            hindrances, lasts = (*hindrances, Hindrance.CROWDED), LASTS_IN_A_CROWD
    if not chosen.fences and not chosen.beacons:
        hindrances = (*hindrances, Hindrance.NOTHING_HERE)
    fences = [WatchedFence(one, reach.by_fence[one.store_id]) for one in chosen.fences]
    beacons = [WatchedBeacons(one, reach.by_beacon[one.store_id]) for one in chosen.beacons]
    events = {one.event_id for one in fences} | {one.event_id for one in beacons}
    ends = [asked.now + lasts, ends_of(watching, events)]
    if watching.phone is not None and watching.phone.reported_at is not None:
        ends.append(watching.phone.reported_at + FRESH)  # then what the phone reports is taken no longer
    expires_at = min(end for end in ends if end is not None)
    return RegionPlan(Capability.BACKGROUND, hindrances, expires_at, fences, beacons, bubble_m)


def _bubble(fix: PlanFix, watching: Watching, reach: Reach, chosen: ChosenRegions) -> int | None:
    """How far the phone may go before it asks again. A fence may lie far from its store, so what was not chosen from is
    looked for once more, by the fences themselves."""
    bubble_m = radius_of_bubble([one.begins_m for one in chosen.left], searched_m=reach.searched_m)
    grounds = grounds_of(watching, BY_FENCE)
    if bubble_m is None or not grounds:
        return bubble_m
    spot = Spot(fix.lon, fix.lat, fix.accuracy_m)
    hits = find_fences([spot], brand_ids={ground.brand_id for ground in grounds}, within_m=bubble_m)
    strange = {hit.store_id for hit in hits if hit.store_id is not None} - reach.places.keys()
    if not strange:
        return bubble_m
    offered = {place.store_id for place in find_known_places(grounds, first=strange, most=len(strange))}
    met = [hit.outside_m for hit in hits if hit.store_id in strange & offered]
    return radius_of_bubble(met, searched_m=bubble_m)
