"""`ici import-fences` and `ici fences check` as a person meets them."""

import json

import pytest
from click.testing import CliRunner

from app.ops.imports.outcomes import RowOutcome
from app.ops.imports.reports import SOME_REFUSED
from app.sql import db
from geo.fences import fences, queries
from geo.fences.commands import fences as fences_command
from geo.fences.commands import import_fences
from geo.fences.feature_rows import read_features
from geo.fences.fence_import import import_fences as import_rows
from geo.fences.models import Fence
from tests.factories import NOON, PARIS, made, make_store
from tests.fences.factories import circle, feature, make_fence, polygon, square
from tests.racing import at_once

POINT = {"type": "Point", "coordinates": list(PARIS)}
BOW_TIE = [[2.0, 48.0], [2.1, 48.1], [2.1, 48.0], [2.0, 48.1], [2.0, 48.0]]


@pytest.fixture
def command(monkeypatch):
    """The commands on the database of the tests."""
    monkeypatch.setattr("geo.fences.commands.preparation.connect", lambda: None)

    def run(*words, command=import_fences):
        return CliRunner().invoke(command, [str(word) for word in words])

    return run


@pytest.fixture
def load(command, brand, tmp_path):
    """The lines that are said of these features of a file."""

    def run(*features, options=(), **top):
        return command(written(tmp_path, *features, **top), "--brand", brand.code, *options).stdout.splitlines()

    return run


def written(folder, *features, **top):
    file = folder / "fences.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection"} | top | {"features": features}), encoding="utf-8")
    return file


def fences_of(brand):
    with made():
        return list(db.all_of(queries.fences_in(brand.id).order_by(Fence.number)))


def versions_of(fence):
    with made():
        return list(db.all_of(queries.fence_versions(fence.id)))


def test_features_become_drafts(load, brand):
    assert load(feature("rivoli"), feature("louvre"))[-1] == "accepted 2, corrected 0, refused 0, unchanged 0"
    assert [(fence.code, fence.status) for fence in fences_of(brand)] == [("rivoli", "draft"), ("louvre", "draft")]


def test_features_may_be_put_in_force_at_once(load, brand):
    load(feature(), options=["--activate"])
    assert [(fence.status, fence.live_version) for fence in fences_of(brand)] == [("active", 1)]


def test_a_point_with_metres_is_a_circle(load, brand):
    load(feature("a", POINT, radius_m=150), feature("b", POINT, radius="200"))
    assert [versions_of(fence)[0].radius_m for fence in fences_of(brand)] == [150, 200]


def test_metres_alone_are_around_the_store(load, brand):
    store = make_store(brand, reference="s1", lon=2.4, lat=48.9)
    load({"type": "Feature", "properties": {"code": "s1", "store": "s1", "radius_m": 150}, "geometry": None})
    [fence] = fences_of(brand)
    [version] = versions_of(fence)
    assert (fence.store_id, version.is_circle, version.lon, version.lat) == (store.id, True, 2.4, 48.9)


@pytest.mark.parametrize("options", [(), ("--activate",)])
def test_the_second_time_nothing_changes(load, brand, options):
    features = [feature("a"), feature("b", POINT, radius_m=150), feature("c", polygon(square()[::-1]))]
    load(*features, options=options)
    assert load(*features, options=options)[-1] == "accepted 0, corrected 0, refused 0, unchanged 3"


def test_a_new_shape_is_a_new_version(load, brand):
    load(feature(), options=["--activate"])
    lines = load(feature(geometry=polygon(square(side=0.02)), name="Louvre"), options=["--activate"])
    assert lines[0] == "row 1 rivoli accepted: Louvre — updated: name, shape, in_force"
    [fence] = fences_of(brand)
    assert (fence.live_version, len(versions_of(fence))) == (2, 2)


def test_what_is_in_force_stays_while_a_version_is_drafted(load, brand):
    load(feature(), options=["--activate"])
    load(feature(geometry=polygon(square(side=0.02))))
    [fence] = fences_of(brand)
    assert (fence.live_version, fence.draft_version) == (1, 2)


def test_a_dry_run_writes_nothing(load, brand):
    assert load(feature(), options=["--dry-run"])[-1] == "accepted 1, corrected 0, refused 0, unchanged 0"
    assert fences_of(brand) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (feature("x", polygon(BOW_TIE)), "The outline crosses itself near longitude 2.05, latitude 48.05."),
        (feature("x", POINT), '"Point" has no area: it must be Polygon or MultiPolygon, or a circle.'),
        (feature("x", POINT, radius_m="wide"), 'a radius is from 10 to 50000 metres; not "wide"'),
        (feature("x", store="nowhere"), 'the brand has no store with the reference "nowhere"'),
        ({"type": "Feature", "properties": None, "geometry": polygon()}, 'no "code", "id" or "name"'),
        (feature(), 'the code "rivoli" is in row 1 already'),
        (7, 'no "code", "id" or "name"'),
    ],
)
def test_a_feature_that_cannot_be_a_fence_is_refused_in_words(load, brand, wrong, said):
    line = load(feature(), wrong)[1]
    assert "refused" in line
    assert said in line
    assert len(fences_of(brand)) == 1


def test_a_file_with_refused_features_does_not_end_as_a_success(command, brand, tmp_path):
    file = written(tmp_path, feature(), feature("x", polygon(BOW_TIE)))
    assert command(file, "--brand", brand.code).exit_code == SOME_REFUSED


def test_a_swap_in_a_file_is_made_good_and_said(load, brand):
    lines = load(feature(geometry=polygon([[lat, lon] for lon, lat in square()])))
    assert lines[0].startswith("row 1 rivoli corrected: latitude and longitude were swapped")
    assert versions_of(fences_of(brand)[0])[0].lat == 48.855


def test_a_code_is_made_of_a_name(load, brand):
    lines = load({"type": "Feature", "properties": {"name": "Café de l'Été"}, "geometry": polygon()})
    assert lines[0] == (
        'row 1 cafe-de-l-ete corrected: Café de l\'Été — the code "cafe-de-l-ete" was made of "Café de l\'Été"'
    )


def test_coordinates_of_a_file_in_another_system_are_refused(load):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    assert "EPSG::2154" in load(feature(), crs=crs)[0]


def test_an_ended_fence_does_not_come_back(load, brand):
    fence = make_fence(brand, code="rivoli")
    with made():
        fences.end_fence(brand_id=brand.id, fence_id=fence.id, by=None, now=NOON)
    assert '"rivoli" has ended: give another code' in load(feature())[0]


def test_a_fence_does_not_change_its_store(load, brand):
    make_store(brand, reference="s1")
    load(feature())
    assert "is of another store" in load(feature(store="s1"))[0]


@pytest.mark.parametrize(
    "text", ["", "{", '{"type": "Feature"}', '{"type": "FeatureCollection", "features": [{]}', "[]"]
)
def test_a_broken_file_is_said_to_be(command, brand, tmp_path, text):
    file = tmp_path / "fences.geojson"
    file.write_text(text)
    answer = command(file, "--brand", brand.code)
    assert (answer.exit_code, fences_of(brand)) == (1, [])
    assert "fences.geojson" in answer.output


def test_the_report_can_be_read_in_french(load):
    lines = load(feature(geometry=polygon(square()[::-1])), options=["--language", "fr"])
    assert lines[0].startswith("ligne 1 rivoli corrigé: le contour tournait dans l'autre sens")


def test_two_imports_of_one_file_write_it_once(brand, tmp_path):
    file = written(tmp_path, *(feature(f"f{number}") for number in range(5)))
    about = {"brand_id": brand.id, "countries": ["FR"], "is_activated": True, "now": NOON, "report": lambda _: None}

    def load(_: int) -> int:
        with made():
            return import_rows(rows=read_features(file), **about).outcomes[RowOutcome.ACCEPTED]

    assert sorted(at_once(3, load)) == [0, 0, 5]
    assert len(fences_of(brand)) == 5


def test_a_check_names_what_is_doubtful(command, brand):
    make_fence(brand, circle(radius_m=120), code="rivoli")
    answer = command("check", "--brand", brand.code, command=fences_command)
    assert answer.exit_code == 1
    assert "rivoli — It holds 120 m around its middle: many phones need 150 m." in answer.output
    assert "Fences: 1; to look at: 1." in answer.output


def test_a_check_of_good_fences_succeeds(command, brand):
    make_fence(brand)
    answer = command("check", "--brand", brand.code, command=fences_command)
    assert (answer.exit_code, answer.output) == (0, "Fences: 1; nothing to look at.\n")


def test_a_check_looks_at_given_days(command, brand):
    make_fence(brand, store=make_store(brand, opening_hours="Mo-Sa 09:00-19:00"))
    days = ["--from", "2099-05-24", "--to", "2099-05-25", "--language", "fr"]
    answer = command("check", "--brand", brand.code, *days, command=fences_command)
    assert "Son magasin est fermé pendant toute la période du" in answer.output


def test_days_go_forward(command, brand):
    days = ["--from", "2099-05-24", "--to", "2099-05-24"]
    assert command("check", "--brand", brand.code, *days, command=fences_command).exit_code == 2
