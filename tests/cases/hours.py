"""Opening hours as shops write them, and when the shop is open on a day: through the import and the read model."""

import csv
import json
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from app.sql import db
from geo.places.commands import import_stores
from geo.places.models import Store
from geo.places.read_model import publish_places
from tests.cases.case import Case
from tests.cases.commands import run_command
from tests.factories import made, make_brand
from tests.places.factories import stores_of
from tests.speaking import Speaker


def try_hours(folder: Path, anyone: Speaker) -> Iterator[Case]:
    """Each string on its day: the hours from midnight to midnight."""
    for number, given in enumerate(json.loads((folder / "hours.json").read_text(encoding="utf-8")), start=1):
        name = f"hours.json {number}: {given['hours']} on {given['day']} in {given['time_zone']}"
        yield Case(name, given["open"], open_hours(given))


def open_hours(given: dict[str, Any]) -> str:
    """When a shop that an import brought is open on the day of the case: `09:00-12:00 14:00-19:00`."""
    brand = make_brand(countries=[given["country"]])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "shop.csv"
        with file.open("w", encoding="utf-8", newline="") as opened:
            rows = csv.writer(opened)
            rows.writerow(["ref", "name", "lat", "lon", "opening_hours"])
            rows.writerow(["1", "Maison Lilas", given["lat"], given["lon"], given["hours"]])
        run_command(import_stores, file, "--brand", brand.code)
    found = stores_of(brand)
    return open_on(found[0], given) if found else "not imported"


def open_on(store: Store, given: dict[str, Any]) -> str:
    zone = ZoneInfo(given["time_zone"])
    midnight = datetime.fromisoformat(given["day"]).replace(tzinfo=zone)
    with made():
        publish_places(store_ids=[store.id], now=midnight)
        day = {"number": store.number, "begins": midnight, "ends": midnight + timedelta(days=1)}
        found = db.execute(PARTS, day).all()
    return " ".join(f"{begins.astimezone(zone):%H:%M}-{ends.astimezone(zone):%H:%M}" for begins, ends in found)


PARTS = text("""
SELECT lower(part), upper(part)
FROM place, unnest(open_during * tstzmultirange(tstzrange(:begins, :ends))) AS part
WHERE store_number = :number ORDER BY part
""")
