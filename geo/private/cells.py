"""Cells of the earth (H3) that may be asked about: wide enough to say little of who asks. Pure.

A phone names the cell that it is in, and gets what is in it and in the cells around it. Resolution 6 with its ring is
about 250 square kilometres, one town; a finer one is refused, so that no app can say more by mistake.
"""

from typing import NamedTuple

import h3

from geo.private.errors import CellTooCoarse, CellTooFine, CellUnknown

FINEST, COARSEST = 6, 3
"""The resolutions that may be asked for: about 36 square kilometres a cell, and about 12,400."""

LENGTH = 15
"""Hexadecimal digits of a cell: the canonical spelling, lower-case, so that each cell has one address."""

MARGIN = 0.01
"""What is left between a distance on the sphere and one on the spheroid, which differ by 0.3 percent at most."""


class Region(NamedTuple):
    """A cell with those around it: what a bundle is about. Degrees in WGS 84, metres.

    Everything within `covered_m` of the middle is in it, and all of it within `reach_m`.
    """

    cell: str
    resolution: int
    lat: float
    lon: float
    covered_m: int
    reach_m: int
    cells: frozenset[str]

    def holds(self, lat: float, lon: float) -> bool:
        """Whether this place is in it."""
        return cell_at(lat, lon, self.resolution) in self.cells


def cell_at(lat: float, lon: float, resolution: int) -> str:
    """The cell of a place, as a phone works it out."""
    return str(h3.latlng_to_cell(lat, lon, resolution))


def read_cell(text: str) -> int:
    """The resolution of a cell that may be asked about.

    Raises `CellUnknown` for what is no cell in its one spelling, `CellTooFine`, `CellTooCoarse`.
    """
    # Digits of other scripts count as digits for the library, and would make a second bundle of the same cell.
    if not (len(text) == LENGTH and text.isascii() and text == text.lower() and h3.is_valid_cell(text)):
        raise CellUnknown
    resolution = int(h3.get_resolution(text))
    if resolution > FINEST:
        raise CellTooFine(finest=FINEST)
    if resolution < COARSEST:
        raise CellTooCoarse(coarsest=COARSEST)
    return resolution


def region_around(cell: str) -> Region:
    """The cell and the ring around it: six cells, or five around one of the twelve pentagons."""
    lat, lon = middle = h3.cell_to_latlng(cell)
    within = frozenset(map(str, h3.grid_disk(cell, 1)))
    beyond = set(h3.grid_disk(cell, 2)) - within
    nearest = min(_metres(middle, corner) for one in beyond for corner in _outline(one))
    farthest = max(_metres(middle, corner) for one in within for corner in _outline(one))
    return Region(
        cell,
        int(h3.get_resolution(cell)),
        lat,
        lon,
        covered_m=int(nearest * (1 - MARGIN)),
        reach_m=int(farthest * (1 + MARGIN)) + 1,
        cells=within,
    )


def parent_of(cell: str) -> str:
    """The cell of the next coarser resolution that holds the middle of this one."""
    return str(h3.cell_to_parent(cell))


def _outline(cell: str) -> list[tuple[float, float]]:
    """The corners of a cell, and the middles of its edges: edges bend where they cross a face of the icosahedron."""
    corners = h3.cell_to_boundary(cell)
    following = (*corners[1:], corners[0])
    return [*corners, *(_between(one, other) for one, other in zip(corners, following, strict=True))]


def _between(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """The middle of a short edge, also of one across the antimeridian."""
    lon = other[1] + round((one[1] - other[1]) / 360) * 360
    return (one[0] + other[0]) / 2, (one[1] + lon) / 2


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(h3.great_circle_distance(one, other, unit="m"))
