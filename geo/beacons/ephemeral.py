"""Ids that change (Eddystone-EID), and the telemetry that goes with them. Pure.

Eddystone-EID specification: from an identity key of 16 bytes, a clock that counts seconds in 32 bits and an exponent K
come a temporary key (AES-128 over the clock's upper 16 bits) and from that the id, a new one each 2^K seconds (AES-128
over K and the clock without its K low bits, cut to 8 bytes). The key is agreed on by X25519 and HKDF-SHA-256.
Telemetry: AES-EAX (Bellare, Rogaway and Wagner) with a nonce of the clock and a salt, and a check of two bytes.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from geo.beacons.frames import SealedTelemetryFrame, TelemetryFrame, read_telemetry

KEY_BYTES, EID_BYTES = 16, 8
CLOCK = 2**32
TEMPORARY_S = 2**16
"""How long a temporary key serves, by the beacon's clock."""
LARGEST_EXPONENT = 15


def make_eid(key: bytes, *, exponent: int, clock_s: int) -> bytes:
    """The id that a beacon sends when its clock shows `clock_s`."""
    period = clock_s >> exponent
    return make_eids(key, exponent=exponent, periods=range(period, period + 1))[0]


def make_eids(key: bytes, *, exponent: int, periods: Sequence[int]) -> list[bytes]:
    """The ids of these periods, each of 2^`exponent` seconds from when the clock began. Raises `ValueError` for a key
    that has not 16 bytes, or an exponent beyond 0 to 15.

    A temporary key is worked out once for all the periods in a row that it serves.
    """
    if len(key) != KEY_BYTES or not 0 <= exponent <= LARGEST_EXPONENT:
        raise ValueError("an identity key has 16 bytes, and its exponent is 0 to 15")
    readings = [(period << exponent) % CLOCK for period in periods]
    return [eid for _, group in groupby(readings, key=lambda one: one >> 16) for eid in _eids(key, exponent, group)]


def _eids(key: bytes, exponent: int, readings: Iterator[int]) -> Iterator[bytes]:
    clocks = list(readings)
    temporary = _encrypted(key, bytes(11) + b"\xff" + bytes(2) + (clocks[0] >> 16).to_bytes(2))
    blocks = _encrypted(temporary, b"".join(bytes(11) + bytes([exponent]) + clock.to_bytes(4) for clock in clocks))
    return (blocks[start : start + EID_BYTES] for start in range(0, len(blocks), 16))


def agree_identity_key(private_key: X25519PrivateKey, *, beacon_public_key: bytes) -> bytes:
    """The identity key that a beacon with this public key works out from ours. Raises `ValueError` for a key that is
    none, and for one that would come to a secret of zeros."""
    beacon_key = X25519PublicKey.from_public_bytes(beacon_public_key)
    salt = public_bytes(private_key) + beacon_public_key
    return HKDF(SHA256(), length=KEY_BYTES, salt=salt, info=b"").derive(private_key.exchange(beacon_key))


def public_bytes(private_key: X25519PrivateKey) -> bytes:
    """The public key of ours that a beacon is given, 32 bytes."""
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return private_key.public_key().public_bytes(*raw)


def open_telemetry(key: bytes, *, exponent: int, clock_s: int, frame: SealedTelemetryFrame) -> TelemetryFrame | None:
    """What an eTLM frame says that was sent when the beacon's clock showed `clock_s`; None if its check is wrong, as it
    is for another beacon or another time."""
    nonce = ((clock_s >> exponent << exponent) % CLOCK).to_bytes(4) + frame.salt
    plain = open_eax(key, nonce=nonce, sealed=frame.sealed, check=frame.check)
    return None if plain is None else read_telemetry(plain)


def open_eax(key: bytes, *, nonce: bytes, sealed: bytes, check: bytes, header: bytes = b"") -> bytes | None:
    """The text behind AES-EAX, or None unless the check (the first bytes of it) is right."""
    start = _omac(key, 0, nonce)
    parts = zip(start, _omac(key, 1, header), _omac(key, 2, sealed), strict=True)
    expected = bytes(one ^ two ^ three for one, two, three in parts)
    if not bytes_eq(expected[: len(check)], check):
        return None
    return Cipher(algorithms.AES(key), modes.CTR(start)).decryptor().update(sealed)


def _omac(key: bytes, purpose: int, text: bytes) -> bytes:
    mac = CMAC(algorithms.AES(key))
    mac.update(bytes(15) + bytes([purpose]) + text)
    return mac.finalize()


def _encrypted(key: bytes, blocks: bytes) -> bytes:
    # ECB is what the specification says: single blocks, none of which is a text.
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(blocks)  # noqa: S305
