"""Questions about fences."""

import uuid
from collections.abc import Collection
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Select, any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, UUID, distinct_on

from geo.fences.models import Fence, FenceStatus, FenceVersion
from geo.places.models import AreaStore, Store

HITS = """
SELECT spot.n, found.*
FROM unnest($1::int[], $2::float8[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[], $8::float8[])
  AS spot (n, lon, lat, turned, west, south, east, north)
CROSS JOIN unnest($9::uuid[]) AS brand (id)
CROSS JOIN LATERAL (
  SELECT v.fence_id, v.fence_number, v.version, v.brand_id, v.store_id, CASE
      WHEN v.is_circle THEN greatest(0, ST_Distance(
        CAST(ST_SetSRID(ST_MakePoint(v.lon, v.lat), 4326) AS geography),
        CAST(ST_SetSRID(ST_MakePoint(spot.lon, spot.lat), 4326) AS geography)
      ) - v.radius_m)
      WHEN ST_Covers(v.shape, ST_SetSRID(ST_MakePoint(spot.turned, spot.lat), 4326)) THEN 0
      ELSE (
        SELECT ST_Distance(
          CAST(ST_SetSRID(ST_MakePoint(
            ST_X(edge.near) / slender.by - 360 * round(ST_X(edge.near) / slender.by / 360), ST_Y(edge.near)
          ), 4326) AS geography),
          CAST(ST_SetSRID(ST_MakePoint(spot.lon, spot.lat), 4326) AS geography)
        )
        FROM (SELECT greatest(0.01, cos(radians(spot.lat)))) AS slender (by)
        CROSS JOIN LATERAL (
          SELECT ST_ClosestPoint(
            ST_Scale(v.shape, slender.by, 1), ST_SetSRID(ST_MakePoint(spot.turned * slender.by, spot.lat), 4326)
          )
        ) AS edge (near)
      )
    END AS outside_m, v.radius_m
  FROM fence_version AS v
  WHERE v.is_live AND v.brand_id = brand.id
    AND v.box && ST_MakeEnvelope(spot.west, spot.south, spot.east, spot.north, 4326)
  OFFSET 0
) AS found
WHERE found.outside_m <= $10
ORDER BY spot.n, found.outside_m, found.fence_number
"""
"""Every live fence within so many metres of spots. The box within a brand is what the index finds
(`ix_fence_version_box`); what is in it is measured: to the centre of a circle on the spheroid, to the nearest side of
an outline in degrees, with those of longitude as short as they are there. OFFSET 0 keeps the measure from being taken
twice."""


AROUND = """
SELECT asked.n, near.fence_id, f.code, near.lon, near.lat, near.radius_m, near.geojson
FROM unnest($1::int[], $2::float8[], $3::float8[], $4::float8[], $5::float8[]) AS asked (n, west, south, east, north)
CROSS JOIN LATERAL (
  SELECT v.* FROM fence_version AS v
  WHERE v.is_live AND v.brand_id = $6::uuid
    AND v.box && ST_MakeEnvelope(asked.west, asked.south, asked.east, asked.north, 4326)
  LIMIT 300
) AS near
JOIN fence AS f ON f.id = near.fence_id
ORDER BY asked.n, f.number
"""
"""The fences in force of a brand in boxes; of more than any phone watches three times over, some."""


def fences_in(brand_id: uuid.UUID) -> Select[Fence]:
    """Every fence of a brand, ended ones too."""
    return select(Fence).where(Fence.brand_id == brand_id)


def fence_in(brand_id: uuid.UUID, fence_id: uuid.UUID) -> Select[Fence]:
    """One fence, if it belongs to this brand."""
    return fences_in(brand_id).where(Fence.id == fence_id)


def fence_versions(fence_id: uuid.UUID) -> Select[FenceVersion]:
    """Every version of a fence, the newest first."""
    return select(FenceVersion).where(FenceVersion.fence_id == fence_id).order_by(FenceVersion.version.desc())


def versions_numbered(fence_id: uuid.UUID, numbers: Collection[int | None]) -> Select[FenceVersion]:
    """These versions of a fence."""
    return select(FenceVersion).where(FenceVersion.fence_id == fence_id, FenceVersion.version.in_(numbers))


def standing_versions(fence_ids: Collection[uuid.UUID]) -> Select[FenceVersion]:
    """The versions of these fences that are in force or drafted, the newest of each first."""
    stands = FenceVersion.version.in_((Fence.live_version, Fence.draft_version))
    joined = select(FenceVersion).join(Fence, Fence.id == FenceVersion.fence_id)
    return joined.where(Fence.id == any_(_ids(fence_ids)), stands).order_by(FenceVersion.version.desc())


def areas_with(store_id: uuid.UUID, area_ids: Collection[uuid.UUID]) -> Select[uuid.UUID]:
    """Those of these areas that a store is in."""
    return select(AreaStore.area_id).where(AreaStore.store_id == store_id, AreaStore.area_id.in_(area_ids))


def live_fences() -> Select[Any]:
    """What is told of fences in force: the columns of `geo.fences.hits.LiveFence`, by number."""
    columns = (FenceVersion.lon, FenceVersion.lat, FenceVersion.radius_m, FenceVersion.is_circle, FenceVersion.geojson)
    own: tuple[Any, ...] = (Fence.id, Fence.number, FenceVersion.version, Fence.brand_id, Fence.store_id)
    asked = select(*own, *columns)
    joined = (FenceVersion.fence_id == Fence.id) & (FenceVersion.version == Fence.live_version)
    return asked.join(FenceVersion, joined).order_by(Fence.number)


def live_fences_with(fence_ids: Collection[uuid.UUID]) -> Select[Any]:
    """Those of these fences that are in force."""
    return live_fences().where(Fence.id == any_(_ids(fence_ids)))


def live_fences_at(store_ids: Collection[uuid.UUID]) -> Select[Any]:
    """The fences in force of these stores."""
    return live_fences().where(Fence.store_id == any_(_ids(store_ids)))


def fences_to_judge(brand_id: uuid.UUID, fence_ids: Collection[uuid.UUID]) -> Select[Any]:
    """Fences of a brand that have not ended, as they are drafted or else in force, with what their stores are."""
    version = func.coalesce(Fence.draft_version, Fence.live_version)
    drawn = (FenceVersion.is_circle, FenceVersion.lon, FenceVersion.lat, FenceVersion.radius_m, FenceVersion.geojson)
    asked = select(Fence.id, Fence.code, Fence.store_id, *drawn, *_store_columns())
    asked = asked.join(FenceVersion, (FenceVersion.fence_id == Fence.id) & (FenceVersion.version == version))
    asked = asked.outerjoin(Store, Store.id == Fence.store_id)
    return asked.where(Fence.brand_id == brand_id, Fence.id == any_(_ids(fence_ids)))


def store_to_judge(brand_id: uuid.UUID, store_id: uuid.UUID) -> Select[Any]:
    """What a store of a brand is to a fence around it."""
    return select(*_store_columns()).where(Store.brand_id == brand_id, Store.id == store_id)


def newest_versions(brand_id: uuid.UUID) -> Select[FenceVersion]:
    """The newest version of every fence of a brand."""
    asked = select(FenceVersion).ext(distinct_on(FenceVersion.fence_id)).join(Fence)
    return asked.where(Fence.brand_id == brand_id).order_by(FenceVersion.fence_id, FenceVersion.version.desc())


def stores_by_reference(brand_id: uuid.UUID) -> Select[Any]:
    """The stores of a brand by the brand's own names for them, with their degrees."""
    plain = cast(Store.location, Geometry)
    degrees = (func.ST_X(plain).label("lon"), func.ST_Y(plain).label("lat"))
    return select(Store.id, Store.reference, *degrees).where(Store.brand_id == brand_id)


def standing_ids(brand_id: uuid.UUID) -> Select[uuid.UUID]:
    """The fences of a brand that have not ended, the oldest first."""
    return select(Fence.id).where(Fence.brand_id == brand_id, Fence.status != FenceStatus.ENDED).order_by(Fence.number)


def _store_columns() -> list[Any]:
    plain = cast(Store.location, Geometry)
    place = (func.ST_X(plain).label("store_lon"), func.ST_Y(plain).label("store_lat"))
    return [*place, Store.status, Store.opening_hours, Store.time_zone, Store.country, Store.address]


def _ids(ids: Collection[uuid.UUID]) -> Any:
    return literal(list(ids), ARRAY(UUID))
