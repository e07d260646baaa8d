"""What an import must remember: the stores that the brand has, and what the file said so far.

Kept in a private SQLite file of the operating system's temporary folder, deleted when closed: the memory of the
process does not grow with the catalogue, nor with the file that is read. (PostgreSQL would be asked the same, but it
plans badly for a brand that its statistics have never seen, and an import is just when that happens.)
"""

import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.ops.imports.outcomes import Found
from geo.places.checks import CheckedStore, StoreDetails, refused
from geo.places.findings import StoreFinding
from geo.places.imports.references import MADE, made_reference
from geo.places.models import StoreStatus
from geo.places.plain_values import same_name_key
from geo.places.whereabouts import METRES_PER_DEGREE, metres_between

DUPLICATE_M = 30
"""Two stores with one name so close are one store mapped twice."""


class KnownStore(NamedTuple):
    """A store that the brand has."""

    id: uuid.UUID
    reference: str
    name: str
    lon: float
    lat: float
    time_zone: str
    country: str
    opening_hours: str | None
    address: str | None
    status: str


@dataclass
class Memory:
    """The stores that exist, and the rows that were kept so far."""

    connection: sqlite3.Connection
    knows_stores: bool = False
    knows_made: bool = False
    """Whether a reference of some store was made here."""

    def learn(self, stores: Iterable[Any]) -> None:
        """Take in the stores that exist; each has the attributes of `KnownStore`."""
        taken = self.connection.executemany(
            f"INSERT INTO known VALUES ({', '.join('?' * 11)})",  # noqa: S608  # eleven question marks
            (
                (str(s.id), *(getattr(s, name) for name in KnownStore._fields[1:]), same_name_key(s.name))
                for s in stores
            ),
        )
        self.knows_stores = taken.rowcount > 0
        made = self.connection.execute("SELECT 1 FROM known WHERE reference GLOB ? LIMIT 1", (f"{MADE}*",))
        self.knows_made = made.fetchone() is not None

    def store_with(self, reference: str) -> KnownStore | None:
        """The store that has this reference."""
        if not self.knows_stores:
            return None
        row = self.connection.execute("SELECT * FROM known WHERE reference = ?", (reference,)).fetchone()
        return None if row is None else KnownStore(uuid.UUID(row[0]), *row[1:10])

    def reference_for(self, details: StoreDetails, *, separate: bool) -> str:
        """A reference for a store of a file without any: that which was made for the same shop before, or a new one."""
        own = made_reference(details)
        if not self.knows_stores or separate or self.store_with(own) is not None:
            return own
        return self._made_near(details) or own

    def store_named_now(self, details: StoreDetails) -> KnownStore | None:
        """The store whose reference was made here, and which this row gives a reference of the brand's own."""
        alone = self.knows_made and next(self._near(ROWS_NEAR, details), None) is None
        made = self._made_near(details) if alone else None
        store = None if made is None else self.store_with(made)
        if store is not None:
            self.connection.execute("DELETE FROM known WHERE reference = ?", (made,))
        return store

    def _made_near(self, details: StoreDetails) -> str | None:
        """The reference that was made for the store of this name and place, unless a row of the file has it already."""
        near = (reference for _, reference, _ in self._near(STORES_NEAR, details))
        return next((one for one in near if one.startswith(MADE) and self._row_with(one) is None), None)

    def judge(self, checked: CheckedStore, existing: KnownStore | None, *, separate: bool) -> CheckedStore:
        """Refuse a row that repeats an earlier row or a store with another reference; remember it otherwise.

        A row that is said to be a store of its own may lie beside another of its name, and so may a store that lies
        there already.
        """
        if checked.reference is None:
            return checked
        doubtful = checked.details if not separate and not _is_settled(checked.details, existing) else None
        twin = self._twin(doubtful, is_new=existing is None) if doubtful is not None else None
        earlier = self._row_with(checked.reference)
        if earlier is not None and not (twin and checked.reference.startswith(MADE)):
            twin = Found(StoreFinding.DUPLICATE_REFERENCE, "reference", {"row": earlier})
        if twin is not None:
            return refused(checked, twin)
        if checked.details is not None:
            self._remember(checked.number, checked.details)
        return checked

    def _row_with(self, reference: str) -> int | None:
        found = self.connection.execute("SELECT row FROM kept WHERE reference = ?", (reference,)).fetchone()
        return None if found is None else int(found[0])

    def _twin(self, details: StoreDetails, *, is_new: bool) -> Found | None:
        """A row before of this name and at this place; for a new store, one that exists too."""
        for row, reference, distance_m in self._near(ROWS_NEAR, details):
            facts = {"row": row, "reference": reference, "distance_m": distance_m}
            return Found(StoreFinding.DUPLICATE_NEARBY, "name", facts)
        for status, reference, distance_m in self._near(STORES_NEAR, details) if self.knows_stores and is_new else ():
            if status == StoreStatus.OPEN and self._row_with(reference) is None:
                facts = {"reference": reference, "distance_m": distance_m}
                return Found(StoreFinding.DUPLICATE_OF_STORE, "name", facts)
        return None

    def _near(self, question: str, details: StoreDetails) -> Iterator[tuple[Any, str, int]]:
        reach = DUPLICATE_M * 1.01 / METRES_PER_DEGREE
        parameters = (same_name_key(details.name), details.lat - reach, details.lat + reach)
        for first, reference, lon, lat in self.connection.execute(question, parameters).fetchall():
            distance_m = metres_between(details.lon, details.lat, lon, lat)
            if distance_m <= DUPLICATE_M:
                yield first, reference, round(distance_m)

    def _remember(self, row: int, details: StoreDetails) -> None:
        self.connection.execute(
            "INSERT INTO kept VALUES (?, ?, ?, ?, ?)",
            (details.reference, row, same_name_key(details.name), details.lon, details.lat),
        )


def _is_settled(details: StoreDetails | None, existing: KnownStore | None) -> bool:
    """Whether a store has the name and the place that it had."""
    if details is None or existing is None:
        return False
    return (details.name, details.lon, details.lat) == (existing.name, existing.lon, existing.lat)


@contextmanager
def load_memory() -> Iterator[Memory]:
    """An empty memory, gone with the block."""
    connection = sqlite3.connect("", isolation_level=None)
    try:
        for statement in TABLES:
            connection.execute(statement)
        yield Memory(connection)
    finally:
        connection.close()


ROWS_NEAR = "SELECT row, reference, lon, lat FROM kept WHERE name_key = ? AND lat BETWEEN ? AND ?"
STORES_NEAR = "SELECT status, reference, lon, lat FROM known WHERE name_key = ? AND lat BETWEEN ? AND ?"

TABLES = (
    "PRAGMA journal_mode = OFF",
    f"CREATE TABLE known ({', '.join(KnownStore._fields)}, name_key)",
    "CREATE UNIQUE INDEX known_reference ON known (reference)",
    "CREATE INDEX known_near ON known (name_key, lat)",
    "CREATE TABLE kept (reference TEXT PRIMARY KEY, row, name_key, lon, lat)",
    "CREATE INDEX kept_near ON kept (name_key, lat)",
)
