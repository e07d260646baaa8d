"""Positions, instants and shapes that are hard to take, through every door that takes one: answered, never a fault."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.consent.models import Level
from tests.factories import console_token, make_console_user
from tests.here.factories import Stroller, ago, fix
from tests.sizes import chosen
from tests.speaking import Speaker

SPOTS = [
    (0.0, 0.0),
    (180.0, 0.0),
    (-180.0, 0.0),
    (179.9999999, 51.0),
    (-179.9999999, -16.8),
    (2.35, 90.0),
    (2.35, -90.0),
    (180.0, 90.0),
    (-0.0, -0.0),
    (5e-324, 5e-324),
]
ACCURACIES = [0, 1e-9, 10, 999.999, 1000, 5000, 25_000, 1_000_000]
TIMES = [
    "1901-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "2000-02-29T23:59:60Z",
    "2026-03-29T02:30:00+02:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FAULTS = range(500, 600)


@pytest.fixture(scope="module")
def stroller(app: Any) -> Stroller:
    stroller = Stroller(Speaker(app.test_client()))
    for touchpoint in ("geofence", "beacon"):
        stroller.permits(touchpoint)
    stroller.permits("qr", Level.ALERT_ON_REQUEST)
    return stroller


@pytest.fixture(scope="module")
def console(stroller: Stroller) -> Speaker:
    return stroller.phone.with_token(console_token(make_console_user(stroller.brand)))


def doors(stroller: Stroller, where: tuple[float, float], accuracy_m: float) -> dict[str, int]:
    """What each door of a phone answers about this position."""
    said = {"lat": where[1], "lon": where[0], "accuracy_m": accuracy_m}
    asked = {
        "/v1/sightings": {"fixes": [fix(where, accuracy_m=accuracy_m)]},
        "/v1/region-plan": {"platform": "android", "beacons": True, "fix": said},
        "/v1/around": said,
        "/v1/nearby-offers": said,
    }
    return {path: stroller.phone.post(path, body).status_code for path, body in asked.items()}


@pytest.mark.parametrize("where", SPOTS)
def test_no_spot_is_a_fault(stroller: Stroller, where: tuple[float, float]) -> None:
    answers = doors(stroller, where, 20)
    assert {path for path, status in answers.items() if status not in (200, 422)} == set(), answers


@pytest.mark.parametrize("accuracy_m", ACCURACIES)
def test_no_accuracy_is_a_fault(stroller: Stroller, accuracy_m: float) -> None:
    assert not {*doors(stroller, SPOTS[0], accuracy_m).values()} & set(FAULTS)


@pytest.mark.parametrize("at", TIMES)
def test_no_instant_is_a_fault_and_none_is_a_visit(stroller: Stroller, at: str) -> None:
    before = stroller.kept()
    answer = stroller.reports(fixes=[fix() | {"at": at}])
    assert answer.status_code in (200, 400, 422)
    assert stroller.kept() == before


@pytest.mark.parametrize("minutes", [-4, -6, 719, 721])
def test_a_clock_that_is_wrong_by_little_is_believed_and_by_much_is_not(stroller: Stroller, minutes: float) -> None:
    answer = stroller.reports(fixes=[fix(at=clock.now() - timedelta(minutes=minutes))]).get_json()
    refused = {one["code"] for one in answer["findings"]} & {"too_old", "in_the_future"}
    assert bool(refused) is not (-5 <= minutes <= 720)


def test_over_the_antimeridian_and_back_is_no_way_around_the_world(stroller: Stroller) -> None:
    there = [fix((179.9999, 10.0), at=ago(3)), fix((-179.9999, 10.0), at=ago(2))]
    answer = stroller.reports(fixes=there).get_json()
    assert answer["findings"] == []


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [[[0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [0, 0], [0, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]]},
        {"type": "Polygon", "coordinates": [[[-180, 89], [180, 89], [180, 90], [-180, 90], [-180, 89]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[2.35, 48.85, 1e308], [2.36, 48.85], [2.36, 48.86], [2.35, 48.85]]]},
        {"type": "Polygon", "coordinates": [[["2", "48"], [None, 1], [{}, []], [True, False]]]},
        {"type": "Polygon", "coordinates": [[[1e400, 0], [1, 1], [1, 0], [1e400, 0]]]},
        {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1e-9, 0], [1e-9, 1e-9], [0, 0]]]] * 60},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]},
        {"type": "Feature", "geometry": {"type": "Feature", "geometry": None}, "properties": None},
        {"type": "FeatureCollection", "features": [None, 5]},
        {"crs": {"type": "name"}, "type": "polygon", "coordinates": 5},
    ],
)
def test_no_shape_is_a_fault(stroller: Stroller, console: Speaker, geometry: Any) -> None:
    shape = {"shape": {"geojson": geometry}}
    for path, body in (("/v1/fences", {"code": "x", "name": "x"} | shape), ("/v1/fences/faults", shape)):
        assert console.post(path, body).status_code in (200, 201, 400, 409, 422)


@pytest.mark.parametrize(
    "wkt", ["", "POLYGON EMPTY", "POLYGON((0 0,1 1,1 0,0 0", "POLYGON((nan 0,1 1,inf 0,nan 0))", "SRID=9;POINT(1 1)"]
)
def test_no_text_of_a_shape_is_a_fault(console: Speaker, wkt: str) -> None:
    assert console.post("/v1/fences/faults", {"shape": {"wkt": wkt}}).status_code in (200, 400, 422)


@pytest.mark.parametrize("where", SPOTS[:8])
@pytest.mark.parametrize("radius_m", [0, 1, 150, 50_000, 20_000_000])
def test_no_circle_is_a_fault(console: Speaker, where: tuple[float, float], radius_m: float) -> None:
    circle = {"lon": where[0], "lat": where[1], "radius_m": radius_m}
    assert console.post("/v1/fences/faults", {"shape": {"circle": circle}}).status_code in (200, 400, 422)


@settings(max_examples=chosen().rows * 2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ANYTHING, inner=st.dictionaries(st.sampled_from(["id", "at", "lat", "lon", "frame", "kind"]), ANYTHING))
def test_nothing_that_is_json_is_a_fault(stroller: Stroller, console: Speaker, body: Any, inner: Any) -> None:
    whole = fix() | inner
    for path, said in (
        ("/v1/sightings", body),
        ("/v1/sightings", {"fixes": [whole], "beacons": [whole], "crossings": [whole], "check_ins": [whole]}),
        ("/v1/region-plan", {"platform": "ios", "fix": inner or body}),
        ("/v1/around", whole),
        ("/v1/tag-scans", {"code": body}),
    ):
        assert stroller.phone.post(path, said).status_code not in FAULTS
    for said in (body, {"shape": {"geojson": body}}, {"shape": body, "windows": body}):
        assert console.post("/v1/fences/faults", said).status_code not in FAULTS
