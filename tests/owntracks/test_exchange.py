"""A phone speaks OwnTracks and is answered: always with an array, and with what it shall watch."""

import json
import time

import pytest
from sqlalchemy import text

from app import clock
from app.sql import db
from geo.fences import fences
from geo.owntracks import choosers, exchange, secretbox
from geo.owntracks.waypoints import FIRST_TST
from tests.consent.factories import give, in_store, say_no, states
from tests.factories import made, make_brand, make_store
from tests.owntracks.factories import KIND, OwntracksPhone, crossing, draw_fence

PING = {"_type": "location", "lat": 48.8566, "lon": 2.3522, "acc": 12}


def ping(**given):
    return PING | {"tst": time.time()} | given


def taken(reported):
    (said,) = reported
    return said["report"]


def test_a_phone_is_told_what_to_watch_once(phone, permitted, fence, reported):
    (command,) = phone.say(ping())
    assert (command["_type"], command["action"]) == ("cmd", "setWaypoints")
    assert phone.names() == {"Rivoli"}
    assert phone.say(ping(tst=time.time() + 1)) == []


def test_without_permission_nothing_is_taken_and_the_answer_is_an_array(phone, fence, reported):
    assert phone.say(ping()) == []
    assert phone.say(crossing(fence, at=time.time())) == []
    assert reported == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"_type":"lwt","tst":1}', b'{"_type":"unheard-of"}', b"\xff", b'{"result":"ok"}'],
)
def test_whatever_is_said_the_answer_is_an_empty_array(phone, permitted, body, reported):
    answer = phone.send(body)
    assert (answer.status_code, answer.content_type, answer.data) == (200, "application/json", b"[]")
    assert reported == []


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"]
)
def test_the_app_need_not_say_that_its_json_is_json(phone, permitted, content_type, reported):
    assert phone.send(json.dumps(ping()).encode(), content_type=content_type).status_code == 200
    assert len(taken(reported).fixes) == 1


def test_the_names_of_user_and_device_may_come_in_the_address(phone, permitted, reported):
    answer = phone.send(json.dumps(ping()).encode(), query="?u=somebody&d=else&x=1")
    assert answer.status_code == 200
    assert reported[0]["member_id"]


def test_a_crossing_names_the_fence_and_no_position(phone, permitted, fence, reported):
    phone.say(ping())
    reported.clear()
    phone.say(crossing(fence, at=time.time(), lat=48.85, lon=2.35))
    (said,) = taken(reported).crossings
    assert (said.fence_id, said.is_entry) == (fence.id, True)
    assert taken(reported).fixes == []


def test_an_app_of_before_2021_knows_a_fence_by_its_time(phone, permitted, fence, reported):
    phone.say(ping())
    reported.clear()
    old = {name: value for name, value in crossing(fence, "leave", at=time.time()).items() if name != "rid"}
    phone.say(old | {"wtst": str(FIRST_TST + fence.number)})
    (said,) = taken(reported).crossings
    assert (said.fence_id, said.is_entry) == (fence.id, False)


def test_what_its_owner_watches_is_nobodys_business(phone, permitted, fence, reported):
    phone.say(ping())
    reported.clear()
    phone.say(crossing(fence, at=time.time(), rid="a1b2c3", wtst=1_780_000_000, desc="Maison"))
    phone.say({"_type": "waypoint", "desc": "Maison", "lat": 48.9, "lon": 2.4, "rad": "50", "tst": "1780000000"})
    assert reported == []


def test_a_fence_that_was_never_given_to_this_phone_is_nothing_to_it(phone, permitted, fence, reported):
    other = draw_fence(make_brand(), None)
    phone.say(ping())
    reported.clear()
    phone.say(crossing(other, at=time.time()))
    assert reported == []


def test_a_beacon_is_told_by_its_frame(phone, permitted, reported):
    phone.say(
        {"_type": "beacon", "uuid": "CA271EAE-5FA8-4E80-8F08-2A302A95A959", "major": 1, "minor": 1, "tst": time.time()}
    )
    (heard,) = taken(reported).beacons
    assert (heard.kind, len(heard.frame)) == ("ibeacon", 20)


def test_nobody_looks_at_the_app(phone, permitted, reported):
    phone.say(ping())
    assert reported[0]["background"] is True
    assert reported[0]["installation_id"] == phone.installation_id


def test_after_a_withdrawal_the_fences_come_off_the_phone(phone, permitted, fence, member, brand, reported):
    phone.say(ping())
    say_no(member, brand, now=clock.now(), **KIND)
    reported.clear()
    assert len(phone.say(ping(tst=time.time() + 1))) == 1
    assert phone.watched == {}
    assert phone.say(ping(tst=time.time() + 2)) == []
    assert reported == []


def test_an_answer_that_was_lost_is_given_again(phone, permitted, fence, reported):
    message = ping()
    phone.send(json.dumps(message).encode())  # and its answer never arrived
    phone.say(message)
    assert phone.names() == {"Rivoli"}


def test_a_fence_that_changed_is_told_anew_under_its_old_name(phone, permitted, fence, reported):
    phone.say(ping())
    with made():
        db.execute(text("UPDATE fence_version SET radius_m = 420 WHERE fence_id = :f"), {"f": fence.id})
    phone.say(ping(tst=time.time() + 1))
    (watched,) = phone.watched.values()
    assert (watched["rad"], watched["rid"]) == (420, str(fence.id))


def test_a_fence_that_ended_comes_off_the_phone(phone, permitted, fence, reported):
    phone.say(ping())
    with made():
        fences.end_fence(brand_id=fence.brand_id, fence_id=fence.id, by=None, now=clock.now())
    phone.say(ping(tst=time.time() + 1))
    assert phone.watched == {}


def test_a_permission_of_one_store_brings_its_fences_only(phone, member, brand, store, fence, reported):
    draw_fence(brand, make_store(brand), name="Ailleurs")
    give(member, brand, now=clock.now(), scope=in_store(store), **KIND)
    phone.say(ping())
    assert phone.names() == {"Rivoli"}


def test_a_fence_that_only_counts_who_passes_is_watched_by_nobody(phone, permitted, brand, reported):
    draw_fence(brand, None, name="Trottoir")
    assert phone.say(ping()) == []


def test_a_phone_watches_no_more_than_its_system_lets_it(speaker, permitted, brand, store, reported):
    for number in range(20):
        draw_fence(brand, store, name=f"F{number}")
    ios, android = OwntracksPhone(speaker), OwntracksPhone(speaker, platform="android")
    ios.say(ping())
    android.say(ping())
    assert (len(ios.watched), len(android.watched)) == (19, 20)


def test_whoever_knows_better_chooses(phone, permitted, fence, brand, store, reported, monkeypatch):
    best = draw_fence(brand, store, name="Le meilleur")
    monkeypatch.setattr(choosers, "CHOOSERS", [lambda asking, now: None, lambda asking, now: [best.id]])
    phone.say(ping())
    assert phone.names() == {"Le meilleur"}


def test_a_phone_that_says_what_it_watches_is_told_what_it_lost(phone, permitted, fence, reported):
    phone.say(ping())
    phone.say(ping(tst=time.time() + 1))
    phone.watched.clear()
    phone.say({"_type": "waypoints", "waypoints": [{"desc": "Maison", "tst": 1_780_000_000}]})
    assert phone.names() == {"Rivoli"}


def vector(speaker, phone):
    every = {one["id"]: one for one in speaker.get("/v1/installations").json["items"]}
    return every.get(str(phone.installation_id))


def test_a_status_is_what_the_phone_allows(speaker, permitted, fence, reported):
    phone = OwntracksPhone(speaker, platform="android")
    phone.say({"_type": "status", "android": {"loc": 0}})
    assert (vector(speaker, phone)["location"], vector(speaker, phone)["precision"]) == ("always", "precise")
    assert phone.names() == {"Rivoli"}


def test_a_phone_that_is_off_suspends_and_its_fences_come_off(phone, permitted, fence, member, speaker, reported):
    phone.say(ping())
    phone.say({"_type": "status", "iOS": {"locationManagerAuthorizationStatus": "kCLAuthorizationStatusDenied"}})
    assert vector(speaker, phone)["location"] == "denied"
    assert phone.watched == {}
    assert states(member) == ["given"]


def test_a_region_event_shows_that_the_phone_allows_it(phone, permitted, fence, speaker, reported):
    phone.say(ping())
    assert vector(speaker, phone) is None
    phone.say(crossing(fence, at=time.time()))
    assert vector(speaker, phone)["location"] == "always"


def test_an_event_that_waited_does_not_undo_a_later_no(phone, permitted, fence, speaker, reported):
    phone.say(ping())
    phone.say({"_type": "status", "iOS": {"locationManagerAuthorizationStatus": "kCLAuthorizationStatusDenied"}})
    phone.say(crossing(fence, at=time.time() - 3600))
    assert vector(speaker, phone)["location"] == "denied"


def test_an_event_of_its_owners_own_place_leaves_no_time(phone, permitted, fence, speaker, reported):
    phone.say(ping())
    phone.say(crossing(fence, at=time.time(), rid="a1b2c3", wtst=1_780_000_000))
    assert vector(speaker, phone) is None


def test_without_permission_no_event_leaves_a_time(phone, fence, speaker, reported):
    phone.say(crossing(fence, at=time.time()))
    assert vector(speaker, phone) is None


def test_the_sign_in_of_the_wallet_keeps_its_own_phone(phone, permitted, speaker, reported):
    mine = "0190b7c2-93a0-7c53-8d5f-4d1a33e0a1b2"
    said = {"platform": "ios", "app_version": "1", "location": "always", "bluetooth": True, "notifications": True}
    speaker.put(f"/v1/installations/{mine}", said | {"reported_at": clock.now().isoformat()})
    phone.say({"_type": "status", "iOS": {"locationManagerAuthorizationStatus": "kCLAuthorizationStatusDenied"}})
    with made():
        asked = text("SELECT installation_id FROM member_session WHERE installation_id IS NOT NULL")
        assert str(phone.installation_id) not in {str(one) for one in db.execute(asked).scalars()}


def test_what_comes_sealed_is_answered_sealed(speaker, permitted, fence, reported):
    phone = OwntracksPhone(speaker, sealed=True)
    key = phone.given["key"]
    (answer,) = phone.say(secretbox.seal_message(ping(), key))
    assert answer["_type"] == "encrypted"
    (command,) = secretbox.open_message(answer, key)
    assert command["action"] == "setWaypoints"
    assert len(taken(reported).fixes) == 1


def test_what_is_sealed_with_another_key_is_passed_over(speaker, permitted, reported):
    phone = OwntracksPhone(speaker, sealed=True)
    assert phone.say(secretbox.seal_message(ping(), "another")) == []
    assert reported == []


def test_a_phone_without_a_key_is_never_answered_sealed(phone, permitted, fence, reported):
    assert phone.say({"_type": "encrypted", "data": "QUJD"})[0]["_type"] == "cmd"


def test_too_many_messages_are_passed_over_and_still_answered(phone, permitted, reported, monkeypatch):
    monkeypatch.setattr(exchange, "MESSAGES", exchange.MESSAGES._replace(most=2))
    assert [phone.send(json.dumps(ping(tst=number)).encode()).status_code for number in range(1, 5)] == [200] * 4
    assert len(reported) == 2


def test_the_messages_of_one_phone_do_not_use_up_those_of_another(phone, speaker, permitted, reported, monkeypatch):
    monkeypatch.setattr(exchange, "MESSAGES", exchange.MESSAGES._replace(most=1))
    for one in (phone, OwntracksPhone(speaker)):
        one.say(ping())
    assert len(reported) == 2
