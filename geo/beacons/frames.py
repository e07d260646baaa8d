"""What radios send, out of the raw bytes of an advertisement: iBeacon, AltBeacon, Eddystone. Pure; never raises.

Layouts: Bluetooth Core Specification (volume 3, part C, 11: structures of length, type and data); Apple's iBeacon
(manufacturer data of company 0x004C); AltBeacon 1.0 (any manufacturer, code 0xBEAC); Eddystone (service data of
0xFEAA; its numbers are big-endian, those of Bluetooth little-endian). What is cut short or unknown is left out.
"""

import uuid
from collections.abc import Iterator
from typing import NamedTuple

MANUFACTURER, SERVICE_DATA = 0xFF, 0x16
APPLE = 0x004C
IBEACON = b"\x02\x15"
ALTBEACON = b"\xbe\xac"
EDDYSTONE = b"\xaa\xfe"
UID, URL, TELEMETRY, EID = 0x00, 0x10, 0x20, 0x30
ONE_METRE_DB = 41
"""How much weaker Eddystone's power, told at 0 m, is at 1 m, where iBeacon tells it."""

SCHEMES = ("http://www.", "https://www.", "http://", "https://")
ENDINGS = tuple(f".{top}{slash}" for slash in ("/", "") for top in ("com", "org", "edu", "net", "info", "biz", "gov"))
LONGEST_URL = 17
"""Bytes behind the scheme."""
UNSUPPORTED_TEMPERATURE = -0x8000


class IBeaconFrame(NamedTuple):
    """An iBeacon, with its power at 1 m in dBm."""

    uuid: uuid.UUID
    major: int
    minor: int
    power_dbm: int

    @property
    def id(self) -> bytes:
        """The 20 bytes that name it."""
        return self.uuid.bytes + self.major.to_bytes(2) + self.minor.to_bytes(2)


class AltBeaconFrame(NamedTuple):
    """An AltBeacon, with its power at 1 m in dBm; `reserved` is its maker's."""

    company: int
    id: bytes
    power_dbm: int
    reserved: int


class UidFrame(NamedTuple):
    """Eddystone-UID: a namespace of 10 bytes and an instance of 6, with the power at 1 m in dBm."""

    id: bytes
    power_dbm: int


class UrlFrame(NamedTuple):
    """Eddystone-URL, spelled out, with the power at 1 m in dBm. Nothing is ever fetched from there."""

    url: str
    power_dbm: int


class TelemetryFrame(NamedTuple):
    """Eddystone-TLM in plain: None for what the beacon does not measure."""

    battery_mv: int | None
    temperature_c: float | None
    adverts: int
    uptime_s: float


class SealedTelemetryFrame(NamedTuple):
    """Eddystone-eTLM: telemetry that only the holder of the identity key can open (`geo.beacons.ephemeral`)."""

    sealed: bytes
    salt: bytes
    check: bytes


class EidFrame(NamedTuple):
    """Eddystone-EID: eight bytes that change, with the power at 1 m in dBm."""

    id: bytes
    power_dbm: int


Frame = IBeaconFrame | AltBeaconFrame | UidFrame | UrlFrame | TelemetryFrame | SealedTelemetryFrame | EidFrame


def read_advertisement(data: bytes) -> list[Frame]:
    """The frames in the bytes of an advertisement, with or without its scan response behind it."""
    return [frame for kind, body in _structures(data) if (frame := _frame(kind, body)) is not None]


def read_telemetry(data: bytes) -> TelemetryFrame:
    """The twelve bytes of plain telemetry, those of an opened eTLM too. Raises `ValueError` for another length."""
    if len(data) != 12:
        raise ValueError("telemetry has twelve bytes")
    battery = int.from_bytes(data[:2])
    temperature = int.from_bytes(data[2:4], signed=True)
    return TelemetryFrame(
        battery_mv=battery or None,
        temperature_c=None if temperature == UNSUPPORTED_TEMPERATURE else temperature / 256,
        adverts=int.from_bytes(data[4:8]),
        uptime_s=int.from_bytes(data[8:12]) / 10,
    )


def _structures(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each structure's type and data; a length of zero is padding, and ends them; one that is cut short is dropped."""
    place = 0
    while place < len(data) and (length := data[place]):
        body = data[place + 1 : place + 1 + length]
        if len(body) < length:
            return
        yield body[0], body[1:]
        place += 1 + length


def _frame(kind: int, body: bytes) -> Frame | None:
    if kind == MANUFACTURER:
        return _of_manufacturer(body)
    if kind == SERVICE_DATA and body[:2] == EDDYSTONE and len(body) > 2:
        return _eddystone(body[2], body[3:])
    return None


def _of_manufacturer(body: bytes) -> Frame | None:
    company, data = int.from_bytes(body[:2], "little"), body[2:]
    if company == APPLE and data[:2] == IBEACON and len(data) >= 23:
        major, minor = int.from_bytes(data[18:20]), int.from_bytes(data[20:22])
        return IBeaconFrame(uuid.UUID(bytes=data[2:18]), major, minor, _signed(data[22]))
    if data[:2] == ALTBEACON and len(data) >= 24:
        return AltBeaconFrame(company, data[2:22], _signed(data[22]), data[23])
    return None


def _eddystone(kind: int, data: bytes) -> Frame | None:
    if kind == UID and len(data) in (17, 19) and not any(data[17:]):  # old ones leave out the two bytes of zeros
        return UidFrame(data[1:17], _at_one_metre(data[0]))
    if kind == EID and len(data) == 9:
        return EidFrame(data[1:], _at_one_metre(data[0]))
    if kind == URL and 3 <= len(data) <= 2 + LONGEST_URL and data[1] < len(SCHEMES):
        return _url(data)
    if kind == TELEMETRY and data[:1] == b"\x00" and len(data) == 13:
        return read_telemetry(data[1:])
    if kind == TELEMETRY and data[:1] == b"\x01" and len(data) == 17:
        return SealedTelemetryFrame(data[1:13], data[13:15], data[15:])
    return None


def _url(data: bytes) -> UrlFrame | None:
    signs = [ENDINGS[code] if code < len(ENDINGS) else chr(code) for code in data[2:]]
    if any(len(sign) == 1 and not "!" <= sign <= "~" for sign in signs):
        return None
    return UrlFrame(SCHEMES[data[1]] + "".join(signs), _at_one_metre(data[0]))


def _signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte


def _at_one_metre(byte: int) -> int:
    return _signed(byte) - ONE_METRE_DB
