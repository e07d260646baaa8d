"""Fences as the console keeps them: drawn, put in force, drawn anew, ended. What is in force never changes under an
event that names it: each shape is a version of its own."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.errors import PreconditionFailed
from app.languages import Language
from app.sql import db
from app.staff.assignments import assigned_places
from geo.fences import drafts, queries, shapes
from geo.fences.drafts import ShapeGiven
from geo.fences.errors import (
    FenceEnded,
    FenceOutsideYourPlaces,
    FenceUnknown,
    FenceVersionUnknown,
    NothingDrawn,
)
from geo.fences.findings import ShapeFinding
from geo.fences.models import Fence, FenceStatus, FenceVersion
from geo.places import stores


def draw_fence(
    *,
    brand_id: uuid.UUID,
    code: str,
    name: str,
    store_id: uuid.UUID | None,
    given: ShapeGiven,
    by: uuid.UUID | None,
    now: datetime,
) -> Fence:
    """Add a fence with a first version, which is not in force yet. With a store, whoever is in it is at this store.

    Raises `StoreUnknown`, `FenceOutsideYourPlaces`, `ShapeRefused`; `FenceCodeTaken` by constraint.
    """
    if store_id is not None:
        stores.the_store(brand_id=brand_id, store_id=store_id)
    require_places(by, store_id)
    shape, noticed = drafts.draw_shape(given, brand_id=brand_id, store_id=store_id)
    fence = db.add(
        Fence(
            brand_id=brand_id,
            store_id=store_id,
            code=code,
            name=name,
            status=FenceStatus.DRAFT,
            draft_version=1,
            created_at=now,
            updated_at=now,
            revision=1,
        )
    )
    db.add(drafts.make_version(shape, noticed, fence=fence, version=1, by=by, now=now))
    return fence


def redraw_fence(
    *,
    brand_id: uuid.UUID,
    fence_id: uuid.UUID,
    revision: int,
    name: str,
    given: ShapeGiven | None,
    by: uuid.UUID | None,
    now: datetime,
) -> Fence:
    """Replace the name, and draft another version where a shape is given; what is in force stays until that one is.

    A shape that the newest version has already is no version more. Raises `FenceUnknown`, `FenceEnded`,
    `PreconditionFailed` unless `revision` is the current one, `FenceOutsideYourPlaces`, `ShapeRefused`.
    """
    fence = _fence_to_change(brand_id, fence_id, revision=revision, by=by)
    if given is not None:
        shape, noticed = drafts.draw_shape(given, brand_id=brand_id, store_id=fence.store_id)
        add_version(fence, shape, noticed, by=by, now=now)
    fence.name = name
    return _changed(fence, now)


def add_version(
    fence: Fence, shape: shapes.FenceShape, noticed: Sequence[Any], *, by: uuid.UUID | None, now: datetime
) -> None:
    """Draft another version of a fence that is locked, unless its newest has this shape."""
    newest = db.first(queries.fence_versions(fence.id))
    if newest is not None and drafts.is_same_shape(newest, shape):
        fence.draft_version = None if newest.version == fence.live_version else newest.version
        return
    version = 1 if newest is None else newest.version + 1
    db.add(drafts.make_version(shape, noticed, fence=fence, version=version, by=by, now=now))
    fence.draft_version = version


def activate_fence(
    *, brand_id: uuid.UUID, fence_id: uuid.UUID, revision: int, by: uuid.UUID | None, now: datetime
) -> Fence:
    """Put the version that is drafted in force, in place of the one that was.

    Raises `FenceUnknown`, `FenceEnded`, `PreconditionFailed`, `NothingDrawn`, `FenceOutsideYourPlaces`.
    """
    fence = _fence_to_change(brand_id, fence_id, revision=revision, by=by)
    put_in_force(fence, now=now)
    return _changed(fence, now)


def put_in_force(fence: Fence, *, now: datetime) -> None:
    """Put the draft of a fence that is locked in force. Raises `NothingDrawn`."""
    if fence.draft_version is None:
        raise NothingDrawn
    for version in db.all_of(queries.versions_numbered(fence.id, (fence.live_version, fence.draft_version))):
        version.is_live = version.version == fence.draft_version
        version.in_force_at = now if version.is_live else version.in_force_at
    fence.live_version, fence.draft_version, fence.status = fence.draft_version, None, FenceStatus.ACTIVE


def end_fence(*, brand_id: uuid.UUID, fence_id: uuid.UUID, by: uuid.UUID | None, now: datetime) -> Fence:
    """End a fence for good and at once, whatever was read of it: stopping never waits. Twice is once.

    Raises `FenceUnknown`, `FenceOutsideYourPlaces`.
    """
    fence = db.first(db.locked(queries.fence_in(brand_id, fence_id)))
    if fence is None:
        raise FenceUnknown
    require_places(by, fence.store_id)
    if fence.status == FenceStatus.ENDED:
        return fence
    for version in db.all_of(queries.versions_numbered(fence.id, (fence.live_version,))):
        version.is_live = False
    fence.status, fence.ended_at, fence.live_version, fence.draft_version = FenceStatus.ENDED, now, None, None
    return _changed(fence, now)


def the_fence(*, brand_id: uuid.UUID, fence_id: uuid.UUID) -> Fence:
    """A fence of this brand. Raises `FenceUnknown`."""
    fence = db.first(queries.fence_in(brand_id, fence_id))
    if fence is None:
        raise FenceUnknown
    return fence


def the_version(*, brand_id: uuid.UUID, fence_id: uuid.UUID, version: int | None) -> tuple[Fence, FenceVersion]:
    """A fence of this brand and one of its versions: without a number the one in force, else the newest.

    Raises `FenceUnknown`, `FenceVersionUnknown`.
    """
    fence = the_fence(brand_id=brand_id, fence_id=fence_id)
    wanted = version or fence.live_version
    asked = queries.fence_versions(fence.id)
    found = db.first(asked if wanted is None else asked.where(FenceVersion.version == wanted))
    if found is None:
        raise FenceVersionUnknown
    return fence, found


def tell_feature(*, brand_id: uuid.UUID, fence_id: uuid.UUID, version: int | None) -> bytes:
    """A version of a fence as a GeoJSON feature (RFC 7946). Raises `FenceUnknown`, `FenceVersionUnknown`."""
    fence, found = the_version(brand_id=brand_id, fence_id=fence_id, version=version)
    told = {"code": fence.code, "name": fence.name, "version": found.version}
    if found.is_circle:
        told |= {"lon": found.lon, "lat": found.lat, "radius_m": found.radius_m}
    return shapes.write_feature(found.geojson, id=str(fence.id), properties=told)


def tell_wkt(*, brand_id: uuid.UUID, fence_id: uuid.UUID, version: int | None) -> str:
    """A version of a fence as WKT. Raises `FenceUnknown`, `FenceVersionUnknown`."""
    _, found = the_version(brand_id=brand_id, fence_id=fence_id, version=version)
    return shapes.write_wkt(found.geojson)


def tell_fence(fence: Fence, language: Language) -> dict[str, Any]:
    """A fence with every version, the newest first."""
    return _told(fence, db.all_of(queries.fence_versions(fence.id)), language)


def tell_fences(fences: Sequence[Fence], language: Language) -> list[dict[str, Any]]:
    """Fences with the version in force and the drafted one of each."""
    found = db.all_of(queries.standing_versions([fence.id for fence in fences])) if fences else []
    return [_told(fence, [one for one in found if one.fence_id == fence.id], language) for fence in fences]


def require_places(by: uuid.UUID | None, store_id: uuid.UUID | None) -> None:
    """Raise `FenceOutsideYourPlaces` unless this console user plans for the store, itself or by an area that it is in
    today; a fence without a store is for those who plan for the whole brand. Nobody (a command) is not asked."""
    mine = assigned_places.find_places(user_id=by) if by is not None else None
    if mine is None or (store_id is not None and store_id in mine.stores):
        return
    if store_id is None or not mine.areas or db.first(queries.areas_with(store_id, mine.areas)) is None:
        raise FenceOutsideYourPlaces


def _fence_to_change(brand_id: uuid.UUID, fence_id: uuid.UUID, *, revision: int, by: uuid.UUID | None) -> Fence:
    fence = db.first(db.locked(queries.fence_in(brand_id, fence_id)))
    if fence is None:
        raise FenceUnknown
    require_places(by, fence.store_id)
    if fence.status == FenceStatus.ENDED:
        raise FenceEnded
    if fence.revision != revision:
        raise PreconditionFailed
    return fence


def _changed(fence: Fence, now: datetime) -> Fence:
    fence.updated_at = now
    fence.revision += 1
    db.session().flush()
    return fence


def _told(fence: Fence, versions: Sequence[FenceVersion], language: Language) -> dict[str, Any]:
    own = {name: getattr(fence, name) for name in TOLD}
    return own | {"versions": [_told_version(version, language) for version in versions]}


def _told_version(version: FenceVersion, language: Language) -> dict[str, Any]:
    notices = [(ShapeFinding.with_code(one["code"]), one["facts"]) for one in version.noticed]
    return {name: getattr(version, name) for name in TOLD_VERSION} | {
        "notices": [{"code": finding, "detail": finding.sentence.say(language, facts)} for finding, facts in notices]
    }


TOLD = (
    *("id", "number", "code", "name", "store_id", "status", "revision", "live_version", "draft_version"),
    *("created_at", "updated_at", "ended_at"),
)
TOLD_VERSION = ("version", "is_circle", "lon", "lat", "radius_m", "made_at", "in_force_at")
