"""Beacons, as the console keeps them, and how the fleet is."""

import uuid
from typing import Any

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.etags import ETAG_HEADER, matched_version, needs_match, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, link_header, page_of
from geo.beacons import faults, health, identity_keys, queries, registry, schemas
from geo.beacons.errors import (
    BeaconDecommissioned,
    BeaconIdentifierTaken,
    BeaconIdWrong,
    BeaconUnknown,
    EphemeralIdMismatch,
)
from geo.beacons.models import Beacon
from geo.places.errors import StoreNotAssigned, StoreUnknown
from geo.zones.errors import ZoneElsewhere, ZoneUnknown

blueprint = Blueprint("beacons", __name__, url_prefix="/v1", description="Radios in stores")

KEEPERS = (Role.MERCHANDISER, Role.ADMIN)


@blueprint.get("/beacons")
@only(*CONSOLE_ROLES)
@blueprint.arguments(schemas.BeaconsQuery, location="query")
@blueprint.response(200, schemas.BeaconsOut)
def list_beacons(asked: dict[str, Any]) -> tuple[Page[Any], dict[str, str]]:
    """The beacons of the brand, newest first; of one store or in one state if asked."""
    of = queries.beacons_of(brand_id(), store_id=asked.pop("store_id"), status=asked.pop("status"))
    found = page_of(of, sort=Beacon.created_at, id=Beacon.id, **asked)
    return found, link_header(found)


@blueprint.post("/beacons")
@only(*KEEPERS)
@idempotent
@refuses(BeaconIdWrong, EphemeralIdMismatch, BeaconIdentifierTaken)
@refuses(StoreUnknown, ZoneUnknown, ZoneElsewhere, StoreNotAssigned)
@blueprint.arguments(schemas.BeaconIn)
@blueprint.response(201, schemas.BeaconOut, headers=ETAG_HEADER)
def register_beacon(asked: dict[str, Any]) -> tuple[Beacon, dict[str, str]]:
    """Register a beacon. One whose id changes is taken only if the id that it sends comes of its key and clock."""
    beacon = registry.register_beacon(brand_id=brand_id(), by=principal().id, now=clock.now(), **asked)
    return written(beacon, beacon.version)


@blueprint.put("/beacons/<uuid:beacon_id>")
@only(*KEEPERS)
@idempotent
@needs_match
@refuses(BeaconUnknown, BeaconDecommissioned, StoreUnknown, ZoneUnknown, ZoneElsewhere, StoreNotAssigned)
@blueprint.arguments(schemas.BeaconChangeIn)
@blueprint.response(200, schemas.BeaconOut, headers=ETAG_HEADER)
def change_beacon(asked: dict[str, Any], beacon_id: uuid.UUID) -> tuple[Beacon, dict[str, str]]:
    """Move a beacon, name it anew, let it rest, wake it, or take it out of service for good."""
    whose: dict[str, Any] = {"brand_id": brand_id(), "beacon_id": beacon_id, "by": principal().id}
    beacon = registry.change_beacon(**whose, version=matched_version(), now=clock.now(), **asked)
    return written(beacon, beacon.version)


@blueprint.get("/beacons/health")
@only(*CONSOLE_ROLES)
@blueprint.arguments(schemas.FleetQuery, location="query")
@blueprint.response(200, schemas.FleetOut)
def show_health(asked: dict[str, Any]) -> dict[str, Any]:
    """Beacons to look at: silent, misplaced, low on battery, hardly heard, as phones of members who permit it tell."""
    report = faults.report_fleet(brand_id=brand_id(), now=clock.now(), **asked)
    return {"least_people": health.LEAST_PEOPLE, **report._asdict()}


@blueprint.get("/beacons/provisioning")
@only(*KEEPERS)
@blueprint.response(200, schemas.ProvisioningOut)
def show_provisioning() -> dict[str, Any]:
    """What to set up a beacon with whose id changes."""
    bounds = {"smallest_exponent": registry.SMALLEST_EXPONENT, "largest_exponent": registry.LARGEST_EXPONENT}
    return {"service_public_key": identity_keys.our_public_key().hex(), **bounds}
