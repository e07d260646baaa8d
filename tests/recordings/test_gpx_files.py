"""GPX files, real and hostile."""

import gzip
from datetime import UTC, datetime

import pytest

from geo.recordings import tracks
from geo.recordings.errors import RecordingBroken
from geo.recordings.formats import read_recording
from geo.recordings.gpx_files import read_gpx, read_time
from geo.recordings.tracks import Skipped
from tests.places.factories import real_file
from tests.recordings.factories import gpx

POINT = '<trkpt lat="48.85" lon="2.35"><time>2026-05-18T10:00:00Z</time></trkpt>'


def track(*points, version="1.1"):
    return gpx(f"<trk><trkseg>{''.join(points)}</trkseg></trk>", version=version)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_point_of_a_track_is_read(version):
    (point,) = read_gpx(track(POINT, version=version)).points
    assert (point.lon, point.lat, point.at) == (2.35, 48.85, datetime(2026, 5, 18, 10, tzinfo=UTC))
    assert point.accuracy_m is None


def test_dilution_becomes_metres():
    (point,) = read_gpx(track('<trkpt lat="1" lon="2"><hdop>1.5</hdop></trkpt>')).points
    assert (point.accuracy_m, point.at) == (7.5, None)


def test_waypoints_are_no_way_and_a_route_is_one_where_there_is_no_track():
    waypoint, route = '<wpt lat="1" lon="1"/>', '<rte><rtept lat="2" lon="2"/></rte>'
    assert read_gpx(gpx(waypoint)).points == []
    assert [point.lat for point in read_gpx(gpx(waypoint + route)).points] == [2]
    assert [point.lat for point in read_gpx(gpx(route + f"<trk><trkseg>{POINT}</trkseg></trk>")).points] == [48.85]


def test_what_others_put_into_a_point_is_theirs():
    theirs = '<extensions xmlns:x="urn:x"><x:time>2001-01-01T00:00:00Z</x:time><time>junk</time></extensions>'
    (point,) = read_gpx(track(f'<trkpt lat="1" lon="2"><time>2026-05-18T10:00:00Z</time>{theirs}</trkpt>')).points
    assert point.at == datetime(2026, 5, 18, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1901-12-13T20:45:52.2073437Z", datetime(1901, 12, 13, 20, 45, 52, 207343, UTC)),
        ("2026-05-18T12:00:00+02:00", datetime(2026, 5, 18, 10, tzinfo=UTC)),
        ("2026-05-18T10:00:00", datetime(2026, 5, 18, 10, tzinfo=UTC)),
        (" 2026-05-18T10:00:00.5Z\n", datetime(2026, 5, 18, 10, 0, 0, 500000, UTC)),
        ("yesterday", None),
        ("2026-13-40T10:00:00Z", None),
    ],
)
def test_times_are_read_as_files_write_them(text, at):
    assert read_time(text) == at


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        ('<trkpt lat="91" lon="0"/>', Skipped.NO_POSITION),
        ('<trkpt lat="x" lon="0"/>', Skipped.NO_POSITION),
        ('<trkpt lon="0"/>', Skipped.NO_POSITION),
        ('<trkpt lat="nan" lon="0"/>', Skipped.NO_POSITION),
        ('<trkpt lat="0" lon="0"/>', Skipped.NULL_ISLAND),
        ('<trkpt lat="1" lon="1"><time>soon</time></trkpt>', Skipped.TIME_UNREADABLE),
    ],
)
def test_a_point_that_says_nothing_is_counted(point, reason):
    recording = read_gpx(track(point, POINT))
    assert (len(recording.points), recording.skipped) == (1, {reason: 1})


BOMB = '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
THIEF = '<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("doctype", [BOMB, THIEF, "<!DOCTYPE gpx>", '<!DOCTYPE gpx SYSTEM "http://127.0.0.1/x.dtd">'])
def test_a_document_type_is_refused(doctype):
    whole = track(POINT).decode()
    with pytest.raises(RecordingBroken, match="document type"):
        read_gpx(whole.replace("?>", f"?>{doctype}", 1).replace("10:00:00Z", "&b;&x;").encode())


def test_elements_are_not_read_without_end():
    with pytest.raises(RecordingBroken, match="deep"):
        read_gpx(gpx("<a>" * 100_000))


def test_points_are_not_read_without_end(monkeypatch):
    monkeypatch.setattr(tracks, "MOST_POINTS", 3)
    with pytest.raises(RecordingBroken, match="more than 3 points"):
        read_gpx(track(*[POINT] * 4))


def test_a_long_text_is_not_kept():
    recording = read_gpx(track(f'<trkpt lat="1" lon="1"><time>{"9" * 200_000}</time></trkpt>', POINT))
    assert len(recording.points) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "neither GPX"),
        (b"lat,lon\n1,2\n", "neither GPX"),
        (b"<html></html>", "no GPX"),
        (b"<gpx><trk>", "broken at line 1"),
        (b"\x00\x01", "neither GPX"),
        (gzip.compress(b"<gpx/>", mtime=0), "archive"),
        (b"<?xml version='1.0'?><kml xmlns='x'/>", "KML"),
        (gpx(""), "holds no position"),
    ],
)
def test_a_file_that_is_no_recording_is_called_what_it_is(tmp_path, content, told):
    file = tmp_path / "file.gpx"
    file.write_bytes(content)
    with pytest.raises(RecordingBroken, match=told):
        read_recording(file)


def test_a_file_that_is_too_large_or_not_there_is_refused(tmp_path, monkeypatch):
    with pytest.raises(RecordingBroken, match="cannot be read"):
        read_recording(tmp_path / "nothing.gpx")
    monkeypatch.setattr(tracks, "MOST_BYTES", 10)
    (tmp_path / "large.gpx").write_bytes(track(POINT))
    with pytest.raises(RecordingBroken, match="larger"):
        read_recording(tmp_path / "large.gpx")


def test_a_file_in_utf_16_is_read(tmp_path):
    file = tmp_path / "wide.gpx"
    file.write_bytes(track(POINT).decode().replace("UTF-8", "UTF-16").encode("utf-16"))
    assert len(read_recording(file).points) == 1


@pytest.mark.parametrize(
    ("name", "points", "year"),
    [
        ("gpxpy-Mojstrovka.gpx", 184, 1901),
        ("gpxpy-around-visnjan-with-car.gpx", 104, 2020),
        ("gpxpy-cerknicko-jezero.gpx", 296, 2010),
        ("gpxpy-korita-zbevnica.gpx", 871, 2010),
    ],
)
def test_real_recordings_are_read_whole(name: str, points: int, year: int):
    recording = read_recording(real_file(name))
    assert (len(recording.points), sum(recording.skipped.values())) == (points, 0)
    assert {point.at.year for point in recording.points if point.at is not None} == {year}
