"""Rows of stores out of a file, one at a time, so that a file of any length takes the memory of a few rows."""

from collections.abc import Iterator
from pathlib import Path

from app.ops.imports.tables import TableBroken
from geo.places.imports.csv_rows import read_csv
from geo.places.imports.geojson_rows import read_geojson
from geo.places.rows import StoreRow


def read_rows(path: Path) -> Iterator[StoreRow]:
    """The rows of a GeoJSON or CSV file; what it begins with tells which it is. Raises `TableBroken`."""
    try:
        with path.open("rb") as file:
            beginning = file.read(4096)
    except OSError as error:
        raise TableBroken(f"{path.name} cannot be read: {error.strerror}.") from error
    if not beginning.strip():
        raise TableBroken(f"{path.name} is empty.")
    looks_like_json = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    yield from read_geojson(path) if looks_like_json else read_csv(path)
