"""What stands in the demo's shop that never closes: a shelf of teas, a beacon on it, and a tag to scan."""

import uuid
from datetime import datetime

from geo.beacons.identifiers import IdGiven
from geo.beacons.models import BeaconKind, Stability
from geo.beacons.registry import BeaconPlace, register_beacon
from geo.zones.models import TagCarrier, ZoneKind
from geo.zones.tags import make_tag
from geo.zones.zones import ZoneGiven, open_zone

TEAS = ZoneGiven(ZoneKind.SHELF, "Les thés", "Teas", {"categories": ["food/tea"]})
RADIO = IdGiven(uuid="1c1c1c1c-7ea5-4e1f-9a11-1a5de0a11a5e", major=1, minor=7)


def furnish_store(*, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime) -> None:
    """Put up the shelf of teas."""
    zone = open_zone(brand_id=brand_id, store_id=store_id, code="the", given=TEAS, now=now)
    place = BeaconPlace("Les thés", Stability.STABLE, store_id, zone.id)
    register_beacon(brand_id=brand_id, kind=BeaconKind.IBEACON, id_given=RADIO, changing=None, place=place, now=now)
    make_tag(
        brand_id=brand_id,
        carrier=TagCarrier.SHELF,
        label="Les thés",
        products={},
        store_id=store_id,
        zone_id=zone.id,
        now=now,
    )
