"""What is so of the member closes every door that senses: their age, a restriction, an objection, a no in between."""

import gzip
import json
import time
from typing import Any

import pytest
from sqlalchemy import delete

from app import clock
from app.accounts.queries import member_locked
from app.consent.models import Level
from app.consent.suppression.objections import object_to_marketing
from app.consent.suppression.restriction import carry_restriction, restrict_processing
from app.sql import db
from geo.places.models import AreaStore
from tests.consent.factories import in_area
from tests.factories import made, make_area
from tests.here.factories import Stroller
from tests.owntracks.factories import crossing as told_by_owntracks
from tests.racing import at_once
from tests.speaking import Speaker

NOTHING = {"visit": 0, "sighting": 0, "trigger": 0}


@pytest.fixture
def stroller(anyone: Speaker) -> Stroller:
    stroller = Stroller(anyone)
    stroller.permits("geofence"), stroller.permits("beacon"), stroller.permits("qr", Level.ALERT_ON_REQUEST)
    stroller.phone_too = stroller.owntracks()
    return stroller


def befall(stroller: Stroller, fate: str) -> None:
    with made():
        if fate == "young":
            known = db.all_of(member_locked(stroller.member.id))[0]
            known.minor_until = clock.now().replace(year=clock.now().year + 5, day=1)
            carry_restriction(known, now=clock.now())
        elif fate == "restricted":
            restrict_processing(member_id=stroller.member.id, now=clock.now())
        else:
            brand_id = stroller.brand.id if fate == "objected to the brand" else None
            object_to_marketing(member_id=stroller.member.id, brand_id=brand_id, now=clock.now())


@pytest.mark.parametrize("fate", ["young", "restricted", "objected to the brand", "objected to all"])
def test_whoever_may_not_be_met_leaves_nothing(stroller: Stroller, fate: str) -> None:
    befall(stroller, fate)
    answers = [
        stroller.hears(stroller.door),
        stroller.stands(),
        stroller.crosses("enter"),
        stroller.phone.post("/v1/tag-scans", {"code": stroller.tag.code}),
        stroller.phone.post("/v1/region-plan", {"platform": "ios"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    stroller.phone_too.say(told_by_owntracks(stroller.fence, at=time.time()))
    assert (stroller.phone_too.watched, stroller.kept()) == ({}, NOTHING)


@pytest.mark.parametrize("fate", ["objected to the brand", "objected to all"])
def test_an_objection_in_the_shop_takes_what_was_kept(stroller: Stroller, fate: str) -> None:
    stroller.hears(stroller.door)
    befall(stroller, fate)
    assert stroller.kept() == NOTHING


def test_a_no_among_many_reports_leaves_nothing(stroller: Stroller, crowd: Any) -> None:
    def act(number: int) -> int:
        if number == 5:
            address = f"/v1/permissions/{stroller.brand.code}/beacon/in_store_offers"
            return stroller.phone.delete(address).status_code
        return stroller.hears(stroller.door, stroller.at_the_shelf).status_code

    assert set(at_once(12, act)) <= {200, 403}
    assert stroller.kept() == NOTHING


def test_a_no_to_an_area_takes_what_it_had_allowed_also_where_the_store_has_left_it(anyone: Speaker) -> None:
    stroller = Stroller(anyone)
    area = make_area(stroller.brand, stroller.store)
    stroller.permits("beacon", scope=in_area(area))
    stroller.hears(stroller.door)
    with made():
        db.execute(delete(AreaStore).where(AreaStore.area_id == area.id))
    stroller.refuses("beacon", scope=in_area(area))
    assert stroller.kept() == NOTHING


def test_a_packed_body_is_answered_by_an_array(stroller: Stroller) -> None:
    body = gzip.compress(json.dumps(told_by_owntracks(stroller.fence, at=time.time())).encode())
    headers = stroller.phone_too.headers() | {"Content-Encoding": "gzip"}
    answer = stroller.phone.client.post("/v1/owntracks", data=body, headers=headers)
    assert (answer.status_code, isinstance(answer.json, list), stroller.kept()) == (200, True, NOTHING)


def test_a_radio_of_a_brand_that_was_never_met_is_as_any_other(stroller: Stroller, anyone: Speaker) -> None:
    theirs, unknown = stroller.hears(Stroller(anyone).door), stroller.hears(b"\x07" * 20)
    codes = [[one["code"] for one in answer.get_json()["findings"]] for answer in (theirs, unknown)]
    assert (theirs.status_code, codes) == (unknown.status_code, [["unknown_place"]] * 2)
    assert stroller.kept() == NOTHING
