"""One line of address, and one name, out of parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.places.imports.addresses import PARTS, compose_address, join_branch
from geo.places.plain_values import plain_text, same_name_key


@pytest.mark.parametrize(
    ("parts", "address"),
    [
        ({"address": "1 rue X", "postcode": "69001", "town": "Lyon"}, "1 rue X, 69001 Lyon"),
        ({"address": "1 rue X, 69001 Lyon", "postcode": "69001", "town": "Lyon"}, "1 rue X, 69001 Lyon"),
        ({"address": "1 rue X 69001 LYON", "postcode": "69001", "town": "Lyon"}, "1 rue X 69001 LYON"),
        ({"address": "1 rue X, Lyon", "postcode": "69001", "town": "Lyon"}, "1 rue X, 69001 Lyon"),
        ({"address": "12 avenue de Paris", "town": "Paris"}, "12 avenue de Paris, Paris"),
        ({"street_address": "1 rue X", "house_number": "1", "street": "rue X", "town": "Lyon"}, "1 rue X, Lyon"),
        ({"house_number": "31", "street": "rue X", "postcode": "75004"}, "31 rue X, 75004"),
        ({"address": "1 rue X", "address_line_2": "Bât. B", "town": "Lyon"}, "1 rue X, Bât. B, Lyon"),
        ({"town": "Lyon"}, "Lyon"),
        ({"postcode": "69001"}, None),
        ({"house_number": "12"}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_the_parts_that_are_known_are_joined(parts, address):
    assert compose_address(parts)[0] == address


def test_a_postcode_stands_last_where_the_post_wants_it_so():
    parts = {"address": "1 Main St", "town": "York", "region": "PA", "postcode": "17401", "country": "us"}
    assert compose_address(parts)[0] == "1 Main St, York, PA 17401"


def test_the_parts_that_found_no_place_are_named():
    assert compose_address({"postcode": "69001"}) == (None, ("postcode",))
    assert compose_address({"address": "1 rue X", "region": "Rhône"}) == ("1 rue X", ("region",))


@pytest.mark.parametrize(
    ("name", "branch", "shown"),
    [
        ("Maison Lilas", "Lyon République", "Maison Lilas Lyon République"),
        ("Maison Lilas - LYON RÉPUBLIQUE", "Lyon République", "Maison Lilas - LYON RÉPUBLIQUE"),
        ("Maison Lilas", None, "Maison Lilas"),
        (None, "Lyon République", None),
    ],
)
def test_a_branch_tells_the_shops_of_a_chain_apart(name, branch, shown):
    assert join_branch(name, branch) == shown


WORDS = st.text(alphabet="abé ,1-'", max_size=12) | st.sampled_from(["Lyon", "69001", "1 rue X", "1 rue X, Lyon"])


@given(st.dictionaries(st.sampled_from(PARTS), WORDS))
def test_no_part_of_an_address_is_lost_without_a_word(parts):
    address, left = compose_address(parts)
    for name, value in parts.items():
        text = plain_text(value)[0]
        assert not text or name in left or text in address or same_name_key(text) in same_name_key(address)
