"""Rows, files and catalogues of stores. Every field is defaulted; a test states only what matters to it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from app.accounts.models import Brand
from app.languages import Language
from app.ops.imports.outcomes import JudgedRow, Summary
from app.sql import db
from geo.places import queries
from geo.places.checks import CheckedStore, check_store
from geo.places.hours.timetable import Surroundings
from geo.places.imports.store_import import import_stores
from geo.places.models import Place, Store
from geo.places.opening_hours import surroundings_of
from geo.places.rows import StoreRow
from tests.factories import NOON, made

PARIS_SUPERMARKETS = "paris-supermarches-osm-2014.geojson"
MONACO = "monaco-pois.geojson"


def row(number: int = 1, **given: Any) -> StoreRow:
    """A row that is accepted as it stands, at the Louvre."""
    fields = {"reference": f"node/{number}", "name": f"Rivoli {number}", "lon": 2.3376, "lat": 48.8606}
    return StoreRow(number=number, **(fields | given))


def judged(*, countries: tuple[str, ...] = ("FR",), **given: Any) -> CheckedStore:
    """The verdict on one row of a brand with stores in France."""
    return check_store(row(**given), countries=countries)


def somewhere(
    text: str,
    *,
    zone: str = "Europe/Paris",
    country: str = "FR",
    lon: float = 2.3376,
    lat: float = 48.8606,
    address: str | None = None,
) -> Surroundings:
    """What these hours depend on, at the Louvre."""
    return surroundings_of(text, time_zone=zone, country=country, lon=lon, lat=lat, address=address)


def codes(checked: CheckedStore) -> list[str]:
    return [str(found.finding) for found in checked.found]


def sentence(checked: CheckedStore, language: Language = "en") -> str:
    return "; ".join(found.say(language) for found in checked.found)


def feature(number: int = 1, *, lon: Any = 2.3376, lat: Any = 48.8606, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature in the shape of an OSM export."""
    tags = {"@id": f"node/{number}", "name": f"Rivoli {number}", "shop": "supermarket"} | properties
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": f"node/{number}", "properties": tags, "geometry": geometry}


def geojson_file(folder: Path, *features: Any) -> Path:
    file = folder / "stores.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return file


def csv_file(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    file = folder / "stores.csv"
    file.write_bytes(text.encode(encoding))
    return file


def import_rows(brand: Brand, *rows: StoreRow, now: Any = NOON) -> tuple[Summary, list[JudgedRow]]:
    """Import and commit, as the command does."""
    lines: list[JudgedRow] = []
    with made():
        summary = import_stores(brand_id=brand.id, countries=brand.countries, rows=rows, now=now, report=lines.append)
    return summary, lines


def stores_of(brand: Brand) -> list[Store]:
    with made():
        return list(db.all_of(queries.stores_of(brand.id).order_by(Store.number)))


def place_of(store: Store) -> Place | None:
    with made():
        return db.get(Place, store.number)


def real_file(name: str) -> Path:
    """A file of real data, which lies outside the project."""
    root = Path(__file__).parents[2]
    file = Path(os.environ.get("ICI_TEST_DATA", root.parent / "shared" / "data")) / name
    if not file.exists():
        pytest.skip(f"{name} is not in the folder that ICI_TEST_DATA names")
    return file
