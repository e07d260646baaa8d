"""Files as they come: shapes, separators, encodings, and what is wrong with them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ops.imports.tables import TableBroken
from geo.places.imports.geojson_rows import read_feature
from geo.places.imports.readers import read_rows
from tests.places.factories import PARIS_SUPERMARKETS, csv_file, feature, geojson_file, real_file

SQUARE = [[[2.0, 48.0], [2.001, 48.0], [2.001, 48.001], [2.0, 48.001], [2.0, 48.0]]]
BOW_TIE = [[[2.0, 48.0], [2.002, 48.002], [2.002, 48.0], [2.0, 48.001], [2.0, 48.0]]]


def only_row(file):
    [row] = read_rows(file)
    return row


def building(coordinates, kind="Polygon"):
    return feature() | {"geometry": {"type": kind, "coordinates": coordinates}}


def test_a_point_is_read_as_lon_and_lat(tmp_path):
    row = only_row(geojson_file(tmp_path, feature(lon=2.3, lat=48.8)))
    assert (row.reference, float(row.lon), float(row.lat)) == ("node/1", 2.3, 48.8)


def test_a_building_becomes_a_point_inside_it(tmp_path):
    row = only_row(geojson_file(tmp_path, building(SQUARE)))
    assert 2.0 < row.lon < 2.001
    assert 48.0 < row.lat < 48.001


def test_several_buildings_become_a_point_inside_one(tmp_path):
    row = only_row(geojson_file(tmp_path, building([SQUARE], "MultiPolygon")))
    assert 2.0 < row.lon < 2.001


def test_an_outline_that_crosses_itself_is_repaired_and_said(tmp_path):
    row = only_row(geojson_file(tmp_path, building(BOW_TIE)))
    assert [found.finding for found in row.noticed] == ["shape_repaired"]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": [[2, 48], [3, 49]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[2, 48], [3, 49]]]},
        {"type": "Polygon", "coordinates": [[["2", "48"], ["3", "49"], ["2", "49"], ["2", "48"]]]},
        {"type": "Polygon", "coordinates": [[[2, 48], [2, 48], [2, 48], [2, 48]]]},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Point", "coordinates": [2]},
        {"type": "Point"},
        {"type": ["Point"]},
        [2, 48],
    ],
)
def test_other_shapes_are_refused(tmp_path, geometry):
    row = only_row(geojson_file(tmp_path, feature() | {"geometry": geometry}))
    assert row.refused.finding == "shape_unusable"


@pytest.mark.parametrize("strange", [1, None, [], "x", {"type": "Feature", "properties": [1]}])
def test_what_is_no_feature_is_refused(tmp_path, strange):
    assert only_row(geojson_file(tmp_path, strange)).refused.finding == "not_a_feature"


def test_no_geometry_is_legal_and_has_no_coordinates(tmp_path):
    row = only_row(geojson_file(tmp_path, feature() | {"geometry": None}))
    assert (row.lon, row.lat, row.refused) == (None, None, None)


def test_coordinates_written_as_text_are_said(tmp_path):
    row = only_row(geojson_file(tmp_path, feature(lon="2.3", lat="48.8")))
    assert [found.finding for found in row.noticed] == ["coordinates_as_text"]


def test_tags_may_lie_one_level_deeper(tmp_path):
    nested = feature() | {"properties": {"type": "way", "id": 7, "tags": {"name": "Casino"}}}
    row = only_row(geojson_file(tmp_path, nested))
    assert (row.reference, row.name) == ("way/7", "Casino")


def test_an_address_is_put_together_from_its_tags(tmp_path):
    tags = {"addr:housenumber": "31", "addr:street": "rue de Rivoli", "addr:postcode": "75004", "addr:city": "Paris"}
    assert only_row(geojson_file(tmp_path, feature(**tags))).address == "31 rue de Rivoli, 75004 Paris"


def test_a_postcode_alone_is_no_address(tmp_path):
    assert only_row(geojson_file(tmp_path, feature(**{"addr:postcode": "75004"}))).address is None


def test_features_are_numbered_from_one(tmp_path):
    assert [row.number for row in read_rows(geojson_file(tmp_path, feature(1), feature(2)))] == [1, 2]


def test_a_collection_without_features_has_no_rows(tmp_path):
    assert list(read_rows(geojson_file(tmp_path))) == []


def test_the_other_members_of_a_collection_are_passed_over(tmp_path):
    file = tmp_path / "stores.geojson"
    file.write_text(json.dumps({"meta": {"features": [1]}, "features": [feature()], "bbox": [1, 2, 3, 4]}))
    assert only_row(file).reference == "node/1"


def test_a_byte_order_mark_before_json_is_passed_over(tmp_path):
    file = geojson_file(tmp_path, feature())
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert only_row(file).reference == "node/1"


def test_a_broken_file_says_after_which_feature_and_where(tmp_path):
    file = geojson_file(tmp_path, feature(1), feature(2))
    file.write_text(file.read_text()[:-30])
    with pytest.raises(TableBroken, match=r"after feature 1: .* at line 1, column \d+"):
        list(read_rows(file))


def test_a_large_broken_file_says_between_which_bytes(tmp_path):
    file = geojson_file(tmp_path, *[feature(number, note="x" * 1000) for number in range(5000)])
    file.write_text(file.read_text()[:-30])
    with pytest.raises(TableBroken, match=r"after feature 49\d\d, between bytes \d+ and \d+"):
        list(read_rows(file))


def test_json_that_is_not_a_number_is_broken(tmp_path):
    file = tmp_path / "stores.geojson"
    file.write_text('{"type":"FeatureCollection","features":[{"type":"Feature","geometry":NaN}]}')
    with pytest.raises(TableBroken, match="not valid JSON after feature 0"):
        list(read_rows(file))


@pytest.mark.parametrize("text", ['{"type":"Feature"}', '{"type":"FeatureCollection"}', "[]", '{"features":{"a":1}}'])
def test_other_json_is_no_collection(tmp_path, text):
    file = tmp_path / "stores.geojson"
    file.write_text(text)
    with pytest.raises(TableBroken, match="FeatureCollection is needed"):
        list(read_rows(file))


def test_an_empty_file_is_broken(tmp_path):
    with pytest.raises(TableBroken, match="is empty"):
        list(read_rows(csv_file(tmp_path, "\n")))


def test_an_english_table_is_read(tmp_path):
    row = only_row(csv_file(tmp_path, "id,name,lat,lng,opening_hours\nA1,Rivoli,48.8,2.3,Mo-Sa 09:00-19:00\n"))
    assert (row.reference, row.name, row.lat, row.lon) == ("A1", "Rivoli", "48.8", "2.3")


def test_a_french_table_is_read(tmp_path):
    row = only_row(csv_file(tmp_path, "Référence;Nom;Latitude;Longitude;Horaires\nA1;Rivoli;48,8;2,3;Lu-Sa 9h-19h\n"))
    assert (row.reference, row.lat, row.opening_hours) == ("A1", "48,8", "Lu-Sa 9h-19h")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_usual_encoding_is_read(tmp_path, encoding):
    text = "référence;nom;lat;lon\nA1;Épicerie;48.8;2.3\n"
    assert only_row(csv_file(tmp_path, text, encoding=encoding)).name == "Épicerie"


def test_rows_have_the_numbers_of_a_spreadsheet(tmp_path):
    file = csv_file(tmp_path, 'id,name,lat,lon\nA1,"two\nlines",48.8,2.3\n\nA2,b,48.8,2.3\n')
    assert [row.number for row in read_rows(file)] == [2, 4]


def test_a_short_row_lacks_its_last_cells(tmp_path):
    assert only_row(csv_file(tmp_path, "id,name,lat,lon\nA1,Rivoli\n")).lat is None


def test_a_row_with_too_many_cells_is_refused(tmp_path):
    row = only_row(csv_file(tmp_path, "id,name,lat,lon\nA1,Rivoli, Paris,48.8,2.3\n"))
    assert row.refused.facts == {"cells": 5, "columns": 4}


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(TableBroken, match="has no column lat, lon; its header is: id, name"):
        list(read_rows(csv_file(tmp_path, "id,name\nA1,Rivoli\n")))


def test_a_quote_that_never_ends_is_broken(tmp_path):
    with pytest.raises(TableBroken, match="row 2 is not CSV"):
        list(read_rows(csv_file(tmp_path, 'id,name,lat,lon\nA1,"Rivoli,48.8,2.3\nA2,b,48.8,2.3\n')))


def test_the_real_file_is_read_whole():
    assert sum(1 for _ in read_rows(real_file(PARIS_SUPERMARKETS))) == 598


NUMBERS = st.integers() | st.floats(allow_nan=False) | st.decimals(allow_nan=False) | st.text(max_size=3) | st.none()
COORDINATES = st.recursive(NUMBERS, lambda inner: st.lists(inner, max_size=5), max_leaves=30)
GEOMETRIES = st.none() | st.fixed_dictionaries(
    {"type": st.sampled_from(["Point", "Polygon", "MultiPolygon", "Line", None]), "coordinates": COORDINATES}
)


@given(geometry=GEOMETRIES)
def test_no_geometry_is_too_strange_to_read(geometry):
    row = read_feature({"type": "Feature", "properties": {}, "geometry": geometry}, 1)
    assert row.number == 1


@given(ring=st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=6))
def test_an_outline_has_a_point_or_is_refused(ring):
    row = read_feature(building([[list(position) for position in [*ring, ring[0]]]]), 1)
    assert (row.lon is None) == (row.refused is not None)


STOPS = {
    "a number of thousands of digits": '{"type":"Feature","id":' + "9" * 5_000 + "}",
    "a position of thousands of digits": '{"type":"Feature","geometry":{"type":"Point","coordinates":[' + "9" * 5_000,
    "brackets that are never closed": "[" * 200_000,
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
@pytest.mark.parametrize(("name", "begins"), [("f.geojson", '{"features":['), ("f.geojsonl", '{"a":1}\n')])
def test_what_would_stop_the_reader_for_good_is_a_broken_file(tmp_path, name, begins, stop):
    (tmp_path / name).write_text(begins + stop, encoding="utf-8")
    with pytest.raises(TableBroken):
        list(read_rows(tmp_path / name))
