"""The console keeps stores; apps read where the shops are."""

import pytest

from tests.factories import (
    console_token,
    make_brand,
    make_console_user,
    make_member,
    make_store,
    make_terminal,
    member_token,
)
from tests.places.factories import place_of, stores_of

RIVOLI = {"reference": "R1", "name": "Rivoli", "lat": 48.8556, "lon": 2.3601}


@pytest.fixture
def console(anyone, brand):
    """A merchandiser of the brand."""
    return anyone.with_token(console_token(make_console_user(brand)))


@pytest.fixture
def member(anyone):
    return anyone.with_token(member_token(make_member()))


def change(**given):
    fields = {name: value for name, value in RIVOLI.items() if name != "reference"}
    return fields | {"status": "open"} | given


def pointers(answer):
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def test_a_new_store_gets_country_and_zone_from_its_coordinates(console):
    answer = console.post("/v1/stores", RIVOLI)
    assert answer.status_code == 201
    assert (answer.json["country"], answer.json["time_zone"], answer.json["version"]) == ("FR", "Europe/Paris", 1)


def test_a_new_store_is_a_place_at_once(console, brand):
    console.post("/v1/stores", RIVOLI)
    assert place_of(*stores_of(brand)) is not None


def test_the_answer_shows_the_store_where_it_was_put(console):
    answer = console.post("/v1/stores", RIVOLI | {"opening_hours": "mo-sa 9:00-20:00"})
    assert (answer.json["lat"], answer.json["lon"]) == (48.8556, 2.3601)
    assert answer.json["opening_hours"] == "Mo-Sa 09:00-20:00"


def test_the_same_creation_twice_is_one_store(console, brand):
    first = console.post("/v1/stores", RIVOLI, key="one")
    assert console.post("/v1/stores", RIVOLI, key="one").data == first.data
    assert len(stores_of(brand)) == 1


def test_a_reference_is_taken_once(console):
    console.post("/v1/stores", RIVOLI)
    answer = console.post("/v1/stores", RIVOLI)
    assert (answer.status_code, answer.json["code"]) == (409, "store_reference_taken")


def test_swapped_coordinates_are_a_question(console):
    answer = console.post("/v1/stores", RIVOLI | {"lat": 2.3601, "lon": 48.8556})
    assert (answer.status_code, answer.json["code"]) == (422, "store_refused")
    assert answer.json["errors"] == [
        {
            "pointer": "/lat",
            "code": "swapped_coordinates",
            "detail": "Latitude and longitude seem swapped. Did you mean lat 48.8556, lon 2.3601?",
        }
    ]


def test_hours_typed_in_french_are_a_question_in_french(console):
    answer = console.post("/v1/stores", RIVOLI | {"opening_hours": "Lu-Sam 10h-21h"}, headers={"Accept-Language": "fr"})
    assert (
        answer.json["errors"][0]["detail"] == "Ce n'est pas la grammaire OSM. Vouliez-vous dire « Mo-Sa 10:00-21:00 » ?"
    )


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"lat": 40.4168, "lon": -3.7038}, "/lat", "outside_countries"),
        ({"lat": 0, "lon": 0}, "/lat", "null_island"),
        ({"opening_hours": "quand on peut"}, "/opening_hours", "hours_dropped"),
        ({"time_zone": "America/New_York"}, "/time_zone", "time_zone_replaced"),
        ({"name": "Ri\u200bvoli"}, "/name", "control_characters"),
        ({"lat": 91}, "/lat", "out_of_range"),
        ({"lon": "east"}, "/lon", "not_a_number"),
        ({"name": "Ri\x00voli"}, "/name", "unstorable_text"),
        ({"name": "Rivoli \ud800"}, "/name", "unstorable_text"),
        ({"name": ""}, "/name", "too_short"),
        ({"name": "x" * 201}, "/name", "too_long"),
        ({"opening_hours": "x" * 501}, "/opening_hours", "too_long"),
        ({"colour": "red"}, "/colour", "unknown_field"),
    ],
)
def test_what_cannot_be_right_is_pointed_at(console, wrong, pointer, code):
    answer = console.post("/v1/stores", RIVOLI | wrong)
    assert (answer.status_code, pointers(answer)) == (422, [(pointer, code)])


def test_a_store_is_shown_with_its_version(console, brand):
    store = make_store(brand)
    answer = console.get(f"/v1/stores/{store.id}")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')


def test_a_store_that_did_not_change_is_not_sent_again(console, brand):
    store = make_store(brand)
    assert console.get(f"/v1/stores/{store.id}", headers={"If-None-Match": '"1"'}).status_code == 304


def test_a_change_is_one_version_further(console, brand):
    store = make_store(brand)
    answer = console.put(f"/v1/stores/{store.id}", change(name="Louvre"), headers={"If-Match": '"1"'})
    assert (answer.json["name"], answer.json["version"], answer.headers["ETag"]) == ("Louvre", 2, '"2"')


def test_a_change_moves_the_place(console, brand):
    store = make_store(brand)
    console.put(f"/v1/stores/{store.id}", change(lat=48.87), headers={"If-Match": '"1"'})
    assert '"lat":48.87' in place_of(store).card


def test_a_closed_store_is_no_place(console, brand):
    store = make_store(brand)
    console.put(f"/v1/stores/{store.id}", change(status="closed"), headers={"If-Match": '"1"'})
    assert place_of(store) is None


def test_closing_a_store_waits_for_nobody_and_twice_is_once(console, brand):
    store = make_store(brand)
    console.put(f"/v1/stores/{store.id}", change(), headers={"If-Match": '"1"'})
    first, second = (console.post(f"/v1/stores/{store.id}/closure").json for _ in range(2))
    assert (first["status"], first["version"], second["version"]) == ("closed", 3, 3)
    assert place_of(store) is None


def test_a_store_is_closed_whatever_is_said_of_it(console, brand):
    """What an import of before let in, a change would refuse."""
    store = make_store(brand, opening_hours="whenever")
    assert console.post(f"/v1/stores/{store.id}/closure").json["status"] == "closed"


def test_another_brands_store_is_not_closed(console):
    assert console.post(f"/v1/stores/{make_store(make_brand()).id}/closure").status_code == 404


def test_a_change_names_the_version_that_was_read(console, brand):
    store = make_store(brand)
    assert console.put(f"/v1/stores/{store.id}", change()).status_code == 428


def test_somebody_elses_change_in_between_is_seen(console, brand):
    store = make_store(brand)
    console.put(f"/v1/stores/{store.id}", change(), headers={"If-Match": '"1"'})
    assert console.put(f"/v1/stores/{store.id}", change(), headers={"If-Match": '"1"'}).status_code == 412


def test_a_change_that_cannot_be_right_changes_nothing(console, brand):
    store = make_store(brand)
    answer = console.put(f"/v1/stores/{store.id}", change(lat=0, lon=0), headers={"If-Match": '"1"'})
    assert (answer.status_code, stores_of(brand)[0].version) == (422, 1)


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_another_brands_store_is_not_found(console, method):
    store = make_store(make_brand())
    body = change() if method == "PUT" else None
    answer = console.send(method, f"/v1/stores/{store.id}", json=body, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json["code"]) == (404, "store_unknown")


def test_a_list_holds_the_brands_own_stores(console, brand):
    store = make_store(brand)
    make_store(make_brand())
    assert [item["id"] for item in console.get("/v1/stores").json["items"]] == [str(store.id)]


def test_a_list_is_read_page_by_page(console, brand):
    stores = {str(make_store(brand).id) for _ in range(5)}
    seen, path = [], "/v1/stores?limit=2"
    while path:
        page = console.get(path).json
        seen += [item["id"] for item in page["items"]]
        path = page["next"]
    assert (len(seen), set(seen)) == (5, stores)


@pytest.mark.parametrize("role", ["approver", "auditor"])
def test_who_does_not_keep_stores_may_read_them(anyone, brand, role):
    speaker = anyone.with_token(console_token(make_console_user(brand, role)))
    assert speaker.get("/v1/stores").status_code == 200
    assert speaker.post("/v1/stores", RIVOLI).status_code == 403


def test_a_stranger_reads_nothing(anyone):
    assert anyone.get("/v1/stores").status_code == 401


def test_a_till_keeps_no_stores(anyone, brand):
    _, token = make_terminal(make_store(brand))
    assert anyone.with_token(token).post("/v1/stores", RIVOLI).status_code == 403


def test_a_member_sees_the_shops_of_a_brand(member, brand):
    store = make_store(brand, address="1 rue de Rivoli")
    [shop] = member.get(f"/v1/brands/{brand.code}/stores").json["items"]
    assert (shop["id"], shop["address"], shop["lat"]) == (str(store.id), "1 rue de Rivoli", 48.8566)


def test_a_member_does_not_see_what_the_console_keeps(member, brand):
    make_store(brand)
    [shop] = member.get(f"/v1/brands/{brand.code}/stores").json["items"]
    assert {"reference", "version", "status"}.isdisjoint(shop)


def test_a_member_does_not_see_closed_shops(member, brand):
    make_store(brand, status="closed")
    assert member.get(f"/v1/brands/{brand.code}/stores").json["items"] == []


@pytest.mark.parametrize("code", ["nobody", "x", "é", "x" * 96])
def test_a_brand_that_is_not_there_is_not_found(member, code):
    answer = member.get(f"/v1/brands/{code}/stores")
    assert (answer.status_code, answer.json["code"]) == (404, "brand_unknown")
