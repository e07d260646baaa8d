"""What names a beacon, as people and programs of its maker write it, as the bytes that it sends. Pure."""

import re
import uuid
from dataclasses import dataclass

from app.complaints import Complaint
from app.errors import Pointer
from geo.beacons.errors import ALTBEACON_WRONG, IBEACON_WRONG, NEVER_ZERO, UID_WRONG, BeaconIdWrong
from geo.beacons.models import BeaconKind

HEX = re.compile(r"[0-9a-fA-F]*")
SIGNS = str.maketrans("", "", "-: {}")
MOST = 0xFFFF
COMPLAINTS = {
    BeaconKind.IBEACON: IBEACON_WRONG,
    BeaconKind.ALTBEACON: ALTBEACON_WRONG,
    BeaconKind.EDDYSTONE_UID: UID_WRONG,
}
LENGTHS = {BeaconKind.IBEACON: 20, BeaconKind.ALTBEACON: 20, BeaconKind.EDDYSTONE_UID: 16}


@dataclass(frozen=True)
class IdGiven:
    """What names a beacon: its whole `id` in hexadecimal, or the parts that its kind has."""

    id: str | None = None
    uuid: str | None = None
    major: int | None = None
    minor: int | None = None
    namespace: str | None = None
    instance: str | None = None


def read_identifier(kind: BeaconKind, given: IdGiven) -> bytes:
    """The bytes that name it: 20, or 16 for Eddystone-UID. Raises `BeaconIdWrong`, also for a major or minor of 0 of
    an iBeacon, which some phones take for "any"."""
    if kind is BeaconKind.EDDYSTONE_UID:
        found = _bytes(given.id) or (_bytes(given.namespace, 10) + _bytes(given.instance, 6))
    else:
        found = _bytes(given.id) or _numbered(given)
    if len(found) != LENGTHS[kind]:
        raise _wrong(kind, COMPLAINTS[kind])
    if kind is BeaconKind.IBEACON and (found[16:18] == bytes(2) or found[18:20] == bytes(2)):
        raise _wrong(kind, NEVER_ZERO)
    return found


def write_identifier(kind: str, identifier: bytes | None) -> dict[str, str | int]:
    """The parts of what names a beacon, as its kind has them; none for one whose id changes."""
    if identifier is None:
        return {}
    if kind == BeaconKind.EDDYSTONE_UID:
        return {"namespace": identifier[:10].hex(), "instance": identifier[10:].hex()}
    if kind == BeaconKind.IBEACON:
        numbers = {"major": int.from_bytes(identifier[16:18]), "minor": int.from_bytes(identifier[18:])}
        return {"uuid": str(uuid.UUID(bytes=identifier[:16]))} | numbers
    return {"id": identifier.hex()}


def _wrong(kind: BeaconKind, complaint: Complaint) -> BeaconIdWrong:
    about = {BeaconKind.IBEACON: "uuid", BeaconKind.ALTBEACON: "id", BeaconKind.EDDYSTONE_UID: "namespace"}[kind]
    return BeaconIdWrong(errors=[Pointer(f"/{about}", complaint)])


def _bytes(text: str | None, length: int | None = None) -> bytes:
    """The bytes of hexadecimal digits, however they are grouped; empty for what is none, or has another length."""
    digits = (text or "").translate(SIGNS)
    if len(digits) % 2 or HEX.fullmatch(digits) is None:
        return b""
    found = bytes.fromhex(digits)
    return found if length in (None, len(found)) else b""


def _numbered(given: IdGiven) -> bytes:
    whole, numbers = _bytes(given.uuid, 16), (given.major, given.minor)
    if any(number is None or not 0 <= number <= MOST for number in numbers):
        return b""
    return whole + b"".join((number or 0).to_bytes(2) for number in numbers)
