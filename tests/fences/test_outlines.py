"""What people and programs write for a shape: every fault has its code, its place and its words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.fences import outlines, shapes
from geo.fences.feature_rows import FenceRowFinding
from geo.fences.findings import ShapeFinding
from geo.fences.judgement import FenceFault
from tests.fences.factories import polygon, square

FRANCE = ("FR",)


def drawn(value, countries=FRANCE):
    return outlines.read_geojson(value, countries=countries)


def refused(value, countries=FRANCE):
    found = drawn(value, countries).refused
    assert found is not None
    return str(found.finding)


def noticed(value, countries=FRANCE):
    return [str(found.finding) for found in drawn(value, countries).noticed]


def named(name):
    return {"type": "name", "properties": {"name": name}}


RHOMBUS = [[2.35, 48.9], [2.4, 48.85], [2.45, 48.9], [2.4, 48.95], [2.35, 48.9]]
BOW_TIE = [[2.0, 48.0], [2.1, 48.1], [2.1, 48.0], [2.0, 48.1], [2.0, 48.0]]


def test_a_good_polygon_says_nothing():
    found = drawn(polygon())
    assert (found.refused, found.noticed, found.asked) == (None, (), ())


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "shape_missing"),
        ({"type": "Feature", "properties": {}, "geometry": None}, "shape_missing"),
        ({"type": "Polygon", "coordinates": []}, "shape_missing"),
        ([1], "not_geojson"),
        ({"type": "Polygon"}, "not_geojson"),
        ({"type": "Polygon", "coordinates": {}}, "not_geojson"),
        ({"type": "Point", "coordinates": [2.3, 48.8]}, "not_an_area"),
        ({"type": "GeometryCollection", "geometries": []}, "not_an_area"),
        ({"type": "FeatureCollection", "features": [polygon(), polygon()]}, "several_features"),
        (polygon() | {"crs": named("EPSG:2154")}, "other_crs"),
        (polygon([["2.3", "48.8"]] * 4), "position_unreadable"),
        (polygon([[2.3]] * 4), "position_unreadable"),
        (polygon([[2.3, True]] * 4), "position_unreadable"),
        (polygon([[float("nan"), 48.8]] * 4), "position_unreadable"),
        (polygon([[652000, 6862000], [653000, 6862000], [653000, 6863000], [652000, 6862000]]), "position_in_metres"),
        (polygon([[2, 95], [3, 95], [3, 96], [2, 95]]), "position_off_earth"),
        (polygon([[0, 0], [0.1, 0], [0.1, 0.1], [0, 0]]), "position_zero"),
        (polygon([[2 + n * 1e-5, 48] for n in range(2000)] + [[2, 48]]), "positions_many"),
        (polygon([[2, 48], [2.1, 48], [2, 48]]), "ring_short"),
        (polygon([*square()[:-1], [2.352, 48.853]]), "ring_open"),
        (polygon(square()[:-1]), "ring_open"),
        (polygon([[2.3, 48.8]] * 5), "ring_flat"),
        (polygon([[2, 48], [2.1, 48], [2.2, 48], [2, 48]]), "ring_flat"),
        (polygon(BOW_TIE), "crosses_itself"),
        (polygon(square(), square(3.0, 49.0)), "hole_outside"),
        (polygon(square(side=0.1), square(2.36, 48.86, 0.05), square(2.37, 48.87, 0.01)), "parts_nested"),
        (polygon(square(side=0.1), RHOMBUS), "falls_apart"),
        (polygon([[0, 89.9], [90, 89.9], [179, 89.9], [-90, 89.9], [0, 89.9]]), "around_a_pole"),
        (polygon(square(179, 88.5, 12)), "position_off_earth"),
        (polygon([[179, 89], [191, 89], [191, 89.1], [179, 89.1], [179, 89]]), "around_a_pole"),
        (polygon(square(side=3)), "shape_large"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_fence_is_refused_by_name(value, code):
    assert refused(value) == code


def test_a_bow_tie_names_the_place_where_it_crosses():
    found = drawn(polygon(BOW_TIE)).refused
    assert found.say("en") == "The outline crosses itself near longitude 2.05, latitude 48.05."
    assert found.say("fr") == "Le contour se croise près de longitude 2.05, latitude 48.05."


def test_an_open_ring_is_pointed_at_with_its_ends():
    found = drawn(polygon(square(), square(2.352, 48.852, 0.001)[:-1])).refused
    assert (found.about, found.say("en")) == (
        "/coordinates/1",
        "The ring is not closed: it begins at 2.352 48.852 and ends at 2.352 48.853.",
    )


def test_a_position_that_is_text_is_pointed_at():
    ring = square()
    ring[2] = ["2.36", 48.86]
    assert drawn(polygon(ring)).refused.about == "/coordinates/0/2"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (polygon(square()[::-1]), "ring_turned"),
        (polygon(square(side=0.1), square(2.36, 48.86)), "ring_turned"),
        (polygon() | {"crs": named("urn:ogc:def:crs:OGC:1.3:CRS84")}, "crs_dropped"),
        (polygon() | {"crs": named("EPSG:4326")}, "crs_dropped"),
        (polygon() | {"crs": None}, "crs_dropped"),
        (polygon([[*position, 35.0] for position in square()]), "numbers_dropped"),
        (polygon([position for position in square() for _ in range(2)]), "positions_repeated"),
        (polygon(square(-74.0, 40.7)), "shape_outside_countries"),
    ],
)
def test_what_is_harmless_is_made_good_and_said(value, code):
    assert noticed(value) == [code]


def test_a_ring_that_turns_the_other_way_is_written_turned_round():
    assert shapes.write_geojson(drawn(polygon(square()[::-1])).shape) == shapes.write_geojson(drawn(polygon()).shape)


def test_swapped_positions_are_asked_about_where_they_are_in_the_brands_country():
    found = drawn(polygon([[lat, lon] for lon, lat in square()]))
    assert [str(one.finding) for one in found.asked] == ["positions_swapped"]
    assert (found.shape.lon, found.shape.lat) == (2.355, 48.855)


def test_positions_in_the_brands_country_are_not_taken_for_swapped():
    assert drawn(polygon()).asked == ()


def test_swapped_positions_elsewhere_are_left():
    found = drawn(polygon([[40.7, -74.0], [40.8, -74.0], [40.8, -73.9], [40.7, -74.0]]))
    assert (found.asked, noticed(polygon(square(40.7, -74.0)))) == ((), ["shape_outside_countries"])


def test_a_circle_may_be_swapped_too():
    found = outlines.read_circle(48.85, 2.35, 200, countries=FRANCE)
    assert ([str(one.finding) for one in found.asked], found.shape.lat) == (["positions_swapped"], 48.85)


def test_a_circle_at_zero_is_nowhere():
    assert str(outlines.read_circle(0, 0, 200).refused.finding) == "position_zero"


OVER = [[179.9, 0.1], [-179.9, 0.1], [-179.9, 0.2], [179.9, 0.2], [179.9, 0.1]]
SPLIT = {
    "type": "MultiPolygon",
    "coordinates": [[square(179.9, 0.1, 0.1)], [square(-180, 0.1, 0.1)]],
}


@pytest.mark.parametrize("value", [polygon(OVER), SPLIT, polygon([[lon % 360, lat] for lon, lat in OVER])])
def test_a_shape_over_the_180th_meridian_is_one_however_it_is_written(value):
    found = drawn(value, ())
    assert [str(one.finding) for one in found.noticed] == ["over_the_180th"]
    assert tuple(round(degree, 7) for degree in found.shape.box) == (179.9, 0.1, 180.1, 0.2)
    assert (found.shape.lon, found.shape.lat) == (180.0, 0.15)


def test_a_shape_over_the_180th_meridian_is_written_in_two_parts():
    written = json.loads(shapes.write_geojson(drawn(polygon(OVER), ()).shape))
    assert (written["type"], written["bbox"]) == ("MultiPolygon", [179.9, 0.1, -179.9, 0.2])
    lons = [lon for part in written["coordinates"] for ring in part for lon, _ in ring]
    assert (min(lons), max(lons)) == (-180, 180)


def test_a_shape_that_touches_a_pole_is_taken():
    assert drawn(polygon([[0, 89.9], [10, 89.9], [10, 90], [0, 90], [0, 89.9]]), ()).refused is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("POLYGON EMPTY", "shape_missing"),
        ("POINT (2.3 48.8)", "not_an_area"),
        ("CURVEPOLYGON ((2 48, 3 48, 3 49, 2 48))", "not_an_area"),
        ("SRID=2154;POLYGON ((2 48, 3 48, 3 49, 2 48))", "other_crs"),
        ("POLYGON ((2 48, 3 48", "not_wkt"),
        ("POLYGON ((2 48, x 48, 3 49, 2 48))", "not_wkt"),
        ("POLYGON ((2 48, 3 48, 3 49, 2 48)) and more", "not_wkt"),
        ("a square", "not_wkt"),
        ("", "not_wkt"),
        ("POLYGON ((2 48, 3 48, 3 49))", "ring_short"),
        ("POLYGON ((2 48, 2.1 48.1, 2.1 48, 2 48.1, 2 48))", "crosses_itself"),
    ],
)
def test_faults_of_wkt_have_the_names_of_those_of_geojson(text, code):
    assert str(outlines.read_wkt(text, countries=FRANCE).refused.finding) == code


@pytest.mark.parametrize(
    "text",
    [
        "POLYGON ((2.35 48.85, 2.36 48.85, 2.36 48.86, 2.35 48.86, 2.35 48.85))",
        "SRID=4326;polygon((2.35 48.85,2.36 48.85,2.36 48.86,2.35 48.86,2.35 48.85))",
        "POLYGON Z ((2.35 48.85 0, 2.36 48.85 0, 2.36 48.86 0, 2.35 48.86 0, 2.35 48.85 0))",
        "MULTIPOLYGON (((2.35 48.85, 2.36 48.85, 2.36 48.86, 2.35 48.86, 2.35 48.85)))",
    ],
)
def test_wkt_is_read_as_geojson_is(text):
    assert shapes.write_geojson(outlines.read_wkt(text).shape) == shapes.write_geojson(drawn(polygon()).shape)


@pytest.mark.parametrize("value", [polygon(), polygon(OVER), polygon(square(side=0.1), square(2.36, 48.86)[::-1])])
def test_what_is_written_is_read_again_alike(value):
    written = shapes.write_geojson(drawn(value, ()).shape)
    assert shapes.write_geojson(drawn(json.loads(written), ()).shape) == written
    assert shapes.write_geojson(outlines.read_wkt(shapes.write_wkt(written)).shape) == written


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=30,
)


@given(st.sampled_from(["Polygon", "MultiPolygon", "Point", "Feature"]), ANYTHING)
def test_whatever_is_sent_is_a_shape_or_refused_in_words(kind, coordinates):
    found = drawn({"type": kind, "coordinates": coordinates})
    assert (found.shape is None) != (found.refused is None)


@given(st.lists(st.tuples(st.floats(-200, 200), st.floats(-95, 95)).map(list), min_size=3, max_size=8))
def test_whatever_ring_is_drawn_is_a_shape_or_refused_in_words(ring):
    found = drawn(polygon([*ring, ring[0]]), ())
    assert (found.shape is None) != (found.refused is None)
    if found.refused is not None:
        assert found.refused.say("fr")


@pytest.mark.parametrize("finding", [*ShapeFinding, *FenceFault, *FenceRowFinding])
def test_every_finding_speaks_both_languages(finding):
    assert finding.sentence.fr != finding.sentence.en


@pytest.mark.parametrize("finding", [*ShapeFinding, *FenceRowFinding])
def test_every_heading_of_a_report_stands_without_facts(finding):
    assert finding.heading.say("fr") != finding.heading.say("en")
