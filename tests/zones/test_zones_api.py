"""Zones as the console keeps them."""

import uuid

import pytest

from tests.factories import console_token, make_brand, make_console_user, make_store
from tests.zones.factories import make_zone

TEAS = {"code": "tea", "kind": "shelf", "name_fr": "Thés", "name_en": "Teas"}


@pytest.fixture
def console(anyone, brand):
    """A merchandiser of the brand."""
    return anyone.with_token(console_token(make_console_user(brand)))


@pytest.fixture
def store(brand):
    return make_store(brand)


def create(console, store, **given):
    return console.post("/v1/zones", TEAS | {"store_id": str(store.id)} | given)


def change(console, zone, version, **given):
    body = {name: value for name, value in TEAS.items() if name != "code"} | {"status": "open"} | given
    return console.put(f"/v1/zones/{zone}", body, headers={"If-Match": f'"{version}"'})


def test_a_zone_is_part_of_a_store(console, store):
    zone = create(console, store)
    assert zone.status_code == 201
    assert console.get(f"/v1/zones?store_id={store.id}").json["items"] == [zone.json]


def test_a_code_is_taken_once_in_a_store(console, store):
    create(console, store)
    answer = create(console, store)
    assert (answer.status_code, answer.json["code"]) == (409, "zone_code_taken")


def test_two_stores_may_have_the_same_code(console, brand, store):
    create(console, store)
    assert create(console, make_store(brand)).status_code == 201


def test_an_article_has_one_number_of_fourteen_digits(console, store):
    zone = create(console, store, products={"gtins": ["4006381333931", "04006381333931"], "skus": ["T-1"]})
    assert zone.json["products"] == {"gtins": ["04006381333931"], "skus": ["T-1"]}


def test_an_impossible_article_number_is_pointed_at(console, store):
    answer = create(console, store, products={"gtins": ["4006381333932"]})
    assert answer.json["errors"][0]["pointer"] == "/products/gtins/0"


def test_a_zone_is_closed_by_a_change(console, store):
    zone = create(console, store).json
    assert change(console, zone["id"], 1, status="closed").json["status"] == "closed"


def test_of_two_changes_one_passes(console, store):
    zone = create(console, store).json
    change(console, zone["id"], 1)
    assert change(console, zone["id"], 1).status_code == 412


def test_a_store_of_another_brand_has_no_zone_of_ours(console):
    assert create(console, make_store(make_brand())).json["code"] == "store_unknown"


def test_a_zone_of_another_brand_is_unknown(console):
    zone = make_zone(make_store(make_brand()))
    assert change(console, zone.id, 1).json["code"] == "zone_unknown"
    assert change(console, uuid.uuid4(), 1).json["code"] == "zone_unknown"
