"""Fences out of a file into the catalogue of a brand: judged feature by feature, all or nothing.

A fence is known by its code within the brand. One that is not in the file stays; running a file twice changes nothing.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.ops.imports.outcomes import Found, JudgedRow, Report, RowOutcome, Summary
from app.sql import db, locks
from geo.fences import drafts, fences, outlines, queries, shapes
from geo.fences.feature_rows import FeatureRow, FenceRowFinding
from geo.fences.models import Fence, FenceStatus, FenceVersion
from geo.fences.outlines import DrawnShape
from geo.fences.shapes import FenceShape
from geo.places.checks import LONGEST_NAME


def import_fences(
    *,
    brand_id: uuid.UUID,
    countries: Collection[str],
    rows: Iterable[FeatureRow],
    is_activated: bool,
    now: datetime,
    report: Report,
) -> Summary:
    """Draft the fences of these features for a brand with stores in `countries`, and put them in force if
    `is_activated`; `report` hears of each, in order.

    The transaction belongs to the caller: it rolls back for a dry run. What the rows raise (a broken file) passes.
    """
    locks.lock_name(f"import_fences:{brand_id}")
    summary = Summary()
    work = _Import(brand_id, countries, is_activated, now)
    for row in rows:
        judged = work.judge(row)
        summary.count(judged)
        report(judged)
    return summary


class _Import:
    """Judges features beside the fences and stores that exist, and writes what is new in them."""

    def __init__(self, brand_id: uuid.UUID, countries: Collection[str], is_activated: bool, now: datetime) -> None:
        self.brand_id, self.countries, self.is_activated, self.now = brand_id, countries, is_activated, now
        known = db.all_of(db.locked(queries.fences_in(brand_id).order_by(Fence.number)))
        self.known = {fence.code: fence for fence in known}
        self.newest = {one.fence_id: one for one in db.all_of(queries.newest_versions(brand_id))}
        self.stores: Mapping[str, Any] = {row.reference: row for row in db.rows(queries.stores_by_reference(brand_id))}
        self.seen: dict[str, int] = {}

    def judge(self, row: FeatureRow) -> JudgedRow:
        faults = self._faults(row)
        drawing = DrawnShape() if faults else self._drawing(row)
        if drawing.refused is not None:
            faults = [drawing.refused]
        if faults or drawing.shape is None:
            return JudgedRow(row.number, RowOutcome.REFUSED, faults, row.code or row.given_code, row.name)
        found = [*drawing.asked, *drawing.noticed]
        if row.code != row.given_code:
            found.append(Found(FenceRowFinding.CODE_MADE, "code", {"code": row.code, "given": row.given_code}))
        self.seen[str(row.code)] = row.number
        return self._write(row, drawing.shape, found)

    def _faults(self, row: FeatureRow) -> list[Found]:
        if row.code is None:
            return [Found(FenceRowFinding.CODE_MISSING, "code")]
        if row.code in self.seen:
            facts = {"code": row.code, "row": self.seen[row.code]}
            return [Found(FenceRowFinding.CODE_REPEATED, "code", facts)]
        if row.store is not None and row.store not in self.stores:
            return [Found(FenceRowFinding.STORE_NOT_FOUND, "store", {"store": row.store})]
        known = self.known.get(row.code)
        if known is not None and known.status == FenceStatus.ENDED:
            return [Found(FenceRowFinding.FENCE_HAS_ENDED, "code", {"code": row.code})]
        if known is not None and row.store is not None and known.store_id != self.stores[row.store].id:
            return [Found(FenceRowFinding.STORE_DIFFERS, "store", {"code": row.code})]
        return []

    def _drawing(self, row: FeatureRow) -> DrawnShape:
        """The shape of a feature: a point with a radius is a circle, a radius alone one around the store."""
        geometry = row.geometry
        is_point = isinstance(geometry, dict) and geometry.get("type") == "Point"
        if row.radius is None or not (is_point or (geometry is None and row.store is not None)):
            return outlines.read_geojson(self._whole(row), countries=self.countries)
        radius_m = _metres(row.radius)
        if radius_m is None:
            facts = {"given": str(row.radius)[:40], "least": shapes.LEAST_RADIUS_M, "most": shapes.MOST_RADIUS_M}
            return DrawnShape(refused=Found(FenceRowFinding.RADIUS_WRONG, "radius_m", facts))
        if not is_point:
            store = self.stores[str(row.store)]
            return DrawnShape(shapes.make_circle(store.lon, store.lat, radius_m))
        return outlines.read_point(self._whole(row), radius_m, countries=self.countries)

    def _whole(self, row: FeatureRow) -> Any:
        """The geometry, with what is said of its coordinates outside."""
        has_crs = row.crs is not None and isinstance(row.geometry, dict)
        return {"crs": row.crs} | row.geometry if has_crs else row.geometry

    def _write(self, row: FeatureRow, shape: FenceShape, found: list[Found]) -> JudgedRow:
        known = self.known.get(str(row.code))
        judged = JudgedRow(
            row.number, RowOutcome.CORRECTED if found else RowOutcome.ACCEPTED, found, row.code, row.name
        )
        if known is None:
            fence = self._added(row, shape, found)
            return replace(judged, id=fence.id)
        changed = self._changed(known, row, shape, found)
        outcome = judged.outcome if changed else RowOutcome.UNCHANGED
        return replace(judged, outcome=outcome, id=known.id, changed=changed)

    def _added(self, row: FeatureRow, shape: FenceShape, found: list[Found]) -> Fence:
        fence = db.add(
            Fence(
                brand_id=self.brand_id,
                store_id=None if row.store is None else self.stores[row.store].id,
                code=str(row.code),
                name=_name(row),
                status=FenceStatus.DRAFT,
                draft_version=1,
                revision=1,
                created_at=self.now,
                updated_at=self.now,
            )
        )
        db.add(self._version(fence, 1, shape, found))
        if self.is_activated:
            fences.put_in_force(fence, now=self.now)
        return fence

    def _changed(self, fence: Fence, row: FeatureRow, shape: FenceShape, found: list[Found]) -> tuple[str, ...]:
        """Write what is new, and say what that was."""
        changed = []
        newest = self.newest.get(fence.id)
        if row.name is not None and fence.name != _name(row):
            fence.name = _name(row)
            changed.append("name")
        if newest is None or not drafts.is_same_shape(newest, shape):
            fence.draft_version = 1 if newest is None else newest.version + 1
            db.add(self._version(fence, fence.draft_version, shape, found))
            changed.append("shape")
        if self.is_activated and fence.draft_version is not None:
            fences.put_in_force(fence, now=self.now)
            changed.append("in_force")
        if changed:
            fence.updated_at = self.now
            fence.revision += 1
            db.session().flush()
        return tuple(changed)

    def _version(self, fence: Fence, version: int, shape: FenceShape, found: list[Found]) -> FenceVersion:
        noticed = [one for one in found if not isinstance(one.finding, FenceRowFinding)]
        return drafts.make_version(shape, noticed, fence=fence, version=version, by=None, now=self.now)


def _name(row: FeatureRow) -> str:
    return (row.name or str(row.code))[:LONGEST_NAME]


def _metres(given: object) -> float | None:
    try:
        metres = float(str(given))
    except ValueError:
        return None
    return metres if shapes.LEAST_RADIUS_M <= metres <= shapes.MOST_RADIUS_M else None
