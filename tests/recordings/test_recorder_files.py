"""Files of the OwnTracks Recorder."""

import json

import pytest

from geo.recordings.formats import read_recording
from geo.recordings.recorder_files import is_recorder, read_recorder
from geo.recordings.tracks import Skipped

PLACE = {"_type": "location", "lat": 48.85, "lon": 2.35, "tst": 1_700_000_000, "acc": 15}
EVENT = {"_type": "transition", "event": "enter", "desc": "Rivoli", "wtst": 5, "tst": 1_700_000_060, "t": "c"}


def line(said, topic="*"):
    return f"2023-11-14T22:13:20Z\t{topic:<18}\t{json.dumps(said)}\n".encode()


def test_positions_and_crossings_are_read_in_their_order():
    recording = read_recorder(line(PLACE) + line(EVENT, "event") + line(PLACE | {"tst": 1_700_000_120}))
    assert [(point.lat, point.accuracy_m) for point in recording.points] == [(48.85, 15), (48.85, 15)]
    (crossing,) = recording.crossings
    assert (crossing.is_enter, crossing.wtst, crossing.desc) == (True, 5, "Rivoli")


def test_an_accuracy_that_the_app_left_out_is_zero():
    said = {name: value for name, value in PLACE.items() if name != "acc"}
    assert read_recorder(line(said)).points[0].accuracy_m == 0


def test_lines_of_messages_alone_are_read():
    assert len(read_recorder(json.dumps(PLACE).encode() + b"\n" + json.dumps(PLACE).encode()).points) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"what is this", Skipped.LINE_UNREADABLE),
        (b"2023-11-14T22:13:20Z\t*\tC2,561ebac3,v,50123456,65987654,0,0,11,0,5232", Skipped.LINE_UNREADABLE),
        (line({"_type": "lwt", "tst": 1}, "lwt"), Skipped.OTHER_MESSAGE),
        (line({"_type": "encrypted", "data": "QUJD"}), Skipped.OTHER_MESSAGE),
        (line(PLACE | {"lat": 100}), Skipped.NO_POSITION),
        (line({"_type": "location", "lat": 0, "lon": 0, "tst": 5}), Skipped.NO_POSITION),
    ],
)
def test_what_says_nothing_is_counted(content, reason):
    assert read_recorder(line(PLACE) + content).skipped == {reason: 1}


def test_a_line_without_end_is_passed_over():
    assert read_recorder(line(PLACE) + b"{" * 1_000_000).skipped == {Skipped.LINE_UNREADABLE: 1}


def test_a_file_is_told_by_its_first_line(tmp_path):
    assert is_recorder(line(PLACE))
    assert not is_recorder(b"a,b,c\n1,2,3\n")
    (tmp_path / "2023-11.rec").write_bytes(line(PLACE))
    assert len(read_recording(tmp_path / "2023-11.rec").points) == 1
