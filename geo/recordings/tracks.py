"""A recording: where somebody was and when, and what their phone itself said that it crossed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from geo.fences.spheroid import metres_between
from geo.recordings.errors import RecordingBroken

MOST_BYTES = 64 * 1024 * 1024
MOST_POINTS = 500_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CALENDAR_AGAIN = timedelta(days=28 * 365 + 7)
HDOP_M = 5.0
"""Metres of error for each unit of horizontal dilution, as a receiver alone under an open sky has them."""


class TrackPoint(NamedTuple):
    """A position of a recording. `at` is null where the file says none; `accuracy_m` likewise."""

    lon: float
    lat: float
    at: datetime | None = None
    accuracy_m: float | None = None


class TrackCrossing(NamedTuple):
    """What a phone reported as entered or left, by the names that it has for it."""

    at: datetime
    is_enter: bool
    rid: str | None
    wtst: int | None
    desc: str | None


class Skipped(StrEnum):
    """Why something of a file is not in the recording."""

    NO_POSITION = "no_position"
    NULL_ISLAND = "null_island"
    TIME_UNREADABLE = "time_unreadable"
    LINE_UNREADABLE = "line_unreadable"
    OTHER_MESSAGE = "other_message"


@dataclass
class Recording:
    """The points of a file in their order, and how many parts of it were passed over, by reason."""

    points: list[TrackPoint] = field(default_factory=list)
    crossings: list[TrackCrossing] = field(default_factory=list)
    skipped: Counter[Skipped] = field(default_factory=Counter)

    def add_point(self, point: TrackPoint) -> None:
        """Append a point. Raises `RecordingBroken` beyond the most that is read."""
        if len(self.points) >= MOST_POINTS:
            raise RecordingBroken(f"The file has more than {MOST_POINTS:,} points.")
        if point.lon == 0 and point.lat == 0:
            self.skipped[Skipped.NULL_ISLAND] += 1
        else:
            self.points.append(point)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises `RecordingBroken` for one that cannot be read, or is larger than is read."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise RecordingBroken(f"{path.name} cannot be read: {error.strerror}.") from error
    if len(content) > MOST_BYTES:
        raise RecordingBroken(f"{path.name} is larger than {MOST_BYTES // 1024 // 1024} MiB.")
    return content


def time_points(points: Sequence[TrackPoint], *, start: datetime, speed_kmh: float) -> list[TrackPoint]:
    """The points as somebody passes them who begins at `start` and goes at one speed; each at least a second after the
    one before."""
    timed, at = [], start
    for number, point in enumerate(points):
        if number:
            before = points[number - 1]
            metres = metres_between(before.lon, before.lat, point.lon, point.lat)
            at += timedelta(seconds=max(1.0, metres * 3.6 / speed_kmh))
        timed.append(point._replace(at=at))
    return timed


def shift_points(points: Sequence[TrackPoint], *, start: datetime) -> list[TrackPoint]:
    """The points at another time, as far apart as they were, with the first that has a time at `start`."""
    first = next((point.at for point in points if point.at is not None), None)
    if first is None:
        return list(points)
    by = start - first
    return [point if point.at is None else point._replace(at=point.at + by) for point in points]


def lift_times(
    points: Sequence[TrackPoint], crossings: Sequence[TrackCrossing]
) -> tuple[list[TrackPoint], list[TrackCrossing], timedelta]:
    """A recording of before 1970 (a receiver that lost its clock says 1901) so many times 28 years later that it is
    not, and by how much: days of the week and leap years are the same then. Visits are counted from 1970 on."""
    first = min([point.at for point in points if point.at is not None] + [one.at for one in crossings])
    by = timedelta()
    while first + by < EPOCH:
        by += CALENDAR_AGAIN
    moved = [point if point.at is None else point._replace(at=point.at + by) for point in points]
    return moved, [one._replace(at=one.at + by) for one in crossings], by


def has_times(points: Sequence[TrackPoint]) -> bool:
    """Whether time goes on in a recording: some files have no times, and some the same for every point."""
    times = [point.at for point in points if point.at is not None]
    moves = sum(earlier != later for earlier, later in pairwise(times))
    return len(times) == len(points) and moves * 2 >= len(times) - 1
