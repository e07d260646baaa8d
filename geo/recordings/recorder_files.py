"""Files of the OwnTracks Recorder (`.rec`): a line for each message, with its time, its topic and what the app said.

The parts of a line stand between tabs, the topic is filled up with spaces: `*` for a position, `event` for a crossing.
Lines that hold only what the app said, one message each, are read as well.
"""

from collections.abc import Mapping
from typing import Any

from geo.owntracks.messages import parse_body, read_messages
from geo.recordings.tracks import Recording, Skipped, TrackCrossing, TrackPoint

LONGEST_LINE = 64 * 1024
LONGEST_DESC = 100


def read_recorder(content: bytes) -> Recording:
    """The recording of a file of the Recorder, in the order of its lines. Raises `RecordingBroken` for too many."""
    recording = Recording()
    for line in content.splitlines():
        if line.strip():
            _add(line, recording)
    return recording


def is_recorder(content: bytes) -> bool:
    """Whether the first line is one of the Recorder's."""
    first = content.lstrip().partition(b"\n")[0][:LONGEST_LINE]
    return bool(_said(first)) or (first.count(b"\t") >= 2 and first[:2].isdigit())


def _said(line: bytes) -> list[Mapping[str, Any]]:
    """What the app said in a line: everything from the first brace on."""
    start = line.find(b"{")
    return parse_body(line[start:]) if start >= 0 and len(line) <= LONGEST_LINE else []


def _add(line: bytes, recording: Recording) -> None:
    messages = _said(line)
    if not messages:
        recording.skipped[Skipped.LINE_UNREADABLE] += 1
        return
    said = read_messages(messages)
    for place in said.locations:
        recording.add_point(TrackPoint(place.lon, place.lat, place.at, place.accuracy_m))
    desc = messages[0].get("desc")
    name = desc[:LONGEST_DESC] if isinstance(desc, str) else None
    recording.crossings += [TrackCrossing(one.at, one.is_enter, one.rid, one.wtst, name) for one in said.crossings]
    if not said.locations and not said.crossings:
        is_place = messages[0].get("_type") == "location"
        recording.skipped[Skipped.NO_POSITION if is_place else Skipped.OTHER_MESSAGE] += 1
