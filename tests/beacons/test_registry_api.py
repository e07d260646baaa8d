"""Beacons as the console keeps them."""

import secrets
import uuid
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.sql import db
from geo.beacons import ephemeral
from geo.beacons.models import BeaconClock
from tests.beacons.factories import Radio, ibeacon, make_beacon, recognised
from tests.factories import console_token, made, make_brand, make_console_user, make_store
from tests.racing import at_once
from tests.zones.factories import make_zone


@pytest.fixture
def console(anyone, brand):
    """A merchandiser of the brand."""
    return anyone.with_token(console_token(make_console_user(brand)))


@pytest.fixture
def store(brand):
    return make_store(brand)


def body(store, **given):
    return {
        "kind": "ibeacon",
        "uuid": str(uuid.uuid4()),
        "major": 1,
        "minor": 2,
        "label": "A",
        "store_id": str(store.id),
    } | given


def register(console, store, **given):
    return console.post("/v1/beacons", body(store, **given))


def change(console, beacon, *, version=1, **given):
    said = {"label": "B", "store_id": beacon["store_id"], "status": "active"} | given
    return console.put(f"/v1/beacons/{beacon['id']}", said, headers={"If-Match": f'"{version}"'})


def setup_of(radio, **given):
    now = datetime.now(UTC)
    said = {"exponent": radio.exponent, "clock_s": radio.reading(now), "eid": radio.eid(now).hex()}
    return said | {"identity_key": radio.key.hex()} | given


def register_radio(console, store, radio, **given):
    asked = {"kind": "eddystone_eid", "label": "E", "store_id": str(store.id), "ephemeral": setup_of(radio, **given)}
    return console.post("/v1/beacons", asked)


def test_a_beacon_stands_in_a_store(console, store):
    beacon = register(console, store, major=3)
    assert (beacon.status_code, beacon.json["major"], beacon.json["status"]) == (201, 3, "active")
    assert console.get(f"/v1/beacons?store_id={store.id}").json["items"] == [beacon.json]


def test_in_a_zone_its_store_follows(console, store):
    zone = make_zone(store)
    beacon = register(console, store, store_id=None, zone_id=str(zone.id)).json
    assert (beacon["store_id"], beacon["zone_id"]) == (str(store.id), str(zone.id))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"major": 0}, "beacon_number_zero"),
        ({"minor": 0}, "beacon_number_zero"),
        ({"minor": None}, None),
        ({"uuid": None, "major": 1}, None),
    ],
)
def test_an_ibeacon_needs_all_its_parts_and_never_zero(console, store, given, code):
    answer = register(console, store, **given)
    assert answer.status_code == 422
    assert code is None or answer.json["errors"][0]["code"] == code


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("altbeacon", {"id": "40"}),
        ("eddystone_uid", {"namespace": "20", "instance": "12"}),
    ],
)
def test_each_kind_has_its_own_parts(console, store, kind, parts):
    given = {name: secrets.token_hex(int(digits) // 2) for name, digits in parts.items()}
    beacon = console.post("/v1/beacons", {"kind": kind, "label": "A", "store_id": str(store.id), **given}).json
    given = {"advertised_id" if name == "id" else name: text for name, text in given.items()}
    assert given.items() <= beacon.items()


def test_an_id_is_one_radio_across_brands(anyone, console, store):
    asked = body(store)
    console.post("/v1/beacons", asked)
    other = make_brand()
    stranger = anyone.with_token(console_token(make_console_user(other)))
    answer = stranger.post("/v1/beacons", asked | {"store_id": str(make_store(other).id)})
    assert (answer.status_code, answer.json["code"]) == (409, "beacon_identifier_taken")
    assert str(store.brand_id) not in answer.get_data(as_text=True)


def test_of_registrations_at_once_one_passes(console, store):
    asked = body(store)
    answers = at_once(4, lambda _: console.post("/v1/beacons", asked).status_code)
    assert sorted(answers) == [201, 409, 409, 409]


def test_a_beacon_rests_and_wakes(console, store):
    beacon = register(console, store).json
    assert change(console, beacon, status="inactive").json["status"] == "inactive"
    assert change(console, beacon, version=2).json["status"] == "active"


def test_out_of_service_is_for_good(console, store):
    beacon = register(console, store).json
    change(console, beacon, status="decommissioned")
    answer = change(console, beacon, version=2)
    assert (answer.status_code, answer.json["code"]) == (409, "beacon_decommissioned")


def test_the_id_of_one_out_of_service_is_not_given_again(console, store):
    asked = body(store)
    beacon = console.post("/v1/beacons", asked).json
    change(console, beacon, status="decommissioned")
    assert console.post("/v1/beacons", asked).json["code"] == "beacon_identifier_taken"


def test_a_beacon_of_another_brand_is_unknown(console):
    beacon = make_beacon(make_store(make_brand()))
    answer = change(console, {"id": beacon.id, "store_id": str(beacon.store_id)})
    assert answer.json["code"] == "beacon_unknown"


def test_a_beacon_moves_to_no_other_brand(console, store):
    beacon = register(console, store).json
    answer = change(console, beacon, store_id=str(make_store(make_brand()).id))
    assert answer.json["code"] == "store_unknown"


def test_a_radio_whose_first_id_is_right_is_registered(console, store):
    radio = Radio()
    assert register_radio(console, store, radio).status_code == 201
    now = datetime.now(UTC)
    assert radio.heard(now) is not None


def test_nothing_that_was_said_of_a_key_is_told_again(console, store):
    radio = Radio()
    answer = register_radio(console, store, radio)
    told = answer.get_data(as_text=True) + console.get("/v1/beacons").get_data(as_text=True)
    assert radio.key.hex() not in told
    assert "ephemeral" not in told


@pytest.mark.parametrize("given", [{"eid": "00" * 8}, {"clock_s": 5}, {"identity_key": "00" * 16}, {"exponent": 5}])
def test_a_first_id_that_does_not_come_of_key_and_clock_is_refused(console, store, given):
    answer = register_radio(console, store, Radio(), **given)
    assert (answer.status_code, answer.json["code"]) == (422, "ephemeral_id_mismatch")
    assert console.get("/v1/beacons").json["items"] == []


def test_a_key_is_one_radio_across_brands(anyone, console, store):
    radio, other = Radio(), make_brand()
    register_radio(console, store, radio)
    stranger = anyone.with_token(console_token(make_console_user(other)))
    answer = register_radio(stranger, make_store(other), radio)
    assert answer.json["code"] == "beacon_identifier_taken"


def test_a_beacon_may_agree_on_its_key(console, store):
    """What the beacon does: X25519 with our key, HKDF over both, the first 16 bytes."""
    ours = bytes.fromhex(console.get("/v1/beacons/provisioning").json["service_public_key"])
    theirs = X25519PrivateKey.generate()
    public = ephemeral.public_bytes(theirs)
    secret = theirs.exchange(X25519PublicKey.from_public_bytes(ours))
    radio = Radio()
    radio.key = HKDF(SHA256(), 32, ours + public, b"").derive(secret)[:16]
    assert register_radio(console, store, radio, identity_key=None, public_key=public.hex()).status_code == 201


@pytest.mark.parametrize(
    "given", [{"identity_key": None}, {"public_key": "11" * 32}, {"identity_key": None, "public_key": "00" * 32}]
)
def test_one_key_is_given_and_is_one(console, store, given):
    answer = register_radio(console, store, Radio(), **given)
    assert answer.json["errors"][0]["code"] == "beacon_key_wrong"


def test_a_kind_and_what_it_sends_belong_together(console, store):
    assert register(console, store, kind="eddystone_eid").json["code"] == "beacon_id_wrong"
    assert register(console, store, ephemeral=setup_of(Radio())).json["code"] == "beacon_id_wrong"


def test_a_radio_at_rest_is_not_heard_and_wakes(console, store):
    radio = Radio()
    beacon = register_radio(console, store, radio).json
    change(console, beacon, status="inactive")
    assert radio.heard(datetime.now(UTC)) is None
    change(console, beacon, version=2)
    assert radio.heard(datetime.now(UTC)) is not None


def test_out_of_service_a_radio_loses_its_key(console, store):
    beacon = register_radio(console, store, Radio()).json
    change(console, beacon, status="decommissioned")
    with made():
        assert db.get(BeaconClock, uuid.UUID(beacon["id"])).sealed_key == b""


def test_a_beacon_that_was_registered_is_recognised(console, store):
    beacon = register(console, store).json
    found = recognised(ibeacon(make_beacon(store)))[0]
    assert found.store_id == store.id
    assert found.beacon_id != uuid.UUID(beacon["id"])
