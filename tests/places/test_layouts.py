"""Files as the programs write them that people export shops from; each layout is a public one."""

import json
import zipfile

import pytest

from app.ops.imports.tables import TableBroken
from geo.places.imports.layouts import MappingUnknown, layout_with
from geo.places.imports.readers import read_rows
from geo.places.plain_values import plain_number
from tests.places.factories import csv_file, feature, geojson_file, judged


def only_row(file, *mapping):
    [row] = read_rows(file, layout_with(mapping))
    return row


def place(row):
    return plain_number(row.lat)[0], plain_number(row.lon)[0]


GOOGLE = (
    "Store code,Business name,Address line 1,Address line 2,Locality,Administrative area,Country / Region,Postal code,"
    "Latitude,Longitude,Primary phone,Sunday hours,Monday hours,Tuesday hours,Wednesday hours,Thursday hours,"
    "Friday hours,Saturday hours,Special hours\n"
    "L1,Maison Lilas,1 rue de la République,Cour des Lilas,Lyon,,FR,69001,45.764,4.8357,04 00 00 00 00,x,"
    '"09:00-12:00, 14:00-19:00","09:00-12:00, 14:00-19:00",09:00-19:00,09:00-19:00,09:00-19:00,10:00-19:00,'
    "2026-12-25: x\n"
)


def test_a_google_business_profile_export_is_read(tmp_path):
    row = only_row(csv_file(tmp_path, GOOGLE))
    assert (row.reference, row.name, place(row)) == ("L1", "Maison Lilas", (45.764, 4.8357))
    assert row.address == "1 rue de la République, Cour des Lilas, 69001 Lyon"
    assert row.left == ("Primary phone", "Special hours")


def test_a_column_per_day_is_a_timetable(tmp_path):
    row = only_row(csv_file(tmp_path, GOOGLE))
    assert row.opening_hours == "Mo-Tu 09:00-12:00, 14:00-19:00; We-Fr 09:00-19:00; Sa 10:00-19:00; Su off"
    assert judged(opening_hours=row.opening_hours).found == ()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9:00 AM-5:00 PM", "Mo 9:00 AM-5:00 PM"),
        ("9h-12h30, 14h-19h", "Mo 9h-12h30, 14h-19h"),
        ("Open 24 hours", "Mo 00:00-24:00"),
        ("fermé", "Mo off"),
        ("", None),
    ],
)
def test_the_hours_of_a_day_are_passed_on_as_people_type_them(tmp_path, typed, read):
    row = only_row(csv_file(tmp_path, f'id,nom,lat,lon,lundi\nA,B,48.8,2.3,"{typed}"\n'))
    assert row.opening_hours == read
    assert {found.finding for found in judged(opening_hours=read).found} <= {"hours_repaired"}


def test_an_opendatasoft_export_has_latitude_first_in_one_cell(tmp_path):
    shape = '"{""coordinates"": [-0.58437, 44.83803], ""type"": ""Point""}"'
    text = f"Geo Point;Geo Shape;IDENT;NOM\n44.83803,-0.58437;{shape};1;Meriadeck\n"
    row = only_row(csv_file(tmp_path, text), "IDENT=reference")
    assert (row.reference, place(row)) == ("1", (44.83803, -0.58437))


@pytest.mark.parametrize(
    "cell",
    [
        "44.83803, -0.58437",
        "44,83803; -0,58437",
        "(44.83803 -0.58437)",
        '{""lon"": -0.58437, ""lat"": 44.83803}',
        "POINT (-0.58437 44.83803)",
        "SRID=4326;POINT(-0.58437 44.83803)",
        "Point Z (-0.58437 44.83803 12)",
        "0101000020E6100000C16ED8B628B3E2BF90882991446B4640",
        '{""type"": ""Point"", ""coordinates"": [-0.58437, 44.83803]}',
    ],
)
def test_a_point_in_one_cell_is_read_in_every_spelling(tmp_path, cell):
    lat, lon = place(only_row(csv_file(tmp_path, f'id|nom|coordonnées\nA|B|"{cell}"\n')))
    assert (round(lat, 5), round(lon, 5)) == (44.83803, -0.58437)


def test_an_outline_as_text_becomes_a_point_inside(tmp_path):
    text = 'WKT,name\n"POLYGON ((2 48, 2.001 48, 2.001 48.001, 2 48.001, 2 48))",Rivoli\n'
    lat, lon = place(only_row(csv_file(tmp_path, text)))
    assert 48 < lat < 48.001
    assert 2 < lon < 2.001


@pytest.mark.parametrize("cell", ["POINT EMPTY", "LINESTRING (2 48, 3 49)", "POLYGON ((2 48", "{"])
def test_a_shape_that_is_no_place_is_refused(tmp_path, cell):
    row = only_row(csv_file(tmp_path, f'id|nom|wkt\nA|B|"{cell}"\n'))
    assert row.refused.finding == "shape_unusable"


def test_a_cell_that_is_no_point_is_shown(tmp_path):
    row = only_row(csv_file(tmp_path, "id;nom;gps\nA;B;derrière la mairie\n"))
    [found] = judged(lon=row.lon, lat=row.lat).found
    assert (found.finding, found.facts["lat"]) == ("coordinates_unreadable", "derrière la mairie")


@pytest.mark.parametrize("header", ["x_lambert93;y_lambert93", "XL93;YL93", "Lambert X;Lambert Y"])
def test_two_columns_of_lambert_93_are_degrees(tmp_path, header):
    row = only_row(csv_file(tmp_path, f"id;nom;{header}\nA;B;500000;6300000,5\n"))
    assert [found.finding for found in row.noticed] == ["projected"]
    assert (round(row.lat, 2), round(row.lon, 2)) == (43.77, 0.52)


def test_a_collection_may_say_that_it_is_in_lambert_93(tmp_path):
    file = geojson_file(tmp_path, feature(lon=500_000, lat=6_300_000))
    system = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    file.write_text(json.dumps({"crs": system} | json.loads(file.read_text())))
    assert (round(only_row(file).lat, 2), [found.finding for found in only_row(file).noticed]) == (43.77, ["projected"])


@pytest.mark.parametrize("cell", ["48,2", "48", "48 2", ""])
def test_one_number_is_no_pair(tmp_path, cell):
    row = only_row(csv_file(tmp_path, f"id;nom;gps\nA;B;{cell}\n"))
    assert judged(lon=row.lon, lat=row.lat).details is None


def test_two_columns_may_be_said_to_be_lambert_93(tmp_path):
    row = only_row(csv_file(tmp_path, "id;nom;X;Y\nA;B;500000;6300000\n"), "X=lambert_x", "Y=lambert_y")
    assert round(row.lat, 2) == 43.77


def test_the_separator_that_excel_is_told_is_no_row(tmp_path):
    row = only_row(csv_file(tmp_path, "sep=|\nid|nom|lat|lon\nA,1|B|48,8|2,3\n"))
    assert (row.number, row.reference, row.lat) == (2, "A,1", "48,8")


def test_a_title_may_stand_above_the_header(tmp_path):
    text = "Liste des magasins, novembre 2026;;;\n;;;\nCode magasin;Nom;Latitude;Longitude\nA;B;48,8;2,3\n"
    row = only_row(csv_file(tmp_path, text))
    assert (row.number, row.reference, row.name) == (4, "A", "B")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_title_is_passed_over_in_every_encoding(tmp_path, encoding):
    text = "sep=;\nMagasins d'été\nid;nom;lat;lon\nA;Épicerie;48,8;2,3\n"
    assert only_row(csv_file(tmp_path, text, encoding=encoding)).name == "Épicerie"


def test_a_person_says_what_a_column_is(tmp_path):
    text = "N° PDV;Libellé court;id;Lat WGS;Long WGS\nA7;Rivoli;1;48.8;2.3\n"
    row = only_row(csv_file(tmp_path, text), "N° PDV=reference", "Libellé court=name", "Lat WGS=lat", "Long WGS=lon")
    assert (row.reference, row.name, place(row)) == ("A7", "Rivoli", (48.8, 2.3))


def test_a_column_that_a_person_named_belongs_to_nothing_else(tmp_path):
    row = only_row(csv_file(tmp_path, "code,id,nom,lat,lon,ville\n69001,A,B,48.8,2.3,Lyon\n"), "code=postcode")
    assert (row.reference, row.address) == ("A", "69001 Lyon")


def test_a_person_says_what_a_property_is(tmp_path):
    file = geojson_file(tmp_path, feature(PDV="A7", Enseigne_locale="Louvre"))
    row = only_row(file, "pdv=reference", "enseigne_locale=name")
    assert (row.reference, row.name) == ("A7", "Louvre")


@pytest.mark.parametrize("pair", ["reference", "a=b", "=name", "€=name"])
def test_a_mapping_without_sense_is_refused(pair):
    with pytest.raises(MappingUnknown, match="Fields are: reference, name"):
        layout_with([pair])


def test_a_column_or_property_that_is_not_there_is_said(tmp_path):
    with pytest.raises(TableBroken, match="has no column reference"):
        only_row(csv_file(tmp_path, "id,nom,lat,lon\nA,B,48.8,2.3\n"), "PDV=reference")
    with pytest.raises(TableBroken, match="no feature has a property PDV"):
        only_row(geojson_file(tmp_path, feature()), "PDV=reference")


OVERTURE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [2.3376, 48.8606]},
    "properties": {
        "id": "08f1fb4674a2d1a1",
        "type": "place",
        "version": 1,
        "names": {"primary": "Maison Lilas", "common": None},
        "brand": {"names": {"primary": "Lilas"}},
        "addresses": [
            {"freeform": "31 Rue de Rivoli", "locality": "Paris", "postcode": "75004", "region": "IDF", "country": "FR"}
        ],
        "operating_status": "open",
        "confidence": 0.9,
    },
}  # fmt: skip


def test_a_place_of_overture_is_read(tmp_path):
    row = only_row(geojson_file(tmp_path, OVERTURE))
    assert (row.reference, row.name, row.country) == ("08f1fb4674a2d1a1", "Maison Lilas", "FR")
    assert (row.address, row.left) == ("31 Rue de Rivoli, 75004 Paris", ("version", "confidence", "region"))


def test_its_nested_parts_may_be_json_in_a_text(tmp_path):
    nested = {name: json.dumps(OVERTURE["properties"][name]) for name in ("names", "brand", "addresses")}
    row = only_row(geojson_file(tmp_path, OVERTURE | {"properties": OVERTURE["properties"] | nested}))
    assert (row.name, row.address) == ("Maison Lilas", "31 Rue de Rivoli, 75004 Paris")


def written(folder, text, name="stores.geojsonl"):
    file = folder / name
    file.write_bytes(text.encode())
    return file


@pytest.mark.parametrize("between", ["\n", "\n\x1e", "\n\n"])
def test_one_feature_per_line_is_read(tmp_path, between):
    text = between.strip("\n") + between.join(json.dumps(feature(number)) for number in (1, 2)) + "\n"
    assert [row.reference for row in read_rows(written(tmp_path, text, "stores.json"))] == ["node/1", "node/2"]


def test_one_feature_alone_is_read_where_the_name_says_so(tmp_path):
    assert only_row(written(tmp_path, json.dumps(feature()))).reference == "node/1"


def test_a_flat_record_per_line_is_read(tmp_path):
    row = only_row(
        written(tmp_path, json.dumps({"store_id": 7, "nom": "Rivoli", "lat": 48.8, "lon": 2.3, "ville": "Paris"}))
    )
    assert (row.reference, row.name, row.address, place(row)) == (7, "Rivoli", "Paris", (48.8, 2.3))


def test_a_flat_record_may_have_a_shape(tmp_path):
    record = {"id": 7, "nom": "Rivoli", "geometry": "POINT (2.3 48.8)"}
    assert place(only_row(written(tmp_path, json.dumps(record)))) == (48.8, 2.3)


def test_a_feature_without_properties_has_a_place(tmp_path):
    bare = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [2.3, 48.8]}}
    assert place(only_row(geojson_file(tmp_path, bare))) == (48.8, 2.3)


def test_a_feature_without_a_geometry_may_have_coordinates_among_its_properties(tmp_path):
    row = only_row(geojson_file(tmp_path, feature(latitude="48,8", longitude="2,3") | {"geometry": None}))
    assert place(row) == (48.8, 2.3)


def test_a_broken_line_says_after_which_feature(tmp_path):
    file = written(tmp_path, json.dumps(feature(1)) + "\n" + json.dumps(feature(2))[:-9])
    with pytest.raises(TableBroken, match="not valid JSON after feature 1"):
        list(read_rows(file))


@pytest.mark.parametrize(
    ("beginning", "name"),
    [
        (b'<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">', "KML"),
        (b'<?xml version="1.0"?><gpx version="1.1">', "GPX"),
        (b'<?xml version="1.0"?><osm version="0.6">', "OSM XML"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"an Excel workbook \(.xls\)"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"PK\x03\x04broken", "a zip archive"),
        (b'{"version": 0.6, "generator": "Overpass API", "elements": [{"type": "node"}]}', "Overpass JSON"),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(tmp_path, beginning, name):
    file = tmp_path / "stores.csv"
    file.write_bytes(beginning)
    with pytest.raises(TableBroken, match=f"stores.csv is {name}: "):
        list(read_rows(file))


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ("xl/workbook.xml", "an Excel workbook"),
        ("doc.kml", "KMZ"),
        ("shops.shp", "a shapefile"),
        ("content.xml", "a Libre"),
    ],
)
def test_an_archive_is_called_by_what_it_holds(tmp_path, inside, name):
    file = tmp_path / "stores.csv"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(inside, "x")
    with pytest.raises(TableBroken, match=f"stores.csv is {name}"):
        list(read_rows(file))
