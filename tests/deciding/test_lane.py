"""The short lane and the route behind it give the same answers and the same refusals."""

import json
from collections.abc import Sequence
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from uuid_utils import uuid7

from app import clock
from app.accounts.models import MemberSession
from app.accounts.tokens import issue_access_token, read_access_token
from app.factory import Ici
from app.languages import Language, preferred
from app.sql import db
from offers.deciding import decisions, lane, queries
from offers.deciding.answers import Answer, Question
from offers.deciding.models import Decision
from tests.both_ways import WAYS, by_both_ways, by_way, told, without_flask
from tests.consent.factories import say_no
from tests.deciding.factories import LAT, LON, Town
from tests.racing import at_once
from tests.sizes import chosen
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
FIX = {"lat": LAT, "lon": LON, "accuracy_m": 10}


@pytest.fixture(scope="module")
def town(app: Ici) -> Town:
    return Town(Speaker(app.test_client()))


@settings(max_examples=chosen().rows, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_a_plain_question_takes_the_lane(app: Ici, town: Town) -> None:
    with without_flask(app):
        assert town.ask().status_code == 200


def test_both_ways_carry_the_same_headers(app: Ici, town: Town) -> None:
    through, route = by_both_ways(app, town.ask)
    per_answer = {"Content-Length", "X-Request-Id"}
    assert dict(through.headers).keys() == dict(route.headers).keys()
    same = dict(through.headers).keys() - per_answer
    assert {name: through.headers[name] for name in same} == {name: route.headers[name] for name in same}


@pytest.mark.parametrize("own", ["fr", "en"])
@pytest.mark.parametrize("asked", ["", "de", "*", "fr", "en-GB", "en;q=0", "fr-FR,en;q=0.9", "en-US,fr;q=0.9"])
def test_both_ways_speak_the_same_language(app: Ici, town: Town, own: Language, asked: str) -> None:
    with db.system_transaction():
        db.execute(text("UPDATE member SET language = :own WHERE member_id = :id"), {"own": own, "id": town.member.id})
    headers = {"Accept-Language": asked}
    through, route = by_both_ways(app, lambda: town.phone.post("/v1/nearby-offers", FIX, headers=headers))
    assert told(through) == told(route)
    assert through.headers["Content-Language"] == route.headers["Content-Language"] == preferred(asked, own=own)


def test_those_who_ask_together_are_each_answered_in_their_language(app: Ici, town: Town) -> None:
    spoken = ("fr", "en", None)
    questions = [question_of(town)._replace(language=language) for language in spoken]
    alone = [lane.answer_all([question])[0] for question in questions]
    together = lane.answer_all(questions)
    assert [answer and answer.language for answer in together] == [answer and answer.language for answer in alone]
    assert [apart(answer) for answer in together] == [apart(answer) for answer in alone]


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


def test_those_who_ask_together_get_their_own_answers(app: Ici, town: Town) -> None:
    """Two members of two brands, near and far, of one brand and of all, in one group: as each would hear alone."""
    other = Town(Speaker(app.test_client()))
    bodies = [FIX, FIX | {"lat": LAT + 1}, FIX | {"brand": town.brand.code}]
    questions = [question_of(side, body) for side, body in product((town, other), bodies)]
    alone = [lane.answer_all([question])[0] for question in questions]
    together = lane.answer_all(questions)
    assert [apart(answer) for answer in together] == [apart(answer) for answer in alone]


def test_many_at_once_are_answered_as_one_alone(app: Ici, town: Town) -> None:
    phones = phones_of(app, [town.phone.token] * 16)
    alone = told(town.ask())
    assert at_once(16, lambda n: told(phones[n].post(lane.PATH, FIX))) == [alone] * 16


def test_those_who_ask_together_keep_a_decision_each(app: Ici, town: Town) -> None:
    phones = phones_of(app, [town.phone.token] * 16)
    answers = at_once(16, lambda n: phones[n].post(lane.PATH, FIX))
    assert {town.decision(answer).shown for answer in answers} == {1}
    assert len({answer.get_json()["decision_id"] for answer in answers}) == 16


def test_one_without_permission_does_not_spoil_the_group(app: Ici, town: Town) -> None:
    stranger = Town(Speaker(app.test_client()))
    say_no(stranger.member, stranger.brand, now=clock.now())
    tokens = [town.phone.token, stranger.phone.token] * 8
    phones = phones_of(app, tokens)
    statuses = at_once(16, lambda n: phones[n].post(lane.PATH, FIX).status_code)
    assert statuses == [200, 403] * 8


def test_a_group_whose_decisions_are_not_kept_is_asked_again_one_by_one(
    app: Ici, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table is refused to the lane's first attempt; nobody gets an answer without a decision behind it."""
    broken = queries.RECORD.replace("INSERT INTO decision ", "INSERT INTO decision_of_nobody ")
    monkeypatch.setattr(queries, "RECORD", broken)
    questions = [question_of(town) for _ in range(4)]
    assert lane.answer_all(questions) == [None] * 4
    monkeypatch.undo()
    assert all(lane.answer_all(questions))


def test_a_decision_that_cannot_be_kept_undoes_its_group(app: Ici, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    same = uuid7()
    monkeypatch.setattr(decisions, "uuid7", lambda: same)
    answers = lane.answer_all([question_of(town), question_of(town)])
    with db.system_transaction():
        kept = db.get(Decision, (town.member.id, UUID(bytes=same.bytes)))
    assert (answers, kept) == ([None, None], None)
    assert lane.answer_all([question_of(town)]) != [None]


@pytest.mark.parametrize("through", WAYS)
def test_a_question_says_that_its_token_came_back(app: Ici, town: Town, through: str) -> None:
    whose = question_of(town)
    rotate = "UPDATE member_session SET generation = generation + 1, seen_generation = generation WHERE id = :id"
    with db.system_transaction():
        db.execute(text(rotate), {"id": whose.session_id})
        session = db.get(MemberSession, (whose.member_id, whose.session_id))
        assert session is not None
        generation = session.generation
    access = {"member_id": whose.member_id, "session_id": whose.session_id, "generation": generation}
    phone = Speaker(app.test_client(), issue_access_token(**access, now=clock.now()))
    with by_way(app, through):
        assert phone.post("/v1/nearby-offers", FIX).status_code == 200
    with db.system_transaction():
        seen = db.get(MemberSession, (whose.member_id, whose.session_id))
        assert seen is not None
        assert seen.seen_generation == generation


def phones_of(app: Ici, tokens: Sequence[str | None]) -> list[Speaker]:
    """A client each: one of Flask's is for one thread."""
    return [Speaker(app.test_client(), token) for token in tokens]


def question_of(asker: Town, body: dict[str, Any] = FIX) -> Question:
    access = read_access_token(asker.phone.token or "", now=clock.now())
    fix = lane._fix(body)
    assert fix is not None
    return Question(fix, access.member_id, access.session_id, "fr", clock.now())


def apart(answer: Answer | None) -> Any:
    """What an answer says, without what is new each time; None when Flask must answer."""
    said = json.loads(answer.text) if answer is not None else {}
    return {name: value for name, value in said.items() if name == "offers"} or None
