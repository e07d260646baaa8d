"""`ici replay`: what a recording would have brought, and why not, without keeping anything."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app import clock, config
from app.cli import main
from app.config import Config
from app.sql import db
from tests.consent.factories import give, say_no
from tests.deciding.factories import Town
from tests.factories import PARIS, made
from tests.owntracks.factories import KIND, draw_fence
from tests.places.factories import real_file
from tests.recordings.factories import gpx
from tests.speaking import Speaker
from tests.wallet.factories import make_card

TABLES = ("visit", "sighting", "trigger", "decision", "member", "store", "fence", "permission_event")


class Walk:
    """A town with a fence around its shop, and the way of somebody who comes, stays 20 minutes and goes."""

    def __init__(self, anyone: Speaker, settings: Config, folder: Path) -> None:
        self.town, self.settings, self.folder = Town(anyone), settings, folder
        self.store = self.town.store
        self.fence = draw_fence(self.town.brand, self.store, name="La boutique")
        self.start = clock.now().astimezone(UTC).replace(microsecond=0)

    def points(self, *, inside: int = 20) -> list[tuple[float, float]]:
        """A position each minute, as lon and lat: 600 m away, then at the shop, then away again."""
        away = (PARIS[0] + 0.0082, PARIS[1])
        return [away] * 3 + [(PARIS[0], PARIS[1])] * inside + [away] * 8

    def write(self, points: list[tuple[float, float]], *, start: datetime | None = None) -> Path:
        first = start or self.start
        said = "".join(
            f'<trkpt lon="{lon}" lat="{lat}"><time>{(first + timedelta(minutes=n)).isoformat()}</time></trkpt>'
            for n, (lon, lat) in enumerate(points)
        )
        file = self.folder / "walk.gpx"
        file.write_bytes(gpx(f"<trk><trkseg>{said}</trkseg></trk>"))
        return file

    def play(self, file: Path, *arguments: str) -> Result:
        environ = {
            "ICI_ENV": "test",
            "ICI_DATABASE_URL": self.settings.database_url,
            "ICI_SECRET": self.settings.secret,
            "ICI_VAR": str(self.settings.var),
            "ICI_PUBLIC_URL": self.settings.public_url,
        }
        try:
            return CliRunner().invoke(
                main, ["replay", str(file), "--brand", self.town.brand.code, *arguments], env=environ
            )
        finally:
            config.use_config(self.settings)

    def tell(self, file: Path, *arguments: str) -> str:
        said = self.play(file, *arguments)
        assert said.exit_code == 0, said.output
        return said.output


@pytest.fixture
def walk(anyone: Speaker, settings: Config, tmp_path: Path) -> Walk:
    return Walk(anyone, settings, tmp_path)


def counts() -> dict[str, int]:
    with made():
        return {table: db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES}


def test_a_visit_is_told_with_the_offer_that_it_would_have_brought(walk: Walk) -> None:
    told = walk.tell(walk.write(walk.points()))
    assert "entered: La boutique (high confidence)" in told
    assert "stayed: La boutique" in told
    assert "left: La boutique" in told
    assert 'offer "' in told
    assert "20 of 20 positions inside were clearly so" in told


def test_nothing_of_it_is_kept(walk: Walk) -> None:
    before = counts()
    assert "Nothing was kept." in walk.tell(walk.write(walk.points()))
    assert counts() == before


def test_who_passes_far_away_is_told_how_far(walk: Walk) -> None:
    told = walk.tell(walk.write([(PARIS[0] + 0.0082, PARIS[1])] * 5))
    assert "Nothing would have happened." in told
    assert "La boutique: never inside; 45" in told


def test_positions_that_are_not_exact_are_told_apart(walk: Walk) -> None:
    told = walk.tell(walk.write(walk.points()), "--at", "4/400")
    assert "none of them exact enough" in told
    assert "entered" not in told


def test_a_member_who_said_no_is_told_as_one(walk: Walk) -> None:
    card = make_card(walk.town.member, walk.town.brand, now=clock.now())
    told = walk.tell(walk.write(walk.points()), "--member", card.code)
    assert "not permitted (not_asked)" in told
    give(walk.town.member, walk.town.brand, now=clock.now(), **KIND)
    assert "entered: La boutique" in walk.tell(walk.write(walk.points()), "--member", card.code)
    say_no(walk.town.member, walk.town.brand, now=clock.now(), **KIND)
    assert "not permitted (withdrawn)" in walk.tell(walk.write(walk.points()), "--member", card.code)


def test_a_recording_of_1901_is_played_and_no_offer_was_live_then(walk: Walk) -> None:
    told = walk.tell(walk.write(walk.points(), start=datetime(1901, 12, 13, 20, 45, tzinfo=UTC)))
    assert "1901-12-13 20:48Z entered: La boutique" in told
    assert 'offer "' not in told


def test_a_recording_is_played_at_another_time(walk: Walk) -> None:
    file = walk.write(walk.points(), start=datetime(1901, 12, 13, 20, 45, tzinfo=UTC))
    told = walk.tell(file, "--start", walk.start.strftime("%Y-%m-%dT%H:%M:%S"))
    assert 'offer "' in told


def test_a_fence_of_a_file_has_a_store_where_no_offer_holds(walk: Walk, tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [PARIS[0], PARIS[1]]}
    file = tmp_path / "fence.geojson"
    file.write_text(json.dumps({"type": "Feature", "geometry": point, "properties": {"name": "Essai", "radius": 200}}))
    told = walk.tell(walk.write(walk.points()), "--fence", str(file))
    assert "entered: Essai" in told
    assert "Essai: 20 of 20" in told


def test_only_the_fences_that_are_named_are_told_of(walk: Walk, tmp_path: Path) -> None:
    file = tmp_path / "fence.geojson"
    file.write_text(json.dumps({"type": "Point", "coordinates": [PARIS[0] + 0.1, PARIS[1]]}))
    told = walk.tell(walk.write(walk.points()), "--fence", str(file))
    assert "La boutique" not in told
    assert "fence-1: never within 5 km." in told


def test_a_shape_that_does_not_hold_is_refused_in_words(walk: Walk, tmp_path: Path) -> None:
    bow_tie = {"type": "Polygon", "coordinates": [[[2.3, 48.8], [2.4, 48.9], [2.4, 48.8], [2.3, 48.9], [2.3, 48.8]]]}
    file = tmp_path / "fence.geojson"
    file.write_text(json.dumps(bow_tie))
    refused = walk.play(walk.write(walk.points()), "--fence", str(file))
    assert refused.exit_code == 1
    assert "crosses" in refused.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--fence", "nothing"), 'no fence in force "nothing"'),
        (("--member", "nobody"), "Error: "),
        (("--at", "fast"), "4/15"),
        (("--at", "0"), "4/15"),
    ],
)
def test_what_it_cannot_begin_with_is_said_in_a_sentence(walk: Walk, arguments: tuple[str, ...], told: str) -> None:
    refused = walk.play(walk.write(walk.points()), *arguments)
    assert refused.exit_code in (1, 2)
    assert told in refused.output
    assert "Traceback" not in refused.output


def test_a_file_that_is_none_is_refused_in_a_sentence(walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "x.gpx").write_bytes(b"<gpx><trk>")
    assert "broken at line 1" in walk.play(tmp_path / "x.gpx").output


def test_what_the_phone_itself_said_counts(walk: Walk, tmp_path: Path) -> None:
    seconds = int(walk.start.timestamp())
    said = [
        {"_type": "transition", "event": "enter", "desc": "La boutique", "wtst": 1, "tst": seconds, "t": "c"},
        {"_type": "transition", "event": "leave", "desc": "La boutique", "wtst": 1, "tst": seconds + 1200, "t": "c"},
        {"_type": "transition", "event": "enter", "desc": "Maison", "wtst": 2, "tst": seconds + 3000, "t": "c"},
    ]
    file = tmp_path / "2026-11.rec"
    file.write_text("".join(f"2026-11-28T10:00:00Z\tevent             \t{json.dumps(one)}\n" for one in said))
    told = walk.tell(file)
    assert "entered: La boutique" in told
    assert "left: La boutique" in told
    assert "1 crossing of what the phone watched for others: passed over" in told


def test_it_speaks_french(walk: Walk) -> None:
    told = walk.tell(walk.write(walk.points()), "--language", "fr")
    assert "entrée : La boutique (confiance forte)" in told
    assert "Rien n'a été gardé." in told


@pytest.mark.parametrize(
    "name",
    [
        "gpxpy-Mojstrovka.gpx",
        "gpxpy-around-visnjan-with-car.gpx",
        "gpxpy-cerknicko-jezero.gpx",
        "gpxpy-korita-zbevnica.gpx",
    ],
)
def test_a_real_recording_comes_into_a_fence_on_its_way(walk: Walk, tmp_path: Path, name: str) -> None:
    from geo.recordings.formats import read_recording

    points = read_recording(real_file(name)).points
    middle = points[len(points) // 2]
    file = tmp_path / "fence.geojson"
    file.write_text(json.dumps({"type": "Point", "coordinates": [middle.lon, middle.lat]}))
    told = walk.tell(real_file(name), "--fence", str(file))
    assert "entered: fence-1" in told or "only crossed: fence-1" in told
    assert "Nothing was kept." in told
