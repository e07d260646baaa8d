"""Fences: merchandisers draw them, put them in force, and end them."""

import uuid
from typing import Any

from flask import Response

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, language, refuses
from app.http.etags import ETAG_HEADER, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from geo.fences import faults, fences, queries, schemas
from geo.fences.errors import (
    FenceCodeTaken,
    FenceEnded,
    FenceOutsideYourPlaces,
    FenceUnknown,
    FenceVersionUnknown,
    NothingDrawn,
    ShapeRefused,
)
from geo.fences.models import Fence
from geo.places.errors import StoreUnknown

blueprint = Blueprint("fences", __name__, url_prefix="/v1", description="Shapes on the ground")

KEEPERS = (Role.MERCHANDISER, Role.ADMIN)

Told = tuple[dict[str, Any], dict[str, str]]


@blueprint.get("/fences")
@only(*CONSOLE_ROLES)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.FencesOut)
def list_fences(asked: dict[str, Any]) -> tuple[Page[Any], dict[str, str]]:
    """The brand's fences, newest first, ended ones too; of each, the version in force and the drafted one."""
    found = page_of(queries.fences_in(brand_id()), sort=Fence.created_at, id=Fence.id, **asked)
    return Page(fences.tell_fences(found.items, language()), found.next), link_header(found)


@blueprint.post("/fences")
@only(*KEEPERS)
@idempotent
@refuses(FenceCodeTaken, StoreUnknown, ShapeRefused, FenceOutsideYourPlaces)
@blueprint.arguments(schemas.FenceIn)
@blueprint.response(201, schemas.FenceOut, headers=ETAG_HEADER)
def draw_fence(asked: dict[str, Any]) -> Told:
    """Draw a fence; an activation puts it in force. `notices` say what was made good in its shape."""
    given = asked.pop("shape")
    fence = fences.draw_fence(brand_id=brand_id(), given=given, by=principal().id, now=clock.now(), **asked)
    return written(fences.tell_fence(fence, language()), fence.revision)


@blueprint.get("/fences/<uuid:fence_id>")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@refuses(FenceUnknown)
@blueprint.response(200, schemas.FenceOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def show_fence(fence_id: uuid.UUID) -> Response | Told:
    """One fence with all its versions."""
    fence = fences.the_fence(brand_id=brand_id(), fence_id=fence_id)
    return versioned(fences.tell_fence(fence, language()), fence.revision)


@blueprint.put("/fences/<uuid:fence_id>")
@only(*KEEPERS)
@idempotent
@needs_match
@refuses(FenceUnknown, FenceEnded, ShapeRefused, FenceOutsideYourPlaces)
@blueprint.arguments(schemas.FenceChangeIn)
@blueprint.response(200, schemas.FenceOut, headers=ETAG_HEADER)
def redraw_fence(asked: dict[str, Any], fence_id: uuid.UUID) -> Told:
    """Rename a fence, or draft another version of it; what is in force stays until an activation."""
    given, version, by = asked.pop("shape"), matched_version(), principal().id
    fence = fences.redraw_fence(
        brand_id=brand_id(), fence_id=fence_id, revision=version, given=given, by=by, now=clock.now(), **asked
    )
    return written(fences.tell_fence(fence, language()), fence.revision)


@blueprint.post("/fences/<uuid:fence_id>/activation")
@only(*KEEPERS)
@idempotent
@needs_match
@refuses(FenceUnknown, FenceEnded, NothingDrawn, FenceOutsideYourPlaces)
@blueprint.response(200, schemas.FenceOut, headers=ETAG_HEADER)
def activate_fence(fence_id: uuid.UUID) -> Told:
    """Put the drafted version in force, in place of the one that was."""
    fence = fences.activate_fence(
        brand_id=brand_id(), fence_id=fence_id, revision=matched_version(), by=principal().id, now=clock.now()
    )
    return written(fences.tell_fence(fence, language()), fence.revision)


@blueprint.post("/fences/<uuid:fence_id>/end")
@only(*KEEPERS)
@idempotent
@refuses(FenceUnknown, FenceOutsideYourPlaces)
@blueprint.response(200, schemas.FenceOut, headers=ETAG_HEADER)
def end_fence(fence_id: uuid.UUID) -> Told:
    """End a fence at once and for good. No `If-Match`."""
    fence = fences.end_fence(brand_id=brand_id(), fence_id=fence_id, by=principal().id, now=clock.now())
    return written(fences.tell_fence(fence, language()), fence.revision)


@blueprint.get("/fences/<uuid:fence_id>/shape.geojson")
@only(*CONSOLE_ROLES)
@refuses(FenceUnknown, FenceVersionUnknown)
@blueprint.arguments(schemas.FenceVersionQuery, location="query")
@blueprint.response(200, schemas.FeatureOut, content_type="application/geo+json")
def write_geojson(asked: dict[str, Any], fence_id: uuid.UUID) -> Response:
    """A version as a GeoJSON feature (RFC 7946); a circle by 36 corners, and as numbers in `properties`."""
    told = fences.tell_feature(brand_id=brand_id(), fence_id=fence_id, **asked)
    return Response(told, content_type="application/geo+json")


@blueprint.get("/fences/<uuid:fence_id>/shape.wkt")
@only(*CONSOLE_ROLES)
@refuses(FenceUnknown, FenceVersionUnknown)
@blueprint.arguments(schemas.FenceVersionQuery, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
def write_wkt(asked: dict[str, Any], fence_id: uuid.UUID) -> Response:
    """The shape of a version as WKT."""
    return Response(fences.tell_wkt(brand_id=brand_id(), fence_id=fence_id, **asked), content_type="text/plain")


@blueprint.post("/fences/faults")
@only(*CONSOLE_ROLES)
@idempotent
@refuses(StoreUnknown, ShapeRefused)
@blueprint.arguments(schemas.FenceFaultsIn)
@blueprint.response(200, schemas.FenceFaultsOut)
def find_fence_faults(asked: dict[str, Any]) -> dict[str, Any]:
    """What phones, people and opening hours will do to these fences, or to one of this shape; nothing is written."""
    found = faults.find_all_faults(brand_id=brand_id(), now=clock.now(), **asked)
    return {"items": [faults.tell_faults(one, language()) for one in found]}
