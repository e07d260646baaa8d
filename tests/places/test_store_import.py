"""A file into the catalogue: what is written, what is left alone, and what a second time changes (nothing)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ops.imports.outcomes import RowOutcome
from app.ops.imports.tables import TableBroken
from app.sql import db
from geo.places.imports import store_import
from geo.places.imports.readers import read_rows
from geo.places.rows import StoreRow
from tests.factories import NOON, make_brand, make_store
from tests.places.factories import (
    MONACO,
    PARIS_SUPERMARKETS,
    feature,
    geojson_file,
    import_rows,
    place_of,
    real_file,
    row,
    stores_of,
)
from tests.sizes import chosen

LATER = NOON + timedelta(days=1)
TWENTY_METRES = 0.00018  # degrees of latitude
FORTY_METRES = 0.00036


def import_file(brand, file):
    with db.system_transaction():
        return store_import.import_stores(
            brand_id=brand.id, countries=brand.countries, rows=read_rows(file), now=NOON, report=lambda line: None
        )


def outcomes(lines):
    return [str(line.outcome) for line in lines]


def findings(line):
    return [str(found.finding) for found in line.found]


def test_an_accepted_row_is_a_store():
    brand = make_brand()
    import_rows(brand, row(opening_hours="Mo-Sa 09:00-20:00", address="1 rue de Rivoli"))
    [store] = stores_of(brand)
    assert (store.reference, store.name, store.lat, store.lon) == ("node/1", "Rivoli 1", 48.8606, 2.3376)
    assert (store.country, store.time_zone, store.opening_hours) == ("FR", "Europe/Paris", "Mo-Sa 09:00-20:00")


def test_a_new_store_has_a_place_without_offers():
    brand = make_brand()
    import_rows(brand, row())
    assert place_of(*stores_of(brand)).offered is False


def test_a_corrected_row_is_a_store():
    brand = make_brand()
    _, lines = import_rows(brand, row(lon=48.8606, lat=2.3376))
    assert (outcomes(lines), stores_of(brand)[0].lat) == (["corrected"], 48.8606)


def test_a_refused_row_is_none():
    brand = make_brand()
    _, lines = import_rows(brand, row(lon=0, lat=0))
    assert (outcomes(lines), stores_of(brand)) == (["refused"], [])


def test_the_second_time_changes_nothing():
    brand = make_brand()
    rows = [row(1), row(2, lat=48.9, opening_hours="Lu-Sa 9h-19h"), row(3, lon=0, lat=0)]
    import_rows(brand, *rows)
    before = [(store.version, store.updated_at) for store in stores_of(brand)]
    summary, _ = import_rows(brand, *rows, now=LATER)
    assert list(summary.outcomes.values()) == [0, 0, 1, 2]
    assert [(store.version, store.updated_at) for store in stores_of(brand)] == before


def test_a_store_that_moved_and_changed_its_name_is_one_version_further():
    brand = make_brand()
    import_rows(brand, row())
    _, [line] = import_rows(brand, row(name="Louvre", lat=48.87), now=LATER)
    [store] = stores_of(brand)
    assert (line.outcome, line.changed) == (RowOutcome.ACCEPTED, ("name", "lat"))
    assert (store.name, store.lat, store.version, store.updated_at) == ("Louvre", 48.87, 2, LATER)


def test_the_place_of_a_store_that_moved_moves():
    brand = make_brand()
    import_rows(brand, row())
    import_rows(brand, row(lat=48.87))
    assert '"lat":48.87' in place_of(*stores_of(brand)).card


def test_what_a_file_does_not_say_is_not_erased():
    brand = make_brand()
    import_rows(brand, row(opening_hours="24/7", address="1 rue de Rivoli"))
    _, lines = import_rows(brand, row())
    assert (outcomes(lines), stores_of(brand)[0].opening_hours) == (["unchanged"], "24/7")


def test_a_store_that_the_file_lacks_stays():
    brand = make_brand()
    import_rows(brand, row(1))
    import_rows(brand, row(2, lat=48.9))
    assert len(stores_of(brand)) == 2


def test_a_closed_store_stays_closed():
    brand = make_brand()
    make_store(brand, reference="node/1", name="Rivoli 1", lon=2.3376, lat=48.8606, status="closed")
    _, lines = import_rows(brand, row())
    assert (outcomes(lines), stores_of(brand)[0].status) == (["unchanged"], "closed")


def test_the_same_reference_in_another_brand_is_another_store():
    first, second = make_brand(), make_brand()
    import_rows(first, row())
    _, lines = import_rows(second, row())
    assert outcomes(lines) == ["accepted"]


def test_a_reference_twice_in_a_file_names_the_first_row():
    _, lines = import_rows(make_brand(), row(7), row(8, reference="node/7", lat=48.9))
    assert (findings(lines[1]), lines[1].found[0].facts) == (["duplicate_reference"], {"row": 7})


def test_one_name_within_thirty_metres_is_one_store():
    _, lines = import_rows(make_brand(), row(7, name="Monop'"), row(8, name="MONOP", lat=48.8606 + TWENTY_METRES))
    assert lines[1].found[0].facts == {"row": 7, "reference": "node/7", "distance_m": 20}


def test_one_name_forty_metres_apart_is_two_stores():
    brand = make_brand()
    import_rows(brand, row(7, name="Monop'"), row(8, name="Monop'", lat=48.8606 + FORTY_METRES))
    assert len(stores_of(brand)) == 2


def test_two_names_at_one_place_are_two_stores():
    brand = make_brand()
    import_rows(brand, row(7, name="Rivoli"), row(8, name="Louvre"))
    assert len(stores_of(brand)) == 2


def test_a_refused_row_does_not_shadow_a_good_one():
    _, lines = import_rows(make_brand(), row(7, lon=0, lat=0), row(8, reference="node/7"))
    assert outcomes(lines) == ["refused", "accepted"]


def test_a_new_reference_beside_a_store_of_that_name_is_refused():
    brand = make_brand()
    import_rows(brand, row(7, name="Rivoli"))
    _, [line] = import_rows(brand, row(8, name="Rivoli"))
    assert (findings(line), line.found[0].facts["reference"]) == (["duplicate_of_store"], "node/7")


def test_two_stores_that_exist_side_by_side_are_both_kept():
    brand = make_brand()
    for reference in ("a", "b"):
        make_store(brand, reference=reference, name="Rivoli", lon=2.3376, lat=48.8606)
    _, [line] = import_rows(brand, row(reference="b", name="Rivoli"))
    assert line.outcome == RowOutcome.UNCHANGED


def test_duplicates_are_found_across_batches(monkeypatch):
    monkeypatch.setattr(store_import, "BATCH", 2)
    rows = [row(number, name="Rivoli", lat=48.8 + number / 100) for number in range(1, 6)]
    _, lines = import_rows(make_brand(), *rows, row(6, name="Rivoli", lat=48.81))
    assert (outcomes(lines)[-1], lines[-1].found[0].facts["row"]) == ("refused", 1)


def test_a_file_that_breaks_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(store_import, "BATCH", 1)
    file = geojson_file(tmp_path, feature(1), feature(2, lat=48.9))
    file.write_text(file.read_text()[:-20])
    brand = make_brand()
    with pytest.raises(TableBroken):
        import_file(brand, file)
    assert stores_of(brand) == []


def test_the_supermarkets_of_paris_are_imported_once():
    brand, file = make_brand(), real_file(PARIS_SUPERMARKETS)
    first, second = import_file(brand, file), import_file(brand, file)
    assert list(first.outcomes.values()) == [569, 5, 24, 0]
    assert list(second.outcomes.values()) == [0, 0, 24, 574]


def test_the_shops_of_monaco_are_in_monaco():
    brand = make_brand(countries=["MC"])
    import_file(brand, real_file(MONACO))
    assert {(store.country, store.time_zone) for store in stores_of(brand)} == {("MC", "Europe/Monaco")}


STRANGE = st.none() | st.text(max_size=12) | st.floats() | st.integers()
ROWS = st.lists(
    st.builds(
        StoreRow,
        number=st.integers(1, 99),
        reference=st.sampled_from(["a", "b", "c", None, ""]) | STRANGE,
        name=st.sampled_from(["Rivoli", "Louvre", None]) | STRANGE,
        lon=st.floats(2.33, 2.3304) | STRANGE,
        lat=st.floats(48.86, 48.8604) | STRANGE,
        opening_hours=st.sampled_from([None, "24/7", "Lu-Sa 9h-19h", "?"]) | STRANGE,
        address=STRANGE,
        time_zone=st.sampled_from([None, "Europe/Paris", "Europe/London"]) | STRANGE,
        ends=st.sampled_from([None, "yes", "2099-01-01"]) | STRANGE,
        status=st.sampled_from([None, "open", "closed"]) | STRANGE,
        separate=st.booleans(),
    ),
    max_size=8,
)


@given(rows=ROWS)
@settings(max_examples=chosen().rows, suppress_health_check=[HealthCheck.too_slow])
def test_any_rows_are_each_judged_once_and_only_once(rows):
    brand = make_brand(code=f"h{uuid4().hex[:12]}")
    first, _ = import_rows(brand, *rows)
    written = len(stores_of(brand))
    second, _ = import_rows(brand, *rows)
    assert sum(first.outcomes.values()) == len(rows)
    assert first.outcomes[RowOutcome.ACCEPTED] + first.outcomes[RowOutcome.CORRECTED] == written
    assert second.outcomes[RowOutcome.UNCHANGED] == written
    assert second.outcomes[RowOutcome.REFUSED] == first.outcomes[RowOutcome.REFUSED]
