"""Areas: named groups of stores, and the places that follow them."""

import uuid

import pytest

from app.sql import db
from geo.places import read_model
from geo.places.read_model import publish_places
from tests.factories import NOON, console_token, make_area, make_brand, make_console_user, make_store
from tests.places.factories import place_of

CENTRE = {"code": "centre", "name": "Centre"}


@pytest.fixture
def console(anyone, brand):
    """A merchandiser of the brand."""
    return anyone.with_token(console_token(make_console_user(brand)))


@pytest.fixture
def heard(monkeypatch):
    """The store ids that a listener was told of, call by call."""
    calls = []
    monkeypatch.setattr(read_model, "AFTER_PLACES_CHANGE", [lambda store_ids, now: calls.append(set(store_ids))])
    return calls


def replace(console, area, *stores, **options):
    body = {"store_ids": [str(store.id) for store in stores]}
    return console.put(f"/v1/areas/{area.id}/stores", body, **options)


def ids_in(console, area):
    return {item["id"] for item in console.get(f"/v1/areas/{area.id}/stores").json["items"]}


def test_an_area_begins_empty(console):
    area = console.post("/v1/areas", CENTRE)
    assert area.status_code == 201
    assert console.get(f"/v1/areas/{area.json['id']}/stores").json["items"] == []


def test_a_code_is_taken_once(console):
    console.post("/v1/areas", CENTRE)
    answer = console.post("/v1/areas", CENTRE)
    assert (answer.status_code, answer.json["code"]) == (409, "area_code_taken")


def test_another_brand_may_use_the_same_code(console, anyone):
    console.post("/v1/areas", CENTRE)
    other = anyone.with_token(console_token(make_console_user(make_brand())))
    assert other.post("/v1/areas", CENTRE).status_code == 201


@pytest.mark.parametrize("code", ["Centre", "", "-a", "a" * 41, "a\x00", "a\n"])
def test_a_code_is_plain(console, code):
    assert console.post("/v1/areas", CENTRE | {"code": code}).status_code == 422


def test_a_list_holds_the_brands_own_areas(console, brand):
    area = make_area(brand)
    make_area(make_brand())
    assert [item["id"] for item in console.get("/v1/areas").json["items"]] == [str(area.id)]


def test_the_stores_of_an_area_are_replaced(console, brand):
    old, new = make_store(brand), make_store(brand)
    area = make_area(brand, old)
    assert replace(console, area, new).status_code == 200
    assert ids_in(console, area) == {str(new.id)}


def test_a_store_named_twice_is_in_the_area_once(console, brand):
    store, area = make_store(brand), make_area(brand)
    replace(console, area, store, store)
    assert ids_in(console, area) == {str(store.id)}


def test_the_places_of_joining_and_leaving_stores_follow(console, brand):
    old, new = make_store(brand), make_store(brand)
    area = make_area(brand, old)
    with db.system_transaction():
        publish_places(store_ids=[old.id, new.id], now=NOON)
    replace(console, area, new)
    assert (place_of(old).area_ids, place_of(new).area_ids) == ([], [area.id])


def test_listeners_hear_of_the_stores_that_join_or_leave(console, brand, heard):
    stays, old, new = make_store(brand), make_store(brand), make_store(brand)
    area = make_area(brand, stays, old)
    replace(console, area, stays, new)
    assert heard == [{old.id, new.id}]


def test_the_same_set_again_changes_nothing(console, brand, heard):
    store = make_store(brand)
    area = make_area(brand, store)
    assert replace(console, area, store).status_code == 200
    assert heard == []


def test_another_brands_store_cannot_join(console, brand):
    stranger, area = make_store(make_brand()), make_area(brand)
    answer = replace(console, area, stranger)
    assert (answer.status_code, answer.json["facts"]) == (404, {"store_ids": [str(stranger.id)]})


def test_another_brands_area_is_not_found(console):
    area = make_area(make_brand())
    assert replace(console, area).status_code == 404
    assert console.get(f"/v1/areas/{area.id}/stores").status_code == 404


def test_an_area_that_is_not_there_is_not_found(console):
    assert console.get(f"/v1/areas/{uuid.uuid4()}/stores").json["code"] == "area_unknown"


def test_an_auditor_changes_no_area(anyone, brand):
    auditor = anyone.with_token(console_token(make_console_user(brand, "auditor")))
    assert replace(auditor, make_area(brand)).status_code == 403
