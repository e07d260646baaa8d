"""What the app says, read leniently and no further than needed. Pure.

A message that is not understood is passed over, never refused: the app keeps what was refused and sends it again for
ever, or throws it away. Only what is named here is read, so that the names of a home network (SSID, BSSID), battery,
speed and height stay where they came in. Sources: the OwnTracks booklet, "JSON"; versions before it said `tst`, `rad`
and others as text.
"""

import json
import math
import struct
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from geo.places.plain_values import NotANumber, plain_number

MOST_MESSAGES = 200
"""Messages of one request that are read; the app sends one."""
MOST_WAYPOINTS = 1000
LONGEST_NAME = 64
MILLISECONDS = 1e11
"""Above it a time counts milliseconds: in seconds it is the year 5138."""


class SaidLocation(NamedTuple):
    """Where the phone says it was. `accuracy_m` is 0 where it said nothing: the app leaves a zero out."""

    key: str
    at: datetime
    lon: float
    lat: float
    accuracy_m: float


class SaidCrossing(NamedTuple):
    """The phone entered or left something that it watches, by the names that we gave to that: `rid`, and `wtst` of apps
    before 2021. Its position is not read: we know where the fence is, and crossing a beacon says 0, 0."""

    key: str
    at: datetime
    rid: str | None
    wtst: int | None
    is_enter: bool
    by_region: bool
    """Whether the system of the phone woke the app for it, and not a position that the app had asked for."""


class SaidBeacon(NamedTuple):
    """An iBeacon that the phone hears."""

    key: str
    at: datetime
    frame: bytes
    """Its UUID, major and minor, as they are on the air."""


class SaidStatus(NamedTuple):
    """What the system of the phone lets the app do, as far as it says so, in the words of `app.phones`."""

    platform: str
    location: str
    precision: str | None


class SaidByPhone(NamedTuple):
    """All that one request said. `waypoints` are the names of everything that the phone watches, None if it did not
    say."""

    locations: Sequence[SaidLocation] = ()
    crossings: Sequence[SaidCrossing] = ()
    beacons: Sequence[SaidBeacon] = ()
    status: SaidStatus | None = None
    waypoints: frozenset[str] | None = None


def parse_body(body: bytes) -> list[Mapping[str, Any]]:
    """The messages of a body: one, several in an array, or none where it is empty or no JSON."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):  # also what is no UTF-8
        return []
    several = value if isinstance(value, list) else [value]
    return [one for one in several[:MOST_MESSAGES] if isinstance(one, dict)]


def read_messages(messages: Sequence[Mapping[str, Any]]) -> SaidByPhone:
    """What these messages say that we act on."""
    status = None
    waypoints: frozenset[str] | None = None
    locations: list[SaidLocation] = []
    crossings: list[SaidCrossing] = []
    beacons: list[SaidBeacon] = []
    for message in messages:
        match message.get("_type"):
            case "location":
                locations += _location(message)
            case "transition":
                crossings += _crossing(message)
            case "beacon":
                beacons += _beacon(message)
            case "status":
                status = _status(message) or status
            case "waypoints":
                waypoints = _watched(message)
    return SaidByPhone(tuple(locations), tuple(crossings), tuple(beacons), status, waypoints)


def _location(message: Mapping[str, Any]) -> Iterator[SaidLocation]:
    at, lon, lat = _instant(message.get("tst")), _number(message.get("lon")), _number(message.get("lat"))
    if at is None or lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return
    if lon == 0 and lat == 0:
        return  # a beacon was crossed and nothing is known, or nothing was known
    accuracy = _number(message.get("acc"))
    yield SaidLocation(f"l:{at.timestamp():.0f}", at, lon, lat, max(accuracy or 0.0, 0.0))


def _crossing(message: Mapping[str, Any]) -> Iterator[SaidCrossing]:
    at, event = _instant(message.get("tst")), message.get("event")
    if at is None or event not in ("enter", "leave"):
        return
    rid, wtst = _name(message.get("rid")), _whole(message.get("wtst"))
    if rid is None and wtst is None:
        return
    by_region = message.get("t") in ("c", "b")
    yield SaidCrossing(f"t:{rid or wtst}:{event}:{at.timestamp():.0f}", at, rid, wtst, event == "enter", by_region)


def _beacon(message: Mapping[str, Any]) -> Iterator[SaidBeacon]:
    at = _instant(message.get("tst"))
    major, minor = _whole(message.get("major")), _whole(message.get("minor"))
    try:
        known = uuid.UUID(str(message.get("uuid")))
    except ValueError:
        return
    if at is None or major is None or minor is None or not (0 <= major <= 0xFFFF and 0 <= minor <= 0xFFFF):
        return
    frame = known.bytes + struct.pack(">HH", major, minor)
    yield SaidBeacon(f"b:{frame.hex()}:{at.timestamp():.0f}", at, frame)


ANDROID = {
    0: ("always", "precise"),
    -1: ("always", "approximate"),
    -2: ("while_using", "precise"),
    -3: ("while_using", "approximate"),
    -4: ("denied", None),
}
"""`android.loc`: what is missing of background and of precise positions, added up."""
IOS = {
    "kCLAuthorizationStatusNotDetermined": "not_determined",
    "kCLAuthorizationStatusRestricted": "denied",
    "kCLAuthorizationStatusDenied": "denied",
    "kCLAuthorizationStatusAuthorizedAlways": "always",
    "kCLAuthorizationStatusAuthorizedWhenInUse": "while_using",
}


def _status(message: Mapping[str, Any]) -> SaidStatus | None:
    android, ios = message.get("android"), message.get("iOS")
    if isinstance(android, dict):
        known = ANDROID.get(whole) if (whole := _whole(android.get("loc"))) is not None else None
        return SaidStatus("android", *known) if known else None
    if isinstance(ios, dict):
        location = IOS.get(str(ios.get("locationManagerAuthorizationStatus")))
        return SaidStatus("ios", location, None) if location else None
    return None


def _watched(message: Mapping[str, Any]) -> frozenset[str]:
    """Each waypoint by its `rid`, or by its `tst` where the app knows no other name."""
    several = message.get("waypoints")
    found = [one for one in several[:MOST_WAYPOINTS] if isinstance(one, dict)] if isinstance(several, list) else []
    names = (_name(one.get("rid")) or _name(one.get("tst")) for one in found)
    return frozenset(name for name in names if name is not None)


def _number(value: object) -> float | None:
    try:
        number = plain_number(value)[0]
    except NotANumber:
        return None
    return number if math.isfinite(number) else None


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None or abs(number) > 2**53 else int(number)


def _instant(value: object) -> datetime | None:
    seconds = _number(value)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > MILLISECONDS else seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _name(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(int(value) if isinstance(value, float) and math.isfinite(value) else value).strip()
    return text if 0 < len(text) <= LONGEST_NAME else None
