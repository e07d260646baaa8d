"""Each rule of a row: left alone, corrected, or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.places.checks import LONGEST_NAME, check_store
from geo.places.findings import StoreFinding
from geo.places.rows import StoreRow
from tests.places.factories import codes, judged, row, sentence


def test_a_good_row_is_left_alone():
    checked = judged(opening_hours="Mo-Sa 09:00-20:00")
    assert (checked.found, checked.details.country, checked.details.time_zone) == ((), "FR", "Europe/Paris")


def test_swapped_coordinates_are_swapped_back():
    checked = judged(lon=48.8606, lat=2.3376)
    assert (checked.details.lon, checked.details.lat, codes(checked)) == (2.3376, 48.8606, ["swapped_coordinates"])


def test_swapped_coordinates_may_be_no_coordinates_at_all():
    checked = judged(lon=-33.8688, lat=151.2093, countries=("AU",))
    assert (checked.details.lat, codes(checked)) == (-33.8688, ["swapped_coordinates"])


def test_a_correction_says_what_was_read():
    assert sentence(judged(lon=48.8606, lat=2.3376)) == (
        "latitude and longitude were swapped: read as lat 48.8606, lon 2.3376"
    )


def test_a_correction_is_said_in_french():
    assert "latitude et longitude étaient inversées" in sentence(judged(lon=48.8606, lat=2.3376), "fr")


def test_a_longitude_with_the_wrong_sign_is_turned():
    checked = judged(lon=112.074, lat=33.4484, countries=("US",))
    assert (checked.details.lon, codes(checked)) == (-112.074, ["flipped_longitude"])


def test_a_latitude_with_the_wrong_sign_is_turned():
    checked = judged(lat=-48.8606)
    assert (checked.details.lat, codes(checked)) == (48.8606, ["flipped_latitude"])


def test_two_possible_corrections_are_a_refusal():
    # In the Atlantic. With the other longitude it lies in Arabia, with the other latitude in Brazil.
    assert codes(judged(lon=-45.0, lat=20.0, countries=("SA", "BR"))) == ["several_corrections"]


def test_null_island_is_refused():
    assert codes(judged(lon=0, lat=0)) == ["null_island"]


def test_a_store_in_another_country_is_refused_and_says_which():
    assert sentence(judged(lon=-3.7038, lat=40.4168)) == (
        "lat 40.4168, lon -3.7038 lies in ES, outside the brand's countries (FR)"
    )


def test_a_store_at_sea_is_refused():
    assert codes(judged(lon=-30.0, lat=40.0)) == ["at_sea"]


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (None, None, "coordinates_missing"),
        (2.35, None, "coordinates_missing"),
        ("deux", "48", "coordinates_unreadable"),
        ("1_0", "48", "coordinates_unreadable"),
        (True, 48.8, "coordinates_unreadable"),
        ([2.3], 48.8, "coordinates_unreadable"),
        ("nan", "48.8", "coordinates_impossible"),
        (float("nan"), 48.8, "coordinates_impossible"),
        (float("inf"), 48.8, "coordinates_impossible"),
        (Decimal("1e999"), 48.8, "coordinates_impossible"),
        (10**400, 48.8, "coordinates_impossible"),
        (400.0, 48.8, "coordinates_impossible"),
    ],
)
def test_coordinates_that_are_none_are_refused(lon, lat, code):
    assert codes(judged(lon=lon, lat=lat)) == [code]


def test_a_decimal_comma_is_read_and_said():
    checked = judged(lon="2,3376", lat="48,8606")
    assert (checked.details.lat, codes(checked)) == (48.8606, ["decimal_comma"])


def test_text_with_a_point_is_a_number():
    assert judged(lon="2.3376", lat=" 48.8606 ").found == ()


@pytest.mark.parametrize(
    ("lon", "lat", "projection"),
    [("652469.02", "6862035.26", "Lambert 93"), (261842.37, 6250564.36, "Web Mercator")],
)
def test_metres_of_a_known_map_are_degrees_and_said(lon, lat, projection):
    checked = judged(lon=lon, lat=lat)
    assert (codes(checked), checked.found[0].facts["projection"]) == (["projected"], projection)
    assert (round(checked.details.lat, 4), round(checked.details.lon, 4)) == (48.8566, 2.3522)


def test_metres_of_another_map_are_called_metres():
    assert codes(judged(lon=3_000_000, lat=500_000)) == ["coordinates_in_metres"]


def test_metres_that_could_be_of_two_maps_are_not_guessed_at():
    # Lambert 93 says Gers, Web Mercator says Champagne.
    assert codes(judged(lon=500_000, lat=6_300_000)) == ["coordinates_in_metres"]


def test_coordinates_keep_seven_decimals():
    assert judged(lon=2.33764567891, lat=48.8606).details.lon == 2.3376457


def test_without_a_reference_there_is_nothing_to_know_a_store_by():
    assert codes(judged(reference=None)) == ["reference_missing"]


def test_a_reference_is_never_cut():
    assert codes(judged(reference="x" * 101)) == ["reference_too_long"]


def test_a_number_is_a_reference():
    assert judged(reference=123).details.reference == "123"


def test_a_missing_name_is_borrowed_and_said():
    checked = judged(name=None, substitutes=(("brand", None), ("operator", "Casino")))
    assert (checked.details.name, codes(checked)) == ("Casino", ["name_borrowed"])


def test_without_any_name_a_store_is_refused():
    assert codes(judged(name="  ", substitutes=(("brand", ""),))) == ["name_missing"]


def test_a_name_that_is_too_long_is_cut_and_said():
    checked = judged(name="é" * 500)
    assert (len(checked.details.name), codes(checked)) == (LONGEST_NAME, ["name_shortened"])


def test_an_address_that_is_too_long_is_cut_and_said():
    assert codes(judged(address="1 rue " * 100)) == ["address_shortened"]


def test_characters_that_nobody_sees_are_removed_and_said():
    checked = judged(name="Ri\x00vo\u200bli")
    assert (checked.details.name, codes(checked)) == ("Rivoli", ["control_characters"])


def test_half_a_surrogate_is_removed():
    assert judged(name="Rivoli \ud83d").details.name == "Rivoli"


def test_spaces_and_line_ends_are_not_worth_a_word():
    checked = judged(name="  Rivoli \n Louvre\t")
    assert (checked.details.name, checked.found) == ("Rivoli Louvre", ())


def test_hours_that_were_repaired_are_said():
    assert sentence(judged(opening_hours="Lu-Sam 10:00-21:00")) == (
        'opening hours "Lu-Sam 10:00-21:00" read as "Mo-Sa 10:00-21:00"'
    )


def test_hours_on_two_lines_are_two_rules():
    assert judged(opening_hours="Lu-Sa 9h-19h\nDi 9h-13h").details.opening_hours == "Mo-Sa 09:00-19:00; Su 09:00-13:00"


def test_hours_without_sense_are_dropped_and_the_store_is_kept():
    checked = judged(opening_hours="quand on peut")
    assert (checked.details.opening_hours, codes(checked)) == (None, ["hours_dropped"])


def test_a_time_zone_with_the_clock_of_the_place_is_kept():
    assert judged(time_zone="Europe/Monaco").details.time_zone == "Europe/Monaco"


def test_the_offset_before_a_time_zone_is_a_snapshot_and_ignored():
    checked = judged(lon=-118.2437, lat=34.0522, countries=("US",), time_zone="GMT-07:00 America/Los_Angeles")
    assert (checked.details.time_zone, checked.found) == ("America/Los_Angeles", ())


@pytest.mark.parametrize("time_zone", ["America/New_York", "Mars/Olympus"])
def test_another_time_zone_gives_way_to_the_place(time_zone):
    checked = judged(time_zone=time_zone)
    assert (checked.details.time_zone, codes(checked)) == ("Europe/Paris", ["time_zone_replaced"])


def test_another_country_gives_way_to_the_place():
    checked = judged(country="BE", countries=("FR", "BE"))
    assert (checked.details.country, codes(checked)) == ("FR", ["country_replaced"])


GARAGE = {"lon": 7.4119008, "lat": 43.7281359}  # on the border of Monaco and France


def test_beside_a_border_the_country_of_the_row_is_believed():
    assert judged(**GARAGE, country="MC", countries=("FR", "MC")).details.country == "MC"


def test_beside_a_border_a_row_of_another_country_is_refused():
    assert codes(judged(**GARAGE, country="MC", countries=("FR",))) == ["outside_countries"]


def test_several_corrections_are_all_said():
    checked = judged(lon=48.8606, lat=2.3376, name=None, substitutes=(("brand", "Casino"),))
    assert codes(checked) == ["swapped_coordinates", "name_borrowed"]


@pytest.mark.parametrize("finding", StoreFinding)
def test_every_finding_has_words(finding):
    assert finding.sentence.fr
    assert finding.heading.en


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.lists(st.integers())


@given(st.fixed_dictionaries(dict.fromkeys(("reference", "name", "lon", "lat", "opening_hours", "country"), ANYTHING)))
def test_no_row_is_too_strange_to_judge(fields):
    checked = check_store(StoreRow(number=1, **fields), countries=["FR"])
    assert checked.details is not None or len(checked.found) == 1


@given(lon=st.floats(-5, 9), lat=st.floats(42, 51))
def test_what_is_accepted_lies_where_it_was_given(lon, lat):
    checked = check_store(row(lon=lon, lat=lat), countries=["FR"])
    if checked.details is not None and not checked.found:
        assert (checked.details.lon, checked.details.lat) == (round(lon, 7), round(lat, 7))
