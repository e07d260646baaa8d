"""Wire shapes of fences. Degrees are WGS 84, distances metres."""

from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern, Prose, Values
from app.http.pagination import PageOut
from geo.fences.drafts import ShapeGiven
from geo.fences.errors import ONE_SHAPE
from geo.fences.models import FenceStatus
from geo.fences.shapes import LEAST_RADIUS_M, MOST_RADIUS_M
from geo.fences.wkt import LONGEST_WKT
from geo.places.checks import LONGEST_NAME

RADIUS = ma.validate.Range(LEAST_RADIUS_M, MOST_RADIUS_M)
MOST_TAKEN_AWAY = 50
MOST_ASKED = 100
MOST_WINDOWS = 10
SHAPES = ("geojson", "wkt", "circle", "around_store_m")


class GeoJson(ma.fields.Dict):
    """A GeoJSON object as it is: the verbs read it, since what is wrong with it is for them to say."""

    def __init__(self, about: str) -> None:
        kind = {"type": "string"}
        super().__init__(metadata={"description": about, "properties": {"type": kind}})


class CircleIn(In):
    """A circle on the spheroid."""

    lon = ma.fields.Float(required=True, validate=ma.validate.Range(-180, 180))
    lat = ma.fields.Float(required=True, validate=ma.validate.Range(-90, 90))
    radius_m = ma.fields.Float(required=True, validate=RADIUS)


class ShapeIn(In):
    """One shape, and what is taken away from it."""

    geojson = GeoJson("Polygon or MultiPolygon (RFC 7946), or one feature of it")
    wkt = Prose(longest=LONGEST_WKT)
    circle = ma.fields.Nested(CircleIn)
    around_store_m = ma.fields.Float(validate=RADIUS, metadata={"description": "Metres around where the store is now"})
    minus = GeoJson("An area as in geojson")
    minus_fence_ids = ma.fields.List(ma.fields.UUID(), validate=ma.validate.Length(max=MOST_TAKEN_AWAY))

    @ma.validates_schema
    def _is_one(self, data: dict[str, Any], **_: Any) -> None:
        if sum(name in data for name in SHAPES) != 1:
            raise ma.ValidationError([ONE_SHAPE])

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> ShapeGiven:
        if "circle" in data:
            circle = data["circle"]
            data["circle"] = (circle["lon"], circle["lat"], circle["radius_m"])
        return ShapeGiven(**data)


class FenceIn(In):
    """A new fence."""

    code = ma.fields.String(required=True, validate=Pattern(r"^[a-z0-9][a-z0-9-]{0,39}$", complaints.NOT_A_CODE))
    name = LineField(required=True, longest=LONGEST_NAME)
    store_id = ma.fields.UUID(
        allow_none=True, load_default=None, metadata={"description": "The store where one is in it; it never changes"}
    )
    shape = ma.fields.Nested(ShapeIn, required=True)


class FenceChangeIn(In):
    """What a fence is called, and perhaps a version to draft."""

    name = LineField(required=True, longest=LONGEST_NAME)
    shape = ma.fields.Nested(ShapeIn, load_default=None)


class FenceVersionQuery(In):
    """Which version."""

    version = ma.fields.Integer(
        load_default=None,
        validate=ma.validate.Range(1, 2**31 - 1),
        metadata={"description": "That in force, else the newest, when left out"},
    )


class FenceWindowIn(In):
    """When something is to happen there."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)

    @ma.validates_schema
    def _is_forward(self, data: dict[str, Any], **_: Any) -> None:
        if data["ends_at"] <= data["starts_at"]:
            raise ma.ValidationError([complaints.END_BEFORE_START], "ends_at")


class FenceFaultsIn(In):
    """Which fences, or which shape of a store, and when."""

    fence_ids = ma.fields.List(ma.fields.UUID(), load_default=[], validate=ma.validate.Length(max=MOST_ASKED))
    shape = ma.fields.Nested(ShapeIn, load_default=None)
    store_id = ma.fields.UUID(allow_none=True, load_default=None)
    windows = ma.fields.List(
        ma.fields.Nested(FenceWindowIn), load_default=[], validate=ma.validate.Length(max=MOST_WINDOWS)
    )

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        data["windows"] = [(window["starts_at"], window["ends_at"]) for window in data["windows"]]
        return data


class NoticeOut(Out):
    """Something said of a shape or a fence."""

    code = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)


class FenceVersionOut(Out):
    """A shape of a fence: the circle, or a circle around the outline."""

    version = ma.fields.Integer(required=True)
    is_circle = ma.fields.Boolean(required=True)
    lon = ma.fields.Float(required=True)
    lat = ma.fields.Float(required=True)
    radius_m = ma.fields.Float(required=True)
    made_at = Instant(required=True)
    in_force_at = Instant(required=True, allow_none=True)
    notices = ma.fields.List(ma.fields.Nested(NoticeOut), required=True)


class FenceOut(Out):
    """A fence, with its versions, the newest first."""

    id = ma.fields.UUID(required=True)
    number = ma.fields.Integer(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    store_id = ma.fields.UUID(required=True, allow_none=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(list(FenceStatus)))
    revision = ma.fields.Integer(required=True, metadata={"description": "Also the ETag"})
    live_version = ma.fields.Integer(required=True, allow_none=True)
    draft_version = ma.fields.Integer(required=True, allow_none=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    versions = ma.fields.List(ma.fields.Nested(FenceVersionOut), required=True)


class GeometryOut(Out):
    """A GeoJSON Polygon or MultiPolygon."""

    type = ma.fields.String(required=True)
    coordinates = ma.fields.List(ma.fields.Raw(), required=True)


class FeatureOut(Out):
    """A GeoJSON feature."""

    type = ma.fields.String(required=True)
    id = ma.fields.String(required=True)
    bbox = ma.fields.List(ma.fields.Float(), required=True)
    geometry = ma.fields.Nested(GeometryOut, required=True)
    properties = Values(required=True)


class FencesOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(FenceOut), required=True)


class FenceFaultOut(Out):
    """A fence and what is doubtful about it; null for a shape that is no fence yet."""

    fence_id = ma.fields.UUID(required=True, allow_none=True)
    faults = ma.fields.List(ma.fields.Nested(NoticeOut), required=True)


class FenceFaultsOut(Out):
    items = ma.fields.List(ma.fields.Nested(FenceFaultOut), required=True)
