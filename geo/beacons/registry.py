"""The beacons of a brand: registered, moved, put to rest and taken out of service."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.constant_time import bytes_eq
from sqlalchemy import delete

from app.errors import Pointer, PreconditionFailed
from app.sql import db
from geo.beacons import ephemeral, identity_keys, queries
from geo.beacons.errors import (
    KEY_WRONG,
    BeaconDecommissioned,
    BeaconIdWrong,
    BeaconUnknown,
    EphemeralIdMismatch,
)
from geo.beacons.identifiers import IdGiven, read_identifier
from geo.beacons.models import Beacon, BeaconClock, BeaconKind, BeaconStatus, EphemeralId, Stability
from geo.beacons.resolution import NEVER, extend_few
from geo.places.stores_of_staff import require_assigned
from geo.zones.zones import place_of

SMALLEST_EXPONENT, LARGEST_EXPONENT = 4, ephemeral.LARGEST_EXPONENT
"""A new id each 16 seconds to each nine hours. Each id takes a row: one a second would be thousands for one beacon."""


@dataclass(frozen=True)
class EphemeralGiven:
    """What a beacon with a changing id was set up with: its key, or its public key to agree on one; how often its id
    changes; what its clock showed, and which id it sent then."""

    exponent: int
    clock_s: int
    eid: bytes
    identity_key: bytes | None = None
    public_key: bytes | None = None


@dataclass(frozen=True)
class BeaconPlace:
    """Where a beacon is and what it is called, as a person says it."""

    label: str
    stability: Stability
    store_id: uuid.UUID | None
    zone_id: uuid.UUID | None


def register_beacon(
    *,
    brand_id: uuid.UUID,
    kind: BeaconKind,
    id_given: IdGiven,
    changing: EphemeralGiven | None,
    place: BeaconPlace,
    now: datetime,
    by: uuid.UUID | None = None,
) -> Beacon:
    """Add an active beacon to a store of the brand; `now` is when its clock showed what is said.

    Raises `BeaconIdWrong`, `EphemeralIdMismatch` when the id that it sent is not the one that its key and clock make,
    `StoreUnknown`, `ZoneUnknown`, `ZoneElsewhere`, `StoreNotAssigned`; `BeaconIdentifierTaken` by constraint.
    """
    if (kind is BeaconKind.EDDYSTONE_EID) is not (changing is not None):
        raise BeaconIdWrong(errors=[Pointer("/ephemeral", KEY_WRONG)])
    identifier = None if changing is not None else read_identifier(kind, id_given)
    key = None if changing is None else checked_key(changing)
    store_id = place_of(brand_id=brand_id, store_id=place.store_id, zone_id=place.zone_id)
    require_assigned(by, store_id)
    beacon = db.add(
        Beacon(
            brand_id=brand_id,
            store_id=store_id,
            zone_id=place.zone_id,
            kind=kind,
            identifier=identifier,
            label=place.label,
            stability=place.stability,
            status=BeaconStatus.ACTIVE,
            version=1,
            created_at=now,
            updated_at=now,
        )
    )
    if changing is not None and key is not None:
        _start_clock(beacon, key, changing, now=now)
    return beacon


def checked_key(given: EphemeralGiven) -> bytes:
    """The identity key of a beacon, once the id that it sent is what this key and its clock come to.

    Raises `BeaconIdWrong` unless one key is given, and is one; `EphemeralIdMismatch`.
    """
    if (given.identity_key is None) is (given.public_key is None):
        raise BeaconIdWrong(errors=[Pointer("/ephemeral/identity_key", KEY_WRONG)])
    try:
        key = given.identity_key or identity_keys.agree_key(given.public_key or b"")
        expected = ephemeral.make_eid(key, exponent=given.exponent, clock_s=given.clock_s)
    except ValueError as error:
        raise BeaconIdWrong(errors=[Pointer("/ephemeral/public_key", KEY_WRONG)]) from error
    if not bytes_eq(expected, given.eid):
        raise EphemeralIdMismatch
    return key


def _start_clock(beacon: Beacon, key: bytes, given: EphemeralGiven, *, now: datetime) -> None:
    db.add(
        BeaconClock(
            beacon_id=beacon.id,
            sealed_key=identity_keys.seal_key(beacon.id, key),
            key_hash=identity_keys.hash_key(key),
            exponent=given.exponent,
            clock_s=given.clock_s,
            set_at=now,
            drift_ppm=0,
            known_until=datetime.fromtimestamp(0, now.tzinfo),
        )
    )
    extend_few(now=now)


def change_beacon(
    *,
    brand_id: uuid.UUID,
    beacon_id: uuid.UUID,
    version: int,
    place: BeaconPlace,
    status: BeaconStatus,
    now: datetime,
    by: uuid.UUID | None = None,
) -> Beacon:
    """Say anew where a beacon is, what it is called and whether it is active; what it sends stays.

    Raises `BeaconUnknown`, `PreconditionFailed` unless `version` is the current one, `BeaconDecommissioned` for one
    that was taken out of service, `StoreUnknown`, `ZoneUnknown`, `ZoneElsewhere`, `StoreNotAssigned` for the
    store that it leaves or the one that it comes to.
    """
    beacon = db.first(db.locked(queries.beacon_of(brand_id, beacon_id)))
    if beacon is None:
        raise BeaconUnknown
    if beacon.version != version:
        raise PreconditionFailed
    if beacon.status == BeaconStatus.DECOMMISSIONED:
        raise BeaconDecommissioned
    store_id = place_of(brand_id=brand_id, store_id=place.store_id, zone_id=place.zone_id)
    require_assigned(by, beacon.store_id, store_id)
    beacon.store_id = store_id
    beacon.zone_id, beacon.label, beacon.stability = place.zone_id, place.label, place.stability
    if beacon.status != status:
        _follow_status(beacon, status, now=now)
    beacon.status, beacon.updated_at = status, now
    beacon.version += 1
    return db.add(beacon)


def _follow_status(beacon: Beacon, status: BeaconStatus, *, now: datetime) -> None:
    """Let the ids of a beacon that is not active run out; one that is taken out of service loses its key for good."""
    clock = db.get(BeaconClock, beacon.id)
    if clock is None:
        return
    clock.known_until = now if status is BeaconStatus.ACTIVE else NEVER
    if status is BeaconStatus.DECOMMISSIONED:
        clock.sealed_key = b""
    if status is not BeaconStatus.ACTIVE:
        db.execute(delete(EphemeralId).where(EphemeralId.beacon_id == beacon.id))
