"""Which kind of recording a file is: it is told by what is in it, and not by its name."""

from pathlib import Path

from geo.recordings.errors import RecordingBroken
from geo.recordings.gpx_files import read_gpx
from geo.recordings.recorder_files import is_recorder, read_recorder
from geo.recordings.tracks import Recording, read_bytes

WIDE = (b"\xff\xfe", b"\xfe\xff")
"""What XML in UTF-16 begins with."""
OTHERS = (
    (b"PK", "an archive: unpack it first"),
    (b"\x1f\x8b", "an archive: unpack it first"),
    (b"<kml", "KML: save it as GPX"),
    (b"<TrainingCenterDatabase", "TCX: save it as GPX"),
    (b".FIT", "a FIT file: save it as GPX"),
)


def read_recording(path: Path) -> Recording:
    """The recording in a file. Raises `RecordingBroken` for a file that is none, is too large or holds no position."""
    content = read_bytes(path)
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, told in OTHERS:
        if mark in start[:512] and b"<gpx" not in start[:4096]:
            raise RecordingBroken(f"{path.name} is {told}.")
    if start[:1] == b"<" or start[:2] in WIDE:
        recording = read_gpx(content)
    elif is_recorder(start):
        recording = read_recorder(start)
    else:
        raise RecordingBroken(f"{path.name} is neither GPX nor a file of the OwnTracks Recorder.")
    if not recording.points and not recording.crossings:
        raise RecordingBroken(f"{path.name} holds no position.")
    return recording
