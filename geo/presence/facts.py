"""What a phone reports, as values: positions, beacons heard, borders crossed, check-ins. None of them is ever stored."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

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
