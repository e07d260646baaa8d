"""Rows of a file of beacons, CSV or JSON, as their makers' programs write them, nothing believed yet.

Met in public code and documents: Kontakt.io (`uniqueId`, `alias`, `proximity`, `major`, `minor`, `namespace`,
`instanceId`), Estimote's cloud (nested `advertisers`), Google's beacon service (`beaconName` = `beacons/3!…`,
`advertisedId` in base64, `expectedStability`), Juniper Mist (`ibeacon_uuid`, `eddystone_namespace`), BKON
(`uidNamespace`), and spreadsheets.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.characters import holds_only_storable
from app.ops.imports.outcomes import Found, RowFault
from app.ops.imports.tables import Columns, TableBroken, plain, read_table

LARGEST_BYTES = 64 * 1024 * 1024
DEEPEST = 6
LISTS = ("beacons", "devices", "items", "data", "results")
"""What lists of beacons are called in JSON that is an object."""

COLUMNS: Columns = {
    "kind": ("kind", "beacontype", "advertisedidtype", "profile", "type", "sorte"),
    "uuid": ("uuid", "proximityuuid", "proximity", "ibeaconuuid", "beaconuuid"),
    "major": ("major", "ibeaconmajor", "majorid"),
    "minor": ("minor", "ibeaconminor", "minorid"),
    "namespace": ("namespace", "namespaceid", "eddystonenamespace", "uidnamespace", "espacedenoms"),
    "instance": ("instance", "instanceid", "eddystoneinstance", "uidinstance"),
    "google_name": ("beaconname",),
    "google_id": ("advertisedidid",),
    "id": ("advertisedid", "beaconid", "idhex", "identifiant"),
    "label": ("label", "alias", "name", "nom", "libelle", "etiquette"),
    "unique_id": ("uniqueid", "serialnumber", "serial", "identifier", "mac"),
    "description": ("description", "desc", "details"),
    "store": (
        *("store", "storereference", "storecode", "magasin", "codemagasin", "referencemagasin", "site", "venue"),
        *("venuename", "placeid", "location", "locationname"),
    ),
    "zone": ("zone", "zonecode", "codezone", "espace", "rayon", "department", "shelf"),
    "stability": ("stability", "expectedstability", "stabilite"),
    "status": ("status", "statut", "etat", "state"),
}
"""Our name of a field → what files call it (`app.ops.imports.tables.plain`)."""
REQUIRED = (("uuid", "namespace", "google_name", "google_id", "id"),)
FIELDS = tuple(COLUMNS)


class BeaconMappingUnknown(ValueError):
    """A `column=field` that names no field of ours; the message says so to the person who typed it."""


@dataclass(frozen=True, slots=True)
class BeaconRow:
    """A beacon as the file gives it. `number` is as a spreadsheet numbers it (the header is row 1), or its place in a
    JSON list, from 1; `left` names what the file holds besides."""

    number: int
    values: Mapping[str, str] = field(default_factory=dict)
    refused: Found | None = None
    left: Sequence[str] = ()


def columns_with(mapping: Sequence[str]) -> Columns:
    """The usual columns, with each `column=field` of a person instead of ours. Raises `BeaconMappingUnknown`."""
    columns = dict(COLUMNS)
    for pair in mapping:
        column, _, name = (part.strip() for part in pair.rpartition("="))
        alias = plain(column)
        if not alias or name not in FIELDS:
            raise BeaconMappingUnknown(f'"{pair}" is not column=field. Fields are: {", ".join(FIELDS)}.')
        columns = {one: tuple(known for known in aliases if known != alias) for one, aliases in columns.items()}
        columns[name] = (alias, *columns[name])
    return columns


def read_fleet(path: Path, columns: Columns = COLUMNS) -> Iterator[BeaconRow]:
    """The rows of a file; what it begins with tells which it is. Raises `TableBroken`."""
    try:
        with path.open("rb") as file:
            start = file.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    except OSError as error:
        raise TableBroken(f"{path.name} cannot be read: {error.strerror}.") from error
    if start in (b"{", b"["):
        yield from _read_json(path, columns)
        return
    for line in read_table(path, columns=columns, required=REQUIRED):
        refused = None if line.storable else Found(RowFault.TEXT_UNSTORABLE, "")
        given = {name: value for name, value in line.values.items() if value is not None}
        yield BeaconRow(line.number, given, refused, line.strange)


def _read_json(path: Path, columns: Columns) -> Iterator[BeaconRow]:
    for number, thing in enumerate(_listed(path), start=1):
        if not holds_only_storable(thing):
            yield BeaconRow(number, refused=Found(RowFault.TEXT_UNSTORABLE, ""))
            continue
        values, left = _sorted(thing, columns)
        yield BeaconRow(number, values, left=left)


def _listed(path: Path) -> Sequence[Any]:
    """The things in a JSON list, in an object that has one, or one on each line. Raises `TableBroken`."""
    if path.stat().st_size > LARGEST_BYTES:
        raise TableBroken(f"{path.name} is larger than {LARGEST_BYTES} bytes: save it as CSV.")
    try:
        text = path.read_text(encoding="utf-8-sig")
        try:
            whole = json.loads(text)
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":
                raise
            whole = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise TableBroken(f"{path.name} is not valid JSON: {error}. Nothing was imported.") from error
    if isinstance(whole, dict):
        named = next((whole[name] for name in LISTS if isinstance(whole.get(name), list)), None)
        whole = [whole] if named is None else named
    if not isinstance(whole, list):
        raise TableBroken(f"{path.name} holds no list of beacons.")
    return whole


def _sorted(thing: Any, columns: Columns) -> tuple[dict[str, str], list[str]]:
    """What is said of a thing by our fields, and the names of the rest. Where several names mean one field, the one
    that stands first among `columns` counts; of what is nested, the whole way to it or its own name."""
    aliases = {alias: (name, rank) for name, known in columns.items() for rank, alias in enumerate(known)}
    ranks: dict[str, tuple[int, int]] = {}
    values: dict[str, str] = {}
    left = []
    for way, value in _leaves(thing, ()):
        whole, own = plain("".join(way)), plain(way[-1]) if way else ""
        place = aliases.get(whole) or aliases.get(own)
        if place is None:
            left.append(".".join(way))
        elif (place[1], len(way)) < ranks.get(place[0], (len(aliases), 0)):
            values[place[0]], ranks[place[0]] = value, (place[1], len(way))
    return values, left


def _leaves(value: Any, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict) and len(way) < DEEPEST:
        for name, inner in value.items():
            yield from _leaves(inner, (*way, name))
    elif isinstance(value, list) and len(way) < DEEPEST:
        for inner in value[:1]:
            yield from _leaves(inner, way)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and (text := str(value).strip()):
        yield way, text


def hex_of_base64(text: str) -> str:
    """Hexadecimal digits of what Google's service writes in base64; empty for what is none."""
    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""
