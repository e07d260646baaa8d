"""Stores out of GeoJSON (RFC 7946), as one collection or one feature per line (RFC 8142, NDJSON).

The shapes met are those of Overpass, osmium and other OSM exports, of All The Places, of Overture Maps and of GIS
programs that turn a table into properties.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import ijson

from app.characters import holds_only_storable
from app.ops.imports.json_bytes import JsonBytes
from app.ops.imports.outcomes import Found, RowFault
from app.ops.imports.tables import TableBroken, plain_with_digits
from geo.places.findings import StoreFinding
from geo.places.imports.closures import lifecycle_of
from geo.places.imports.layouts import Layout, layout_with
from geo.places.imports.positions import from_lambert_93, position_in, position_of
from geo.places.imports.records import store_row
from geo.places.imports.references import reference_in
from geo.places.rows import StoreRow

CHUNK = 64 * 1024  # bytes
NAMES = ("name:fr", "name:en", "brand", "operator")
RECORD_SEPARATOR = b"\x1e"
LAMBERT_93 = ":2154"
MOST_ALIASES = 100
DEEPEST = 20_000
"""Brackets that may be open, those in texts counted too: ijson writes out the way to each."""
ENDLESS_NUMBER = re.compile(rb"(?<![0-9])[0-9]{2000}")
"""Python makes no integer of more than 4,300 digits, and ijson (3.6) ends the process then; half of them in a piece."""
USUAL = layout_with(())
OVERTURE_ADDRESS = {
    "freeform": "addr:street_address",
    "locality": "addr:city",
    "postcode": "addr:postcode",
    "region": "addr:state",
    "country": "addr:country",
}
"""The parts of an Overture address (docs.overturemaps.org, places) as All The Places names the same."""


class Counted:
    """A file that knows how far it was read, and skips a byte order mark and the separators of RFC 8142.

    Half of a sign in it is read as NUL.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.position, self.bytes, self.open = file, 0, JsonBytes(), 0
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises `TableBroken` for what would stop their reader for good."""
        while data := self.file.read(size):
            self.position = self.file.tell()
            self._check(data)
            if ready := self.bytes.feed(data):
                return ready.replace(RECORD_SEPARATOR, b" ")
        return self.bytes.rest().replace(RECORD_SEPARATOR, b" ")

    def _check(self, data: bytes) -> None:
        self.open += data.count(b"[") + data.count(b"{") - data.count(b"]") - data.count(b"}")
        if self.open > DEEPEST or ENDLESS_NUMBER.search(data):
            fault = "brackets that are never closed" if self.open > DEEPEST else "a number of thousands of digits"
            raise TableBroken(f"{Path(self.file.name).name} has {fault} before byte {self.position}.")


def read_collection(path: Path, layout: Layout) -> Iterator[StoreRow]:
    """One row for each feature of a FeatureCollection. Raises `TableBroken` at the first byte that is not JSON."""
    lambert = LAMBERT_93 in _reference_system(path)
    yield from _read(path, layout, "features.item", several=False, lambert=lambert)


def read_sequence(path: Path, layout: Layout) -> Iterator[StoreRow]:
    """One row for each feature, or each flat record, of a file that holds one after another. Raises `TableBroken`."""
    yield from _read(path, layout, "", several=True, lambert=False)


def _read(path: Path, layout: Layout, prefix: str, *, several: bool, lambert: bool) -> Iterator[StoreRow]:
    number, unseen = 0, dict(layout.chosen)
    with path.open("rb") as file:
        counted = Counted(file)
        try:
            for feature in ijson.items(counted, prefix, buf_size=CHUNK, multiple_values=several):
                number += 1
                is_sound = not counted.bytes.strange or holds_only_storable(feature)
                row = read_feature(feature, number, layout, lambert=lambert) if is_sound else _unstorable(number)
                if unseen:
                    unseen = {field: name for field, name in unseen.items() if not _has(feature, name)}
                yield row
        except ijson.JSONError as error:
            raise TableBroken(_where(path, number, counted.position, error)) from error
    if unseen:
        raise TableBroken(f"{path.name}: no feature has a property {', '.join(unseen.values())}. Nothing was imported.")


def _reference_system(path: Path) -> str:
    """What the file says before its features of their coordinates, as GeoJSON did before RFC 7946; empty for degrees.

    Raises `TableBroken` unless the file is a collection of features, as far as its beginning tells.
    """
    system = ""
    with path.open("rb") as file:
        counted = Counted(file)
        try:
            for prefix, event, value in ijson.parse(counted, buf_size=CHUNK):
                if prefix == "type" and value not in ("FeatureCollection", None):
                    raise TableBroken(f'{path.name} is a GeoJSON "{value}"; a FeatureCollection is needed.')
                if prefix == "crs.properties.name":
                    system = str(value)
                if prefix == "features" and event == "start_array":
                    return system
        except ijson.JSONError as error:
            raise TableBroken(_where(path, 0, counted.position, error)) from error
    raise TableBroken(f'{path.name} has no list "features"; a GeoJSON FeatureCollection is needed.')


def _where(path: Path, number: int, position: int, error: ijson.JSONError) -> str:
    """What is wrong and where: exactly when the file is small enough to be read again whole, else within a chunk."""
    if position <= 64 * CHUNK:
        try:
            json.loads(path.read_bytes())
        except json.JSONDecodeError as exact:
            if exact.msg != "Extra data":  # one feature per line is not one text
                return (
                    f"{path.name} is not valid JSON after feature {number}: {exact.msg} at line {exact.lineno}, "
                    f"column {exact.colno} (character {exact.pos}). Nothing was imported."
                )
        except UnicodeDecodeError as exact:
            return f"{path.name} is not UTF-8 at byte {exact.start}, after feature {number}. Nothing was imported."
    reason = " ".join(str(error).split("\n", 1)[0].split())
    start = max(0, position - CHUNK)
    return (
        f"{path.name} is not valid JSON after feature {number}, between bytes {start} and {position}: {reason}. "
        "Nothing was imported."
    )


def _unstorable(number: int) -> StoreRow:
    return StoreRow(number, refused=Found(RowFault.TEXT_UNSTORABLE, ""))


def read_feature(feature: Any, number: int, layout: Layout = USUAL, *, lambert: bool = False) -> StoreRow:
    """A feature as a row. Tags may lie in `properties` or, as some converters write, in `properties.tags`."""
    tags = _tags(feature)
    if tags is None:
        return StoreRow(number, refused=Found(StoreFinding.NOT_A_FEATURE, "geometry"))
    values, left = _sorted(tags, layout)
    status = None if "status" in values else lifecycle_of(tags)
    if status is not None:
        values["status"] = status
    geometry = feature.get("geometry")
    position = position_in(values) if geometry is None or isinstance(geometry, str) else position_of(geometry)
    return store_row(
        values,
        number=number,
        reference=reference_in(values, feature_id=feature.get("id"), tags=tags),
        position=from_lambert_93(position) if lambert else position,
        substitutes=tuple((name, tags.get(name)) for name in NAMES),
        left=left,
    )


def _tags(feature: Any) -> Mapping[str, Any] | None:
    """What is said of a feature, without its geometry; of a flat record, all of it. None when it is neither."""
    if not isinstance(feature, dict):
        return None
    tags = feature.get("properties", {} if feature.get("type") == "Feature" else feature) or {}
    if not isinstance(tags, dict):
        return None
    nested = tags.get("tags")
    if isinstance(nested, dict):
        tags = {name: value for name, value in tags.items() if name != "tags"} | nested
    return tags | _of_overture(tags) if "names" in tags else tags


def _of_overture(tags: Mapping[str, Any]) -> dict[str, Any]:
    """A place of Overture Maps by the names of OSM; some programs write its nested parts as JSON text."""
    names, addresses, brand = (_opened(tags.get(name)) for name in ("names", "addresses", "brand"))
    if not isinstance(names, dict):
        return {}
    found: dict[str, Any] = {"name": names.get("primary"), "names": None, "addresses": None}
    if isinstance(addresses, list) and addresses and isinstance(addresses[0], dict):
        found |= {tag: addresses[0].get(part) for part, tag in OVERTURE_ADDRESS.items()}
    if isinstance(brand, dict) and isinstance(brand.get("names"), dict):
        found["brand"] = brand["names"].get("primary")
    return found


def _opened(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _sorted(tags: Mapping[str, Any], layout: Layout) -> tuple[dict[str, object], list[str]]:
    """The values by our fields, and the names of what holds something that is none of them."""
    values: dict[str, object] = {}
    ranks: dict[str, int] = {}
    left = []
    for tag, value in tags.items():
        if value is None or value == "":
            continue
        place = layout.field_of(tag)
        if place is None or (type(value) in (dict, list) and place[0] not in ("point", "shape")):
            if tag not in NAMES:
                left.append(tag)
        elif place[1] < ranks.get(place[0], MOST_ALIASES):
            values[place[0]], ranks[place[0]] = value, place[1]
    return values, left


def _has(feature: Any, name: str) -> bool:
    return any(plain_with_digits(tag) == plain_with_digits(name) for tag in _tags(feature) or {})
