"""What a phone reports, as values: positions, beacons heard, borders crossed, check-ins. None is ever stored."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app.consent.models import Reason


class FixSaid(NamedTuple):
    """A position: degrees in WGS 84, metres. `id` is the phone's own for this item, in each of these values."""

    id: str
    at: datetime
    lon: float
    lat: float
    accuracy_m: float
    is_mock: bool = False


class BeaconHeard(NamedTuple):
    """A radio's frame: `kind` and the bytes of its identifier, as `geo.beacons.hearing.Advertised` has them."""

    id: str
    at: datetime
    kind: str
    frame: bytes
    battery_mv: int | None = None


class CrossingSaid(NamedTuple):
    """The phone itself says that it came into, or out of, a fence, a zone or the reach of a beacon: one of the three.

    Its coordinates, if it sent any, are no part of this: those of a beacon's are 0/0.
    """

    id: str
    at: datetime
    is_entry: bool
    fence_id: uuid.UUID | None = None
    zone_id: uuid.UUID | None = None
    kind: str | None = None
    frame: bytes | None = None


class CheckIn(NamedTuple):
    """The member says where they are: by a store, a zone, or the code of a tag that they scanned."""

    id: str
    at: datetime
    store_id: uuid.UUID | None = None
    zone_id: uuid.UUID | None = None
    tag: str | None = None


class Report(NamedTuple):
    """All that a phone says at once, in any order."""

    fixes: Sequence[FixSaid] = ()
    beacons: Sequence[BeaconHeard] = ()
    crossings: Sequence[CrossingSaid] = ()
    check_ins: Sequence[CheckIn] = ()


class ReportFindingCode(StrEnum):
    """Why something of a report had no effect. Closed: apps branch on it."""

    NOT_PERMITTED = "not_permitted"
    REPEATED = "repeated"  # the same id twice in one report
    TOO_OLD = "too_old"
    IN_THE_FUTURE = "in_the_future"
    UNUSABLE = "unusable"  # a position without an accuracy, which tells nothing
    TOO_COARSE = "too_coarse"
    MOCKED = "mocked"  # counts, with no confidence
    JUMPED = "jumped"  # faster than anybody travels: counts, with little confidence
    UNKNOWN_PLACE = "unknown_place"  # no store of ours, or none that may be told


class ReportFinding(NamedTuple):
    """What a phone should know of some of its items. `reason` is there where a permission is missing."""

    code: ReportFindingCode
    ids: Sequence[str]
    touchpoint: str | None = None
    reason: Reason | None = None


AHEAD_S = 300
"""How far a phone's clock may be ahead of ours."""
KNOWN = timedelta(hours=12)
"""How old a fact may be and still have its effect on visits: their minutes are kept for a day, and one lasts half of
it at most."""
COARSE_M = 1_000.0
"""From this accuracy on, a position says too little for any store."""


def sift_report(report: Report, *, now: datetime) -> tuple[Report, list[ReportFinding]]:
    """What of a report can have an effect, by time; and what cannot. Pure.

    Of two items of one kind with the same id the first in time counts, so that the order of the items means nothing.
    """
    found: dict[ReportFindingCode, list[str]] = {}
    kept: list[list[Any]] = []
    kinds: Sequence[Sequence[Any]] = report
    for items in kinds:
        good: dict[str, Any] = {}
        if len({item.id for item in items}) < len(items):
            items = sorted(items, key=repr)  # what decides between two that differ in nothing but what they say
        for item in sorted(items, key=lambda item: (item.at, item.id)):
            code = _fault_of(item, now) or (ReportFindingCode.REPEATED if item.id in good else None)
            if code is None:
                good[item.id] = item
            else:
                found.setdefault(code, []).append(item.id)
        kept.append([*good.values()])
    return Report(*kept), [ReportFinding(code, ids) for code, ids in found.items()]


def _fault_of(item: Any, now: datetime) -> ReportFindingCode | None:
    if (item.at - now).total_seconds() > AHEAD_S:
        return ReportFindingCode.IN_THE_FUTURE
    if now - item.at > KNOWN:
        return ReportFindingCode.TOO_OLD
    if isinstance(item, FixSaid):
        # Phones that know no accuracy send nothing, or 0: neither says where anybody is.
        if not item.accuracy_m > 0:
            return ReportFindingCode.UNUSABLE
        if item.accuracy_m >= COARSE_M:
            return ReportFindingCode.TOO_COARSE
    return None
