"""Members whose phones watch regions, and the fences and beacons that stand at stores."""

import uuid
from typing import Any

from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import Brand
from app.consent.models import PermissionState
from app.sql import db
from geo.beacons.models import Beacon, BeaconKind
from geo.fences.models import Fence
from geo.places.models import Store
from tests.consent.factories import give, report, say_no
from tests.deciding.factories import LAT, LON, Asker, make_shop, offer_at
from tests.factories import made, make_brand, save
from tests.fences.factories import circle
from tests.fences.factories import make_fence as draw
from tests.speaking import Speaker

PURPOSE = "in_store_offers"
HERE = {"lat": LAT, "lon": LON, "accuracy_m": 10}


class Watcher(Asker):
    """A member with a phone that watches regions, and says that it may always do so."""

    def __init__(self, anyone: Speaker, **reported: Any) -> None:
        super().__init__(anyone)
        self.says(**reported)

    def says(self, **reported: Any) -> None:
        """The phone says what it allows."""
        assert report(self.phone, **({"platform": "ios"} | reported)).status_code == 200

    def lets(self, brand: Brand, touchpoint: str = "geofence", **given: Any) -> PermissionState:
        """A yes to being met in the brand's stores."""
        return give(self.member, brand, now=clock.now(), purpose=PURPOSE, touchpoint=touchpoint, **given)

    def forbids(self, brand: Brand, touchpoint: str = "geofence", **given: Any) -> None:
        """A no to that."""
        say_no(self.member, brand, now=clock.now(), purpose=PURPOSE, touchpoint=touchpoint, **given)

    def plans(self, **given: Any) -> TestResponse:
        """Ask what to watch, here unless the test says otherwise."""
        return self.phone.post("/v1/region-plan", {"platform": "ios", "fix": HERE, "beacons": True} | given)

    def plan(self, **given: Any) -> dict[str, Any]:
        """What there is to watch."""
        answer = self.plans(**given)
        assert answer.status_code == 200, answer.get_json()
        found: dict[str, Any] = answer.get_json()
        return found

    def watched(self, **given: Any) -> list[str]:
        """The stores whose fences are watched, in the order of the plan."""
        return [one["store_id"] for one in self.plan(**given)["fences"]]


def place_of(store: Store) -> tuple[float, float]:
    """Where a store was made, as its factory wrote it: lon, lat."""
    lon, lat = str(store.location).partition("(")[2].rstrip(")").split()
    return float(lon), float(lat)


def make_fence(store: Store, *, radius_m: float = 150, lon: float | None = None, lat: float | None = None) -> Fence:
    """A circle in force around the store, or somewhere else."""
    there = place_of(store)
    shape = circle(there[0] if lon is None else lon, there[1] if lat is None else lat, radius_m)
    with made():
        brand = db.get(Brand, store.brand_id)
        assert brand is not None
        return draw(brand, shape, store=store, now=clock.now())


def make_beacon(store: Store, number: uuid.UUID, *, major: int = 1, minor: int = 1, **given: Any) -> Beacon:
    """An iBeacon that stands in the store."""
    now = clock.now()
    fields = {
        "brand_id": store.brand_id,
        "store_id": store.id,
        "kind": BeaconKind.IBEACON,
        "identifier": number.bytes + major.to_bytes(2) + minor.to_bytes(2),
        "label": "B1",
        "created_at": now,
        "updated_at": now,
    }
    found: Beacon = save(Beacon(**(fields | given)))
    return found


def make_fenced(brand: Brand, *, north: int = 1, radius_m: float = 150, **given: Any) -> Store:
    """A published store with a fence around it, so many steps north of where members stand."""
    store = make_shop(brand, north=north, **given)
    make_fence(store, radius_m=radius_m)
    return store


class Street(Watcher):
    """A member who lets a brand meet them, and some of its fenced stores in a row, with an offer in all of them."""

    def __init__(self, anyone: Speaker, *, stores: int = 3, brand: Brand | None = None) -> None:
        super().__init__(anyone)
        self.brand = brand or make_brand()
        self.stores = [make_fenced(self.brand, north=4 * number) for number in range(1, stores + 1)]
        self.offer = offer_at(self.brand)
        self.lets(self.brand)
