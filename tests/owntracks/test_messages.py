"""What the app says is read leniently, and no further than needed."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.owntracks.messages import MOST_MESSAGES, SaidByPhone, parse_body, read_messages

AT = 1_700_000_000
PLACE = {"_type": "location", "lat": 48.8566, "lon": 2.3522, "tst": AT, "acc": 12}
CROSSING = {"_type": "transition", "event": "enter", "rid": "r1", "wtst": 5, "tst": AT, "t": "c"}
BEACON = {"_type": "beacon", "uuid": "CA271EAE-5FA8-4E80-8F08-2A302A95A959", "major": 1, "minor": 2, "tst": AT}


def read(*messages):
    return read_messages(parse_body(json.dumps(messages).encode()))


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"{", b"\xff\xfe", b"null", b"7", b'"x"', b"[]", b"[1, null]", b"[" * 9999]
)
def test_a_body_that_says_nothing_says_nothing(body):
    assert read_messages(parse_body(body)) == SaidByPhone()


def test_one_message_and_an_array_are_read():
    assert len(read_messages(parse_body(json.dumps(PLACE).encode())).locations) == 1
    assert len(read(PLACE, CROSSING, BEACON).locations) == 1


def test_no_more_messages_are_read_than_a_phone_sends():
    assert len(parse_body(json.dumps([PLACE] * (MOST_MESSAGES + 9)).encode())) == MOST_MESSAGES


@pytest.mark.parametrize(
    "kind", ["card", "cmd", "configuration", "steps", "lwt", "request", "encrypted", "unheard-of", None, 7]
)
def test_other_types_are_passed_over(kind):
    assert read({"_type": kind, "tst": AT, "lat": 1, "lon": 1}) == SaidByPhone()


def test_numbers_may_be_text():
    (found,) = read({"_type": "location", "lat": "48.8566", "lon": "2.3522", "tst": str(AT), "acc": "12"}).locations
    assert (found.lat, found.lon, found.accuracy_m) == (48.8566, 2.3522, 12)
    assert found.at == datetime.fromtimestamp(AT, UTC)


def test_an_accuracy_that_was_left_out_is_zero():
    (found,) = read({name: value for name, value in PLACE.items() if name != "acc"}).locations
    assert found.accuracy_m == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat": None},
        {"lat": "north"},
        {"lat": 91},
        {"lon": -181},
        {"lat": 0, "lon": 0},
        {"lat": True},
        {"lat": [1]},
        {"tst": None},
        {"tst": "soon"},
        {"tst": 1e300},
        {"lat": float("nan")},
    ],
)
def test_a_position_that_is_none_is_passed_over(wrong):
    assert read(PLACE | wrong).locations == ()


def test_a_time_before_1970_is_a_time():
    assert read(PLACE | {"tst": -2_147_483_648}).locations[0].at.year == 1901


def test_milliseconds_are_told_from_seconds():
    assert read(PLACE | {"tst": AT * 1000}).locations[0].at == datetime.fromtimestamp(AT, UTC)


def test_the_names_of_a_home_network_stay_at_the_door():
    said = read(PLACE | {"SSID": "Chez Zoé", "BSSID": "b0:f2:8:45:94:33", "batt": 5, "inregions": ["Maison"]})
    assert "Zoé" not in repr(said)
    assert "b0:f2" not in repr(said)
    assert "Maison" not in repr(said)


def test_a_crossing_at_null_island_is_a_crossing_and_no_position():
    said = read(CROSSING | {"lat": 0, "lon": 0, "acc": 0, "t": "b"})
    assert (len(said.crossings), said.locations) == (1, ())


def test_the_position_of_a_crossing_is_not_read():
    assert "48.85" not in repr(read(CROSSING | {"lat": 48.8566, "lon": 2.3522}))


@pytest.mark.parametrize(
    "wrong",
    [{"event": "dwell"}, {"event": None}, {"tst": None}, {"rid": None, "wtst": None}, {"rid": "x" * 99, "wtst": "?"}],
)
def test_a_crossing_of_nothing_is_passed_over(wrong):
    assert read(CROSSING | wrong).crossings == ()


@pytest.mark.parametrize(("trigger", "by_region"), [("c", True), ("b", True), ("l", False), (None, False)])
def test_whether_the_system_woke_the_app_is_told_apart(trigger, by_region):
    assert read(CROSSING | {"t": trigger}).crossings[0].by_region is by_region


def test_a_ranged_beacon_is_read():
    (found,) = read(BEACON | {"major": "1", "prox": 3, "acc": 4.2}).beacons
    assert found.frame.hex() == "ca271eae5fa84e808f082a302a95a95900010002"


@pytest.mark.parametrize("wrong", [{"uuid": "?"}, {"major": -1}, {"minor": 70000}, {"major": None}, {"tst": {}}])
def test_a_beacon_that_is_none_is_passed_over(wrong):
    assert read(BEACON | wrong).beacons == ()


@pytest.mark.parametrize(
    ("loc", "location", "precision"),
    [
        (0, "always", "precise"),
        (-1, "always", "approximate"),
        (-2, "while_using", "precise"),
        (-3, "while_using", "approximate"),
        ("-4", "denied", None),
    ],
)
def test_android_says_what_its_system_allows(loc, location, precision):
    said = read({"_type": "status", "android": {"wifi": 1, "ps": 0, "loc": loc}}).status
    assert said == ("android", location, precision)


def test_ios_says_what_its_system_allows():
    ios = {"locationManagerAuthorizationStatus": "kCLAuthorizationStatusAuthorizedWhenInUse", "version": "17.2"}
    assert read({"_type": "status", "iOS": ios}).status == ("ios", "while_using", None)


@pytest.mark.parametrize("said", [{}, {"android": {"loc": 9}}, {"android": {}}, {"iOS": {}}, {"iOS": "on"}])
def test_a_status_that_says_nothing_says_nothing(said):
    assert read({"_type": "status", **said}).status is None


def test_what_the_phone_watches_is_known_by_its_names():
    said = read(
        {"_type": "waypoints", "waypoints": [{"rid": "a"}, {"tst": "12"}, {"tst": 13.0}, 7, {"desc": "Maison"}]}
    )
    assert said.waypoints == {"a", "12", "13"}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KINDS = st.sampled_from(["location", "transition", "beacon", "status", "waypoints", "waypoint"])
NAMES = [
    "lat",
    "lon",
    "tst",
    "acc",
    "event",
    "rid",
    "wtst",
    "uuid",
    "major",
    "minor",
    "android",
    "iOS",
    "waypoints",
    "t",
]


@given(KINDS, st.dictionaries(st.sampled_from(NAMES), ANYTHING))
def test_nothing_that_is_said_is_a_fault(kind, said):
    read_messages([said | {"_type": kind}])
