"""A store as a file gives it, before anything is checked."""

from dataclasses import dataclass

from app.ops.imports.outcomes import Found


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store as the file gives it, nothing believed yet.

    `number` is the row as a spreadsheet numbers it (the header is row 1), or the place of the feature in a GeoJSON
    file, from 1. `substitutes` are (where from, value): what may stand in for a missing name. `ends`, `opens` and
    `status` are what the file says of a store that has closed or will open; `separate` says that it is a store of its
    own although another of its name is near; `left` names what the file holds besides and nobody asked for.
    """

    number: int
    reference: object = None
    name: object = None
    lon: object = None
    lat: object = None
    opening_hours: object = None
    address: object = None
    time_zone: object = None
    country: object = None
    substitutes: tuple[tuple[str, object], ...] = ()
    noticed: tuple[Found, ...] = ()
    refused: Found | None = None
    ends: object = None
    opens: object = None
    status: object = None
    separate: bool = False
    left: tuple[str, ...] = ()
