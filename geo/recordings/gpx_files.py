"""GPX 1.0 and 1.1: the points of tracks, and of routes where a file has no track; waypoints are no way of anybody.

Read by expat as a stream. A document type is refused, and with it every entity: no GPX file has one, and they are how
XML asks for files and for memory. Sources: the schemas of topografix.com, GPX/1/0 and GPX/1/1.
"""

import re
from datetime import UTC, datetime
from xml.parsers import expat

from app import clock
from geo.places.plain_values import NotANumber, plain_number
from geo.recordings.errors import RecordingBroken
from geo.recordings.tracks import HDOP_M, Recording, Skipped, TrackPoint

NAMESPACES = ("http://www.topografix.com/GPX/1/0", "http://www.topografix.com/GPX/1/1")
DEEPEST = 64
LONGEST_TEXT = 1000
FRACTION = re.compile(r"(?<=\.\d{6})\d+")
"""What is finer than a microsecond."""


def read_gpx(content: bytes) -> Recording:
    """The recording of a GPX file. Raises `RecordingBroken`."""
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        if not reader.is_gpx:
            raise RecordingBroken("The file is no GPX.") from error
        raise RecordingBroken(f"The file is broken at line {error.lineno}: {expat.ErrorString(error.code)}.") from error
    if not reader.is_gpx:
        raise RecordingBroken("The file is XML, but no GPX.")
    return reader.track if reader.track.points or not reader.route.points else reader.route


def read_time(text: str) -> datetime | None:
    """An instant as GPX writes it (ISO 8601), of any year; without a zone it is UTC. None where it is none."""
    try:
        at = datetime.fromisoformat(FRACTION.sub("", text.strip()))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else clock.in_utc(at)
    except ValueError:
        return None


class _Reader:
    """What the parser has come to: the element, its text, and the point that it is in."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.buffer_text = True
        self.is_gpx = False
        self.track, self.route = Recording(), Recording()
        self.depth = 0
        self.text: list[str] = []
        self.point: dict[str, str] | None = None
        self.point_depth = 0

    def _refuse(self, *_: object) -> None:
        raise RecordingBroken("The file declares a document type, which no GPX file needs.")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise RecordingBroken(f"The file has elements within elements, more than {DEEPEST} deep.")
        local = _local(name)
        if self.depth == 1:
            self.is_gpx = local == "gpx"
        if local in ("trkpt", "rtept") and self.point is None:
            self.point, self.point_depth = {**attributes, "kind": local}, self.depth
        self.text = []

    def _text(self, text: str) -> None:
        if self.point is not None and sum(map(len, self.text)) < LONGEST_TEXT:
            self.text.append(text)

    def _end(self, name: str) -> None:
        local = _local(name)
        if self.point is not None and self.depth == self.point_depth + 1 and local in ("time", "hdop"):
            self.point[local] = "".join(self.text)
        if self.point is not None and self.depth == self.point_depth:
            into = self.track if self.point["kind"] == "trkpt" else self.route
            _add(self.point, into)
            self.point = None
        self.depth -= 1


def _local(name: str) -> str:
    """The name of an element of GPX; of an element of somebody else's namespace, one that is none of ours."""
    namespace, _, local = name.rpartition(" ")
    return local if not namespace or namespace.rstrip("/") in NAMESPACES else f"{namespace} {local}"


def _add(said: dict[str, str], into: Recording) -> None:
    lon, lat = _number(said.get("lon")), _number(said.get("lat"))
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        into.skipped[Skipped.NO_POSITION] += 1
        return
    at = read_time(said["time"]) if said.get("time") else None
    if said.get("time") and at is None:
        into.skipped[Skipped.TIME_UNREADABLE] += 1
        return
    hdop = _number(said.get("hdop"))
    into.add_point(TrackPoint(lon, lat, at, hdop * HDOP_M if hdop is not None and hdop > 0 else None))


def _number(text: str | None) -> float | None:
    try:
        return plain_number(text)[0]
    except NotANumber:
        return None
