"""What seems wrong with the beacons of a brand, out of what enough phones told of them lately."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any, NamedTuple

from app.languages import Text
from app.sql import db
from geo.beacons.models import Stability

LATELY = timedelta(days=7)
LOW_BATTERY_MV = 2_400
"""Lithium coin cells stay near 3,000 mV and then fall within weeks; radios stop near 2,000."""
LOW_SHARE = 0.2
"""Of what the beacons of its store are usually heard: a radio behind metal, or turned down."""
ENOUGH_BEACONS = 3
MOST_TOLD = 500

FLEET = """
SELECT b.id, b.label, b.store_id, b.zone_id, b.stability, b.updated_at, count(d.day),
  coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY d.phones), 0),
  (array_agg(d.battery_mv ORDER BY d.day DESC) FILTER (WHERE d.battery_mv IS NOT NULL))[1],
  (array_agg(d.elsewhere_store_id ORDER BY d.day DESC) FILTER (WHERE d.elsewhere > 0 AND d.beside_own = 0))[1]
FROM beacon AS b LEFT JOIN beacon_day AS d ON d.beacon_id = b.id AND d.day >= $2
WHERE b.brand_id = $1 AND b.status = 'active' AND ($3::uuid IS NULL OR b.store_id = $3)
GROUP BY b.id ORDER BY b.store_id, b.label, b.id
"""


class BeaconFault(StrEnum):
    """What may be wrong with a beacon."""

    SILENT = "silent"
    WRONG_PLACE = "wrong_place"
    LOW_BATTERY = "low_battery"
    LOW_ACTIVITY = "low_activity"


SENTENCES: Mapping[BeaconFault, Text] = {
    BeaconFault.SILENT: Text(
        fr="presque personne ne l'entend, alors que l'on entend les autres du magasin : vérifiez sa pile",
        en="hardly anybody hears it, while others of the store are heard: look at its battery",
    ),
    BeaconFault.WRONG_PLACE: Text(
        fr="on l'entend avec les balises d'un autre magasin : elle a sans doute été déplacée",
        en="it is heard together with beacons of another store: it was probably moved",
    ),
    BeaconFault.LOW_BATTERY: Text(fr="sa pile faiblit : changez-la bientôt", en="its battery runs low: change it soon"),
    BeaconFault.LOW_ACTIVITY: Text(
        fr="on l'entend bien moins que les autres du magasin : elle est peut-être derrière du métal",
        en="it is heard much less than others of the store: it may be behind metal",
    ),
}


class BeaconRecord(NamedTuple):
    """A beacon and what was told of it lately: on how many days, by how many phones on a usual one, its last voltage,
    and where else it was heard."""

    beacon_id: uuid.UUID
    label: str
    store_id: uuid.UUID
    zone_id: uuid.UUID | None
    stability: str
    updated_at: datetime
    days: int
    phones: int
    battery_mv: int | None
    elsewhere_store_id: uuid.UUID | None


class FaultyBeacon(NamedTuple):
    """A beacon with all that seems wrong with it."""

    record: BeaconRecord
    faults: Sequence[BeaconFault]


class FleetReport(NamedTuple):
    """How a fleet is: how many beacons are active, of how many something is told, and those to look at first."""

    beacons: int
    told: int
    faulty: Sequence[FaultyBeacon]
    more: bool


def report_fleet(*, brand_id: uuid.UUID, store_id: uuid.UUID | None, now: datetime) -> FleetReport:
    """How the active beacons of a brand, or of one of its stores, are."""
    since = (now - LATELY).date()
    records = db.fetch(FLEET, [brand_id, since, store_id], shape=_record)
    faulty = list(judge_fleet(records, before=now - LATELY))
    told = sum(record.days > 0 for record in records)
    return FleetReport(len(records), told, faulty[:MOST_TOLD], more=len(faulty) > MOST_TOLD)


def judge_fleet(records: Sequence[BeaconRecord], *, before: datetime) -> Iterator[FaultyBeacon]:
    """Those of these beacons with a fault; one that was changed since `before` may still be too new to be heard. Pure.

    Silence is told only beside beacons that are heard: where nobody who permits it comes by, nothing is known.
    """
    usual = defaultdict(list)
    for record in records:
        if record.days:
            usual[record.store_id].append(record.phones)
    for record in records:
        faults = [fault for fault, is_so in _faults(record, usual[record.store_id], before=before) if is_so]
        if faults:
            yield FaultyBeacon(record, faults)


def _faults(record: BeaconRecord, usual: Sequence[int], *, before: datetime) -> Iterator[tuple[BeaconFault, bool]]:
    is_fixed = record.stability in (Stability.STABLE, Stability.PORTABLE)
    yield BeaconFault.SILENT, is_fixed and not record.days and bool(usual) and record.updated_at < before
    yield BeaconFault.WRONG_PLACE, is_fixed and record.elsewhere_store_id is not None
    yield BeaconFault.LOW_BATTERY, record.battery_mv is not None and record.battery_mv < LOW_BATTERY_MV
    is_low = len(usual) >= ENOUGH_BEACONS and record.phones < LOW_SHARE * median(usual)
    yield BeaconFault.LOW_ACTIVITY, is_fixed and record.days > 0 and is_low


def _record(row: Sequence[Any]) -> BeaconRecord:
    return BeaconRecord(*row)
