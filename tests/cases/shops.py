"""Shops as a public scraper of chains writes them."""

from collections.abc import Iterator
from pathlib import Path

from geo.places.commands import import_stores
from tests.cases.case import Case
from tests.cases.commands import run_command
from tests.factories import make_brand
from tests.places.factories import stores_of
from tests.speaking import Speaker


def try_shops(folder: Path, anyone: Speaker) -> Iterator[Case]:
    """Addresses in their parts, shops that have ended, and one name for all."""
    brand = make_brand()
    run_command(import_stores, folder / "alltheplaces.geojson", "--brand", brand.code)
    found = stores_of(brand)
    addresses = [store.address for store in found if store.status == "open"] + ["not imported", "not imported"]
    yield Case("alltheplaces.geojson a1: addr:street_address", "1 rue de la République, 69001 Lyon", addresses[0])
    yield Case("alltheplaces.geojson a2: addr:full", "2 place Bellecour, 69002 Lyon", addresses[1])
    yield Case("alltheplaces.geojson a3, a4: end_date", 2, sum(store.status == "open" for store in found))
    yield Case("alltheplaces.geojson: branch tells the shops apart", len(found), len({store.name for store in found}))
