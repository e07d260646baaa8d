"""Whatever an OwnTracks phone sends is answered by 200 and an array, at a bounded cost, and nothing wrong is kept."""

import base64
import gzip
import itertools
import json
import time
from typing import Any

import pytest

from geo.owntracks import secretbox
from tests.here.factories import Stroller, rows_of
from tests.owntracks.factories import FIRST_TST, OwntracksPhone, crossing
from tests.speaking import Speaker
from tests.tracing import sent_statements

NOW = int(time.time())
PLACE = {"_type": "location", "lat": 48.0, "lon": 2.0, "acc": 10}
HUGE, LONE = 10**400, "\ud800"

NOTHING_TOLD = [
    b"",
    b" ",
    b"null",
    b"[]",
    b"{}",
    b"1e999",
    b"NaN",
    b'"location"',
    b"\xff\xfe",
    b"\x00" * 50,
    b"{" * 10_000,
    b"[" * 10_000 + b"]" * 10_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    gzip.compress(json.dumps(PLACE | {"tst": NOW}).encode()),
    b"9" * 100_000,
    b"lat=48.85&lon=2.35&_type=location",
]

ODD = [
    {"_type": "location"},
    {"_type": "location", "lat": "48.85", "lon": "2.35", "tst": str(NOW), "acc": "10"},
    {"_type": "location", "lat": float("nan"), "lon": 2.35, "tst": NOW, "acc": 10},
    {"_type": "location", "lat": 48.85, "lon": float("inf"), "tst": NOW},
    {"_type": "location", "lat": HUGE, "lon": 2.35, "tst": NOW},
    {"_type": "location", "lat": 48.85, "lon": 2.35, "tst": HUGE, "acc": HUGE},
    {"_type": "location", "lat": 48.85, "lon": 2.35, "tst": -HUGE},
    {"_type": "location", "lat": 48.85, "lon": 2.35, "tst": -2_208_988_800, "acc": 5},
    {"_type": "location", "lat": 48.85, "lon": 2.35, "tst": -62_135_596_800, "acc": 5},
    {"_type": "location", "lat": 48.85, "lon": 2.35, "tst": 253_402_300_799, "acc": 5},
    {"_type": "location", "lat": [48], "lon": {"a": 2}, "tst": True},
    {"_type": "location", "lat": 91, "lon": 181, "tst": NOW},
    {"_type": "location", "lat": 90, "lon": 180, "tst": NOW, "acc": 10},
    {"_type": "location", "lat": -90, "lon": -180, "tst": NOW, "acc": 10},
    {"_type": "transition", "event": "enter", "lat": 0, "lon": 0, "acc": 0, "tst": NOW, "t": "b", "desc": LONE},
    {"_type": "transition", "event": "enter", "rid": LONE, "wtst": HUGE, "tst": NOW, "t": "c"},
    {"_type": "transition", "event": LONE, "rid": ["x"], "wtst": "NaN", "tst": NOW},
    {"_type": "transition", "event": ["enter"], "rid": "x", "tst": NOW},
    {"_type": "transition", "event": "enter", "rid": "0" * 5000, "wtst": FIRST_TST, "tst": NOW},
    {"_type": "beacon", "uuid": LONE, "major": HUGE, "minor": -1, "tst": NOW},
    {"_type": "beacon", "uuid": "00000000-0000-0000-0000-000000000000", "major": 0, "minor": 0, "tst": NOW},
    {"_type": "waypoint", "lat": 48.85, "lon": 2.35, "rad": "50", "tst": NOW},
    {"_type": "waypoints", "waypoints": LONE},
    {"_type": "waypoints", "waypoints": [LONE, {"rid": LONE}, {"tst": HUGE}, {"tst": float("nan")}] * 20},
    {"_type": "status", "iOS": LONE, "android": {"loc": HUGE}},
    {"_type": "status", "iOS": {"locationManagerAuthorizationStatus": ["kCL"]}},
    {"_type": "encrypted", "data": LONE},
    {"_type": "encrypted", "data": "AAAA"},
    {"_type": "encrypted", "data": 5},
    {"_type": LONE},
    {"_type": ["location"]},
    {"_type": {"_type": "location"}},
    {"_type": "cmd", "action": "dump"},
    {"_type": "request", "request": "tours"},
    {"_type": None, LONE: LONE},
]


@pytest.fixture
def stroller(anyone: Speaker) -> Stroller:
    stroller = Stroller(anyone)
    stroller.permits("geofence")
    return stroller


@pytest.fixture
def phone(stroller: Stroller) -> OwntracksPhone:
    """One that was told already what to watch."""
    phone = stroller.owntracks()
    phone.say(PLACE | {"tst": NOW - 4000})
    phone.say({"_type": "lwt", "tst": 1})
    return phone


def test_what_tells_nothing_is_answered_by_nothing(stroller: Stroller, phone: OwntracksPhone) -> None:
    kept = stroller.kept()
    for body in NOTHING_TOLD:
        answer = phone.send(body, content_type="application/octet-stream")
        assert (answer.status_code, answer.json) == (200, []), body[:20]
    assert stroller.kept() == kept


def test_every_odd_message_is_answered_by_an_array(stroller: Stroller, phone: OwntracksPhone) -> None:
    for message in (*ODD, ODD, [ODD], [{}] * 10_000, [[]] * 10_000):
        answer = phone.send(json.dumps(message).encode())
        assert (answer.status_code, isinstance(answer.json, list)) == (200, True), message
    assert stroller.kept() == {"visit": 0, "sighting": stroller.kept()["sighting"], "trigger": 0}
    assert {one.kind for one in rows_of(stroller.member.id, "sighting")} <= {"away", "gone"}


def test_no_depth_of_nesting_is_a_fault(phone: OwntracksPhone) -> None:
    """Also where the parser goes as deep as it can, and whoever looks at what it read goes deeper."""
    for depth, (opening, closing) in itertools.product(range(880, 1000, 2), ((b"[", b"]"), (b'{"uuid":', b"}"))):
        inner = opening * depth + b"1" + closing * depth
        assert phone.send(b'{"_type":"beacon","tst":%d,"uuid":%s}' % (NOW, inner)).status_code == 200


def test_many_messages_cost_what_one_does(phone: OwntracksPhone) -> None:
    def statements(count: int) -> int:
        body = json.dumps([PLACE | {"tst": NOW - 60 * n} for n in range(count)]).encode()
        with sent_statements() as sent:
            assert phone.send(body).status_code == 200
        return len(sent)

    statements(1)
    assert statements(2) == statements(199) == statements(700)


def test_what_is_sealed_is_bounded_too(stroller: Stroller) -> None:
    phone = stroller.owntracks(sealed=True)
    key = phone.given["key"]
    for plain in (b"", b"[" * 5000, b"null", json.dumps(ODD[:9]).encode()):
        data = base64.b64encode(secretbox._box(key).encrypt(plain)).decode()
        nested: Any = {"_type": "encrypted", "data": data}
        for _ in range(3):
            assert phone.send(json.dumps(nested).encode()).status_code == 200
            inner = secretbox._box(key).encrypt(json.dumps(nested).encode())
            nested = {"_type": "encrypted", "data": base64.b64encode(inner).decode()}
    assert stroller.kept()["visit"] == 0


def test_a_beacon_crossed_at_nowhere_is_no_position(stroller: Stroller, phone: OwntracksPhone) -> None:
    nowhere = crossing(stroller.fence, at=NOW, t="b", rid="x", wtst=7)
    assert phone.say(nowhere) == []
    assert phone.say(PLACE | {"tst": NOW, "lat": 0, "lon": 0, "acc": 0}) == []
    assert stroller.kept()["visit"] == 0


def test_a_wrong_password_asks_nothing_of_the_database(phone: OwntracksPhone) -> None:
    for wrong in ("", "x" * 10_000, "ici_o_" + "A" * 90, phone.given["password"][:-2] + "zz"):
        with sent_statements() as sent:
            assert phone.send(b"{}", password=wrong).status_code == 401
        assert sent == []
