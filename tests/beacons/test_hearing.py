"""Which beacon was heard."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.sql import db
from geo.beacons.hearing import Advertised, Heard, advertised_ibeacon
from geo.places.models import Store
from geo.zones.models import Zone
from tests.beacons.factories import Radio, forget_everybody, ibeacon, make_beacon, recognised
from tests.factories import NOON, made, make_store
from tests.tracing import sent_statements
from tests.zones.factories import make_zone


@pytest.fixture
def store(brand):
    return make_store(brand)


def test_a_beacon_says_whose_it_is_and_where(store):
    zone = make_zone(store)
    beacon = make_beacon(store, zone_id=zone.id)
    assert recognised(ibeacon(beacon)) == [Heard(beacon.id, store.brand_id, store.id, zone.id, is_mobile=False)]


def test_an_ibeacon_is_named_as_phones_name_it(store):
    name = uuid.uuid4()
    beacon = make_beacon(store, identifier=name.bytes + b"\0\7\1\0")
    assert recognised(advertised_ibeacon(name, 7, 256, NOON))[0].beacon_id == beacon.id


@pytest.mark.parametrize("kind", ["altbeacon", "eddystone_uid"])
def test_other_kinds_are_known_by_their_own_ids(store, kind):
    length = 20 if kind == "altbeacon" else 16
    beacon = make_beacon(store, kind=kind, identifier=uuid.uuid4().bytes + bytes(length - 16))
    assert recognised(Advertised(kind, beacon.identifier, NOON))[0].beacon_id == beacon.id
    assert recognised(Advertised("ibeacon", beacon.identifier, NOON)) == [None]


@pytest.mark.parametrize("status", ["inactive", "decommissioned"])
def test_a_beacon_that_is_not_active_is_unknown(store, status):
    assert recognised(ibeacon(make_beacon(store, status=status))) == [None]


def test_a_beacon_of_a_closed_store_is_unknown(store):
    beacon = make_beacon(store)
    with made():
        db.execute(update(Store).where(Store.id == store.id).values(status="closed"))
    assert recognised(ibeacon(beacon)) == [None]


def test_a_beacon_of_a_closed_zone_says_the_store(store):
    zone = make_zone(store)
    beacon = make_beacon(store, zone_id=zone.id)
    with made():
        db.execute(update(Zone).where(Zone.id == zone.id).values(status="closed"))
    assert recognised(ibeacon(beacon))[0].zone_id is None


@pytest.mark.parametrize(("stability", "moves"), [("portable", False), ("mobile", True), ("roving", True)])
def test_a_beacon_on_a_vehicle_stands_nowhere(store, stability, moves):
    assert recognised(ibeacon(make_beacon(store, stability=stability)))[0].is_mobile is moves


def test_the_order_is_that_of_what_was_heard(store):
    one, two = make_beacon(store), make_beacon(store)
    strange = Advertised("ibeacon", b"x" * 20, NOON)
    found = recognised(ibeacon(two), strange, ibeacon(one), ibeacon(two))
    assert [heard and heard.beacon_id for heard in found] == [two.id, None, one.id, two.id]


@pytest.mark.parametrize("frame", [("nonsense", b"x" * 20), ("ibeacon", b""), ("eddystone_eid", b"x" * 99)])
def test_what_is_no_beacon_is_unknown(frame):
    assert recognised(Advertised(*frame, NOON)) == [None]


def test_nothing_heard_is_nothing_asked():
    with sent_statements() as seen:
        assert recognised() == []
    assert not [one for one in seen if "beacon" in one]


def test_many_kinds_take_one_statement(store):
    forget_everybody()
    radio = Radio()
    radio.register(store)
    radio.heard(NOON)
    heard = [ibeacon(make_beacon(store)), Advertised("eddystone_eid", radio.eid(NOON), NOON)]
    with sent_statements() as seen:
        assert None not in recognised(*heard * 10, now=NOON + timedelta(seconds=1))
    assert len([one for one in seen if "beacon" in one]) == 1
