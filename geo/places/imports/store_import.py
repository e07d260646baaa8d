"""Stores out of a file into the catalogue of a brand: judged row by row, written in batches, all or nothing.

A store is known by its reference within the brand. What a file does not say, an import does not erase; a store that
is not in the file stays; running a file twice changes nothing.
"""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from app.ops.imports.outcomes import Found, JudgedRow, Report, RowOutcome, Summary
from app.sql import db
from geo.places import queries
from geo.places.checks import CheckedStore, StoreDetails, check_store
from geo.places.findings import StoreFinding
from geo.places.imports.closures import judge_closure
from geo.places.imports.memory import KnownStore, Memory, load_memory
from geo.places.imports.references import MADE
from geo.places.models import StoreStatus, point_text
from geo.places.plain_values import plain_text
from geo.places.read_model import lock_places, places_changed
from geo.places.rows import StoreRow

BATCH = 1000
MOST_LEFT_NAMED, MOST_LEFT_COUNTED = 20, 10_000


def import_stores(
    *,
    brand_id: uuid.UUID,
    countries: Collection[str],
    rows: Iterable[StoreRow],
    now: datetime,
    report: Report,
    separate: Collection[str] = (),
) -> Summary:
    """Write the stores of these rows for a brand with stores in `countries`; `report` hears of each row, in order.

    `separate` are references of stores of their own, although another of their name is near. The transaction belongs to
    the caller: it rolls back for a dry run. What the rows raise (a broken file) passes.
    """
    # Two imports of one brand would each judge without seeing the other's stores.
    lock_places([brand_id])
    summary, left = Summary(), Counter[str]()
    with load_memory() as known:
        known.learn(db.stream(queries.stores_to_compare(brand_id), size=BATCH))
        for rows_of_batch in _batches(rows):
            batch = _Batch(brand_id, known, now, countries, separate)
            judged = [batch.judge(row) for row in rows_of_batch]
            batch.write()
            for row, one in zip(rows_of_batch, judged, strict=True):
                left.update(name for name in row.left if name in left or len(left) < MOST_LEFT_COUNTED)
                summary.count(one)
                report(one)
    summary.dropped.update(_named(left))
    return summary


def _batches(rows: Iterable[StoreRow]) -> Iterator[list[StoreRow]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _named(left: Counter[str]) -> dict[str, int]:
    """What the file holds besides, the most frequent by name: an OSM file has hundreds of tags."""
    frequent = left.most_common(MOST_LEFT_NAMED)
    others = left.total() - sum(count for _, count in frequent)
    return dict(frequent) | ({f"… (+ {len(left) - len(frequent)})": others} if others else {})


class _Batch:
    """Judges rows beside the stores that exist, and gathers what is to be written."""

    def __init__(
        self, brand_id: uuid.UUID, known: Memory, now: datetime, countries: Collection[str], separate: Collection[str]
    ) -> None:
        self.brand_id, self.known, self.now = brand_id, known, now
        self.countries, self.separate = countries, separate
        self.new: list[tuple[Any, ...]] = []
        self.changed: list[dict[str, Any]] = []

    def judge(self, row: StoreRow) -> JudgedRow:
        checked = judge_closure(self.check(row), row, now=self.now)
        separate = row.separate or checked.reference in self.separate
        existing = None
        if checked.details is not None:
            existing = self.known.store_with(checked.details.reference)
            if existing is None and not separate and not checked.details.reference.startswith(MADE):
                existing = self.known.store_named_now(checked.details)
        checked = self.known.judge(checked, existing, separate=separate)
        if checked.details is None:
            return JudgedRow(checked.number, RowOutcome.REFUSED, checked.found, reference=checked.reference)
        if existing is not None:
            return self.compare(checked, checked.details, existing)
        self.new.append(self.new_row(checked.details))
        return self.judged(checked, None)

    def check(self, row: StoreRow) -> CheckedStore:
        """The verdict on a row by itself; a row without a reference gets one."""
        if plain_text(row.reference)[0] is not None:
            return check_store(row, countries=self.countries)
        checked = check_store(replace(row, reference=MADE), countries=self.countries)
        if checked.details is None:
            return replace(checked, reference=None)
        reference = self.known.reference_for(checked.details, separate=row.separate)
        made = Found(StoreFinding.REFERENCE_MADE, "reference", {"reference": reference})
        details = replace(checked.details, reference=reference)
        return replace(checked, reference=reference, details=details, found=(*checked.found, made))

    def compare(self, checked: CheckedStore, details: StoreDetails, existing: KnownStore) -> JudgedRow:
        if existing.status == StoreStatus.CLOSED and details.status is None:
            checked = replace(checked, found=(*checked.found, Found(StoreFinding.STAYS_CLOSED, "status")))
        given = {name: value for name, value in vars(details).items() if value is not None}
        changed = tuple(name for name, value in given.items() if value != getattr(existing, name))
        if not changed:
            return JudgedRow(
                checked.number, RowOutcome.UNCHANGED, checked.found, details.reference, details.name, changed=changed
            )
        values = existing._asdict() | given
        self.changed.append(values | {"location": point_text(values["lon"], values["lat"])})
        return self.judged(checked, changed)

    def judged(self, checked: CheckedStore, changed: tuple[str, ...] | None) -> JudgedRow:
        outcome = RowOutcome.CORRECTED if checked.found else RowOutcome.ACCEPTED
        name = checked.details.name if checked.details else None
        return JudgedRow(checked.number, outcome, checked.found, checked.reference, name, changed=changed)

    def new_row(self, details: StoreDetails) -> tuple[Any, ...]:
        status = details.status or StoreStatus.OPEN
        texts = (details.reference, details.name, details.time_zone, details.country, details.opening_hours)
        location = point_text(details.lon, details.lat)
        return (db.new_id(), self.brand_id, *texts, details.address, str(status), location, self.now, self.now)

    def write(self) -> None:
        """Insert, update, publish. What did not change is not touched: its version and dates stay."""
        if self.new:
            db.copy_rows("store", COLUMNS, self.new)
        if self.changed:
            db.fetch(UPDATE, [orjson.dumps(self.changed).decode(), self.now])
        touched = [row[0] for row in self.new] + [row["id"] for row in self.changed]
        if touched:
            places_changed(store_ids=touched, now=self.now)


COLUMNS = (
    *("id", "brand_id", "reference", "name", "time_zone", "country", "opening_hours", "address", "status"),
    *("location", "created_at", "updated_at"),
)
"""A new store, in the order of `_Batch.new_row`."""

UPDATE = """
UPDATE store AS s
SET reference = p.reference, name = p.name, location = CAST(p.location AS geography), time_zone = p.time_zone,
    country = p.country, opening_hours = p.opening_hours, address = p.address, status = p.status,
    version = s.version + 1, updated_at = $2
FROM json_to_recordset($1::json) AS p (id uuid, reference text, name text, location text, time_zone text, country text,
                                       opening_hours text, address text, status text)
WHERE s.id = p.id
"""
