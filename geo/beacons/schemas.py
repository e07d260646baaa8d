"""Wire shapes of beacons. What a beacon sends is written in hexadecimal digits, but for UUIDs and numbers."""

from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern
from app.http.pagination import PageIn, PageOut
from geo.beacons.ephemeral import CLOCK
from geo.beacons.faults import BeaconFault
from geo.beacons.identifiers import IdGiven, write_identifier
from geo.beacons.models import Beacon, BeaconKind, BeaconStatus, Stability
from geo.beacons.registry import LARGEST_EXPONENT, SMALLEST_EXPONENT, BeaconPlace, EphemeralGiven

LONGEST_LABEL = 120
NUMBER = ma.validate.Range(0, 0xFFFF)


def digits(length: int, **options: Any) -> ma.fields.String:
    """So many bytes in hexadecimal."""
    pattern = Pattern(rf"^[0-9a-fA-F]{{{2 * length}}}$", complaints.PATTERN)
    return ma.fields.String(validate=pattern, **options)


class EphemeralIn(In):
    """How a beacon whose id changes (Eddystone-EID) was set up. Its key is never told again."""

    exponent = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(SMALLEST_EXPONENT, LARGEST_EXPONENT),
        metadata={"description": "K: the id changes each 2^K seconds"},
    )
    clock_s = ma.fields.Integer(
        required=True, strict=True, validate=ma.validate.Range(0, CLOCK - 1), metadata={"description": "Shown just now"}
    )
    eid = digits(8, required=True, metadata={"description": "What it sends at that reading of its clock"})
    identity_key = digits(16, load_default=None, allow_none=True)
    public_key = digits(
        32, load_default=None, allow_none=True, metadata={"description": "X25519, instead of the identity key"}
    )

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> EphemeralGiven:
        keys = (bytes.fromhex(data[name] or "") or None for name in ("identity_key", "public_key"))
        return EphemeralGiven(data["exponent"], data["clock_s"], bytes.fromhex(data["eid"]), *keys)


class BeaconFields(In):
    """Where a beacon is; in a zone, its store follows."""

    label = LineField(required=True, longest=LONGEST_LABEL, metadata={"description": "As written on its back"})
    stability = ma.fields.Enum(Stability, by_value=True, load_default=Stability.STABLE)
    store_id = ma.fields.UUID(load_default=None, allow_none=True)
    zone_id = ma.fields.UUID(load_default=None, allow_none=True)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        own = {name: data.pop(name) for name in BeaconPlace.__dataclass_fields__}
        return {"place": BeaconPlace(**own), **data}


class BeaconIn(BeaconFields):
    """A new beacon, with what its kind has: `uuid`, `major` and `minor` (not 0); `namespace` and `instance`; the whole
    `id`; or `ephemeral`."""

    kind = ma.fields.Enum(BeaconKind, required=True, by_value=True)
    id = digits(20, load_default=None)
    uuid = ma.fields.UUID(load_default=None)
    major = ma.fields.Integer(strict=True, load_default=None, validate=NUMBER)
    minor = ma.fields.Integer(strict=True, load_default=None, validate=NUMBER)
    namespace = digits(10, load_default=None)
    instance = digits(6, load_default=None)
    ephemeral = ma.fields.Nested(EphemeralIn, load_default=None)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        own = {name: data.pop(name) for name in BeaconPlace.__dataclass_fields__}
        parts = {name: data.pop(name) for name in IdGiven.__dataclass_fields__}
        parts["uuid"] = parts["uuid"] and str(parts["uuid"])
        return {
            "place": BeaconPlace(**own),
            "id_given": IdGiven(**parts),
            "changing": data["ephemeral"],
            "kind": data["kind"],
        }


class BeaconChangeIn(BeaconFields):
    """The whole of what is said of a beacon. `decommissioned` is final."""

    status = ma.fields.Enum(BeaconStatus, required=True, by_value=True)


class BeaconOut(Out):
    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(list(BeaconKind)))
    uuid = ma.fields.UUID()
    major = ma.fields.Integer()
    minor = ma.fields.Integer()
    namespace = ma.fields.String()
    instance = ma.fields.String()
    advertised_id = ma.fields.String(metadata={"description": "Of an AltBeacon"})
    label = ma.fields.String(required=True)
    stability = ma.fields.String(required=True, validate=ma.validate.OneOf(list(Stability)))
    store_id = ma.fields.UUID(required=True)
    zone_id = ma.fields.UUID(required=True, allow_none=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(list(BeaconStatus)))
    version = ma.fields.Integer(required=True, metadata={"description": "Grows with every change; also the ETag"})
    created_at = Instant(required=True)
    updated_at = Instant(required=True)

    @ma.pre_dump
    def with_parts(self, beacon: Beacon, **_: Any) -> dict[str, Any]:
        parts = write_identifier(beacon.kind, beacon.identifier)
        if "id" in parts:
            parts["advertised_id"] = parts.pop("id")
        return {name: getattr(beacon, name) for name in SHOWN} | parts


SHOWN = (*("id", "kind", "label", "stability", "store_id", "zone_id", "status", "version", "created_at", "updated_at"),)


class BeaconsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(BeaconOut), required=True)


class FleetQuery(In):
    """The beacons of one store, or of the whole brand."""

    store_id = ma.fields.UUID(load_default=None)


class BeaconsQuery(PageIn):
    """Some beacons: of one store, in one state."""

    store_id = ma.fields.UUID(load_default=None)
    status = ma.fields.Enum(BeaconStatus, by_value=True, load_default=None)


class FaultyBeaconOut(Out):
    beacon_id = ma.fields.UUID(required=True, attribute="record.beacon_id")
    label = ma.fields.String(required=True, attribute="record.label")
    store_id = ma.fields.UUID(required=True, attribute="record.store_id")
    zone_id = ma.fields.UUID(required=True, allow_none=True, attribute="record.zone_id")
    faults = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(list(BeaconFault))), required=True)
    battery_mv = ma.fields.Integer(required=True, allow_none=True, attribute="record.battery_mv")
    elsewhere_store_id = ma.fields.UUID(required=True, allow_none=True, attribute="record.elsewhere_store_id")


class FleetOut(Out):
    """Of fewer people than `least_people` a day nothing is told, nor kept."""

    least_people = ma.fields.Integer(required=True)
    beacons = ma.fields.Integer(required=True, metadata={"description": "Active ones"})
    told = ma.fields.Integer(required=True, metadata={"description": "Those heard by enough people in the last week"})
    items = ma.fields.List(ma.fields.Nested(FaultyBeaconOut), required=True, attribute="faulty")
    more = ma.fields.Boolean(required=True)


class ProvisioningOut(Out):
    """What a beacon whose id changes is set up with."""

    service_public_key = ma.fields.String(required=True, metadata={"description": "X25519, 32 bytes in hexadecimal"})
    smallest_exponent = ma.fields.Integer(required=True)
    largest_exponent = ma.fields.Integer(required=True)
