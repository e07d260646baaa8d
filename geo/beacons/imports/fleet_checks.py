"""Whether a row of a file names a beacon, and which: the rules of a registration by hand, with corrections."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.ops.imports.outcomes import Found
from geo.beacons.errors import BeaconIdWrong
from geo.beacons.findings import BeaconFinding
from geo.beacons.identifiers import IdGiven, read_identifier
from geo.beacons.imports.fleet_rows import BeaconRow, hex_of_base64
from geo.beacons.models import BeaconKind, BeaconStatus, Stability
from geo.places.plain_values import excerpt, plain_text, same_name_key

KINDS: Mapping[str, BeaconKind | None] = {
    "ibeacon": BeaconKind.IBEACON,
    "altbeacon": BeaconKind.ALTBEACON,
    **dict.fromkeys(("eddystone", "eddystoneuid", "uid"), BeaconKind.EDDYSTONE_UID),
    **dict.fromkeys(("eddystoneeid", "eid"), BeaconKind.EDDYSTONE_EID),
}
GOOGLE = {"1": BeaconKind.IBEACON, "3": BeaconKind.EDDYSTONE_UID, "5": BeaconKind.ALTBEACON}
GOOGLE_NAME = re.compile(r"(?:beacons/)?([135])!([0-9a-fA-F]+)")
EID_DIGITS = 16
NUMBER = re.compile(r"(0|[1-9][0-9]{0,4})(?:\.0+)?")
STATUSES = {
    **dict.fromkeys(("active", "actif", "active", "enabled", "on", "enservice"), BeaconStatus.ACTIVE),
    **dict.fromkeys(("inactive", "inactif", "disabled", "off", "paused"), BeaconStatus.INACTIVE),
    **dict.fromkeys(("decommissioned", "retired", "retiree", "horsservice"), BeaconStatus.DECOMMISSIONED),
}
STABILITIES = {
    **dict.fromkeys(("stable", "fixed", "fixe"), Stability.STABLE),
    **dict.fromkeys(("portable", "deplacable"), Stability.PORTABLE),
    **dict.fromkeys(("mobile", "vehicle", "vehicule"), Stability.MOBILE),
    **dict.fromkeys(("roving", "person", "personne"), Stability.ROVING),
}
LONGEST_LABEL = 120


@dataclass
class Places:
    """The stores of a brand and their zones, by the names that files use."""

    by_reference: Mapping[str, uuid.UUID]
    by_name: Mapping[str, str]
    """A name as `same_name_key` has it → the reference of the one store of that name."""
    zones: Mapping[tuple[uuid.UUID, str], uuid.UUID]
    usual: str | None = None
    """The reference of the store of those that name none."""


@dataclass
class CheckedBeacon:
    """A row with its verdict: what names it, what is given of the rest, and what was found. Refused without an id."""

    number: int
    kind: BeaconKind | None = None
    identifier: bytes = b""
    given: dict[str, Any] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    refused: bool = False

    def refuse(self, found: Found) -> "CheckedBeacon":
        """Let this row stay out."""
        self.found.append(found)
        self.refused = True
        return self


def check_row(row: BeaconRow, places: Places) -> CheckedBeacon:
    """The verdict on a row by itself, beside the stores that there are. Pure."""
    checked = CheckedBeacon(row.number)
    if row.refused is not None:
        return checked.refuse(row.refused)
    values = dict(row.values)
    kind = _kind(values, checked)
    if kind is None:
        return checked
    try:
        checked.kind, checked.identifier = kind, read_identifier(kind, _id_given(values))
    except BeaconIdWrong as wrong:
        sentence = wrong.errors[0].complaint.text
        return checked.refuse(Found(BeaconFinding.BEACON_ID_WRONG, "id", sentence=sentence))
    _name(checked, values)
    return _place(checked, values, places)


def _kind(values: dict[str, str], checked: CheckedBeacon) -> BeaconKind | None:
    """Which kind of beacon the row says, or shows by what it has; Google's name of it becomes its id."""
    name = GOOGLE_NAME.fullmatch(values.get("google_name", ""))
    said = KINDS.get(same_name_key(values["kind"]), None) if "kind" in values else None
    if name is not None:
        values["id"] = name[2]
        said = BeaconKind.EDDYSTONE_EID if len(name[2]) == EID_DIGITS else GOOGLE[name[1]]
    elif "google_id" in values:
        values["id"] = hex_of_base64(values["google_id"])
    elif said is None and "kind" in values and not (_has_numbers(values) or "namespace" in values):
        checked.refuse(Found(BeaconFinding.KIND_UNKNOWN, "kind", {"said": excerpt(values["kind"])}))
        return None
    kind = said or _shown(values)
    if kind is BeaconKind.EDDYSTONE_EID:
        checked.refuse(Found(BeaconFinding.ID_CHANGES, "kind"))
        return None
    if kind is None:
        checked.refuse(Found(BeaconFinding.NOT_A_BEACON, "id"))
    if kind is BeaconKind.IBEACON and said is None and "instance" in values:
        checked.found.append(Found(BeaconFinding.SECOND_ID_LEFT, "namespace"))
    return kind


def _shown(values: Mapping[str, str]) -> BeaconKind | None:
    if _has_numbers(values):
        return BeaconKind.IBEACON
    return BeaconKind.EDDYSTONE_UID if "namespace" in values and "instance" in values else None


def _has_numbers(values: Mapping[str, str]) -> bool:
    return "uuid" in values and "major" in values and "minor" in values


def _id_given(values: Mapping[str, str]) -> IdGiven:
    major, minor = (_number(values.get(name, "")) for name in ("major", "minor"))
    return IdGiven(values.get("id"), values.get("uuid"), major, minor, values.get("namespace"), values.get("instance"))


def _number(text: str) -> int | None:
    """A whole number, also as spreadsheets write it (`12.0`)."""
    found = NUMBER.fullmatch(text)
    return int(found[1]) if found else None


def _name(checked: CheckedBeacon, values: Mapping[str, str]) -> None:
    texts = (plain_text(values.get(name))[0] for name in ("label", "unique_id", "description"))
    label = next((text for text in texts if text), None)
    if label is not None:
        checked.given["label"] = label[:LONGEST_LABEL]
    for name, words in (("status", STATUSES), ("stability", STABILITIES)):
        said = values.get(name)
        if said is not None and same_name_key(said) in words:
            checked.given[name] = words[same_name_key(said)]
        elif said is not None and not same_name_key(said).endswith("unspecified"):
            facts = {"said": excerpt(said), "field": name}
            checked.found.append(Found(BeaconFinding.WORD_UNKNOWN, name, facts))


def _place(checked: CheckedBeacon, values: Mapping[str, str], places: Places) -> CheckedBeacon:
    said = plain_text(values.get("store"))[0]
    reference = said or places.usual
    if reference is None:
        return checked
    store_id = places.by_reference.get(reference)
    if store_id is None and (known := places.by_name.get(same_name_key(reference))):
        checked.found.append(Found(BeaconFinding.STORE_BY_NAME, "store", {"reference": known}))
        store_id = places.by_reference[known]
    if store_id is None:
        facts = {"said": excerpt(reference)}
        return checked.refuse(Found(BeaconFinding.STORE_OF_BEACON_UNKNOWN, "store", facts))
    checked.given["store_id"] = store_id
    zone = plain_text(values.get("zone"))[0]
    if zone is not None:
        checked.given["zone_id"] = places.zones.get((store_id, zone.lower()))
        if checked.given["zone_id"] is None:
            checked.found.append(Found(BeaconFinding.ZONE_LEFT, "zone", {"said": excerpt(zone)}))
            del checked.given["zone_id"]
    return checked
