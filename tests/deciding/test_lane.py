"""The short lane and the route behind it give the same answers and the same refusals."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.factory import Ici
from offers.deciding import lane
from tests.deciding.factories import LAT, LON, Town
from tests.speaking import Speaker

numbers = st.one_of(
    st.floats(-100, 100), st.floats(allow_nan=False), st.integers(), st.booleans(), st.none(), st.text(max_size=3)
)
bodies = st.one_of(
    st.fixed_dictionaries(
        {"lat": st.floats(LAT, LAT + 0.01), "lon": st.floats(LON, LON + 0.01), "accuracy_m": st.floats(1, 100)},
        optional={"radius_m": st.integers(0, 11_000), "brand": st.text(max_size=4)},
    ),
    st.dictionaries(st.sampled_from(["lat", "lon", "accuracy_m", "radius_m", "brand", "speed"]), numbers),
    st.lists(st.integers(), max_size=2),
)


@pytest.fixture(scope="module")
def town(app: Ici) -> Town:
    return Town(Speaker(app.test_client()))


def by_both_ways(app: Ici, ask: Any) -> tuple[TestResponse, TestResponse]:
    """The same call through the lane, and with the lane taken away."""
    through = ask()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "wsgi_app", app.wsgi_app.flask)  # type: ignore[attr-defined]
        return through, ask()


def told(answer: TestResponse) -> Any:
    """What an answer says, without what is new each time."""
    body = answer.get_json()
    for name in ("decision_id", "decided_at", "instance"):
        body.pop(name, None)
    return answer.status_code, body


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies)
def test_every_body_is_answered_alike(app: Ici, town: Town, body: Any) -> None:
    lane_answer, route_answer = by_both_ways(app, lambda: town.phone.post("/v1/nearby-offers", body))
    assert told(lane_answer) == told(route_answer)


@pytest.mark.parametrize(
    "text",
    [
        b"null",
        b"[]",
        b'""',
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": 10',
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": 10} more',
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": 10, "lat": 0}',
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": 10, "l\\u0061t": 0}',
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": NaN}',
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": 1e999}',
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": ' + b"9" * 400 + b"}",
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": 10, "brand": null}',
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": 10, "brand": "demo\\n"}',
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": 10, "brand": "\\u0000"}',
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": 10, "brand": "d\xe9mo"}',
        b'\xef\xbb\xbf{"lat": 48.85, "lon": 2.35, "accuracy_m": 10}',
        b' {"lat" : 48.85, "lon": 2.35, "accuracy_m": 10, "radius_m": 2000.0} ',
        b'{"lat": 48.85, "lon": 2.35, "accuracy_m": 10}' + b" " * 1024,
    ],
    ids=lambda text: repr(text[-24:]),
)
def test_every_odd_text_is_answered_alike(app: Ici, town: Town, text: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    through, route = by_both_ways(app, lambda: town.phone.send("POST", lane.PATH, data=text, headers=headers))
    assert told(through) == told(route)


def test_a_plain_question_takes_the_lane(app: Ici, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("Flask was asked")

    monkeypatch.setattr(app.wsgi_app, "flask", never)
    assert town.ask().status_code == 200


def test_both_ways_carry_the_same_headers(app: Ici, town: Town) -> None:
    through, route = by_both_ways(app, town.ask)
    per_answer = {"Content-Length", "X-Request-Id"}
    assert dict(through.headers).keys() == dict(route.headers).keys()
    same = dict(through.headers).keys() - per_answer
    assert {name: through.headers[name] for name in same} == {name: route.headers[name] for name in same}


@pytest.mark.parametrize("token", ["", "nonsense", "ici_a_AAAA"])
def test_a_wrong_token_is_refused_by_the_one_place_that_refuses(app: Ici, town: Town, token: str) -> None:
    through, route = by_both_ways(app, lambda: town.phone.with_token(token).post("/v1/nearby-offers", FIX))
    assert told(through) == told(route)
    assert through.status_code == 401


def test_a_body_of_another_type_is_left_to_the_route(app: Ici, town: Town) -> None:
    headers = {"Authorization": f"Bearer {town.phone.token}", "Content-Type": "text/plain"}
    through, route = by_both_ways(app, lambda: app.test_client().post(lane.PATH, data=json.dumps(FIX), headers=headers))
    assert told(through) == told(route)
    assert through.status_code == 415


FIX = {"lat": LAT, "lon": LON, "accuracy_m": 10}
