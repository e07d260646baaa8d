"""What radios send, byte by byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from geo.beacons.frames import (
    AltBeaconFrame,
    EidFrame,
    SealedTelemetryFrame,
    TelemetryFrame,
    UidFrame,
    UrlFrame,
    read_advertisement,
)

FLAGS = "020106"
UUID = "f7826da64fa24e988024bc5b71e0893e"
IBEACON = FLAGS + "1aff4c000215" + UUID + "00010200c5"
ALTBEACON = FLAGS + "1bff1801beac" + UUID + "00010200" + "c57f"
NAMESPACE, INSTANCE = "8b0ca750e09577f7c3d2", "000000000001"
EDDYSTONE = FLAGS + "0303aafe"


def frames(text):
    return read_advertisement(bytes.fromhex(text))


def eddystone(body):
    data = bytes.fromhex("16aafe" + body)
    return EDDYSTONE + bytes([len(data)]).hex() + data.hex()


def test_an_ibeacon_has_a_uuid_and_two_big_endian_numbers():
    [found] = frames(IBEACON)
    assert (found.uuid.hex, found.major, found.minor, found.power_dbm) == (UUID, 1, 512, -59)
    assert found.id.hex() == UUID + "00010200"


def test_an_altbeacon_may_be_of_any_maker():
    assert frames(ALTBEACON) == [AltBeaconFrame(0x0118, bytes.fromhex(UUID + "00010200"), -59, 0x7F)]


def test_apples_other_data_is_no_ibeacon():
    assert frames("0aff4c001005031c5b8f12") == []


def test_a_uid_has_a_namespace_and_an_instance_and_its_power_at_one_metre():
    assert frames(eddystone("00ee" + NAMESPACE + INSTANCE + "0000")) == [
        UidFrame(bytes.fromhex(NAMESPACE + INSTANCE), -18 - 41)
    ]


def test_an_old_uid_leaves_out_what_is_reserved():
    assert frames(eddystone("00ee" + NAMESPACE + INSTANCE)) == frames(eddystone("00ee" + NAMESPACE + INSTANCE + "0000"))


@pytest.mark.parametrize("body", ["00ee" + NAMESPACE + INSTANCE + "0001", "00ee" + NAMESPACE, "40ee00", "30ee0011"])
def test_what_is_none_of_the_layouts_is_left_out(body):
    assert frames(eddystone(body)) == []


def test_an_eid_has_eight_bytes():
    assert frames(eddystone("30ee" + "df8e76bbfec4efc5")) == [EidFrame(bytes.fromhex("df8e76bbfec4efc5"), -59)]


def test_a_url_is_spelled_out():
    assert frames(eddystone("10ee03" + b"goo.gl/S6zT6P".hex())) == [UrlFrame("https://goo.gl/S6zT6P", -59)]
    assert frames(eddystone("10ee00" + b"example".hex() + "00")) == [UrlFrame("http://www.example.com/", -59)]


@pytest.mark.parametrize("body", ["10ee0461", "10ee03200061", "10ee0361800061"])
def test_a_url_with_an_impossible_sign_is_left_out(body):
    assert frames(eddystone(body)) == []


def test_telemetry_tells_voltage_temperature_and_age():
    [found] = frames(eddystone("2000" + "0b18" + "1780" + "00000102" + "00000a00"))
    assert found == TelemetryFrame(battery_mv=2840, temperature_c=23.5, adverts=258, uptime_s=256.0)


def test_below_zero_is_a_signed_number():
    [found] = frames(eddystone("2000" + "0b18" + "ff80" + "0000000000000000"))
    assert found.temperature_c == -0.5


def test_what_a_beacon_does_not_measure_is_none():
    [found] = frames(eddystone("2000" + "0000" + "8000" + "0000000000000000"))
    assert (found.battery_mv, found.temperature_c) == (None, None)


def test_telemetry_of_another_version_is_not_guessed():
    assert frames(eddystone("2002" + "00" * 12)) == []


def test_sealed_telemetry_stays_sealed():
    [found] = frames(eddystone("2001" + "aa" * 12 + "bbbb" + "cccc"))
    assert found == SealedTelemetryFrame(b"\xaa" * 12, b"\xbb" * 2, b"\xcc" * 2)


def test_a_scan_response_follows_and_padding_ends():
    both = IBEACON + eddystone("30ee" + "df8e76bbfec4efc5") + "00ffff"
    assert [type(frame).__name__ for frame in frames(both)] == ["IBeaconFrame", "EidFrame"]


def test_what_is_cut_short_is_dropped():
    assert all(frames(IBEACON[:length]) == [] for length in range(0, len(IBEACON), 2))


@given(some.binary(max_size=80))
def test_no_bytes_whatever_stop_the_reader(data):
    assert isinstance(read_advertisement(data), list)


@given(some.integers(0, 79), some.integers(0, 255))
def test_no_changed_byte_stops_the_reader(place, byte):
    data = bytearray.fromhex(IBEACON + eddystone("2000" + "00" * 12))
    data[place % len(data)] = byte
    assert isinstance(read_advertisement(bytes(data)), list)
