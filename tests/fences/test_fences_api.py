"""Fences at the console: drawn, put in force, drawn anew, ended, written out; by whom, and against whom."""

from collections import Counter

import pytest

from app.sql import db
from app.staff.assignments.models import StaffPlaces
from geo.fences import queries
from geo.fences.models import FenceVersion
from tests.factories import (
    PARIS,
    console_token,
    made,
    make_area,
    make_brand,
    make_console_user,
    make_store,
    member_token,
    save,
)
from tests.fences.factories import make_fence, polygon, square
from tests.racing import at_once
from tests.speaking import Speaker

CIRCLE = {"circle": {"lon": PARIS[0], "lat": PARIS[1], "radius_m": 200}}
BOW_TIE = [[2.0, 48.0], [2.1, 48.1], [2.1, 48.0], [2.0, 48.1], [2.0, 48.0]]


@pytest.fixture
def user(brand):
    return make_console_user(brand)


@pytest.fixture
def console(anyone, user):
    """A merchandiser of the brand."""
    return anyone.with_token(console_token(user))


def draw(console, shape=None, code="rivoli", **fields):
    return console.post("/v1/fences", {"code": code, "name": "Rivoli", "shape": shape or CIRCLE} | fields)


def change(console, fence, action="", body=None, revision=None):
    headers = {"If-Match": f'"{revision or fence["revision"]}"'}
    if action:
        return console.post(f"/v1/fences/{fence['id']}/{action}", headers=headers)
    return console.put(f"/v1/fences/{fence['id']}", body, headers=headers)


def complaints(answer):
    return [(one["pointer"], one["code"]) for one in answer.json["errors"]]


def test_a_fence_is_drawn_and_not_in_force(console):
    answer = draw(console)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    told = answer.json
    assert (told["status"], told["live_version"], told["draft_version"]) == ("draft", None, 1)
    assert answer.headers["Location"] == f"/v1/fences/{told['id']}"


def test_an_activation_puts_the_draft_in_force(console):
    told = change(console, draw(console).json, "activation").json
    assert (told["status"], told["live_version"], told["draft_version"]) == ("active", 1, None)
    assert told["versions"][0]["in_force_at"] is not None


def test_a_new_version_waits_while_the_old_one_is_in_force(console):
    fence = change(console, draw(console).json, "activation").json
    drafted = change(console, fence, body={"name": "Rivoli", "shape": {"geojson": polygon()}}).json
    assert (drafted["live_version"], drafted["draft_version"]) == (1, 2)
    live = change(console, drafted, "activation").json
    assert (live["live_version"], [one["version"] for one in live["versions"]]) == (2, [2, 1])


def test_the_shape_in_force_again_is_no_version_more(console):
    fence = change(console, draw(console).json, "activation").json
    told = change(console, fence, body={"name": "Louvre", "shape": CIRCLE}).json
    assert (told["name"], told["draft_version"], len(told["versions"])) == ("Louvre", None, 1)


def test_a_name_changes_without_a_shape(console):
    told = change(console, draw(console).json, body={"name": "Louvre"}).json
    assert (told["name"], told["draft_version"]) == ("Louvre", 1)


def test_nothing_drafted_is_not_put_in_force(console):
    fence = change(console, draw(console).json, "activation").json
    assert change(console, fence, "activation").json["code"] == "nothing_drawn"


def test_a_write_names_the_version_that_it_read(console):
    fence = draw(console).json
    assert console.put(f"/v1/fences/{fence['id']}", {"name": "x"}).status_code == 428
    assert change(console, fence, "activation", revision=7).status_code == 412


def test_an_end_is_for_good_and_needs_no_etag(console):
    fence = change(console, draw(console).json, "activation").json
    ended = console.post(f"/v1/fences/{fence['id']}/end").json
    assert (ended["status"], ended["live_version"]) == ("ended", None)
    assert console.post(f"/v1/fences/{fence['id']}/end").json == ended
    assert change(console, ended, "activation").json["code"] == "fence_ended"


def test_a_code_is_taken_once(console):
    draw(console)
    assert draw(console).json["code"] == "fence_code_taken"


def test_the_same_request_twice_draws_one(console):
    body = {"code": "rivoli", "name": "Rivoli", "shape": CIRCLE}
    first, second = (console.post("/v1/fences", body, key="k").json for _ in range(2))
    assert first == second
    assert len(console.get("/v1/fences").json["items"]) == 1


@pytest.mark.parametrize(
    ("shape", "wrong"),
    [
        ({"geojson": polygon(BOW_TIE)}, ("/shape/geojson", "crosses_itself")),
        ({"geojson": polygon(square()[:-1])}, ("/shape/geojson/coordinates/0", "ring_open")),
        ({"wkt": "POLYGON ((2 48"}, ("/shape/wkt", "not_wkt")),
        ({"circle": {"lon": 48.85, "lat": 2.35, "radius_m": 200}}, ("/shape/circle", "positions_swapped")),
        ({"circle": {"lon": 0, "lat": 0, "radius_m": 200}}, ("/shape/circle", "position_zero")),
        ({"circle": {"lon": 2, "lat": 48, "radius_m": 5}}, ("/shape/circle/radius_m", "out_of_range")),
        (CIRCLE | {"wkt": "POLYGON EMPTY"}, ("/shape", "one_shape")),
        ({"minus": polygon()}, ("/shape", "one_shape")),
        ({"around_store_m": 200}, ("/store_id", "store_needed")),
        (CIRCLE | {"minus": polygon(square(2.3, 48.8, 0.1))}, ("/shape", "nothing_left")),
    ],
)
def test_a_shape_that_cannot_be_is_pointed_at(console, shape, wrong):
    answer = draw(console, shape)
    assert (answer.status_code, complaints(answer)) == (422, [wrong])


def test_a_swap_is_asked_about_in_words(console):
    console.language = "fr"
    answer = draw(console, {"geojson": polygon([[lat, lon] for lon, lat in square()])})
    assert "Vouliez-vous dire autour de longitude 2.354, latitude 48.854 ?" in answer.json["errors"][0]["detail"]


def test_what_was_made_good_is_said(console):
    told = draw(console, {"geojson": polygon(square()[::-1])}).json
    assert told["versions"][0]["notices"] == [
        {"code": "ring_turned", "detail": "the ring turned the other way (RFC 7946): it is written turned round"}
    ]


def test_a_ring_around_a_store_less_another_fence(console, brand):
    store, inner = make_store(brand), make_fence(brand)
    shape = {"around_store_m": 500, "minus_fence_ids": [str(inner.id)]}
    told = draw(console, shape, store_id=str(store.id)).json
    assert (told["store_id"], told["versions"][0]["is_circle"]) == (str(store.id), False)


def test_metres_around_a_store_are_a_circle_at_it(console, brand):
    store = make_store(brand, lon=2.4, lat=48.9)
    [version] = draw(console, {"around_store_m": 500}, store_id=str(store.id)).json["versions"]
    assert (version["is_circle"], version["lon"], version["lat"], version["radius_m"]) == (True, 2.4, 48.9, 500)


def test_another_brands_fence_is_not_taken_away(console):
    other = make_fence(make_brand())
    answer = draw(console, CIRCLE | {"minus_fence_ids": [str(other.id)]})
    assert complaints(answer) == [("/shape/minus_fence_ids/0", "target_unknown")]


def test_another_brands_store_has_no_fence_of_ours(console):
    assert draw(console, store_id=str(make_store(make_brand()).id)).json["code"] == "store_unknown"


def test_a_version_is_written_as_geojson(console):
    fence = draw(console, {"geojson": polygon()}).json
    answer = console.get(f"/v1/fences/{fence['id']}/shape.geojson")
    assert answer.mimetype == "application/geo+json"
    assert answer.json["geometry"] == polygon() | {"coordinates": answer.json["geometry"]["coordinates"]}
    assert (answer.json["bbox"], answer.json["properties"]["code"]) == ([2.35, 48.85, 2.36, 48.86], "rivoli")


def test_a_circle_is_written_with_its_metres(console):
    fence = draw(console).json
    properties = console.get(f"/v1/fences/{fence['id']}/shape.geojson").json["properties"]
    assert (properties["lon"], properties["lat"], properties["radius_m"]) == (*PARIS, 200)


def test_a_version_is_written_as_wkt(console):
    fence = draw(console, {"geojson": polygon()}).json
    answer = console.get(f"/v1/fences/{fence['id']}/shape.wkt?version=1")
    assert (answer.mimetype, answer.text.partition("(")[0]) == ("text/plain", "POLYGON ")
    assert draw(console, {"wkt": answer.text}, code="again").status_code == 201


def test_a_version_that_is_not_there_is_not_found(console):
    fence = draw(console).json
    assert console.get(f"/v1/fences/{fence['id']}/shape.wkt?version=2").json["code"] == "fence_version_unknown"


def test_a_reader_who_has_a_fence_is_told_so(console):
    fence = draw(console).json
    headers = {"If-None-Match": '"1"'}
    assert console.get(f"/v1/fences/{fence['id']}", headers=headers).status_code == 304


def test_a_list_holds_the_brands_own_fences(console, brand):
    make_fence(make_brand())
    fence = make_fence(brand)
    [told] = console.get("/v1/fences").json["items"]
    assert (told["id"], [one["version"] for one in told["versions"]]) == (str(fence.id), [1])


@pytest.mark.parametrize("address", ["", "/shape.geojson", "/shape.wkt"])
def test_another_brands_fence_is_not_found(console, address):
    assert console.get(f"/v1/fences/{make_fence(make_brand()).id}{address}").status_code == 404


@pytest.mark.parametrize("action", ["activation", "end"])
def test_another_brands_fence_is_not_changed(console, action):
    fence = {"id": make_fence(make_brand()).id, "revision": 2}
    assert change(console, fence, action).status_code == 404


def test_members_and_strangers_see_no_fence(anyone, member):
    assert anyone.get("/v1/fences").status_code == 401
    assert anyone.with_token(member_token(member)).get("/v1/fences").status_code == 403


def test_an_auditor_reads_and_draws_not(anyone, brand):
    auditor = anyone.with_token(console_token(make_console_user(brand, "auditor")))
    assert (auditor.get("/v1/fences").status_code, draw(auditor).status_code) == (200, 403)


class TestAssigned:
    """A merchandiser who plans for some stores."""

    @pytest.fixture
    def mine(self, brand, user):
        store = make_store(brand)
        save(StaffPlaces(user_id=user.id, areas=[], stores=[store.id]))
        return store

    def test_draws_at_their_own_store(self, console, mine):
        assert draw(console, store_id=str(mine.id)).status_code == 201

    def test_draws_at_a_store_of_their_area(self, console, brand, user):
        store = make_store(brand)
        save(StaffPlaces(user_id=user.id, areas=[make_area(brand, store).id], stores=[]))
        assert draw(console, store_id=str(store.id)).status_code == 201

    def test_draws_at_no_other_and_for_no_whole_brand(self, console, brand, mine):
        other = make_store(brand)
        answers = [draw(console, store_id=str(other.id)), draw(console)]
        assert [answer.json["code"] for answer in answers] == ["fence_outside_your_places"] * 2

    def test_changes_and_ends_no_other(self, console, brand, mine):
        fence = {"id": make_fence(brand, is_live=False).id, "revision": 1}
        answers = [
            change(console, fence, body={"name": "x"}),
            change(console, fence, "activation"),
            change(console, fence, "end"),
        ]
        assert [answer.status_code for answer in answers] == [403] * 3


def test_a_version_knows_number_and_store_of_its_fence(brand):
    store = make_store(brand)
    fence = make_fence(brand, store=store)
    [drawn] = all_versions(fence)
    names = ("fence_id", "brand_id", "is_circle", "lon", "lat", "radius_m", "shape", "box", "geojson", "made_at")
    save(FenceVersion(version=2, **{name: getattr(drawn, name) for name in names}))
    assert {(one.fence_number, one.store_id) for one in all_versions(fence)} == {(fence.number, store.id)}


def all_versions(fence):
    with made():
        return db.all_of(queries.fence_versions(fence.id))


def test_of_two_activations_with_one_etag_one_passes(app, brand):
    fence, token = make_fence(brand, is_live=False), console_token(make_console_user(brand))

    def activate(_: int) -> int:
        return change(Speaker(app.test_client(), token), {"id": fence.id, "revision": 1}, "activation").status_code

    assert Counter(at_once(4, activate)) == {200: 1, 412: 3}


def test_of_many_with_one_code_one_draws(app, brand):
    token = console_token(make_console_user(brand))
    answers = at_once(4, lambda _: draw(Speaker(app.test_client(), token)).status_code)
    assert Counter(answers) == {201: 1, 409: 3}
