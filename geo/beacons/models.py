"""Beacons, the clocks and the coming ids of those whose id changes, and how many phones heard each.

Nothing here says who heard a beacon: see `geo.beacons.health`.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.sql import db


class BeaconKind(StrEnum):
    """What a beacon sends. Its id has 20 bytes (iBeacon, AltBeacon), 16 (Eddystone-UID), or 8 that change (-EID)."""

    IBEACON = "ibeacon"
    ALTBEACON = "altbeacon"
    EDDYSTONE_UID = "eddystone_uid"
    EDDYSTONE_EID = "eddystone_eid"


class BeaconStatus(StrEnum):
    """The life of a beacon. Inactive can be undone; decommissioned is final, and its id is never given again."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DECOMMISSIONED = "decommissioned"


class Stability(StrEnum):
    """Whether a beacon stays where it is: fixed; moved at times; on a vehicle; carried about."""

    STABLE = "stable"
    PORTABLE = "portable"
    MOBILE = "mobile"
    ROVING = "roving"


class Beacon(db.Base):
    """A radio of a brand in one of its stores. `identifier` is null for one whose id changes."""

    __tablename__ = "beacon"
    __table_args__ = (
        UniqueConstraint("kind", "identifier"),
        Index("ix_beacon_brand_id", "brand_id", "created_at", "id"),
        Index("ix_beacon_store_id", "store_id"),
        Index("ix_beacon_zone_id", "zone_id"),
        CheckConstraint(
            "CASE kind WHEN 'ibeacon' THEN length(identifier) = 20 WHEN 'altbeacon' THEN length(identifier) = 20"
            " WHEN 'eddystone_uid' THEN length(identifier) = 16 ELSE kind = 'eddystone_eid' AND identifier IS NULL END",
            name="identifier",
        ),
        CheckConstraint(
            "kind <> 'ibeacon' OR (substr(identifier, 17, 2) <> '\\x0000' AND substr(identifier, 19, 2) <> '\\x0000')",
            name="never_zero",
        ),
        CheckConstraint("status IN ('active', 'inactive', 'decommissioned')", name="status"),
        CheckConstraint("stability IN ('stable', 'portable', 'mobile', 'roving')", name="stability"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"))
    zone_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("zone.id", ondelete="SET NULL"))
    kind: Mapped[str]
    identifier: Mapped[bytes | None]
    label: Mapped[str]
    """The brand's own name for it, as written on its back."""
    stability: Mapped[str] = mapped_column(server_default="stable")
    status: Mapped[str] = mapped_column(server_default="active")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class BeaconClock(db.Base):
    """What tells the ids of an Eddystone-EID beacon: its key, sealed; how often the id changes (each 2^`exponent`
    seconds); and what its clock shows: `clock_s` at `set_at`, from there faster by `drift_ppm` than ours.

    `known_until` is how far its ids stand in `ephemeral_id`.
    """

    __tablename__ = "beacon_clock"
    __table_args__ = (
        UniqueConstraint("key_hash"),
        Index("ix_beacon_clock_known_until", "known_until"),
        CheckConstraint("exponent BETWEEN 0 AND 15", name="exponent"),
    )

    beacon_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("beacon.id", ondelete="CASCADE"), primary_key=True)
    sealed_key: Mapped[bytes]
    key_hash: Mapped[bytes]
    exponent: Mapped[int] = mapped_column(SmallInteger)
    clock_s: Mapped[float] = mapped_column(Float)
    set_at: Mapped[datetime]
    drift_ppm: Mapped[float] = mapped_column(Float, server_default="0")
    known_until: Mapped[datetime]
    heard_at: Mapped[datetime | None]
    """When one of its ids was last recognised, to the hour or so: who was not heard may have a clock that lags."""


class EphemeralId(db.Base):
    """An id that a beacon sends from `starts_at` to `ends_at` by its clock as we know it; it is taken for `slack_s`
    seconds before and after, as clocks drift. Gone once nobody may say any more that they heard it."""

    __tablename__ = "ephemeral_id"
    __table_args__ = (
        Index("ix_ephemeral_id_expires_at", "expires_at"),
        Index("ix_ephemeral_id_beacon_id", "beacon_id"),
    )

    eid: Mapped[bytes] = mapped_column(primary_key=True)
    beacon_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("beacon.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    slack_s: Mapped[float] = mapped_column(Float)
    expires_at: Mapped[datetime]


class UnknownEid(db.Base):
    """An id that nobody knew, and when it was heard, by no matter whom: a beacon of ours may have lost its clock. Kept
    for a day and a bit."""

    __tablename__ = "unknown_eid"
    __table_args__ = (Index("ix_unknown_eid_heard_at", "heard_at"),)

    eid: Mapped[bytes] = mapped_column(primary_key=True)
    heard_at: Mapped[datetime]


class BeaconHearing(db.Base):
    """Somebody of this `part` of all people heard a beacon today. There are 256 parts, shuffled for each beacon and
    day, so a row says of nobody that it was them. Gone when the day has been counted."""

    __tablename__ = "beacon_hearing"

    beacon_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("beacon.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    battery_mv: Mapped[int | None]


class BeaconBeside(db.Base):
    """Somebody of this `part` heard a beacon together with others that stand in `store_id`, a store of its brand."""

    __tablename__ = "beacon_beside"

    beacon_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("beacon.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    store_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True)


class BeaconDay(db.Base):
    """What a day told of a beacon that enough phones heard; a beacon that fewer heard has no row.

    `beside_own` and `elsewhere` are how many heard it beside beacons of its own store, and of another one
    (`elsewhere_store_id`, where most did); zero where too few did.
    """

    __tablename__ = "beacon_day"

    beacon_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("beacon.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    phones: Mapped[int]
    battery_mv: Mapped[int | None]
    beside_own: Mapped[int] = mapped_column(server_default="0")
    elsewhere: Mapped[int] = mapped_column(server_default="0")
    elsewhere_store_id: Mapped[uuid.UUID | None]
