"""What a file said so far: references and names by place, so that a later row can be told from an earlier one.

Kept in a private SQLite file of the operating system's temporary folder, deleted when closed: the memory of the
process does not grow with the file that is read.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from geo.places.checking import Checked, StoreDetails, refused
from geo.places.cleaning import same_name_key
from geo.places.findings import Finding, Found
from geo.places.locating import METRES_PER_DEGREE, metres_between

DUPLICATE_M = 30
"""Two stores with one name so close are one store mapped twice."""


@dataclass(frozen=True)
class Memory:
    """The rows that were kept so far, by reference and by name."""

    connection: sqlite3.Connection

    def judge(self, checked: Checked) -> Checked:
        """Refuse a row that repeats an earlier one; remember it otherwise."""
        if checked.reference is None:
            return checked
        earlier = self._row_with(checked.reference)
        if earlier is not None:
            return refused(checked, Found(Finding.DUPLICATE_REFERENCE, "reference", {"row": earlier}))
        if checked.details is None:
            return checked
        twin = self._twin_of(checked.details)
        if twin is not None:
            return refused(checked, twin)
        self._remember(checked.number, checked.details)
        return checked

    def _row_with(self, reference: str) -> int | None:
        found = self.connection.execute("SELECT row FROM kept WHERE reference = ?", (reference,)).fetchone()
        return None if found is None else int(found[0])

    def _twin_of(self, details: StoreDetails) -> Found | None:
        reach = DUPLICATE_M * 1.01 / METRES_PER_DEGREE
        near = self.connection.execute(
            "SELECT row, reference, lon, lat FROM kept WHERE name = ? AND lat BETWEEN ? AND ?",
            (same_name_key(details.name), details.lat - reach, details.lat + reach),
        )
        for row, reference, lon, lat in near:
            distance_m = metres_between(details.lon, details.lat, lon, lat)
            if distance_m <= DUPLICATE_M:
                facts = {"row": row, "reference": reference, "distance_m": round(distance_m)}
                return Found(Finding.DUPLICATE_NEARBY, "name", facts)
        return None

    def _remember(self, row: int, details: StoreDetails) -> None:
        self.connection.execute(
            "INSERT INTO kept VALUES (?, ?, ?, ?, ?)",
            (details.reference, row, same_name_key(details.name), details.lon, details.lat),
        )


@contextmanager
def memory() -> Iterator[Memory]:
    """An empty memory, gone with the block."""
    connection = sqlite3.connect("", isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("CREATE TABLE kept (reference TEXT PRIMARY KEY, row INT, name TEXT, lon REAL, lat REAL)")
        connection.execute("CREATE INDEX kept_name ON kept (name, lat)")
        yield Memory(connection)
    finally:
        connection.close()
