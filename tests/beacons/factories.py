"""Beacons, of which some change their id. Every field is defaulted; a test states only what matters to it."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from app.sql import db
from geo.beacons import ephemeral, registry
from geo.beacons.hearing import Advertised, Heard, recognise_beacons
from geo.beacons.identifiers import IdGiven
from geo.beacons.models import Beacon, BeaconKind, Stability
from geo.beacons.registry import BeaconPlace, EphemeralGiven
from geo.places.models import Store
from tests.factories import NOON, made, save

K = 10
PERIOD = timedelta(seconds=1 << K)


def make_beacon(store: Store, **given: Any) -> Beacon:
    """An iBeacon."""
    fields = {
        "brand_id": store.brand_id,
        "store_id": store.id,
        "kind": "ibeacon",
        "identifier": secrets.token_bytes(16) + b"\0\1\0\2",
        "label": "Entrée",
        "stability": "stable",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return save(Beacon(**(fields | given)))


class Radio:
    """A beacon whose id changes, with a clock of its own."""

    def __init__(self, *, exponent: int = K, clock_s: int = 1_000_000, started_at: datetime = NOON) -> None:
        self.key = secrets.token_bytes(16)
        self.exponent, self.clock_s, self.started_at = exponent, clock_s, started_at
        self.drift_ppm = 0.0

    def reading(self, at: datetime) -> int:
        return int(self.clock_s + (at - self.started_at).total_seconds() * (1 + self.drift_ppm / 1e6))

    def eid(self, at: datetime) -> bytes:
        return ephemeral.make_eid(self.key, exponent=self.exponent, clock_s=self.reading(at))

    def given(self, at: datetime = NOON) -> EphemeralGiven:
        return EphemeralGiven(self.exponent, self.reading(at), self.eid(at), identity_key=self.key)

    def register(self, store: Store, *, now: datetime = NOON) -> Beacon:
        with made():
            return registry.register_beacon(
                brand_id=store.brand_id,
                kind=BeaconKind.EDDYSTONE_EID,
                id_given=IdGiven(),
                changing=self.given(now),
                place=BeaconPlace("Thés", Stability.STABLE, store.id, None),
                now=now,
            )

    def heard(self, at: datetime, *, now: datetime | None = None) -> Heard | None:
        """What a report comes to of somebody who hears this radio."""
        with made():
            [found] = recognise_beacons([Advertised("eddystone_eid", self.eid(at), at)], now=now or at)
            return found


def ibeacon(beacon: Beacon, at: datetime = NOON) -> Advertised:
    return Advertised("ibeacon", beacon.identifier or b"", at)


def recognised(*frames: Advertised, now: datetime = NOON) -> list[Heard | None]:
    with made():
        return recognise_beacons(frames, now=now)


def heard_of(beacon: Beacon, **given: Any) -> Heard:
    fields = {"beacon_id": beacon.id, "brand_id": beacon.brand_id, "store_id": beacon.store_id}
    return Heard(**(fields | {"zone_id": None, "is_mobile": False} | given))


def forget_everybody() -> None:
    """Leave no id of a test before."""
    with made():
        for table in ("unknown_eid", "beacon_hearing", "beacon_beside", "beacon_day"):
            db.fetch(f"DELETE FROM {table}")


def anybody() -> uuid.UUID:
    return uuid.uuid4()
