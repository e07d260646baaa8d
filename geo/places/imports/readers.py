"""Rows of stores out of a file, one at a time, so that a file of any length takes the memory of a few rows."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from app.ops.imports.tables import TableBroken
from geo.places.imports.csv_rows import read_csv
from geo.places.imports.geojson_rows import RECORD_SEPARATOR, USUAL, read_collection, read_sequence
from geo.places.imports.layouts import Layout
from geo.places.rows import StoreRow

BEGINNING = 64 * 1024  # bytes
SEQUENCES = (".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".jsonl", ".ndgeojson")

AS_GEOJSON = "save it as GeoJSON (in QGIS: Export, Save Features As) or as CSV"
OTHERS = (
    (b"PAR1", "Parquet", AS_GEOJSON),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"%PDF", "a PDF", "save the table in it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook (.xls)", "save it as CSV UTF-8"),
    (b"SQLite format 3", "a GeoPackage or another SQLite database", AS_GEOJSON),
    (b"\x00\x00\x27\x0a", "a shapefile", AS_GEOJSON),
)
"""What a file may begin with that is neither JSON nor CSV: what it is, and what to do with it."""
MARKUP = (
    (b"<kml", "KML", AS_GEOJSON),
    (b"<gpx", "GPX", AS_GEOJSON),
    (b"<osm", "OSM XML", "turn it into GeoJSON first (osmium export, or osmtogeojson)"),
    (b"<html", "a web page", "download the file itself"),
    (b"<!doctype html", "a web page", "download the file itself"),
    (b"<?xml", "XML", AS_GEOJSON),
)
ARCHIVED = (
    ("xl/", "an Excel workbook (.xlsx)", "save it as CSV UTF-8"),
    (".kml", "KMZ, which is KML in an archive", AS_GEOJSON),
    (".shp", "a shapefile in an archive", AS_GEOJSON),
    ("content.xml", "a LibreOffice spreadsheet (.ods)", "save it as CSV"),
)


def read_rows(path: Path, layout: Layout = USUAL) -> Iterator[StoreRow]:
    """The rows of a file; what it begins with tells which it is. Raises `TableBroken`, also for what it is not."""
    try:
        with path.open("rb") as file:
            beginning = file.read(BEGINNING)
    except OSError as error:
        raise TableBroken(f"{path.name} cannot be read: {error.strerror}.") from error
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise TableBroken(f"{path.name} is empty.")
    _refuse_others(path, beginning, text)
    if text[:1] == RECORD_SEPARATOR or (text[:1] == b"{" and _is_sequence(path, text)):
        yield from read_sequence(path, layout)
    elif text[:1] in (b"{", b"["):
        yield from read_collection(path, layout)
    else:
        yield from read_csv(path, layout)


def _refuse_others(path: Path, beginning: bytes, text: bytes) -> None:
    """Call a file what it is, when it is none that is read here."""
    others = [(kind, remedy) for start, kind, remedy in OTHERS if beginning.startswith(start)]
    if text[:1] == b"<":
        others += [(kind, remedy) for start, kind, remedy in MARKUP if start in text[:4096].lower()]
    if beginning.startswith(b"PK"):
        others += _archived(path)
    if text[:1] == b"{" and b'"elements"' in text[:4096] and b'"features"' not in text[:4096]:
        others += [
            ("Overpass JSON", "ask for GeoJSON (overpass turbo: Export), or turn it into GeoJSON (osmtogeojson)")
        ]
    if others:
        kind, remedy = others[0]
        raise TableBroken(f"{path.name} is {kind}: {remedy}. GeoJSON, one feature per line, and CSV are read.")


def _archived(path: Path) -> list[tuple[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        names = []
    known = [(kind, remedy) for part, kind, remedy in ARCHIVED if any(part in name for name in names)]
    return [*known, ("a zip archive", "unpack it first")]


def _is_sequence(path: Path, text: bytes) -> bool:
    """Whether a file that begins with an object goes on with another: one feature per line."""
    first, _, rest = text.partition(b"\n")
    if path.suffix.lower() in SEQUENCES:
        return True
    try:
        return rest.lstrip()[:1] == b"{" and isinstance(json.loads(first), dict)
    except ValueError:
        return False
