"""The time of a recording: as it is, at another time, or at a speed."""

from datetime import UTC, datetime, timedelta

from geo.recordings.tracks import TrackPoint, has_times, lift_times, shift_points, time_points

START = datetime(2026, 5, 18, 10, tzinfo=UTC)
WAY = [TrackPoint(2.35, 48.85), TrackPoint(2.36, 48.85), TrackPoint(2.36, 48.85)]


def test_a_way_is_walked_at_a_speed():
    first, second, third = time_points(WAY, start=START, speed_kmh=3.6)
    assert first.at == START
    assert 730 < (second.at - first.at).total_seconds() < 740  # metres, at one metre a second
    assert third.at - second.at == timedelta(seconds=1)


def test_a_recording_at_another_time_is_as_far_apart():
    timed = time_points(WAY, start=datetime(1901, 12, 13, tzinfo=UTC), speed_kmh=5)
    moved = shift_points([TrackPoint(1, 1), *timed], start=START)
    assert [point.at and point.at - START for point in moved][:2] == [None, timedelta()]
    assert moved[2].at - moved[1].at == timed[1].at - timed[0].at
    assert shift_points(WAY, start=START) == WAY


def test_a_file_whose_time_stands_still_has_none():
    assert has_times(time_points(WAY, start=START, speed_kmh=5))
    assert not has_times(WAY)
    assert not has_times([point._replace(at=START) for point in WAY])


def test_a_recording_of_before_1970_is_lifted_by_whole_cycles_of_the_calendar():
    old = datetime(1901, 12, 13, 20, 45, tzinfo=UTC)
    (moved,), _, by = lift_times([TrackPoint(1, 1, old)], [])
    assert moved.at == old + by == datetime(1985, 12, 13, 20, 45, tzinfo=UTC)
    assert moved.at.weekday() == old.weekday()
    assert lift_times([TrackPoint(1, 1, START)], [])[2] == timedelta()
