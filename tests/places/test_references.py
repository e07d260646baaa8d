"""What a store is known by, in every file that names it."""

import pytest

from geo.places.imports.readers import read_rows
from tests.factories import make_brand
from tests.places.factories import csv_file, geojson_file, import_rows, row, stores_of

POINT = {"type": "Point", "coordinates": [2.3376, 48.8606]}
TEN_METRES = 0.00009  # degrees of latitude


def reference(tmp_path, properties, **feature):
    [read] = read_rows(
        geojson_file(tmp_path, {"type": "Feature", "geometry": POINT, "properties": properties} | feature)
    )
    return read.reference


@pytest.mark.parametrize(
    "properties",
    [
        {"@type": "way", "@id": 7},
        {"@type": "way", "@id": "7"},
        {"type": "way", "id": 7},
        {"osm_type": "way", "osm_id": "7", "full_id": "w7"},
        {"@id": "way/7"},
    ],
)
def test_the_type_belongs_to_the_number_of_an_osm_object(tmp_path, properties):
    assert reference(tmp_path, properties, id="feature 1") == "way/7"


def test_overpass_tables_keep_the_type_too(tmp_path):
    [read] = read_rows(csv_file(tmp_path, "@type\t@id\tname\t@lat\t@lon\nway\t7\tRivoli\t48.8\t2.3\n"))
    assert read.reference == "way/7"


@pytest.mark.parametrize("name", ["store_id", "storeCode", "code_magasin", "reference", "Store number"])
def test_what_the_brand_calls_its_store_comes_before_the_number_of_a_feature(tmp_path, name):
    assert reference(tmp_path, {name: "S7"}, id=1) == "S7"


@pytest.mark.parametrize("name", ["id", "ref", "code"])
def test_other_numbers_come_after_it(tmp_path, name):
    assert reference(tmp_path, {name: "S7"}) == "S7"
    assert reference(tmp_path, {name: "S7"}, id="f1") == "f1"


def test_a_reference_is_made_where_there_is_none_and_said():
    brand = make_brand()
    _, [line] = import_rows(brand, row(reference=None))
    assert ([str(found.finding) for found in line.found], line.outcome) == (["reference_made"], "corrected")
    assert stores_of(brand)[0].reference == line.reference == line.found[0].facts["reference"]


def test_it_is_made_again_the_same_when_the_rest_changes():
    brand = make_brand()
    import_rows(brand, row(reference=" "))
    _, [line] = import_rows(brand, row(reference=" ", lat=48.8606 + TEN_METRES, address="1 rue X"))
    assert line.changed == ("lat", "address")
    assert len(stores_of(brand)) == 1


def test_two_shops_of_one_name_are_two():
    brand = make_brand()
    rows = [row(number, reference=None, name="Rivoli", lat=48.86 + number / 100) for number in (1, 2)]
    import_rows(brand, *rows)
    assert list(import_rows(brand, *rows)[0].outcomes.values()) == [0, 0, 0, 2]


def test_one_shop_twice_is_a_duplicate_and_not_a_reference_twice():
    _, lines = import_rows(make_brand(), row(1, reference=None, name="Rivoli"), row(2, reference=None, name="Rivoli"))
    assert [str(found.finding) for found in lines[1].found] == ["duplicate_nearby"]


def test_a_made_reference_gives_way_to_that_of_the_brand():
    brand = make_brand()
    import_rows(brand, row(reference=None, name="Rivoli"))
    _, [line] = import_rows(brand, row(reference="S7", name="Rivoli"))
    assert (line.changed, [store.reference for store in stores_of(brand)]) == (("reference",), ["S7"])


def test_a_row_that_is_refused_has_no_made_reference():
    _, [line] = import_rows(make_brand(), row(reference=None, lon=0, lat=0))
    assert (line.reference, [str(found.finding) for found in line.found]) == (None, ["null_island"])


def kids(**given):
    return row(8, name="Rivoli", **given)


def test_a_store_that_is_said_to_be_of_its_own_is_no_duplicate():
    brand = make_brand()
    rows = [row(7, name="Rivoli"), kids(separate=True)]
    assert list(import_rows(brand, *rows)[0].outcomes.values()) == [2, 0, 0, 0]
    assert list(import_rows(brand, *rows)[0].outcomes.values()) == [0, 0, 0, 2]


def test_it_need_not_be_said_again():
    brand = make_brand()
    import_rows(brand, row(7, name="Rivoli"), kids(separate=True))
    assert list(import_rows(brand, row(7, name="Rivoli"), kids())[0].outcomes.values()) == [0, 0, 0, 2]


def test_the_refusal_says_how_to_say_so():
    _, lines = import_rows(make_brand(), row(7, name="Rivoli"), kids())
    assert "--separate" in lines[1].found[0].say("en")
    assert "--separate" in lines[1].found[0].say("fr")


@pytest.mark.parametrize("yes", ["oui", "yes", "1", "X"])
def test_a_column_says_so(tmp_path, yes):
    [read] = read_rows(csv_file(tmp_path, f"id;nom;lat;lon;separate\nA;B;48,8;2,3;{yes}\n"))
    assert read.separate
