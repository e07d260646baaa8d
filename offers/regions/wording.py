"""A plan as an app reads it, with the reason for each region in the words of its member."""

import math
from typing import Any

from app.languages import Language, Text
from offers.regions.capability import SAID, Hindrance
from offers.regions.choice import LEAST_RADIUS_M
from offers.regions.plans import RegionPlan, WatchedBeacons, WatchedFence
from offers.regions.reach import RegionsAsked
from offers.regions.worth import StoreWorth

AT_STORE = Text(fr="Dans ce magasin : « {title} ».", en="At this store: {title}.")
IN_STORES = Text(
    fr="Dans les magasins où cette balise s'entend : « {title} ».",
    en="At the stores where this beacon is heard: {title}.",
)


def card_of_plan(plan: RegionPlan, asked: RegionsAsked) -> dict[str, Any]:
    """The plan in the language of who asked; shape: `schemas.RegionPlanOut`."""
    bubble = None
    if plan.bubble_m is not None and asked.fix is not None:
        bubble = {"id": "bubble", "lat": asked.fix.lat, "lon": asked.fix.lon, "radius_m": plan.bubble_m}
    return {
        "revision": plan.revision,
        "expires_at": plan.expires_at,
        "capability": plan.capability,
        "hindrances": [_hindrance(one, asked.language) for one in plan.hindrances],
        "fences": [_fence(one, asked.language) for one in plan.fences],
        "beacons": [_beacons(one, asked.language) for one in plan.beacons],
        "bubble": bubble,
    }


def _hindrance(hindrance: Hindrance, language: Language) -> dict[str, str]:
    return {"code": hindrance, "text": SAID[hindrance].say(language)}


def _fence(watched: WatchedFence, language: Language) -> dict[str, Any]:
    fence = watched.chosen.fence
    return {
        "id": f"f{fence.number}",
        "fence_id": fence.id,
        "version": fence.version,
        "lat": fence.lat,
        "lon": fence.lon - 360 if fence.lon > 180 else fence.lon,  # a shape may go on across the 180th meridian
        "radius_m": max(LEAST_RADIUS_M, math.ceil(fence.radius_m)),
        **_why(watched.chosen.worth, AT_STORE, language),
        "store_id": watched.chosen.store_id,
        "permission_event_id": watched.event_id,
    }


def _beacons(watched: WatchedBeacons, language: Language) -> dict[str, Any]:
    region = watched.chosen.region
    return {
        "id": region.id,
        "kind": region.kind,
        "uuid": region.uuid,
        "major": region.major,
        **_why(watched.chosen.worth, IN_STORES, language),
        "permission_event_id": watched.event_id,
    }


def _why(worth: StoreWorth, said: Text, language: Language) -> dict[str, Any]:
    return {
        "offer_id": worth.offer.offer_id,
        "reason": {"code": "offer_here", "text": said.say(language, {"title": worth.offer.title})},
    }
