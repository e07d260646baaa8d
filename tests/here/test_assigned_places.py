"""Whoever plans for some stores changes nothing on the ground of another one, whatever the door."""

import uuid
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import Brand
from app.staff.assignments.models import StaffPlaces
from geo.places.models import Store
from tests.beacons.factories import make_beacon
from tests.factories import console_token, make_area, make_console_user, make_store, save
from tests.fences.factories import fence_body, make_fence
from tests.speaking import Speaker
from tests.zones.factories import make_tag, make_zone

ZONE = {"kind": "shelf", "name_fr": "Thés", "name_en": "Teas", "products": {}}
MATCH = {"If-Match": '"1"'}


class Console:
    """A merchandiser to whom one store is assigned, by name or by its area."""

    def __init__(self, anyone: Speaker, brand: Brand, *, by_area: bool) -> None:
        self.brand, self.mine, self.foreign = brand, make_store(brand), make_store(brand)
        user = make_console_user(brand)
        areas, stores = ([make_area(brand, self.mine).id], []) if by_area else ([], [self.mine.id])
        save(StaffPlaces(user_id=user.id, areas=areas, stores=stores))
        self.speaker = anyone.with_token(console_token(user))

    def acts_at(self, store: Store) -> dict[str, TestResponse]:
        """Every change that a console can make on the ground of a store, by what it is called."""
        say, at = self.speaker, str(store.id)
        zone, tag, beacon = make_zone(store), make_tag(store), make_beacon(store)
        fence = make_fence(self.brand, store=store, is_live=False)
        radio = {"kind": "ibeacon", "uuid": str(uuid.uuid4()), "major": 1, "minor": 2, "label": "A", "store_id": at}
        event = {"store_ids": [at], "title_fr": "A", "title_en": "A", "text_fr": "A", "text_en": "A"}
        when = {"starts_local": "2031-05-23T10:00", "ends_local": "2031-05-23T12:00"}
        told = {"as_of": clock.now().isoformat(), "articles": [{"sku": "T1", "in_stock": True}]}
        place = {"name": "A", "lat": 48.8566, "lon": 2.3522, "status": "open"}
        named = {"label": "B", "store_id": at, "status": "active"}
        return {
            "zone": say.post("/v1/zones", {"store_id": at, "code": uuid.uuid4().hex[:8]} | ZONE),
            "zone changed": say.put(f"/v1/zones/{zone.id}", {"status": "closed"} | ZONE, headers=MATCH),
            "tag": say.post("/v1/tags", {"carrier": "shelf", "label": "A", "store_id": at}),
            "tag in a zone": say.post("/v1/tags", {"carrier": "shelf", "label": "A", "zone_id": str(zone.id)}),
            "tag retired": say.post(f"/v1/tags/{tag.id}/retirement"),
            "beacon": say.post("/v1/beacons", radio),
            "beacon changed": say.put(f"/v1/beacons/{beacon.id}", named, headers=MATCH),
            "fence": say.post("/v1/fences", fence_body(code=uuid.uuid4().hex[:8], store_id=at)),
            "fence in force": say.post(f"/v1/fences/{fence.id}/activation", headers=MATCH),
            "fence ended": say.post(f"/v1/fences/{fence.id}/end"),
            "event": say.post("/v1/store-events", event | when),
            "store": say.put(f"/v1/stores/{at}", place, headers=MATCH),
            "articles": say.put(f"/v1/stores/{at}/articles", told),
            "store closed": say.post(f"/v1/stores/{at}/closure"),
        }


def statuses(answers: dict[str, TestResponse]) -> dict[str, int]:
    return {name: answer.status_code for name, answer in answers.items()}


@pytest.fixture(params=[False, True], ids=["by name", "by area"])
def console(request: Any, anyone: Speaker, brand: Brand) -> Console:
    return Console(anyone, brand, by_area=request.param)


def test_at_another_store_every_change_is_refused(console: Console) -> None:
    assert set(statuses(console.acts_at(console.foreign)).values()) == {403}


def test_at_their_own_store_none_is(console: Console) -> None:
    assert {name for name, status in statuses(console.acts_at(console.mine)).items() if status >= 300} == set()


def test_nothing_is_moved_out_of_or_into_another_store(console: Console) -> None:
    ours, theirs = make_beacon(console.mine), make_beacon(console.foreign)
    said = {"label": "B", "status": "active"}
    for beacon, store in ((ours, console.foreign), (theirs, console.mine)):
        moved = {"store_id": str(store.id)} | said
        assert console.speaker.put(f"/v1/beacons/{beacon.id}", moved, headers=MATCH).status_code == 403


def test_nobody_takes_another_store_into_their_area(console: Console) -> None:
    area = make_area(console.brand, console.mine)
    user = make_console_user(console.brand)
    save(StaffPlaces(user_id=user.id, areas=[area.id], stores=[]))
    regional = console.speaker.with_token(console_token(user))
    more = {"store_ids": [str(console.mine.id), str(console.foreign.id)]}
    assert regional.put(f"/v1/areas/{area.id}/stores", more).get_json()["code"] == "store_not_assigned"
    opened = regional.post("/v1/stores", {"reference": "S-9", "name": "A", "lat": 48.8566, "lon": 2.3522})
    assert opened.get_json()["code"] == "store_not_assigned"


def test_what_hangs_in_no_store_is_the_whole_brands(console: Console) -> None:
    poster = {"carrier": "poster", "label": "A", "products": {"categories": ["drinks/tea"]}}
    refused = console.speaker.post("/v1/tags", poster)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "store_not_assigned")
