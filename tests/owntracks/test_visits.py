"""From the app to a visit: what an OwnTracks phone says, what is kept of it, and what is kept of nobody who says no."""

import json
import threading
import time

import pytest
from sqlalchemy import text

from app import clock
from app.sql import db
from tests.consent.factories import give, say_no
from tests.deciding.factories import Town
from tests.factories import PARIS, made
from tests.owntracks.factories import KIND, OwntracksPhone, crossing, draw_fence

HERE = {"_type": "location", "lat": PARIS[1], "lon": PARIS[0], "acc": 12}


def visits(member):
    with made():
        return db.execute(
            text("SELECT entered_at, exited_at, evidence FROM visit WHERE member_id = :m"), {"m": member.id}
        ).all()


def everything(member):
    """All that the tables of presence hold of a member, as text."""
    with made():
        rows = [
            db.execute(text(f"SELECT * FROM {table} WHERE member_id = :m"), {"m": member.id}).all()
            for table in ("visit", "sighting", "owntracks_access")
        ]
    return repr(rows)


def test_enter_and_leave_are_a_visit(phone, permitted, fence, member):
    phone.say(HERE | {"tst": time.time() - 9000, "lat": 48.0})
    begun = time.time() - 3600
    phone.say(crossing(fence, at=begun))
    (open_one,) = visits(member)
    assert (open_one.exited_at, open_one.evidence) == (None, "declared")
    phone.say(crossing(fence, "leave", at=begun + 1800))
    (visit,) = visits(member)
    assert (visit.exited_at - visit.entered_at).total_seconds() == 1800


def test_the_same_message_twice_is_one_visit(phone, permitted, fence, member):
    phone.say(HERE | {"tst": time.time() - 9000, "lat": 48.0})
    message = crossing(fence, at=time.time() - 60)
    phone.say(message)
    phone.say(message)
    assert len(visits(member)) == 1


def test_messages_that_come_late_and_out_of_order_are_the_same_visit(phone, permitted, fence, member):
    phone.say(HERE | {"tst": time.time() - 9000, "lat": 48.0})
    begun = time.time() - 3600
    phone.say(crossing(fence, "leave", at=begun + 1200))
    phone.say(crossing(fence, at=begun))
    assert [visit.exited_at is not None for visit in visits(member)] == [True]


def test_messages_at_the_same_time_are_one_visit(phone, permitted, fence, member, crowd):
    phone.say(HERE | {"tst": time.time() - 9000, "lat": 48.0})
    body = json.dumps(crossing(fence, at=time.time() - 60)).encode()
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(phone.send(body).status_code)) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (answers, len(visits(member))) == ([200] * 6, 1)


def test_a_position_inside_is_a_visit_and_is_not_kept(phone, permitted, fence, member):
    phone.say(
        {"_type": "status", "iOS": {"locationManagerAuthorizationStatus": "kCLAuthorizationStatusAuthorizedAlways"}}
    )
    phone.say(HERE | {"tst": time.time(), "SSID": "Chez Zoé", "BSSID": "b0:f2:8:45:94:33"})
    assert [visit.evidence for visit in visits(member)] == ["fix"]
    kept = everything(member)
    for said in ("48.85", "2.352", "Zoé", "b0:f2"):
        assert said not in kept


def test_no_position_is_in_a_log(phone, permitted, fence, capfd):
    phone.say(HERE | {"tst": time.time(), "SSID": "Chez Zoé"})
    phone.say(crossing(fence, at=time.time(), lat=PARIS[1], lon=PARIS[0]))
    logged = "".join(capfd.readouterr())
    assert "/v1/owntracks" in logged
    for said in (str(PARIS[0]), str(PARIS[1]), "Zoé", phone.given["password"]):
        assert said not in logged


@pytest.mark.parametrize("accuracy", [{}, {"acc": 0}, {"acc": 5000}])
def test_a_position_of_no_known_accuracy_is_no_visit(phone, permitted, fence, member, accuracy):
    phone.say({name: value for name, value in HERE.items() if name != "acc"} | {"tst": time.time()} | accuracy)
    assert visits(member) == []


@pytest.mark.parametrize("at", [-2_147_483_648, 0, 4_102_444_800, 253_402_300_799])
def test_a_clock_that_is_wrong_by_years_is_no_visit(phone, permitted, fence, member, at):
    phone.say(HERE | {"tst": time.time() - 9000, "lat": 48.0})
    assert phone.say(HERE | {"tst": at}) == []
    assert phone.say(crossing(fence, at=at)) == []
    assert visits(member) == []


def test_whoever_said_no_leaves_nothing(phone, permitted, fence, member, brand):
    phone.say(HERE | {"tst": time.time() - 9000, "lat": 48.0})
    phone.say(crossing(fence, at=time.time() - 600))
    say_no(member, brand, now=clock.now(), **KIND)
    phone.say(crossing(fence, "leave", at=time.time()))
    assert visits(member) == []
    assert phone.watched == {}


def test_what_it_brought_is_kept_as_unseen(anyone):
    town = Town(anyone)
    fence = draw_fence(town.brand, town.store)
    give(town.member, town.brand, now=clock.now(), **KIND)
    phone = OwntracksPhone(town.phone)
    phone.say(HERE | {"tst": time.time() - 9000, "lat": 48.0})
    phone.say(crossing(fence, at=time.time()))
    with made():
        rows = db.execute(text("SELECT is_unseen FROM trigger WHERE member_id = :m"), {"m": town.member.id}).all()
    assert [row.is_unseen for row in rows] == [True]
