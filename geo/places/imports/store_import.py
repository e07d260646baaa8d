"""Stores out of a file into the catalogue of a brand: judged row by row, written in batches, all or nothing.

A store is known by its reference within the brand. What a file does not say, an import does not erase; a store that
is not in the file stays; running a file twice changes nothing.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, insert, update

from app.ops.imports.outcomes import JudgedRow, Report, RowOutcome, Summary
from app.sql import db
from geo.places import queries
from geo.places.checks import CheckedStore, StoreDetails, check_store
from geo.places.imports.memory import KnownStore, Memory, load_memory
from geo.places.models import Store, point_at
from geo.places.read_model import lock_places, places_changed
from geo.places.rows import StoreRow

BATCH = 1000


def import_stores(
    *, brand_id: uuid.UUID, countries: Collection[str], rows: Iterable[StoreRow], now: datetime, report: Report
) -> Summary:
    """Write the stores of these rows for a brand with stores in `countries`; `report` hears of each row, in order.

    The transaction belongs to the caller: it rolls back for a dry run. What the rows raise (a broken file) passes.
    """
    # Two imports of one brand would each judge without seeing the other's stores.
    lock_places([brand_id])
    summary = Summary()
    with load_memory() as known:
        known.learn(db.stream(queries.stores_to_compare(brand_id), size=BATCH))
        for rows_of_batch in _batches(rows):
            batch = _Batch(brand_id, known, now)
            judged = [batch.judge(known.judge(check_store(row, countries=countries))) for row in rows_of_batch]
            batch.write()
            for one in judged:
                summary.count(one)
                report(one)
    return summary


def _batches(rows: Iterable[StoreRow]) -> Iterator[list[StoreRow]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


class _Batch:
    """Compares checked rows with the stores that exist, and gathers what is to be written."""

    def __init__(self, brand_id: uuid.UUID, known: Memory, now: datetime) -> None:
        self.brand_id, self.known, self.now = brand_id, known, now
        self.new: list[dict[str, Any]] = []
        self.changed: dict[tuple[str, ...], list[dict[str, Any]]] = {}

    def judge(self, checked: CheckedStore) -> JudgedRow:
        details = checked.details
        if details is None:
            return JudgedRow(checked.number, RowOutcome.REFUSED, checked.found, reference=checked.reference)
        existing = self.known.store_with(details.reference)
        if existing is not None:
            return self.compare(checked, details, existing)
        self.new.append(self.values(details))
        return self.judged(checked, None)

    def compare(self, checked: CheckedStore, details: StoreDetails, existing: KnownStore) -> JudgedRow:
        given = {name: value for name, value in vars(details).items() if value is not None}
        changed = tuple(name for name, value in given.items() if value != getattr(existing, name))
        if not changed:
            return JudgedRow(
                checked.number, RowOutcome.UNCHANGED, checked.found, details.reference, details.name, changed=changed
            )
        columns = _as_columns({name: given[name] for name in changed}, details)
        self.changed.setdefault(tuple(sorted(columns)), []).append(
            {"b_id": existing.id, **{f"b_{name}": value for name, value in columns.items()}}
        )
        return self.judged(checked, changed)

    def judged(self, checked: CheckedStore, changed: tuple[str, ...] | None) -> JudgedRow:
        outcome = RowOutcome.CORRECTED if checked.found else RowOutcome.ACCEPTED
        name = checked.details.name if checked.details else None
        return JudgedRow(checked.number, outcome, checked.found, checked.reference, name, changed=changed)

    def values(self, details: StoreDetails) -> dict[str, Any]:
        columns = _as_columns(vars(details), details)
        stamps = {"created_at": self.now, "updated_at": self.now}
        return {"id": db.new_id(), "brand_id": self.brand_id, **columns, **stamps}

    def write(self) -> None:
        """Insert, update, publish. What did not change is not touched: its version and dates stay."""
        if self.new:
            # Returning something makes SQLAlchemy send many rows in one statement.
            db.execute(insert(Store.__table__).returning(Store.id), self.new)  # type: ignore[arg-type]
        for names, stores in self.changed.items():
            statement = (
                update(Store.__table__)  # type: ignore[arg-type]
                .where(Store.id == bindparam("b_id"))
                .values(
                    **{name: bindparam(f"b_{name}") for name in names}, version=Store.version + 1, updated_at=self.now
                )
            )
            db.execute(statement, stores)
        touched = [store["id"] for store in self.new]
        touched += [store["b_id"] for stores in self.changed.values() for store in stores]
        if touched:
            places_changed(store_ids=touched, now=self.now)


def _as_columns(fields: dict[str, Any], details: StoreDetails) -> dict[str, Any]:
    """The fields of a store as its columns: both degrees are one point."""
    columns = {name: value for name, value in fields.items() if name not in ("lon", "lat")}
    if len(columns) < len(fields):
        columns["location"] = point_at(details.lon, details.lat)
    return columns
