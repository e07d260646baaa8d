"""The door of the phone, as an app speaks to it: each test runs through the lane, and through Flask alone."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.both_ways import way as way
from tests.factories import PARIS, make_store, member_token
from tests.presence.factories import allow, make_circle, visits

pytestmark = pytest.mark.usefixtures("way")


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def store(brand):
    store = make_store(brand)
    make_circle(store, brand)
    return store


def said(now, **given):
    return {"id": "1", "at": now.isoformat(), "lat": PARIS[1], "lon": PARIS[0], "accuracy_m": 12} | given


def test_a_fix_over_http_opens_a_visit(phone, member, brand, store, now):
    allow(member, brand, now=now)
    answer = phone.post("/v1/sightings", {"fixes": [said(now)]})
    assert answer.status_code == 200
    assert [one["kind"] for one in answer.json["transitions"]] == ["entered"]
    assert len(visits(member)) == 1


def test_without_a_permission_it_is_a_403_that_the_app_can_explain(phone, member, store, now):
    answer = phone.post("/v1/sightings", {"fixes": [said(now)]})
    assert (answer.status_code, answer.json["code"]) == (403, "permission_not_given")
    assert answer.json["remedy"].startswith("You can allow it")
    assert visits(member) == []


def test_a_fix_from_1901_is_named_and_blocks_nothing(phone, member, brand, store, now):
    allow(member, brand, now=now)
    old = said(now, id="0", at="1901-12-13T20:45:52Z")
    answer = phone.post("/v1/sightings", {"fixes": [old, said(now)]})
    assert answer.json["findings"] == [{"code": "too_old", "ids": ["0"], "touchpoint": None, "reason": None}]
    assert [one["kind"] for one in answer.json["transitions"]] == ["entered"]


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"accuracy_m": -1}, "fixes"),
        ({"lat": 91}, "fixes"),
        ({"id": ""}, "fixes"),
        ({"at": "2026-05-18T12:00:00"}, "fixes"),
        ({"altitude": 3}, "fixes"),
        ({"kind": "ibeacon", "frame": "00" * 16}, "beacons"),
        ({"event": "enter"}, "crossings"),
        ({"event": "enter", "fence_id": str(uuid.UUID(int=1)), "zone_id": str(uuid.UUID(int=2))}, "crossings"),
        ({"event": "enter", "frame": "00" * 20}, "crossings"),
        ({}, "check_ins"),
    ],
)
def test_what_is_malformed_is_refused_at_its_place(phone, item, kind, now):
    whole = said(now) if kind == "fixes" else {"id": "1", "at": now.isoformat()}
    answer = phone.post("/v1/sightings", {kind: [whole | item]})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"].startswith(f"/{kind}/0")


def test_nothing_to_say_is_nothing(phone):
    answer = phone.post("/v1/sightings", {})
    assert (answer.status_code, answer.json["transitions"], answer.json["findings"]) == (200, [], [])


def test_more_than_two_hundred_of_a_kind_are_too_many(phone, now):
    answer = phone.post("/v1/sightings", {"fixes": [said(now - timedelta(seconds=n), id=str(n)) for n in range(201)]})
    assert answer.status_code == 422
