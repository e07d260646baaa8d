"""Ids that change: the vectors of the specification, agreement on keys, sealed telemetry."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from geo.beacons import ephemeral
from geo.beacons.frames import SealedTelemetryFrame

KEY = bytes(range(16))
VECTORS = [
    (10, 0, "df8e76bbfec4efc5"),
    (10, 1_023, "df8e76bbfec4efc5"),
    (10, 1_024, "f7a6081d867e3474"),
    (10, 65_535, "3439c83a6564bfdf"),
    (10, 65_536, "ec31ae4cb8abc2d8"),
    (15, 65_280, "6992bc634d99857d"),
    (0, 1, "57a0a44ccace5aaf"),
]
"""Exponent, clock, id: worked out from the public Eddystone-EID specification for the key 00 01 … 0f."""


@pytest.mark.parametrize(("exponent", "clock_s", "eid"), VECTORS)
def test_the_vectors_of_the_specification(exponent, clock_s, eid):
    assert ephemeral.make_eid(KEY, exponent=exponent, clock_s=clock_s).hex() == eid


@pytest.mark.parametrize("exponent", [0, 4, 10, 15])
def test_many_ids_at_once_are_those_one_by_one(exponent):
    first = 65_536 // (1 << exponent) - 3
    periods = range(max(0, first), first + 7)
    one_by_one = [ephemeral.make_eid(KEY, exponent=exponent, clock_s=period << exponent) for period in periods]
    assert ephemeral.make_eids(KEY, exponent=exponent, periods=periods) == one_by_one


def test_the_clock_has_32_bits():
    assert ephemeral.make_eid(KEY, exponent=10, clock_s=2**32) == ephemeral.make_eid(KEY, exponent=10, clock_s=0)


@pytest.mark.parametrize(("key", "exponent"), [(b"", 10), (KEY + b"0", 10), (KEY, 16), (KEY, -1)])
def test_a_key_or_an_exponent_that_is_none_is_refused(key, exponent):
    with pytest.raises(ValueError, match="16 bytes"):
        ephemeral.make_eids(key, exponent=exponent, periods=[0])


def test_both_sides_agree_on_one_key():
    ours, theirs = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    salt = ephemeral.public_bytes(ours) + ephemeral.public_bytes(theirs)
    on_the_beacon = HKDF(hashes.SHA256(), 32, salt, b"").derive(theirs.exchange(ours.public_key()))[:16]
    assert ephemeral.agree_identity_key(ours, beacon_public_key=ephemeral.public_bytes(theirs)) == on_the_beacon


@pytest.mark.parametrize("public_key", [bytes(32), b"\1" + bytes(31), b"short"])
def test_a_secret_of_zeros_is_refused(public_key):
    with pytest.raises(ValueError, match=r"key"):
        ephemeral.agree_identity_key(X25519PrivateKey.generate(), beacon_public_key=public_key)


EAX = [
    (
        "233952DEE4D5ED5F9B9C6D6FF80FF478",
        "62EC67F9C3A4A407FCB2A8C49031A8B3",
        "6BFB914FD07EAE6B",
        "",
        "E037830E8389F27B025A2D6527E79D01",
        "",
    ),
    (
        "91945D3F4DCBEE0BF45EF52255F095A4",
        "BECAF043B0A23D843194BA972C66DEBD",
        "FA3BFD4806EB53FA",
        "19DD",
        "5C4C9331049D0BDAB0277408F67967E5",
        "F7FB",
    ),
]
"""Key, nonce, header, sealed, check, plain: Bellare, Rogaway and Wagner, "The EAX Mode of Operation", appendix G."""


@pytest.mark.parametrize(("key", "nonce", "header", "sealed", "check", "plain"), EAX)
def test_the_vectors_of_eax(key, nonce, header, sealed, check, plain):
    given = {"nonce": nonce, "header": header, "sealed": sealed, "check": check}
    opened = ephemeral.open_eax(bytes.fromhex(key), **{name: bytes.fromhex(text) for name, text in given.items()})
    assert opened == bytes.fromhex(plain)


def sealed_telemetry(plain, *, clock_s):
    """As a beacon seals it."""
    nonce = (clock_s >> 10 << 10).to_bytes(4) + b"\x12\x34"
    start = ephemeral._omac(KEY, 0, nonce)
    sealed = Cipher(algorithms.AES(KEY), modes.CTR(start)).encryptor().update(plain)
    parts = zip(start, ephemeral._omac(KEY, 1, b""), ephemeral._omac(KEY, 2, sealed), strict=True)
    return SealedTelemetryFrame(sealed, b"\x12\x34", bytes(a ^ b ^ c for a, b, c in parts)[:2])


def test_sealed_telemetry_opens_for_who_has_the_key_and_the_time():
    frame = sealed_telemetry(bytes.fromhex("0b18" + "1780" + "00000102" + "00000a00"), clock_s=5_000)
    opened = ephemeral.open_telemetry(KEY, exponent=10, clock_s=4_900, frame=frame)
    assert opened is not None
    assert opened.battery_mv == 2_840


@pytest.mark.parametrize(("key", "clock_s"), [(bytes(16), 5_000), (KEY, 50_000)])
def test_sealed_telemetry_stays_closed_to_others(key, clock_s):
    frame = sealed_telemetry(bytes(12), clock_s=5_000)
    assert ephemeral.open_telemetry(key, exponent=10, clock_s=clock_s, frame=frame) is None
