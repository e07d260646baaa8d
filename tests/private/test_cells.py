"""Cells that may be asked about: their floor, their one spelling, and what is in a region. All over the earth."""

from math import asin, atan2, cos, degrees, pi, radians, sin

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.private.cells import COARSEST, FINEST, cell_at, parent_of, read_cell, region_around
from geo.private.errors import CellTooCoarse, CellTooFine, CellUnknown

PARIS = (48.8566, 2.3522)
resolutions = st.integers(COARSEST, FINEST)
places = st.tuples(st.floats(-89.9, 89.9), st.floats(-180, 180))


@pytest.mark.parametrize("resolution", range(FINEST + 1, 16))
def test_a_finer_cell_is_refused(resolution: int) -> None:
    with pytest.raises(CellTooFine):
        read_cell(cell_at(*PARIS, resolution))


@pytest.mark.parametrize("resolution", range(COARSEST))
def test_a_cell_of_half_a_continent_is_refused(resolution: int) -> None:
    with pytest.raises(CellTooCoarse):
        read_cell(cell_at(*PARIS, resolution))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "paris",
        "861fb4667ffffff".upper(),
        " 861fb4667ffffff",
        "861fb4667fffff",
        "861fb4667ffffffff",
        "8" * 15,
        "é" * 15,
        "８61fb4667ffffff",
        "٨61fb4667ffffff",
        "861fb4667_fffff",
    ],
)
def test_what_is_no_cell_in_its_one_spelling_is_unknown(text: str) -> None:
    with pytest.raises(CellUnknown):
        read_cell(text)


def test_an_edge_or_a_corner_of_cells_is_no_cell() -> None:
    cell = cell_at(*PARIS, FINEST)
    for other in (*h3.origin_to_directed_edges(cell), *h3.cell_to_vertexes(cell)):
        with pytest.raises(CellUnknown):
            read_cell(other)


def test_a_region_of_the_floor_is_one_town() -> None:
    region = region_around(cell_at(*PARIS, FINEST))
    assert len(region.cells) == 7
    assert 200 < sum(h3.cell_area(cell) for cell in region.cells) < 300
    assert 5_000 < region.covered_m < region.reach_m < 12_000


@pytest.mark.parametrize("resolution", [COARSEST, FINEST])
def test_around_a_pentagon_there_are_five(resolution: int) -> None:
    for pentagon in h3.get_pentagons(resolution):
        region = region_around(pentagon)
        assert len(region.cells) == 6
        assert 0 < region.covered_m < region.reach_m


@given(places, resolutions, st.floats(0, 360), st.floats(0, 1))
def test_everything_within_the_covered_circle_is_in_the_region(
    place: tuple[float, float], resolution: int, bearing: float, share: float
) -> None:
    """Also across the antimeridian, at the poles and around pentagons."""
    region = region_around(cell_at(*place, resolution))
    assert region.holds(*walked(region.lat, region.lon, bearing, share * region.covered_m))


@given(places)
def test_from_anywhere_in_a_cell_a_usual_look_around_is_covered(place: tuple[float, float]) -> None:
    """2,000 metres, and what an ordinary fix is off."""
    region = region_around(cell_at(*place, FINEST))
    corners = h3.cell_to_boundary(region.cell)
    farthest = max(h3.great_circle_distance((region.lat, region.lon), one, unit="m") for one in corners)
    assert region.covered_m - farthest > 2_200


@given(places, resolutions)
def test_a_region_reaches_no_further_than_it_says(place: tuple[float, float], resolution: int) -> None:
    region = region_around(cell_at(*place, resolution))
    for cell in region.cells:
        for corner in h3.cell_to_boundary(cell):
            assert h3.great_circle_distance((region.lat, region.lon), corner, unit="m") <= region.reach_m


@given(places, st.integers(COARSEST + 1, FINEST))
def test_a_coarser_cell_holds_the_middle_of_this_one(place: tuple[float, float], resolution: int) -> None:
    cell = cell_at(*place, resolution)
    assert parent_of(cell) == cell_at(*h3.cell_to_latlng(cell), resolution - 1)


def walked(lat: float, lon: float, bearing: float, metres: float) -> tuple[float, float]:
    """Where one is after so many metres on the sphere."""
    angle, turn, up, across = metres / 6371007.18, radians(bearing), radians(lat), radians(lon)
    north = asin(sin(up) * cos(angle) + cos(up) * sin(angle) * cos(turn))
    east = across + atan2(sin(turn) * sin(angle) * cos(up), cos(angle) - sin(up) * sin(north))
    return degrees(north), degrees((east + pi) % (2 * pi) - pi)
