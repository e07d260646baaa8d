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


@dataclass(frozen=True)
class Memory:
    """The stores that exist, and the rows that were kept so far."""

    connection: sqlite3.Connection

    def learn(self, stores: Iterable[Any]) -> None:
        """Take in the stores that exist; each has the attributes of `KnownStore`."""
        self.connection.executemany(
            f"INSERT INTO known VALUES ({', '.join('?' * 11)})",  # noqa: S608  # eleven question marks
            (
                (str(s.id), *(getattr(s, name) for name in KnownStore._fields[1:]), same_name_key(s.name))
                for s in stores
            ),
        )

    def store_with(self, reference: str) -> KnownStore | None:
        """The store that has this reference."""
        row = self.connection.execute("SELECT * FROM known WHERE reference = ?", (reference,)).fetchone()
        return None if row is None else KnownStore(uuid.UUID(row[0]), *row[1:10])

    def judge(self, checked: CheckedStore) -> CheckedStore:
        """Refuse a row that repeats an earlier row or a store with another reference; remember it otherwise."""
        if checked.reference is None:
            return checked
        earlier = self._row_with(checked.reference)
        if earlier is not None:
            return refused(checked, Found(StoreFinding.DUPLICATE_REFERENCE, "reference", {"row": earlier}))
        if checked.details is None:
            return checked
        twin = self._row_near(checked.details) or self._store_near(checked.details)
        if twin is not None:
            return refused(checked, twin)
        self._remember(checked.number, checked.details)
        return checked

    def _row_with(self, reference: str) -> int | None:
        found = self.connection.execute("SELECT row FROM kept WHERE reference = ?", (reference,)).fetchone()
        return None if found is None else int(found[0])

    def _row_near(self, details: StoreDetails) -> Found | None:
        near = self._near(
            "SELECT row, reference, lon, lat FROM kept WHERE name_key = ? AND lat BETWEEN ? AND ?", details
        )
        for row, reference, distance_m in near:
            facts = {"row": row, "reference": reference, "distance_m": distance_m}
            return Found(StoreFinding.DUPLICATE_NEARBY, "name", facts)
        return None

    def _store_near(self, details: StoreDetails) -> Found | None:
        """A new store beside one that exists. A row with the reference of a store is that store, wherever it lies."""
        if self.store_with(details.reference) is not None:
            return None
        question = "SELECT status, reference, lon, lat FROM known WHERE name_key = ? AND lat BETWEEN ? AND ?"
        for status, reference, distance_m in self._near(question, details):
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


TABLES = (
    "PRAGMA journal_mode = OFF",
    f"CREATE TABLE known ({', '.join(KnownStore._fields)}, name_key)",
    "CREATE UNIQUE INDEX known_reference ON known (reference)",
    "CREATE INDEX known_near ON known (name_key, lat)",
    "CREATE TABLE kept (reference TEXT PRIMARY KEY, row, name_key, lon, lat)",
    "CREATE INDEX kept_near ON kept (name_key, lat)",
)
