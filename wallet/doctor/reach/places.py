"""Places and beacons at which a pass comes up by itself (Apple, objects `Location` and `Beacon`)."""

import uuid
from collections.abc import Mapping
from typing import Any

from wallet.doctor.ailments import Symptoms
from wallet.doctor.content.findings import IdentityAilment
from wallet.doctor.content.kinds import NUMBER, PASS, TEXT, entries_of, is_number
from wallet.doctor.reach.findings import PlaceAilment

MOST = 10
LARGEST = 0xFFFF
RANGES = (("latitude", 90), ("longitude", 180))


def check_places(content: Mapping[str, Any], *, symptoms: Symptoms) -> None:
    """Note places, beacons and distances that no phone can use."""
    for key in ("locations", "beacons"):
        listed = content.get(key)
        if isinstance(listed, list) and len(listed) > MOST:
            symptoms.note(PlaceAilment.PLACES_MANY, f"{PASS}#/{key}", key=key, count=len(listed))
    seen: set[tuple[Any, ...]] = set()
    for about, place in entries_of(content, "locations", symptoms):
        _check_location(place, about, seen, symptoms)
    for about, beacon in entries_of(content, "beacons", symptoms):
        _check_beacon(beacon, about, seen, symptoms)
    distance = content.get("maxDistance")
    if isinstance(distance, int | float) and is_number(distance) and distance <= 0:
        symptoms.note(PlaceAilment.DISTANCE_WRONG, f"{PASS}#/maxDistance")


def _check_location(place: Mapping[str, Any], about: str, seen: set[tuple[Any, ...]], symptoms: Symptoms) -> None:
    _check_text(place, about, symptoms)
    if "altitude" in place and not is_number(place["altitude"]):
        symptoms.note(IdentityAilment.KIND_WRONG, f"{about}/altitude", key="altitude", kind=NUMBER)
    wrong = [key for key, most in RANGES if not is_number(place.get(key)) or not -most <= place[key] <= most]
    for key in wrong:
        symptoms.note(PlaceAilment.POSITION_WRONG, f"{about}/{key}", key=key)
    if wrong:
        return
    spot = (place["latitude"], place["longitude"])
    if spot == (0, 0):
        symptoms.note(PlaceAilment.POSITION_ZERO, about)
    if spot in seen:
        symptoms.note(PlaceAilment.PLACE_TWICE, about)
    seen.add(spot)


def _check_beacon(beacon: Mapping[str, Any], about: str, seen: set[tuple[Any, ...]], symptoms: Symptoms) -> None:
    _check_text(beacon, about, symptoms)
    numbers = (beacon.get("major"), beacon.get("minor"))
    for key, number in zip(("major", "minor"), numbers, strict=True):
        if key in beacon and (not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= LARGEST):
            symptoms.note(PlaceAilment.BEACON_NUMBER, f"{about}/{key}", key=key)
    if "minor" in beacon and "major" not in beacon:
        symptoms.note(PlaceAilment.MINOR_ALONE, about)
    try:
        radio = uuid.UUID(beacon.get("proximityUUID"))
    except (ValueError, TypeError, AttributeError):
        symptoms.note(PlaceAilment.UUID_WRONG, f"{about}/proximityUUID")
        return
    if str(radio) != str(beacon["proximityUUID"]).lower():
        symptoms.note(PlaceAilment.UUID_WRONG, f"{about}/proximityUUID")
    heard = (radio, *map(str, numbers))
    if heard in seen:
        symptoms.note(PlaceAilment.PLACE_TWICE, about)
    seen.add(heard)


def _check_text(entry: Mapping[str, Any], about: str, symptoms: Symptoms) -> None:
    if "relevantText" in entry and not isinstance(entry["relevantText"], str):
        symptoms.note(IdentityAilment.KIND_WRONG, f"{about}/relevantText", key="relevantText", kind=TEXT)
