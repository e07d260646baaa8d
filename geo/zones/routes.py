"""Zones and tags, as the console keeps them."""

import uuid
from typing import Any

from flask import Response

from app import clock
from app.codes import printed_codes
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.etags import ETAG_HEADER, matched_version, needs_match, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, link_header, page_of
from geo.places.errors import StoreNotAssigned, StoreUnknown
from geo.zones import queries, schemas, tags, zones
from geo.zones.errors import TagUnknown, ZoneCodeTaken, ZoneElsewhere, ZoneUnknown
from geo.zones.models import Tag, Zone

blueprint = Blueprint("zones", __name__, url_prefix="/v1", description="Parts of a store, and what leads to them")

KEEPERS = (Role.MERCHANDISER, Role.ADMIN)


@blueprint.get("/zones")
@only(*CONSOLE_ROLES)
@blueprint.arguments(schemas.InStoreQuery, location="query")
@blueprint.response(200, schemas.ZonesOut)
def list_zones(asked: dict[str, Any]) -> tuple[Page[Any], dict[str, str]]:
    """The zones of the brand or of one store, newest first, closed ones too."""
    of = queries.zones_of(brand_id(), asked.pop("store_id"))
    found = page_of(of, sort=Zone.created_at, id=Zone.id, **asked)
    return found, link_header(found)


@blueprint.post("/zones")
@only(*KEEPERS)
@idempotent
@refuses(StoreUnknown, ZoneCodeTaken, StoreNotAssigned)
@blueprint.arguments(schemas.ZoneIn)
@blueprint.response(201, schemas.ZoneOut, headers=ETAG_HEADER)
def create_zone(asked: dict[str, Any]) -> tuple[Zone, dict[str, str]]:
    """Add a part to a store: a department, a shelf, a till or a window."""
    zone = zones.open_zone(brand_id=brand_id(), by=principal().id, now=clock.now(), **asked)
    return written(zone, zone.version)


@blueprint.put("/zones/<uuid:zone_id>")
@only(*KEEPERS)
@idempotent
@needs_match
@refuses(ZoneUnknown, StoreNotAssigned)
@blueprint.arguments(schemas.ZoneChangeIn)
@blueprint.response(200, schemas.ZoneOut, headers=ETAG_HEADER)
def change_zone(asked: dict[str, Any], zone_id: uuid.UUID) -> tuple[Zone, dict[str, str]]:
    """Replace what is said of a zone, close it or open it again."""
    whose: dict[str, Any] = {"brand_id": brand_id(), "zone_id": zone_id, "by": principal().id}
    zone = zones.change_zone(**whose, version=matched_version(), now=clock.now(), **asked)
    return written(zone, zone.version)


@blueprint.get("/tags")
@only(*CONSOLE_ROLES)
@blueprint.arguments(schemas.InStoreQuery, location="query")
@blueprint.response(200, schemas.TagsOut)
def list_tags(asked: dict[str, Any]) -> tuple[Page[Any], dict[str, str]]:
    """The tags of the brand or of one store, newest first, retired ones too."""
    of = queries.tags_of(brand_id(), asked.pop("store_id"))
    found = page_of(of, sort=Tag.created_at, id=Tag.id, **asked)
    return Page([tags.describe_tag(tag) for tag in found.items], found.next), link_header(found)


@blueprint.post("/tags")
@only(*KEEPERS)
@idempotent
@refuses(StoreUnknown, ZoneUnknown, ZoneElsewhere, StoreNotAssigned)
@blueprint.arguments(schemas.TagIn)
@blueprint.response(201, schemas.TagOut)
def create_tag(asked: dict[str, Any]) -> dict[str, Any]:
    """Make a tag for a poster, a shelf or a product, to print as a QR code or to write into an NFC chip."""
    return tags.describe_tag(tags.make_tag(brand_id=brand_id(), by=principal().id, now=clock.now(), **asked))


@blueprint.post("/tags/<uuid:tag_id>/retirement")
@only(*KEEPERS)
@idempotent
@refuses(TagUnknown, StoreNotAssigned)
@blueprint.response(200, schemas.TagOut)
def retire_tag(tag_id: uuid.UUID) -> dict[str, Any]:
    """Let a tag lead nowhere, for good."""
    retired = tags.retire_tag(brand_id=brand_id(), tag_id=tag_id, by=principal().id, now=clock.now())
    return tags.describe_tag(retired)


@blueprint.get("/tags/<uuid:tag_id>/qr.svg")
@only(*CONSOLE_ROLES)
@refuses(TagUnknown)
@blueprint.response(200, {"type": "string"}, content_type="image/svg+xml")
def draw_tag(tag_id: uuid.UUID) -> Response:
    """The QR code of a tag as SVG, with its quiet zone, for a printer."""
    tag = tags.the_tag(brand_id=brand_id(), tag_id=tag_id)
    return Response(printed_codes.draw_qr(tags.address_of(tag)), content_type="image/svg+xml")
