"""Shops that have closed, will close, or are not open yet: files list them beside the others."""

from datetime import timedelta

import pytest

from geo.places.imports.readers import read_rows
from tests.factories import NOON, make_brand, make_store
from tests.places.factories import feature, geojson_file, import_rows, place_of, row, stores_of


def codes(line):
    return [str(found.finding) for found in line.found]


def status_after(*rows, brand=None, now=NOON):
    brand = brand or make_brand()
    _, lines = import_rows(brand, *rows, now=now)
    return stores_of(brand)[0].status, codes(lines[-1])


@pytest.mark.parametrize(
    "ends", ["yes", "2024-01-19", "2024-01", "2024", "19/01/2024", "before 2012", NOON.date().isoformat()]
)
def test_a_shop_that_has_closed_is_no_open_store(ends):
    assert status_after(row(ends=ends)) == ("closed", ["closed"])


def test_a_store_that_has_closed_is_shown_to_nobody():
    brand = make_brand()
    import_rows(brand, row())
    import_rows(brand, row(ends="2024-01-19"))
    assert place_of(*stores_of(brand)) is None


def test_a_closure_that_is_to_come_is_said_and_changes_nothing_before():
    ends = (NOON + timedelta(days=30)).date().isoformat()
    assert status_after(row(ends=ends)) == ("open", ["closes_later"])
    assert status_after(row(ends=ends), now=NOON + timedelta(days=31)) == ("closed", ["closed"])


@pytest.mark.parametrize("status", ["permanently_closed", "CLOSED_PERMANENTLY", "Temporarily closed", "Fermé", "F"])
def test_a_status_that_says_closed_closes(status):
    assert status_after(row(status=status)) == ("closed", ["closed"])


@pytest.mark.parametrize("status", ["open", "OPERATIONAL", "A", "", "Published", 7])
def test_another_status_says_nothing(status):
    assert status_after(row(status=status)) == ("open", [])


def test_a_shop_that_opens_later_is_not_open_yet():
    opens = (NOON + timedelta(days=30)).date().isoformat()
    assert status_after(row(opens=opens)) == ("closed", ["opens_later"])
    assert status_after(row(opens="1890")) == ("open", [])


def test_a_store_that_was_closed_stays_so_and_the_report_says_it():
    brand = make_brand()
    make_store(brand, reference="node/1", name="Rivoli 1", lon=2.3376, lat=48.8606, status="closed")
    assert status_after(row(), brand=brand) == ("closed", ["stays_closed"])


def test_a_closed_shop_comes_in_once():
    brand = make_brand()
    import_rows(brand, row(ends="yes"))
    summary, _ = import_rows(brand, row(ends="yes"))
    assert list(summary.outcomes.values()) == [0, 0, 0, 1]


@pytest.mark.parametrize(
    "tags",
    [
        {"shop": None, "disused:shop": "bakery"},
        {"shop": "vacant"},
        {"disused": "yes"},
        {"shop": None, "was:amenity": "bar"},
    ],
)
def test_the_tags_of_osm_for_what_was_close_a_shop(tmp_path, tags):
    [read] = read_rows(geojson_file(tmp_path, feature(**tags)))
    assert read.status == "closed"


def test_a_new_shop_where_another_was_is_open(tmp_path):
    [read] = read_rows(geojson_file(tmp_path, feature(**{"shop": "books", "was:shop": "bakery"})))
    assert read.status is None
