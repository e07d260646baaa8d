"""Beacons out of a file into the fleet of a brand: judged row by row, written in batches, all or nothing.

A beacon is known by what it sends. What a file does not say, an import does not erase; a beacon that is not in the file
stays; running a file twice changes nothing.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from app.ops.imports.outcomes import Found, JudgedRow, Report, RowOutcome, Summary
from app.sql import db
from geo.beacons import queries
from geo.beacons.findings import BeaconFinding
from geo.beacons.imports.fleet_checks import CheckedBeacon, Places, check_row
from geo.beacons.imports.fleet_rows import BeaconRow
from geo.beacons.models import BeaconStatus, Stability
from geo.places.plain_values import same_name_key

BATCH = 1_000
COMPARED = ("label", "store_id", "zone_id", "stability", "status")
COLUMNS = ("id", "brand_id", "kind", "identifier", *COMPARED, "created_at", "updated_at")

UPDATE = """
UPDATE beacon AS b
SET label = n.label, store_id = n.store_id, zone_id = n.zone_id, stability = n.stability, status = n.status,
  version = b.version + 1, updated_at = $7
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[])
  AS n (id, label, store_id, zone_id, stability, status)
WHERE b.id = n.id
"""

Known = dict[tuple[str, bytes], dict[str, Any]]


def import_fleet(
    *, brand_id: uuid.UUID, rows: Iterable[BeaconRow], usual_store: str | None, now: datetime, report: Report
) -> Summary:
    """Write the beacons of these rows; `report` hears of each row, in order. `usual_store` is the reference of the
    store of those that name none. The transaction belongs to the caller: it rolls back for a dry run. What the rows
    raise (a broken file) passes."""
    places = read_places(brand_id, usual_store)
    known: Known = {
        (row.kind, row.identifier): row._asdict()
        for row in db.rows(queries.fleet_to_compare(brand_id))
        if row.identifier
    }
    summary, seen = Summary(), dict[tuple[str, bytes], int]()
    for batch in _batches(rows):
        checked = [check_row(row, places) for row in batch]
        foreign = {tuple(one) for one in db.rows(queries.strangers_with([one.identifier for one in checked], brand_id))}
        work = _Work(brand_id, known, foreign, seen, now)
        judged = [work.judge(one) for one in checked]
        work.write()
        for row, one in zip(batch, judged, strict=True):
            summary.dropped.update(row.left)
            summary.count(one)
            report(one)
    return summary


def read_places(brand_id: uuid.UUID, usual_store: str | None) -> Places:
    """The stores and zones of a brand, by the names that files use; a name that two stores share names none."""
    stores = db.rows(queries.store_references(brand_id))
    named = [(same_name_key(store.name), store.reference) for store in stores]
    times = Counter(key for key, _ in named)
    return Places(
        by_reference={store.reference: store.id for store in stores},
        by_name={key: reference for key, reference in named if times[key] == 1},
        zones={(store_id, code): id for store_id, code, id in db.rows(queries.zone_codes(brand_id))},
        usual=usual_store,
    )


def _batches(rows: Iterable[BeaconRow]) -> Iterator[list[BeaconRow]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


class _Work:
    """Judges rows beside the beacons that exist, and gathers what is to be written."""

    def __init__(
        self, brand_id: uuid.UUID, known: Known, foreign: set[tuple[Any, ...]], seen: dict[Any, int], now: datetime
    ) -> None:
        self.brand_id, self.known, self.foreign, self.seen, self.now = brand_id, known, foreign, seen, now
        self.new: list[dict[str, Any]] = []
        self.changed: dict[uuid.UUID, dict[str, Any]] = {}

    def judge(self, checked: CheckedBeacon) -> JudgedRow:
        key = (str(checked.kind), checked.identifier)
        existing = self.known.get(key)
        self._refuse_others(checked, key, existing)
        if checked.refused:
            return self._judged(checked, RowOutcome.REFUSED)
        self.seen[key] = checked.number
        if existing is None:
            self._add(checked, key)
            return self._judged(checked, RowOutcome.CORRECTED if checked.found else RowOutcome.ACCEPTED)
        if checked.given.get("store_id", existing["store_id"]) != existing["store_id"]:
            checked.given.setdefault("zone_id", None)  # that of the store before is none of this one
        changed = tuple(name for name, value in checked.given.items() if value != existing[name])
        if not changed:
            return self._judged(checked, RowOutcome.UNCHANGED, ())
        existing |= checked.given
        self.changed[existing["id"]] = existing
        return self._judged(checked, RowOutcome.CORRECTED if checked.found else RowOutcome.ACCEPTED, changed)

    def _refuse_others(self, checked: CheckedBeacon, key: tuple[str, bytes], existing: Any) -> None:
        """What stands against a row that names a beacon."""
        if checked.refused:
            return
        if key in self.seen:
            checked.refuse(Found(BeaconFinding.TWICE_IN_FILE, "id", {"row": self.seen[key]}))
        elif key in self.foreign:
            checked.refuse(Found(BeaconFinding.TAKEN_ELSEWHERE, "id"))
        elif existing is not None and existing["status"] == BeaconStatus.DECOMMISSIONED:
            if checked.given.get("status") != BeaconStatus.DECOMMISSIONED:
                checked.refuse(Found(BeaconFinding.OUT_OF_SERVICE, "status"))
        elif existing is None and "store_id" not in checked.given:
            checked.refuse(Found(BeaconFinding.STORE_MISSING, "store"))

    def _add(self, checked: CheckedBeacon, key: tuple[str, bytes]) -> None:
        usual = {"label": _label(checked), "zone_id": None, "stability": Stability.STABLE}
        values = {"id": db.new_id(), "status": BeaconStatus.ACTIVE, **usual, **checked.given}
        self.known[key] = values
        self.new.append(values | {"kind": key[0], "identifier": key[1]})

    def _judged(self, checked: CheckedBeacon, outcome: RowOutcome, changed: tuple[str, ...] | None = None) -> JudgedRow:
        reference = checked.identifier.hex() or None
        return JudgedRow(checked.number, outcome, checked.found, reference, checked.given.get("label"), changed=changed)

    def write(self) -> None:
        """Insert and update. What did not change is not touched: its version and dates stay."""
        fixed = {"brand_id": self.brand_id, "created_at": self.now, "updated_at": self.now}
        if self.new:
            rows = [values | fixed for values in self.new]
            db.copy_rows("beacon", COLUMNS, [[_plain(row[name]) for name in COLUMNS] for row in rows])
        if self.changed:
            names = ("id", *COMPARED)
            columns = [[_plain(values[name]) for values in self.changed.values()] for name in names]
            db.fetch(UPDATE, [*columns, self.now])


def _label(checked: CheckedBeacon) -> str:
    return checked.identifier[-6:].hex()


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value
