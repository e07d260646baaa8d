"""Which places with offers are in a cell and around it, and whether that is a fair thing to ask."""

import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

from app.sql import db
from geo.private import queries
from geo.private.cells import COARSEST, Region, parent_of, region_around
from geo.private.errors import CellTooFull, CellTooSparse

FEWEST_STORES = 10
"""Where a cell and its ring have fewer stores than this, the cell is as good as an address."""

MOST_STORES = 4_000
"""More than the fullest cell of resolution 5, with its ring, had in a country of chain stores (3,611)."""

IN_THE_BOX = 8 * MOST_STORES
"""A box has corners that its cells do not reach: from so many on nobody need look more closely."""


class PlaceAt(NamedTuple):
    """A place with offers. Degrees in WGS 84."""

    store_number: int
    brand_id: uuid.UUID
    lat: float
    lon: float


def find_places(region: Region) -> Sequence[PlaceAt]:
    """The places with offers in this region, by their numbers.

    Raises `CellTooSparse` where the coarser cell around it should be asked, `CellTooFull` where a finer one should.
    """
    found = _places_in(region)
    if found is None or len(found) > MOST_STORES:
        raise CellTooFull
    if len(found) < FEWEST_STORES and region.resolution > COARSEST:
        wider = _places_in(region_around(parent_of(region.cell)))
        if wider is not None and len(wider) <= MOST_STORES:  # else it would send everybody back to this one
            raise CellTooSparse(resolution=region.resolution - 1)
    return found


def find_places_of(brand_id: uuid.UUID, *, most: int) -> Sequence[PlaceAt]:
    """The places of a brand with offers, by their numbers, so many at most."""
    return [PlaceAt(*row) for row in db.fetch(queries.OF_BRAND, [brand_id, most])]


def has_places(region: Region, brand_ids: Collection[uuid.UUID]) -> bool:
    """Whether one of these brands has a place with offers in this region."""
    found = _places_in(region, list(brand_ids))
    return found is None or bool(found)


def _places_in(region: Region, brand_ids: Sequence[uuid.UUID] | None = None) -> list[PlaceAt] | None:
    """The places in a region, of some brands or of all; None where so many are around that nobody counts."""
    asked = [region.lon, region.lat, float(region.reach_m), IN_THE_BOX, brand_ids]
    rows = db.fetch(queries.AROUND, asked)
    if len(rows) == IN_THE_BOX:
        return None
    return [place for place in (PlaceAt(*row) for row in rows) if region.holds(place.lat, place.lon)]
