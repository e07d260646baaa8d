"""Wire shapes of what a phone reports. Degrees are WGS 84.

What is too old or tells nothing is no malformed input: the answer names it among its findings, since one such item must
not block the queue of a phone.
"""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern
from geo.presence.facts import BeaconHeard, CheckIn, CrossingSaid, FixSaid, Report, ReportFindingCode

MOST_ITEMS = 200
"""Of each kind in one report."""
LONGEST_TAG = 64
FRAME_BYTES = {"ibeacon": 20, "altbeacon": 20, "eddystone_uid": 16, "eddystone_eid": 8}

ID = {"description": "The phone's own, so that a retry has one effect", "example": "17"}
KIND = {"example": "ibeacon"}
FRAME = {
    "description": "In hexadecimal: 20 bytes of an iBeacon (UUID, major, minor) or AltBeacon, 16 of a UID, 8 of an EID"
}


def read_frame(data: dict[str, Any]) -> bytes:
    """The bytes of a frame that has as many as its kind. Raises `ma.ValidationError`."""
    if len(data["frame"]) != 2 * FRAME_BYTES[data["kind"]]:
        raise ma.ValidationError([complaints.NOT_OF_THIS_KIND], "frame")
    return bytes.fromhex(data["frame"])


def one_of(data: dict[str, Any], *names: str) -> None:
    """Refuse an item that names no place, or several. Raises `ma.ValidationError`."""
    named = sum(data[name] is not None for name in names)
    if not named:
        raise ma.ValidationError([complaints.MISSING])
    if named > 1:
        raise ma.ValidationError([complaints.REPEATED])


class SightedIn(In):
    """What every item of a report has."""

    id = ma.fields.String(required=True, validate=Pattern(r"^[ -~]{1,64}$"), metadata=ID)
    at = Instant(required=True, metadata={"description": "When it happened, by the phone's clock"})


class SightedFixIn(SightedIn):
    """A position: looked at, and forgotten."""

    lat = ma.fields.Float(required=True, validate=validate.Range(-90, 90))
    lon = ma.fields.Float(required=True, validate=validate.Range(-180, 180))
    accuracy_m = ma.fields.Float(required=True, validate=validate.Range(0, 1_000_000), metadata={"example": 20})
    mock = ma.fields.Boolean(
        load_default=False,
        attribute="is_mock",
        metadata={"description": "The phone says that an app made it up"},
    )


class BeaconHeardIn(SightedIn):
    """A beacon that was heard."""

    kind = ma.fields.String(required=True, validate=validate.OneOf(list(FRAME_BYTES)), metadata=KIND)
    frame = ma.fields.String(required=True, validate=Pattern(r"^[0-9a-fA-F]{16,40}$"), metadata=FRAME)
    battery_mv = ma.fields.Integer(
        load_default=None, strict=True, validate=validate.Range(1, 65_535), metadata={"description": "Of its telemetry"}
    )

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> BeaconHeard:
        return BeaconHeard(data["id"], data["at"], data["kind"], read_frame(data), data["battery_mv"])


class CrossingIn(SightedIn):
    """The phone came into, or out of, one fence, one zone, or the reach of one beacon."""

    event = ma.fields.String(required=True, validate=validate.OneOf(["enter", "leave"]))
    fence_id = ma.fields.UUID(load_default=None)
    zone_id = ma.fields.UUID(load_default=None)
    kind = ma.fields.String(load_default=None, validate=validate.OneOf(list(FRAME_BYTES)), metadata=KIND)
    frame = ma.fields.String(load_default=None, validate=Pattern(r"^[0-9a-fA-F]{16,40}$"), metadata=FRAME)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> CrossingSaid:
        one_of(data, "fence_id", "zone_id", "frame")
        if (data["kind"] is None) is not (data["frame"] is None):
            raise ma.ValidationError([complaints.MISSING], "kind")
        frame = read_frame(data) if data["frame"] is not None else None
        return CrossingSaid(
            data["id"], data["at"], data["event"] == "enter", data["fence_id"], data["zone_id"], data["kind"], frame
        )


class CheckInIn(SightedIn):
    """The member says where they are: by one store, one zone, or the code of one tag."""

    store_id = ma.fields.UUID(load_default=None)
    zone_id = ma.fields.UUID(load_default=None)
    tag = LineField(load_default=None, longest=LONGEST_TAG)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> CheckIn:
        one_of(data, "store_id", "zone_id", "tag")
        return CheckIn(**data)


def items_of(shape: type[SightedIn]) -> ma.fields.List[Any]:
    """At most so many items of one kind; none when left out."""
    return ma.fields.List(ma.fields.Nested(shape), load_default=list, validate=validate.Length(max=MOST_ITEMS))


class SightingsIn(In):
    """All that a phone has to say, in any order."""

    fixes = items_of(SightedFixIn)
    beacons = items_of(BeaconHeardIn)
    crossings = items_of(CrossingIn)
    check_ins = items_of(CheckInIn)
    background = ma.fields.Boolean(load_default=False, metadata={"description": "Nobody looks at the app"})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        background = data.pop("background")
        fixes = [FixSaid(**fix) for fix in data.pop("fixes")]
        return {"report": Report(fixes=fixes, **data), "background": background}


class SightingFindingOut(Out):
    """What had no effect, or less than it might, and why."""

    code = ma.fields.String(required=True, validate=validate.OneOf(list(ReportFindingCode)))
    ids = ma.fields.List(ma.fields.String(), required=True)
    touchpoint = ma.fields.String(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True, metadata={"description": "Where not permitted"})


class TransitionOut(Out):
    """What happened in a visit."""

    kind = ma.fields.String(required=True)
    visit_id = ma.fields.UUID(required=True)
    store_id = ma.fields.UUID(required=True)
    zone_id = ma.fields.UUID(required=True, allow_none=True)
    occurred_at = Instant(required=True)
    confidence = ma.fields.Integer(required=True, metadata={"description": "0 none, 1 low, 2 medium, 3 high"})
    permission_event_id = ma.fields.UUID(required=True)
