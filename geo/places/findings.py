"""What the checks find in a store that somebody gives us: a code and its facts. What is said of it is in `wording`."""

from enum import StrEnum


class StoreFinding(StrEnum):
    """Every fact that corrects or refuses a store. Codes are stable; programs read them in the JSON report."""

    SWAPPED_COORDINATES = "swapped_coordinates"
    FLIPPED_LONGITUDE = "flipped_longitude"
    FLIPPED_LATITUDE = "flipped_latitude"
    DECIMAL_COMMA = "decimal_comma"
    COORDINATES_AS_TEXT = "coordinates_as_text"
    SHAPE_REPAIRED = "shape_repaired"
    TIME_ZONE_REPLACED = "time_zone_replaced"
    COUNTRY_REPLACED = "country_replaced"
    NAME_BORROWED = "name_borrowed"
    NAME_SHORTENED = "name_shortened"
    ADDRESS_SHORTENED = "address_shortened"
    CONTROL_CHARACTERS = "control_characters"
    HOURS_REPAIRED = "hours_repaired"
    HOURS_DROPPED = "hours_dropped"

    REFERENCE_MISSING = "reference_missing"
    REFERENCE_TOO_LONG = "reference_too_long"
    NAME_MISSING = "name_missing"
    COORDINATES_MISSING = "coordinates_missing"
    COORDINATES_UNREADABLE = "coordinates_unreadable"
    COORDINATES_IMPOSSIBLE = "coordinates_impossible"
    NULL_ISLAND = "null_island"
    OUTSIDE_COUNTRIES = "outside_countries"
    AT_SEA = "at_sea"
    SEVERAL_CORRECTIONS = "several_corrections"
    SHAPE_UNUSABLE = "shape_unusable"
    NOT_A_FEATURE = "not_a_feature"
    TOO_MANY_CELLS = "too_many_cells"
    DUPLICATE_REFERENCE = "duplicate_reference"
    DUPLICATE_NEARBY = "duplicate_nearby"
    DUPLICATE_OF_STORE = "duplicate_of_store"
