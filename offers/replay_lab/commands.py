"""`ici replay`: play a recording against fences."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import clock
from app.commands import preparation
from app.errors import Problem
from app.languages import LANGUAGES, Language
from app.ops.imports.reports import FILE, dry

if TYPE_CHECKING:
    from geo.recordings.tracks import Recording, TrackPoint
    from offers.replay_lab.fence_files import FenceDrawn

PACE = re.compile(r"(?P<speed>\d{1,4}(\.\d{1,2})?)(/(?P<accuracy>\d{1,5}))?")
WALKING_KMH, ACCURACY_M = 4.0, 10.0


@click.command()
@click.argument("file", type=FILE)
@click.option("--brand", "code", required=True, help="Code of the brand whose fences and offers count.")
@click.option("--fence", "wanted", multiple=True, metavar="CODE|FILE", help="A fence of the brand, or a GeoJSON file.")
@click.option("--member", "card", metavar="CARD", help="The code of a member's card: their own permissions count.")
@click.option("--at", "pace", metavar="SPEED[/ACCURACY]", help="At so many km/h, with fixes of so many metres.")
@click.option("--start", type=click.DateTime(), help="When it begins (UTC), in place of its own time.")
@click.option("--background", is_flag=True, help="As if nobody looked at the app.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the sentences.")
def replay(
    file: Path,
    code: str,
    wanted: tuple[str, ...],
    card: str | None,
    pace: str | None,
    start: datetime | None,
    background: bool,
    language: Language,
) -> None:
    """Play a GPX file or an OwnTracks recording against fences: who would have come in, which offers would have
    been shown, and why not. Keeps nothing.

    \b
    FILE is GPX 1.0 or 1.1, or what the OwnTracks Recorder keeps (.rec). Without --fence all fences of the brand
    in force are looked at; a point in a GeoJSON file is a circle of its property "radius_m", or 150 m, and
    stands for a store of its own, where no offer holds. Without --member somebody is made up who permits the
    brand everything in store. The recording is played at its own time, so that offers of today are not live in
    a recording of last year: --start plays it at another one, --at at a constant speed.
    Example: ici replay walk.gpx --brand demo --fence rivoli --start 2026-12-01T16:30:00 --at 4/15
    """
    from geo.recordings.errors import RecordingBroken  # loads rooms, which `--help` need not wait for
    from geo.recordings.formats import read_recording
    from offers.replay_lab.errors import ReplayImpossible
    from offers.replay_lab.fence_files import read_fence_file

    speed, accuracy_m = _pace(pace)
    preparation.connect()
    try:
        recording = read_recording(file)
        points = _timed(recording, speed, None if start is None else start.replace(tzinfo=UTC))
        fences: list[str | FenceDrawn] = []
        for one in wanted:
            fences += read_fence_file(Path(one)) if Path(one).is_file() else [one]
        _play(code, fences, card, recording, points, accuracy_m, background, language)
    except RecordingBroken as error:
        raise click.ClickException(str(error)) from error
    except ReplayImpossible as impossible:
        raise click.ClickException(impossible.say_why(language)) from None
    except Problem as refusal:
        raise click.ClickException(_said(refusal, language)) from None


def _play(
    code: str,
    wanted: Sequence["str | FenceDrawn"],
    card: str | None,
    recording: "Recording",
    points: Sequence["TrackPoint"],
    accuracy_m: float,
    background: bool,
    language: Language,
) -> None:
    from geo.recordings.tracks import lift_times
    from offers.replay_lab import lab as labs
    from offers.replay_lab import replay as replays
    from offers.replay_lab import wording

    played_at, crossings, by = lift_times(points, recording.crossings)
    with dry(True):
        brand = preparation.brand_named(code)
        lab = labs.set_up_lab(brand=brand, wanted=wanted, card=card, language=language, now=clock.now())
        played = replays.play_recording(
            lab, played_at, crossings, accuracy_m=accuracy_m, background=background, language=language
        )
        approaches = replays.find_approaches(lab, played_at, accuracy_m=accuracy_m)
        times = wording.TimesTold(points, recording, by)
        for line in wording.tell_replay(played, lab, approaches, times, language):
            click.echo(line)


def _pace(text: str | None) -> tuple[float | None, float]:
    """Kilometres an hour, None for a recording's own time, and metres."""
    found = PACE.fullmatch(text or "")
    if text is not None and (found is None or float(found["speed"]) <= 0):
        raise click.BadParameter("say it as 4 or 4/15: km/h, and metres of accuracy", param_hint="--at")
    if found is None:
        return None, ACCURACY_M
    return float(found["speed"]), float(found["accuracy"] or ACCURACY_M)


def _timed(recording: "Recording", speed: float | None, start: datetime | None) -> list["TrackPoint"]:
    """The points, each with a time: the recording's own, where it has some, moved to `start`; or at a speed."""
    from geo.recordings.tracks import has_times, shift_points, time_points

    timed = [point for point in recording.points if point.at is not None]
    if speed is None and timed and has_times(timed):
        if len(timed) < len(recording.points):
            click.echo(f"{len(recording.points) - len(timed)} points have no time and are left out.", err=True)
        return timed if start is None else shift_points(timed, start=start)
    first = start or min((point.at for point in timed if point.at is not None), default=clock.now())
    if speed is None and recording.points:
        click.echo(
            f"Time does not pass in this file: it is walked at {WALKING_KMH:g} km/h. --at says otherwise.", err=True
        )
    return time_points(recording.points, start=first, speed_kmh=speed or WALKING_KMH)


def _said(refusal: Problem, language: Language) -> str:
    """A refusal in one sentence, with each thing that is wrong with a shape."""
    body = refusal.body(language=language, instance="")
    faults = [f"{one['pointer']}: {one['detail']}" for one in body.get("errors", ())]
    return " ".join([str(body["title"]), *([str(body["remedy"])] if "remedy" in body else []), *faults])
